package import Domain
internal import GRDB

extension SnapshotWriter {
  /// A deal was merged into another: its links, state and alerts go to the survivor, which may
  /// then have several invoices that each bill the whole of a deal. The deal itself is looked at
  /// no more.
  package func rekey(deal old: Subject, to new: Subject) throws {
    guard old != new else { return }
    for stored in try reader.links(of: old) where stored.link.left == old {
      _ = try unlink(old, stored.link.right)
      try link(
        Link(left: new, right: stored.link.right, role: stored.link.role), by: stored.by,
        at: stored.since)
    }
    let state = try reader.dealState(old)
    if state != DealState(), try reader.dealState(new).invoicedContent == nil {
      try setDealState(state, of: new)
    }
    try db.execute(
      sql: "UPDATE alert SET subject = ? WHERE subject = ?",
      arguments: [new.description, old.description])
    for table in ["dirty", "wake", "hold"] {
      try db.execute(
        sql: "DELETE FROM \(table) WHERE subject = ?", arguments: [old.description])
    }
    try db.execute(
      sql: "UPDATE record SET is_live = 0 WHERE system = ? AND kind = ? AND id = ?",
      arguments: [old.system.rawValue, old.kind.rawValue, old.id])
    try db.execute(
      sql: """
        INSERT INTO merged_deal (old, new) VALUES (?, ?)
        ON CONFLICT (old) DO UPDATE SET new = excluded.new
        """,
      arguments: [old.description, new.description])
  }
}

extension SnapshotReader {
  /// The deal that stands for a merged one, followed to its end; nil: it was never merged.
  package func survivor(of deal: Subject) throws -> Subject? {
    var current = deal
    var visited: Set<Subject> = [deal]
    while let text = try String.fetchOne(
      db.cachedStatement(sql: "SELECT new FROM merged_deal WHERE old = ?"),
      arguments: [current.description]),
      let next = Subject(text), visited.insert(next).inserted
    {
      current = next
    }
    return current == deal ? nil : current
  }
}
