import Domain

/// A field of a CRM that the configuration writes to.
package struct SetupField: Hashable, Sendable, Comparable {
  /// The kind of record that carries it, in the vendor's word.
  package var object: String
  package var name: String

  package init(object: String, name: String) {
    self.object = object
    self.name = name
  }

  package static func < (one: SetupField, other: SetupField) -> Bool {
    (one.object, one.name) < (other.object, other.name)
  }
}

/// What a field of ours holds, for the vendor's type of it.
enum SetupFieldContent: Sendable {
  case text, amount, date
}

extension ReportField {
  /// What people see above the value.
  var label: String {
    switch self {
    case .invoiceNumber: "Invoice number"
    case .invoiceStatus: "Invoice status"
    case .amountDue: "Invoice amount due"
    case .amountPaid: "Invoice amount paid"
    case .dueDate: "Invoice due date"
    case .paidDate: "Invoice paid date"
    case .invoiceURL: "Invoice link"
    }
  }

  var content: SetupFieldContent {
    switch self {
    case .amountDue, .amountPaid: .amount
    case .dueDate, .paidDate: .date
    case .invoiceNumber, .invoiceStatus, .invoiceURL: .text
    }
  }
}
