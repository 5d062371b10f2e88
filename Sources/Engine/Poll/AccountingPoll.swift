internal import Connectors
internal import Domain
internal import Snapshot
internal import Transport

/// Reads what changed in the accounting system into the snapshot, page by page. A page, what it
/// makes dirty and the cursor behind it are one transaction: a crash reads a page again, never
/// skips one.
struct AccountingPoll {
  let context: PollContext
  let accounting: any AccountingSystem

  func run() async throws(SnapshotError) -> PollResult {
    var result = PollResult(system: accounting.name)
    for feed in accounting.capabilities.feeds {
      do {
        try await read(feed, into: &result)
      } catch let error as RemoteError {
        result.failure = error
        return result
      } catch let error as SnapshotError {
        throw error
      } catch {
        result.failure = .unreadable(reason: "\(error)")
        return result
      }
      if result.wasInterrupted { return result }
    }
    return result
  }

  private func read(_ feed: AccountingFeed, into result: inout PollResult) async throws {
    let name = accounting.name
    let hadContacts = try context.store.read { try $0.count(of: .contact, in: name) > 0 }
    var cursor =
      try context.store.read {
        try $0.cursor(FeedCursor.self, of: name, feed: feed.rawValue)
      } ?? .start
    let fromStart = cursor == .start
    var seen = 0
    while true {
      if context.environment.shouldStop() {
        result.wasInterrupted = true
        return
      }
      let asked = context.environment.time.monotonic()
      var page = try await accounting.page(feed, from: cursor)
      page.next = page.next.following(
        cursor, begun: context.serverMoment(of: asked, skew: await accounting.clockSkew()),
        hasMore: page.hasMore)
      let changes = try context.store.write { writer in
        let changes = try stage(page, in: writer)
        try writer.setCursor(page.next, of: name, feed: feed.rawValue)
        return changes
      }
      seen += page.contacts.count + page.invoices.count
      result.changed[feed.rawValue, default: 0] += changes
      cursor = page.next
      context.report(name, feed.rawValue, seen, page.total)
      if !page.hasMore { break }
    }
    if fromStart, hadContacts, seen == 0, feed == .contacts { result.wasEmptied = true }
  }

  private func stage(_ page: AccountingPage, in writer: SnapshotWriter) throws -> Int {
    var changes = 0
    for contact in page.contacts {
      let change = try writer.store(party: contact)
      guard change == .new || change == .changed else { continue }
      changes += 1
      try AccountingStaging.contactChanged(contact, in: writer)
      try PartyStaging.changed(contact, in: writer)
    }
    for invoice in page.invoices {
      let change = try writer.store(invoice: invoice, of: accounting.name, readAt: context.now)
      guard change == .new || change == .changed else { continue }
      changes += 1
      try AccountingStaging.invoiceChanged(
        invoice, of: accounting.name, in: writer, at: context.now)
    }
    for rejected in page.rejected { try writer.put(rejected.hold, at: context.now) }
    return changes
  }
}

/// What a changed accounting record means for deals.
enum AccountingStaging {
  private static let heldForContact: [HoldCode] = [
    .customerUnsure, .contactArchived, .nameTaken, .noCustomer,
  ]

  static func contactChanged(_ contact: PartyRecord, in writer: SnapshotWriter) throws {
    for link in try writer.reader.links(of: contact.subject) where link.link.role == .party {
      let other = link.link.left == contact.subject ? link.link.right : link.link.left
      for deal in try writer.reader.deals(of: other) {
        try writer.markDirty(deal, because: "contact changed")
      }
    }
    for deal in try writer.reader.held(for: heldForContact) {
      try writer.markDirty(deal, because: "a contact changed")
    }
    try writer.liftHold(contact.subject, .recordUnreadable)
  }

  static func invoiceChanged(
    _ invoice: Invoice, of system: SystemName, in writer: SnapshotWriter, at now: Instant
  ) throws {
    let subject = Subject(system: system, kind: .invoice, id: invoice.id.rawValue)
    var owners = try writer.reader.links(of: subject).map(\.link.left)
    if owners.isEmpty, let template = invoice.templateID {
      let parent = Subject(system: system, kind: .template, id: template.rawValue)
      for link in try writer.reader.links(of: parent) where link.link.role == .template {
        try writer.link(
          Link(left: link.link.left, right: subject, role: .invoice(.generated(by: template))),
          by: "pass", at: now)
        owners.append(link.link.left)
      }
    }
    for deal in owners { try writer.markDirty(deal, because: "invoice changed") }
    try writer.liftHold(subject, .recordUnreadable)
  }
}

extension RejectedRecord {
  /// The hold that shows a record nobody could read.
  var hold: Hold {
    Hold(
      subject: subject, code: .recordUnreadable,
      message: "This record could not be read: \(reason).",
      remedy: "Correct it in \(subject.system); it is read again when it changes there.")
  }
}
