import Domain
import Foundation
import Sandbox
import Snapshot
import TestSupport

/// Judges of a world at rest: both sides agree with each other and with what people did.
struct EndJudge {
  let rig: Rig
  let office: Office
  /// The world's time of the last pass, in milliseconds since 1970.
  let passedAt: Int64
  private(set) var broken: [String] = []
  private var held: Set<Subject> = []

  init(rig: Rig, office: Office, passedAt: Int64) {
    self.rig = rig
    self.office = office
    self.passedAt = passedAt
  }

  private mutating func promise(_ name: String, _ isKept: Bool, _ detail: String) {
    if !isKept { broken.append("\(name): \(detail)") }
  }

  mutating func run() throws {
    let open = try rig.open()
    promise("I10 nothing is left open", open.isEmpty, "\(open.map(\.operation.summary))")
    let leaks = rig.leaks()
    promise("I15 secrets stay secret", leaks.isEmpty, leaks.first ?? "")
    promise("I15 tokens stay with their host", rig.hosts == ["localhost"], "\(rig.hosts)")
    try judgeHolds()
    let deals = try office.desk.deals(rig)
    for id in office.deals where !office.odd.contains(id) {
      guard let deal = deals[id], !deal.isArchived, !held.contains(subject(id)) else { continue }
      try judge(id, deal)
    }
    try judgeNames()
  }

  private func subject(_ deal: String) -> Subject {
    Subject(system: office.desk.system, kind: .deal, id: deal)
  }

  /// What a pass clears up by itself may not wait for a person.
  private mutating func judgeHolds() throws {
    for stored in try rig.holds() {
      held.insert(stored.hold.subject)
      promise(
        "I10 no hold outlives its cause",
        ![.outcomeUnknown, .recordUnreadable].contains(stored.hold.code),
        "\(stored.hold.subject) \(stored.hold.code.rawValue)")
    }
  }

  private mutating func judge(_ id: String, _ deal: CRMDesk.DealView) throws {
    let invoices = rig.invoices(of: id)
    promise(
      "I1 a won deal has its invoice", !deal.isWon && invoices.isEmpty || invoices.count == 1,
      "\(id) won \(deal.isWon) has \(invoices.map(\.number))")
    guard let invoice = invoices.first, invoices.count == 1 else { return }
    judgeReport(id, deal, invoice)
    try judgeTasks(id, deal, invoice)
    judgeCustomer(id, deal, invoice)
    guard deal.isWon else { return }
    try judgeLink(id, invoice)
    judgeMoney(id, deal, invoice)
    judgeDates(id, invoice)
  }

  private mutating func judgeMoney(_ id: String, _ deal: CRMDesk.DealView, _ invoice: XeroInvoice) {
    guard let cents = Oracle.cents(of: deal) else { return }
    let totals = invoice.totals
    promise(
      "I2 money to the cent",
      totals.subTotal.text(places: 2) == Self.text(cents.subtotal)
        && totals.totalTax.text(places: 2) == Self.text(cents.tax) && invoice.currency == "NZD",
      "\(id): \(totals.subTotal) + \(totals.totalTax) \(invoice.currency), not \(cents)")
  }

  private static func text(_ cents: Int) -> String {
    "\(cents / 100).\(cents % 100 < 10 ? "0" : "")\(cents % 100)"
  }

  private mutating func judgeDates(_ id: String, _ invoice: XeroInvoice) {
    promise(
      "I2 approved, not left as a draft", ["AUTHORISED", "PAID"].contains(invoice.status.rawValue),
      "\(id): \(invoice.status.rawValue)")
    guard !office.movedDueDates.contains(invoice.id.description), let due = invoice.dueDate
    else { return }
    let days = due.dayNumber - invoice.date.dayNumber
    promise("I2 due when it should be", days == 30, "\(id): after \(days) days")
  }

  private func isLate(_ invoice: XeroInvoice) -> Bool {
    guard let due = invoice.dueDate else { return false }
    return due.dayNumber < today.dayNumber
  }

  private var today: CalendarDate {
    (Zone("Pacific/Auckland") ?? .utc).date(at: Instant(milliseconds: passedAt))
  }

  private mutating func judgeReport(
    _ id: String, _ deal: CRMDesk.DealView, _ invoice: XeroInvoice
  ) {
    let status = Oracle.status(of: invoice, isLate: isLate(invoice))
    promise(
      "I4 the deal tells of its invoice", deal.said[.invoiceStatus] == status,
      "\(id) says \(deal.said[.invoiceStatus] ?? ""), not \(status)")
    promise(
      "I4 the deal knows the number", deal.said[.invoiceNumber] == invoice.number,
      "\(id) says \(deal.said[.invoiceNumber] ?? ""), not \(invoice.number)")
    for (field, amount) in [
      (ReportField.amountDue, invoice.amountDue), (.amountPaid, invoice.amountPaid),
    ] {
      let said = deal.said[field].flatMap(Oracle.millionths)
      promise(
        "I2 the deal tells the right amounts",
        said != nil && said == Oracle.millionths(amount.text(places: 2)),
        "\(id) says \(field.rawValue) \(deal.said[field] ?? ""), not \(amount)")
    }
  }

  private mutating func judgeTasks(
    _ id: String, _ deal: CRMDesk.DealView, _ invoice: XeroInvoice
  ) throws {
    let words = try office.desk.tasks(rig, id).map { text in
      text.range(of: "Ref: ").map { String(text[..<$0.lowerBound]) } ?? text
    }
    promise("I16 an owner is told once", Set(words).count == words.count, "\(id): \(words)")
    guard deal.said[.invoiceStatus] == "overdue" else { return }
    promise("I16 no alert is lost", !words.isEmpty, "\(id) is overdue, and its owner not told")
  }

  private mutating func judgeCustomer(
    _ id: String, _ deal: CRMDesk.DealView, _ invoice: XeroInvoice
  ) {
    let contact = rig.contacts.first { $0.id == invoice.contact }
    promise(
      "I2 the right customer", contact?.number?.hasSuffix(":company:\(deal.company)") == true,
      "\(id) of \(deal.company) is billed to \(contact?.number ?? "nobody known")")
  }

  private mutating func judgeLink(_ id: String, _ invoice: XeroInvoice) throws {
    let store = try rig.store()
    defer { try? store.close() }
    let subject = subject(id)
    let links = try store.read { try $0.links(of: subject) }
    promise(
      "I4 the link is kept", links.contains { $0.link.right.id == invoice.id.description },
      "\(id) and \(invoice.number)")
  }

  /// An edit ends applied on both sides or superseded by a later one.
  private mutating func judgeNames() throws {
    for (company, edits) in office.names.sorted(by: { $0.key < $1.key }) {
      let subject = Subject(system: office.desk.system, kind: .company, id: company)
      let contacts = rig.contacts.filter {
        $0.status == .active && $0.number?.hasSuffix(":company:\(company)") == true
      }
      guard let contact = contacts.first, !held.contains(subject),
        !held.contains(
          Subject(system: "xero", kind: .contact, id: contact.id.description)),
        let name = try office.desk.companyName(rig, company)
      else { continue }
      promise("I3 both sides agree", name == contact.name, "\(company): \(name), \(contact.name)")
      promise(
        "I3 no edit is lost", [edits.crm, edits.ledger].contains(name),
        "\(company): \(name) is neither \(edits)")
    }
  }
}
