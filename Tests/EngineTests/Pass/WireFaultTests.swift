import Domain
import Engine
import Sandbox
import TestSupport
import Testing

/// Every request of a deal's whole life fails once, and from there on, in every way: no invoice is
/// doubled, none is lost, and when the wire is whole again everything comes to rest.
struct WireFaultTests {
  enum Wire: String, CaseIterable, Sendable {
    case dropBefore, dropAfter, serverError, appliedServerError, rateLimit, dayLimit, html
    case truncated, badJSON, duplicate, expiredToken

    var kind: Fault.Kind {
      switch self {
      case .dropBefore: .dropBefore
      case .dropAfter: .dropAfter
      case .serverError: .status(.init(status: 500))
      case .appliedServerError: .statusAfter(.init(status: 502))
      case .rateLimit: .rateLimit(.seconds(3), problem: "minute")
      case .dayLimit: .rateLimit(.seconds(40_000), problem: "day")
      case .html: .html(status: 200, page: "<html>sign in</html>", applied: true)
      case .truncated: .truncate(bytes: nil)
      case .badJSON: .badJSON(applied: true)
      case .duplicate: .duplicate
      case .expiredToken: .expireToken
      }
    }
  }

  @Test(arguments: Wire.allCases)
  func once(wire: Wire) async throws {
    let requests = try await requestsOfALife()
    let step = Stage.stride(13)
    let offset = Wire.allCases.firstIndex(of: wire) ?? 0
    for number in stride(from: offset % step, to: requests, by: step) {
      let (rig, deal) = try Stage.won()
      rig.world.setFaults([Fault(wire.kind, skip: number, times: 1)])
      // A day's calls used up are back half a day later.
      let pause = wire == .dayLimit ? 400 : 5
      try await life(of: deal, in: rig, "\(wire) at request \(number)", pause: pause)
    }
  }

  /// From a request on nothing works; then the wire is mended.
  @Test(arguments: [Wire.dropBefore, .dropAfter, .serverError, .html, .truncated])
  func fromThenOn(wire: Wire) async throws {
    let step = Stage.stride(17)
    let offset = Wire.allCases.firstIndex(of: wire) ?? 0
    for number in stride(from: offset % step, to: 45, by: step) {
      let what = "\(wire) from request \(number) on"
      let (rig, deal) = try Stage.won()
      rig.world.setFaults([Fault(wire.kind, skip: number, times: nil)])
      for _ in 0..<3 {
        _ = try? await rig.pass()
        rig.expectSingle(what)
        rig.clock.advance(minutes: 5)
      }
      rig.world.setFaults([])
      rig.clock.advance(days: 1)
      try await rig.settle(what)
      rig.expectInvoiced(deal, what)
    }
  }

  private func requestsOfALife() async throws -> Int {
    let (rig, deal) = try Stage.won()
    try await life(of: deal, in: rig, "undisturbed")
    return rig.world.log.filter { !$0.path.hasPrefix("/_sandbox") }.count
  }

  private func life(of deal: String, in rig: Rig, _ what: String, pause: Int = 5) async throws {
    try await rig.settle(what, pause: pause)
    rig.expectInvoiced(deal, what)
    guard let invoice = rig.invoices(of: deal).first else { return }
    try rig.pay(invoice.number, "1000.00")
    try await rig.settle(what, pause: pause)
    rig.expectInvoiced(deal, what, status: "partially_paid")
    rig.clock.advance(days: 31)
    try await rig.settle(what, pause: pause)
    rig.expectInvoiced(deal, what, status: "overdue")
    #expect(rig.tasks(deal).count == 1, "\(what)")
    try rig.pay(invoice.number)
    try await rig.settle(what, pause: pause)
    rig.expectInvoiced(deal, what, status: "paid")
    #expect(rig.leaks().isEmpty, "\(what)")
  }
}
