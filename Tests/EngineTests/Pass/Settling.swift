import Domain
import Engine
import Foundation
import Sandbox
import TestSupport
import Testing

/// Worlds that several tests begin with, and the end all of them must come to.
enum Stage {
  /// A deal has just been won.
  static func won() throws -> (rig: Rig, deal: String) {
    let rig = Rig()
    let deal = try rig.deal()
    rig.clock.advance(minutes: 1)
    return (rig, deal)
  }

  /// A won deal has its invoice, and the deal says so.
  static func invoiced() async throws -> (rig: Rig, deal: String, invoice: XeroInvoice) {
    let (rig, deal) = try won()
    try await rig.pass()
    rig.clock.advance(minutes: 5)
    let invoice = try #require(rig.invoices(of: deal).first)
    return (rig, deal, invoice)
  }

  /// How thorough the slow enumerations are: every n-th case; 1 for all of them.
  static func stride(_ ordinary: Int) -> Int {
    let text = ProcessInfo.processInfo.environment["EVERY"] ?? ""
    return max(1, Int(text) ?? ordinary)
  }
}

extension Rig {
  /// Passes until one has nothing to do, at most `passes`; judged after each.
  func settle(
    _ what: String, passes: Int = 4, pause: Int = 5,
    location: SourceLocation = #_sourceLocation
  ) async throws {
    var reports: [String] = []
    for _ in 0..<passes {
      clock.advance(minutes: pause)
      do {
        let report = try await pass()
        reports.append(report.brief)
        if report.isIdle, try open().isEmpty { return }
      } catch let error as EngineError {
        reports.append("\(error)")
      }
      expectSingle(what, location: location)
    }
    Issue.record("\(what): not settled after \(reports)", sourceLocation: location)
  }

  /// Nothing of ours exists twice.
  func expectSingle(_ what: String, location: SourceLocation = #_sourceLocation) {
    #expect(doubledMarks.isEmpty, "\(what)", sourceLocation: location)
    #expect(doubledContacts.isEmpty, "\(what)", sourceLocation: location)
  }

  /// One deal, one contact, one invoice, and the deal says so.
  func expectInvoiced(
    _ deal: String, _ what: String, status: String = "awaiting_payment",
    location: SourceLocation = #_sourceLocation
  ) {
    expectSingle(what, location: location)
    #expect(invoices(of: deal).count == 1, "\(what)", sourceLocation: location)
    #expect(liveInvoices.count == 1, "\(what)", sourceLocation: location)
    #expect(contacts.count == 1, "\(what)", sourceLocation: location)
    #expect(self.status(deal) == status, "\(what)", sourceLocation: location)
  }
}
