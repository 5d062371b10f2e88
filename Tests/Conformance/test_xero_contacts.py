"""Contacts: creating, matching, paging, archiving, merging."""

import datetime

import pytest
from xero_client import unique
from xero_python.accounting import (
    Address,
    Contact,
    ContactPerson,
    Contacts,
    HistoryRecord,
    HistoryRecords,
    Phone,
)
from xero_python.exceptions import AccountingBadRequestException, NotFoundException


def create(xero, tenant, name=None, **fields):
    contact = Contact(name=name or unique("Customer"), **fields)
    return xero.api.create_contacts(tenant, Contacts(contacts=[contact])).contacts[0]


def test_create_and_read(xero, tenant):
    made = create(
        xero,
        tenant,
        email_address="accounts@customer.example",
        contact_number=unique("C")[:50],
        addresses=[Address(address_type="POBOX", address_line1="1 Road", city="Nelson")],
        phones=[Phone(phone_type="DEFAULT", phone_number="555 0100")],
        contact_persons=[
            ContactPerson(
                first_name="Ann",
                last_name="Lee",
                email_address="ann@customer.example",
                include_in_emails=True,
            )
        ],
    )
    read = xero.api.get_contact(tenant, made.contact_id).contacts[0]
    assert read.name == made.name
    assert read.contact_status == "ACTIVE"
    postal = next(a for a in read.addresses if a.address_type == "POBOX")
    assert (postal.address_line1, postal.city) == ("1 Road", "Nelson")
    assert read.contact_persons[0].email_address == "ann@customer.example"
    by_number = xero.api.get_contact(tenant, made.contact_number).contacts[0]
    assert by_number.contact_id == made.contact_id


def test_post_matches_by_name_and_leaves_the_rest(xero, tenant):
    made = create(xero, tenant, email_address="first@customer.example")
    posted = xero.api.update_or_create_contacts(
        tenant, Contacts(contacts=[Contact(name=made.name, first_name="Bo")])
    ).contacts[0]
    assert posted.contact_id == made.contact_id
    assert posted.email_address == "first@customer.example"
    updated = xero.api.update_contact(
        tenant,
        made.contact_id,
        Contacts(contacts=[Contact(contact_id=made.contact_id, last_name="Ray")]),
    ).contacts[0]
    assert (updated.first_name, updated.last_name) == ("Bo", "Ray")


def test_name_in_use(xero, tenant):
    made = create(xero, tenant)
    with pytest.raises(AccountingBadRequestException) as refused:
        create(xero, tenant, made.name)
    assert "already assigned to another contact" in refused.value.reason
    assert refused.value.http_resp.status == 400


def test_invalid_email(xero, tenant):
    with pytest.raises(AccountingBadRequestException) as refused:
        create(xero, tenant, email_address="not an address")
    assert refused.value.reason == "Email address must be valid"


def test_unknown_contact(xero, tenant):
    with pytest.raises(NotFoundException):
        xero.api.get_contact(tenant, "00000000-0000-4000-8000-00000000dead")


def test_pages(xero, tenant):
    prefix = unique("Paged")
    batch = [Contact(name=f"{prefix} {index}") for index in range(5)]
    xero.api.create_contacts(tenant, Contacts(contacts=batch))
    seen = []
    for page in (1, 2, 3):
        answer = xero.api.get_contacts(tenant, search_term=prefix, page=page, page_size=2)
        assert answer.pagination.item_count == 5
        assert answer.pagination.page_count == 3
        seen += [contact.name for contact in answer.contacts]
    assert sorted(seen) == sorted(contact.name for contact in batch)


def test_modified_since(xero, tenant, sandbox):
    old = create(xero, tenant)
    sandbox.advance(10)
    since = sandbox.now()
    sandbox.advance(10)
    new = create(xero, tenant)
    answer = xero.api.get_contacts(tenant, if_modified_since=since, page=1)
    ids = {contact.contact_id for contact in answer.contacts}
    assert new.contact_id in ids and old.contact_id not in ids
    assert all(contact.updated_date_utc >= since for contact in answer.contacts)
    later = since + datetime.timedelta(days=3650)
    assert xero.api.get_contacts(tenant, if_modified_since=later).contacts == []


def test_filters(xero, tenant):
    made = create(xero, tenant, email_address="only@filter.example")
    create(xero, tenant)
    found = xero.api.get_contacts(tenant, where=f'Name=="{made.name}"').contacts
    assert [contact.contact_id for contact in found] == [made.contact_id]
    found = xero.api.get_contacts(tenant, i_ds=[made.contact_id], page=1).contacts
    assert [contact.contact_id for contact in found] == [made.contact_id]
    found = xero.api.get_contacts(
        tenant, where='EmailAddress=="only@filter.example"', order="Name ASC"
    ).contacts
    assert made.contact_id in {contact.contact_id for contact in found}
    brief = xero.api.get_contacts(tenant, i_ds=[made.contact_id], summary_only=True).contacts
    assert not brief[0].addresses


def test_archived_contacts_are_hidden_unless_asked_for(xero, tenant):
    made = create(xero, tenant)
    xero.api.update_contact(
        tenant,
        made.contact_id,
        Contacts(contacts=[Contact(contact_id=made.contact_id, contact_status="ARCHIVED")]),
    )
    ids = [made.contact_id]
    assert xero.api.get_contacts(tenant, i_ds=ids).contacts == []
    shown = xero.api.get_contacts(tenant, i_ds=ids, include_archived=True, page=1).contacts
    assert shown[0].contact_status == "ARCHIVED"


def test_merged_contact_names_its_successor(xero, tenant, sandbox):
    loser, winner = create(xero, tenant), create(xero, tenant)
    sandbox.control(
        "xero/merge_contacts", {"from": loser.contact_id, "to": winner.contact_id}
    )
    read = xero.api.get_contact(tenant, loser.contact_id).contacts[0]
    assert read.contact_status == "ARCHIVED"
    assert read.merged_to_contact_id == winner.contact_id


def test_history(xero, tenant):
    made = create(xero, tenant)
    xero.api.create_contact_history(
        tenant,
        made.contact_id,
        HistoryRecords(history_records=[HistoryRecord(details="Called today")]),
    )
    records = xero.api.get_contact_history(tenant, made.contact_id).history_records
    assert "Called today" in {record.details for record in records}
