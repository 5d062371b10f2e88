internal import Connectors
internal import Domain
internal import Logging
internal import Snapshot
internal import Transport

extension Pass {
  /// Tidiness that fails is tried again tomorrow.
  func housekeep(_ store: SnapshotStore, _ clock: PassClock) {
    guard !options.isDryRun else { return }
    do {
      try Housekeeping(store: store, historyDays: environment.historyDays, now: clock.now()).run()
    } catch {
      environment.logger.warning(
        "the snapshot could not be tidied", metadata: ["reason": "\(error)"])
    }
  }

  /// A clock that is far from the servers' may be on another day: nothing is judged overdue, and
  /// no invoice dated, by it. A rehearsal at another time knows what it does.
  func wrongClock() async -> PassReport.Trouble? {
    guard options.asOf == nil else { return nil }
    var skews: [(SystemName, Int64)] = []
    let accounting = environment.systems.accounting
    if let skew = await accounting.health().clockSkewSeconds {
      skews.append((accounting.name, skew))
    }
    for crm in environment.systems.crms {
      if let skew = await crm.health().clockSkewSeconds { skews.append((crm.name, skew)) }
    }
    guard let (system, skew) = skews.max(by: { abs($0.1) < abs($1.1) }) else { return nil }
    let check = ClockCheck.check(system, skewSeconds: skew)
    guard check.status != .ok else { return nil }
    environment.logger.warning("\(check.message)")
    guard check.status == .error else { return nil }
    return PassReport.Trouble(
      system: system, message: "\(check.message); nothing was written: \(check.remedy ?? "")")
  }
}
