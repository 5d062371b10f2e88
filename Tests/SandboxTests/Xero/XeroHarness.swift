import Foundation
import Sandbox
import Testing

/// A simulated organisation with a signed-in client, called without a socket.
struct XeroHarness {
  static let start = SandboxTime(milliseconds: 1_767_225_600_000)

  let world: SandboxWorld
  let tenant: String
  let token: String

  init(
    _ sandbox: XeroSandbox = .demo(), limits: XeroLimits = .none,
    scopes: [String] = XeroSandbox.usualScopes
  ) throws {
    var sandbox = sandbox
    sandbox.limits = limits
    let tokens = sandbox.consent(scopes: scopes, at: Self.start)
    token = try #require(tokens["access_token"]?.string)
    tenant = sandbox.tenantID
    world = SandboxWorld(vendors: [sandbox], startingAt: Self.start)
  }

  func call(
    _ method: String, _ path: String, _ query: [String: String] = [:], body: JSONValue? = nil,
    headers: [String: String] = [:]
  ) -> SandboxResponse {
    var all = ["authorization": "Bearer \(token)", "xero-tenant-id": tenant]
    all.merge(headers) { $1 }
    let items = query.sorted { $0.key < $1.key }
    return world.respond(
      to: SandboxRequest(
        method: method, path: "/api.xro/2.0/" + path,
        query: items.map { .init(name: $0.key, value: $0.value) }, headers: all,
        body: body?.serialized() ?? Data()))
  }

  /// The answer's list of that name.
  func list(
    _ name: String, _ query: [String: String] = [:], headers: [String: String] = [:]
  ) -> [JSONValue] {
    call("GET", name, query, headers: headers).jsonBody?[name]?.array ?? []
  }

  @discardableResult
  func person(_ verb: String, _ body: JSONValue = [:]) -> SandboxResponse {
    world.respond(
      to: SandboxRequest(
        method: "POST", path: "/_sandbox/xero/\(verb)", body: body.serialized()))
  }

  /// Creates an invoice and returns it as answered.
  func invoice(
    _ fields: JSONValue.Object = [:], status: String = "AUTHORISED", total: String = "100.00"
  ) throws -> JSONValue {
    var body: JSONValue.Object = [
      "Type": "ACCREC", "Contact": ["Name": "Acme Limited"], "Status": .string(status),
      "Date": "2026-01-01", "DueDate": "2026-01-31", "LineAmountTypes": "NoTax",
      "LineItems": [
        [
          "Description": "Work", "Quantity": 1, "UnitAmount": .number(total),
          "AccountCode": "200",
        ]
      ],
    ]
    for (key, value) in fields { body[key] = value }
    let answer = call("PUT", "Invoices", body: .object(body))
    return try #require(answer.jsonBody?["Invoices"]?[0], "\(messages(answer))")
  }

  func read(_ invoice: JSONValue) -> JSONValue {
    let id = invoice["InvoiceID"]?.string ?? ""
    return call("GET", "Invoices/\(id)").jsonBody?["Invoices"]?[0] ?? .null
  }
}

/// All validation messages of an error answer, nested ones included.
func messages(_ answer: SandboxResponse) -> [String] {
  let body = answer.jsonBody
  let elements = body?["Elements"]?.array ?? []
  let lists = elements.flatMap { [$0["ValidationErrors"], $0["Contact"]?["ValidationErrors"]] }
  let found = lists.flatMap { $0?.array ?? [] }.compactMap { $0["Message"]?.string }
  return found.isEmpty ? [body?["Message"]?.string].compactMap { $0 } : found
}
