import Foundation
import Logging

/// A request on its way.
struct Flight {
  let task: Task<Result<HTTPResponse, HTTPFailure>, Never>
  let isRead: Bool
}

extension SystemClient {
  /// A write that has begun is given at least this long, whatever the pass deadline says: its
  /// answer is worth more than punctuality.
  static let grace: Duration = .seconds(10)

  /// One request and its answer; the slot taken by `admit` is given back.
  func attempt(
    _ call: Call, credentials: [String: String], course: inout Course
  ) async -> Verdict {
    let started = time.monotonic()
    let result = await sent(request(call, credentials), call, within: total(call, course))
    let took = time.monotonic() - started
    course.remaining -= took
    learn(from: result)
    let verdict = Verdict.on(
      result, to: call, limits: limits, reader: reader, redactor: redactor, now: time.now())
    giveBack(verdict)
    log(call, result, took)
    return verdict
  }

  private func total(_ call: Call, _ course: Course) -> Duration {
    let ofPass = passDeadline - time.monotonic()
    let least = call.purpose.isRead ? Duration.milliseconds(1) : Self.grace
    return min(course.remaining, max(ofPass, least))
  }

  private func request(_ call: Call, _ credentials: [String: String]) -> HTTPRequest {
    var headers = call.headers
    headers["User-Agent"] = userAgent
    if headers["Accept"] == nil, call.expects == .json { headers["Accept"] = "application/json" }
    for (name, value) in credentials { headers[name] = value }
    return HTTPRequest(
      method: call.method, url: call.url, headers: headers, body: call.body,
      isRepeatable: call.purpose.isRead)
  }

  /// Cancelling the caller ends a read at once; a write runs on to its answer or its deadline.
  private func sent(
    _ request: HTTPRequest, _ call: Call, within total: Duration
  ) async -> Result<HTTPResponse, HTTPFailure> {
    if Task.isCancelled || isDraining { return .failure(.cancelledBeforeSending) }
    let task = Task { [exchange, time, limits] in
      await race(request, through: exchange, idle: limits.idle, total: total, time: time)
    }
    nextID += 1
    let id = nextID
    let isRead = call.purpose.isRead
    inFlight[id] = Flight(task: task, isRead: isRead)
    let result = await withTaskCancellationHandler {
      await task.value
    } onCancel: {
      if isRead { task.cancel() }
    }
    inFlight[id] = nil
    return result
  }

  private func learn(from result: Result<HTTPResponse, HTTPFailure>) {
    guard case .success(let response) = result else { return }
    if let date = response.headers["Date"].flatMap(HTTPDate.milliseconds) {
      serverClockSkew = .milliseconds(date - time.now())
    }
    guard let reading = reader.limits(response.headers) else { return }
    budget?.learn(reading, wall: time.now(), monotonic: time.monotonic())
  }

  private func giveBack(_ verdict: Verdict) {
    occupied -= 1
    if case .notSent = verdict {
      callCount -= 1
      budget?.refund(wall: time.now())
    }
    // Only a cache of what was counted before the request left: the next save repeats it.
    if let state = budget?.state { try? budgetStore.save(state) }
    pump()
  }

  /// Ids, numbers and constants only.
  private func log(
    _ call: Call, _ result: Result<HTTPResponse, HTTPFailure>, _ took: Duration
  ) {
    let status: String
    switch result {
    case .success(let response): status = String(response.status)
    case .failure(.notSent): status = "not sent"
    case .failure(.interrupted): status = "interrupted"
    case .failure(.cancelledBeforeSending): status = "cancelled"
    case .failure(.tooLarge): status = "too large"
    }
    logger.debug(
      "request finished",
      metadata: [
        "system": "\(system)", "method": "\(call.method.rawValue)", "call": "\(call.label)",
        "status": "\(status)", "ms": "\(took.milliseconds)", "count": "\(callCount)",
      ])
  }
}
