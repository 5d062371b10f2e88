"""Payments, credit notes, allocations and repeating invoices."""

import datetime

import pytest
from xero_client import approved, money, sales_line
from xero_python.accounting import (
    Account,
    Allocation,
    Allocations,
    Contact,
    CreditNote,
    CreditNotes,
    Invoice,
    Invoices,
    Payment,
    PaymentDelete,
    Payments,
    RepeatingInvoice,
    RepeatingInvoices,
    Schedule,
)
from xero_python.exceptions import AccountingBadRequestException

PAID_ON = datetime.date(2026, 3, 20)


def pay(xero, tenant, invoice, amount):
    payment = Payment(
        invoice=Invoice(invoice_id=invoice.invoice_id),
        account=Account(code="090"),
        date=PAID_ON,
        amount=amount,
        reference="bank",
    )
    return xero.api.create_payments(tenant, Payments(payments=[payment])).payments[0]


def test_part_payment_then_rest(xero, tenant, contact):
    invoice = approved(xero, tenant, contact)  # 2 x 100 + 15 % = 230
    first = pay(xero, tenant, invoice, 100)
    assert first.status == "AUTHORISED" and first.payment_type == "ACCRECPAYMENT"
    read = xero.api.get_invoice(tenant, invoice.invoice_id).invoices[0]
    assert money(read.amount_paid, read.amount_due) == ("100.00", "130.00")
    assert read.status == "AUTHORISED"
    assert [payment.payment_id for payment in read.payments] == [first.payment_id]
    pay(xero, tenant, invoice, 130)
    read = xero.api.get_invoice(tenant, invoice.invoice_id).invoices[0]
    assert read.status == "PAID" and read.fully_paid_on_date == PAID_ON


def test_payment_moves_the_invoice(xero, tenant, contact, sandbox):
    invoice = approved(xero, tenant, contact)
    sandbox.advance(10)
    since = sandbox.now()
    sandbox.advance(10)
    made = pay(xero, tenant, invoice, 30)
    changed = xero.api.get_invoices(tenant, if_modified_since=since, page=1).invoices
    assert invoice.invoice_id in {i.invoice_id for i in changed}
    payments = xero.api.get_payments(tenant, if_modified_since=since, page=1).payments
    assert made.payment_id in {payment.payment_id for payment in payments}
    nested = next(p for p in payments if p.payment_id == made.payment_id).invoice
    assert nested.invoice_number == invoice.invoice_number


def test_deleted_payment_opens_the_invoice_again(xero, tenant, contact):
    invoice = approved(xero, tenant, contact)
    payment = pay(xero, tenant, invoice, 230)
    gone = xero.api.delete_payment(
        tenant, payment.payment_id, PaymentDelete(status="DELETED")
    ).payments[0]
    assert gone.status == "DELETED"
    read = xero.api.get_invoice(tenant, invoice.invoice_id).invoices[0]
    assert read.status == "AUTHORISED" and money(read.amount_due) == ("230.00",)
    one = xero.api.get_payment(tenant, payment.payment_id).payments[0]
    assert one.status == "DELETED"


def test_overpaying_is_refused(xero, tenant, contact):
    invoice = approved(xero, tenant, contact)
    with pytest.raises(AccountingBadRequestException) as refused:
        pay(xero, tenant, invoice, 231)
    expected = "Payment amount exceeds the amount outstanding on this document"
    assert refused.value.reason == expected


def test_paid_invoice_cannot_be_voided(xero, tenant, contact):
    invoice = approved(xero, tenant, contact)
    pay(xero, tenant, invoice, 1)
    with pytest.raises(AccountingBadRequestException):
        xero.api.update_invoice(
            tenant, invoice.invoice_id, Invoices(invoices=[Invoice(status="VOIDED")])
        )


def credit(xero, tenant, contact, amount):
    note = CreditNote(
        type="ACCRECCREDIT",
        contact=Contact(contact_id=contact),
        date=PAID_ON,
        line_items=[sales_line("Returned", 1, amount)],
        status="AUTHORISED",
    )
    body = CreditNotes(credit_notes=[note])
    return xero.api.create_credit_notes(tenant, body).credit_notes[0]


def test_credit_note_and_allocation(xero, tenant, contact):
    invoice = approved(xero, tenant, contact)
    note = credit(xero, tenant, contact, 100)
    assert money(note.total, note.remaining_credit) == ("115.00", "115.00")
    allocation = Allocation(
        amount=115, date=PAID_ON, invoice=Invoice(invoice_id=invoice.invoice_id)
    )
    xero.api.create_credit_note_allocation(
        tenant, note.credit_note_id, Allocations(allocations=[allocation])
    )
    read = xero.api.get_invoice(tenant, invoice.invoice_id).invoices[0]
    assert money(read.amount_credited, read.amount_due) == ("115.00", "115.00")
    assert read.credit_notes[0].credit_note_id == note.credit_note_id
    used = xero.api.get_credit_note(tenant, note.credit_note_id).credit_notes[0]
    assert used.status == "PAID" and money(used.remaining_credit) == ("0.00",)
    allocated = used.allocations[0]
    assert money(allocated.amount) == ("115.00",)
    xero.api.delete_credit_note_allocations(
        tenant, note.credit_note_id, allocated.allocation_id
    )
    read = xero.api.get_invoice(tenant, invoice.invoice_id).invoices[0]
    assert money(read.amount_due) == ("230.00",)


def test_credit_notes_by_page(xero, tenant, contact):
    note = credit(xero, tenant, contact, 10)
    listed = xero.api.get_credit_notes(tenant, page=1, page_size=1000).credit_notes
    found = next(n for n in listed if n.credit_note_id == note.credit_note_id)
    assert found.line_items


def test_repeating_invoice(xero, tenant, contact):
    template = RepeatingInvoice(
        type="ACCREC",
        contact=Contact(contact_id=contact),
        line_items=[sales_line("Support [Month]", 1, 50)],
        schedule=Schedule(
            period=1,
            unit="MONTHLY",
            due_date=20,
            due_date_type="OFFOLLOWINGMONTH",
            start_date=datetime.date(2027, 1, 1),
        ),
        status="AUTHORISED",
        reference="deal 18",
    )
    made = xero.api.create_repeating_invoices(
        tenant, RepeatingInvoices(repeating_invoices=[template])
    ).repeating_invoices[0]
    assert made.repeating_invoice_id and made.schedule.unit == "MONTHLY"
    read = xero.api.get_repeating_invoice(tenant, made.repeating_invoice_id)
    assert read.repeating_invoices[0].reference == "deal 18"
    listed = xero.api.get_repeating_invoices(tenant).repeating_invoices
    assert made.repeating_invoice_id in {t.repeating_invoice_id for t in listed}
    deleted = xero.api.update_repeating_invoice(
        tenant,
        made.repeating_invoice_id,
        RepeatingInvoices(
            repeating_invoices=[
                RepeatingInvoice(
                    repeating_invoice_id=made.repeating_invoice_id, status="DELETED"
                )
            ]
        ),
    ).repeating_invoices[0]
    assert deleted.status == "DELETED"


def test_empty_lists(xero, tenant):
    assert xero.api.get_overpayments(tenant, page=1).overpayments == []
    assert xero.api.get_prepayments(tenant, page=1).prepayments == []
    assert xero.api.get_batch_payments(tenant).batch_payments == []
