package import Foundation

/// The request methods the systems use.
package enum HTTPMethod: String, Sendable, Hashable, CaseIterable {
  case get = "GET"
  case post = "POST"
  case put = "PUT"
  case patch = "PATCH"
  case delete = "DELETE"
}

/// One request as it leaves: everything but the connection.
package struct HTTPRequest: Sendable, Hashable {
  package var method: HTTPMethod
  package var url: URL
  package var headers: [String: String]
  /// nil: no body and no content type.
  package var body: Data?
  /// Whether it does no harm if the network layer sends it twice. A write is not repeatable, and
  /// gets a connection of its own: on a used one, libcurl repeats even a POST in silence.
  package var isRepeatable: Bool

  /// `isRepeatable` nil: GET is, everything else is not.
  package init(
    method: HTTPMethod, url: URL, headers: [String: String] = [:], body: Data? = nil,
    isRepeatable: Bool? = nil
  ) {
    self.method = method
    self.url = url
    self.headers = headers
    self.body = body
    self.isRepeatable = isRepeatable ?? (method == .get)
  }
}

/// Header fields of an answer; names are looked up without regard to letter case.
package struct HTTPHeaders: Sendable, Hashable, ExpressibleByDictionaryLiteral {
  private var fields: [String: String] = [:]

  /// Repeated names are joined with a comma, as RFC 9110 allows.
  package init(_ pairs: [(name: String, value: String)]) {
    for (name, value) in pairs {
      let key = name.lowercased()
      fields[key] = fields[key].map { "\($0), \(value)" } ?? value
    }
  }

  package init(dictionaryLiteral elements: (String, String)...) {
    self.init(elements.map { (name: $0.0, value: $0.1) })
  }

  /// The field's value; nil where the answer has no such field.
  package subscript(name: String) -> String? {
    get { fields[name.lowercased()] }
    set { fields[name.lowercased()] = newValue }
  }
}

/// One answer as it arrived, decoded from its transfer and content encoding.
package struct HTTPResponse: Sendable, Hashable {
  package var status: Int
  package var headers: HTTPHeaders
  package var body: Data

  package init(status: Int, headers: HTTPHeaders = [:], body: Data = Data()) {
    self.status = status
    self.headers = headers
    self.body = body
  }
}

extension HTTPRequest: CustomStringConvertible, CustomDebugStringConvertible {
  /// Method and host: address and headers may carry secrets.
  package var description: String { "\(method.rawValue) \(url.host ?? "no host")" }
  package var debugDescription: String { description }
}

extension HTTPResponse: CustomStringConvertible, CustomDebugStringConvertible {
  /// Status and size: headers and body may carry customer data.
  package var description: String { "HTTP \(status), \(body.count) bytes" }
  package var debugDescription: String { description }
}

/// Why no usable answer came back. Texts name error codes only: no address, header or body.
package enum HTTPFailure: Error, Hashable, Sendable {
  /// The connection was never made: the request cannot have arrived.
  case notSent(String)
  /// The request may have arrived, whole or in part.
  case interrupted(String)
  /// The caller gave up before the first byte left.
  case cancelledBeforeSending
  /// The answer was longer than the limit, in bytes after decompression.
  case tooLarge(limit: Int)
}

/// The one seam to the network. The live one is `LiveHTTP`; tests and simulations pass their own,
/// which must end promptly when its task is cancelled.
package struct HTTPExchange: Sendable {
  /// Sends one request and reads the whole answer. `idleTimeout` bounds the silence, not the whole.
  package var send:
    @Sendable (HTTPRequest, _ idleTimeout: Duration) async throws(HTTPFailure) -> HTTPResponse

  package init(
    send:
      @escaping @Sendable (HTTPRequest, _ idleTimeout: Duration) async throws(HTTPFailure)
      -> HTTPResponse
  ) {
    self.send = send
  }
}
