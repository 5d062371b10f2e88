"""HubSpot's two clients, pointed at the sandbox."""

import uuid

import hubspot
import hubspot_sdk

TOKEN = "sandbox-token"


def classic(url, token=TOKEN):
    return hubspot.HubSpot(access_token=token, host=url)


def modern(url, token=TOKEN):
    return hubspot_sdk.HubSpot(access_token=token, base_url=url, max_retries=0)


def unique(text):
    return f"{text} {uuid.uuid4().hex[:10]}"
