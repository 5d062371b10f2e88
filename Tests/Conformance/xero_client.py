"""The vendor's own client for Xero, pointed at the sandbox."""

import datetime
import uuid
from decimal import Decimal

from xero_python import accounting
from xero_python.api_client import ApiClient
from xero_python.api_client.configuration import Configuration
from xero_python.api_client.oauth2 import OAuth2Token, TokenApi
from xero_python.identity import IdentityApi

CLIENT = "sandbox-client"
SECRET = "sandbox-secret"
DATE = datetime.date(2026, 3, 10)
DUE = datetime.date(2026, 4, 20)


class Xero:
    """One app's session: the token store that the SDK asks its user to provide, and the APIs."""

    def __init__(self, url, token=None):
        TokenApi.refresh_token_url = f"{url}/connect/token"
        TokenApi.client_credentials_token_url = f"{url}/connect/token"
        TokenApi.revoke_token_url = f"{url}/connect/revocation"
        self.token = token
        configuration = Configuration()
        # The class hands out one shared default: the token must be set on this copy.
        configuration.oauth2_token = OAuth2Token(client_id=CLIENT, client_secret=SECRET)
        self.client = ApiClient(
            configuration,
            oauth2_token_getter=lambda: self.token,
            oauth2_token_saver=self._save,
        )
        self.api = accounting.AccountingApi(self.client, base_url=f"{url}/api.xro/2.0")
        self.identity = IdentityApi(self.client, base_url=url)

    def _save(self, token):
        self.token = token


def unique(text):
    return f"{text} {uuid.uuid4().hex[:10]}"


def sales_line(description="Consulting", quantity=2, amount=100, **fields):
    return accounting.LineItem(
        description=description,
        quantity=quantity,
        unit_amount=amount,
        **{"account_code": "200", **fields},
    )


def sales_invoice(contact, lines=None, status="AUTHORISED", **fields):
    return accounting.Invoice(
        type="ACCREC",
        contact=accounting.Contact(contact_id=contact),
        line_items=lines or [sales_line()],
        status=status,
        **fields,
    )


def put(xero, tenant, invoice, **options):
    body = accounting.Invoices(invoices=[invoice])
    return xero.api.create_invoices(tenant, body, **options).invoices[0]


def approved(xero, tenant, contact, lines=None, **fields):
    fields = {"date": DATE, "due_date": DUE, **fields}
    return put(xero, tenant, sales_invoice(contact, lines, **fields))


def money(*values):
    """Amounts as text with two places, to be compared digit by digit."""
    return tuple(f"{Decimal(str(value)):.2f}" for value in values)
