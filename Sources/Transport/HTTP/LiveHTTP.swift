import Foundation
import Synchronization

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

/// The session behind one exchange.
private final class LiveSessions: Sendable {
  private let delegate: LiveDelegate
  private let session: URLSession

  init(userAgent: String, maxConnectionsPerHost: Int, limit: Int) {
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

  deinit { session.invalidateAndCancel() }

  func send(_ request: HTTPRequest, idle: Duration) async throws(HTTPFailure) -> HTTPResponse {
    var live = URLRequest(url: request.url)
    live.httpMethod = request.method.rawValue
    live.timeoutInterval = idle.inSeconds
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

/// One request's place to wait. Whoever comes first, answer or cancellation, ends it.
private final class LiveFlight: Sendable {
  typealias Ending = CheckedContinuation<Result<HTTPResponse, HTTPFailure>, Never>

  private enum Stage {
    case idle
    case cancelledEarly
    case flying(Ending)
    case over
  }

  private let stage = Mutex(Stage.idle)

  /// False, with the continuation resumed, where the caller had given up already.
  func begin(_ ending: Ending) -> Bool {
    let begun = stage.withLock { stage in
      if case .idle = stage {
        stage = .flying(ending)
        return true
      }
      stage = .over
      return false
    }
    if !begun { ending.resume(returning: .failure(.cancelledBeforeSending)) }
    return begun
  }

  /// True where a request was under way and must be stopped.
  func cancel() -> Bool {
    let wasIdle = stage.withLock { stage in
      guard case .idle = stage else { return false }
      stage = .cancelledEarly
      return true
    }
    return wasIdle ? false : end(.failure(.interrupted("cancelled")))
  }

  /// False where it had ended before.
  @discardableResult
  func end(_ result: Result<HTTPResponse, HTTPFailure>) -> Bool {
    let ending: Ending? = stage.withLock { stage in
      guard case .flying(let ending) = stage else { return nil }
      stage = .over
      return ending
    }
    ending?.resume(returning: result)
    return ending != nil
  }
}

/// Collects answers, refuses redirects, and translates errors.
private final class LiveDelegate: NSObject, URLSessionDataDelegate, Sendable {
  private struct Arrival {
    let flight: LiveFlight
    var body = Data()
    var isTooLarge = false
  }

  private let limit: Int
  private let arrivals = Mutex<[Int: Arrival]>([:])

  init(limit: Int) { self.limit = limit }

  func follow(_ task: URLSessionTask, _ flight: LiveFlight) {
    arrivals.withLock { $0[task.taskIdentifier] = Arrival(flight: flight) }
  }

  /// Foundation would follow, and send `Authorization` along to any host.
  func urlSession(
    _ session: URLSession, task: URLSessionTask,
    willPerformHTTPRedirection response: HTTPURLResponse, newRequest request: URLRequest,
    completionHandler: @escaping @Sendable (URLRequest?) -> Void
  ) {
    completionHandler(nil)
  }

  func urlSession(_ session: URLSession, dataTask: URLSessionDataTask, didReceive data: Data) {
    let isTooLarge = arrivals.withLock { arrivals in
      guard var arrival = arrivals[dataTask.taskIdentifier] else { return false }
      arrivals[dataTask.taskIdentifier] = nil
      if arrival.body.count + data.count > limit {
        arrival.isTooLarge = true
        arrival.body = Data()
      } else if !arrival.isTooLarge {
        arrival.body.append(data)
      }
      arrivals[dataTask.taskIdentifier] = arrival
      return arrival.isTooLarge
    }
    if isTooLarge { dataTask.cancel() }
  }

  func urlSession(
    _ session: URLSession, task: URLSessionTask, didCompleteWithError error: (any Error)?
  ) {
    let found = arrivals.withLock { $0.removeValue(forKey: task.taskIdentifier) }
    guard let arrival = found else { return }
    if arrival.isTooLarge {
      arrival.flight.end(.failure(.tooLarge(limit: limit)))
    } else if let error {
      arrival.flight.end(.failure(LiveError.failure(error as NSError)))
    } else if let response = task.response as? HTTPURLResponse {
      let fields = response.allHeaderFields.map { (name: "\($0.key)", value: "\($0.value)") }
      let answer = HTTPResponse(
        status: response.statusCode, headers: HTTPHeaders(fields), body: arrival.body)
      arrival.flight.end(.success(answer))
    } else {
      arrival.flight.end(.failure(.interrupted("the answer was not HTTP")))
    }
  }
}

/// Foundation's error codes as measured on Linux. What is not listed may have arrived.
enum LiveError {
  static func failure(_ error: NSError) -> HTTPFailure {
    guard error.domain == NSURLErrorDomain else {
      return .interrupted("the connection failed")
    }
    let number = "(\(error.code))"
    switch error.code {
    case NSURLErrorCannotConnectToHost: return .notSent("the connection was refused \(number)")
    case NSURLErrorCannotFindHost, NSURLErrorDNSLookupFailed:
      return .notSent("the host name is not known \(number)")
    case NSURLErrorNotConnectedToInternet: return .notSent("there is no network \(number)")
    case NSURLErrorBadURL, NSURLErrorUnsupportedURL:
      return .notSent("the address is not usable \(number)")
    case NSURLErrorServerCertificateUntrusted, NSURLErrorServerCertificateHasBadDate,
      NSURLErrorServerCertificateHasUnknownRoot, NSURLErrorServerCertificateNotYetValid,
      NSURLErrorSecureConnectionFailed:
      return .notSent("the server's certificate is not valid \(number)")
    case NSURLErrorTimedOut: return .interrupted("the server was silent for too long \(number)")
    case NSURLErrorCancelled: return .interrupted("cancelled \(number)")
    default: return .interrupted("the connection was lost \(number)")
    }
  }
}
