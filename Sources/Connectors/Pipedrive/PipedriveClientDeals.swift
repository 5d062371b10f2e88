package import Domain
package import Transport

extension PipedriveConnector {
  package func deals(_ ids: [ID<Deal>]) async throws(RemoteError) -> [CRMDealAnswer] {
    var answers: [CRMDealAnswer] = []
    for batch in ids.uniqued.batches(of: PipedriveLimit.ids) {
      answers += try await expand(batch.map(\.rawValue))
    }
    return answers
  }

  /// What an id has become.
  private enum Fate {
    case found(PipedriveRecord)
    case merged(PipedriveRecord)
    case archived
    case gone
    case unreadable(String)

    /// The record, unless it is archived or gone.
    var living: PipedriveRecord? {
      switch self {
      case .found(let record), .merged(let record): record
      case .archived, .gone, .unreadable: nil
      }
    }
  }

  private func expand(_ ids: [String]) async throws(RemoteError) -> [CRMDealAnswer] {
    let reader = try await dealReader()
    let found = try await records(.deals, ids, priority: .money)
    var fates: [(id: String, fate: Fate)] = []
    for id in ids {
      if let reason = found.unreadable[id] {
        fates.append((id, .unreadable(reason)))
      } else if let record = found.records[id], !record.isDeleted {
        fates.append((id, .found(record)))
      } else {
        fates.append((id, try await fate(id, found.records[id])))
      }
    }
    let parts = try await parts(fates.compactMap { $0.fate.living })
    return fates.map { id, fate in
      do {
        switch fate {
        case .found(let record): return .found(try parts.deal(record, reader))
        case .merged(let record):
          return .merged(ID(id), into: try parts.deal(record, reader))
        case .archived: return .archived(ID(id))
        case .gone: return .gone(ID(id))
        case .unreadable(let reason): return .rejected(ID(id), reason: reason)
        }
      } catch {
        return .rejected(ID(id), reason: (error as? PipedriveUnreadable)?.reason ?? "unreadable")
      }
    }
  }

  /// Archived deals are in no list by ids, but can be read one by one; deleted ones for a month.
  private func fate(
    _ id: String, _ known: PipedriveRecord?
  ) async throws(RemoteError) -> Fate {
    var record = known
    if record == nil { record = try await single(.deals, id, priority: .money) }
    guard let record else { return .gone }
    guard record.isDeleted else { return .found(record) }
    guard let survivor = try await survivor(of: record, among: []),
      let whole = try await single(.deals, survivor.id, priority: .money), !whole.isDeleted
    else { return .archived }
    return .merged(whole)
  }

  /// What belongs to deals, read for all of them together.
  private struct Parts {
    var rows: [String: [PipedriveRecord]] = [:]
    var discounts: [String: [PipedriveRecord]] = [:]
    /// Deals merged into each, as far as this pass has met them.
    var merged: [String: [String]] = [:]
    var lineReader: PipedriveLineReader

    func deal(
      _ record: PipedriveRecord, _ reader: PipedriveDealReader
    ) throws(PipedriveUnreadable) -> Deal {
      var deal = try reader.complete(
        record, rows: rows[record.id] ?? [], discounts: discounts[record.id] ?? [],
        lineReader: lineReader)
      deal.mergedFrom = (merged[record.id] ?? []).map { ID($0) }
      return deal
    }
  }

  private func parts(_ records: [PipedriveRecord]) async throws(RemoteError) -> Parts {
    let rows = try await rows(records.map(\.id).uniqued, priority: .money)
    let sold = rows.values.joined().compactMap { $0["product_id"]?.id }
    var parts = Parts(
      rows: rows,
      lineReader: PipedriveLineReader(
        extra: fields.extraLine, products: try await products(sold.uniqued)))
    for record in records {
      parts.merged[record.id] = await memory.merged(into: record.id)
      let own = rows[record.id] ?? []
      // Discounts of a deal cost a call each: only where its rows do not explain its value.
      guard !PipedriveDiscount.isExplained(record, rows: own) else { continue }
      parts.discounts[record.id] = try await get(
        PipedrivePage.self, ["deals", record.id, "discounts"], priority: .money,
        label: "discounts.list"
      ).whole("discounts.list")
    }
    return parts
  }

  /// The rows of each deal; deals without any are missing.
  private func rows(
    _ deals: [String], priority: CallPriority
  ) async throws(RemoteError) -> [String: [PipedriveRecord]] {
    var found: [String: [PipedriveRecord]] = [:]
    for batch in deals.batches(of: PipedriveLimit.ids) {
      var query: URLQuery = [:]
      for id in batch { query.add("deal_ids", id) }
      let rows = try await all(
        ["deals", "products"], query: query, priority: priority, label: "deal_products.list")
      for row in rows {
        if let deal = row["deal_id"]?.id { found[deal, default: []].append(row) }
      }
    }
    return found
  }

  private func products(
    _ ids: [String]
  ) async throws(RemoteError) -> [String: PipedriveRecord] {
    var known: [String: PipedriveRecord] = [:]
    var missing: [String] = []
    for id in ids {
      if let product = await memory.product(id) { known[id] = product } else { missing.append(id) }
    }
    let found = try await records(.products, missing, priority: .money).records
    await memory.keep(Array(found.values))
    return known.merging(found) { $1 }
  }

  /// Rows carry no stamp of their own in any list: nothing asks for this.
  package func dealsOwning(lines: [String]) async throws(RemoteError) -> Set<ID<Deal>> { [] }

  package func relations(
    of deals: [ID<Deal>]
  ) async throws(RemoteError) -> [ID<Deal>: String] {
    let ids = deals.map(\.rawValue).uniqued
    var digests: [ID<Deal>: String] = [:]
    for batch in ids.batches(of: PipedriveLimit.ids) {
      let found = try await records(.deals, Array(batch), priority: .background).records
      let living = found.values.filter { !$0.isDeleted }
      let rows = try await rows(living.map(\.id).sorted(), priority: .background)
      for record in living {
        digests[ID(record.id)] = PipedriveDealReader.digest(record, rows: rows[record.id] ?? [])
      }
    }
    return digests
  }
}
