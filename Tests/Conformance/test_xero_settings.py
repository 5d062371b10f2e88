"""What a reconciler reads once: organisation, accounts, tax, currencies, themes, tracking."""

from xero_client import unique
from xero_python.accounting import Currency, CurrencyCode, Item, Items, Purchase


def test_organisation(xero, tenant):
    organisation = xero.api.get_organisations(tenant).organisations[0]
    assert organisation.base_currency.value == "NZD"
    assert organisation.country_code.value == "NZ"
    assert organisation.timezone.value == "NEWZEALANDSTANDARDTIME"
    assert organisation.short_code
    assert str(organisation.organisation_id) == tenant


def test_organisation_actions(xero, tenant):
    actions = {a.name: a.status for a in xero.api.get_organisation_actions(tenant).actions}
    assert actions["CreateApprovedInvoice"] == "ALLOWED"


def test_accounts(xero, tenant):
    accounts = {a.code: a for a in xero.api.get_accounts(tenant).accounts}
    assert accounts["200"].type.value == "REVENUE"
    assert accounts["090"].type.value == "BANK"
    assert accounts["610"].system_account == "DEBTORS"
    one = xero.api.get_account(tenant, accounts["200"].account_id).accounts[0]
    assert one.tax_type == "OUTPUT2"
    banks = xero.api.get_accounts(tenant, where='Type=="BANK"').accounts
    assert {account.code for account in banks} == {"090", "091"}
    ordered = xero.api.get_accounts(tenant, where='Type=="BANK"', order="Code DESC").accounts
    assert [account.code for account in ordered] == ["091", "090"]


def test_tax_rates(xero, tenant):
    rates = {rate.tax_type: rate for rate in xero.api.get_tax_rates(tenant).tax_rates}
    assert float(rates["OUTPUT2"].effective_rate) == 15
    assert rates["OUTPUT2"].can_apply_to_revenue is True
    assert rates["INPUT2"].can_apply_to_revenue is False
    one = xero.api.get_tax_rate_by_tax_type(tenant, "OUTPUT2").tax_rates
    assert [rate.tax_type for rate in one] == ["OUTPUT2"]
    same = xero.api.get_tax_rates(tenant, where='TaxType=="OUTPUT2"').tax_rates
    assert [rate.tax_type for rate in same] == ["OUTPUT2"]


def test_currencies(xero, tenant):
    codes = {currency.code.value for currency in xero.api.get_currencies(tenant).currencies}
    assert {"NZD", "AUD", "USD"} <= codes
    own = xero.api.get_currencies(tenant, where='Code=="NZD"').currencies
    assert [currency.code.value for currency in own] == ["NZD"]


def test_added_currency(xero, tenant):
    xero.api.create_currency(tenant, Currency(code=CurrencyCode.SGD))
    codes = {currency.code.value for currency in xero.api.get_currencies(tenant).currencies}
    assert "SGD" in codes


def test_branding_themes(xero, tenant):
    themes = xero.api.get_branding_themes(tenant).branding_themes
    assert [theme.sort_order for theme in themes] == [0, 1, 2]


def test_tracking_categories(xero, tenant):
    categories = xero.api.get_tracking_categories(tenant).tracking_categories
    region = next(category for category in categories if category.name == "Region")
    assert {option.name for option in region.options} >= {"North", "South"}
    one = xero.api.get_tracking_category(tenant, region.tracking_category_id)
    assert one.tracking_categories[0].name == "Region"
    found = xero.api.get_tracking_categories(tenant, where='Name=="Region"')
    assert len(found.tracking_categories) == 1


def test_items(xero, tenant):
    code = unique("IT")[:30]
    made = xero.api.create_items(
        tenant,
        Items(
            items=[
                Item(
                    code=code,
                    name="Widget",
                    description="A widget",
                    sales_details=Purchase(unit_price=12.5, account_code="200"),
                )
            ]
        ),
    ).items[0]
    assert made.item_id and made.is_sold
    assert float(made.sales_details.unit_price) == 12.5
    listed = xero.api.get_items(tenant, where=f'Code=="{code}"').items
    assert [item.item_id for item in listed] == [made.item_id]
    changed = xero.api.update_or_create_items(
        tenant, Items(items=[Item(code=code, name="Better widget")])
    ).items[0]
    assert (changed.item_id, changed.name) == (made.item_id, "Better widget")
    assert xero.api.get_item(tenant, made.item_id).items[0].name == "Better widget"
