import Sandbox
import TestSupport

/// People at work on both sides, from the same chance every time. What a system refuses does not
/// happen.
struct Office {
  let desk: CRMDesk
  private(set) var deals: [String] = []
  /// Deals whose invoice was merged, voided or otherwise taken out of the simple course.
  private(set) var odd: Set<String> = []
  /// Invoices of which a person moved the due date.
  private(set) var movedDueDates: Set<String> = []
  /// Invoices of somebody else that a person changed.
  private(set) var changedByHand: Set<String> = []
  /// The last names a person gave a company, by its id: in the CRM, in the ledger.
  private(set) var names: [String: (crm: String?, ledger: String?)] = [:]
  private(set) var diary: [String] = []
  private var archived: [String] = []
  private var made = 0

  init(desk: CRMDesk) { self.desk = desk }

  private static let companies = [
    "Harbour Lights Ltd", "Southern Fern Nurseries", "Redgum Analytics Pty Ltd",
    "Mizuno Kikai KK", "Tui Bakery", "Kea Climbing",
  ]
  private static let courses: [CRMDesk.Course] = [.won, .won, .won, .open]
  private static let prices = ["100.00", "19.99", "0.05", "1234.56", "33.33", "7.10"]
  private static let discounts: [String?] = [nil, nil, nil, "10", "33.33", "5"]

  /// One act of somebody.
  mutating func work(_ rig: Rig, _ chance: inout Chance) {
    let act = chance.number(0...99)
    do {
      switch act {
      case 0..<30: try sell(rig, &chance)
      case 30..<55: try sales(rig, &chance)
      default: try books(rig, &chance)
      }
    } catch {
      diary.append("refused: \(error)")
    }
  }

  mutating func sell(_ rig: Rig, _ chance: inout Chance) throws {
    made += 1
    var lines: [Rig.Line] = []
    for number in 1...chance.number(1...3) {
      lines.append(
        Rig.Line(
          "Line \(number)", String(chance.number(1...9)),
          chance.one(of: Self.prices) ?? "1.00",
          discount: chance.one(of: Self.discounts) ?? nil))
    }
    let name = chance.one(of: Self.companies) ?? ""
    let course = chance.one(of: Self.courses) ?? .won
    let company = try desk.company(rig, name)
    let deal = try desk.sell(rig, "Deal \(made)", company, course, lines)
    deals.append(deal)
    diary.append("sell \(deal) to \(name), \(course)")
  }

  // MARK: The CRM's side

  private mutating func sales(_ rig: Rig, _ chance: inout Chance) throws {
    guard let deal = chance.one(of: deals) else { return }
    switch chance.number(0...10) {
    case 0...3:
      let course = chance.one(of: [CRMDesk.Course.won, .won, .lost, .open]) ?? .won
      diary.append("move \(deal): \(course)")
      try desk.move(rig, deal, course)
    case 4, 5: try editLines(rig, deal, &chance)
    case 6:
      diary.append("write into our field of \(deal)")
      try desk.overwrite(rig, deal, "paid")
    case 7:
      diary.append("archive \(deal)")
      try desk.archive(rig, deal)
      archived.append(deal)
    case 8:
      guard let back = archived.popLast() else { return }
      diary.append("restore \(back)")
      try desk.restore(rig, back)
    case 9: try rename(rig, deal, &chance)
    default:
      guard let other = chance.one(of: deals), other != deal, chance.happens(30) else { return }
      diary.append("merge \(other) into \(deal)")
      try desk.merge(rig, other, deal)
      odd.formUnion([deal, other])
      deals.removeAll { $0 == other }
    }
  }

  private mutating func rename(_ rig: Rig, _ deal: String, _ chance: inout Chance) throws {
    guard let company = try desk.deals(rig)[deal]?.company, !company.isEmpty else { return }
    made += 1
    let name = "Customer \(made)"
    if chance.happens(50) {
      diary.append("rename company \(company) to \(name)")
      try desk.rename(rig, company, name)
      names[company, default: (nil, nil)].crm = name
      return
    }
    guard let contact = rig.contacts.first(where: { $0.number?.hasSuffix(":\(company)") == true })
    else { return }
    diary.append("rename contact of \(company) to \(name)")
    try rig.person(
      "xero", "edit_contact",
      ["contact": .string(contact.id.description), "set": ["Name": .string(name)]])
    names[company, default: (nil, nil)].ledger = name
  }

  private mutating func editLines(_ rig: Rig, _ deal: String, _ chance: inout Chance) throws {
    let lines = try desk.deals(rig)[deal]?.lines.map(\.id) ?? []
    let price = chance.one(of: Self.prices) ?? "1.00"
    if chance.happens(50) || lines.isEmpty {
      diary.append("add a line to \(deal)")
      try desk.addLine(rig, deal, Rig.Line("Extra", "1", price))
    } else if let line = chance.one(of: lines) {
      diary.append("edit line \(line) of \(deal)")
      try desk.editLine(rig, line, price)
    }
  }

  // MARK: The ledger's side

  private mutating func books(_ rig: Rig, _ chance: inout Chance) throws {
    guard let invoice = chance.one(of: rig.liveInvoices) else { return }
    let id: JSONValue = .string(invoice.id.description)
    changedByHand.insert(invoice.id.description)
    switch chance.number(0...11) {
    case 0...4:
      let due = Int(invoice.amountDue.description.prefix { $0 != "." }) ?? 0
      let part = chance.happens(50) && due > 2 ? "\(chance.number(1...due)).00" : nil
      diary.append("pay \(invoice.number) \(part ?? "whole")")
      try rig.pay(invoice.number, part)
    case 5:
      diary.append("take a payment of \(invoice.number) back")
      try rig.person("xero", "unpay", ["invoice": id])
    case 6:
      diary.append("credit \(invoice.number)")
      try rig.person("xero", "credit", ["invoice": id])
    case 7:
      diary.append("void \(invoice.number)")
      try rig.person("xero", "void", ["invoice": id])
      if let deal = Rig.deal(of: invoice) { odd.insert(deal) }
    case 8, 9:
      // Of a settled one the vendor does not say that its due date was moved.
      guard invoice.amountDue != .zero else { return }
      diary.append("move the due date of \(invoice.number)")
      try rig.person(
        "xero", "edit_invoice", ["invoice": id, "set": ["DueDate": "2026-12-24"]])
      movedDueDates.insert(invoice.id.description)
    case 10:
      diary.append("rename \(invoice.number)")
      made += 1
      try rig.person(
        "xero", "edit_invoice",
        [
          "invoice": id,
          "set": ["InvoiceNumber": .string("OWN-\(made)"), "Reference": "by hand"],
        ])
    default:
      let contact = rig.contacts.first { $0.id == invoice.contact }
      diary.append("edit contact \(contact?.name ?? "")")
      try rig.person(
        "xero", "edit_contact",
        [
          "contact": .string(invoice.contact.description),
          "set": ["EmailAddress": .string("ap\(made)@customer.example")],
        ])
    }
  }
}
