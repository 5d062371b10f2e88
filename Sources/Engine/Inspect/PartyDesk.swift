package import Domain
package import Snapshot

/// What decisions by hand mean for what parties remember.
struct PartyDesk {
  let writer: SnapshotWriter

  func linked(_ link: Link) throws {
    for subject in [link.left, link.right] {
      for hold in try writer.reader.holds(of: subject) {
        if [.customerUnsure, .nameTaken, .contactArchived].contains(hold.hold.code) {
          try writer.liftHold(subject, hold.hold.code)
        }
      }
      try writer.markPartyDirty(subject, because: "linked by hand")
    }
  }

  /// The record takes no further part; what it held is forgotten.
  func unlinked(_ first: Subject, _ second: Subject) throws {
    for (anchor, replica) in [(first, second), (second, first)] {
      var memory = try writer.reader.partyMemory(of: anchor)
      if !memory.isEmpty {
        memory.forget(replica)
        if try writer.reader.links(of: anchor).allSatisfy({ $0.link.role != .party }) {
          memory = PartyMemory()
        }
        try writer.setPartyMemory(memory, of: anchor)
      }
      try writer.markPartyDirty(replica, because: "unlinked by hand")
    }
  }
}

extension Clerk {
  /// What came of `resolve`.
  package enum Resolution: Hashable, Sendable {
    /// The next pass writes what this system has to the others.
    case noted(holds: Int)
    case unknown
    /// The party has no record in the system; those it has.
    case notThere([SystemName])
    case nothingOpen
  }

  /// Lets one system win the open conflicts of a party.
  ///
  /// - Parameter accounting: the accounting system's name.
  package func resolve(
    _ subject: Subject, use system: SystemName, accounting: SystemName
  ) throws(SnapshotError) -> Resolution {
    try store.write { writer in
      guard subject.kind.isParty, try writer.reader.party(subject) != nil else { return .unknown }
      let anchor = try Self.anchor(of: subject, accounting, writer.reader)
      let records =
        try [anchor]
        + writer.reader.links(of: anchor)
        .filter { $0.link.role == .party }.map(\.link.left)
      guard records.contains(where: { $0.system == system }) else {
        return .notThere(Set(records.map(\.system)).sorted())
      }
      let open = try records.flatMap { try writer.reader.holds(of: $0) }
        .filter { [.fieldConflict, .flipFlop, .fieldRefused].contains($0.hold.code) }
      guard !open.isEmpty else { return .nothingOpen }
      var memory = try writer.reader.partyMemory(of: anchor)
      memory.use = system
      try writer.setPartyMemory(memory, of: anchor)
      try writer.markPartyDirty(anchor, because: "resolved by hand")
      try writer.recordDecision("\(system) wins its open conflicts", on: anchor, at: now)
      return .noted(holds: open.count)
    }
  }

  static func anchor(
    of subject: Subject, _ accounting: SystemName, _ reader: SnapshotReader
  ) throws -> Subject {
    guard subject.system != accounting else { return subject }
    var candidates = try reader.links(of: subject).filter { $0.link.role == .party }
    for company in try reader.companies(of: subject) where candidates.isEmpty {
      candidates = try reader.links(of: company).filter { $0.link.role == .party }
    }
    let main = candidates.min { ($0.since, $0.link.right) < ($1.since, $1.link.right) }
    return main?.link.right ?? subject
  }
}
