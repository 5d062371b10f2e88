package import Domain

/// What is owed, what is invoiced, what is not and why: from the snapshot alone.
package struct BusinessReport: Sendable, Codable, Hashable {
  package var schema = 1
  /// Today in the organisation's zone.
  package var asOf: CalendarDate
  /// Open invoices, the longest overdue first.
  package var receivables: [Receivable] = []
  package var owners: [OwnerTotal] = []
  package var invoiced: [InvoicedDeal] = []
  package var notInvoiced: [OpenDeal] = []
  package var differences: [Difference] = []
  /// The newest first.
  package var passes: [PassLine] = []

  package init(asOf: CalendarDate) { self.asOf = asOf }

  enum CodingKeys: String, CodingKey {
    case schema, receivables, owners, invoiced, differences, passes
    case asOf = "as_of"
    case notInvoiced = "not_invoiced"
  }

  /// How late an amount is.
  package enum Age: String, Sendable, Codable, Hashable, CaseIterable, Comparable {
    case notDue = "not_due"
    case days1To30 = "days_1_30"
    case days31To60 = "days_31_60"
    case days61To90 = "days_61_90"
    case over90 = "days_over_90"

    package init(daysLate: Int) {
      switch daysLate {
      case ..<1: self = .notDue
      case 1...30: self = .days1To30
      case 31...60: self = .days31To60
      case 61...90: self = .days61To90
      default: self = .over90
      }
    }

    private var rank: Int {
      switch self {
      case .notDue: 0
      case .days1To30: 1
      case .days31To60: 2
      case .days61To90: 3
      case .over90: 4
      }
    }

    package static func < (left: Self, right: Self) -> Bool { left.rank < right.rank }
  }

  package struct Receivable: Sendable, Codable, Hashable {
    package var invoice: Subject
    package var number: String
    package var deal: Subject
    package var dealName: String
    package var owner: String
    package var customer: String
    package var dueDate: CalendarDate?
    /// 0 while it is not late.
    package var daysLate: Int
    package var age: Age
    package var currency: Currency
    package var amountDue: String
    package var total: String

    enum CodingKeys: String, CodingKey {
      case invoice, number, deal, owner, customer, age, currency, total
      case dealName = "deal_name"
      case dueDate = "due_date"
      case daysLate = "days_late"
      case amountDue = "amount_due"
    }
  }

  /// What one owner's customers owe in one currency, by age.
  package struct OwnerTotal: Sendable, Codable, Hashable {
    package var owner: String
    package var currency: Currency
    /// Every age, with its sum.
    package var amounts: [String: String]
    package var total: String

    package func amount(_ age: Age) -> String { amounts[age.rawValue] ?? "" }
  }

  package struct InvoicedDeal: Sendable, Codable, Hashable {
    package var deal: Subject
    package var name: String
    package var owner: String
    package var status: String
    package var invoices: [String]
    package var currency: Currency
    package var total: String
    package var amountDue: String

    enum CodingKeys: String, CodingKey {
      case deal, name, owner, status, invoices, currency, total
      case amountDue = "amount_due"
    }
  }

  package struct OpenDeal: Sendable, Codable, Hashable {
    package var deal: Subject
    package var name: String
    package var owner: String
    package var amount: String?
    package var currency: String?
    /// A hold code, `ignored`, `scheduled`, or `next_pass`.
    package var code: String
    package var reason: String
    package var remedy: String
  }

  package struct Difference: Sendable, Codable, Hashable {
    package var deal: Subject
    package var name: String
    package var code: String
    package var message: String
    package var remedy: String
  }

  package struct PassLine: Sendable, Codable, Hashable {
    package var run: Int64
    package var startedAt: Instant
    package var finishedAt: Instant?
    package var outcome: String

    enum CodingKeys: String, CodingKey {
      case run, outcome
      case startedAt = "started_at"
      case finishedAt = "finished_at"
    }
  }
}
