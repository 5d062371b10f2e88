package import Foundation
package import Logging

/// The client of one remote system for one pass: the only way a request reaches it.
///
/// It waits for the system's limits, spends the budget by priority, renews credentials, repeats
/// reads, and never repeats a write whose outcome is unknown.
package actor SystemClient {
  package nonisolated let system: String
  nonisolated let origins: Set<Origin>
  let exchange: HTTPExchange
  let time: TimeSource
  let authorizer: any Authorizer
  let limits: ClientLimits
  let budgetStore: BudgetStore
  let reader: AnswerReader
  let redactor: Redactor
  let logger: Logger
  let userAgent: String

  /// Requests handed to the network, repeats included; token requests are not among them.
  package internal(set) var callCount = 0
  /// The server's clock less ours at its last answer; nil: it has not told the time.
  package internal(set) var serverClockSkew: Duration?

  /// On the scale of `TimeSource.monotonic`.
  var passDeadline: Duration
  var isDraining = false
  /// Set once the system has told us to come back later than this pass can wait.
  var stopped: RateLimit?
  /// Nobody calls before then: the system asked for it.
  var pause: (until: Duration, limit: RateLimit)?
  var budget: Budget?
  var waiters: [Waiter] = []
  var inFlight: [Int: Flight] = [:]
  var occupied = 0
  var wake: Task<Void, Never>?
  var pauses: [Int: Task<Void, Never>] = [:]
  var nextID = 0
  var jitter: Jitter

  /// `baseURLs`: where credentials may be sent; others are refused. `passDeadline`: a moment on the
  /// scale of `time.monotonic`. `seed`: of the jitter in back-off.
  package init(
    system: String, baseURLs: [URL], exchange: HTTPExchange, time: TimeSource,
    authorizer: any Authorizer, limits: ClientLimits, budgetStore: BudgetStore,
    reader: AnswerReader = .plain, redactor: Redactor, logger: Logger, userAgent: String,
    passDeadline: Duration, seed: UInt64
  ) {
    self.system = system
    origins = Set(baseURLs.compactMap { Origin($0) })
    self.exchange = exchange
    self.time = time
    self.authorizer = authorizer
    self.limits = limits
    self.budgetStore = budgetStore
    self.reader = reader
    self.redactor = redactor
    self.logger = logger
    self.userAgent = userAgent
    self.passDeadline = passDeadline
    jitter = Jitter(seed: seed)
  }

  /// The address of a next page, if it is the system's own; else `unreadable`: a token must not
  /// follow it to another host or out of TLS.
  package nonisolated func checked(nextPage: URL) throws(RemoteError) -> URL {
    guard let origin = Origin(nextPage), origins.contains(origin) else {
      throw .unreadable(
        reason: "the next page is on \(nextPage.host ?? "no host"), which is not \(system)")
    }
    return nextPage
  }

  /// What is left of the budget, for reports; nil: not used yet, or no daily limit.
  package var dayRemaining: Int? { budget?.state.remaining(limits, at: time.now()) }

  /// Calls that wait for their turn.
  package var queued: Int { waiters.count }

  /// Makes a call, with every wait and repeat it is due.
  package func call(_ call: Call) async throws(RemoteError) -> HTTPResponse {
    guard let origin = Origin(call.url), origins.contains(origin) else {
      throw .notSent(
        reason: "\(call.url.host ?? "no host") is not an address of \(system) in the configuration")
    }
    var course = Course(perCall: limits.perCallDeadline)
    var credentials = try await ready { () async throws(RemoteError) in
      try await self.authorizer.headers()
    }
    while true {
      try await admit(call.priority)
      let verdict = await attempt(call, credentials: credentials, course: &course)
      switch verdict {
      case .answer(let response):
        await authorizer.accepted(credentials)
        return response
      case .refused(let refusal): throw .refused(refusal)
      case .rateLimited(let limit, let endsPass):
        try await wait(for: limit, endsPass: endsPass, course: &course)
      case .unauthorized(let renewalHelps):
        guard renewalHelps, !course.renewed else { throw signInNeeded(renewalHelps) }
        course.renewed = true
        course.remaining = limits.perCallDeadline
        credentials = try await renewed(after: credentials)
        continue
      case .failed(let reason, let retryAfter):
        try await recover(call, reason, retryAfter, &course)
      case .garbled(let reason):
        guard call.purpose.isRead else { throw .outcomeUnknown(reason: reason) }
        guard !course.reread else { throw .unreadable(reason: reason) }
        course.reread = true
      case .notSent(let reason):
        try await retryUnsent(reason, &course)
      }
      credentials = try await ready { () async throws(RemoteError) in
        try await self.authorizer.headers()
      }
    }
  }

  private func ready(
    _ fetch: () async throws(RemoteError) -> [String: String]
  ) async throws(RemoteError) -> [String: String] {
    if isOver { throw .deadlinePassed }
    if let stopped { throw .rateLimited(stopped) }
    return try await fetch()
  }

  private func renewed(
    after rejected: [String: String]
  ) async throws(RemoteError) -> [String: String] {
    if isOver { throw .deadlinePassed }
    return try await authorizer.refreshed(after: rejected)
  }

  private func signInNeeded(_ renewalHelps: Bool) -> RemoteError {
    .signInNeeded(
      reason: renewalHelps
        ? "\(system) refuses a freshly renewed token; sign in again: xerosync auth login \(system)"
        : "\(system) refuses this sign-in; sign in again: xerosync auth login \(system)")
  }

  var isOver: Bool { isDraining || time.monotonic() >= passDeadline }
}

/// How far one call has come.
struct Course {
  /// Time left on the wire and in back-off.
  var remaining: Duration
  var repeats = 0
  var unsent = 0
  var limitWaits = 0
  var renewed = false
  var reread = false

  init(perCall: Duration) { remaining = perCall }
}

/// SplitMix64: back-off must differ between clients and be equal for equal seeds.
struct Jitter {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  /// The duration times a factor from one half up to three halves.
  mutating func spread(_ duration: Duration) -> Duration {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    mixed ^= mixed >> 31
    let thousandths = Int64(500 + mixed % 1001)
    return .milliseconds(duration.milliseconds * thousandths / 1000)
  }
}
