package import Domain
package import Snapshot

/// What a person decides by hand: links, retries, exceptions. Nothing here talks to a system.
package struct Clerk {
  let store: SnapshotStore
  private let now: Instant

  package init(store: SnapshotStore, now: Instant) {
    self.store = store
    self.now = now
  }

  /// Why a link was refused.
  package enum LinkError: Error, Hashable, Sendable, CustomStringConvertible {
    case unknown(Subject)
    case kinds(Subject, Subject)
    case taken(Subject, by: Subject)

    package var description: String {
      switch self {
      case .unknown(let subject):
        "\(subject) is not known here. Run `xerosync run` first, and check the id."
      case .kinds(let left, let right):
        "\(left) and \(right) cannot be the same thing: link a company or person with a contact, "
          + "or a deal with an invoice."
      case .taken(let subject, let other):
        "\(subject) is linked to \(other) already. `xerosync unlink \(subject) \(other)` first."
      }
    }
  }

  package func heldSubjects() throws(SnapshotError) -> [Subject] {
    try store.read { Set(try $0.holds().map(\.hold.subject)).sorted() }
  }

  /// Puts a subject before the next pass, with fresh lists; false when it is unknown.
  package func retry(_ subject: Subject) throws(SnapshotError) -> Bool {
    try store.write { writer in
      let holds = try writer.reader.holds(of: subject)
      guard try isKnown(subject, writer.reader) || !holds.isEmpty else { return false }
      let replaceable = try replaceable(subject, holds, writer.reader)
      if subject.kind == .deal {
        try writer.updateDealState(subject) { state in
          state.isIgnored = false
          // How many voids may be made good is counted, so that a later one is held again.
          state.released.formUnion(
            Set(holds.map(\.hold.code)).subtracting([.invoiceVoided, .answerDiffers]))
          state.revision = max(state.revision, replaceable)
        }
        for code in Self.saidByAnswers { try writer.liftHold(subject, code) }
      }
      try writer.dropCache(ListReader.ledgerKey)
      try writer.markDirty(subject, because: "retry")
      for deal in try writer.reader.deals(of: subject) {
        try writer.markDirty(deal, because: "retry of its customer")
      }
      return true
    }
  }

  /// Holds that no fact tells anew: a person who has looked at them lifts them.
  private static let saidByAnswers: [HoldCode] = [.answerDiffers, .emailRefused]

  /// How many voided invoices and ended templates the person who types `retry` wants replaced:
  /// all of them where that is what the deal is held for, or where nothing else is left.
  private func replaceable(
    _ subject: Subject, _ holds: [StoredHold], _ reader: SnapshotReader
  ) throws -> Int {
    var gone = 0
    var standing = 0
    for stored in try reader.links(of: subject) where stored.link.left == subject {
      switch stored.link.role {
      case .invoice(.generated), .party: continue
      case .invoice(.whole), .invoice(.part):
        let invoice = try reader.invoice(
          ID(stored.link.right.id), of: stored.link.right.system)
        guard let invoice else { continue }
        if invoice.status.isTerminal { gone += 1 } else { standing += 1 }
      case .template:
        let template = try reader.cache(
          TemplateReader.key(ID(stored.link.right.id)), as: InvoiceTemplate.self)?.body
        guard let template else { continue }
        if template.isActive { standing += 1 } else { gone += 1 }
      }
    }
    let isHeld = holds.contains { $0.hold.code == .invoiceVoided }
    return isHeld || standing == 0 ? gone : 0
  }

  /// Leaves a deal alone for good; false when it is unknown or no deal.
  package func ignore(_ subject: Subject) throws(SnapshotError) -> Bool {
    try store.write { writer in
      guard subject.kind == .deal, try isKnown(subject, writer.reader) else { return false }
      try writer.updateDealState(subject) { $0.isIgnored = true }
      try writer.replaceHolds(of: [subject], with: [], at: now)
      try writer.markDirty(subject, because: "ignore")
      return true
    }
  }

  /// Links two records by hand.
  ///
  /// - Throws: `LinkError`, or `SnapshotError` when the snapshot cannot be written.
  package func link(_ first: Subject, _ second: Subject) throws -> Link {
    try store.write { writer in
      let link = try ordered(first, second)
      for subject in [link.left, link.right] where try !isKnown(subject, writer.reader) {
        throw LinkError.unknown(subject)
      }
      try refuseTaken(link, writer.reader)
      try writer.link(link, by: "hand", at: now)
      if link.role == .party {
        try writer.setApart(link.left, link.right, false)
        try PartyDesk(writer: writer).linked(link)
      }
      try wakeDeals(of: link, in: writer)
      return link
    }
  }

  package func unlink(_ first: Subject, _ second: Subject) throws(SnapshotError) -> Bool {
    try store.write { writer in
      guard try writer.unlink(first, second) else { return false }
      if first.kind.isParty, second.kind.isParty {
        try writer.setApart(first, second, true)
        try PartyDesk(writer: writer).unlinked(first, second)
      }
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

  private func refuseTaken(_ link: Link, _ reader: SnapshotReader) throws {
    // A company may have several contacts: its branches.
    for stored in try reader.links(of: link.left)
    where link.role != .party && stored.link.role == link.role
      && stored.link.right != link.right
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

  private func isKnown(_ subject: Subject, _ reader: SnapshotReader) throws -> Bool {
    try reader.headDigest(of: subject) != nil
  }
}
