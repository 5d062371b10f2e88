"""What protects a write on its way: idempotency keys and rate limits."""

import uuid

import pytest
import urllib3
from xero_client import DATE, DUE, Xero, put, sales_invoice, unique
from xero_python.exceptions import AccountingBadRequestException, RateLimitException


def count(xero, tenant, reference):
    where = f'Reference=="{reference}"'
    return len(xero.api.get_invoices(tenant, where=where).invoices)


def test_replayed_key_writes_once(xero, tenant, contact):
    reference, key = unique("once"), uuid.uuid4().hex
    invoice = sales_invoice(contact, date=DATE, due_date=DUE, reference=reference)
    first = put(xero, tenant, invoice, idempotency_key=key)
    second = put(xero, tenant, invoice, idempotency_key=key)
    assert first.invoice_id == second.invoice_id
    assert count(xero, tenant, reference) == 1


def test_expired_key_writes_again(xero, tenant, contact, sandbox):
    reference, key = unique("again"), uuid.uuid4().hex
    invoice = sales_invoice(contact, date=DATE, due_date=DUE, reference=reference)
    put(xero, tenant, invoice, idempotency_key=key)
    sandbox.advance(6 * 60 + 1)
    put(xero, tenant, invoice, idempotency_key=key)
    assert count(xero, tenant, reference) == 2


def test_key_with_another_body_is_refused(xero, tenant, contact):
    key = uuid.uuid4().hex
    put(xero, tenant, sales_invoice(contact, date=DATE, due_date=DUE), idempotency_key=key)
    with pytest.raises(AccountingBadRequestException) as refused:
        other = sales_invoice(contact, date=DATE, due_date=DUE, reference="other")
        put(xero, tenant, other, idempotency_key=key)
    assert b"is used with a different request" in refused.value.http_resp.data


def test_limits_are_announced_and_kept(xero, tenant, sandbox):
    limited = Xero(sandbox.url, xero.token)
    # The client would wait and retry by itself.
    limited.client.rest_client.pool_manager.connection_pool_kw["retries"] = urllib3.Retry(0)
    sandbox.advance(120)
    sandbox.control("xero/limits", {"minute": 2, "day": 5000, "app_minute": 10000})
    try:
        for left in ("1", "0"):
            _, status, headers = limited.api.get_organisations(
                tenant, _return_http_data_only=False
            )
            assert status == 200
            assert headers["X-MinLimit-Remaining"] == left
            assert "X-DayLimit-Remaining" in headers and "X-AppMinLimit-Remaining" in headers
        with pytest.raises(RateLimitException) as refused:
            limited.api.get_organisations(tenant)
        headers = refused.value.http_resp.urllib3_response.headers
        assert headers["X-Rate-Limit-Problem"].lower() == "minute"
        assert 0 < int(headers["Retry-After"]) <= 60
        sandbox.advance(61)
        assert limited.api.get_organisations(tenant).organisations
    finally:
        unlimited = {"minute": None, "day": None, "app_minute": None}
        sandbox.control("xero/limits", unlimited)
