import Foundation
import Synchronization

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

/// One request's place to wait. Whoever comes first, answer or cancellation, ends it.
final class LiveFlight: Sendable {
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
final class LiveDelegate: NSObject, URLSessionDataDelegate, Sendable {
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

  /// A 401 with a challenge ends here, as an answer. The completion handler is never called: on
  /// Linux, default handling without a stored password never ends the task, and using a password
  /// stops the program where the scheme is not Basic.
  func urlSession(
    _ session: URLSession, task: URLSessionTask, didReceive challenge: URLAuthenticationChallenge,
    completionHandler:
      @escaping @Sendable (
        URLSession.AuthChallengeDisposition, URLCredential?
      ) -> Void
  ) {
    let response = challenge.failureResponse ?? task.response
    finish(task, response: response, error: nil)
    task.cancel()
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
    finish(task, response: task.response, error: error)
  }

  private func finish(_ task: URLSessionTask, response: URLResponse?, error: (any Error)?) {
    let found = arrivals.withLock { $0.removeValue(forKey: task.taskIdentifier) }
    guard let arrival = found else { return }
    if arrival.isTooLarge {
      arrival.flight.end(.failure(.tooLarge(limit: limit)))
    } else if let error {
      arrival.flight.end(.failure(LiveError.failure(error as NSError)))
    } else if let response = response as? HTTPURLResponse {
      let fields = response.allHeaderFields
        .map { (name: "\($0.key)", value: "\($0.value)") }
        .sorted { $0.name < $1.name }
      let answer = HTTPResponse(
        status: response.statusCode, headers: HTTPHeaders(fields), body: arrival.body)
      arrival.flight.end(.success(answer))
    } else {
      arrival.flight.end(.failure(.interrupted("the answer was not HTTP")))
    }
  }
}
