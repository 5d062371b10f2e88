import Connectors
import Domain
import Foundation
import Testing
import Transport

/// What answers mean: the built-in rules, and those of a description.
@Suite("Described CRM: errors") struct RestErrorTests {
  struct Case: CustomTestStringConvertible, Sendable {
    var name: String
    var status: Int
    var body: String
    var headers: [String: String] = [:]
    /// How a read ends, and how a write ends.
    var read: String
    var write: String
    var testDescription: String { name }
  }

  static let rules = """
      message: [message, "errors[*].text"]
      code: code
      success: { path: errors, exists: false }
      errors:
        - status: 200
          when: { path: code, equals: THROTTLED }
          class: rate_limited
          retry_after: wait
        - { when: { path: code, equals: DAY }, class: day_limit }
        - { status: 200, when: { path: code, equals: LOGIN }, class: sign_in }
        - { status: 422, when: { path: code, equals: MISSING }, class: not_found }
        - { status: 420, class: rate_limited }
        - { status: 418, class: retry }
        - { status: 409, when: { path: code, equals: SAME }, class: ignore }
    """

  static let cases = [
    Case(name: "fine", status: 200, body: "[]", read: "ok", write: "applied"),
    Case(name: "nothing", status: 204, body: "", read: "ok", write: "applied"),
    Case(
      name: "200 with errors", status: 200, body: #"{"errors": [{"text": "No such field"}]}"#,
      read: "refused", write: "refused: No such field"),
    Case(
      name: "200 with a sign-in error", status: 200, body: #"{"code": "LOGIN"}"#,
      read: "signInNeeded", write: "notSent"),
    Case(
      name: "400", status: 400, body: #"{"message": "bad number"}"#, read: "refused",
      write: "refused: bad number"),
    Case(name: "401", status: 401, body: "{}", read: "signInNeeded", write: "notSent"),
    Case(
      name: "403", status: 403, body: #"{"message": "not yours"}"#, read: "signInNeeded",
      write: "refused: not yours"),
    Case(
      name: "404", status: 404, body: #"{"message": "gone"}"#, read: "refused",
      write: "refused: gone"),
    Case(
      name: "a described not_found", status: 422, body: #"{"code": "MISSING", "message": "gone"}"#,
      read: "refused", write: "refused: gone"),
    Case(
      name: "409 that is none", status: 409, body: #"{"code": "SAME"}"#, read: "ok",
      write: "applied"),
    Case(
      name: "412", status: 412, body: #"{"message": "changed"}"#, read: "refused",
      write: "refused: changed"),
    Case(name: "503", status: 503, body: "{}", read: "unreadable", write: "unknown"),
    Case(name: "described trouble", status: 418, body: "{}", read: "unreadable", write: "unknown"),
    Case(
      name: "429 for the day", status: 429, body: #"{"code": "DAY"}"#, read: "rateLimited",
      write: "notSent"),
    Case(
      name: "429 for an hour", status: 429, body: "{}", headers: ["Retry-After": "3600"],
      read: "rateLimited", write: "notSent"),
    Case(
      name: "a page of HTML", status: 200, body: "<html>maintenance</html>", read: "unreadable",
      write: "unknown"),
    Case(
      name: "half a body", status: 200, body: #"[{"id": 1"#, read: "unreadable", write: "unknown"),
    Case(
      name: "elsewhere", status: 302, body: "", headers: ["Location": "https://evil.example"],
      read: "refused", write: "refused: redirected to evil.example, which is never followed"),
  ]

  private static let list =
    "  list: { path: /deals, records: \"\" }\n  changed: { strategy: client }"

  @Test("each answer ends in the right one of the errors", arguments: cases)
  func judged(_ test: Case) async throws {
    let script = RestScript { _, _ in
      RestScript.json(
        test.body, status: test.status, test.headers.map { (name: $0.key, value: $0.value) })
    }
    let connector = try script.connector(list: Self.list, connection: Self.rules)
    #expect(await Self.read(connector) == test.read)
    let second = try script.connector(list: Self.list, connection: Self.rules)
    #expect(await Self.write(second) == test.write)
  }

  private static func read(_ connector: RestConnector) async -> String {
    do {
      _ = try await connector.page(.deals, from: .start)
      return "ok"
    } catch {
      switch error {
      case .signInNeeded: return "signInNeeded"
      case .refused: return "refused"
      case .rateLimited: return "rateLimited"
      case .unreadable: return "unreadable"
      case .notSent, .outcomeUnknown, .budgetExhausted, .deadlinePassed: return "\(error)"
      }
    }
  }

  private static func write(_ connector: RestConnector) async -> String {
    let outcomes = await connector.report([
      DealReport(deal: ID("1"), values: [.invoiceNumber: "INV-1"])
    ])
    switch outcomes.first {
    case .applied?: return "applied"
    case .refused(let refusal)?: return "refused: \(refusal.message)"
    case .unknown?: return "unknown"
    case .notSent?: return "notSent"
    case nil: return "nothing"
    }
  }

  @Test("a limit told in a body of 200 is waited for, as long as it says")
  func waits() async throws {
    let clock = RestClock()
    let script = RestScript { _, count in
      RestScript.json(count == 1 ? #"{"code": "THROTTLED", "wait": 7}"# : "[]")
    }
    let connector = try script.connector(
      list: Self.list, connection: Self.rules, clock: clock)
    _ = try await connector.page(.deals, from: .start)
    #expect(script.requests.count == 2)
    #expect(clock.now - RestClock.start == 7000)
  }

  @Test("a limit that is never lifted ends the reading")
  func neverLifted() async throws {
    let script = RestScript { _, _ in RestScript.json(#"{"code": "THROTTLED", "wait": 1}"#) }
    let connector = try script.connector(list: Self.list, connection: Self.rules)
    #expect(await Self.read(connector) == "rateLimited")
    #expect(script.requests.count == 3)
  }
}
