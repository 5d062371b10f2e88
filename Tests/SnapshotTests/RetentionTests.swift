import Domain
import Foundation
import Snapshot
import Testing

/// What is forgotten, what stays, and how large the file grows.
struct RetentionTests {
  private let path = TemporaryFile.path()
  private static let start = Instant(milliseconds: 1_769_976_000_000)

  private func day(_ number: Int) -> Instant {
    Self.start.advanced(seconds: Int64(number) * 86_400)
  }

  private func dates(on today: Int) -> RetentionDates {
    RetentionDates(
      idlePassesBefore: day(today - 7), reportsBefore: day(today - 30),
      historyBefore: day(today - 400))
  }

  private func operation(
    _ number: Int, _ action: Domain.Operation.Action, _ object: Domain.Operation.ObjectKind
  ) -> Domain.Operation {
    let deal = Subject(system: "hubspot", kind: .deal, id: "\(number)")
    return Domain.Operation(
      id: OperationID(hashing: ["\(number)", action.rawValue]), action: action, system: "xero",
      object: object, subject: deal, effect: .cancelInvoice(ID("i\(number)")),
      summary: "number \(number)")
  }

  @Test func smallThingsGoLargeOnesStay() throws {
    let store = try SnapshotStore(path: path)
    let kinds:
      [(Domain.Operation.Action, Domain.Operation.ObjectKind, OperationState, stays: Bool)] = [
        (.create, .invoice, .applied, true), (.create, .contact, .applied, true),
        (.update, .invoice, .applied, true), (.void, .invoice, .applied, true),
        (.link, .link, .applied, true), (.update, .deal, .refused, true),
        (.update, .deal, .unknown, true), (.update, .deal, .applied, false),
        (.notify, .task, .applied, false), (.create, .invoice, .withdrawn, false),
      ]
    try store.write { writer in
      for (number, kind) in kinds.enumerated() {
        let run = try writer.beginRun(at: day(number))
        let operation = operation(number, kind.0, kind.1)
        try writer.plan(operation, run: run, at: day(number))
        try writer.markSent([operation.id], at: day(number))
        try writer.settle(operation.id, as: kind.2, at: day(number))
        try writer.endRun(run, outcome: "ok", exitCode: 0, report: "{}", at: day(number))
      }
      let idle = try writer.beginRun(at: day(20))
      try writer.endRun(idle, outcome: "ok", exitCode: 0, report: "{}", at: day(20))
      for _ in 0..<100 {
        let recent = try writer.beginRun(at: day(599))
        try writer.endRun(recent, outcome: "ok", exitCode: 0, report: "{}", at: day(599))
      }
      try writer.forget(dates(on: 600))
    }
    let left = try store.read { try $0.history().map(\.operation.summary) }
    let expected = kinds.enumerated().filter(\.element.stays).map { "number \($0.offset)" }
    #expect(left == expected)
    let runs = try store.read { try $0.runs(limit: 1000) }
    #expect(runs.count == expected.count + 100, "idle passes and those whose work is forgotten go")
    #expect(runs.count { $0.report != nil } == 100)
    try store.close()
  }

  /// Passes every five minutes, each with a report of the usual size, and a change every two
  /// hours: after the first week only the journal of what was done grows, so that a year follows
  /// from the growth of the last month.
  @Test func aYearOfPasses() throws {
    let store = try SnapshotStore(path: path)
    let report = String(repeating: "x", count: 1500)
    var sizes: [Int] = []
    for today in 0..<60 {
      try store.write { writer in
        for pass in 0..<288 {
          let at = day(today).advanced(seconds: Int64(pass) * 300)
          let run = try writer.beginRun(at: at)
          if pass % 24 == 0 {
            let operation = operation(today * 288 + pass, .update, .deal)
            try writer.plan(operation, run: run, at: at)
            try writer.settle(operation.id, as: .applied, at: at)
          }
          try writer.endRun(run, outcome: "ok", exitCode: 0, report: report, at: at)
        }
        try writer.forget(dates(on: today))
      }
      try store.compact()
      sizes.append(try store.read { try $0.sizeInBytes() })
    }
    let count = try store.read { try $0.runs(limit: 1_000_000).count }
    let growth = (sizes[59] - sizes[31]) / 28
    let year = sizes[59] + growth * 305
    print("5-minute passes: \(sizes[59] / 1024) KiB after 60 days, \(year / 1024) KiB in a year")
    #expect(count <= 8 * 288 + 60 * 12)
    #expect(year < 24 << 20)
    try store.close()
  }

  @Test func emptySpaceIsGivenBack() throws {
    let store = try SnapshotStore(path: path)
    try store.write { writer in
      for number in 0..<3000 {
        try writer.setMeta("key \(number)", String(repeating: "x", count: 4000))
      }
    }
    let full = try store.read { try $0.sizeInBytes() }
    #expect(try !store.compact())
    try store.spoil("DELETE FROM meta WHERE key LIKE 'key %'")
    #expect(try store.compact())
    #expect(try store.read { try $0.sizeInBytes() } < full / 10)
    #expect(try !store.compact())
    #expect(try store.durability() == 2)
    try store.close()
  }
}
