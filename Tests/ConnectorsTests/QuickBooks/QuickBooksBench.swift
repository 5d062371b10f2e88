import Connectors
import Domain
import Foundation
import Sandbox
import Testing
import Transport

/// A connector for scripted answers, and one for the simulated QuickBooks.
enum QuickBooksBench {
  static let realm = "9130354000000001"

  static func settings(_ item: String? = nil, organisation: String? = nil) -> ConnectionSettings {
    var settings = ConnectionSettings(
      name: "quickbooks", kind: Sourced("quickbooks"),
      auth: .init(
        flow: Sourced("authorization_code"),
        secrets: [
          "client_id": SecretText("id"), "client_secret": SecretText("canary-client-secret"),
        ]))
    settings.options["default_item"] = item.map { Sourced($0) }
    settings.organisation = organisation.map { Sourced($0) }
    return settings
  }

  static var pinned: StoredToken {
    StoredToken(
      accessToken: Secret("canary-access-token"), refreshToken: Secret("canary-refresh-token"),
      pin: realm, details: ["company_name": "Demo"])
  }

  static func connector(
    _ fake: FakeXero, token: StoredToken? = pinned, settings: ConnectionSettings = settings()
  ) throws -> QuickBooksConnector {
    let tokens = TokenStore.inMemory(token.map { ["quickbooks": $0] } ?? [:])
    return try QuickBooksConnector(
      settings: settings, environment: XeroBench.environment(fake.exchange, tokens: tokens))
  }

  /// Answers the lists a write needs, and everything else by the script.
  static func scripted(
    country: String = "NZ",
    preferences: String = #""CurrencyPrefs":{"MultiCurrencyEnabled":true,"#
      + #""HomeCurrency":{"value":"NZD"}},"TaxPrefs":{"UsingSalesTax":true}"#,
    _ script: @escaping FakeXero.Script
  ) -> FakeXero {
    FakeXero { request in
      if request.url.path.contains("/companyinfo/") {
        return FakeXero.json(
          #"{"CompanyInfo":{"CompanyName":"Demo","Country":"\#(country)"}}"#)
      }
      guard request.url.path.hasSuffix("/query") else { return script(request) }
      let entity = lists.keys.first { request.text.contains(" FROM \($0) ") }
      if request.text.contains(" FROM Preferences ") {
        return FakeXero.json(
          #"{"QueryResponse":{"Preferences":[{\#(preferences),"Id":"1"}]}}"#)
      }
      guard let entity, let rows = lists[entity], !rows.isEmpty else {
        let isList = ["Class", "CompanyCurrency"].contains { request.text.contains($0) }
        return isList ? FakeXero.json(#"{"QueryResponse":{}}"#) : script(request)
      }
      return FakeXero.json(#"{"QueryResponse":{"\#(entity)":[\#(rows)]}}"#)
    }
  }

  private static let lists = [
    "Account": #"{"Id":"1","AcctNum":"200","Name":"Sales","AccountType":"Income"}"#,
    "Item": #"{"Id":"5","Name":"Sales","Type":"Service","IncomeAccountRef":{"value":"1"}},"#
      + #"{"Id":"6","Name":"Design day","Sku":"DES-1","Type":"Service","IncomeAccountRef":"#
      + #"{"value":"1"}}"#,
    "TaxCode": #"{"Id":"3","Name":"GST","SalesTaxRateList":{"TaxRateDetail":[{"TaxRateRef":"#
      + #"{"value":"2"},"TaxTypeApplicable":"TaxOnAmount","TaxOrder":0}]}}"#,
    "TaxRate": #"{"Id":"2","Name":"GST","RateValue":15}"#,
    "Term": #"{"Id":"8","Name":"Net 30","Type":"STANDARD","DueDays":30}"#,
  ]

  static func fixture(_ name: String) throws -> String {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("Fixtures/quickbooks")
    let text = try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
    return text.trimmingCharacters(in: .newlines)
  }

  static func draft(
    _ contact: ID<Party>, url: String = XeroDrafts.page, number: String? = nil,
    reference: String = "Website", tax: String = "3", lines: [DraftLine]? = nil
  ) throws -> InvoiceDraft {
    try XeroDrafts.invoice(
      number: number, reference: reference, url: url,
      lines: lines ?? [
        XeroDrafts.line("Design", "3", "33.33", tax: tax),
        XeroDrafts.line("Hosting", "1", "10", tax: tax),
        XeroDrafts.line("Thank you", account: nil, tax: nil),
      ], contact: .existing(contact))
  }
}

/// One simulated company, and the means to make a connector for each pass in it.
struct QuickBooksStage {
  let world: SandboxWorld
  let tokens: TokenStore
  let item: String?

  init(country: String = "NZ", item: String? = nil) {
    let start = SandboxTime(milliseconds: XeroBench.now)
    let vendor = QuickBooksSandbox.demo(country: country, name: "Demo Company", at: start)
    world = SandboxWorld(vendors: [vendor], startingAt: start)
    world.setTick(milliseconds: 250)
    tokens = .inMemory([
      "quickbooks": StoredToken(
        refreshToken: Secret(QuickBooksSandbox.knownRefreshToken), pin: QuickBooksBench.realm)
    ])
    self.item = item
  }

  var exchange: HTTPExchange {
    HTTPExchange { (request, _) async throws(HTTPFailure) in
      let parts = URLComponents(url: request.url, resolvingAgainstBaseURL: false)
      var headers: [String: String] = [:]
      for (name, value) in request.headers { headers[name.lowercased()] = value }
      let answer = world.respond(
        to: SandboxRequest(
          method: request.method.rawValue, path: parts?.path ?? "",
          query: (parts?.queryItems ?? []).map { .init(name: $0.name, value: $0.value ?? "") },
          headers: headers, body: request.body ?? Data()))
      if case .dropped = answer.delivery { throw .interrupted("the connection was closed") }
      return HTTPResponse(
        status: answer.status,
        headers: HTTPHeaders(answer.headers.map { (name: $0.name, value: $0.value) }),
        body: answer.body)
    }
  }

  func connector(organisation: String? = "Demo Company") throws -> QuickBooksConnector {
    try QuickBooksConnector(
      settings: QuickBooksBench.settings(item, organisation: organisation),
      environment: XeroBench.environment(exchange, tokens: tokens))
  }

  /// A person at work in QuickBooks' own screens.
  @discardableResult
  func person(_ verb: String, _ body: String) throws -> JSONValue {
    let answer = world.respond(
      to: SandboxRequest(
        method: "POST", path: "/_sandbox/quickbooks/\(verb)", body: Data(body.utf8)))
    try #require(answer.status == 200, "\(String(decoding: answer.body, as: UTF8.self))")
    return try #require(answer.jsonBody)
  }

  var invoices: [JSONValue] {
    world.withVendor(QuickBooksSandbox.self) { $0.ledgers[0].allInvoices } ?? []
  }

  /// The id of the tax code of that name.
  func tax(_ name: String = "GST") async throws -> String {
    let ledger = try await connector().ledger()
    return try #require(ledger.taxRates.first { $0.name == name }?.code)
  }

  func contact(_ connector: QuickBooksConnector, _ name: String = "Ridgeway: NZ") async throws
    -> PartyRecord
  {
    var draft = XeroDrafts.party(name)
    draft.email = "ap@ridgeway.example"
    draft.phones = [.main: "+64 4 555 0101"]
    draft.addresses = [.postal: PostalAddress(lines: ["PO Box 12"], city: "Wellington")]
    return try applied(
      await connector.createContacts([KeyedWrite(key: "op_c", content: draft)]).first)
  }
}

/// The value of an outcome that must be a yes.
func applied<Value>(_ outcome: WriteOutcome<Value>?) throws -> Value {
  guard case .applied(let value)? = outcome else {
    Issue.record("\(String(describing: outcome))")
    throw CancellationError()
  }
  return value
}
