"""HubSpot's classic client against the sandbox: records, batches, search."""

import json

import pytest
from hubspot.crm import companies, contacts, deals, line_items, objects
from hubspot_clients import unique

DEAL = {"pipeline": "default", "dealstage": "qualifiedtobuy"}


def create_deal(hubspot, **properties):
    body = deals.SimplePublicObjectInputForCreate(
        properties={"dealname": unique("Deal"), **DEAL, **properties}, associations=[]
    )
    return hubspot.crm.deals.basic_api.create(body)


def create_contact(hubspot, email=None, **properties):
    email = email or unique("who").replace(" ", ".") + "@customer.example"
    body = contacts.SimplePublicObjectInputForCreate(
        properties={"email": email, **properties}, associations=[]
    )
    return hubspot.crm.contacts.basic_api.create(body)


def problem(refused):
    return json.loads(refused.value.body)


def test_deal_life(hubspot):
    api = hubspot.crm.deals.basic_api
    made = create_deal(hubspot, amount="1500.50")
    assert made.id and made.archived is False
    assert made.created_at is not None and made.updated_at is not None
    read = api.get_by_id(made.id, properties=["dealname", "amount", "hs_is_closed_won"])
    assert read.properties["amount"] == "1500.50"
    assert read.properties["hs_is_closed_won"] == "false"
    api.update(made.id, deals.SimplePublicObjectInput(properties={"dealstage": "closedwon"}))
    read = api.get_by_id(made.id, properties=["hs_is_closed_won", "dealstage"])
    assert read.properties["hs_is_closed_won"] == "true"
    api.archive(made.id)
    with pytest.raises(deals.ApiException) as refused:
        api.get_by_id(made.id)
    assert refused.value.status == 404
    gone = api.get_by_id(made.id, archived=True)
    assert gone.archived is True and gone.archived_at is not None
    archived = api.get_page(archived=True, limit=100).results
    assert made.id in {deal.id for deal in archived}


def test_archiving_an_unknown_record_says_nothing(hubspot):
    hubspot.crm.deals.basic_api.archive("99999999")


def test_list_pages(hubspot):
    ids = {create_deal(hubspot).id for _ in range(5)}
    api = hubspot.crm.deals.basic_api
    page = api.get_page(limit=2, properties=["dealname"])
    assert len(page.results) == 2 and page.paging.next.after
    following = api.get_page(limit=2, after=page.paging.next.after)
    assert not {d.id for d in page.results} & {d.id for d in following.results}
    assert ids <= {deal.id for deal in hubspot.crm.deals.get_all()}


def test_generic_objects_accept_type_ids(hubspot):
    made = create_deal(hubspot)
    read = hubspot.crm.objects.basic_api.get_by_id("0-3", made.id)
    assert read.id == made.id
    task = hubspot.crm.objects.basic_api.create(
        "tasks",
        objects.SimplePublicObjectInputForCreate(
            properties={
                "hs_timestamp": "2026-04-01T09:00:00.000Z",
                "hs_task_subject": "Invoice overdue",
                "hs_task_status": "NOT_STARTED",
                "hs_task_priority": "HIGH",
                "hs_task_type": "TODO",
            },
            associations=[
                {
                    "to": {"id": made.id},
                    "types": [
                        {"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 216}
                    ],
                }
            ],
        ),
    )
    assert task.id
    note = hubspot.crm.objects.basic_api.create(
        "notes",
        objects.SimplePublicObjectInputForCreate(
            properties={"hs_timestamp": "2026-04-01T09:00:00.000Z", "hs_note_body": "Paid"},
            associations=[],
        ),
    )
    assert note.id


def test_line_item_amounts(hubspot):
    body = line_items.SimplePublicObjectInputForCreate(
        properties={
            "name": "Hours",
            "quantity": "10",
            "price": "234.56",
            "hs_discount_percentage": "20",
        },
        associations=[],
    )
    made = hubspot.crm.line_items.basic_api.create(body)
    read = hubspot.crm.line_items.basic_api.get_by_id(made.id, properties=["amount"])
    assert float(read.properties["amount"]) == 1876.48


def test_history(hubspot):
    made = create_deal(hubspot, amount="1")
    api = hubspot.crm.deals.basic_api
    api.update(made.id, deals.SimplePublicObjectInput(properties={"amount": "2"}))
    read = api.get_by_id(made.id, properties_with_history=["amount"])
    assert read.properties_with_history["amount"][0].value == "2"


def test_unknown_property_is_refused(hubspot):
    with pytest.raises(deals.ApiException) as refused:
        create_deal(hubspot, no_such_property="1")
    assert refused.value.status == 400
    assert problem(refused)["category"] == "VALIDATION_ERROR"
    assert "PROPERTY_DOESNT_EXIST" in problem(refused)["message"]


@pytest.mark.parametrize(
    "properties, code",
    [
        ({"deal_currency_code": "XXX"}, "INVALID_OPTION"),
        ({"amount": "1,500"}, "INVALID"),
        ({"hs_is_closed_won": "true"}, "READ_ONLY"),
    ],
)
def test_invalid_values_are_refused(hubspot, properties, code):
    with pytest.raises(deals.ApiException) as refused:
        create_deal(hubspot, **properties)
    assert refused.value.status == 400
    assert code in problem(refused)["message"]


def test_email_in_use_names_its_holder(hubspot):
    first = create_contact(hubspot)
    with pytest.raises(contacts.ApiException) as refused:
        create_contact(hubspot, first.properties["email"])
    assert refused.value.status == 409
    assert problem(refused)["category"] == "CONFLICT"
    assert problem(refused)["message"].endswith(f"Existing ID: {first.id}")


def test_read_by_email(hubspot):
    made = create_contact(hubspot)
    read = hubspot.crm.contacts.basic_api.get_by_id(
        made.properties["email"], id_property="email"
    )
    assert read.id == made.id


def test_batches(hubspot):
    api = hubspot.crm.deals.batch_api
    made = api.create(
        deals.BatchInputSimplePublicObjectBatchInputForCreate(
            inputs=[
                deals.SimplePublicObjectBatchInputForCreate(
                    properties={"dealname": unique("Batch"), **DEAL}, associations=[]
                )
                for _ in range(3)
            ]
        )
    )
    assert made.status == "COMPLETE" and len(made.results) == 3
    ids = [deal.id for deal in made.results]
    changed = api.update(
        deals.BatchInputSimplePublicObjectBatchInput(
            inputs=[
                deals.SimplePublicObjectBatchInput(id=id, properties={"amount": "7"})
                for id in ids
            ]
        )
    )
    assert {deal.id for deal in changed.results} == set(ids)
    api.archive(
        deals.BatchInputSimplePublicObjectId(inputs=[deals.SimplePublicObjectId(id=ids[0])])
    )
    read = api.read(
        deals.BatchReadInputSimplePublicObjectId(
            inputs=[deals.SimplePublicObjectId(id=id) for id in ids],
            properties=["amount"],
            properties_with_history=[],
        )
    )
    # 207: the archived one is reported apart.
    assert {deal.id for deal in read.results} == set(ids[1:])
    assert all(deal.properties["amount"] == "7" for deal in read.results)
    assert read.num_errors == 1 and read.errors[0].category == "OBJECT_NOT_FOUND"
    assert read.errors[0].context["ids"] == [ids[0]]


def test_partly_failed_batch_create(hubspot):
    inputs = [
        deals.SimplePublicObjectBatchInputForCreate(
            properties={"dealname": unique("Traced"), **DEAL},
            associations=[],
            object_write_trace_id="good",
        ),
        deals.SimplePublicObjectBatchInputForCreate(
            properties={"dealname": unique("Traced"), **DEAL, "no_such_property": "1"},
            associations=[],
            object_write_trace_id="bad",
        ),
    ]
    body = deals.BatchInputSimplePublicObjectBatchInputForCreate(inputs=inputs)
    answer, status, _ = hubspot.crm.deals.batch_api.create_with_http_info(body)
    assert status == 207
    assert len(answer.results) == 1 and answer.num_errors == 1
    assert answer.errors[0].context["objectWriteTraceId"] == ["bad"]


def test_upsert_by_unique_property(hubspot):
    email = unique("up").replace(" ", ".") + "@customer.example"
    api = hubspot.crm.contacts.batch_api
    seen = []
    for name in ("One", "Two"):
        answer = api.upsert(
            contacts.BatchInputSimplePublicObjectBatchInputUpsert(
                inputs=[
                    contacts.SimplePublicObjectBatchInputUpsert(
                        id=email, id_property="email", properties={"firstname": name}
                    )
                ]
            )
        )
        seen.append((answer.results[0].id, answer.results[0].new))
    assert seen[0][1] is True and seen[1] == (seen[0][0], False)


def search(hubspot, filters, **options):
    body = deals.PublicObjectSearchRequest(
        filter_groups=[deals.FilterGroup(filters=filters)], **options
    )
    return hubspot.crm.deals.search_api.do_search(body)


def test_search(hubspot):
    marker = unique("Findable")
    made = [create_deal(hubspot, dealname=marker, amount=str(n)).id for n in (30, 10, 20)]
    named = [deals.Filter(property_name="dealname", operator="EQ", value=marker)]
    first = search(
        hubspot,
        named,
        sorts=[{"propertyName": "amount", "direction": "DESCENDING"}],
        properties=["amount"],
        limit=2,
    )
    assert first.total == 3
    assert [deal.properties["amount"] for deal in first.results] == ["30", "20"]
    rest = search(
        hubspot, named, sorts=["-amount"], properties=["amount"], after=first.paging.next.after
    )
    assert [deal.properties["amount"] for deal in rest.results] == ["10"]
    between = deals.Filter(
        property_name="amount", operator="BETWEEN", value="15", high_value="30"
    )
    assert search(hubspot, [*named, between]).total == 2
    chosen = deals.Filter(property_name="hs_object_id", operator="IN", values=made[:2])
    assert search(hubspot, [chosen]).total == 2
    since = deals.Filter(property_name="hs_lastmodifieddate", operator="GTE", value="0")
    assert search(hubspot, [*named, since]).total == 3


def test_search_does_not_find_archived_records(hubspot):
    marker = unique("Archived")
    made = create_deal(hubspot, dealname=marker)
    hubspot.crm.deals.basic_api.archive(made.id)
    named = [deals.Filter(property_name="dealname", operator="EQ", value=marker)]
    assert search(hubspot, named).total == 0


def test_search_beyond_its_reach_is_refused(hubspot):
    with pytest.raises(deals.ApiException) as refused:
        search(hubspot, [], after="10000", limit=100)
    assert refused.value.status == 400


def test_search_limit_of_each_second(hubspot, sandbox):
    sandbox.advance(5)
    sandbox.control("hubspot/limits", {"search_secondly": 1})
    try:
        with pytest.raises(deals.ApiException) as refused:
            for _ in range(20):
                search(hubspot, [], limit=1)
        assert refused.value.status == 429
        assert problem(refused)["policyName"] == "SECONDLY"
        assert problem(refused)["errorType"] == "RATE_LIMIT"
    finally:
        sandbox.control("hubspot/limits", {"off": True})


def test_limits_are_announced(hubspot, sandbox):
    sandbox.control("hubspot/limits", {"ten_secondly": 100, "daily": 250000})
    try:
        _, _, headers = hubspot.crm.deals.basic_api.get_page_with_http_info(limit=1)
        assert int(headers["X-HubSpot-RateLimit-Max"]) == 100
        assert int(headers["X-HubSpot-RateLimit-Remaining"]) < 100
        assert headers["X-HubSpot-RateLimit-Interval-Milliseconds"] == "10000"
        assert int(headers["X-HubSpot-RateLimit-Daily"]) == 250000
    finally:
        sandbox.control("hubspot/limits", {"off": True})


def test_merge_makes_a_third_record(hubspot):
    first, second = create_deal(hubspot), create_deal(hubspot)
    merged = hubspot.crm.deals.basic_api.merge(
        deals.PublicMergeInput(primary_object_id=first.id, object_id_to_merge=second.id)
    )
    assert merged.id not in (first.id, second.id)
    for old in (first.id, second.id):
        read = hubspot.crm.deals.basic_api.get_by_id(old, properties=["hs_merged_object_ids"])
        assert read.id == merged.id
        assert set(read.properties["hs_merged_object_ids"].split(";")) == {first.id, second.id}


def test_merged_companies(hubspot):
    api = hubspot.crm.companies.basic_api
    made = [
        api.create(
            companies.SimplePublicObjectInputForCreate(
                properties={"name": unique("Company")}, associations=[]
            )
        ).id
        for _ in range(2)
    ]
    merged = api.merge(
        companies.PublicMergeInput(primary_object_id=made[0], object_id_to_merge=made[1])
    )
    assert api.get_by_id(made[1]).id == merged.id
