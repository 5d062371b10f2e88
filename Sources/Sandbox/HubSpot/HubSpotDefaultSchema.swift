import Foundation

extension HubSpotSandbox.Schema {
  typealias Property = HubSpotSandbox.Property
  typealias Option = HubSpotSandbox.PropertyOption
  typealias Kind = HubSpotSandbox.Kind

  /// What a new account has for that type.
  ///
  /// A line is `name type`, `!` marks a value the vendor computes, `~` marks a unique value.
  static func standard(_ kind: Kind, currencies: [String]) -> Self {
    var schema = Self()
    let group = kind.singular.replacing("_", with: "") + "information"
    schema.groups = [
      HubSpotSandbox.PropertyGroup(
        name: group, label: kind.singular.capitalized.replacing("_", with: " ") + " information",
        order: 0)
    ]
    let lines = common(kind) + own(kind)
    for line in lines.split(separator: "\n") {
      let words = line.split(separator: " ").map(String.init)
      guard words.count >= 2 else { continue }
      schema.put(
        property(name: words[0], type: words[1], options: words.dropFirst(2), group: group))
    }
    if var currency = schema["deal_currency_code"] {
      currency.options = currencies.map { Option(label: $0, value: $0) }
      schema.put(currency)
    }
    return schema
  }

  private static func property(
    name: String, type: String, options: ArraySlice<String>, group: String
  ) -> Property {
    let plain = type.filter { $0 != "!" && $0 != "~" }
    let type = (plain, type.contains("!"), type.contains("~"))
    let kind = HubSpotSandbox.PropertyType(rawValue: plain == "multi" ? "enumeration" : plain)
    return Property(
      name: name, label: name.replacing("_", with: " ").capitalized, type: kind ?? .string,
      fieldType: fieldType(type.0), group: group,
      options: options.map { Option(label: $0.lowercased().capitalized, value: $0) },
      isUnique: type.2, isReadOnly: type.1, isBuiltIn: true)
  }

  private static func fieldType(_ type: String) -> String {
    switch type {
    case "bool": "booleancheckbox"
    case "date", "datetime": "date"
    case "enumeration": "select"
    case "multi": "checkbox"
    case "number": "number"
    case "phone_number": "phonenumber"
    default: "text"
    }
  }

  private static func common(_ kind: Kind) -> String {
    """
    hs_object_id number!
    \(kind.createdProperty) datetime!
    \(kind.modifiedProperty) datetime!
    hs_merged_object_ids multi!
    hs_object_source string!
    hs_created_by_user_id number!
    hubspot_owner_id enumeration
    hubspot_owner_assigneddate datetime!

    """
  }

  private static func own(_ kind: Kind) -> String {
    switch kind {
    case .contacts: contactLines
    case .companies: companyLines
    case .deals: dealLines
    case .products: productLines
    case .lineItems: lineItemLines
    case .tasks: taskLines
    case .notes: noteLines
    }
  }

  private static let stages =
    "subscriber lead marketingqualifiedlead salesqualifiedlead opportunity customer "
    + "evangelist other"

  // `hs_lastmodifieddate` exists as a name but never holds a value here.
  private static let contactLines = """
    email string~
    firstname string
    lastname string
    phone string
    mobilephone string
    fax string
    company string
    website string
    address string
    city string
    state string
    zip string
    country string
    jobtitle string
    salutation string
    hs_language string
    notes string
    lifecyclestage enumeration \(stages)
    hs_lead_status enumeration NEW OPEN IN_PROGRESS OPEN_DEAL UNQUALIFIED CONNECTED
    hs_additional_emails multi!
    hs_calculated_merged_vids multi!
    hs_lastmodifieddate datetime!
    hs_searchable_calculated_phone_number string!
    associatedcompanyid number!

    """

  private static let companyLines = """
    name string
    domain string
    website string
    phone string
    address string
    address2 string
    city string
    state string
    zip string
    country string
    industry string
    description string
    numberofemployees number
    annualrevenue number
    lifecyclestage enumeration \(stages)
    hs_additional_domains multi!
    hs_parent_company_id number

    """

  private static let dealLines = """
    dealname string
    amount number
    pipeline enumeration
    dealstage enumeration
    closedate datetime
    description string
    dealtype enumeration newbusiness existingbusiness
    deal_currency_code enumeration
    hs_priority enumeration low medium high
    hs_next_step string
    closed_won_reason string
    closed_lost_reason string
    hs_is_closed bool!
    hs_is_closed_won bool!
    hs_is_closed_lost bool!
    hs_closed_won_date datetime!
    hs_deal_stage_probability number!
    hs_num_of_associated_line_items number!
    num_associated_contacts number!
    hs_primary_associated_company number!
    amount_in_home_currency number!
    hs_exchange_rate number!

    """

  private static let frequencies =
    "weekly biweekly monthly quarterly per_six_months annually per_two_years per_three_years "
    + "per_four_years per_five_years"

  private static let delays = "hs_billing_start_delay_days hs_billing_start_delay_months"

  private static let productLines = """
    name string
    description string
    price number
    hs_sku string
    hs_cost_of_goods_sold number
    hs_url string
    hs_product_type enumeration inventory non_inventory service
    recurringbillingfrequency enumeration \(frequencies)
    hs_recurring_billing_period string
    tax number

    """

  private static let lineItemLines = """
    name string
    description string
    hs_sku string
    hs_product_id number
    quantity number
    price number
    discount number
    hs_discount_percentage number
    hs_total_discount number!
    hs_pre_discount_amount number!
    amount number!
    tax number
    hs_tax_rate_group_id string
    hs_tax_rate number!
    hs_tax_label string!
    hs_tax_amount number!
    hs_post_tax_amount number!
    hs_line_item_currency_code string
    recurringbillingfrequency enumeration \(frequencies)
    hs_recurring_billing_period string
    hs_recurring_billing_number_of_payments number
    hs_recurring_billing_start_date date
    hs_recurring_billing_end_date date!
    hs_billing_start_delay_type enumeration \(delays)
    hs_billing_start_delay_days number
    hs_billing_start_delay_months number
    hs_recurring_billing_terms enumeration FIXED AUTOMATICALLY_RENEW
    hs_pricing_model enumeration flat graduated volume stairstep
    hs_tier_ranges string
    hs_tier_prices string
    hs_position_on_quote number
    hs_cost_of_goods_sold number
    hs_margin number!
    hs_url string
    hs_product_type enumeration inventory non_inventory service

    """

  private static let taskLines = """
    hs_timestamp datetime
    hs_task_subject string
    hs_task_body string
    hs_task_status enumeration NOT_STARTED IN_PROGRESS WAITING COMPLETED DEFERRED
    hs_task_priority enumeration NONE LOW MEDIUM HIGH
    hs_task_type enumeration EMAIL CALL TODO
    hs_task_reminders string
    hs_task_completion_date datetime!
    hs_queue_membership_ids multi

    """

  private static let noteLines = """
    hs_timestamp datetime
    hs_note_body string
    hs_attachment_ids multi

    """

  /// The fields that a sync writes back, as a person would have set them up beforehand.
  mutating func addSyncFields(_ kind: Kind) {
    let fields: [(String, HubSpotSandbox.PropertyType, String)]
    switch kind {
    case .deals:
      fields = [
        ("xero_invoice_number", .string, "text"), ("xero_invoice_status", .string, "text"),
        ("xero_amount_due", .number, "number"), ("xero_amount_paid", .number, "number"),
        ("xero_due_date", .date, "date"), ("xero_paid_date", .date, "date"),
        ("xero_invoice_url", .string, "text"), ("payment_terms", .string, "text"),
      ]
    case .companies, .contacts: fields = [("xero_contact_id", .string, "text")]
    case .products, .lineItems, .tasks, .notes: fields = []
    }
    guard !fields.isEmpty else { return }
    groups.append(
      HubSpotSandbox.PropertyGroup(name: "xero", label: "Xero", order: groups.count))
    for (name, type, fieldType) in fields {
      put(
        Property(
          name: name, label: name.replacing("_", with: " ").capitalized, type: type,
          fieldType: fieldType, group: "xero"))
    }
  }
}
