import Foundation
import Synchronization

/// All simulated vendors behind one door, with one clock, one fault plan and one request log.
///
/// Requests are executed one after another; a copy made at any instant lives on by itself.
package final class SandboxWorld: Sendable {
  struct State: Sendable {
    var vendors: [any SimulatedVendor]
    var offset: Int64 = 0
    var tick: Int64 = 0
    var faults = FaultPlan()
    var log = RequestLog()
  }

  private let state: Mutex<State>
  private let base: @Sendable () -> SandboxTime

  /// A world whose clock is `base` plus an offset that control requests may change.
  package init(
    vendors: [any SimulatedVendor], faults: [Fault] = [],
    clock base: @escaping @Sendable () -> SandboxTime
  ) {
    state = Mutex(State(vendors: vendors, faults: FaultPlan(faults)))
    self.base = base
  }

  /// A world whose clock stands still until it is advanced.
  package convenience init(
    vendors: [any SimulatedVendor], faults: [Fault] = [], startingAt start: SandboxTime
  ) {
    self.init(vendors: vendors, faults: faults) { start }
  }

  private init(state: State, base: @escaping @Sendable () -> SandboxTime) {
    self.state = Mutex(state)
    self.base = base
  }

  /// An independent world in the same state, on the same underlying clock.
  package func copy() -> SandboxWorld {
    SandboxWorld(state: state.withLock { $0 }, base: base)
  }

  /// Answers one request: a control request, or one of the vendor that claims the path.
  package func respond(to request: SandboxRequest) -> SandboxResponse {
    let reading = base()
    return state.withLock { state in
      state.offset += state.tick
      if request.path == "/_sandbox" || request.path.hasPrefix("/_sandbox/") {
        return state.control(request, base: reading)
      }
      return state.serve(request, at: state.now(reading))
    }
  }

  /// The sandbox's present time.
  package var now: SandboxTime {
    let reading = base()
    return state.withLock { $0.now(reading) }
  }

  /// Sets the clock; it goes on from there.
  package func setClock(to time: SandboxTime) {
    let reading = base()
    state.withLock { $0.offset = time.milliseconds - reading.milliseconds }
  }

  /// Moves the clock by so many seconds (backwards when negative).
  package func advance(seconds: Int64) {
    state.withLock { $0.offset += seconds * 1000 }
  }

  /// Lets the clock advance by so many milliseconds at each request, control requests included.
  package func setTick(milliseconds: Int64) {
    state.withLock { $0.tick = milliseconds }
  }

  /// Replaces all faults and their counters.
  package func setFaults(_ faults: [Fault]) {
    state.withLock { $0.faults = FaultPlan(faults) }
  }

  /// The latest requests (at least the last 20,000), oldest first.
  package var log: [LoggedRequest] { state.withLock { $0.log.entries } }

  package func clearLog() { state.withLock { $0.log.clear() } }

  /// Reads or edits the state of the vendor of that type; nil when there is none in this world.
  package func withVendor<V: SimulatedVendor, R: Sendable>(
    _ type: V.Type, _ body: (inout V) -> R
  ) -> R? {
    state.withLock { state in
      guard let index = state.vendors.firstIndex(where: { $0 is V }) else { return nil }
      let held = state.vendors[index]
      // The world's own reference is given up meanwhile, so that an edit copies nothing.
      state.vendors[index] = AbsentVendor()
      guard var vendor = consume held as? V else { return nil }
      let result = body(&vendor)
      state.vendors[index] = vendor
      return result
    }
  }
}

/// Stands in a vendor's place while that vendor is being edited.
private struct AbsentVendor: SimulatedVendor {
  static let name = "absent"
  func claims(path: String) -> Bool { false }
  mutating func handle(_ request: SandboxRequest, at now: SandboxTime) -> SandboxResponse {
    SandboxResponse(status: 503)
  }
  mutating func control(_ verb: String, body: Data, at now: SandboxTime) -> SandboxResponse {
    SandboxResponse(status: 503)
  }
}

extension SandboxWorld.State {
  func now(_ base: SandboxTime) -> SandboxTime {
    SandboxTime(milliseconds: base.milliseconds + offset)
  }

  mutating func serve(_ request: SandboxRequest, at now: SandboxTime) -> SandboxResponse {
    guard let index = vendors.firstIndex(where: { $0.claims(path: request.path) }) else {
      let answer = SandboxResponse.json(
        ["error": .string("no simulated vendor answers \(request.path)")], status: 404)
      record(request, vendor: "", at: now, status: 404, isWrite: false, executions: 0, fault: nil)
      return answer
    }
    let name = type(of: vendors[index]).name
    let fault = faults.next(for: request, vendor: name)
    let isWrite = vendors[index].isWrite(request)
    let (answer, executions) = answer(request, by: index, at: now, fault: fault)
    record(
      request, vendor: name, at: now, status: answer.status, isWrite: isWrite,
      executions: executions, fault: fault?.name)
    return answer
  }

  private mutating func answer(
    _ request: SandboxRequest, by index: Int, at now: SandboxTime, fault: Fault?
  ) -> (SandboxResponse, executions: Int) {
    guard let fault else { return (vendors[index].handle(request, at: now), 1) }
    if let answer = fault.answerInstead(at: now) { return (answer, 0) }
    switch fault.kind {
    case .expireToken: vendors[index].expireAccessTokens(at: now)
    case .duplicate: _ = vendors[index].handle(request, at: now)
    case .refuseConnection, .dropBefore, .dropAfter, .status, .statusAfter, .truncate, .html,
      .delay, .rateLimit, .redirect, .badJSON:
      break
    }
    let truth = vendors[index].handle(request, at: now)
    return (fault.spoiled(truth), fault.kind == .duplicate ? 2 : 1)
  }

  private mutating func record(
    _ request: SandboxRequest, vendor: String, at now: SandboxTime, status: Int, isWrite: Bool,
    executions: Int, fault: String?
  ) {
    log.record(
      LoggedRequest(
        sequence: 0, at: now, vendor: vendor, method: request.method, path: request.path,
        query: request.query, status: status, isWrite: isWrite, executions: executions,
        fault: fault, idempotencyKey: request.headers["idempotency-key"]))
  }
}

extension Fault {
  /// The answer given without asking the vendor; nil when the vendor executes the request.
  func answerInstead(at now: SandboxTime) -> SandboxResponse? {
    switch kind {
    case .refuseConnection, .dropBefore: SandboxResponse(status: 0, delivery: .dropped)
    case .status(let answer): answer.response
    case .html(let status, let page, applied: false): .html(page, status: status)
    case .rateLimit(let retryAfter, let problem): Self.limited(retryAfter, problem, at: now)
    case .redirect(let location, let status):
      SandboxResponse(status: status, headers: [.init(name: "Location", value: location)])
    case .badJSON(applied: false): Self.broken
    case .dropAfter, .statusAfter, .truncate, .html, .delay, .expireToken, .badJSON, .duplicate:
      nil
    }
  }

  /// What becomes of the vendor's true answer on its way.
  func spoiled(_ truth: SandboxResponse) -> SandboxResponse {
    var answer = truth
    switch kind {
    case .dropAfter: answer.delivery = .dropped
    case .statusAfter(let made): answer = made.response
    case .truncate(let bytes): answer.delivery = .truncated(bytes: bytes ?? truth.body.count / 2)
    case .html(let status, let page, _): answer = .html(page, status: status)
    case .delay(let seconds): answer.delivery = .delayed(seconds: seconds)
    case .badJSON: answer = Self.broken
    case .refuseConnection, .dropBefore, .status, .rateLimit, .expireToken, .redirect,
      .duplicate:
      break
    }
    return answer
  }

  private static var broken: SandboxResponse {
    let type = SandboxResponse.Header(
      name: "Content-Type", value: "application/json; charset=utf-8")
    return SandboxResponse(
      status: 200, headers: [type], body: Data(#"{"Id": 7, "Status": "OK", "results": [{,"#.utf8))
  }

  private static func limited(
    _ retryAfter: RetryAfter, _ problem: String?, at now: SandboxTime
  ) -> SandboxResponse {
    var headers: [SandboxResponse.Header] = []
    if let problem { headers.append(.init(name: "X-Rate-Limit-Problem", value: problem)) }
    switch retryAfter {
    case .absent: break
    case .seconds(let seconds): headers.append(.init(name: "Retry-After", value: String(seconds)))
    case .date(let seconds):
      let date = now.advanced(seconds: Int64(seconds)).httpDate
      headers.append(.init(name: "Retry-After", value: date))
    }
    return SandboxResponse(status: 429, headers: headers)
  }
}

extension Fault.Answer {
  var response: SandboxResponse {
    SandboxResponse(
      status: status, headers: [.init(name: "Content-Type", value: contentType)] + headers,
      body: Data(body.utf8))
  }
}
