import Domain
import Engine
import Foundation
import Sandbox
import Snapshot
import TestSupport

/// One life of an installation from one seed: people edit, everything breaks, and after each call
/// and each pass the promises are judged; then everything works again and must come to rest.
struct Simulation {
  let seed: UInt64
  let rig: Rig
  let swarm: Swarm
  private(set) var passes = 0
  private(set) var faults = 0
  private(set) var crashes = 0
  /// Broken promises with what was going on.
  private(set) var broken: [String] = []
  private(set) var trace: Trace
  private let omitted: Set<Omission>
  private var office: Office
  private let judge: CallJudge
  private var foreign: [String: XeroInvoice] = [:]
  private var passedAt: Int64 = 0

  /// - Parameters:
  ///   - swarm: in place of the one the seed draws.
  ///   - omitted: parts of the run that are left out.
  ///   - isTold: whether the words of the trace are kept.
  init(
    seed: UInt64, swarm: Swarm? = nil, bug: Sabotage? = nil, omitting omitted: Set<Omission> = [],
    isTold: Bool = false
  ) {
    self.seed = seed
    self.omitted = omitted
    var chance = Chance(seed: seed)
    let drawn = Swarm(&chance)
    self.swarm = swarm ?? drawn
    rig = self.swarm.desk.rig { $0.sabotage = bug }
    office = Office(desk: self.swarm.desk)
    judge = CallJudge(rig: rig)
    trace = Trace(isKept: isTold)
  }

  /// So many passes in trouble, then the way to rest.
  mutating func run(passes count: Int) async throws {
    try prepare()
    for pass in 0..<count where isIn(.pass, pass) {
      work(before: pass)
      try await disturbedPass(pass)
      pause(after: pass)
      guard broken.isEmpty else { return }
    }
    try await rest()
  }

  private func isIn(_ part: Omission.Part, _ pass: Int) -> Bool {
    !omitted.contains(Omission(part, of: pass))
  }

  /// Streams of chance within one pass; edits take those from 100 on.
  private enum Stream: Int { case edits, memory, faults, crash, disk, options, pause, clock }

  private func chance(_ stream: Stream, _ pass: Int) -> Chance {
    Chance(seed: seed, pass: pass, part: stream.rawValue)
  }

  private mutating func prepare() throws {
    if swarm.searchLag > 0, swarm.desk.system == "hubspot" {
      try rig.person(
        "hubspot", "lag",
        ["seconds": .integer(swarm.searchLag), "jitter_seconds": .integer(swarm.searchLag / 2)])
    } else if swarm.searchLag > 0 {
      try rig.person("pipedrive", "lag", ["seconds": .integer(swarm.searchLag)])
    }
    if swarm.renewsToken { try rig.signInWithRefreshToken() }
    // Somebody else's invoice, which nobody here may touch.
    let made = try rig.person(
      "xero", "create_invoice",
      [
        "fields": [
          "Type": "ACCREC", "Status": "AUTHORISED", "Contact": ["Name": "Foreign & Sons"],
          "Date": "2026-01-20", "DueDate": "2026-02-20", "LineAmountTypes": "NoTax",
          "LineItems": [
            [
              "Description": "Other work", "Quantity": 1, "UnitAmount": 77, "AccountCode": "200",
            ]
          ],
        ]
      ])
    let id = made["InvoiceID"]?.string ?? ""
    foreign = Dictionary(
      uniqueKeysWithValues: rig.invoices.filter { $0.id.description == id }
        .map { ($0.id.description, $0) })
    if foreign.count != 1 { broken.append("the foreign invoice was not made") }
    var first = Chance(seed: seed, pass: -1, part: 0)
    try office.sell(rig, &first)
  }

  private mutating func work(before pass: Int) {
    var chance = chance(.edits, pass)
    let written = office.diary.count
    for number in 0..<chance.number(0...swarm.edits) where isIn(.edit(number), pass) {
      var own = Chance(seed: seed, pass: pass, part: 100 + number)
      office.work(rig, &own)
    }
    guard office.diary.count > written else { return }
    judge.forgive()
    for entry in office.diary.dropFirst(written) {
      trace.count(entry)
      trace.note("person: \(entry)")
    }
  }

  private mutating func pause(after pass: Int) {
    var chance = chance(.pause, pass)
    rig.clock.advance(.seconds(chance.number(20...1200)))
    if swarm.longPauses, chance.happens(10) { rig.clock.advance(days: chance.number(1...20)) }
  }

  // MARK: Trouble

  private mutating func disturbedPass(_ pass: Int) async throws {
    if isIn(.memory, pass) { forget(pass) }
    var (faulty, deadly, full) = (chance(.faults, pass), chance(.crash, pass), chance(.disk, pass))
    let plan = isIn(.faults, pass) ? swarm.faults(&faulty) : []
    rig.world.setFaults(plan)
    rig.world.clearLog()
    let crash =
      deadly.happens(swarm.crashRate) && isIn(.crash, pass) ? deadly.number(0...110) : nil
    let losesPower = crash != nil && deadly.happens(swarm.powerLossRate)
    let earlier = rig.directory.path + "/earlier"
    if losesPower { SnapshotFiles.copy(rig.snapshotPath, to: earlier) }
    let disk =
      full.happens(swarm.diskRate) && isIn(.disk, pass)
      ? SnapshotFaults(skip: full.number(0...60), times: full.happens(50) ? 1 : .max) : .none
    let options = options(pass, mayBeDry: crash == nil)
    turnClock(pass)
    let before = options.isDryRun ? SnapshotFiles.contents(of: rig.directory.path) : [:]
    let judge = judge
    let end = try await rig.run(options, failWrites: disk) { index, seam in
      judge.look(at: seam)
      return index == crash ? .die : .go
    }
    if losesPower, case .died = end {
      // The disk had lied: nothing of what this pass committed is there.
      SnapshotFiles.remove(rig.snapshotPath)
      SnapshotFiles.copy(earlier, to: rig.snapshotPath)
    }
    if crash != nil || !plan.isEmpty || swarm.diskRate > 0 { judge.forgive() }
    note(
      end, pass, "\(plan.map(\.kind)) crash \(crash.map(String.init) ?? "no") power \(losesPower)")
    if options.isDryRun {
      promise(
        "I11 dry run is pure",
        rig.writes.isEmpty
          && SnapshotFiles.contents(of: rig.directory.path) == before)
    }
    judgePass()
  }

  private func options(_ pass: Int, mayBeDry: Bool) -> PassOptions {
    var chance = chance(.options, pass)
    var options = PassOptions()
    options.isFull = chance.happens(6)
    options.isDryRun = chance.happens(swarm.dryRate) && mayBeDry
    if chance.happens(6), let scope = chance.one(of: PassOptions.Scope.allCases) {
      options.only = [scope]
    }
    return options
  }

  /// The machine's clock is off for a while.
  private func turnClock(_ pass: Int) {
    var chance = chance(.clock, pass)
    guard chance.happens(swarm.clockRate), isIn(.clock, pass) else {
      return rig.clock.skew(seconds: 0)
    }
    rig.clock.skew(seconds: chance.number(-600...600))
  }

  /// The snapshot is deleted, or an older one takes its place.
  private mutating func forget(_ pass: Int) {
    var chance = chance(.memory, pass)
    let backup = rig.directory.path + "/backup"
    if chance.happens(swarm.amnesiaRate) {
      SnapshotFiles.remove(rig.snapshotPath)
      trace.note("snapshot deleted")
      judge.forgive()
    }
    guard swarm.backupRate > 0 else { return }
    let exists = FileManager.default.fileExists(atPath: backup)
    if exists, chance.happens(swarm.backupRate) {
      SnapshotFiles.remove(rig.snapshotPath)
      SnapshotFiles.copy(backup, to: rig.snapshotPath)
      trace.note("backup restored")
      judge.forgive()
    } else if chance.happens(20) {
      SnapshotFiles.copy(rig.snapshotPath, to: backup)
      trace.note("backup taken")
    }
  }

  private mutating func note(_ end: Rig.End, _ pass: Int, _ what: @autoclosure () -> String) {
    passes += 1
    passedAt = rig.clock.now
    switch end {
    case .report(let report):
      trace.note("pass \(pass) \(what()): \(report.brief) \(report.planDigest)")
      trace.count(report.planDigest)
      let calls = report.apiCalls.values.reduce(0, +)
      promise("I14 calls are bounded", calls <= 300)
    case .failed(let error):
      trace.note("pass \(pass) \(what()): failed \(error)")
      trace.count("\(error)")
    case .died(let seam):
      crashes += 1
      judge.noteDeath(at: seam)
      trace.note("pass \(pass) \(what()): died \(seam?.name ?? "")")
      trace.count(seam?.name ?? "")
    }
    for request in rig.world.log {
      if request.fault != nil { faults += 1 }
      trace.count(request.path)
      trace.count(request.status)
    }
    broken += judge.found
  }

  private mutating func promise(_ name: String, _ isKept: Bool, _ detail: String = "") {
    if !isKept { broken.append("\(name): \(detail)") }
  }

  private mutating func judgePass() {
    for invoice in rig.invoices {
      let id = invoice.id.description
      guard let was = foreign[id], !office.changedByHand.contains(id) else { continue }
      promise("I9 what is not ours is not touched", invoice == was, invoice.number)
    }
    let (marks, contacts) = (rig.doubledMarks, rig.doubledContacts)
    promise("I1 one invoice per mark", marks.isEmpty, "\(marks)")
    promise("I1 one contact per customer", contacts.isEmpty, "\(contacts)")
  }

  // MARK: Rest

  /// Everything works again: at rest within a few passes, and both sides agree.
  private mutating func rest() async throws {
    rig.world.setFaults([])
    rig.clock.skew(seconds: 0)
    rig.clock.advance(days: 1)
    judge.forgive()
    var isAtRest = false
    var last = ""
    for _ in 0..<6 where !isAtRest {
      let end = try await undisturbedPass(full: false)
      if case .report(let report) = end {
        isAtRest = report.isIdle
        last = isAtRest ? "" : report.brief
      } else {
        last = "\(end)"
        try signInAgain(after: end)
      }
    }
    promise("I4 comes to rest", isAtRest, last)
    guard isAtRest else { return }
    // What a system once refused is tried again only when somebody asks for everything.
    if try rig.holds().contains(where: { $0.hold.code == .refused }) {
      _ = try await undisturbedPass(full: true)
    }
    for isFull in [false, true] {
      _ = try await undisturbedPass(full: isFull)
      let writes = rig.writes.map(\.path)
      promise("I5 no write at rest", writes.isEmpty, "\(writes)")
    }
    var end = EndJudge(rig: rig, office: office, passedAt: passedAt)
    try end.run()
    broken += end.broken
  }

  /// A person signs in again; that may be needed only where an answer to a renewal was lost.
  private mutating func signInAgain(after end: Rig.End) throws {
    guard case .failed(.signInNeeded) = end, swarm.renewsToken else { return }
    promise("I6 the sign-in is kept", judge.isRenewalDisturbed, "\(end)")
    try rig.signInWithRefreshToken()
  }

  private mutating func undisturbedPass(full: Bool) async throws -> Rig.End {
    rig.world.clearLog()
    rig.clock.advance(minutes: 35)
    var options = PassOptions()
    options.isFull = full
    let judge = judge
    let end = try await rig.run(options) { _, seam in
      judge.look(at: seam)
      return .go
    }
    note(end, -1, full ? "full" : "rest")
    judgePass()
    return end
  }

  /// What to print when a promise is broken: enough to see it again.
  func account(lines length: Int) -> String {
    (["seed \(seed): \(broken.first ?? "nothing broken")", "\(swarm)"]
      + trace.lines.suffix(length)).joined(separator: "\n  ")
  }
}
