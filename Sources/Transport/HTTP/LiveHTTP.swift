import Foundation

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

/// The network itself, over URLSession.
package enum LiveHTTP {
  /// An exchange with sessions of its own. Redirects are answers, cookies and caches are off, an
  /// answer longer than `maxBodyBytes` (after decompression) is cut.
  package static func exchange(
    userAgent: String, maxConnectionsPerHost: Int, maxBodyBytes: Int = 64 << 20
  ) -> HTTPExchange {
    let sessions = LiveSessions(
      userAgent: userAgent, maxConnectionsPerHost: maxConnectionsPerHost, limit: maxBodyBytes)
    return HTTPExchange { (request, idle) async throws(HTTPFailure) in
      try await sessions.send(request, idle: idle)
    }
  }
}

/// A shared session for requests that may be repeated, and one of its own for each that may not:
/// when a used connection is dropped before the answer, libcurl sends the request again on a new
/// one, even a POST. A new session has no used connections.
private final class LiveSessions: Sendable {
  private let userAgent: String
  private let maxConnectionsPerHost: Int
  private let limit: Int
  private let shared: LiveSession

  init(userAgent: String, maxConnectionsPerHost: Int, limit: Int) {
    self.userAgent = userAgent
    self.maxConnectionsPerHost = maxConnectionsPerHost
    self.limit = limit
    shared = LiveSession(userAgent, maxConnectionsPerHost, limit)
  }

  deinit { shared.end() }

  func send(_ request: HTTPRequest, idle: Duration) async throws(HTTPFailure) -> HTTPResponse {
    if request.isRepeatable { return try await shared.send(request, idle: idle) }
    let own = LiveSession(userAgent, maxConnectionsPerHost, limit)
    defer { own.end() }
    return try await own.send(request, idle: idle)
  }
}

/// One URLSession: no redirects, cookies, cache or stored credentials.
private struct LiveSession: Sendable {
  private let delegate: LiveDelegate
  private let session: URLSession

  init(_ userAgent: String, _ maxConnectionsPerHost: Int, _ limit: Int) {
    let configuration = URLSessionConfiguration.ephemeral
    configuration.httpCookieStorage = nil
    configuration.httpShouldSetCookies = false
    configuration.httpCookieAcceptPolicy = .never
    configuration.urlCache = nil
    configuration.urlCredentialStorage = nil
    configuration.requestCachePolicy = .reloadIgnoringLocalCacheData
    configuration.httpMaximumConnectionsPerHost = maxConnectionsPerHost
    configuration.httpAdditionalHeaders = ["User-Agent": userAgent]
    delegate = LiveDelegate(limit: limit)
    session = URLSession(configuration: configuration, delegate: delegate, delegateQueue: nil)
  }

  func end() { session.finishTasksAndInvalidate() }

  func send(_ request: HTTPRequest, idle: Duration) async throws(HTTPFailure) -> HTTPResponse {
    var live = URLRequest(url: request.url)
    live.httpMethod = request.method.rawValue
    // Whole seconds, for fractions are cut off below and zero would end the request at once.
    live.timeoutInterval = max(1, idle.inSeconds.rounded(.up))
    live.httpShouldHandleCookies = false
    live.httpBody = request.body
    for (name, value) in request.headers { live.setValue(value, forHTTPHeaderField: name) }
    let flight = LiveFlight()
    let task = session.dataTask(with: live)
    let result = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        guard flight.begin(continuation) else { return }
        delegate.follow(task, flight)
        task.resume()
      }
    } onCancel: {
      if flight.cancel() { task.cancel() }
    }
    return try result.get()
  }
}
