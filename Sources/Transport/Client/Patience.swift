import Logging

/// Waiting and repeating.
extension SystemClient {
  static let mostRepeats = 3
  static let mostUnsent = 2
  static let mostLimitWaits = 3

  /// Waits as the system asked, where that fits the pass; else nobody calls it again this pass.
  func wait(
    for limit: RateLimit, endsPass: Bool, course: inout Course
  ) async throws(RemoteError) {
    let asked = limit.retryAfter ?? jitter.spread(.seconds(1 << course.limitWaits))
    course.limitWaits += 1
    let until = time.monotonic() + asked
    guard !endsPass, course.limitWaits <= Self.mostLimitWaits, until < passDeadline, !isDraining
    else {
      stop(limit)
      throw .rateLimited(limit)
    }
    course.remaining = limits.perCallDeadline
    if until > pause?.until ?? .zero { pause = (until, limit) }
    logger.info(
      "rate limit reached, waiting",
      metadata: [
        "system": "\(system)", "scope": "\(limit.scope)", "ms": "\(asked.milliseconds)",
      ])
  }

  private func stop(_ limit: RateLimit) {
    stopped = limit
    if let asked = limit.retryAfter {
      let longest = Duration.seconds(86_400)
      budget?.block(until: time.now() + min(asked, longest).milliseconds, scope: limit.scope)
      if let state = budget?.state { try? budgetStore.save(state) }
    }
    logger.warning(
      "rate limit reached, not calling again in this pass",
      metadata: ["system": "\(system)", "scope": "\(limit.scope)"])
    pump()
  }

  /// After a failure in which the request may have arrived.
  func recover(
    _ call: Call, _ reason: String, _ retryAfter: Duration?, _ course: inout Course
  ) async throws(RemoteError) {
    guard call.purpose.isRead else { throw .outcomeUnknown(reason: reason) }
    let own = jitter.spread(.seconds(1 << course.repeats))
    let wait = max(own, min(retryAfter ?? .zero, RateLimit.longestWait))
    course.repeats += 1
    guard course.repeats <= Self.mostRepeats else { throw .unreadable(reason: reason) }
    guard await backOff(wait, &course) else {
      throw isOver ? .deadlinePassed : .unreadable(reason: reason)
    }
  }

  /// After a failure in which nothing left this machine.
  func retryUnsent(_ reason: String, _ course: inout Course) async throws(RemoteError) {
    let wait = jitter.spread(.seconds(1 << course.unsent))
    course.unsent += 1
    guard course.unsent <= Self.mostUnsent, !Task.isCancelled, await backOff(wait, &course)
    else { throw .notSent(reason: reason) }
  }

  /// False where the wait does not fit the call or the pass, or was cut short.
  private func backOff(_ wait: Duration, _ course: inout Course) async -> Bool {
    guard wait < course.remaining, time.monotonic() + wait < passDeadline, !isDraining else {
      return false
    }
    course.remaining -= wait
    nextID += 1
    let id = nextID
    let task = Task { [time] in
      do { try await time.sleep(wait) } catch {}
    }
    pauses[id] = task
    await withTaskCancellationHandler {
      await task.value
    } onCancel: {
      task.cancel()
    }
    pauses[id] = nil
    return !isDraining && !Task.isCancelled
  }

  /// Ends the work in good order (SIGTERM): nothing new is sent, waits and reads end at once,
  /// writes in flight get the grace to be answered. Returns when nothing is in flight.
  package func drain(grace: Duration = SystemClient.grace) async {
    isDraining = true
    pump()
    for task in pauses.values { task.cancel() }
    let flights = Array(inFlight.values)
    for flight in flights where flight.isRead { flight.task.cancel() }
    async let renewal: Void = authorizer.drain(grace: grace)
    let cut = Task { [time] in
      do { try await time.alarm(grace) } catch { return }
      for flight in flights { flight.task.cancel() }
    }
    for flight in flights { _ = await flight.task.value }
    cut.cancel()
    await renewal
  }
}
