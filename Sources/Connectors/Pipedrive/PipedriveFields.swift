import Domain

/// The names of our custom fields as people see them. Keys differ in every company, so names are
/// resolved before use.
enum PipedriveFields {
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
struct PipedriveField: Sendable, Hashable, Codable {
  var key: String
  var name: String
  var type: String
  var isCustom: Bool
  /// Labels of its options by their ids.
  var options: [String: String]

  init(_ record: PipedriveRecord) {
    key = record.text("field_code") ?? record.id
    name = record.text("field_name") ?? ""
    type = record.text("field_type") ?? ""
    isCustom = record["is_custom_field"]?.flag ?? (key.count == 40)
    options = [:]
    for option in record["options"]?.list ?? [] {
      if let id = option["id"]?.id { options[id] = option["label"]?.text ?? id }
    }
  }

  init(key: String, name: String, type: String, isCustom: Bool, options: [String: String] = [:]) {
    self.key = key
    self.name = name
    self.type = type
    self.isCustom = isCustom
    self.options = options
  }
}

/// The fields of one kind of record.
struct PipedriveFieldList: Sendable, Hashable {
  var fields: [PipedriveField]

  /// The field of that key or name: keys first, then a custom field by its exact name, then in any
  /// letter case. Of two with one name the older counts: a second one was made by mistake.
  subscript(_ wanted: String) -> PipedriveField? {
    if let field = fields.first(where: { $0.key == wanted }) { return field }
    if let field = fields.first(where: { $0.isCustom && $0.name == wanted }) { return field }
    let folded = wanted.lowercased()
    return fields.first { $0.name.lowercased() == folded }
  }

  /// Names by keys, for messages.
  var names: [String: String] {
    Dictionary(fields.filter(\.isCustom).map { ($0.key, $0.name) }) { first, _ in first }
  }

  /// A field's value on a record as a person reads it; nil where it holds nothing.
  func value(_ wanted: String, of record: PipedriveRecord) -> String? {
    guard let field = self[wanted] else { return nil }
    let value = field.isCustom ? record.custom(field.key) : record[field.key]
    let text = value?.plain { field.options[$0] } ?? ""
    return text.isEmpty ? nil : text
  }
}
