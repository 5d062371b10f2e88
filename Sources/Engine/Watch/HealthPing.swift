package import Foundation
package import Transport

/// Tells a health-check service that a pass starts, went well, or failed: the address itself for
/// success, with `/start` or `/fail` behind its path otherwise.
package struct HealthPing: Sendable {
  private let address: URL
  private let exchange: HTTPExchange
  private let time: TimeSource

  package enum Event: String, Sendable, CaseIterable { case start, success, fail }

  private static let timeout = Duration.seconds(10)

  /// nil for an address that is neither https nor on this machine.
  package init?(address: String, exchange: HTTPExchange, time: TimeSource) {
    guard let url = URL(string: address), Origin(url) != nil else { return nil }
    self.address = url
    self.exchange = exchange
    self.time = time
  }

  /// The address that is called.
  package func url(_ event: Event) -> URL {
    switch event {
    case .success: address
    case .start, .fail: address.appendingPathComponent(event.rawValue)
    }
  }

  /// Sends word once; why it did not arrive, or nil. A pass never fails for it.
  package func send(_ event: Event) async -> String? {
    let request = HTTPRequest(method: .get, url: url(event))
    let answer = await race(
      request, through: exchange, idle: Self.timeout, total: Self.timeout, time: time)
    switch answer {
    case .success(let response) where (200..<300).contains(response.status): return nil
    case .success(let response): return "HTTP \(response.status)"
    case .failure(.notSent(let reason)), .failure(.interrupted(let reason)): return reason
    case .failure(.cancelledBeforeSending): return "cancelled"
    case .failure(.tooLarge): return "the answer was too long"
    }
  }
}
