package import Domain
package import Transport

extension SalesforceConnector {
  package func deals(_ ids: [ID<Deal>]) async throws(RemoteError) -> [CRMDealAnswer] {
    var answers: [CRMDealAnswer] = []
    for batch in ids.uniqued.batches(of: SalesforceLimit.rows) {
      answers += try await expand(batch.map(\.rawValue))
    }
    return answers
  }

  private func expand(_ ids: [String]) async throws(RemoteError) -> [CRMDealAnswer] {
    let reader = try await dealReader()
    let found = try await found(.opportunity, ids, priority: .money)
    let living = found.records.values.filter { !$0.isDeleted }.map(\.id).sorted()
    let parts = try await parts(living, priority: .money)
    return ids.map { id in
      if let reason = found.unreadable[id] { return .rejected(ID(id), reason: reason) }
      guard let record = found.records[id] else { return .gone(ID(id)) }
      // The bin keeps deleted deals for fifteen days, and they can come back.
      guard !record.isDeleted else { return .archived(ID(id)) }
      do {
        return .found(
          try reader.complete(
            record, url: page(of: id), lines: parts.lines[id] ?? [],
            roles: parts.roles[id] ?? []))
      } catch {
        return .rejected(ID(id), reason: (error as? SalesforceUnreadable)?.reason ?? "unreadable")
      }
    }
  }

  /// What belongs to deals, read for all of them together.
  private struct Parts {
    var lines: [String: [SalesforceRecord]] = [:]
    var roles: [String: [SalesforceRecord]] = [:]
  }

  private func parts(
    _ deals: [String], priority: CallPriority
  ) async throws(RemoteError) -> Parts {
    var parts = Parts()
    guard let ids = SOQL.ids(deals) else { return parts }
    let lines = try await learning { () async throws(RemoteError) in
      let columns = try await columns(.lineItem).joined(separator: ",")
      return try await pages(
        "SELECT \(columns) FROM OpportunityLineItem WHERE OpportunityId IN \(ids)",
        isAll: false, priority: priority, label: "lines.list")
    }
    // A deal must not lose a line in silence.
    guard lines.unreadable.isEmpty else {
      throw .unreadable(reason: "lines.list: \(lines.unreadable[0].reason)")
    }
    let roles = try await rows(
      "SELECT Id,OpportunityId,ContactId,IsPrimary FROM OpportunityContactRole"
        + " WHERE OpportunityId IN \(ids)", priority: priority, label: "roles.list")
    for line in lines.records {
      parts.lines[line.text("OpportunityId") ?? "", default: []].append(line)
    }
    for role in roles { parts.roles[role.text("OpportunityId") ?? "", default: []].append(role) }
    return parts
  }

  package func dealsOwning(lines: [String]) async throws(RemoteError) -> Set<ID<Deal>> {
    var owners: Set<ID<Deal>> = []
    for batch in lines.uniqued.batches(of: SalesforceLimit.rows) {
      guard let ids = SOQL.ids(batch) else { continue }
      let rows = try await rows(
        "SELECT Id,OpportunityId FROM OpportunityLineItem WHERE Id IN \(ids)", isAll: true,
        priority: .money, label: "lines.owners")
      owners.formUnion(rows.compactMap { $0.text("OpportunityId").map { ID($0) } })
    }
    return owners
  }

  package func relations(
    of deals: [ID<Deal>]
  ) async throws(RemoteError) -> [ID<Deal>: String] {
    var digests: [ID<Deal>: String] = [:]
    for batch in deals.map(\.rawValue).uniqued.batches(of: SalesforceLimit.rows) {
      let found = try await found(.opportunity, Array(batch), priority: .background)
      let living = found.records.values.filter { !$0.isDeleted }
      let parts = try await parts(living.map(\.id).sorted(), priority: .background)
      for record in living {
        digests[ID(record.id)] = SalesforceDealReader.digest(
          record, lines: parts.lines[record.id] ?? [], roles: parts.roles[record.id] ?? [])
      }
    }
    return digests
  }

  /// Records by the ids asked for, deleted ones included; ids that name no visible record are
  /// missing. Unreadable ones are told apart, since they do exist.
  struct Found: Sendable {
    var records: [String: SalesforceRecord] = [:]
    var unreadable: [String: String] = [:]
  }

  func found(
    _ object: SalesforceObject, _ ids: [String], priority: CallPriority
  ) async throws(RemoteError) -> Found {
    var found = Found()
    for batch in ids.uniqued.batches(of: SalesforceLimit.rows) {
      guard let list = SOQL.ids(batch) else { continue }
      let rows = try await learning { () async throws(RemoteError) in
        let columns = try await columns(object).joined(separator: ",")
        return try await pages(
          "SELECT \(columns) FROM \(object.rawValue) WHERE Id IN \(list)", isAll: true,
          priority: priority, label: "\(object.rawValue.lowercased()).read")
      }
      for record in rows.records { found.records[record.id] = record }
      for (id, reason) in rows.unreadable { found.unreadable[id ?? ""] = reason }
    }
    return found
  }
}
