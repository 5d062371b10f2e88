"""simple-salesforce, pointed at the sandbox: it knows https only."""

import uuid
from urllib.parse import urlsplit, urlunsplit

import requests
from simple_salesforce import Salesforce


class Loopback(requests.adapters.HTTPAdapter):
    """Sends what is meant for any https host to the sandbox."""

    def __init__(self, target):
        super().__init__()
        self._target = urlsplit(target)

    def send(self, request, **options):
        parts = urlsplit(request.url)
        request.url = urlunsplit((self._target.scheme, self._target.netloc) + tuple(parts)[2:])
        options.update(verify=False, cert=None)
        return super().send(request, **options)


def session(url):
    made = requests.Session()
    made.mount("https://", Loopback(url))
    return made


def signed_in(url, domain="kauri.my", version="66.0", **arguments):
    """Signs in with client credentials unless told otherwise."""
    if not arguments:
        arguments = {"consumer_key": "sandbox-client", "consumer_secret": "sandbox-secret"}
    return Salesforce(domain=domain, version=version, session=session(url), **arguments)


def unique(text):
    return f"{text} {uuid.uuid4().hex[:10]}"
