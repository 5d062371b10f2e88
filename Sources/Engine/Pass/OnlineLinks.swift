internal import Connectors
internal import Domain
internal import Snapshot
internal import Transport

/// The pages on which customers see their approved invoices: one call each, so they are asked
/// for once and kept; until then the deal shows our own page of the invoice.
struct OnlineLinks {
  let environment: PassEnvironment
  let store: SnapshotStore
  let now: Instant

  /// Calls in one pass at most: the rest shows our own page until its deal is planned again.
  private static let mostPerPass = 20

  static func key(_ id: ID<Invoice>) -> String { "online:\(id)" }

  /// Asks for the pages of the approved invoices of these deals that are not known yet.
  func read(for deals: [Subject]) async throws(SnapshotError) {
    let accounting = environment.systems.accounting
    guard accounting.capabilities.hasOnlineInvoices else { return }
    for (deal, id) in try wanted(deals, of: accounting.name).prefix(Self.mostPerPass) {
      guard !environment.shouldStop() else { return }
      // A page is a convenience: without it the pass goes on.
      guard let page = try? await accounting.onlineURL(of: id) else { return }
      try store.write { writer in
        try writer.setCache(Self.key(id), page, readAt: now)
        if !page.isEmpty { try writer.markDirty(deal, because: "online page known") }
      }
    }
  }

  /// Approved invoices without a known page, by link or by mark.
  private func wanted(
    _ deals: [Subject], of accounting: SystemName
  ) throws(SnapshotError) -> [(Subject, ID<Invoice>)] {
    try store.read { reader in
      var wanted: [(Subject, ID<Invoice>)] = []
      for deal in Set(deals).sorted() where deal.kind == .deal {
        var invoices = try reader.links(of: deal).compactMap { stored -> Invoice? in
          guard stored.link.left == deal, case .invoice = stored.link.role else { return nil }
          return try reader.invoice(ID(stored.link.right.id), of: accounting)
        }
        if invoices.isEmpty, let known = try reader.deal(ID(deal.id), of: deal.system) {
          invoices = try reader.invoices(
            source: known.url, orBeginningWith: SourceMark.prefix(of: known), in: accounting)
        }
        for invoice in invoices
        where try [.authorised, .paid].contains(invoice.status)
          && reader.cache(Self.key(invoice.id), as: String.self) == nil
        {
          wanted.append((deal, invoice.id))
        }
      }
      return wanted
    }
  }
}
