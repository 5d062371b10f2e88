extension HubSpotSandbox {
  private static let mostAncestors = 250

  mutating func merge(_ call: Call, _ kind: Kind) throws(Refusal) -> SandboxResponse {
    let body = try call.json()
    guard let primary = body["primaryObjectId"]?.string,
      let secondary = body["objectIdToMerge"]?.string
    else { throw .shape("\"primaryObjectId\" and \"objectIdToMerge\" must be given as text") }
    let record = try merge(kind, primary, secondary, now: call.now)
    return .json(.object(json(record, kind, properties: [])))
  }

  /// Two records become a third one with a new id; both old ids lead to it in a single read.
  mutating func merge(
    _ kind: Kind, _ primaryID: String, _ secondaryID: String, now: Int64
  ) throws(Refusal) -> Record {
    guard kind.canMerge else { throw .validation("\(kind.name) cannot be merged") }
    guard let primary = resolve(primaryID, kind) else { throw .noObject(primaryID) }
    guard let secondary = resolve(secondaryID, kind) else { throw .noObject(secondaryID) }
    guard primary.id != secondary.id else {
      throw .validation("Cannot merge a record with itself")
    }
    let ancestors = primary.ancestors + [primary.id] + secondary.ancestors + [secondary.id]
    guard ancestors.count <= Self.mostAncestors else {
      throw Refusal(
        status: 414, category: "VALIDATION_ERROR",
        message: "Cannot have more than 250 identities on a profile")
    }
    let unique = self[schema: kind].uniqueNames
    let merged = Record(
      id: freshID(), values: mergedValues(kind, primary, secondary), created: now, modified: now,
      ancestors: ancestors)
    for old in [primary, secondary] {
      self[store: kind].remove(old.id, uniqueProperties: unique)
      aliases[old.id] = merged.id
    }
    store(merged, kind, now: now)
    // The primary's links first: its primary labels stay, those of the secondary are dropped.
    for old in [primary, secondary] { links.move(kind, from: old.id, to: merged.id) }
    for address in merged.values["hs_additional_emails"]?.split(separator: ";") ?? [] {
      additionalEmails[String(address)] = merged.id
    }
    return merged
  }

  private func mergedValues(
    _ kind: Kind, _ primary: Record, _ secondary: Record
  ) -> [String: String] {
    var values = primary.values.merging(secondary.values) { mine, _ in mine }
    guard kind == .contacts else { return values }
    var more: [String] = []
    for record in [primary, secondary] {
      more += record.values["hs_additional_emails"]?.split(separator: ";").map(String.init) ?? []
    }
    if let email = secondary.values["email"], email != values["email"] { more.append(email) }
    values["hs_additional_emails"] = more.isEmpty ? nil : more.joined(separator: ";")
    return values
  }
}
