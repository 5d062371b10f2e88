import Domain
import Reconciler

func date(_ text: String) -> CalendarDate {
  guard let date = CalendarDate(text) else { preconditionFailure("not a date: \(text)") }
  return date
}

func instant(_ text: String) -> Instant {
  guard let instant = Instant(text) else { preconditionFailure("not a time: \(text)") }
  return instant
}

func currency(_ code: String) -> Currency {
  guard let currency = Currency(code) else { preconditionFailure("not a currency: \(code)") }
  return currency
}

func decimal(_ text: String) -> ExactDecimal {
  guard let value = try? ExactDecimal(parsing: text) else {
    preconditionFailure("not a number: \(text)")
  }
  return value
}

func money(_ text: String, _ code: String = "NZD") -> Money {
  guard let money = try? Money(decimal(text), in: currency(code)) else {
    preconditionFailure("not an amount: \(text)")
  }
  return money
}

func subject(_ text: String) -> Subject {
  guard let subject = Subject(text) else { preconditionFailure("not a subject: \(text)") }
  return subject
}

func zone(_ name: String) -> Zone {
  guard let zone = Zone(name) else { preconditionFailure("not a zone: \(name)") }
  return zone
}

/// A small business in New Zealand whose salespeople use one CRM.
struct World {
  static let crm: SystemName = "hubspot"
  static let xero: SystemName = "xero"

  var policy: Policy
  var facts: PassFacts

  init() {
    policy = Policy(startDate: date("2026-11-01"))
    policy.crms = [Self.crm: CRMPolicy()]
    policy.invoices.tax = Sourced("OUTPUT2", at: Origin(file: "xerosync.yaml", line: 30, column: 8))
    facts = PassFacts(
      now: instant("2026-11-22T20:00:00Z"), accounting: Self.xero,
      arithmetic: InvoiceArithmeticRule(tax: .perLine, rounding: .halfAwayFromZero),
      referenceLengthMax: 255, contactNameLengthMax: 255, ledger: Self.ledger(),
      catalogues: [Self.crm: Self.catalogue()], deals: [])
  }

  static func ledger() -> Ledger {
    var ledger = Ledger(
      organisation: Organisation(
        id: "org-1", name: "Harbour Works", baseCurrency: currency("NZD"), country: "NZ",
        zone: zone("Pacific/Auckland")),
      readAt: instant("2026-11-22T00:00:00Z"))
    ledger.accounts = [
      Account(code: "200", name: "Sales", isActive: true, acceptsSales: true),
      Account(code: "260", name: "Other Revenue", isActive: true, acceptsSales: true),
      Account(code: "210", name: "Old Sales", isActive: false, acceptsSales: true),
      Account(code: "090", name: "Bank", isActive: true, acceptsSales: false),
    ]
    ledger.accounts[1].defaultTaxCode = "ZERORATED"
    ledger.taxRates = [
      rate("OUTPUT2", "15% GST on Income", "15"), rate("ZERORATED", "Zero Rated", "0"),
      rate("INPUT2", "15% GST on Expenses", "15", sales: false),
      rate("OUTPUT", "12.5% GST", "12.5", active: false),
    ]
    ledger.currencies = [currency("NZD"), currency("AUD"), currency("JPY")]
    ledger.brandingThemes = [
      BrandingTheme(id: "theme-1", name: "Standard"),
      BrandingTheme(id: "theme-2", name: "Services"),
    ]
    ledger.trackingCategories = [
      TrackingCategory(name: "Region", options: ["North", "South", "Sales Pipeline"])
    ]
    var item = Item(id: ID("i1"), code: "CONS-DAY", name: "Consulting day")
    item.account = "260"
    ledger.items = [item]
    return ledger
  }

  static func rate(
    _ code: String, _ name: String, _ percent: String, active: Bool = true, sales: Bool = true
  ) -> TaxRate {
    TaxRate(
      code: code, name: name, effectivePercent: decimal(percent), isActive: active,
      appliesToSales: sales)
  }

  static func catalogue() -> CRMCatalogue {
    let sales = CRMCatalogue.Pipeline(
      choice: Choice(id: "default", label: "Sales Pipeline"),
      stages: [
        stage("qualified", "Qualified", .open), stage("closedwon", "Closed Won", .won),
        stage("closedlost", "Closed Lost", .lost), stage("paid", "Paid", .won),
        stage("late", "Late", .won),
      ])
    return CRMCatalogue(
      account: "portal-1", pipelines: [sales],
      owners: [
        Owner(id: ID("o1"), name: "Mara Quinn", email: "mara@harbour.example", isActive: true),
        Owner(id: ID("o2"), name: "Ivo Brandt", email: "ivo@harbour.example", isActive: false),
        Owner(id: ID("o3"), name: "Noor Haas", email: nil, isActive: true),
      ])
  }

  private static func stage(
    _ id: String, _ label: String, _ outcome: Deal.Outcome
  ) -> CRMCatalogue.Stage {
    CRMCatalogue.Stage(choice: Choice(id: id, label: label), outcome: outcome)
  }

  func plan() -> Plan { Planner(policy: policy).plan(facts) }

  /// The plan for one deal.
  func plan(_ deal: DealFacts) -> Plan {
    var world = self
    world.facts.deals = [deal]
    return world.plan()
  }
}

/// A won deal of Ridgeway University with one line of 1,000.00.
func wonDeal(_ id: String = "1", lines: [DealLine]? = nil) -> DealFacts {
  var deal = Deal(
    id: ID(id), url: "https://crm.example/deal/\(id)", name: "Campus network",
    pipeline: Choice(id: "default", label: "Sales Pipeline"),
    stage: Choice(id: "closedwon", label: "Closed Won"))
  deal.outcome = .won
  deal.wonOn = .day(date("2026-11-20"))
  deal.currency = currency("NZD")
  deal.lines = lines ?? [line("Switches", "1", "1000")]
  deal.ownerID = ID("o1")
  deal.companyIDs = [ID("c1")]
  deal.isComplete = true
  var facts = DealFacts(crm: World.crm, deal: deal)
  facts.company = company()
  facts.linkedContact = contact()
  return facts
}

func line(_ name: String, _ quantity: String?, _ price: String?) -> DealLine {
  var line = DealLine(id: "l-\(name)", name: name)
  line.quantity = quantity.map(decimal)
  line.unitPrice = price.map(decimal)
  return line
}

func company(_ id: String = "c1", name: String = "Ridgeway University") -> PartyRecord {
  var record = PartyRecord(subject: subject("hubspot:company:\(id)"), name: name)
  record.emails = ["accounts@ridgeway.example"]
  return record
}

func contact(_ id: String = "x1", name: String = "Ridgeway University") -> PartyRecord {
  var record = PartyRecord(subject: subject("xero:contact:\(id)"), name: name)
  record.emails = ["accounts@ridgeway.example"]
  return record
}

func invoice(
  _ id: String = "i1", number: String = "INV-0042", total: String = "1150.00",
  paid: String = "0", credited: String = "0", status: InvoiceStatus = .authorised,
  due: String? = "2026-12-20", on day: String = "2026-11-20", code: String = "NZD"
) -> Invoice {
  var invoice = Invoice(
    id: ID(id), contactID: ID("x1"), status: status, date: date(day), currency: currency(code))
  invoice.number = number
  invoice.contactName = "Ridgeway University"
  invoice.dueDate = due.map { date($0) }
  invoice.total = money(total, code)
  invoice.amountPaid = money(paid, code)
  invoice.amountCredited = money(credited, code)
  let rest =
    invoice.total.minorUnits - invoice.amountPaid.minorUnits
    - invoice.amountCredited.minorUnits
  invoice.amountDue = Money(minorUnits: status.isTerminal ? 0 : rest, currency: currency(code))
  invoice.url = "https://ledger.example/\(id)"
  invoice.lines = [InvoiceLine(description: "Switches")]
  return invoice
}

func invoiced(_ facts: DealFacts, _ invoice: Invoice = invoice()) -> DealFacts {
  var facts = facts
  facts.invoices.append(LinkedInvoice(role: .whole, invoice: invoice))
  facts.invoicedContent = Planner(policy: World().policy).madeFrom(facts)
  return facts
}

extension Plan {
  var codes: [HoldCode] { holds.map(\.code) }
  var kinds: [String] { operations.map { "\($0.action.rawValue) \($0.object.rawValue)" } }

  /// Without what the deal is told, which follows every invoice.
  var writes: [String] { kinds.filter { !$0.hasSuffix(" deal") } }

  var invoiceDrafts: [InvoiceDraft] {
    operations.compactMap { if case .createInvoice(let draft) = $0.effect { draft } else { nil } }
  }

  var contactDrafts: [PartyDraft] {
    operations.compactMap { if case .createContact(let draft) = $0.effect { draft } else { nil } }
  }

  var templateDrafts: [TemplateDraft] {
    operations.compactMap { if case .createTemplate(let draft) = $0.effect { draft } else { nil } }
  }

  var reports: [DealReport] {
    operations.compactMap { if case .reportOnDeal(let report) = $0.effect { report } else { nil } }
  }

  var alerts: [AlertDraft] {
    operations.compactMap { if case .notify(let alert) = $0.effect { alert } else { nil } }
  }
}
