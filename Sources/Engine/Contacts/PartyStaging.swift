internal import Domain
internal import Snapshot

/// What a changed company, person or contact means for parties.
enum PartyStaging {
  static func changed(_ record: PartyRecord, in writer: SnapshotWriter) throws {
    if let next = record.mergedInto {
      let loser = record.subject
      let survivor = Subject(system: loser.system, kind: loser.kind, id: next.rawValue)
      try follow(loser, to: survivor, in: writer)
    } else {
      try writer.markPartyDirty(record.subject, because: "changed")
    }
  }

  /// Links and memory go to the survivor, through merges of the survivor that are known already.
  private static func follow(
    _ loser: Subject, to survivor: Subject, in writer: SnapshotWriter
  ) throws {
    var target = survivor
    var visited: Set<Subject> = [loser, survivor]
    while let next = try writer.reader.party(target)?.mergedInto {
      let further = Subject(system: target.system, kind: target.kind, id: next.rawValue)
      guard visited.insert(further).inserted else { break }
      target = further
    }
    guard target != loser else { return }
    try writer.rekey(party: loser, to: target)
    for stored in try writer.reader.links(of: target) where stored.link.role == .party {
      for deal in try writer.reader.deals(of: stored.link.left) {
        try writer.markDirty(deal, because: "contact merged")
      }
    }
  }
}
