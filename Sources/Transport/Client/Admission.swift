/// A call that waits for its turn.
struct Waiter {
  let id: Int
  let priority: CallPriority
  /// Resumed with nil when the call may go, else with why it may not.
  let turn: CheckedContinuation<RemoteError?, Never>
}

extension SystemClient {
  /// Waits until one more request may leave, and counts it; the most important waiter goes first.
  func admit(_ priority: CallPriority) async throws(RemoteError) {
    if Task.isCancelled { throw .notSent(reason: "cancelled") }
    nextID += 1
    let id = nextID
    let refusal = await withTaskCancellationHandler {
      await withCheckedContinuation { turn in
        waiters.append(Waiter(id: id, priority: priority, turn: turn))
        pump()
      }
    } onCancel: {
      Task { await self.abandon(id) }
    }
    if let refusal { throw refusal }
  }

  private func abandon(_ id: Int) {
    guard let index = waiters.firstIndex(where: { $0.id == id }) else { return }
    waiters.remove(at: index).turn.resume(returning: .notSent(reason: "cancelled"))
    pump()
  }

  /// Lets through whoever may go now; sets an alarm for the first who may go later.
  func pump() {
    wake?.cancel()
    wake = nil
    while let index = foremost {
      if let refusal = generalRefusal {
        for waiter in waiters { waiter.turn.resume(returning: refusal) }
        waiters = []
        return
      }
      guard occupied < limits.maxConcurrent else { return }
      switch decision(waiters[index].priority) {
      case .success(.now):
        let refusal = start()
        waiters.remove(at: index).turn.resume(returning: refusal)
      case .success(.exhausted(let exhaustion)):
        waiters.remove(at: index).turn.resume(returning: .budgetExhausted(exhaustion))
      case .success(.wait(let wait, let window)):
        guard time.monotonic() + wait < passDeadline else {
          let exhaustion = Budget.Exhaustion(window: window, remaining: 0, resetsIn: wait)
          waiters.remove(at: index).turn.resume(returning: .budgetExhausted(exhaustion))
          continue
        }
        wakeUp(after: wait)
        return
      case .failure(let error):
        waiters.remove(at: index).turn.resume(returning: error)
      }
    }
  }

  private var foremost: Int? {
    waiters.indices.max {
      (waiters[$0].priority.rawValue, -waiters[$0].id)
        < (waiters[$1].priority.rawValue, -waiters[$1].id)
    }
  }

  private var generalRefusal: RemoteError? {
    if isOver { return .deadlinePassed }
    if let stopped { return .rateLimited(stopped) }
    return nil
  }

  private func decision(_ priority: CallPriority) -> Result<Budget.Admission, RemoteError> {
    let now = time.monotonic()
    if let pause, pause.until > now {
      if pause.until >= passDeadline { return .failure(.rateLimited(pause.limit)) }
      return .success(.wait(pause.until - now, window: pause.limit.scope))
    }
    let wall = time.now()
    switch loadedBudget(wall, now) {
    case .failure(let error): return .failure(error)
    case .success(let budget):
      if let block = budget.state.block, block.until > wall {
        let limit = RateLimit(retryAfter: .milliseconds(block.until - wall), scope: block.scope)
        stopped = limit
        return .failure(.rateLimited(limit))
      }
      return .success(budget.admission(priority, wall: wall, monotonic: now))
    }
  }

  private func loadedBudget(_ wall: Int64, _ now: Duration) -> Result<Budget, RemoteError> {
    if let budget { return .success(budget) }
    do {
      let state = try budgetStore.load() ?? BudgetState()
      let loaded = Budget(limits: limits, state: state, wall: wall, monotonic: now)
      budget = loaded
      return .success(loaded)
    } catch {
      return .failure(.notSent(reason: "the API budget of \(system) could not be read"))
    }
  }

  /// Counts the request before it leaves, so that a crash does not forget it.
  private func start() -> RemoteError? {
    budget?.spend(wall: time.now(), monotonic: time.monotonic())
    do {
      if let state = budget?.state { try budgetStore.save(state) }
    } catch {
      budget?.refund(wall: time.now())
      return .notSent(reason: "the API budget of \(system) could not be stored")
    }
    occupied += 1
    callCount += 1
    return nil
  }

  private func wakeUp(after wait: Duration) {
    wake = Task { [time] in
      do { try await time.sleep(wait) } catch { return }
      self.pump()
    }
  }
}
