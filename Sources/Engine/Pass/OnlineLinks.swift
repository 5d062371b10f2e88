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
    for id in try wanted(deals, of: accounting.name).prefix(Self.mostPerPass) {
      guard !environment.shouldStop() else { return }
      // A page is a convenience: without it the pass goes on.
      guard let page = try? await accounting.onlineURL(of: id) else { return }
      try store.write { try $0.setCache(Self.key(id), page, readAt: now) }
    }
  }

  private func wanted(
    _ deals: [Subject], of accounting: SystemName
  ) throws(SnapshotError) -> [ID<Invoice>] {
    try store.read { reader in
      var ids: [ID<Invoice>] = []
      for deal in Set(deals).sorted() where deal.kind == .deal {
        for stored in try reader.links(of: deal) where stored.link.left == deal {
          guard case .invoice = stored.link.role,
            let invoice = try reader.invoice(ID(stored.link.right.id), of: accounting),
            invoice.status == .authorised || invoice.status == .paid,
            try reader.cache(Self.key(invoice.id), as: String.self) == nil
          else { continue }
          ids.append(invoice.id)
        }
      }
      return ids
    }
  }
}
