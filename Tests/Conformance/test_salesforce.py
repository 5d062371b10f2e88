"""simple-salesforce against the sandbox: sign-in, queries, records, collections, refusals."""

import datetime
import time

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from salesforce_client import signed_in, unique
from simple_salesforce.exceptions import (
    SalesforceAuthenticationFailed,
    SalesforceExpiredSession,
    SalesforceMalformedRequest,
    SalesforceResourceNotFound,
)
from simple_salesforce.format import format_soql


def code(refused):
    return refused.value.content[0]["errorCode"]


def test_client_credentials(salesforce):
    assert salesforce.sf_instance
    assert salesforce.limits()["DailyApiRequests"]["Max"] > 0
    assert salesforce.api_usage["api-usage"].used > 0


def test_expired_session_is_renewed_by_the_client(sandbox, salesforce):
    sandbox.control("salesforce/expire_tokens")
    assert salesforce.query("SELECT Id FROM Account LIMIT 1")["done"]


def test_unknown_session(sandbox, salesforce):
    stranger = signed_in(sandbox.url, session_id="nobody", instance="kauri.my.salesforce.com")
    with pytest.raises(SalesforceExpiredSession):
        stranger.query("SELECT Id FROM Account")


def test_jwt_bearer(sandbox):
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    public = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    app = {"id": "sandbox-client", "secret": "sandbox-secret", "public_key": public.decode()}
    sandbox.control("salesforce/oauth_client", app)
    # The client library takes the machine's clock; other tests may have moved the sandbox's.
    ahead = round(sandbox.now().timestamp() - time.time())
    sandbox.advance(-ahead)
    # The audience of a statement is the common log-in page.
    arguments = {"username": "sync@kauri.example", "consumer_key": "sandbox-client"}
    arguments.update(privatekey=private, domain="login")
    signed = signed_in(sandbox.url, **arguments)
    assert signed.query("SELECT Id FROM Account LIMIT 1")["totalSize"] == 1
    arguments["username"] = "nobody@kauri.example"
    with pytest.raises(SalesforceAuthenticationFailed):
        signed_in(sandbox.url, **arguments)
    sandbox.advance(ahead)


def test_query_and_its_pages(sandbox, salesforce):
    sandbox.control("salesforce/bulk", {"contacts": 45})
    sandbox.control("salesforce/org", {"page_size": 20})
    rows = list(salesforce.query_all_iter("SELECT Id, Name FROM Contact"))
    sandbox.control("salesforce/org", {"page_size": 2000})
    assert len({row["Id"] for row in rows}) == len(rows) >= 45
    assert rows[0]["attributes"]["type"] == "Contact"


def test_quoting(salesforce):
    name = unique("O'Neil \\ \"Sons\"")
    made = salesforce.Account.create({"Name": name})
    found = salesforce.query(format_soql("SELECT Id FROM Account WHERE Name = {}", name))
    assert [row["Id"] for row in found["records"]] == [made["id"]]
    assert made["id"] != made["id"].lower()


@pytest.mark.parametrize(
    "query, expected",
    [
        ("SELECT Id FORM Account", "MALFORMED_QUERY"),
        ("SELECT Id, Nope__c FROM Account", "INVALID_FIELD"),
        ("SELECT Id FROM Nope", "INVALID_TYPE"),
    ],
)
def test_refused_queries(salesforce, query, expected):
    with pytest.raises(SalesforceMalformedRequest) as refused:
        salesforce.query(query)
    assert code(refused) == expected


def test_record_life(salesforce):
    name = unique("Firm")
    made = salesforce.Account.create({"Name": name, "BillingCity": "Dunedin"})
    account = made["id"]
    assert salesforce.Account.update(account, {"Phone": "1", "BillingCity": None}) == 204
    read = salesforce.Account.get(account)
    assert (read["Name"], read["Phone"], read["BillingCity"]) == (name, "1", None)
    assert salesforce.Account.delete(account) == 204
    with pytest.raises(SalesforceResourceNotFound):
        salesforce.Account.get(account)
    gone = salesforce.query_all(
        f"SELECT Id, IsDeleted FROM Account WHERE Id = '{account}'", include_deleted=True
    )
    assert gone["records"][0]["IsDeleted"] is True


def test_upsert_and_external_id(salesforce):
    mark = unique("x").replace(" ", "-")
    path = f"Xero_Contact_Id__c/{mark}"
    assert salesforce.Account.upsert(path, {"Name": "A"}) == 201
    assert salesforce.Account.upsert(path, {"Phone": "2"}) == 200
    assert salesforce.Account.get_by_custom_id("Xero_Contact_Id__c", mark)["Phone"] == "2"


def test_deal_with_products(sandbox, salesforce):
    lines = [{"name": "Support", "quantity": "6", "price": "150", "discount_percentage": "10"}]
    deal = sandbox.control("salesforce/create_deal", {"name": unique("Deal"), "lines": lines})
    read = salesforce.Opportunity.get(deal["deal"])
    assert (read["Amount"], read["IsWon"], read["HasOpportunityLineItem"]) == (810.0, False, True)
    salesforce.Opportunity.update(deal["deal"], {"StageName": "Closed Won"})
    read = salesforce.Opportunity.get(deal["deal"])
    assert (read["IsWon"], read["IsClosed"], read["Probability"]) == (True, True, 100.0)
    row = salesforce.query(
        f"SELECT Product2.Name, TotalPrice FROM OpportunityLineItem WHERE Id = '{deal['lines'][0]}'"
    )["records"][0]
    assert row["Product2"]["Name"] == "Support"


def test_describe(salesforce):
    described = salesforce.Opportunity.describe()
    names = {field["name"] for field in described["fields"]}
    assert {"StageName", "Xero_Invoice_Number__c"} <= names
    assert "CurrencyIsoCode" not in names
    assert {item["name"] for item in salesforce.describe()["sobjects"]} >= {"Account", "Task"}


def test_collections(salesforce):
    rows = [
        {"attributes": {"type": "Account"}, "Name": unique("A")},
        {"attributes": {"type": "Account"}, "Name": ""},
    ]
    body = {"allOrNone": False, "records": rows}
    answer = salesforce.restful("composite/sobjects", method="POST", json=body)
    assert [row["success"] for row in answer] == [True, False]
    assert answer[1]["errors"][0]["statusCode"] == "REQUIRED_FIELD_MISSING"
    changed = {"attributes": {"type": "Account"}, "id": answer[0]["id"], "Phone": "3"}
    body = {"allOrNone": False, "records": [changed]}
    assert salesforce.restful("composite/sobjects", method="PATCH", json=body)[0]["success"]
    path = "composite/sobjects/Account/Xero_Contact_Id__c"
    row = {"attributes": {"type": "Account"}, "Name": "U", "Xero_Contact_Id__c": unique("u")}
    first = salesforce.restful(path, method="PATCH", json={"records": [row]})
    second = salesforce.restful(path, method="PATCH", json={"records": [row]})
    assert (first[0]["created"], second[0]["created"]) == (True, False)
    assert first[0]["id"] == second[0]["id"]


def test_replication(sandbox, salesforce):
    made = salesforce.Account.create({"Name": unique("Seen")})["id"]
    now = sandbox.now()
    hour = datetime.timedelta(hours=1)
    assert made in salesforce.Account.updated(now - hour, now + hour)["ids"]
    salesforce.Account.delete(made)
    gone = salesforce.Account.deleted(now - hour, now + hour)["deletedRecords"]
    assert made in [row["id"] for row in gone]


def test_refused_records(sandbox, salesforce):
    for body, expected in [
        ({}, "REQUIRED_FIELD_MISSING"),
        ({"Name": "A", "Nope": 1}, "INVALID_FIELD"),
        ({"Name": "A" * 256}, "STRING_TOO_LONG"),
    ]:
        with pytest.raises(SalesforceMalformedRequest) as refused:
            salesforce.Account.create(body)
        assert code(refused) == expected
    account = salesforce.Account.create({"Name": unique("Locked")})["id"]
    sandbox.control("salesforce/lock", {"id": account, "times": 1})
    with pytest.raises(SalesforceMalformedRequest) as refused:
        salesforce.Account.update(account, {"Phone": "1"})
    assert code(refused) == "UNABLE_TO_LOCK_ROW"
    assert salesforce.Account.update(account, {"Phone": "1"}) == 204
