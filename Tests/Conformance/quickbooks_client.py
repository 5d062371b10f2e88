"""The public client for QuickBooks Online, pointed at the sandbox."""

import os

import requests
from intuitlib.client import AuthClient
from quickbooks import QuickBooks

# Over plain http on this machine only.
os.environ["OAUTHLIB_INSECURE_TRANSPORT"] = "1"

COMPANY = "9130354000000001"


def signed_in(url):
    """A client with a consent that was given as in a browser."""
    auth = AuthClient(
        "sandbox-client",
        "sandbox-secret",
        "http://localhost:8484/callback",
        f"{url}/.well-known/openid_configuration",
    )
    page = auth.get_authorization_url(_scopes())
    answer = requests.get(page, allow_redirects=False, timeout=30)
    where = requests.utils.urlparse(answer.headers["Location"])
    query = dict(part.split("=", 1) for part in where.query.split("&"))
    auth.get_bearer_token(query["code"], realm_id=query["realmId"])
    QuickBooks.api_url_v3 = f"{url}/v3"
    QuickBooks.sandbox_api_url_v3 = f"{url}/v3"
    return QuickBooks(
        auth_client=auth,
        refresh_token=auth.refresh_token,
        company_id=query["realmId"],
        minorversion=75,
    )


def _scopes():
    from intuitlib.enums import Scopes

    return [Scopes.ACCOUNTING]
