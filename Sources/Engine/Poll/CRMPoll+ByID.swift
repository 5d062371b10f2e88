internal import Connectors
internal import Domain
internal import Snapshot
internal import Transport

/// Records that are read by their ids, beside what the listings show.
extension CRMPoll {
  /// Deals a person asked for, by `retry` or `--subject`, and deals that wait for a customer: one
  /// that is added to a deal moves no stamp of the deal.
  func readAsked() async throws {
    let wanted = try context.store.read { reader in
      let asked = try reader.asked(of: crm.name) + context.subjects
      let waiting = try reader.held(for: [.noCustomer])
      return try Set(asked + waiting).filter {
        try $0.kind == .deal && $0.system == crm.name && reader.survivor(of: $0) == nil
      }
    }
    try await read(deals: wanted)
  }

  /// What a whole reading did not meet, although it is known: it was deleted, or merged away.
  func readUnlisted(_ feed: CRMFeed) async throws {
    switch feed {
    case .deals:
      let unlisted = try context.store.read { reader in
        try reader.unlisted(.deal, of: crm.name).filter {
          try staging.isTracked(ID($0.id), reader)
        }
      }
      try await read(deals: Set(unlisted))
    case .companies: try await readParties(.company)
    case .people: try await readParties(.person)
    case .lines: return
    }
  }

  private func read(deals: Set<Subject>) async throws {
    guard !deals.isEmpty else { return }
    let answers = try await staging.complete(deals.sorted().map { ID($0.id) })
    let strangers = try await missingParties(of: answers)
    try context.store.write { writer in
      for party in strangers { _ = try staging.store(party, in: writer) }
      for answer in answers { _ = try staging.store(answer, heads: [:], in: writer) }
    }
  }

  private func readParties(_ kind: RecordKind) async throws {
    let unlisted = try context.store.read { try $0.unlisted(kind, of: crm.name) }
    guard !unlisted.isEmpty else { return }
    let answers = try await crm.parties(unlisted)
    try context.store.write { writer in
      for answer in answers {
        switch answer {
        case .found(let record), .merged(_, let record): _ = try staging.store(record, in: writer)
        case .gone(let subject): try staging.delete(subject, in: writer)
        }
      }
    }
  }
}
