import Domain
import Sandbox
import TestSupport
import Testing

/// A deal that is held, and every way out its remedy offers.
struct RemedyCase: Sendable, CustomTestStringConvertible {
  var code: HoldCode
  /// What makes this row another than the others of its code.
  var note = ""
  var policy: @Sendable (inout Policy) -> Void = { _ in }
  /// Makes the hold; the deal's id.
  var provoke: @Sendable (Rig) async throws -> String
  var ways: [Way]

  /// One way out, as the remedy says it.
  struct Way: Sendable {
    var name: String
    /// What the person does at the screens of the two systems, or in the configuration file.
    var screens: @Sendable (Rig, String) throws -> Void = { _, _ in }
    /// Which of the printed commands is typed, by what it begins with; nil: none.
    var command: String?
    /// What the person puts in place of a placeholder.
    var id: @Sendable (Rig) -> String = { _ in "" }
    /// What must be true of the deal afterwards.
    var then: Then = .invoiced
  }

  enum Then: Sendable {
    /// It has its one invoice.
    case invoiced
    /// Nothing more was invoiced than before.
    case asBefore
    /// Only the hold counts.
    case anything
  }

  var testDescription: String { note.isEmpty ? code.rawValue : "\(code.rawValue), \(note)" }
}

extension Rig {
  /// A property of a record of the CRM, as a person edits it.
  func edit(_ type: String, _ id: String, _ values: JSONValue.Object) throws {
    try person(
      "hubspot", "edit",
      ["type": .string(type), "id": .string(id), "properties": .object(values)])
  }

  func line(of deal: String) throws -> String {
    let lines = world.withVendor(HubSpotSandbox.self) { $0.linked(.deals, deal, to: .lineItems) }
    return try #require(lines?.first?.id)
  }

  /// A contact made by hand in the books; its id.
  @discardableResult
  func contactByHand(_ fields: JSONValue.Object) throws -> String {
    try person("xero", "create_contact", ["fields": .object(fields)])
    return try #require(contacts.last { .string($0.name) == fields["Name"] }).id.description
  }

  /// An approved sales invoice made by hand, of one line without tax code trouble.
  func invoiceByHand(_ contact: String, _ net: String, number: String? = nil) throws {
    var fields: JSONValue.Object = [
      "Type": "ACCREC", "Contact": ["ContactID": .string(contact)],
      "Date": "2026-02-01", "DueDate": "2026-03-01", "Status": "AUTHORISED",
      "LineItems": [
        [
          "Description": "By hand", "Quantity": 1, "UnitAmount": .string(net),
          "AccountCode": "200", "TaxType": "OUTPUT2",
        ]
      ],
    ]
    if let number { fields["InvoiceNumber"] = .string(number) }
    try person("xero", "create_invoice", ["fields": .object(fields)])
  }

  /// An ordinary deal that was invoiced and is up to date.
  func invoicedDeal(_ net: String = "100") async throws -> String {
    let deal = try won(lines: [item("Work", "1", net)])
    try await later()
    return deal
  }
}
