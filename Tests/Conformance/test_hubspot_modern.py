"""HubSpot's newer client, which speaks the dated edition, against the sandbox."""

import hubspot_sdk
import pytest
from hubspot_clients import modern, unique

DEAL = {"pipeline": "default", "dealstage": "qualifiedtobuy"}


@pytest.fixture
def client(sandbox, hubspot):
    return modern(sandbox.url)


def create(client, **properties):
    values = {"dealname": unique("Modern"), **DEAL, **properties}
    return client.crm.objects.deals.create(properties=values, associations=[])


def test_deal_life(client):
    deals = client.crm.objects.deals
    made = create(client, amount="12.50")
    assert deals.get(made.id, properties=["amount"]).properties["amount"] == "12.50"
    changed = deals.update(made.id, properties={"amount": "13"})
    assert changed.id == made.id
    deals.delete(made.id)
    with pytest.raises(hubspot_sdk.NotFoundError):
        deals.get(made.id)
    assert deals.get(made.id, archived=True).archived is True


def test_list_follows_its_pages(client):
    made = {create(client).id for _ in range(3)}
    listed = {deal.id for deal in client.crm.objects.deals.list(limit=2, properties=["amount"])}
    assert made <= listed


def test_search(client):
    marker = unique("Search")
    made = create(client, dealname=marker)
    answer = client.crm.objects.deals.search(
        filter_groups=[
            {"filters": [{"propertyName": "dealname", "operator": "EQ", "value": marker}]}
        ],
        sorts=["-createdate"],
        properties=["dealname"],
        limit=10,
        after="0",
    )
    assert answer.total == 1 and answer.results[0].id == made.id


def test_batches(client):
    batch = client.crm.objects.deals.batch
    made = batch.create(
        inputs=[
            {"properties": {"dealname": unique("Batch"), **DEAL}, "associations": []}
            for _ in range(2)
        ]
    )
    ids = [deal.id for deal in made.results]
    assert made.status == "COMPLETE" and len(ids) == 2
    changed = batch.update(inputs=[{"id": id, "properties": {"amount": "5"}} for id in ids])
    assert {deal.id for deal in changed.results} == set(ids)


def test_merge(client):
    first, second = create(client), create(client)
    merged = client.crm.objects.deals.merge(
        primary_object_id=first.id, object_id_to_merge=second.id
    )
    assert client.crm.objects.deals.get(second.id).id == merged.id


def test_owners(client):
    listed = list(client.crm.owners.list(limit=2))
    assert len(listed) >= 3 and listed[0].email


def test_pipelines(client):
    stages = client.crm.pipelines.list_stages("default", object_type="deals").results
    assert {"closedwon", "closedlost"} <= {stage.id for stage in stages}


def test_associations(client):
    deal = create(client)
    company = next(iter(client.crm.objects.companies.list(limit=1)))
    client.crm.associations.create(
        company.id,
        from_object_type="deals",
        from_object_id=deal.id,
        to_object_type="companies",
    )
    linked = list(
        client.crm.associations.list("companies", object_type="deals", object_id=deal.id)
    )
    assert [str(link.to_object_id) for link in linked] == [company.id]


def test_errors_carry_the_body(client):
    with pytest.raises(hubspot_sdk.BadRequestError) as refused:
        create(client, no_such_property="1")
    assert refused.value.body["category"] == "VALIDATION_ERROR"


def test_unknown_token(sandbox):
    with pytest.raises(hubspot_sdk.AuthenticationError):
        modern(sandbox.url, "nobody").crm.owners.list()
