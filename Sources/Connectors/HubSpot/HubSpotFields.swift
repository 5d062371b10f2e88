import Domain

/// The names of the properties this connector reads.
enum HubSpotFields {
  /// By key of `fields`: the names of our own properties.
  static let defaults: [String: String] = [
    "payment_terms": "payment_terms", "invoice_number": "xero_invoice_number",
    "invoice_status": "xero_invoice_status", "amount_due": "xero_amount_due",
    "amount_paid": "xero_amount_paid", "due_date": "xero_due_date",
    "paid_date": "xero_paid_date", "invoice_url": "xero_invoice_url",
    "accounting_id": "xero_contact_id",
  ]

  /// What a deal is asked for, wherever it is read.
  static func deal(_ own: CRMFields) -> [String] {
    [
      "dealname", "amount", "closedate", "pipeline", "dealstage", "deal_currency_code",
      "hubspot_owner_id", "hs_is_closed", "hs_is_closed_won", "hs_is_closed_lost",
      "hs_closed_won_date", "hs_merged_object_ids", "hs_lastmodifieddate", own.paymentTerms,
    ] + ReportField.allCases.compactMap { own.reports[$0] }
  }

  static func company(_ own: CRMFields) -> [String] {
    [
      "name", "domain", "website", "phone", "address", "address2", "city", "state", "zip",
      "country", "hs_merged_object_ids", "hs_lastmodifieddate", own.accountingID,
    ] + [own.taxNumber].compactMap { $0 }
  }

  static func contact(_ own: CRMFields) -> [String] {
    [
      "firstname", "lastname", "email", "hs_additional_emails", "phone", "mobilephone", "fax",
      "company", "website", "address", "city", "state", "zip", "country", "associatedcompanyid",
      "hs_merged_object_ids", "lastmodifieddate", own.accountingID,
    ] + [own.taxNumber].compactMap { $0 }
  }

  static let line = [
    "name", "description", "hs_sku", "hs_product_id", "quantity", "price", "discount",
    "hs_discount_percentage", "amount", "hs_line_item_currency_code", "hs_tax_rate_group_id",
    "hs_tax_label", "recurringbillingfrequency", "hs_recurring_billing_period",
    "hs_recurring_billing_number_of_payments", "hs_recurring_billing_start_date",
    "hs_recurring_billing_end_date", "hs_billing_start_delay_type",
    "hs_billing_start_delay_days", "hs_billing_start_delay_months", "hs_pricing_model",
    "hs_position_on_quote", "hs_lastmodifieddate",
  ]

  /// The properties of a company or person, by kind.
  static func party(_ kind: RecordKind, _ own: CRMFields) -> [String] {
    kind == .person ? contact(own) : company(own)
  }
}
