import Domain
import Engine
import Foundation
import Synchronization
import Testing
import Transport

enum NotifyFixture {
  static let directory = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("Fixtures/notify")

  /// Compares with the stored file, and writes it when `XEROSYNC_RECORD` is set.
  static func expect(_ text: String, equals name: String) throws {
    let file = directory.appendingPathComponent(name)
    if ProcessInfo.processInfo.environment["XEROSYNC_RECORD"] != nil {
      try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
      try Data(text.utf8).write(to: file)
    }
    let stored = try String(contentsOf: file, encoding: .utf8)
    #expect(stored == text, "\(name) differs")
  }

  static let now = Instant(milliseconds: 1_798_012_800_000)

  static func key(_ name: String = "1") -> OperationID { OperationID(hashing: ["test", name]) }

  static func owner(
    _ name: String = "Mara Quinn", email: String? = "mara@harbour.example"
  ) -> Owner {
    Owner(id: ID("o1"), name: name, email: email, isActive: true)
  }

  static func alert(
    _ id: String = "i1", number: String = "INV-0042", customer: String = "Ridgeway University",
    deal: String = "Campus network", owner: Owner? = owner(), level: Int = 1, late: Int = 2,
    cents: Int64 = 115_000, channel: AlertChannel = .email, inDoubt: Bool = false
  ) throws -> AlertDraft {
    let currency = try #require(Currency("NZD"))
    let due = try #require(CalendarDate("2026-12-20"))
    var invoice = Invoice(
      id: ID(id), contactID: ID("c1"), status: .authorised, date: due, currency: currency)
    invoice.number = number
    invoice.contactName = customer
    invoice.amountDue = Money(minorUnits: cents, currency: currency)
    invoice.url = "https://ledger.example/\(id)"
    return AlertDraft(
      deal: Subject(system: "hubspot", kind: .deal, id: "77"), invoice: invoice, dealName: deal,
      dueDate: due, daysLate: late, owner: owner, level: level, channel: channel,
      dealURL: "https://crm.example/deal/77", mayBeRepeat: inDoubt)
  }

  static func message(_ alerts: [AlertDraft]) -> AlertMessage {
    AlertMessage(
      alerts: alerts.enumerated().map { KeyedAlert(key: key("\($0.offset)"), alert: $0.element) },
      sentAt: now)
  }
}

/// Requests that were made and the answers they get.
final class NotifyReceiver: Sendable {
  enum Answer: Sendable {
    case status(Int)
    case failure(HTTPFailure)
    /// No answer until the caller gives up.
    case silence
  }

  private let state: Mutex<(answers: [Answer], requests: [HTTPRequest])>

  /// The last answer is given for ever.
  init(_ answers: [Answer]) { state = Mutex((answers, [])) }

  var requests: [HTTPRequest] { state.withLock(\.requests) }

  func answer(_ answers: [Answer]) { state.withLock { $0.answers = answers } }

  var isSilent: Bool {
    state.withLock { state in
      state.answers.contains { if case .silence = $0 { true } else { false } }
    }
  }

  func clear() { state.withLock { $0.requests = [] } }

  var exchange: HTTPExchange {
    HTTPExchange { (request, _) async throws(HTTPFailure) in try await self.take(request) }
  }

  func take(_ request: HTTPRequest) async throws(HTTPFailure) -> HTTPResponse {
    let answer = state.withLock { state in
      state.requests.append(request)
      return state.answers.count > 1 ? state.answers.removeFirst() : state.answers[0]
    }
    switch answer {
    case .status(let status): return HTTPResponse(status: status)
    case .failure(let failure): throw failure
    case .silence:
      await untilCancelled()
      throw .interrupted("the caller gave up")
    }
  }
}

/// Ends when its task is cancelled.
func untilCancelled() async {
  let (stream, continuation) = AsyncStream.makeStream(of: Void.self)
  for await _ in stream {}
  continuation.finish()
}

extension TimeSource {
  /// A clock that stands still; its alarm rings at once for the time a hook may take.
  static let standing = TimeSource(
    now: { NotifyFixture.now.milliseconds }, monotonic: { .zero }, sleep: { _ in },
    alarm: { duration in
      if duration != .seconds(10) { await untilCancelled() }
    })

  /// The same, but the alarm never rings: answers take no time.
  static let patient = TimeSource(
    now: { NotifyFixture.now.milliseconds }, monotonic: { .zero }, sleep: { _ in },
    alarm: { _ in await untilCancelled() })
}

extension WriteOutcome {
  /// The case alone, for tables.
  var word: String {
    switch self {
    case .applied: "applied"
    case .refused: "refused"
    case .unknown: "unknown"
    case .notSent: "notSent"
    }
  }
}

/// SplitMix64, for property tests whose seed is in their messages.
struct SeededGenerator: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
