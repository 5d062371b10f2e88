package import Domain
import Foundation
package import Sandbox

/// A control request the sandbox did not take.
package struct Refused: Error, CustomStringConvertible {
  package var description: String

  package init(description: String) { self.description = description }
}

/// What people do at the screens of the simulated vendors.
extension Rig {
  /// A control verb of a vendor; the answer's members.
  @discardableResult
  package func person(
    _ vendor: String, _ verb: String, _ body: JSONValue = [:]
  ) throws -> JSONValue {
    let answer = world.respond(
      to: SandboxRequest(
        method: "POST", path: "/_sandbox/\(vendor)/\(verb)", body: body.serialized()))
    guard answer.status == 200, let json = try? JSONValue.parse(answer.body) else {
      throw Refused(
        description: "\(vendor) \(verb): \(String(decoding: answer.body, as: UTF8.self))")
    }
    return json
  }

  /// A line of a deal that is made by hand.
  package struct Line: Sendable {
    package var name: String
    package var quantity: String
    package var price: String
    package var discountPercentage: String?

    package init(
      _ name: String, _ quantity: String = "1", _ price: String, discount: String? = nil
    ) {
      self.name = name
      self.quantity = quantity
      self.price = price
      discountPercentage = discount
    }

    var json: JSONValue {
      var object: JSONValue.Object = [
        "name": .string(name), "quantity": .string(quantity), "price": .string(price),
      ]
      if let discountPercentage { object["discount_percentage"] = .string(discountPercentage) }
      return .object(object)
    }
  }

  /// The id of a company of that name, made if there is none.
  package func company(_ name: String) throws -> String {
    let known = world.withVendor(HubSpotSandbox.self) { vendor in
      vendor.records(.companies).first { $0["name"] == name }?.id
    }
    if let id = known ?? nil { return id }
    let made = try person(
      "hubspot", "create",
      [
        "type": "companies",
        "properties": ["name": .string(name), "country": "New Zealand"],
      ])
    return made["id"]?.string ?? ""
  }

  /// A deal of a company, in a stage; the id.
  @discardableResult
  package func deal(
    _ name: String = "Website", company: String = "Harbour Lights Ltd",
    stage: String = "closedwon", currency: String = "NZD", owner: String? = "501",
    lines: [Line] = [Line("Design", "2", "1200.00"), Line("Build", "1", "2000.00", discount: "10")]
  ) throws -> String {
    var body: JSONValue.Object = [
      "name": .string(name), "currency": .string(currency), "stage": .string(stage),
      "company": .string(try self.company(company)), "lines": .array(lines.map(\.json)),
    ]
    if let owner { body["owner"] = .string(owner) }
    return try person("hubspot", "create_deal", .object(body))["deal"]?.string ?? ""
  }

  package func move(_ deal: String, to stage: String) throws {
    try person("hubspot", "move_deal", ["deal": .string(deal), "stage": .string(stage)])
  }

  /// Records a payment; all that is due unless an amount is given.
  package func pay(_ invoice: String, _ amount: String? = nil) throws {
    var body: JSONValue.Object = ["invoice": .string(invoice)]
    if let amount { body["amount"] = .string(amount) }
    try person("xero", "pay", .object(body))
  }

  /// The deal as it stands in the CRM; nil when unknown or merged away.
  package func dealRecord(_ id: String) -> HubSpotSandbox.RecordView? {
    world.withVendor(HubSpotSandbox.self) { $0.deal(id) }.flatMap { $0 }
  }

  /// A property of a deal; empty where it has none.
  package func said(_ deal: String, _ property: String) -> String {
    dealRecord(deal)?[property] ?? ""
  }

  /// What we told the deal of its invoice.
  package func status(_ deal: String) -> String { said(deal, "xero_invoice_status") }

  /// Every sales invoice of the first organisation, oldest change first.
  package var invoices: [XeroInvoice] {
    world.withVendor(XeroSandbox.self) { vendor in
      (vendor.ledgers.first?.allInvoices ?? []).filter { $0.kind == .sale }
    } ?? []
  }

  /// Invoices that were neither voided nor deleted.
  package var liveInvoices: [XeroInvoice] {
    invoices.filter { $0.status != .voided && $0.status != .deleted }
  }

  /// The live invoices that carry a deal's address as their source.
  package func invoices(of deal: String) -> [XeroInvoice] {
    liveInvoices.filter { Self.deal(of: $0) == deal }
  }

  /// The deal that an invoice's source names.
  package static func deal(of invoice: XeroInvoice) -> String? {
    guard let url = invoice.url, let slash = url.lastIndex(of: "/") else { return nil }
    return String(url[url.index(after: slash)...].prefix { $0 != "#" })
  }

  /// Every contact of the first organisation, archived ones included.
  package var contacts: [XeroContact] {
    world.withVendor(XeroSandbox.self) { $0.ledgers.first?.allContacts ?? [] } ?? []
  }

  /// The tasks on a deal.
  package func tasks(_ deal: String) -> [HubSpotSandbox.RecordView] {
    world.withVendor(HubSpotSandbox.self) { $0.tasks(ofDeal: deal) } ?? []
  }

  /// Requests that changed something at a vendor since the log was cleared.
  package var writes: [LoggedRequest] {
    world.log.filter { $0.isWrite && $0.executions > 0 }
  }

  /// Requests to a vendor since the log was cleared, sign-in not counted.
  package func calls(_ vendor: String) -> [LoggedRequest] {
    world.log.filter {
      $0.vendor == vendor && !$0.path.hasPrefix("/connect") && !$0.path.hasPrefix("/oauth")
    }
  }

  /// The subject of a deal of the CRM `hubspot`.
  package static func subject(_ deal: String) -> Subject {
    Subject(system: "hubspot", kind: .deal, id: deal)
  }
}
