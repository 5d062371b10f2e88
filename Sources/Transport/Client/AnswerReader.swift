/// What an answer's headers say about the allowance left.
package struct LimitReading: Sendable, Hashable {
  /// Calls left in the vendor's day; nil: not said.
  package var dayRemaining: Int?
  /// Calls the vendor's day holds; nil: not said.
  package var dayLimit: Int?
  /// Calls left in the vendor's short window; nil: not said.
  package var windowRemaining: Int?
  /// When the short window is full again; nil: not said.
  package var windowResetsIn: Duration?

  package init(
    dayRemaining: Int? = nil, dayLimit: Int? = nil, windowRemaining: Int? = nil,
    windowResetsIn: Duration? = nil
  ) {
    self.dayRemaining = dayRemaining
    self.dayLimit = dayLimit
    self.windowRemaining = windowRemaining
    self.windowResetsIn = windowResetsIn
  }
}

/// A vendor's way of saying that a limit was reached.
package struct RateLimitSign: Sendable, Hashable {
  package var scope: String
  /// Overrides the `Retry-After` header; nil: the header decides.
  package var retryAfter: Duration?
  /// The limit lasts longer than this pass (a day's, a month's): no wait is tried.
  package var endsPass: Bool

  package init(scope: String, retryAfter: Duration? = nil, endsPass: Bool = false) {
    self.scope = scope
    self.retryAfter = retryAfter
    self.endsPass = endsPass
  }
}

/// How one vendor words limits and refusals. Pure functions; the defaults know plain HTTP only.
package struct AnswerReader: Sendable {
  /// Allowance told by an answer's headers; nil where it tells nothing.
  package var limits: @Sendable (HTTPHeaders) -> LimitReading?
  /// Asked for every answer outside 2xx; non-nil makes it a rate limit whatever its status.
  /// Status 429 is one in any case.
  package var rateLimit: @Sendable (HTTPResponse) -> RateLimitSign?
  /// Code and message of a refusal; nil: `http_<status>` and no message.
  package var refusal: @Sendable (HTTPResponse) -> (code: String, message: String)?
  /// Whether a 401 can be cured by a new access token (a missing scope cannot).
  package var renewalHelps: @Sendable (HTTPResponse) -> Bool
  /// Header that carries the vendor's id of a request.
  package var correlationHeaders: [String]

  package init(
    limits: @escaping @Sendable (HTTPHeaders) -> LimitReading? = { _ in nil },
    rateLimit: @escaping @Sendable (HTTPResponse) -> RateLimitSign? = { _ in nil },
    refusal: @escaping @Sendable (HTTPResponse) -> (code: String, message: String)? = { _ in nil },
    renewalHelps: @escaping @Sendable (HTTPResponse) -> Bool = { _ in true },
    correlationHeaders: [String] = ["X-Correlation-Id", "X-Request-Id"]
  ) {
    self.limits = limits
    self.rateLimit = rateLimit
    self.refusal = refusal
    self.renewalHelps = renewalHelps
    self.correlationHeaders = correlationHeaders
  }

  /// Plain HTTP.
  package static var plain: AnswerReader { AnswerReader() }
}
