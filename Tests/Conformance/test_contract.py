"""The check of the exchanges can fail: deliberately wrong ones are reported."""

import dataclasses
import json

import pytest
from contract import Contract
from recorder import Exchange

pytestmark = pytest.mark.offline

DOCUMENT = {
    "openapi": "3.0.3",
    "info": {"title": "A vendor in miniature", "version": "1"},
    "servers": [{"url": "https://vendor.example/api/1.0"}],
    "paths": {
        "/Things": {
            "get": {
                "parameters": [
                    {"name": "page", "in": "query", "schema": {"type": "integer"}}
                ],
                "responses": {"200": {"$ref": "#/components/responses/Things"}},
            },
            "post": {
                "requestBody": {
                    "content": {
                        "application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}
                    }
                },
                "responses": {
                    "200": {"$ref": "#/components/responses/Things"},
                    "400": {"description": "refused"},
                },
            },
        },
        "/Things/{ThingID}": {"delete": {"responses": {"204": {"description": "gone"}}}},
    },
    "components": {
        "responses": {
            "Things": {
                "description": "a list",
                "content": {
                    "application/json": {
                        "schema": {
                            "type": "array",
                            "items": {"$ref": "#/components/schemas/Thing"},
                        }
                    }
                },
            }
        },
        "schemas": {
            "Thing": {
                "type": "object",
                "required": ["ThingID"],
                "properties": {
                    "ThingID": {"type": "string", "format": "uuid"},
                    "Amount": {"type": "number"},
                    "Kind": {"type": "string", "enum": ["GOOD", "BAD"]},
                    "Date": {"type": "string", "x-is-msdate": True},
                    "Note": {"type": "string", "nullable": True},
                    "At": {"type": "string", "format": "date-time"},
                },
            }
        },
    },
}
THING = {
    "ThingID": "7c8a9e5e-4f0e-4f0e-8f0e-0123456789ab",
    "Amount": 1.5,
    "Kind": "GOOD",
    "Date": "/Date(1552262400000+0000)/",
    "Note": None,
    "At": "2026-01-31T10:20:30.123Z",
}


def listing(thing, **changes):
    exchange = Exchange(
        method="GET",
        path="/api/1.0/Things",
        query=[("page", "1")],
        request_headers={},
        request_body=b"",
        status=200,
        headers={},
        body=json.dumps([thing]).encode(),
    )
    return dataclasses.replace(exchange, **changes)


def test_right_exchange_passes():
    assert Contract(DOCUMENT).problems(listing(THING)) == []


@pytest.mark.parametrize(
    "name, value, words",
    [
        ("Amount", "1.5", "is not of type 'number'"),
        ("Kind", "UGLY", "is not one of"),
        ("Date", "2026-01-31", "is not a 'msdate'"),
        ("At", "2026-01-31", "is not a 'date-time'"),
        ("ThingID", "seven", "is not a 'uuid'"),
        ("Amuont", 1, "'Amuont' was unexpected"),
        ("Kind", None, "None"),
    ],
)
def test_wrong_answer_is_reported(name, value, words):
    problems = Contract(DOCUMENT).problems(listing({**THING, name: value}))
    assert words in " ".join(problems)


def test_missing_member_is_reported():
    problems = Contract(DOCUMENT).problems(listing({"Amount": 1}))
    assert "'ThingID' is a required property" in problems[0]


@pytest.mark.parametrize(
    "changes, words",
    [
        ({"status": 201}, "the status 201 is not among 200"),
        ({"query": [("pgae", "1")]}, "the query parameter pgae is not described"),
        ({"query": [("page", "one")]}, "the query parameter page has the value 'one'"),
        ({"path": "/api/1.0/Thigns"}, "no such operation"),
        ({"path": "/elsewhere/Things"}, "no such operation"),
        ({"body": b"[{"}, "the body is no JSON"),
    ],
)
def test_wrong_exchange_is_reported(changes, words):
    assert words in " ".join(Contract(DOCUMENT).problems(listing(THING, **changes)))


def test_wrong_request_is_reported_unless_it_was_refused():
    wrong = listing(
        THING,
        method="POST",
        query=[],
        request_body=json.dumps({**THING, "Amount": "1.5"}).encode(),
    )
    assert "is not of type 'number'" in Contract(DOCUMENT).problems(wrong)[0]
    refused = dataclasses.replace(wrong, status=400, body=b"")
    assert Contract(DOCUMENT).problems(refused) == []


def test_content_where_none_is_described_is_reported():
    gone = listing(THING, method="DELETE", path="/api/1.0/Things/7", query=[], status=204)
    assert "an empty answer was described" in Contract(DOCUMENT).problems(gone)[0]


def test_members_named_as_extras_are_allowed():
    exchange = listing({**THING, "Extra": 1})
    assert Contract(DOCUMENT, extras={"Thing": ["Extra"]}).problems(exchange) == []
    assert Contract(DOCUMENT, extras={"Thing": None}).problems(exchange) == []


@pytest.mark.parametrize("vendor", ["xero", "hubspot", "salesforce"])
def test_vendor_descriptions_reject_nonsense(contracts, vendor):
    if contracts[vendor] is None:
        pytest.skip("../shared/vendors is not beside the project")
    path = {"xero": "/api.xro/2.0/Invoices", "hubspot": "/crm/v3/objects/deals"}.get(
        vendor, "/services/data/v66.0/query"
    )
    member = {"xero": "Invoices", "hubspot": "results", "salesforce": "records"}[vendor]
    wrong = listing({}, path=path, query=[], body=json.dumps({member: [7]}).encode())
    assert "7 is not of type 'object'" in " ".join(contracts[vendor].problems(wrong))
