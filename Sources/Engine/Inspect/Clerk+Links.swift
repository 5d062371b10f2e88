package import Domain
package import Snapshot

extension Clerk {
  /// A link made by hand.
  package struct Linked: Hashable, Sendable {
    package var link: Link
    /// What the left side is no longer linked to because of it.
    package var replaced: [Subject]
  }

  /// Why a link was refused.
  package enum LinkError: Error, Hashable, Sendable, CustomStringConvertible {
    case unknown(Subject)
    case kinds(Subject, Subject)
    case taken(Subject, by: Subject)
    case merged(Subject, into: Subject)

    package var description: String {
      switch self {
      case .unknown(let subject):
        "\(subject) is not known here. Check the id; a record that was made just now is known "
          + "after the next `xerosync run`."
      case .kinds(let left, let right):
        "\(left) and \(right) cannot be the same thing: link a company or person with a contact, "
          + "or a deal with an invoice."
      case .taken(let subject, let other):
        "\(subject) is linked to \(other) already. `xerosync unlink \(subject) \(other)` first."
      case .merged(let subject, let survivor):
        "\(subject) was merged into \(survivor): link that one."
      }
    }
  }

  /// Links two records by hand. What stands in the way of the link's own meaning gives way: a
  /// contact that is archived or erased, the other invoices of a merged deal.
  ///
  /// - Throws: `LinkError`, or `SnapshotError` when the snapshot cannot be written.
  package func link(_ first: Subject, _ second: Subject) throws -> Linked {
    let result: Result<Linked, LinkError> = try store.write { writer in
      do {
        return .success(try link(first, second, in: writer))
      } catch let error as LinkError {
        return .failure(error)
      }
    }
    return try result.get()
  }

  private func link(
    _ first: Subject, _ second: Subject, in writer: SnapshotWriter
  ) throws -> Linked {
    let link = try ordered(first, second)
    for subject in [link.left, link.right] where try !isKnown(subject, writer.reader) {
      throw LinkError.unknown(subject)
    }
    if let survivor = try writer.reader.survivor(of: link.left) {
      throw LinkError.merged(link.left, into: survivor)
    }
    let replaced = try replacedBy(link, writer.reader)
    try refuseTaken(link, besides: replaced, writer.reader)
    for other in replaced {
      _ = try writer.unlink(link.left, other)
      if link.role == .party {
        try PartyDesk(writer: writer).unlinked(link.left, other)
      } else {
        // It carries the mark of a deal that was merged into this one.
        try writer.setApart(link.left, other, true)
      }
    }
    try writer.link(link, by: "hand", at: now)
    try writer.setApart(link.left, link.right, false)
    try writer.recordDecision("linked to \(link.right)", on: link.left, at: now)
    if link.role == .party {
      try PartyDesk(writer: writer).linked(link)
    }
    try wakeDeals(of: link, in: writer)
    return Linked(link: link, replaced: replaced)
  }

  package func unlink(_ first: Subject, _ second: Subject) throws(SnapshotError) -> Bool {
    try store.write { writer in
      guard try writer.unlink(first, second) else { return false }
      if first.kind.isParty, second.kind.isParty {
        try writer.setApart(first, second, true)
        try PartyDesk(writer: writer).unlinked(first, second)
      }
      try writer.recordDecision("unlinked from \(second)", on: first, at: now)
      if let link = try? ordered(first, second) { try wakeDeals(of: link, in: writer) }
      return true
    }
  }

  private func ordered(_ first: Subject, _ second: Subject) throws -> Link {
    for (left, right) in [(first, second), (second, first)] {
      switch (left.kind, right.kind) {
      case (.company, .contact), (.person, .contact):
        return Link(left: left, right: right, role: .party)
      case (.deal, .invoice): return Link(left: left, right: right, role: .invoice(.whole))
      default: continue
      }
    }
    throw LinkError.kinds(first, second)
  }

  private func replacedBy(_ link: Link, _ reader: SnapshotReader) throws -> [Subject] {
    let others = try reader.links(of: link.left).filter {
      $0.link.left == link.left && $0.link.right != link.right && $0.link.role == link.role
    }.map(\.link.right)
    guard link.role == .party else {
      let isMerged = try reader.deal(ID(link.left.id), of: link.left.system)?.mergedFrom.isEmpty
      let isLinked = try reader.links(of: link.left).contains { $0.link.right == link.right }
      return isMerged == false && isLinked ? others : []
    }
    return try others.filter { other in
      guard other.system == link.right.system, let contact = try reader.party(other) else {
        return false
      }
      return contact.status != .active && contact.mergedInto == nil
    }
  }

  private func refuseTaken(
    _ link: Link, besides replaced: [Subject], _ reader: SnapshotReader
  ) throws {
    // A company may have several contacts: its branches.
    for stored in try reader.links(of: link.left)
    where link.role != .party && stored.link.role == link.role
      && stored.link.right != link.right && !replaced.contains(stored.link.right)
    {
      throw LinkError.taken(link.left, by: stored.link.right)
    }
    guard link.right.kind == .invoice else { return }
    for stored in try reader.links(of: link.right) where stored.link.left != link.left {
      throw LinkError.taken(link.right, by: stored.link.left)
    }
  }

  private func wakeDeals(of link: Link, in writer: SnapshotWriter) throws {
    if link.left.kind == .deal { try writer.markDirty(link.left, because: "linked by hand") }
    for deal in try writer.reader.deals(of: link.left) {
      try writer.markDirty(deal, because: "linked by hand")
    }
  }
}
