/// A place in a configuration file; lines and columns count from 1.
package struct Origin: Hashable, Sendable, Codable, CustomStringConvertible {
  package var file: String
  package var line: Int
  package var column: Int

  package init(file: String, line: Int, column: Int) {
    self.file = file
    self.line = line
    self.column = column
  }

  package var description: String { "\(file):\(line):\(column)" }
}

/// A configured value that remembers where it was written. The origin takes no part in equality:
/// moving a line is no change of policy.
package struct Sourced<Value: Hashable & Sendable>: Hashable, Sendable {
  package var value: Value
  /// Nil for a default nobody wrote.
  package var origin: Origin?

  package init(_ value: Value, at origin: Origin? = nil) {
    self.value = value
    self.origin = origin
  }

  package static func == (left: Self, right: Self) -> Bool { left.value == right.value }

  package func hash(into hasher: inout Hasher) { hasher.combine(value) }
}

/// Everything the planner must know of the user's wishes.
package struct Policy: Hashable, Sendable {
  /// Deals won earlier are never invoiced.
  package var startDate: CalendarDate
  /// Nil: the organisation's own zone.
  package var zone: Zone?
  package var crms: [SystemName: CRMPolicy]
  package var invoices: InvoicePolicy
  /// Read top to bottom; for each attribute the first matching rule that sets it decides.
  package var rules: [Rule]
  package var recurring: RecurringPolicy
  package var contacts: ContactPolicy
  package var overdue: OverduePolicy
  package var brakes: BrakePolicy

  package init(startDate: CalendarDate) {
    self.startDate = startDate
    crms = [:]
    invoices = InvoicePolicy()
    rules = []
    recurring = RecurringPolicy()
    contacts = ContactPolicy()
    overdue = OverduePolicy()
    brakes = BrakePolicy()
  }
}

/// What concerns one CRM.
package struct CRMPolicy: Hashable, Sendable {
  /// The pipeline stages that count as won; empty: the CRM's own notion.
  package var won: [WonStage]
  package var paidStage: Sourced<String>?
  package var overdueStage: Sourced<String>?
  /// The deals this configuration is about; empty means all.
  package var only: [Condition]

  package struct WonStage: Hashable, Sendable {
    /// Id or label; nil: any pipeline.
    package var pipeline: Sourced<String>?
    package var stage: Sourced<String>

    package init(pipeline: Sourced<String>?, stage: Sourced<String>) {
      self.pipeline = pipeline
      self.stage = stage
    }
  }

  package init() {
    won = []
    only = []
  }
}

/// How won deals become invoices.
package struct InvoicePolicy: Hashable, Sendable {
  package var status: InvoiceStatus
  /// Nil: the accounting system numbers.
  package var number: Template?
  package var reference: Template
  package var date: DateRule
  package var due: DueRule
  package var lineAmounts: LineAmounts
  package var account: Sourced<String>
  package var tax: Sourced<String>?
  package var withoutLines: WithoutLines
  package var sendEmail: Bool
  package var brandingTheme: Sourced<String>?
  package var tracking: [TrackingRule]
  package var amountTolerance: ExactDecimal
  package var onDealChanged: OnDealChanged
  package var onDealReopened: OnDealReopened
  package var possibleDuplicate: OnPossibleDuplicate
  package var createItems: Bool
  /// Empty: one invoice for the whole.
  package var schedule: [SchedulePart]

  package enum DateRule: String, Hashable, Sendable {
    case wonDate = "won_date", runDate = "run_date"
  }
  package enum WithoutLines: String, Hashable, Sendable { case singleLine = "single_line", hold }
  package enum OnDealChanged: String, Hashable, Sendable {
    case updateDraft = "update_draft"
    case updateUnpaid = "update_unpaid"
    case flag
  }
  package enum OnDealReopened: String, Hashable, Sendable { case flag, voidUnpaid = "void_unpaid" }
  package enum OnPossibleDuplicate: String, Hashable, Sendable { case hold, create }

  package init() {
    status = .authorised
    reference = Template("{deal.name}")
    date = .wonDate
    due = .terms(.days(30))
    lineAmounts = .exclusive
    account = Sourced("200")
    withoutLines = .singleLine
    sendEmail = false
    tracking = []
    amountTolerance = ExactDecimal(significand: 1, scale: 2)
    onDealChanged = .updateUnpaid
    onDealReopened = .flag
    possibleDuplicate = .hold
    createItems = false
    schedule = []
  }
}

/// When invoices fall due.
package enum DueRule: Hashable, Sendable {
  case terms(PaymentTerms)
  /// The contact's own terms; without any, 30 days.
  case contact
}

/// A tracking category and the option a template names.
package struct TrackingRule: Hashable, Sendable {
  package var category: Sourced<String>
  package var option: Template

  package init(category: Sourced<String>, option: Template) {
    self.category = category
    self.option = option
  }
}

/// One part of a schedule of deposits and milestones.
package struct SchedulePart: Hashable, Sendable {
  /// Greater than 0; the parts add up to 100.
  package var percent: ExactDecimal
  /// Days after the won date on which the part's invoice is made.
  package var daysAfterWon: Int

  package init(percent: ExactDecimal, daysAfterWon: Int) {
    self.percent = percent
    self.daysAfterWon = daysAfterWon
  }
}

/// What becomes of recurring lines.
package struct RecurringPolicy: Hashable, Sendable {
  package var mode: Mode
  package var status: InvoiceStatus

  package enum Mode: String, Hashable, Sendable {
    case repeatingTemplate = "repeating_template"
    case invoiceFirstPeriod = "invoice_first_period"
    case hold
  }

  package init() {
    mode = .repeatingTemplate
    status = .authorised
  }
}

/// Which contacts are made where, and who wins.
package struct ContactPolicy: Hashable, Sendable {
  package var createInAccounting: CreateInAccounting
  package var createInCRM: CreateInCRM
  package var fields: Set<Field>
  package var conflict: [Field: Conflict]
  package var defaultConflict: Conflict
  package var matchBeforeCreate: Bool

  package enum CreateInAccounting: String, Hashable, Sendable {
    case all
    case withWonDeal = "with_won_deal"
    case never
  }
  package enum CreateInCRM: String, Hashable, Sendable { case all, customers, never }
  package enum Conflict: String, Hashable, Sendable { case newest, accounting, crm, hold }
  /// The groups of attributes a user names.
  package enum Field: String, Hashable, Sendable, CaseIterable {
    case name, email, phone, address
    case taxNumber = "tax_number"
    case website
  }

  package init() {
    createInAccounting = .withWonDeal
    createInCRM = .customers
    fields = [.name, .email, .phone, .address]
    conflict = [:]
    defaultConflict = .newest
    matchBeforeCreate = true
  }
}

/// When an owner hears of an overdue invoice.
package struct OverduePolicy: Hashable, Sendable {
  package var graceDays: Int
  /// 0: only once.
  package var remindEveryDays: Int
  package var notify: [AlertChannel]
  /// Whether there is an address for alerts whose owner cannot be reached.
  package var hasFallback: Bool

  package init() {
    graceDays = 0
    remindEveryDays = 7
    notify = [.crmTask]
    hasFallback = false
  }
}

/// The numbers that stop a pass.
package struct BrakePolicy: Hashable, Sendable {
  package var maxCreatesPerRun: Int
  /// Set by `--allow-large`.
  package var allowLarge: Bool

  package init() {
    maxCreatesPerRun = 50
    allowLarge = false
  }
}
