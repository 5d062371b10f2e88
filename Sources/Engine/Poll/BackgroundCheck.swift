internal import Connectors
internal import Domain
internal import Snapshot
internal import Transport

/// What a "modified since" listing cannot show: lines and customers attached to a deal or taken
/// off it without moving its stamp. A slice of the tracked deals is compared at intervals, the
/// one checked longest ago first.
struct BackgroundCheck {
  let context: PollContext
  let crm: any CRMSystem
  let staging: DealStaging

  /// Seconds between two checks: often enough for a bookkeeper, rare enough for a day's calls.
  private static let interval: Int64 = 1800

  func run() async throws {
    let key = "relations-check:\(crm.name)"
    let due = try context.store.read { reader in
      guard let last = try reader.cache(key, as: String.self) else { return true }
      return context.now.seconds(since: last.readAt) >= Self.interval
    }
    guard due, !context.environment.shouldStop() else { return }
    let slice = try context.store.read {
      try $0.dealsToCheck(of: crm.name, most: crm.capabilities.relationsPerRead)
    }
    let moved = slice.isEmpty ? [:] : try await changedRelations(of: slice)
    let answers = try await staging.complete(moved.keys.sorted())
    try context.store.write { writer in
      for answer in answers { _ = try staging.store(answer, heads: [:], in: writer) }
      for (id, digest) in moved {
        try writer.updateDealState(staging.subject(id)) { $0.relationsDigest = digest }
      }
      for subject in slice { try writer.markRelationsChecked(subject, run: context.run) }
      try writer.setCache(key, "done", readAt: context.now)
    }
  }

  private func changedRelations(of slice: [Subject]) async throws -> [ID<Deal>: String] {
    let known = try context.store.read { reader in
      try Dictionary(
        uniqueKeysWithValues: slice.map {
          (ID<Deal>($0.id), try reader.dealState($0).relationsDigest)
        })
    }
    let current = try await crm.relations(of: known.keys.sorted())
    return current.filter { id, digest in known[id] != digest }
  }
}
