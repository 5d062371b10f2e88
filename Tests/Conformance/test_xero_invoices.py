"""Sales invoices: arithmetic, numbers, updates, filters, refusals and sub-resources."""

import datetime

import pytest
from xero_client import DATE, DUE, approved, money, put, sales_invoice, sales_line, unique
from xero_python.accounting import (
    CurrencyCode,
    HistoryRecord,
    HistoryRecords,
    Invoice,
    Invoices,
    LineAmountTypes,
    LineItemTracking,
    RequestEmpty,
)
from xero_python.exceptions import AccountingBadRequestException, NotFoundException


def test_create(xero, tenant, contact):
    theme = xero.api.get_branding_themes(tenant).branding_themes[1].branding_theme_id
    made = approved(
        xero,
        tenant,
        contact,
        [
            sales_line(
                quantity=3,
                amount=19.99,
                discount_rate=10,
                tracking=[LineItemTracking(name="Region", option="North")],
            ),
            sales_line("Delivery", 1, 12.5, tax_type="ZERORATED"),
        ],
        invoice_number=unique("SDK"),
        reference="deal 17",
        url="https://crm.example/deals/17",
        branding_theme_id=theme,
        line_amount_types=LineAmountTypes.EXCLUSIVE,
    )
    read = xero.api.get_invoice(tenant, made.invoice_id).invoices[0]
    assert (read.status, read.type, read.reference) == ("AUTHORISED", "ACCREC", "deal 17")
    assert (read.date, read.due_date) == (DATE, DUE)
    # 3 x 19.99 less 10 % = 53.97; 15 % of it = 8.10.
    assert money(read.sub_total, read.total_tax, read.total) == ("66.47", "8.10", "74.57")
    assert money(read.amount_due, read.amount_paid) == ("74.57", "0.00")
    assert read.line_items[0].tracking[0].option == "North"
    assert read.line_items[0].line_item_id
    assert read.branding_theme_id == theme
    by_number = xero.api.get_invoice(tenant, made.invoice_number).invoices[0]
    assert by_number.invoice_id == made.invoice_id


def test_tax_inclusive(xero, tenant, contact):
    lines = [sales_line(quantity=1, amount=115)]
    made = approved(
        xero, tenant, contact, lines, line_amount_types=LineAmountTypes.INCLUSIVE
    )
    assert money(made.sub_total, made.total_tax, made.total) == ("100.00", "15.00", "115.00")


def test_no_tax(xero, tenant, contact):
    lines = [sales_line(quantity=1, amount=80)]
    made = approved(xero, tenant, contact, lines, line_amount_types=LineAmountTypes.NOTAX)
    assert money(made.total_tax, made.total) == ("0.00", "80.00")


def test_foreign_currency(xero, tenant, contact):
    made = approved(xero, tenant, contact, currency_code=CurrencyCode.AUD)
    assert made.currency_code.value == "AUD"
    assert float(made.currency_rate) != 1


def test_four_decimal_places(xero, tenant, contact):
    line = sales_line(quantity=100, amount=0.1234)
    two = approved(xero, tenant, contact, [line])
    assert money(two.sub_total) == ("12.00",)
    four = put(
        xero, tenant, sales_invoice(contact, [line], date=DATE, due_date=DUE), unitdp=4
    )
    assert money(four.sub_total) == ("12.34",)
    read = xero.api.get_invoice(tenant, four.invoice_id, unitdp=4).invoices[0]
    assert float(read.line_items[0].unit_amount) == 0.1234


def test_update_keeps_adds_and_removes_lines(xero, tenant, contact):
    made = approved(
        xero,
        tenant,
        contact,
        [sales_line("Kept", 1, 10), sales_line("Removed", 1, 20)],
        status="DRAFT",
    )
    kept = made.line_items[0]
    body = Invoices(
        invoices=[
            Invoice(
                invoice_id=made.invoice_id,
                line_items=[
                    sales_line("Kept", 2, 10, line_item_id=kept.line_item_id),
                    sales_line("Added", 1, 5),
                ],
            )
        ]
    )
    changed = xero.api.update_invoice(tenant, made.invoice_id, body).invoices[0]
    assert [line.description for line in changed.line_items] == ["Kept", "Added"]
    assert changed.line_items[0].line_item_id == kept.line_item_id
    assert money(changed.sub_total) == ("25.00",)
    due = Invoices(invoices=[Invoice(due_date=datetime.date(2026, 5, 1))])
    later = xero.api.update_invoice(tenant, made.invoice_id, due).invoices[0]
    assert later.due_date == datetime.date(2026, 5, 1)
    assert len(later.line_items) == 2


def test_post_with_a_known_number_updates(xero, tenant, contact):
    made = approved(xero, tenant, contact, invoice_number=unique("UP"), status="DRAFT")
    body = Invoices(
        invoices=[
            Invoice(
                type="ACCREC",
                invoice_number=made.invoice_number,
                reference="second",
            )
        ]
    )
    posted = xero.api.update_or_create_invoices(tenant, body).invoices[0]
    assert (posted.invoice_id, posted.reference) == (made.invoice_id, "second")


def test_void(xero, tenant, contact):
    made = approved(xero, tenant, contact)
    void = Invoices(invoices=[Invoice(status="VOIDED")])
    assert xero.api.update_invoice(tenant, made.invoice_id, void).invoices[0].status == "VOIDED"
    with pytest.raises(AccountingBadRequestException) as refused:
        xero.api.update_invoice(
            tenant, made.invoice_id, Invoices(invoices=[Invoice(reference="late")])
        )
    assert "not of valid status for modification" in refused.value.reason


def test_delete_draft(xero, tenant, contact):
    made = approved(xero, tenant, contact, status="DRAFT")
    body = Invoices(invoices=[Invoice(status="DELETED")])
    assert xero.api.update_invoice(tenant, made.invoice_id, body).invoices[0].status == "DELETED"


def test_pages_have_lines_and_lists_have_not(xero, tenant, contact):
    made = [approved(xero, tenant, contact).invoice_id for _ in range(3)]
    answer = xero.api.get_invoices(tenant, contact_i_ds=[contact], page=1, page_size=2)
    assert answer.pagination.item_count == 3 and answer.pagination.page_count == 2
    assert all(invoice.line_items for invoice in answer.invoices)
    rest = xero.api.get_invoices(tenant, contact_i_ds=[contact], page=2, page_size=2)
    assert {i.invoice_id for i in answer.invoices + rest.invoices} == set(made)
    plain = xero.api.get_invoices(tenant, contact_i_ds=[contact]).invoices
    assert len(plain) == 3 and not any(invoice.line_items for invoice in plain)
    past_the_end = xero.api.get_invoices(tenant, contact_i_ds=[contact], page=9)
    assert past_the_end.invoices == []


def test_filters(xero, tenant, contact):
    number = unique("FLT")
    one = approved(xero, tenant, contact, invoice_number=number, reference=unique("ref"))
    two = approved(xero, tenant, contact, status="DRAFT")

    def found(**query):
        return {i.invoice_id for i in xero.api.get_invoices(tenant, **query).invoices}

    assert found(i_ds=[one.invoice_id]) == {one.invoice_id}
    assert found(invoice_numbers=[number]) == {one.invoice_id}
    assert found(contact_i_ds=[contact], statuses=["DRAFT"]) == {two.invoice_id}
    assert found(where=f'Reference=="{one.reference}"') == {one.invoice_id}
    assert found(search_term=number) == {one.invoice_id}
    by_contact = f'Contact.ContactID==guid("{contact}") AND Status=="AUTHORISED"'
    assert found(where=by_contact) == {one.invoice_id}
    dated = f'Date>=DateTime(2026,03,10) AND Contact.ContactID==guid("{contact}")'
    assert found(where=dated, order="Date DESC") == {one.invoice_id, two.invoice_id}
    brief = xero.api.get_invoices(tenant, i_ds=[one.invoice_id], summary_only=True)
    assert brief.pagination and not brief.invoices[0].line_items


def test_modified_since(xero, tenant, contact, sandbox):
    old = approved(xero, tenant, contact)
    sandbox.advance(10)
    since = sandbox.now()
    sandbox.advance(10)
    new = approved(xero, tenant, contact)
    ids = {
        invoice.invoice_id
        for invoice in xero.api.get_invoices(tenant, if_modified_since=since, page=1).invoices
    }
    assert new.invoice_id in ids and old.invoice_id not in ids


def test_number_in_use(xero, tenant, contact):
    made = approved(xero, tenant, contact, invoice_number=unique("DUP"))
    with pytest.raises(AccountingBadRequestException) as refused:
        approved(xero, tenant, contact, invoice_number=made.invoice_number)
    assert refused.value.reason == "Invoice # must be unique."
    assert refused.value.error_data["Type"] == "ValidationException"


def test_unknown_tax_type(xero, tenant, contact):
    with pytest.raises(AccountingBadRequestException) as refused:
        approved(xero, tenant, contact, [sales_line(tax_type="GST on Income")])
    assert refused.value.reason == "The TaxType code 'GST on Income' is not valid"


def test_currency_that_is_not_enabled(xero, tenant, contact):
    with pytest.raises(AccountingBadRequestException) as refused:
        approved(xero, tenant, contact, currency_code=CurrencyCode.CHF)
    assert "not subscribed to currency CHF" in refused.value.reason


def test_errors_of_single_elements(xero, tenant, contact):
    good = sales_invoice(contact, date=DATE, due_date=DUE)
    bad = sales_invoice(contact, [sales_line(tax_type="NOPE")], date=DATE, due_date=DUE)
    body = Invoices(invoices=[good, bad])
    answer = xero.api.create_invoices(tenant, body, summarize_errors=False).invoices
    assert [invoice.status_attribute_string for invoice in answer] == ["OK", "ERROR"]
    assert answer[1].has_errors
    assert "NOPE" in answer[1].validation_errors[0].message
    assert xero.api.get_invoice(tenant, answer[0].invoice_id).invoices[0].status == "AUTHORISED"


def test_unknown_invoice(xero, tenant):
    with pytest.raises(NotFoundException):
        xero.api.get_invoice(tenant, "00000000-0000-4000-8000-00000000dead")


def test_email(xero, tenant, contact):
    made = approved(xero, tenant, contact)
    xero.api.email_invoice(tenant, made.invoice_id, RequestEmpty())
    assert xero.api.get_invoice(tenant, made.invoice_id).invoices[0].sent_to_contact is True


def test_draft_cannot_be_emailed(xero, tenant, contact):
    made = approved(xero, tenant, contact, status="DRAFT")
    with pytest.raises(AccountingBadRequestException):
        xero.api.email_invoice(tenant, made.invoice_id, RequestEmpty())


def test_online_address(xero, tenant, contact):
    made = approved(xero, tenant, contact)
    online = xero.api.get_online_invoice(tenant, made.invoice_id).online_invoices[0]
    assert online.online_invoice_url.startswith("https://")


def test_history(xero, tenant, contact):
    made = approved(xero, tenant, contact)
    note = HistoryRecords(history_records=[HistoryRecord(details="From deal 17")])
    xero.api.create_invoice_history(tenant, made.invoice_id, note)
    records = xero.api.get_invoice_history(tenant, made.invoice_id).history_records
    assert "From deal 17" in {record.details for record in records}
