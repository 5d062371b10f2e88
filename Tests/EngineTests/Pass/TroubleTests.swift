import Domain
import Engine
import Foundation
import Reconciler
import Sandbox
import Snapshot
import TestSupport
import Testing
import Transport

/// Systems that are down, wrong, renamed or empty: nothing is written on doubt, and the rest goes
/// on.
struct TroubleTests {
  private func error(of rig: Rig, _ options: PassOptions = PassOptions()) async -> EngineError? {
    do {
      try await rig.pass(options)
      return nil
    } catch { return error as? EngineError }
  }

  private var full: PassOptions {
    var options = PassOptions()
    options.isFull = true
    return options
  }

  // MARK: Names that do not exist

  @Test(arguments: ["account", "tax", "stage", "theme", "tracking"])
  func unknownName(kind: String) async throws {
    let (rig, _) = try Stage.won()
    switch kind {
    case "account": rig.settings.policy.invoices.account = Sourced("999")
    case "tax": rig.settings.policy.invoices.tax = Sourced("OUTPUT9")
    case "theme": rig.settings.policy.invoices.brandingTheme = Sourced("Standart")
    case "tracking":
      rig.settings.policy.invoices.tracking = [
        TrackingRule(category: Sourced("Regoin"), option: Template("North"))
      ]
    default:
      rig.settings.policy.crms["hubspot"]?.won = [
        .init(pipeline: nil, stage: Sourced("Closed Wonn"))
      ]
    }
    let error = await error(of: rig)
    guard case .configuration(let problems) = error else {
      Issue.record("\(kind): \(String(describing: error))")
      return
    }
    #expect(problems.count == 1)
    #expect(error?.exitCode == .configuration)
    #expect(rig.writes.isEmpty)
  }

  /// A stage is known by its id, whatever people call it; by its name only as long as it has it.
  @Test func renamedStage() async throws {
    let (rig, deal) = try Stage.won()
    rig.settings.policy.crms["hubspot"]?.won = [.init(pipeline: nil, stage: Sourced("closedwon"))]
    try rig.person("hubspot", "rename_stage", ["stage": "closedwon", "label": "Gewonnen"])
    try await rig.pass()
    rig.expectInvoiced(deal, "by id")
    rig.settings.policy.crms["hubspot"]?.won = [
      .init(pipeline: nil, stage: Sourced("Closed Won"))
    ]
    rig.clock.advance(days: 2)
    guard case .configuration(let problems) = await error(of: rig) else {
      Issue.record("a name that is gone was accepted")
      return
    }
    #expect(problems.first?.candidates.isEmpty == false)
  }

  // MARK: Another organisation

  @Test func anotherOrganisation() async throws {
    let (rig, _, _) = try await Stage.invoiced()
    try rig.deal("Second")
    try rig.person("xero", "reconnect", ["new_tenant_id": true])
    rig.world.clearLog()
    rig.clock.advance(minutes: 5)
    for options in [PassOptions(), full] {
      let error = await error(of: rig, options)
      #expect(rig.writes.isEmpty, "\(String(describing: error))")
    }
  }

  // MARK: Systems that are down

  /// While the ledger cannot be read whole, nothing is planned; the next pass goes on.
  @Test func accountingDown() async throws {
    let (rig, deal) = try Stage.won()
    try await rig.pass()
    let second = try rig.deal("Second")
    rig.world.setFaults([
      Fault(.status(.init(status: 503)), vendor: "xero", path: "/api.xro/2.0/Invoices", times: nil)
    ])
    rig.world.clearLog()
    rig.clock.advance(minutes: 5)
    let report = try await rig.pass()
    #expect(report.outcome == .deferred)
    #expect(report.exitCode == .unavailable)
    #expect(rig.writes.isEmpty)
    rig.world.setFaults([])
    rig.clock.advance(minutes: 5)
    try await rig.settle("mended")
    #expect(rig.invoices(of: deal).count == 1)
    #expect(rig.invoices(of: second).count == 1)
  }

  /// A CRM that cannot be reached, or whose token was revoked, does not stop the other.
  @Test(arguments: ["503", "token"])
  func oneCRMDown(how: String) async throws {
    let (rig, deal) = try Stage.won()
    var other = RigSettings.hubSpot
    other.name = "other"
    other.auth.secrets["access_token"] = SecretText("revoked-token")
    rig.settings.crms.insert(other, at: 0)
    rig.settings.policy.crms["other"] = CRMPolicy()
    let end = try await rig.run { _, seam in
      if how == "503", case .willSend(let request) = seam,
        request.headers["authorization"]?.contains("revoked-token") == true
      {
        return .fail(.notSent("refused"))
      }
      return .go
    }
    guard case .report(let report) = end else {
      Issue.record("\(end)")
      return
    }
    rig.expectInvoiced(deal, how)
    #expect(report.troubles.map(\.system) == ["other"], "\(report.brief)")
    #expect(report.outcome == (how == "503" ? .deferred : .signInNeeded))
  }

  // MARK: Brakes

  @Test func emptiedSide() async throws {
    let (rig, deal, _) = try await Stage.invoiced()
    try rig.person("hubspot", "reset", ["empty": true])
    rig.world.clearLog()
    let report = try await rig.pass(full)
    #expect(report.outcome == .braked, "\(report.brief)")
    #expect(report.brake?.reason == .emptySide)
    #expect(report.exitCode == .operationFailed)
    #expect(rig.writes.isEmpty)
    #expect(rig.invoices(of: deal).count == 1)
  }

  /// A first pass that finds more than is allowed writes nothing until it is told to.
  @Test func tooManyCreates() async throws {
    let rig = Rig()
    rig.settings.policy.brakes.maxCreatesPerRun = 5
    for number in 1...4 {
      try rig.deal("Deal \(number)", company: "Company \(number)")
    }
    rig.clock.advance(minutes: 1)
    for _ in 0..<2 {
      let braked = try await rig.pass()
      #expect(braked.outcome == .braked, "\(braked.brief)")
      #expect(braked.brake?.count == 8)
      #expect(rig.writes.isEmpty)
      rig.clock.advance(minutes: 5)
    }
    rig.settings.policy.brakes.allowLarge = true
    try await rig.pass()
    #expect(rig.liveInvoices.count == 4)
  }

  // MARK: Snapshot lost or old

  /// Without its snapshot everything is found again by the marks in the systems.
  @Test func amnesia() async throws {
    let (rig, deal, invoice) = try await Stage.invoiced()
    try rig.pay(invoice.number, "1000.00")
    SnapshotFiles.remove(rig.snapshotPath)
    rig.world.clearLog()
    rig.clock.advance(minutes: 5)
    let report = try await rig.pass()
    rig.expectInvoiced(deal, "\(report.brief)", status: "partially_paid")
    #expect(rig.calls("xero").allSatisfy { !$0.isWrite }, "\(report.brief)")
    try await rig.settle("amnesia")
  }

  /// The same after a person changed the number and the reference, and paid.
  @Test func amnesiaOfAnEditedInvoice() async throws {
    let (rig, deal, invoice) = try await Stage.invoiced()
    try rig.person(
      "xero", "edit_invoice",
      [
        "invoice": .string(invoice.number),
        "set": ["InvoiceNumber": "OWN-1", "Reference": "by hand"],
      ])
    SnapshotFiles.remove(rig.snapshotPath)
    rig.clock.advance(days: 3)
    try await rig.settle("edited")
    rig.expectInvoiced(deal, "edited")
  }

  /// An old backup does not know of later invoices; they are adopted, not made again.
  @Test(arguments: [0, 3])
  func restoredBackup(days: Int) async throws {
    let (rig, first, _) = try await Stage.invoiced()
    let backup = rig.directory.path + "/backup"
    SnapshotFiles.copy(rig.snapshotPath, to: backup)
    let second = try rig.deal("Second", company: "Southern Fern Nurseries")
    try await rig.settle("second")
    rig.clock.advance(days: days)
    SnapshotFiles.remove(rig.snapshotPath)
    SnapshotFiles.copy(backup, to: rig.snapshotPath)
    rig.clock.advance(minutes: 5)
    rig.world.clearLog()
    try await rig.settle("restored")
    #expect(rig.calls("xero").allSatisfy { !$0.isWrite })
    for deal in [first, second] { #expect(rig.invoices(of: deal).count == 1) }
    #expect(rig.contacts.count == 2)
    rig.expectSingle("restored")
  }

  // MARK: Two at once

  @Test func twoPassesAtOnce() throws {
    let path = Scratch.directory().appendingPathComponent("snapshot.sqlite").path
    #expect(try PassLock.take(snapshot: path, creating: false) == nil)
    let held = try PassLock.take(snapshot: path, creating: true)
    #expect(held != nil)
    #expect(throws: PassLock.Failure.held) {
      _ = try PassLock.take(snapshot: path, creating: true)
    }
    #expect(throws: PassLock.Failure.held) {
      _ = try PassLock.take(snapshot: path, creating: false)
    }
    withExtendedLifetime(held) {}
  }

  @Test func lockIsFreedWithItsHolder() throws {
    let path = Scratch.directory().appendingPathComponent("snapshot.sqlite").path
    var held = try PassLock.take(snapshot: path, creating: true)
    #expect(held != nil)
    held = nil
    #expect(try PassLock.take(snapshot: path, creating: true) != nil)
  }
}
