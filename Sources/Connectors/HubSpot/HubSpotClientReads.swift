import Domain
import Transport

/// Reading records and links by id.
extension HubSpotConnector {
  /// Records by the ids asked for; ids that name no live record are missing. Unreadable ones are
  /// told apart, since they do exist.
  struct Found: Sendable {
    var records: [String: HubSpotRecord] = [:]
    var unreadable: [String: String] = [:]
  }

  /// `idProperty`: a unique property whose values stand in for ids; the result is keyed by it.
  func read(
    _ object: HubSpotObject, _ ids: [String], properties: [String], idProperty: String? = nil,
    priority: CallPriority
  ) async throws(RemoteError) -> Found {
    var found = Found()
    for batch in ids.uniqued.batches(of: HubSpotLimit.batch) {
      let body = OutgoingJSON.fields([
        ("properties", .array(properties.uniqued.map { .text($0) })),
        ("idProperty", idProperty.map { .text($0) }),
        ("inputs", .array(batch.map { .fields([("id", .text($0))]) })),
      ])
      let answer = try await post(
        HubSpotBatch.self, .objects, [object.rawValue, "batch", "read"], body, purpose: .read,
        priority: priority, label: "\(object.rawValue).batch.read")
      if let error = answer.errors.first(where: { !$0.meansNotFound }) {
        throw .unreadable(
          reason: "\(object.rawValue).batch.read: some records failed (\(error.category))")
      }
      for slot in answer.slots {
        switch slot {
        case .read(let record):
          found.records[idProperty.flatMap { record[$0] } ?? record.id] = record
        case .unreadable(let id, let reason): found.unreadable[id ?? ""] = reason
        }
      }
    }
    return found
  }

  /// One record under its own id or one that was merged into it; nil where there is none.
  func single(
    _ object: HubSpotObject, _ id: String, properties: [String], archived: Bool,
    priority: CallPriority
  ) async throws(RemoteError) -> HubSpotRecord? {
    var query: URLQuery = ["properties": properties.uniqued.joined(separator: ",")]
    if archived { query.add("archived", "true") }
    do {
      return try await get(
        HubSpotRecord.self, .objects, [object.rawValue, id], query: query, priority: priority,
        label: "\(object.rawValue).get")
    } catch {
      guard case .refused(let refusal) = error, refusal.status == 404 || refusal.status == 410
      else { throw error }
      return nil
    }
  }

  /// What an id that a batch read does not know has become.
  enum Fate: Sendable {
    case found(HubSpotRecord)
    case merged(HubSpotRecord)
    case archived(HubSpotRecord)
    case gone
  }

  func fate(
    _ object: HubSpotObject, _ id: String, properties: [String], priority: CallPriority
  ) async throws(RemoteError) -> Fate {
    // Anything but digits is no id of this system, and would be another address.
    guard !id.isEmpty, id.utf8.allSatisfy({ (48...57).contains($0) }) else { return .gone }
    let live = try await single(
      object, id, properties: properties, archived: false, priority: priority)
    if let live {
      if live.id != id { return .merged(live) }
      return live.isArchived ? .archived(live) : .found(live)
    }
    let archived = try await single(
      object, id, properties: properties, archived: true, priority: priority)
    return archived.map { .archived($0) } ?? .gone
  }

  /// The links of each record, in the vendor's order; records without any are missing.
  func links(
    _ from: HubSpotObject, _ ids: [String], to: HubSpotObject, priority: CallPriority
  ) async throws(RemoteError) -> [String: [HubSpotLink]] {
    var found: [String: [HubSpotLink]] = [:]
    for batch in ids.uniqued.batches(of: HubSpotLimit.associations) {
      var pending = batch.map { (id: $0, after: String?.none) }
      while !pending.isEmpty {
        let answer = try await linkPage(from, pending, to: to, priority: priority)
        let asked = Dictionary(pending.map { ($0.id, $0.after) }) { $1 }
        pending = []
        for result in answer.results {
          let id = result.from.id.value
          found[id, default: []] += result.to.map { end in
            HubSpotLink(
              id: end.toObjectId.value, types: Set((end.associationTypes ?? []).map(\.typeId)))
          }
          if let after = result.paging?.after, asked[id] != .some(.some(after)) {
            pending.append((id, after))
          }
        }
      }
    }
    return found
  }

  private func linkPage(
    _ from: HubSpotObject, _ inputs: [(id: String, after: String?)], to: HubSpotObject,
    priority: CallPriority
  ) async throws(RemoteError) -> HubSpotLinks {
    let body = OutgoingJSON.fields([
      (
        "inputs",
        .array(
          inputs.map { input in
            .fields([("id", .text(input.id)), ("after", input.after.map { .text($0) })])
          })
      )
    ])
    let label = "\(from.rawValue).\(to.rawValue).links"
    let answer = try await post(
      HubSpotLinks.self, .associations, [from.rawValue, to.rawValue, "batch", "read"], body,
      purpose: .read, priority: priority, label: label)
    // "No links" and "no such record" are answers; anything else must not pass for "no links".
    let failure = answer.errors?.first { !$0.meansNoLinks && !$0.meansNotFound }
    if let failure {
      throw .unreadable(reason: "\(label): some records failed (\(failure.category))")
    }
    return answer
  }
}
