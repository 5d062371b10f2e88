/// Something that goes wrong on purpose: which requests it meets, when, and what happens.
package struct Fault: Sendable, Hashable {
  /// The vendor's name; nil for all vendors.
  package var vendor: String?
  /// The HTTP method in upper case; nil for all methods.
  package var method: String?
  /// The beginning of the path, compared without regard to letter case; nil for all paths.
  package var path: String?
  /// How many matching requests pass unharmed first.
  package var skip: Int
  /// How many requests are harmed after that; nil for all of them.
  package var times: Int?
  package var kind: Kind

  package init(
    _ kind: Kind, vendor: String? = nil, method: String? = nil, path: String? = nil,
    skip: Int = 0, times: Int? = 1
  ) {
    self.vendor = vendor
    self.method = method?.uppercased()
    self.path = path
    self.skip = skip
    self.times = times
    self.kind = kind
  }

  package enum Kind: Sendable, Hashable {
    /// The connection ends before an answer and nothing was applied.
    case refuseConnection
    /// The same, as a separate name for a request that did arrive.
    case dropBefore
    /// Applied, and the connection ends before an answer.
    case dropAfter
    /// Not applied, answered with this instead.
    case status(Answer)
    /// Applied, answered with this instead of the truth.
    case statusAfter(Answer)
    /// Applied; only so many bytes of the body arrive (nil: the first half).
    case truncate(bytes: Int?)
    /// A page instead of data.
    case html(status: Int, page: String, applied: Bool)
    /// Applied; the answer arrives late.
    case delay(seconds: Int)
    /// Not applied; answered 429.
    case rateLimit(RetryAfter, problem: String?)
    /// All access tokens expire, then the request is handled.
    case expireToken
    /// Not applied; sent to another address.
    case redirect(location: String, status: Int)
    /// Answered with a body that is not JSON.
    case badJSON(applied: Bool)
    /// The request is executed twice, as a proxy may do; the second answer is returned.
    case duplicate
  }

  /// An answer made up by the fault.
  package struct Answer: Sendable, Hashable {
    package var status: Int
    package var contentType: String
    package var body: String
    package var headers: [SandboxResponse.Header]

    package init(
      status: Int, contentType: String = "text/html; charset=utf-8", body: String? = nil,
      headers: [SandboxResponse.Header] = []
    ) {
      self.status = status
      self.contentType = contentType
      self.body = body ?? Fault.page("\(status)")
      self.headers = headers
    }
  }

  /// How a 429 tells when to come back.
  package enum RetryAfter: Sendable, Hashable {
    case absent
    case seconds(Int)
    /// An HTTP date so many seconds ahead.
    case date(inSeconds: Int)
  }

  /// A page such as a gateway would send.
  static func page(_ title: String) -> String {
    "<!doctype html><html><head><title>\(title)</title></head>"
      + "<body><h1>\(title)</h1></body></html>"
  }

  /// Whether the fault is meant for this request, whatever its counters say.
  func matches(_ request: SandboxRequest, vendor name: String) -> Bool {
    (vendor == nil || vendor == name) && (method == nil || method == request.method.uppercased())
      && (path.map { request.path.lowercased().hasPrefix($0.lowercased()) } ?? true)
  }
}

/// The faults in force with their counters. The first fault that matches and is due fires.
struct FaultPlan: Sendable {
  private(set) var entries: [Entry] = []

  struct Entry: Sendable {
    var fault: Fault
    var seen = 0
    var fired = 0
  }

  init(_ faults: [Fault] = []) { entries = faults.map { Entry(fault: $0) } }

  mutating func next(for request: SandboxRequest, vendor: String) -> Fault? {
    for index in entries.indices where entries[index].fault.matches(request, vendor: vendor) {
      entries[index].seen += 1
      let fault = entries[index].fault
      guard entries[index].seen > fault.skip else { continue }
      if let times = fault.times, entries[index].fired >= times { continue }
      entries[index].fired += 1
      return fault
    }
    return nil
  }
}
