import Domain

/// The names of our custom fields as people see them. API names are made from them by Zoho, so
/// names are resolved before use; an API name may be written instead.
enum ZohoFields {
  /// By key of `fields` in the configuration.
  static let defaults: [String: String] = [
    "payment_terms": "Payment terms", "invoice_number": "Xero invoice number",
    "invoice_status": "Xero invoice status", "amount_due": "Xero amount due",
    "amount_paid": "Xero amount paid", "due_date": "Xero due date",
    "paid_date": "Xero paid date", "invoice_url": "Xero invoice link",
    "accounting_id": "Xero contact id",
  ]
}

/// A field definition.
struct ZohoField: Sendable, Hashable, Codable {
  var key: String
  var label: String
  var type: String
  /// Longest text in characters; 0 where the vendor does not say.
  var length: Int
  var choices: [Choice]

  struct Choice: Sendable, Hashable, Codable {
    /// What is written and read.
    var value: String
    var label: String
    /// `Open`, `Closed Won`, `Closed Lost`; of stages only.
    var forecast: String
    /// 0…100; nil: not said.
    var probability: Int?
    var isUsed: Bool
  }

  init?(_ record: ZohoRecord) {
    guard let key = record.text("api_name") else { return nil }
    self.key = key
    label = record.text("field_label") ?? record.text("display_label") ?? key
    type = record.text("data_type") ?? ""
    length = record["length"]?.number.flatMap { Int($0.plain) } ?? 0
    choices = (record["pick_list_values"]?.list ?? []).compactMap { choice in
      guard let value = choice["actual_value"]?.text else { return nil }
      return Choice(
        value: value, label: choice["display_value"]?.text ?? value,
        forecast: choice["forecast_type"]?.text ?? "",
        probability: choice["probability"]?.number.flatMap { Int($0.plain) },
        isUsed: choice["type"]?.text != "unused")
    }
  }

  /// What a stage of this choice means. Where the vendor's word for it is missing, a hundred
  /// percent means won.
  static func outcome(_ choice: Choice) -> Deal.Outcome {
    let words = choice.forecast.lowercased()
    if words.contains("won") { return .won }
    if words.contains("lost") { return .lost }
    guard words.isEmpty else { return .open }
    return choice.probability == 100 ? .won : .open
  }
}

/// The fields of one module.
struct ZohoFieldList: Sendable, Hashable {
  var fields: [ZohoField]

  /// The field of that API name, else the first with that label, in any letter case.
  subscript(_ wanted: String) -> ZohoField? {
    if let field = fields.first(where: { $0.key == wanted }) { return field }
    let folded = wanted.lowercased()
    return fields.first { $0.label.lowercased() == folded }
  }

  /// A field's value on a record as a person reads it; nil where it holds nothing.
  func value(_ wanted: String, of record: ZohoRecord) -> String? {
    guard let field = self[wanted], let value = record[field.key] else { return nil }
    let text = value.plain { _ in nil }
    return text.isEmpty ? nil : text
  }
}
