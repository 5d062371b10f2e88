"""QuickBooks Online: the sandbox speaks to the public python client as the vendor does."""

import datetime
import uuid

import pytest
from quickbooks.batch import batch_create
from quickbooks.cdc import change_data_capture
from quickbooks.exceptions import QuickbooksException
from quickbooks.objects import (
    Customer,
    EmailAddress,
    Invoice,
    Item,
    Payment,
    PaymentLine,
    PhoneNumber,
    SalesItemLine,
    SalesItemLineDetail,
    TaxCode,
    Term,
    Vendor,
)
from quickbooks.objects.base import LinkedTxn, Ref

OTHER_ERROR = 5010


def unique(word):
    return f"{word} {uuid.uuid4().hex[:12]}"


@pytest.fixture
def customer(quickbooks):
    made = Customer()
    made.DisplayName = unique("Buyer")
    made.PrimaryEmailAddr = EmailAddress()
    made.PrimaryEmailAddr.Address = "buyer@customer.example"
    made.PrimaryPhone = PhoneNumber()
    made.PrimaryPhone.FreeFormNumber = "555 0100"
    return made.save(qb=quickbooks)


def reference(value):
    ref = Ref()
    ref.value = value
    return ref


def invoice(quickbooks, customer, amount=100, number=None):
    item = Item.filter(Name="Sales", qb=quickbooks)[0]
    code = next(code for code in TaxCode.all(qb=quickbooks) if code.Name == "GST")
    line = SalesItemLine()
    line.Amount = amount
    line.Description = "Work"
    line.SalesItemLineDetail = SalesItemLineDetail()
    line.SalesItemLineDetail.ItemRef = item.to_ref()
    line.SalesItemLineDetail.Qty = 1
    line.SalesItemLineDetail.UnitPrice = amount
    line.SalesItemLineDetail.TaxCodeRef = reference(code.Id)
    made = Invoice()
    made.CustomerRef = customer.to_ref()
    made.GlobalTaxCalculation = "TaxExcluded"
    made.DocNumber = number
    made.Line.append(line)
    return made


def test_sign_in_renews_itself(quickbooks):
    before = quickbooks.auth_client.refresh_token
    quickbooks.auth_client.refresh()
    assert quickbooks.auth_client.refresh_token != before
    assert quickbooks.auth_client.x_refresh_token_expires_in == 8640000
    quickbooks.refresh_token = quickbooks.auth_client.refresh_token
    quickbooks._start_session()


def test_customer_is_made_read_changed_and_found(quickbooks, customer):
    assert customer.SyncToken == "0"
    read = Customer.get(customer.Id, qb=quickbooks)
    assert read.PrimaryEmailAddr.Address == "buyer@customer.example"
    read.GivenName = "O'Neill"
    changed = read.save(qb=quickbooks)
    assert (changed.SyncToken, changed.GivenName) == ("1", "O'Neill")
    found = Customer.filter(DisplayName=customer.DisplayName, qb=quickbooks)
    assert [one.Id for one in found] == [customer.Id]
    assert Customer.count(f"DisplayName = '{customer.DisplayName}'", qb=quickbooks) == 1


def test_a_vendor_has_the_name(quickbooks):
    vendor = Vendor()
    vendor.DisplayName = unique("Both")
    vendor.save(qb=quickbooks)
    twin = Customer()
    twin.DisplayName = vendor.DisplayName.upper()
    with pytest.raises(QuickbooksException) as refused:
        twin.save(qb=quickbooks)
    assert refused.value.error_code == 6240


def test_a_stale_token_is_refused(quickbooks, customer):
    other = Customer.get(customer.Id, qb=quickbooks)
    other.Notes = "first"
    other.save(qb=quickbooks)
    customer.Notes = "second"
    with pytest.raises(QuickbooksException) as refused:
        customer.save(qb=quickbooks)
    assert refused.value.error_code == OTHER_ERROR


def test_invoice_tax_payment_and_void(quickbooks, customer):
    made = invoice(quickbooks, customer).save(qb=quickbooks)
    assert (float(made.TotalAmt), float(made.Balance)) == (115.0, 115.0)
    assert float(made.TxnTaxDetail.TotalTax) == 15.0
    payment = Payment()
    payment.CustomerRef = customer.to_ref()
    payment.TotalAmt = 15
    line = PaymentLine()
    line.Amount = 15
    link = LinkedTxn()
    link.TxnId = made.Id
    link.TxnType = "Invoice"
    line.LinkedTxn.append(link)
    payment.Line.append(line)
    payment.save(qb=quickbooks)
    paid = Invoice.get(made.Id, qb=quickbooks)
    assert float(paid.Balance) == 100.0
    assert paid.SyncToken != made.SyncToken
    paid.void(qb=quickbooks)
    void = Invoice.get(made.Id, qb=quickbooks)
    assert float(void.TotalAmt) == 0.0
    assert void.PrivateNote.startswith("Voided")


def test_numbers_are_unique_where_the_company_says_so(quickbooks, customer):
    number = uuid.uuid4().hex[:10]
    invoice(quickbooks, customer, number=number).save(qb=quickbooks)
    with pytest.raises(QuickbooksException) as refused:
        invoice(quickbooks, customer, number=number).save(qb=quickbooks)
    assert refused.value.error_code == 6140


def test_the_same_request_id_is_answered_once(quickbooks):
    name = unique("Once")
    ids = set()
    for _ in range(2):
        made = Customer()
        made.DisplayName = name
        ids.add(made.save(qb=quickbooks, request_id=f"r-{name[-12:]}").Id)
    assert len(ids) == 1


def test_batch_with_one_bad_element(quickbooks):
    good, bad = Customer(), Customer()
    good.DisplayName = unique("Batch")
    bad.DisplayName = "a:b"
    result = batch_create([good, bad], qb=quickbooks)
    assert len(result.successes) == 1
    assert len(result.faults) == 1


def test_change_data_capture_shows_deletions(quickbooks, customer, sandbox):
    made = invoice(quickbooks, customer).save(qb=quickbooks)
    made.delete(qb=quickbooks)
    since = sandbox.now() - datetime.timedelta(hours=1)
    changes = change_data_capture(
        [Invoice, Customer], since.strftime("%Y-%m-%dT%H:%M:%SZ"), qb=quickbooks
    )
    gone = [one for one in changes.Invoice if one.Id == made.Id]
    assert [one.status for one in gone] == ["Deleted"]
    assert any(one.Id == customer.Id for one in changes.Customer)


def test_lists(quickbooks):
    assert {term.DueDays for term in Term.all(qb=quickbooks)} >= {0, 30}
    assert any(item.Sku == "DESIGN" for item in Item.all(qb=quickbooks))
