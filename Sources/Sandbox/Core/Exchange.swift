package import Foundation

/// One HTTP request as a simulated vendor sees it.
///
/// `path` is percent-decoded and carries no query; header names are lower case.
package struct SandboxRequest: Sendable, Hashable {
  package var method: String
  package var path: String
  package var query: [QueryItem]
  package var headers: [String: String]
  package var body: Data

  package struct QueryItem: Sendable, Hashable {
    package var name: String
    package var value: String

    package init(name: String, value: String) {
      self.name = name
      self.value = value
    }
  }

  package init(
    method: String, path: String, query: [QueryItem] = [], headers: [String: String] = [:],
    body: Data = Data()
  ) {
    self.method = method
    self.path = path
    self.query = query
    self.headers = headers
    self.body = body
  }

  /// The first value of a query parameter, compared without regard to letter case.
  package func queryValue(_ name: String) -> String? {
    query.first { $0.name.lowercased() == name.lowercased() }?.value
  }
}

/// What a simulated vendor answers.
package struct SandboxResponse: Sendable, Hashable {
  package var status: Int
  package var headers: [Header]
  package var body: Data
  package var delivery: Delivery

  package struct Header: Sendable, Hashable {
    package var name: String
    package var value: String

    package init(name: String, value: String) {
      self.name = name
      self.value = value
    }
  }

  /// How the answer reaches the client: the faults of the wire.
  package enum Delivery: Sendable, Hashable {
    case whole
    /// The connection closes before a byte of the answer (applied or not is the vendor's matter).
    case dropped
    /// Only the first `bytes` of the body arrive although more were announced.
    case truncated(bytes: Int)
    /// The answer arrives after this many seconds.
    case delayed(seconds: Int)
  }

  package init(
    status: Int, headers: [Header] = [], body: Data = Data(), delivery: Delivery = .whole
  ) {
    self.status = status
    self.headers = headers
    self.body = body
    self.delivery = delivery
  }
}

/// The sandbox's own clock reading: milliseconds since 1970 in UTC.
package struct SandboxTime: Sendable, Hashable, Comparable {
  package var milliseconds: Int64

  package init(milliseconds: Int64) { self.milliseconds = milliseconds }

  package static func < (left: Self, right: Self) -> Bool {
    left.milliseconds < right.milliseconds
  }

  package func advanced(seconds: Int64) -> Self {
    Self(milliseconds: milliseconds + seconds * 1000)
  }
}

/// A simulated vendor: a value with one mutating door, so that a whole world can be copied at
/// any instant, replayed, and run without a socket.
package protocol SimulatedVendor: Sendable {
  /// The name under `/_sandbox/<name>/…` and in `--systems`, for example `xero`.
  static var name: String { get }

  /// Whether a request path belongs to this vendor (all vendors share one port).
  func claims(path: String) -> Bool

  /// Answers one request of the vendor's own API at the given time.
  mutating func handle(_ request: SandboxRequest, at now: SandboxTime) -> SandboxResponse

  /// A person at work in the vendor's own screens: `/_sandbox/<name>/<verb>` with a JSON body.
  /// Returns a JSON object; an unknown verb or bad body is a 400 that names what was expected.
  mutating func control(_ verb: String, body: Data, at now: SandboxTime) -> SandboxResponse

  /// What a judge wants to see of this vendor, as a JSON object; served at `/_sandbox/state`.
  /// Optional: empty unless the vendor has its own.
  func stateSummary() -> JSONValue

  /// Whether the request would change the vendor's data when it succeeds. Optional: every method
  /// but GET, HEAD and OPTIONS.
  func isWrite(_ request: SandboxRequest) -> Bool

  /// Makes every access token invalid from now on, as the fault `expire_token` needs. Optional:
  /// the control verb `expire_tokens`.
  mutating func expireAccessTokens(at now: SandboxTime)
}
