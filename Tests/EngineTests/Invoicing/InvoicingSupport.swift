import Domain
import Engine
import Foundation
import Sandbox
import Snapshot
import TestSupport
import Testing

/// What the tests of invoicing do to an installation.
extension Rig {
  /// An installation with another policy.
  static func with(
    region: XeroRegion = .nz, _ change: @escaping (inout Policy) -> Void = { _ in }
  ) -> Rig {
    let start = SandboxTime(milliseconds: Rig.start - 86_400_000)
    return Rig(vendors: [
      XeroSandbox.demo(region: region, at: start),
      HubSpotSandbox.demo(withSyncFields: true, created: start),
    ]) { change(&$0.policy) }
  }

  /// A won deal of a company with lines as a salesperson types them.
  func won(
    _ name: String = "Website", lines: [JSONValue.Object], company: String = "Harbour Lights Ltd",
    amount: String? = nil, currency: String = "NZD", terms: String? = nil,
    properties: JSONValue.Object = [:]
  ) throws -> String {
    var own = properties
    if let terms { own["payment_terms"] = .string(terms) }
    var body: JSONValue.Object = [
      "name": .string(name), "currency": .string(currency), "stage": "closedwon",
      "company": .string(try self.company(company)), "owner": "501",
      "lines": .array(lines.map { .object($0) }), "properties": .object(own),
    ]
    if let amount { body["amount"] = .string(amount) }
    return try person("hubspot", "create_deal", .object(body))["deal"]?.string ?? ""
  }

  /// A number of the deal, without the zeros at its end.
  func figure(_ deal: String, _ property: String) -> String {
    let text = said(deal, property)
    return (try? Domain.ExactDecimal(parsing: text))?.plain ?? text
  }

  /// A few minutes later, another pass.
  @discardableResult
  func later(
    minutes: Int = 5, _ options: PassOptions = PassOptions()
  ) async throws -> PassReport {
    clock.advance(minutes: minutes)
    return try await pass(options)
  }

  /// What a pass would do now.
  func rehearse() async throws -> PassReport {
    var options = PassOptions()
    options.isDryRun = true
    return try await pass(options)
  }

  /// The codes a deal is held for.
  func codes(_ deal: String) throws -> [HoldCode] {
    try holds().filter { $0.hold.subject == Self.subject(deal) }.map(\.hold.code)
  }

  func hold(_ deal: String, _ code: HoldCode) throws -> Hold? {
    try holds().map(\.hold).first { $0.subject == Self.subject(deal) && $0.code == code }
  }

  /// `xerosync retry`, typed by a person.
  func retry(_ deal: String) throws {
    let store = try store()
    defer { try? store.close() }
    _ = try Clerk(store: store, now: Instant(milliseconds: clock.now)).retry(Self.subject(deal))
  }

  func ignore(_ deal: String) throws {
    let store = try store()
    defer { try? store.close() }
    _ = try Clerk(store: store, now: Instant(milliseconds: clock.now)).ignore(Self.subject(deal))
  }

  func link(_ deal: String, to invoice: XeroInvoice) throws {
    let store = try store()
    defer { try? store.close() }
    _ = try Clerk(store: store, now: Instant(milliseconds: clock.now)).link(
      Self.subject(deal),
      Subject(system: "xero", kind: .invoice, id: invoice.id.description))
  }

  /// Everything remembered is gone.
  func forget() { SnapshotFiles.remove(snapshotPath) }

  /// The one live invoice of a deal.
  func only(_ deal: String, _ location: SourceLocation = #_sourceLocation) throws -> XeroInvoice {
    let found = invoices(of: deal)
    try #require(found.count == 1, "\(found.map(\.number))", sourceLocation: location)
    return try #require(found.first, sourceLocation: location)
  }

  var templates: [XeroRepeatingInvoice] {
    world.withVendor(XeroSandbox.self) { $0.ledgers.first?.repeatingInvoices ?? [] } ?? []
  }

  func verify() async throws -> Verification {
    try await OneThread.run { [self] in
      let copy = Scratch.directory().appendingPathComponent("copy.sqlite").path
      SnapshotFiles.copy(snapshotPath, to: copy)
      defer { SnapshotFiles.remove(copy) }
      let store = try SnapshotStore(path: copy)
      defer { try? store.close() }
      var options = PassOptions()
      options.isDryRun = true
      options.isFull = true
      return try await Pass(environment: try environment(on: store), options: options)
        .verify(on: store)
    }
  }

  /// Today where the organisation is.
  var today: CalendarDate {
    (Zone("Pacific/Auckland") ?? .utc).date(at: Instant(milliseconds: clock.now))
  }
}

extension XeroInvoice {
  var total: String { totals.total.text(places: 2) }
  var net: String { totals.subTotal.text(places: 2) }
  var tax: String { totals.totalTax.text(places: 2) }
}

/// A line as the salesperson's screen has it.
func item(
  _ name: String, _ quantity: String? = "1", _ price: String? = nil, _ more: JSONValue.Object = [:]
) -> JSONValue.Object {
  var line = more
  line["name"] = .string(name)
  if let quantity { line["quantity"] = .string(quantity) }
  if let price { line["price"] = .string(price) }
  return line
}

/// A line that is billed again and again.
func subscription(
  _ name: String, _ price: String, every frequency: String = "monthly", start: String? = nil,
  term: String? = nil
) -> JSONValue.Object {
  var properties: JSONValue.Object = ["recurringbillingfrequency": .string(frequency)]
  if let start { properties["hs_recurring_billing_start_date"] = .string(start) }
  if let term { properties["hs_recurring_billing_period"] = .string(term) }
  return item(name, "1", price, ["properties": .object(properties)])
}

func day(_ text: String) throws -> CalendarDate { try #require(CalendarDate(text)) }

func decimal(_ text: String) throws -> Domain.ExactDecimal {
  try Domain.ExactDecimal(parsing: text)
}
