import Foundation
import Logging
import Synchronization
import Testing
import Transport

func address(_ text: String) throws -> URL { try #require(URL(string: text)) }

/// Time that passes only when somebody sleeps, or when a hanging server makes the alarm ring.
final class VirtualTime: Sendable {
  struct State {
    var wall: Int64 = 1_795_000_000_000
    var elapsed: Duration = .zero
    var sleeps: [Duration] = []
    var mustRing = false
    var alarms: [Int: (Duration, CheckedContinuation<Void, Never>)] = [:]
    var cancelled: Set<Int> = []
    var nextID = 0
  }
  let state = Mutex(State())

  var source: TimeSource {
    TimeSource(
      now: { self.state.withLock { $0.wall } },
      monotonic: { self.state.withLock { $0.elapsed } },
      sleep: { wait in
        try Task.checkCancellation()
        self.advance(wait, asSleep: true)
      },
      alarm: { await self.alarm($0) })
  }

  var sleeps: [Duration] { state.withLock { $0.sleeps } }
  var wall: Int64 { state.withLock { $0.wall } }

  func advance(_ span: Duration, asSleep: Bool = false) {
    state.withLock {
      $0.wall += span.milliseconds
      $0.elapsed += span
      if asSleep { $0.sleeps.append(span) }
    }
  }

  func jumpWall(to wall: Int64) { state.withLock { $0.wall = wall } }

  /// The next alarm, set already or not, rings now and its time passes.
  func ring() {
    let waiting = state.withLock { state -> [CheckedContinuation<Void, Never>] in
      guard let first = state.alarms.min(by: { $0.value.0 < $1.value.0 }) else {
        state.mustRing = true
        return []
      }
      state.alarms[first.key] = nil
      state.elapsed += first.value.0
      state.wall += first.value.0.milliseconds
      return [first.value.1]
    }
    for continuation in waiting { continuation.resume() }
  }

  private func alarm(_ span: Duration) async {
    let id = state.withLock { state in
      state.nextID += 1
      return state.nextID
    }
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let endsNow = state.withLock { state in
          if state.cancelled.remove(id) != nil { return true }
          if state.mustRing {
            state.mustRing = false
            state.elapsed += span
            state.wall += span.milliseconds
            return true
          }
          state.alarms[id] = (span, continuation)
          return false
        }
        if endsNow { continuation.resume() }
      }
    } onCancel: {
      let waiting = state.withLock { state in
        let found = state.alarms.removeValue(forKey: id)
        if found == nil { state.cancelled.insert(id) }
        return found?.1
      }
      waiting?.resume()
    }
  }
}

/// What a scripted server does with one request.
enum Step: Sendable {
  case answer(HTTPResponse)
  case fail(HTTPFailure)
  /// Never answers: the deadline ends it.
  case hang
  /// Answers when the gate is opened.
  case wait(Gate, HTTPResponse)

  static func json(
    _ status: Int = 200, _ text: String = "{}", _ headers: HTTPHeaders = [:]
  ) -> Step {
    var headers = headers
    headers["Content-Type"] = "application/json"
    return .answer(HTTPResponse(status: status, headers: headers, body: Data(text.utf8)))
  }

  static func page(_ status: Int) -> Step {
    .answer(
      HTTPResponse(
        status: status, headers: ["Content-Type": "text/html"],
        body: Data("<!DOCTYPE html><title>no</title>".utf8)))
  }
}

/// Opens once; everybody who waits or comes later goes through.
actor Gate {
  private var isOpen = false
  private var waiting: [CheckedContinuation<Void, Never>] = []

  func open() {
    isOpen = true
    for continuation in waiting { continuation.resume() }
    waiting = []
  }

  func pass() async {
    if isOpen { return }
    await withCheckedContinuation { waiting.append($0) }
  }
}

/// A server that plays a list of steps, then repeats the last one.
final class Script: Sendable {
  private let steps: Mutex<[Step]>
  private let seen = Mutex<[HTTPRequest]>([])
  private let time: VirtualTime

  init(_ steps: [Step], time: VirtualTime) {
    self.steps = Mutex(steps)
    self.time = time
  }

  var requests: [HTTPRequest] { seen.withLock { $0 } }

  var exchange: HTTPExchange {
    HTTPExchange { (request, _) async throws(HTTPFailure) in try await self.play(request) }
  }

  private func play(_ request: HTTPRequest) async throws(HTTPFailure) -> HTTPResponse {
    seen.withLock { $0.append(request) }
    let step = steps.withLock { $0.count > 1 ? $0.removeFirst() : $0.first }
    switch step {
    case .answer(let response): return response
    case .fail(let failure): throw failure
    case .wait(let gate, let response):
      await gate.pass()
      return response
    case .hang:
      time.ring()
      await untilCancelled()
      throw .interrupted("cancelled")
    case nil: throw .interrupted("the script is empty")
    }
  }
}

func untilCancelled() async {
  let (stream, continuation) = AsyncStream<Never>.makeStream()
  for await _ in stream {}
  continuation.finish()
}

/// Credentials that can be renewed a given number of times.
actor Keys: Authorizer {
  private var number = 1
  private var left: Int
  private(set) var acceptances: [[String: String]] = []

  init(renewals: Int) { left = renewals }

  private var present: [String: String] { ["Authorization": "Bearer token-number-\(number)"] }

  func headers() async throws(RemoteError) -> [String: String] { present }

  func refreshed(after rejected: [String: String]) async throws(RemoteError) -> [String: String] {
    guard left > 0 else { throw .signInNeeded(reason: "no more") }
    left -= 1
    number += 1
    return present
  }

  func accepted(_ headers: [String: String]) async { acceptances.append(headers) }
}

/// A client, its server and its clock.
struct Rig {
  let time: VirtualTime
  let script: Script
  let keys: Keys
  let client: SystemClient
  static let base = "https://api.example.test"

  init(
    _ steps: [Step], limits: ClientLimits = ClientLimits(maxConcurrent: 5),
    store: BudgetStore = .none(), reader: AnswerReader = .plain,
    passDeadline: Duration = .seconds(300),
    renewals: Int = 1, time: VirtualTime = VirtualTime(), bases: [String] = [Rig.base],
    logger: Logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
  ) throws {
    self.time = time
    script = Script(steps, time: time)
    keys = Keys(renewals: renewals)
    client = SystemClient(
      system: "ledger", baseURLs: try bases.map(address), exchange: script.exchange,
      time: time.source, authorizer: keys, limits: limits, budgetStore: store, reader: reader,
      redactor: Redactor(), logger: logger, userAgent: "unit/1", passDeadline: passDeadline, seed: 7
    )
  }

  func read(
    _ path: String = "/things", priority: CallPriority = .money, expects: ExpectedBody = .json
  ) throws -> Call {
    Call(
      .get, try address(Rig.base + path), purpose: .read, priority: priority, expects: expects,
      label: "things.read")
  }

  func write(_ path: String = "/things", priority: CallPriority = .money) throws -> Call {
    Call(
      .post, try address(Rig.base + path), body: Data("{}".utf8),
      purpose: .write(idempotent: true), priority: priority, label: "things.create")
  }

  /// The error a call ends with; nil when it succeeds.
  func failure(of call: Call) async -> RemoteError? {
    do {
      _ = try await client.call(call)
      return nil
    } catch { return error }
  }

  /// Gives other tasks the floor until so many calls are waiting.
  func untilQueued(_ count: Int) async {
    while await client.queued < count { await Task.yield() }
  }
}
