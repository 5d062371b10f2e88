/// The calls one remote system still allows us: short windows, which are waited for, and the day,
/// which is rationed by priority. A value: the client owns it and stores its state.
package struct Budget: Sendable {
  /// Why a call was not even sent.
  package struct Exhaustion: Hashable, Sendable, CustomStringConvertible {
    /// `day`, or the name of a short window that ends after the pass does.
    package var window: String
    /// Calls left in it, which may be reserved for more important work; 0 or more.
    package var remaining: Int
    /// When more will be allowed; nil: not known.
    package var resetsIn: Duration?

    package init(window: String, remaining: Int, resetsIn: Duration?) {
      self.window = window
      self.remaining = remaining
      self.resetsIn = resetsIn
    }

    package var description: String {
      let reserved = remaining > 0 ? ", \(remaining) kept for more important calls" : ""
      let again = resetsIn.map { ", again in \($0.components.seconds) s" } ?? ""
      return "\(window)\(reserved)\(again)"
    }
  }

  enum Admission: Hashable {
    case now
    case wait(Duration, window: String)
    case exhausted(Exhaustion)
  }

  let limits: ClientLimits
  private(set) var state: BudgetState
  /// Starts of recent requests on the monotonic clock, oldest first.
  private var starts: [Duration] = []
  /// No request before this moment: the vendor said its short window is empty.
  private var heldUntil: Duration?

  /// Stamps that the clock has jumped over are dropped: the server will tell.
  init(limits: ClientLimits, state: BudgetState, wall: Int64, monotonic: Duration) {
    self.limits = limits
    self.state = state
    self.state.forget(at: wall)
    starts = state.recent
      .map { wall - $0 }
      .filter { $0 >= 0 && $0 <= Self.longest(limits).milliseconds }
      .sorted(by: >)
      .map { monotonic - .milliseconds($0) }
  }

  private static func longest(_ limits: ClientLimits) -> Duration {
    limits.windows.map(\.length).max() ?? .zero
  }

  func admission(_ priority: CallPriority, wall: Int64, monotonic: Duration) -> Admission {
    if let exhaustion = dayExhaustion(priority, wall: wall) { return .exhausted(exhaustion) }
    var wait = Duration.zero
    var cause = "interval"
    if let last = starts.last { wait = max(wait, last + limits.minimumInterval - monotonic) }
    if let heldUntil, heldUntil - monotonic > wait {
      (wait, cause) = (heldUntil - monotonic, "window")
    }
    for window in limits.windows where window.limit > 0 {
      let inside = starts.filter { monotonic - $0 < window.length }
      guard inside.count >= window.limit else { continue }
      let free = inside[inside.count - window.limit] + window.length - monotonic
      if free > wait { (wait, cause) = (free, window.name) }
    }
    return wait > .zero ? .wait(wait, window: cause) : .now
  }

  private func dayExhaustion(_ priority: CallPriority, wall: Int64) -> Exhaustion? {
    guard let left = state.remaining(limits, at: wall) else { return nil }
    let vendorDay = max(state.freshReading(at: wall)?.limit ?? limits.perDay ?? 0, left)
    let day = min(vendorDay, limits.dailyCap ?? vendorDay)
    let forMoney = day * limits.moneyReservePercent / 100
    let floor: Int
    switch priority {
    case .money: floor = 0
    case .contacts: floor = forMoney
    case .background: floor = forMoney + day * limits.contactsReservePercent / 100
    }
    if left > floor { return nil }
    if priority == .money, state.mayProbe(limits, at: wall) { return nil }
    return Exhaustion(
      window: "day", remaining: max(0, left), resetsIn: state.nextRelief(at: wall))
  }

  /// Counts one request as about to leave.
  mutating func spend(wall: Int64, monotonic: Duration) {
    starts.append(monotonic)
    let horizon = monotonic - Self.longest(limits)
    starts.removeAll { $0 < horizon }
    state.spend(at: wall, keeping: Self.longest(limits))
  }

  /// Takes back the newest request: it never left.
  mutating func refund(wall: Int64) {
    if !starts.isEmpty { starts.removeLast() }
    state.refund(at: wall)
  }

  /// Takes over what the vendor counts, which is truer than our own count.
  mutating func learn(_ reading: LimitReading, wall: Int64, monotonic: Duration) {
    if let remaining = reading.dayRemaining {
      state.reading = DayReading(remaining: remaining, limit: reading.dayLimit, at: wall)
    }
    if let left = reading.windowRemaining, left <= 0, let length = limits.windows.first?.length {
      let oldest = starts.first { monotonic - $0 < length }
      let natural = oldest.map { $0 + length - monotonic } ?? length
      heldUntil = monotonic + (reading.windowResetsIn ?? natural)
    }
  }

  /// No call before then, in this pass or a later one; wall clock in milliseconds.
  mutating func block(until wall: Int64, scope: String) {
    state.block = BudgetState.Block(until: wall, scope: scope)
  }
}
