import Domain
import Engine
import Foundation
import Sandbox
import Snapshot
import Synchronization
import TestSupport
import Testing
import Transport

/// A week of passes every five minutes, in which people work and each fault of the machine, the
/// process and the time happens (L01–L20 of the fault catalogue). It ends where it must, with no
/// step by hand but those the messages asked for.
struct WeekTests {
  @Test func everyFaultOfTheMachine() async throws {
    let week = try Week()
    try await week.run()
    try await week.expectConverged()
  }
}

/// One installation for a week that begins before the end of summer time in New Zealand.
private final class Week: Sendable {
  let rig: Rig
  private let deals = Mutex<[String]>([])
  private let backup: String
  private let receiver = Receiver()
  private let marks = Mutex<Set<String>>([])

  private static let days = 7
  private static let passes = days * 288

  init() throws {
    rig = Rig.elsewhere()
    backup = rig.directory.path + "/backup"
    // Thursday 2 April 2026; the clocks go back on Sunday.
    rig.clock.advance(days: 59)
    rig.settings.serverClock = 0
    rig.settings.policy.overdue.notify = [.webhook, .crmTask]
    rig.settings.policy.overdue.graceDays = 0
    rig.settings.notifiers[.webhook] = Notifier(
      recognisesRepeats: true, deliver: { [receiver] in receiver.take($0) })
    try rig.signInWithRefreshToken()
  }

  // MARK: The week

  /// With `EVERY=1` every pass is run; else idle stretches have one in half an hour.
  func run() async throws {
    let step = Stage.stride(6)
    for pass in 0..<Self.passes {
      if pass % 60 == 7 { try work(pass) }
      if pass % 100 == 40, let fault = Trouble(rawValue: pass / 100) {
        try await self.fault(fault)
      } else if pass % step == 0 || pass % 20 > 6 && pass % 20 < 14 {
        await ordinaryPass()
      }
      rig.clock.advance(minutes: 5)
      rig.expectSingle("pass \(pass)")
    }
  }

  private func ordinaryPass() async {
    _ = try? await rig.pass()
  }

  /// People win deals, pay, and change their minds.
  private func work(_ pass: Int) throws {
    let number = pass / 60
    let deal = try rig.deal(
      "Deal \(number)", company: "Company \(number % 9)",
      lines: [Rig.Line("Work", "\(number % 4 + 1)", "100.00")])
    let all = deals.withLock { deals in
      deals.append(deal)
      return deals
    }
    if number > 3, let invoice = rig.invoices(of: all[number - 3]).first {
      try rig.pay(invoice.number, number % 2 == 0 ? nil : "10.00")
    }
    if number == 5, let invoice = rig.invoices(of: all[1]).first {
      // Due yesterday: the owner is to be told.
      try rig.person(
        "xero", "edit_invoice",
        ["invoice": .string(invoice.number), "set": ["DueDate": "2026-04-02"]])
    }
  }

  private func win(_ name: String, company: String = "Company 1") throws {
    let deal = try rig.deal(name, company: company)
    deals.withLock { $0.append(deal) }
  }

  // MARK: Faults

  /// The faults of the catalogue, one after another, each about eight hours after the last.
  enum Trouble: Int, CaseIterable {
    case diskFull, diskBroken, busy, corrupt, readOnly, deleted, restored, twoRuns, twoHosts,
      killed, terminated, outOfMemory, powerLoss, clock, summerTime, configuration, downgrade,
      rotation, revoked, notifier
  }

  private func fault(_ fault: Trouble) async throws {
    marks.withLock { _ = $0.insert("\(fault)") }
    try win("For \(fault)", company: "Company \(fault.rawValue)")
    switch fault {
    case .diskFull:
      for skip in 0..<12 { try await failing(.diskFull(path: "p"), skip * 7, .max) }
      for skip in 0..<12 { try await failing(.diskFull(path: "p"), skip * 7, 1) }
    case .diskBroken:
      for skip in 0..<12 {
        try await failing(.failed(path: "p", reason: "disk I/O error"), skip * 5, 2)
      }
    case .busy: for skip in 0..<6 { try await failing(.busy(path: "p"), skip * 9, 1) }
    case .readOnly: for _ in 0..<3 { try await failing(.readOnly(path: "p"), 0, .max) }
    case .corrupt: try await corrupt()
    case .deleted: SnapshotFiles.remove(rig.snapshotPath)
    case .restored: try await restore()
    case .twoRuns: try await twoRuns()
    case .twoHosts: try await otherHost()
    case .killed: try await killed(at: stride(from: 0, to: 160, by: 9))
    case .outOfMemory: try await killed(at: stride(from: 3, to: 90, by: 11))
    case .powerLoss: try await killed(at: stride(from: 1, to: 60, by: 13))
    case .terminated: try await terminated()
    case .clock: try await wrongClock()
    // The week goes over it: the clocks went back on Sunday.
    case .summerTime: #expect(rig.clock.now > 1_775_311_200_000)
    case .configuration: try await wrongConfiguration()
    case .downgrade: try await downgrade()
    case .rotation: try await rotation()
    case .revoked: try await revoked()
    case .notifier: try await notifierDown()
    }
    await ordinaryPass()
  }

  private func failing(_ error: SnapshotError, _ skip: Int, _ times: Int) async throws {
    _ = try await rig.run(failWrites: SnapshotFaults(skip: skip, times: times, error: error)) {
      _, _ in .go
    }
    rig.clock.advance(minutes: 5)
  }

  private func killed(at points: StrideTo<Int>) async throws {
    for point in points {
      try win("Killed \(point)", company: "Company 3")
      _ = try await rig.run { index, _ in index == point ? .die : .go }
      rig.expectSingle("killed at \(point)")
      rig.clock.advance(minutes: 5)
    }
  }

  /// The message names `rebuild`, so that is what is done.
  private func corrupt() async throws {
    let path = rig.snapshotPath
    SnapshotFiles.remove(path)
    try Data("not a database".utf8).write(to: URL(fileURLWithPath: path))
    let error = await failure()
    #expect(error?.exitCode == .snapshotUnusable)
    #expect(error?.description.contains("xerosync rebuild") == true)
    SnapshotFiles.remove(path)
    try await OneThread.run { [rig] in
      let store = try rig.store()
      defer { try? store.close() }
      let rebuild = Rebuild(environment: try rig.environment(on: store))
      let outcome = try await rebuild.run(on: store)
      #expect(outcome.isComplete, "\(outcome.report.brief)")
    }
  }

  private func failure(_ options: PassOptions = PassOptions()) async -> EngineError? {
    do {
      try await rig.pass(options)
      return nil
    } catch { return error as? EngineError }
  }

  private func restore() async throws {
    SnapshotFiles.copy(rig.snapshotPath, to: backup)
    for number in 0..<30 {
      if number == 10 { try win("After the backup") }
      await ordinaryPass()
      rig.clock.advance(minutes: 5)
    }
    SnapshotFiles.remove(rig.snapshotPath)
    SnapshotFiles.copy(backup, to: rig.snapshotPath)
  }

  private func twoRuns() async throws {
    let path = rig.snapshotPath
    let held = try PassLock.take(snapshot: path, creating: true)
    #expect(throws: PassLock.Failure.held) {
      _ = try PassLock.take(snapshot: path, creating: true)
    }
    withExtendedLifetime(held) {}
  }

  /// A second machine with a snapshot of its own works for the same organisation.
  private func otherHost() async throws {
    for _ in 0..<3 {
      SnapshotFiles.copy(rig.snapshotPath, to: backup)
      SnapshotFiles.remove(rig.snapshotPath)
      try win("For two hosts", company: "Company 6")
      await ordinaryPass()
      SnapshotFiles.remove(rig.snapshotPath)
      SnapshotFiles.copy(backup, to: rig.snapshotPath)
      rig.clock.advance(minutes: 5)
      await ordinaryPass()
    }
  }

  private func terminated() async throws {
    for calls in [0, 3, 8, 20, 40] {
      let count = Mutex(0)
      rig.settings.shouldStop = {
        count.withLock { count in
          count += 1
          return count > calls
        }
      }
      await ordinaryPass()
      rig.settings.shouldStop = { false }
      rig.clock.advance(minutes: 5)
    }
  }

  /// This machine's clock alone jumps by a year, either way.
  private func wrongClock() async throws {
    let year = 365 * 86_400
    for jump in [year, -year] {
      rig.clock.skew(seconds: jump)
      rig.world.clearLog()
      let end = try await rig.run { _, _ in .go }
      if case .report(let report) = end { #expect(report.outcome != .ok, "\(report.brief)") }
      #expect(rig.writes.allSatisfy { $0.path.hasPrefix("/connect") }, "\(jump)")
      rig.clock.skew(seconds: 0)
    }
  }

  private func wrongConfiguration() async throws {
    let right = rig.settings.policy
    rig.settings.policy.invoices.account = Sourced("999")
    let stopped = await failure()
    #expect(stopped?.exitCode == .configuration, "\(String(describing: stopped))")
    rig.settings.policy = right
  }

  /// A later version has migrated the snapshot; this one refuses until that is taken back.
  private func downgrade() async throws {
    let store = try rig.store()
    try store.checkpoint()
    try store.close()
    let url = URL(fileURLWithPath: rig.snapshotPath)
    let whole = try Data(contentsOf: url)
    var newer = whole
    let name = Data("2026-11-decisions".utf8)
    while let place = newer.range(of: name) {
      newer.replaceSubrange(place, with: Data("2031-11-decisions".utf8))
    }
    #expect(newer != whole)
    try newer.write(to: url)
    #expect(await failure()?.exitCode == .snapshotUnusable)
    #expect(try Data(contentsOf: url) == newer)
    try whole.write(to: url)
  }

  /// The answer of a renewal is lost, and the process dies around it.
  private func rotation() async throws {
    rig.clock.advance(minutes: 40)
    _ = try await rig.run { _, seam in
      if case .didSend(let request, _) = seam, request.path == "/connect/token" {
        return .fail(.interrupted("lost"))
      }
      return .go
    }
    rig.clock.advance(minutes: 40)
    _ = try await rig.run { _, seam in
      if case .didSend(let request, _) = seam, request.path == "/connect/token" { return .die }
      return .go
    }
  }

  /// The message asks for a sign-in, so that is what is done.
  private func revoked() async throws {
    try rig.person("xero", "revoke")
    for _ in 0..<3 {
      let end = try await rig.run { _, _ in .go }
      switch end {
      case .report(let report): #expect(report.exitCode == .signInNeeded, "\(report.brief)")
      case .failed(let error): #expect(error.exitCode == .signInNeeded, "\(error)")
      case .died: Issue.record("it died")
      }
      rig.clock.advance(minutes: 5)
    }
    try rig.signInWithRefreshToken()
  }

  private func notifierDown() async throws {
    let all = deals.withLock { $0 }
    let invoice = try #require(
      all.compactMap { rig.invoices(of: $0).first }.first { $0.status != .paid })
    receiver.set(isDown: true)
    try rig.person(
      "xero", "edit_invoice",
      ["invoice": .string(invoice.number), "set": ["DueDate": "2026-04-05"]])
    for _ in 0..<4 {
      await ordinaryPass()
      rig.clock.advance(minutes: 5)
    }
    receiver.set(isDown: false)
  }

  // MARK: The end

  func expectConverged() async throws {
    #expect(marks.withLock { $0 } == Set(Trouble.allCases.map { "\($0)" }))
    rig.clock.advance(minutes: 40)
    try await rig.settle("the week", passes: 8)
    rig.expectSingle("the week")
    let all = deals.withLock { $0 }
    #expect(all.count > 50)
    for deal in all {
      #expect(rig.invoices(of: deal).count == 1, "deal \(deal)")
      #expect(!rig.status(deal).isEmpty, "deal \(deal)")
    }
    #expect(rig.liveInvoices.count == all.count)
    let holds = try rig.holds().map { "\($0.hold.subject) \($0.hold.code) \($0.hold.message)" }
    #expect(holds.isEmpty, "\(holds)")
    let keys = receiver.keys
    #expect(
      !keys.isEmpty && Set(keys).count == keys.count, "an alert was lost or came twice: \(keys)")
    let verification = try await rig.verify()
    #expect(verification.failures.isEmpty, "\(verification.failures)")
    #expect(rig.leaks().isEmpty)
  }
}

/// Takes alerts, unless it is down.
private final class Receiver: Sendable {
  private let state = Mutex<(keys: [String], isDown: Bool)>(([], false))

  var keys: [String] { state.withLock { $0.keys } }

  func set(isDown: Bool) { state.withLock { $0.isDown = isDown } }

  func take(_ message: AlertMessage) -> WriteOutcome<String> {
    state.withLock { state in
      if state.isDown { return .notSent(reason: "it is down") }
      state.keys += message.alerts.map(\.key.rawValue)
      return .applied("taken")
    }
  }
}
