"""Signing in, staying signed in, and what an app may see."""

import pytest
import requests
from xero_client import CLIENT, SECRET, Xero
from xero_python.api_client.oauth2 import TokenApi
from xero_python.exceptions import HTTPStatusException

SCOPES = (
    "offline_access accounting.invoices accounting.payments accounting.contacts"
    " accounting.settings.read"
)


def consent(sandbox, scope=SCOPES):
    token = sandbox.control("xero/grant", {"client_id": CLIENT, "scope": scope})
    return {**token, "scope": token["scope"].split()}


def test_client_credentials(sandbox):
    xero = Xero(sandbox.url)
    token = xero.client.get_client_credentials_token()
    assert token["token_type"] == "Bearer"
    assert token["expires_in"] == 1800
    assert "refresh_token" not in token
    assert "accounting.invoices" in token["scope"].split()
    tenant = xero.identity.get_connections()[0].tenant_id
    assert xero.api.get_organisations(tenant).organisations[0].base_currency.value == "NZD"


def test_client_secret_in_the_authorization_header(sandbox):
    answer = requests.post(
        f"{sandbox.url}/connect/token",
        data={"grant_type": "client_credentials", "scope": "accounting.settings.read"},
        auth=(CLIENT, SECRET),
        timeout=30,
    )
    assert answer.status_code == 200
    assert answer.json()["scope"] == "accounting.settings.read"


def test_refresh_rotates_and_the_old_token_works_for_half_an_hour(sandbox):
    first = consent(sandbox)
    xero = Xero(sandbox.url, first)
    second = xero.client.refresh_oauth2_token()
    assert second["refresh_token"] != first["refresh_token"]
    assert second["access_token"] != first["access_token"]
    assert xero.identity.get_connections()
    tokens = TokenApi(xero.client, CLIENT, SECRET)
    again = tokens.refresh_token(first["refresh_token"], first["scope"])
    assert again["access_token"]
    sandbox.advance(31 * 60)
    with pytest.raises(HTTPStatusException) as refused:
        tokens.refresh_token(first["refresh_token"], first["scope"])
    assert refused.value.http_resp.status == 400
    assert b"invalid_grant" in refused.value.http_resp.data


def test_expired_access_token_is_refused(sandbox):
    xero = Xero(sandbox.url, consent(sandbox))
    xero.identity.get_connections()
    sandbox.advance(1801)
    with pytest.raises(HTTPStatusException) as refused:
        xero.identity.get_connections()
    assert refused.value.status == 401


def test_revoked_consent_is_refused(sandbox):
    xero = Xero(sandbox.url, consent(sandbox))
    access = dict(xero.token)
    xero.client.revoke_oauth2_token()
    xero.token = access
    with pytest.raises(HTTPStatusException) as refused:
        xero.identity.get_connections()
    assert refused.value.status == 401


def test_connections(sandbox):
    xero = Xero(sandbox.url, consent(sandbox))
    connection = xero.identity.get_connections()[0]
    assert connection.tenant_type == "ORGANISATION"
    assert connection.tenant_name
    assert connection.created_date_utc is not None


def test_missing_scope_is_forbidden(sandbox):
    xero = Xero(sandbox.url, consent(sandbox, "offline_access accounting.contacts.read"))
    tenant = xero.identity.get_connections()[0].tenant_id
    assert xero.api.get_contacts(tenant, page=1) is not None
    with pytest.raises(HTTPStatusException) as refused:
        xero.api.get_invoices(tenant)
    assert refused.value.status == 403


def test_foreign_tenant_is_forbidden(sandbox):
    xero = Xero(sandbox.url, consent(sandbox))
    with pytest.raises(HTTPStatusException) as refused:
        xero.api.get_accounts("00000000-0000-4000-8000-00000000dead")
    assert refused.value.status == 403


def test_discovery_document(sandbox):
    document = requests.get(
        f"{sandbox.url}/.well-known/openid-configuration", timeout=30
    ).json()
    assert document["token_endpoint"] == f"{sandbox.url}/connect/token"
