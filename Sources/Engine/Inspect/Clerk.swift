package import Domain
package import Snapshot

/// What a person decides by hand: links, retries, exceptions. Nothing here talks to a system.
package struct Clerk {
  let store: SnapshotStore
  let now: Instant

  package init(store: SnapshotStore, now: Instant) {
    self.store = store
    self.now = now
  }

  package func heldSubjects() throws(SnapshotError) -> [Subject] {
    try store.read { Set(try $0.holds().map(\.hold.subject)).sorted() }
  }

  /// Leaves a deal alone for good; false when it is unknown or no deal.
  package func ignore(_ subject: Subject) throws(SnapshotError) -> Bool {
    try store.write { writer in
      guard subject.kind == .deal, try isKnown(subject, writer.reader) else { return false }
      try writer.updateDealState(subject) { $0.isIgnored = true }
      try writer.replaceHolds(of: [subject], with: [], at: now)
      try writer.markDirty(subject, because: "ignore")
      try writer.recordDecision("it is ignored", on: subject, at: now)
      return true
    }
  }

  func isKnown(_ subject: Subject, _ reader: SnapshotReader) throws -> Bool {
    try reader.headDigest(of: subject) != nil
  }
}
