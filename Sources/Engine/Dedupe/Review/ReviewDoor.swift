/// Who may come in: the browser that was given the key, on this machine, from the page itself.
package struct ReviewDoor: Sendable {
  private let port: Int
  private let key: String
  private let token: String

  /// - Parameters:
  ///   - key: opens the page once, in its address.
  ///   - token: what the browser shows from then on. Both are long and random.
  package init(port: Int, key: String, token: String) {
    self.port = port
    self.key = key
    self.token = token
  }

  /// The address to open.
  package var address: String { "http://127.0.0.1:\(port)/?key=\(key)" }

  private var cookieName: String { "xerosync_review_\(port)" }

  var cookie: String { "\(cookieName)=\(token); HttpOnly; SameSite=Strict; Path=/" }

  /// Sent with every answer: nothing is loaded from elsewhere, framed, kept, or told to others.
  static let headers = [
    "Content-Security-Policy":
      "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
      + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer", "Cache-Control": "no-store",
    "Cross-Origin-Resource-Policy": "same-origin", "Cross-Origin-Opener-Policy": "same-origin",
  ]

  /// A name that another site points at this machine is not ours.
  func isOwnHost(_ request: ReviewRequest) -> Bool {
    guard let host = request.headers["host"] else { return false }
    return host == "127.0.0.1:\(port)" || host == "localhost:\(port)"
  }

  /// Another site's page may not even read.
  func isOwnOrigin(_ request: ReviewRequest) -> Bool {
    if let origin = request.headers["origin"], !isOwn(origin, request) { return false }
    guard let site = request.headers["sec-fetch-site"] else { return true }
    return site == "same-origin" || site == "none"
  }

  /// A change must say that it comes from the page.
  func isOwnChange(_ request: ReviewRequest) -> Bool {
    guard let origin = request.headers["origin"], isOwn(origin, request) else { return false }
    return request.headers["content-type"] == "application/json"
  }

  private func isOwn(_ origin: String, _ request: ReviewRequest) -> Bool {
    request.headers["host"].map { origin == "http://\($0)" } ?? false
  }

  func isKey(_ text: String) -> Bool { Self.isEqual(text, key) }

  func hasCookie(_ request: ReviewRequest) -> Bool {
    let cookies = (request.headers["cookie"] ?? "").split(separator: ";")
    return cookies.contains { cookie in
      let parts = cookie.split(separator: "=", maxSplits: 1)
      guard parts.count == 2, parts[0].drop(while: { $0 == " " }) == cookieName else {
        return false
      }
      return Self.isEqual(String(parts[1]), token)
    }
  }

  /// Takes as long for a near miss as for a far one.
  private static func isEqual(_ one: String, _ other: String) -> Bool {
    let (a, b) = (Array(one.utf8), Array(other.utf8))
    guard a.count == b.count else { return false }
    return zip(a, b).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
  }
}
