import Domain
import Snapshot
import Testing

/// The journal's rules: an operation is open once at most, is sent only from where it may be, and
/// what ended stays ended.
struct JournalTests {
  private let store: SnapshotStore
  private let deal = Subject(system: "hubspot", kind: .deal, id: "1")
  private let now = Instant(milliseconds: 1_769_976_000_000)

  init() throws { store = try SnapshotStore(path: TemporaryFile.path()) }

  private func operation(_ name: String = "a", summary: String = "first") -> Operation {
    Operation(
      id: OperationID(hashing: [name]), action: .void, system: "xero", object: .invoice,
      subject: deal, effect: .cancelInvoice(ID("i-1")), summary: summary)
  }

  private func state(_ operation: Operation) throws -> OperationState? {
    try store.read { try $0.operation(operation.id)?.state }
  }

  @Test func openOnce() throws {
    try store.write { writer in
      try writer.plan(operation(), run: 1, at: now)
      try writer.plan(operation(summary: "second"), run: 2, at: now.advanced(seconds: 60))
    }
    let entries = try store.read { try $0.history() }
    #expect(entries.count == 1)
    #expect(entries.first?.run == 2)
    #expect(entries.first?.operation.summary == "second")
    #expect(entries.first?.plannedAt == now)
  }

  /// Planned again while its outcome is open, it is left as it is: the body is what was sent.
  @Test(arguments: [OperationState.sent, .unknown])
  func openOutcomeIsLeftAlone(state: OperationState) throws {
    try store.write { writer in
      try writer.plan(operation(), run: 1, at: now)
      try writer.markSent([operation().id], at: now)
      if state == .unknown { try writer.settle(operation().id, as: .unknown, at: now) }
      try writer.plan(operation(summary: "second"), run: 2, at: now)
    }
    let entries = try store.read { try $0.history() }
    #expect(entries.map(\.state) == [state])
    #expect(entries.first?.operation.summary == "first")
    #expect(entries.first?.run == 1)
  }

  @Test(arguments: [OperationState.applied, .refused, .withdrawn])
  func endedIsNotSentAgain(state: OperationState) throws {
    try store.write { writer in
      try writer.plan(operation(), run: 1, at: now)
      try writer.markSent([operation().id], at: now)
      try writer.settle(operation().id, as: state, externalID: "i-1", at: now)
    }
    #expect(throws: SnapshotError.self) {
      try store.write { try $0.markSent([operation().id], at: now) }
    }
    // What came too late changes nothing.
    try store.write { try $0.settle(operation().id, as: .unknown, at: now) }
    #expect(try self.state(operation()) == state)
    #expect(try store.read { try $0.openOperations().isEmpty })
    // Planned anew it is another entry; the old one stays as it ended.
    try store.write { try $0.plan(operation(), run: 2, at: now) }
    #expect(try store.read { try $0.history() }.map(\.state) == [state, .planned])
  }

  @Test func sentTwiceIsCounted() throws {
    try store.write { writer in
      try writer.plan(operation(), run: 1, at: now)
      try writer.markSent([operation().id], at: now)
      try writer.settle(operation().id, as: .unknown, answer: "lost", at: now)
      try writer.markSent([operation().id], at: now.advanced(seconds: 9))
    }
    let entry = try #require(try store.read { try $0.operation(operation().id) })
    #expect(entry.attempts == 2)
    #expect(entry.sentAt == now.advanced(seconds: 9))
  }

  /// One that cannot be sent keeps all of its batch from being sent.
  @Test func aBatchIsMarkedWholeOrNotAtAll() throws {
    try store.write { try $0.plan(operation("a"), run: 1, at: now) }
    #expect(throws: SnapshotError.self) {
      try store.write {
        try $0.markSent([operation("a").id, operation("never planned").id], at: now)
      }
    }
    #expect(try state(operation("a")) == .planned)
  }

  /// The order in which things were planned is the order in which they are told.
  @Test func historyIsInOrder() throws {
    for name in ["a", "b", "c"] {
      try store.write { try $0.plan(operation(name, summary: name), run: 1, at: now) }
    }
    #expect(try store.read { try $0.history() }.map(\.operation.summary) == ["a", "b", "c"])
    #expect(try store.read { try $0.history(limit: 2) }.map(\.operation.summary) == ["b", "c"])
    #expect(try store.read { try $0.history(of: deal, run: 2) }.isEmpty)
    #expect(try store.read { try $0.history(since: now.advanced(seconds: 1)) }.isEmpty)
  }

  /// A transaction that fails leaves nothing behind.
  @Test func failedTransaction() throws {
    struct Stop: Error {}
    #expect(throws: (any Error).self) {
      try store.write { writer in
        try writer.plan(operation(), run: 1, at: now)
        throw Stop()
      }
    }
    #expect(try store.read { try $0.history() }.isEmpty)
  }
}
