import Sandbox
import TestSupport

/// People at work on both sides, from the same chance every time. What a system refuses does not
/// happen.
struct Office {
  private(set) var deals: [String] = []
  /// Deals whose invoice was merged, voided or otherwise taken out of the simple course.
  private(set) var odd: Set<String> = []
  private(set) var diary: [String] = []
  private var archived: [String] = []
  private var made = 0

  private static let companies = [
    "Harbour Lights Ltd", "Southern Fern Nurseries", "Redgum Analytics Pty Ltd",
    "Mizuno Kikai KK", "Tui Bakery", "Kea Climbing",
  ]
  private static let stages = ["closedwon", "closedwon", "closedwon", "contractsent"]
  private static let prices = ["100.00", "19.99", "0.05", "1234.56", "33.33", "7.10"]
  private static let discounts: [String?] = [nil, nil, nil, "10", "33.33", "5"]

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
    let company = chance.one(of: Self.companies) ?? ""
    let stage = chance.one(of: Self.stages) ?? ""
    let deal = try rig.deal("Deal \(made)", company: company, stage: stage, lines: lines)
    deals.append(deal)
    diary.append("sell \(deal) to \(company) in \(stage)")
  }

  // MARK: The CRM's side

  private mutating func sales(_ rig: Rig, _ chance: inout Chance) throws {
    guard let deal = chance.one(of: deals) else { return }
    switch chance.number(0...9) {
    case 0...3:
      let stage = chance.one(of: ["closedwon", "closedwon", "closedlost", "contractsent"]) ?? ""
      diary.append("move \(deal) to \(stage)")
      try rig.move(deal, to: stage)
    case 4, 5: try editLines(rig, deal, &chance)
    case 6:
      diary.append("write into our field of \(deal)")
      try rig.person(
        "hubspot", "edit",
        [
          "type": "deals", "id": .string(deal),
          "properties": ["xero_invoice_status": "paid", "dealname": .string("Renamed \(deal)")],
        ])
    case 7:
      diary.append("archive \(deal)")
      try rig.person("hubspot", "archive", ["type": "deals", "id": .string(deal)])
      archived.append(deal)
    case 8:
      guard let back = archived.popLast() else { return }
      diary.append("restore \(back)")
      try rig.person("hubspot", "restore", ["type": "deals", "id": .string(back)])
      // It comes back under its old stamp: one never seen before is found by a full pass only.
      guard rig.invoices(of: back).isEmpty else { return }
      try rig.person(
        "hubspot", "edit",
        [
          "type": "deals", "id": .string(back),
          "properties": ["dealname": .string("Back \(back)")],
        ])
    default:
      guard let other = chance.one(of: deals), other != deal, chance.happens(30) else { return }
      diary.append("merge \(other) into \(deal)")
      try rig.person(
        "hubspot", "merge",
        ["type": "deals", "primary": .string(deal), "secondary": .string(other)])
      odd.formUnion([deal, other])
      deals.removeAll { $0 == other }
    }
  }

  private mutating func editLines(_ rig: Rig, _ deal: String, _ chance: inout Chance) throws {
    let lines =
      rig.world.withVendor(HubSpotSandbox.self) { vendor in
        vendor.linked(.deals, deal, to: .lineItems).map(\.id)
      } ?? []
    let price = chance.one(of: Self.prices) ?? "1.00"
    if chance.happens(50) || lines.isEmpty {
      diary.append("add a line to \(deal)")
      try rig.person(
        "hubspot", "add_line",
        [
          "deal": .string(deal), "recalculate": .bool(true),
          "line": ["name": "Extra", "quantity": "1", "price": .string(price)],
        ])
    } else if let line = chance.one(of: lines) {
      diary.append("edit line \(line) of \(deal)")
      try rig.person(
        "hubspot", "edit_line",
        ["line": .string(line), "price": .string(price), "recalculate": .bool(true)])
    }
  }

  // MARK: The ledger's side

  private mutating func books(_ rig: Rig, _ chance: inout Chance) throws {
    guard let invoice = chance.one(of: rig.liveInvoices) else { return }
    let id: JSONValue = .string(invoice.id.description)
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
