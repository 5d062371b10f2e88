package import Foundation

/// How a call to a remote system can fail. Closed: the engine decides by these cases alone.
package enum RemoteError: Error, Hashable, Sendable {
  /// Nothing left this machine: safe to send again.
  case notSent(reason: String)
  /// The request may have been applied: look it up before repeating it.
  case outcomeUnknown(reason: String)
  /// A definite no: nothing was changed.
  case refused(Refusal)
  /// A definite no for now: nothing was changed, and the system is not called again this pass.
  case rateLimited(RateLimit)
  /// Our own allowance is used up: nothing was sent.
  case budgetExhausted(Budget.Exhaustion)
  /// A read that gave no usable answer: HTML, truncated, not JSON, or the server failed throughout.
  case unreadable(reason: String)
  /// A token is missing, revoked or lacks a scope: a person must sign in.
  case signInNeeded(reason: String)
  /// The time of the pass is over: no change was sent.
  case deadlinePassed

  /// Whether the remote system may have changed; then it is looked up before anything is repeated.
  package var mayHaveBeenApplied: Bool {
    switch self {
    case .outcomeUnknown: true
    case .notSent, .refused, .rateLimited, .budgetExhausted, .unreadable, .signInNeeded,
      .deadlinePassed:
      false
    }
  }
}

/// A definite no from the remote system.
package struct Refusal: Hashable, Sendable {
  package var status: Int
  /// The system's own error code, or `http_<status>`; `redirect` for a redirect, never followed.
  package var code: String
  /// The system's words, scrubbed of secrets. May name a customer: for holds, not for logs.
  package var message: String
  /// The start of the answer's body, at most `bodyLimit` bytes, for connectors to read.
  package var body: Data
  /// The system's id of this request, for its support; nil where it sent none.
  package var correlationID: String?

  /// 256 KiB: a batch of refusals fits, a web page does not hurt.
  package static let bodyLimit = 262_144

  package init(
    status: Int, code: String, message: String = "", body: Data = Data(),
    correlationID: String? = nil
  ) {
    self.status = status
    self.code = code
    self.message = message
    self.body = Data(body.prefix(Self.bodyLimit))
    self.correlationID = correlationID
  }
}

/// A limit the remote system says was reached.
package struct RateLimit: Hashable, Sendable {
  /// How long the system asked to wait; nil where it did not say.
  package var retryAfter: Duration?
  /// Which limit, in the system's word (`minute`, `day`, …); `unknown` where it did not say.
  package var scope: String

  package init(retryAfter: Duration?, scope: String) {
    self.retryAfter = retryAfter
    self.scope = scope
  }

  /// Longer than two minutes: the rest waits for a later pass.
  package var isDeferred: Bool { (retryAfter ?? .zero) > RateLimit.longestWait }
  static let longestWait: Duration = .seconds(120)
}

extension RemoteError: CustomStringConvertible, CustomDebugStringConvertible {
  package var description: String {
    switch self {
    case .notSent(let reason): "the request was not sent: \(reason)"
    case .outcomeUnknown(let reason): "it is not known whether the change was made: \(reason)"
    case .refused(let refusal): "refused: \(refusal)"
    case .rateLimited(let limit): "rate limit reached: \(limit)"
    case .budgetExhausted(let exhaustion): "API budget used up: \(exhaustion)"
    case .unreadable(let reason): "no usable answer: \(reason)"
    case .signInNeeded(let reason): "sign-in needed: \(reason)"
    case .deadlinePassed: "the time of this pass is over; the next one goes on"
    }
  }

  package var debugDescription: String { description }
}

extension Refusal: CustomStringConvertible, CustomDebugStringConvertible {
  /// Status, code and correlation id: never the message or the body.
  package var description: String {
    let id = correlationID.map { ", request \($0)" } ?? ""
    return "HTTP \(status), \(code)\(id)"
  }

  package var debugDescription: String { description }
}

extension RateLimit: CustomStringConvertible {
  package var description: String {
    guard let retryAfter else { return scope }
    return "\(scope), again in \(retryAfter.components.seconds) s"
  }
}
