import Domain
import Engine
import Foundation
import Sandbox
import Snapshot
import Synchronization
import TestSupport
import Testing

/// A first pass over very many customers: in portions, in little memory, and in one piece even
/// when it is interrupted. `SCALE=100000` makes it as large as it may get.
struct FirstPassTests {
  private var count: Int {
    max(600, Int(ProcessInfo.processInfo.environment["SCALE"] ?? "") ?? 600)
  }

  /// Contacts of the books and companies of the CRM, one for one, as two listings brought them.
  private func fill(_ rig: Rig, _ count: Int) throws {
    let store = try rig.store()
    defer { try? store.close() }
    for start in stride(from: 0, to: count, by: 500) {
      try store.write { writer in
        for number in start..<min(start + 500, count) {
          let id = String(100_000_000 + number)
          var contact = PartyRecord(
            subject: Subject(system: "xero", kind: .contact, id: "c\(id)"),
            name: "Customer \(number) Ltd")
          contact.isCustomer = true
          contact.phones[.main] = "09 \(1_000_000 + number)"
          var company = contact
          company.subject = Subject(system: "hubspot", kind: .company, id: id)
          company.addresses[.postal] = PostalAddress(lines: ["\(number) High St"], city: "Nelson")
          _ = try writer.store(party: contact)
          _ = try writer.store(party: company)
          try writer.markPartyDirty(contact.subject, because: "new")
          try writer.markPartyDirty(company.subject, because: "new")
        }
      }
    }
  }

  /// Peak memory of this process in megabytes; 0 where the system does not tell.
  private var peak: Int {
    let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
    let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM") }
    return (line?.split(whereSeparator: { !$0.isNumber }).first).flatMap { Int($0) }.map {
      $0 / 1024
    } ?? 0
  }

  private func links(_ rig: Rig) throws -> (links: Int, waiting: Int) {
    let store = try rig.store()
    defer { try? store.close() }
    return try store.read { (try $0.linkCount(), try $0.partyAgendaCount()) }
  }

  @Test func itStreamsAndGoesOnWhereItWasStopped() async throws {
    let stops = Mutex(0)
    let rig = Rig { settings in
      settings.policy.brakes.allowLarge = true
      settings.passSeconds = 36_000
    }
    try fill(rig, count)
    let before = peak
    var options = PassOptions()
    options.isBaseline = true
    rig.settings.shouldStop = {
      stops.withLock { calls in
        calls += 1
        return calls > 12
      }
    }
    let first = try await rig.pass(options)
    #expect(first.outcome == .interrupted)
    let midway = try links(rig)
    #expect(midway.links > 0 && midway.links < count)
    rig.settings.shouldStop = { false }
    let second = try await rig.pass(options)
    #expect(second.outcome == .ok, "\(second.troubles)")
    #expect(try links(rig).links == count)
    // What the records said at the start is agreed: nothing is written anywhere.
    rig.world.clearLog()
    let third = try await rig.pass()
    #expect(third.operations.isEmpty && third.conflicts.isEmpty, "\(third.operations.count)")
    #expect(rig.writes.isEmpty)
    if count > 600 {
      print("peak memory: \(before) MB before, \(peak) MB after \(count) + \(count)")
    }
  }
}
