package import Domain
package import Transport

extension ZohoConnector {
  package func deals(_ ids: [ID<Deal>]) async throws(RemoteError) -> [CRMDealAnswer] {
    var answers: [CRMDealAnswer] = []
    for batch in ids.uniqued.batches(of: ZohoLimit.values) {
      answers += try await expand(batch.map(\.rawValue))
    }
    return answers
  }

  private func expand(_ ids: [String]) async throws(RemoteError) -> [CRMDealAnswer] {
    let reader = try await dealReader()
    var found = try await records(.deals, ids, priority: .money)
    // A list leaves out what waits for approval: only the record itself can say that it is gone.
    for id in ids where found.records[id] == nil && found.unreadable[id] == nil {
      found.records[id] = try await single(.deals, id, priority: .money)
    }
    let living = ids.compactMap { found.records[$0] }.filter { !$0.isTrash && !$0.isMerging }
    let sold = try await sold(living, priority: .money, withRows: true)
    let products = try await products(sold.values, .money)
    return ids.map { id in
      if let reason = found.unreadable[id] { return .rejected(ID(id), reason: reason) }
      guard let record = found.records[id] else { return .gone(ID(id)) }
      guard !record.isTrash else { return .archived(ID(id)) }
      do {
        return .found(
          try reader.complete(
            record, sold[id] ?? ZohoSold(), columns: columns, products: products))
      } catch {
        return .rejected(ID(id), reason: (error as? ZohoUnreadable)?.reason ?? "unreadable")
      }
    }
  }

  /// The listing of quotes and orders names their deals: nothing asks for this.
  package func dealsOwning(lines: [String]) async throws(RemoteError) -> Set<ID<Deal>> { [] }

  package func relations(
    of deals: [ID<Deal>]
  ) async throws(RemoteError) -> [ID<Deal>: String] {
    var digests: [ID<Deal>: String] = [:]
    for batch in deals.map(\.rawValue).uniqued.batches(of: ZohoLimit.values) {
      let found = try await records(.deals, Array(batch), priority: .background).records
      let living = batch.compactMap { found[$0] }.filter { !$0.isTrash && !$0.isMerging }
      let sold = try await sold(living, priority: .background, withRows: false)
      for record in living {
        digests[ID(record.id)] = ZohoDealReader.digest(record, sold[record.id]?.stamps ?? [])
      }
    }
    return digests
  }
}
