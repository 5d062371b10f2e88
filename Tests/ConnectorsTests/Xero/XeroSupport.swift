import Connectors
import Domain
import Foundation
import Logging
import Synchronization
import Testing
import Transport

/// A scripted Xero: answers come from a closure, requests are kept.
final class FakeXero: Sendable {
  typealias Answer = Result<HTTPResponse, HTTPFailure>
  typealias Script = @Sendable (HTTPRequest) -> Answer

  private let script: Script
  private let seen = Mutex<[HTTPRequest]>([])

  init(_ script: @escaping Script) { self.script = script }

  /// The same answer to everything.
  convenience init(json text: String, status: Int = 200, headers: HTTPHeaders = [:]) {
    self.init { _ in FakeXero.json(text, status: status, headers: headers) }
  }

  var requests: [HTTPRequest] { seen.withLock { $0 } }

  var exchange: HTTPExchange {
    HTTPExchange { (request, _) async throws(HTTPFailure) in
      self.seen.withLock { $0.append(request) }
      return try self.script(request).get()
    }
  }

  static func json(
    _ text: String, status: Int = 200, headers: HTTPHeaders = [:]
  ) -> Answer {
    var headers = headers
    headers["Content-Type"] = "application/json; charset=utf-8"
    return .success(HTTPResponse(status: status, headers: headers, body: Data(text.utf8)))
  }
}

/// What is beside the requests in a test: a sign-in, and a clock that only sleeping moves.
enum XeroBench {
  static let tenant = "7d3f4f0a-7f1c-4a53-9b1c-2f6f5b9a0001"
  static let now: Int64 = 1_795_330_000_000

  static var pinned: StoredToken {
    StoredToken(
      accessToken: Secret("canary-access-token"), refreshToken: Secret("canary-refresh-token"),
      pin: tenant, details: ["tenant_name": "Demo Company (NZ)", "short_code": "!abc12"])
  }

  static func settings(
    organisation: String? = nil, flow: String = "authorization_code",
    secrets: [String: String] = ["client_id": "id", "client_secret": "canary-client-secret"]
  ) -> ConnectionSettings {
    var settings = ConnectionSettings(
      name: "xero", kind: Sourced("xero"),
      auth: .init(flow: Sourced(flow), secrets: secrets.mapValues { SecretText($0) }))
    settings.organisation = organisation.map {
      Sourced($0, at: Domain.Origin(file: "xerosync.yaml", line: 7, column: 17))
    }
    return settings
  }

  static func environment(
    _ exchange: HTTPExchange, tokens: TokenStore, time: TimeSource = XeroBench.time
  ) -> ConnectorEnvironment {
    ConnectorEnvironment(
      exchange: exchange, time: time, tokens: tokens, budget: .none(),
      logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }),
      redactor: Redactor(), passDeadline: .seconds(300), userAgent: "xerosync/test", seed: 1)
  }

  static var time: TimeSource {
    let elapsed = XeroElapsed()
    return TimeSource(
      now: { now + elapsed.value.milliseconds }, monotonic: { elapsed.value },
      sleep: { elapsed.add($0) }, alarm: { _ in try await Task.sleep(for: .seconds(86_400)) })
  }

  static func connector(
    _ fake: FakeXero, settings: ConnectionSettings = settings(), token: StoredToken? = pinned
  ) throws -> XeroConnector {
    let tokens = TokenStore.inMemory(token.map { ["xero": $0] } ?? [:])
    return try XeroConnector(
      settings: settings, environment: environment(fake.exchange, tokens: tokens))
  }

  static func fixture(_ name: String) throws -> String {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("Fixtures/xero")
    let text = try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
    return text.trimmingCharacters(in: .newlines)
  }
}

/// The elapsed time of a simulated clock.
final class XeroElapsed: Sendable {
  private let elapsed = Mutex<Duration>(.zero)
  var value: Duration { elapsed.withLock { $0 } }
  func add(_ span: Duration) { elapsed.withLock { $0 += span } }
}

extension HTTPRequest {
  func query(_ name: String) -> String? {
    URLComponents(url: url, resolvingAgainstBaseURL: false)?.queryItems?
      .first { $0.name == name }?.value
  }

  var text: String { String(decoding: body ?? Data(), as: UTF8.self) }
}

/// Drafts the tests share.
enum XeroDrafts {
  static let contact = ID<Party>("5f0a6b1e-9a53-4c0e-8a63-9b4b1e9b6001")
  static let page = "https://app.hubspot.example/contacts/1/record/0-3/123"

  static func invoice(
    number: String? = nil, reference: String = "Website", url: String = page,
    lines: [DraftLine] = [line("Design", "1", "100")],
    contact: ContactReference = .existing(contact)
  ) throws -> InvoiceDraft {
    let nzd = try #require(Currency("NZD"))
    let date = try #require(CalendarDate("2026-11-22"))
    let totals = InvoiceTotals(
      lineAmounts: [], lineTaxes: [], subtotal: .zero(nzd), totalTax: .zero(nzd),
      total: .zero(nzd))
    return InvoiceDraft(
      mark: InvoiceMark(number: number, reference: reference, sourceURL: url), contact: contact,
      status: .authorised, date: date, dueDate: date.adding(days: 30), currency: nzd,
      lineAmounts: .exclusive, lines: lines, expected: totals, role: .whole)
  }

  static func line(
    _ text: String, _ quantity: String? = nil, _ price: String? = nil, account: String? = "200",
    tax: String? = "OUTPUT2"
  ) -> DraftLine {
    var line = DraftLine(description: text)
    line.quantity = quantity.flatMap { try? ExactDecimal(parsing: $0) }
    line.unitPrice = price.flatMap { try? ExactDecimal(parsing: $0) }
    line.account = account
    line.taxCode = tax
    return line
  }

  static func party(_ name: String, mark: String = "hubspot:company:9001") -> PartyDraft {
    let record = PartyRecord(
      subject: Subject(system: "hubspot", kind: .company, id: "9001"), name: name)
    return PartyDraft(kind: .contact, copying: record, mark: mark)
  }
}

/// Names of outcomes, for tables.
func kind<Value>(_ outcome: WriteOutcome<Value>) -> String {
  switch outcome {
  case .applied: "applied"
  case .refused(let refusal): refusal.code.rawValue
  case .unknown: "unknown"
  case .notSent: "not sent"
  }
}
