import Domain
import Engine
import Foundation
import Sandbox
import Snapshot
import Synchronization
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
  /// What happened, to be compared with another run of the same seed.
  private(set) var trace: [String] = []
  private var chance: Chance
  private var office = Office()
  private let judge: CallJudge
  private var foreign: [String: XeroInvoice] = [:]

  init(seed: UInt64) {
    self.seed = seed
    var chance = Chance(seed: seed)
    swarm = Swarm(&chance)
    self.chance = chance
    let rig = Rig()
    self.rig = rig
    judge = CallJudge(rig: rig)
  }

  /// So many passes in trouble, then the way to rest.
  mutating func run(passes count: Int) async throws {
    try prepare()
    for _ in 0..<count {
      let written = office.diary.count
      for _ in 0..<chance.number(0...swarm.edits) { office.work(rig, &chance) }
      trace += office.diary.dropFirst(written).map { "person: \($0)" }
      try await disturbedPass()
      pause()
      guard broken.isEmpty else { return }
    }
    try await rest()
  }

  private mutating func prepare() throws {
    if swarm.searchLag > 0 {
      try rig.person(
        "hubspot", "lag",
        ["seconds": .integer(swarm.searchLag), "jitter_seconds": .integer(swarm.searchLag / 2)])
    }
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
    try office.sell(rig, &chance)
  }

  private mutating func pause() {
    rig.clock.advance(.seconds(chance.number(20...1200)))
    if swarm.longPauses, chance.happens(10) { rig.clock.advance(days: chance.number(1...20)) }
  }

  // MARK: Trouble

  private mutating func disturbedPass() async throws {
    forget()
    let plan = swarm.faults(&chance)
    rig.world.setFaults(plan)
    rig.world.clearLog()
    let crash = chance.happens(swarm.crashRate) ? chance.number(0...110) : nil
    let disk =
      chance.happens(swarm.diskRate)
      ? SnapshotFaults(skip: chance.number(0...60), times: chance.happens(50) ? 1 : .max) : .none
    var options = PassOptions()
    options.isFull = chance.happens(6)
    options.isDryRun = crash == nil && chance.happens(8)
    if chance.happens(6), let scope = chance.one(of: PassOptions.Scope.allCases) {
      options.only = [scope]
    }
    let before = options.isDryRun ? SnapshotFiles.contents(of: rig.directory.path) : [:]
    let judge = judge
    let end = try await rig.run(options, failWrites: disk) { index, seam in
      judge.look(at: seam)
      return index == crash ? .die : .go
    }
    note(end, "\(plan.map(\.kind)) crash \(crash.map(String.init) ?? "no")")
    if options.isDryRun {
      promise(
        "I11 dry run is pure",
        rig.writes.isEmpty
          && SnapshotFiles.contents(of: rig.directory.path) == before)
    }
    judgePass()
  }

  /// The snapshot is deleted, or an older one takes its place.
  private mutating func forget() {
    let backup = rig.directory.path + "/backup"
    if chance.happens(swarm.amnesiaRate) {
      SnapshotFiles.remove(rig.snapshotPath)
      trace.append("snapshot deleted")
    }
    guard swarm.backupRate > 0 else { return }
    let exists = FileManager.default.fileExists(atPath: backup)
    if exists, chance.happens(swarm.backupRate) {
      SnapshotFiles.remove(rig.snapshotPath)
      SnapshotFiles.copy(backup, to: rig.snapshotPath)
      trace.append("backup restored")
    } else if chance.happens(20) {
      SnapshotFiles.copy(rig.snapshotPath, to: backup)
      trace.append("backup taken")
    }
  }

  private mutating func note(_ end: Rig.End, _ what: String) {
    passes += 1
    faults += rig.world.log.count { $0.fault != nil }
    switch end {
    case .report(let report):
      trace.append("pass \(passes) \(what): \(report.brief) \(report.planDigest)")
      let calls = report.apiCalls.values.reduce(0, +)
      promise("I14 calls are bounded", calls <= 300)
    case .failed(let error): trace.append("pass \(passes) \(what): failed \(error)")
    case .died(let seam):
      crashes += 1
      trace.append("pass \(passes) \(what): died \(seam?.name ?? "")")
    }
    for request in rig.world.log {
      trace.append(
        "request \(request.method) \(request.path) \(request.status) \(request.fault ?? "")")
    }
    broken += judge.found
  }

  private mutating func promise(_ name: String, _ isKept: Bool, _ detail: String = "") {
    if !isKept { broken.append("\(name): \(detail)") }
  }

  private mutating func judgePass() {
    for invoice in rig.invoices {
      guard let was = foreign[invoice.id.description] else { continue }
      if office.diary.contains(where: { $0.contains(was.number) }) { continue }
      promise("I9 what is not ours is not touched", invoice == was, "\(invoice)")
    }
    promise("I1 one invoice per mark", rig.doubledMarks.isEmpty, "\(rig.doubledMarks)")
    promise("I1 one contact per customer", rig.doubledContacts.isEmpty, "\(rig.doubledContacts)")
  }

  // MARK: Rest

  /// Everything works again: at rest within a few passes, and both sides agree.
  private mutating func rest() async throws {
    rig.world.setFaults([])
    rig.clock.advance(days: 1)
    var isAtRest = false
    for _ in 0..<6 where !isAtRest {
      rig.world.clearLog()
      let judge = judge
      let end = try await rig.run { _, seam in
        judge.look(at: seam)
        return .go
      }
      note(end, "rest")
      judgePass()
      if case .report(let report) = end { isAtRest = report.isIdle }
      rig.clock.advance(minutes: 35)
    }
    promise("I4 comes to rest", isAtRest, trace.last { $0.hasPrefix("pass") } ?? "")
    guard isAtRest else { return }
    try await expectStillness()
    try judgeEnd()
  }

  private mutating func expectStillness() async throws {
    for isFull in [false, true] {
      rig.world.clearLog()
      rig.clock.advance(minutes: 35)
      var options = PassOptions()
      options.isFull = isFull
      let end = try await rig.run(options) { _, _ in .go }
      note(end, "still")
      let last = trace.last { $0.hasPrefix("pass") } ?? ""
      promise("I5 no write at rest", rig.writes.isEmpty, "\(rig.writes.map(\.path)) \(last)")
    }
  }

  private mutating func judgeEnd() throws {
    promise("I10 nothing is left open", try rig.open().isEmpty)
    promise("I15 secrets stay secret", rig.leaks().isEmpty)
    let held = Set(try rig.holds().map(\.hold.subject))
    for deal in office.deals where !office.odd.contains(deal) {
      guard let record = rig.dealRecord(deal), !record.isArchived else { continue }
      guard !held.contains(Rig.subject(deal)) else { continue }
      judge(deal, isWon: record["dealstage"] == "closedwon")
    }
  }

  private mutating func judge(_ deal: String, isWon: Bool) {
    let invoices = rig.invoices(of: deal)
    let isExplained = !isWon && invoices.isEmpty
    promise(
      "I1 a won deal has its invoice", isExplained || invoices.count == 1,
      "\(deal) won \(isWon) has \(invoices.map(\.number))")
    guard let invoice = invoices.first, isWon else { return }
    let status = rig.status(deal)
    let isPaid = invoice.amountDue == .zero && invoice.amountPaid != .zero
    promise("I4 the deal tells of its money", (status == "paid") == isPaid, "\(deal) \(status)")
    // What was agreed before the snapshot was lost is not known any more.
    let hasForgotten = trace.contains {
      $0.hasPrefix("snapshot") || $0.hasPrefix("backup restored")
    }
    guard !hasForgotten, !invoice.isTouchedByMoney,
      let cents = Oracle.cents(of: deal, in: rig)
    else { return }
    let totals = invoice.totals
    promise(
      "I2 money to the cent",
      totals.subTotal.text(places: 2) == Self.text(cents.subtotal)
        && totals.totalTax.text(places: 2) == Self.text(cents.tax),
      "\(deal): \(totals.subTotal) + \(totals.totalTax), not \(cents)")
  }

  private static func text(_ cents: Int) -> String {
    "\(cents / 100).\(cents % 100 < 10 ? "0" : "")\(cents % 100)"
  }

  /// What to print when a promise is broken: enough to see it again.
  func account(lines length: Int) -> String {
    (["seed \(seed): \(broken.first ?? "nothing broken")", "\(swarm)"]
      + trace.filter { !$0.hasPrefix("request") }.suffix(length)).joined(separator: "\n  ")
  }
}
