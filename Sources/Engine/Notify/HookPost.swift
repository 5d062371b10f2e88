import Domain
import Foundation
import Synchronization
import Transport

/// Posts JSON to one address and judges the answer. After an address did not answer, or after
/// several refusals in a row, it is left alone for the rest of the pass: a dead receiver must
/// cost a pass seconds, not an hour.
final class HookPost: Sendable {
  private let url: URL?
  private let exchange: HTTPExchange
  private let time: TimeSource
  private let state = Mutex(State())

  private struct State {
    var refusals = 0
    var closed: String?
  }

  /// How long an answer may take.
  static let timeout = Duration.seconds(10)
  private static let mostRefusals = 3

  /// An address that is neither http nor https sends nothing and says so.
  init(address: String, exchange: HTTPExchange, time: TimeSource) {
    let url = URL(string: address)
    let scheme = url?.scheme?.lowercased()
    self.url = scheme == "https" || scheme == "http" ? url : nil
    self.exchange = exchange
    self.time = time
  }

  /// `id` is the answer when the receiver took it.
  func post(
    _ body: Data, headers: [String: String] = [:], id: OperationID
  ) async -> WriteOutcome<String> {
    guard let url else { return .notSent(reason: "the address is neither http nor https") }
    if let reason = state.withLock(\.closed) { return .notSent(reason: reason) }
    var fields = headers
    fields["Content-Type"] = "application/json; charset=utf-8"
    fields["Accept"] = "*/*"
    let request = HTTPRequest(method: .post, url: url, headers: fields, body: body)
    let answer = await race(
      request, through: exchange, idle: Self.timeout, total: Self.timeout, time: time)
    switch answer {
    case .success(let response): return judge(response, id)
    case .failure(let failure): return judge(failure)
    }
  }

  private func judge(_ response: HTTPResponse, _ id: OperationID) -> WriteOutcome<String> {
    switch response.status {
    case 200..<300:
      state.withLock { $0.refusals = 0 }
      return .applied(id.rawValue)
    case 300..<400:
      return refused("it answered HTTP \(response.status); redirects are not followed")
    case 429:
      close("it asks for fewer requests (HTTP 429); not tried again in this pass")
      return .notSent(reason: "it asks for fewer requests (HTTP 429)")
    default:
      return refused("it answered HTTP \(response.status)")
    }
  }

  private func judge(_ failure: HTTPFailure) -> WriteOutcome<String> {
    switch failure {
    case .notSent(let reason):
      close("it could not be reached; not tried again in this pass")
      return .notSent(reason: "it could not be reached: \(reason)")
    case .cancelledBeforeSending:
      return .notSent(reason: "the pass ended before it was sent")
    case .interrupted(let reason):
      close("it did not answer; not tried again in this pass")
      return .unknown(reason: "it may have arrived: \(reason)")
    case .tooLarge:
      return .unknown(reason: "it may have arrived: the answer was too long to read")
    }
  }

  private func refused(_ reason: String) -> WriteOutcome<String> {
    state.withLock { state in
      state.refusals += 1
      if state.refusals >= Self.mostRefusals {
        state.closed = "\(reason) \(state.refusals) times; not tried again in this pass"
      }
    }
    return .notSent(reason: reason)
  }

  private func close(_ reason: String) {
    state.withLock { $0.closed = reason }
  }
}
