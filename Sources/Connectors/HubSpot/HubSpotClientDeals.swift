package import Domain
package import Transport

extension HubSpotConnector {
  package func deals(_ ids: [ID<Deal>]) async throws(RemoteError) -> [CRMDealAnswer] {
    var answers: [CRMDealAnswer] = []
    for batch in ids.uniqued.batches(of: HubSpotLimit.batch) {
      answers += try await expand(batch.map(\.rawValue))
    }
    return answers
  }

  private func expand(_ ids: [String]) async throws(RemoteError) -> [CRMDealAnswer] {
    let reader = try await dealReader()
    let properties = HubSpotFields.deal(fields) + fields.extraDeal
    let found = try await read(.deals, ids, properties: properties, priority: .money)
    var fates: [(id: String, fate: Fate)] = []
    for id in ids where found.unreadable[id] == nil {
      if let record = found.records[id] {
        fates.append((id, .found(record)))
      } else {
        fates.append(
          (id, try await fate(.deals, id, properties: properties, priority: .money)))
      }
    }
    let parts = try await parts(fates.compactMap { $0.fate.living })
    var answers: [CRMDealAnswer] = found.unreadable.map { .rejected(ID($0), reason: $1) }
    for (id, fate) in fates {
      do {
        switch fate {
        case .found(let record): answers.append(.found(try parts.deal(record, reader)))
        case .merged(let record):
          answers.append(.merged(ID(id), into: try parts.deal(record, reader)))
        case .archived: answers.append(.archived(ID(id)))
        case .gone: answers.append(.gone(ID(id)))
        }
      } catch {
        answers.append(.rejected(ID(id), reason: error.reason))
      }
    }
    return answers
  }

  /// What belongs to deals, read for all of them together.
  private struct Parts {
    var companies: [String: [HubSpotLink]] = [:]
    var people: [String: [HubSpotLink]] = [:]
    var lines: [String: [HubSpotLink]] = [:]
    var items = Found()
    var taxLabels: [String: String] = [:]

    func deal(
      _ record: HubSpotRecord, _ reader: HubSpotDealReader
    ) throws(HubSpotUnreadable) -> Deal {
      let ids = (lines[record.id] ?? []).map(\.id).uniqued
      // Without one of its lines the deal would be billed short.
      for id in ids where items.records[id] == nil {
        throw HubSpotUnreadable(reason: "line item \(id) of the deal cannot be read")
      }
      var deal = try reader.complete(
        record, companies: companies[record.id] ?? [], people: people[record.id] ?? [],
        lines: ids.compactMap { items.records[$0] }, taxLabels: taxLabels)
      deal.relations = HubSpotConnector.digest([lines, companies, people], of: record.id)
      return deal
    }
  }

  private func parts(_ records: [HubSpotRecord]) async throws(RemoteError) -> Parts {
    let ids = records.map(\.id).uniqued
    guard !ids.isEmpty else { return Parts() }
    var parts = Parts()
    parts.lines = try await links(.deals, ids, to: .lineItems, priority: .money)
    parts.companies = try await links(.deals, ids, to: .companies, priority: .money)
    parts.people = try await links(.deals, ids, to: .contacts, priority: .money)
    let lines = ids.flatMap { (parts.lines[$0] ?? []).map(\.id) }
    parts.items = try await read(
      .lineItems, lines, properties: HubSpotFields.line + fields.extraLine, priority: .money)
    let hasTaxes = parts.items.records.values.contains { $0["hs_tax_rate_group_id"] != nil }
    if hasTaxes { parts.taxLabels = try await taxLabels() }
    return parts
  }

  package func dealsOwning(lines: [String]) async throws(RemoteError) -> Set<ID<Deal>> {
    let found = try await links(.lineItems, lines, to: .deals, priority: .money)
    return Set(found.values.joined().map { ID($0.id) })
  }

  package func relations(
    of deals: [ID<Deal>]
  ) async throws(RemoteError) -> [ID<Deal>: String] {
    let ids = deals.map(\.rawValue).uniqued
    guard !ids.isEmpty else { return [:] }
    var parts: [[String: [HubSpotLink]]] = []
    for object in [HubSpotObject.lineItems, .companies, .contacts] {
      parts.append(try await links(.deals, ids, to: object, priority: .background))
    }
    var digests: [ID<Deal>: String] = [:]
    for id in ids { digests[ID(id)] = Self.digest(parts, of: id) }
    return digests
  }

  /// A digest of a deal's links: to lines, companies, people, in this order.
  fileprivate static func digest(_ parts: [[String: [HubSpotLink]]], of id: String) -> String {
    StableHash.hex(parts.flatMap { part in ["|"] + (part[id] ?? []).map(word).sorted() })
  }

  /// A link as far as an invoice depends on it: which record, and whether it is the primary one.
  private static func word(_ link: HubSpotLink) -> String {
    link.types.contains(HubSpotLink.primaryCompany) ? "\(link.id)*" : link.id
  }
}

extension HubSpotConnector.Fate {
  /// The record, unless it is archived or gone.
  fileprivate var living: HubSpotRecord? {
    switch self {
    case .found(let record), .merged(let record): record
    case .archived, .gone: nil
    }
  }
}
