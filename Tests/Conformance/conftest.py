"""The sandbox under test, the vendors' clients for it, and the check of every exchange."""

import datetime
import json
import os
from pathlib import Path

import pytest
import requests
from contract import Contract
from hubspot_clients import classic
from recorder import Recorder
from salesforce_client import signed_in
from xero_client import Xero, unique
from xero_python import accounting

VENDORS = Path(__file__).resolve().parents[3] / "shared" / "vendors"

ENVELOPE = ["Id", "Status", "ProviderName", "DateTimeUTC"]
# Members that the vendor sends although its document lacks them.
XERO_EXTRAS = {
    "Actions": ENVELOPE,
    "Allocations": ENVELOPE,
    "HistoryRecords": ENVELOPE,
    "CreditNote": ["UpdatedDateUTCString", "DateString", "DueDateString"],
    "HistoryRecord": ["DateUTCString"],
    "Invoice": ["UpdatedDateUTCString", "DateString", "DueDateString"],
    "Payment": ["UpdatedDateUTCString", "DateString"],
    "TrackingOption": ["HasValidationErrors", "IsActive", "IsArchived", "IsDeleted"],
    # A refused element comes back as it was sent, with its errors added.
    "Element": None,
}
# Browser and token addresses: the accounting document does not have them.
XERO_IGNORED = [r"/connect/.*", r"/identity/.*", r"/\.well-known/.*"]


def corrected_xero(document):
    """The document with what the vendor's own answers contradict put right."""
    components = document["components"]
    # These two timestamps have no zone.
    for name in ("createdDateUtc", "updatedDateUtc"):
        del components["schemas"]["Connection"]["properties"][name]["format"]
    # A reused idempotency key is refused with a problem body.
    refusal = components["responses"]["400Error"]["content"]["application/json"]
    refusal["schema"] = {
        "anyOf": [refusal["schema"], {"$ref": "#/components/schemas/Problem"}]
    }
    return Contract(document, XERO_EXTRAS, XERO_IGNORED)


def corrected_hubspot(document):
    schemas = document["components"]["schemas"]
    # Record ids are strings everywhere but here, where they come as numbers.
    either = {"anyOf": [{"type": "string"}, {"type": "integer"}]}
    schemas["MultiAssociatedObjectWithLabel"]["properties"]["toObjectId"] = either
    for name in ("fromObjectId", "toObjectId"):
        schemas["LabelsBetweenObjectPair"]["properties"][name] = either
    # An association without a label has null; so has the user of an archived owner.
    schemas["AssociationSpecWithLabel"]["properties"]["label"]["nullable"] = True
    schemas["PublicOwner"]["properties"]["userId"]["nullable"] = True
    # Declared as an empty object; a name in practice.
    schemas["StandardError"]["properties"]["subCategory"] = {
        "anyOf": [{"type": "string"}, {"type": "object"}]
    }
    return Contract(document, ignored=[r"/oauth/authorize"])


def corrected_salesforce(document):
    # The address differs from organisation to organisation.
    document["servers"] = [{"url": "https://kauri.my.salesforce.com"}]
    return Contract(document, ignored=[r"/services/oauth2/authorize"])


DESCRIPTIONS = {
    "xero": corrected_xero,
    "hubspot": corrected_hubspot,
    "salesforce": corrected_salesforce,
}


def load_contract(vendor):
    """The vendor's description, or nothing where it is not beside the project."""
    path = VENDORS / vendor / "openapi-subset.json"
    return DESCRIPTIONS[vendor](json.loads(path.read_text())) if path.exists() else None


def vendor_of(path):
    areas = ("/crm/", "/oauth/", "/account-info/", "/settings/", "/tax-rates/")
    if path.startswith("/_sandbox"):
        return None
    if path.startswith("/services/"):
        return "salesforce"
    return "hubspot" if path.startswith(areas) else "xero"


class Sandbox:
    """The running sandbox behind the recorder, and the door to its control verbs."""

    def __init__(self, recorder, target):
        self.recorder = recorder
        self.url = recorder.url
        self._target = target

    def control(self, path, body=None, method="POST"):
        answer = requests.request(
            method, f"{self._target}/_sandbox/{path}", json=body, timeout=60
        )
        assert answer.status_code == 200, answer.text
        return answer.json()

    def advance(self, seconds):
        self.control("clock", {"advance_seconds": seconds})

    def now(self):
        text = self.control("clock", method="GET")["now"]
        return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


@pytest.fixture(scope="session")
def recorder():
    target = os.environ.get("SANDBOX_URL")
    if not target:
        pytest.exit("SANDBOX_URL is not set: run this with `make conformance`", returncode=2)
    recorder = Recorder(target)
    yield recorder
    recorder.close()


@pytest.fixture(scope="session")
def sandbox(recorder):
    return Sandbox(recorder, os.environ["SANDBOX_URL"])


@pytest.fixture(scope="session")
def xero(sandbox):
    """A connected Xero app without rate limits."""
    unlimited = {"minute": None, "day": None, "app_minute": None}
    sandbox.control("xero/limits", unlimited)
    session = Xero(sandbox.url)
    session.client.get_client_credentials_token()
    return session


@pytest.fixture(scope="session")
def hubspot(sandbox):
    """The classic client of an account without rate limits, whose search is up to date."""
    sandbox.control("hubspot/limits", {"off": True})
    sandbox.control("hubspot/lag", {"seconds": 0})
    return classic(sandbox.url)


@pytest.fixture(scope="session")
def salesforce(sandbox):
    """A signed-in client of an organisation with requests to spare."""
    sandbox.control("salesforce/limits", {"daily": 1000000})
    return signed_in(sandbox.url)


@pytest.fixture
def tenant(xero):
    """The organisation's id, with an access token that cannot have expired."""
    xero.client.get_client_credentials_token()
    return str(xero.identity.get_connections()[0].tenant_id)


@pytest.fixture
def contact(xero, tenant):
    """The id of a new customer."""
    made = accounting.Contact(name=unique("Buyer"), email_address="buyer@customer.example")
    body = accounting.Contacts(contacts=[made])
    return xero.api.create_contacts(tenant, body).contacts[0].contact_id


@pytest.fixture(scope="session")
def contracts():
    return {vendor: load_contract(vendor) for vendor in DESCRIPTIONS}


@pytest.fixture(autouse=True)
def every_exchange_conforms(request, contracts):
    """After each test: what went over the wire agrees with the vendors' descriptions."""
    if "offline" in request.keywords:
        yield
        return
    recorder = request.getfixturevalue("recorder")
    start = recorder.count()
    yield
    problems = []
    for exchange in recorder.since(start):
        contract = contracts.get(vendor_of(exchange.path))
        if contract:
            problems += contract.problems(exchange)
            CHECKED.append(exchange)
    assert not problems, "\n".join(dict.fromkeys(problems))


CHECKED = []


def pytest_configure(config):
    config.addinivalue_line("markers", "offline: needs no sandbox")


def pytest_terminal_summary(terminalreporter):
    missing = [vendor for vendor in DESCRIPTIONS if load_contract(vendor) is None]
    if missing:
        terminalreporter.write_line(
            "skipped: validation against the OpenAPI descriptions of "
            + ", ".join(missing)
            + " (../shared/vendors is not beside the project)"
        )
    if CHECKED:
        terminalreporter.write_line(
            f"{len(CHECKED)} exchanges validated against the vendors' OpenAPI descriptions"
        )
