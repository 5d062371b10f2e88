extension HubSpotSandbox {
  /// One record as a judge reads it, with every derived value worked out.
  package struct RecordView: Sendable, Hashable {
    package var id: String
    package var kind: Kind
    /// Only properties that have a value.
    package var properties: [String: String]
    package var isArchived: Bool
    /// Milliseconds since 1970.
    package var created: Int64
    /// Milliseconds since 1970: what increments are searched by.
    package var modified: Int64
    /// Live linked records by type, each with its association type ids.
    package var links: [Kind: [Link]]

    package struct Link: Sendable, Hashable {
      package var id: String
      package var typeIDs: [Int]
    }

    /// The value of a property; nil when it has none.
    package subscript(property: String) -> String? { properties[property] }
  }

  /// A record by its own id, archived ones included; nil when unknown or merged away.
  package func record(_ kind: Kind, _ id: String) -> RecordView? {
    Int(id).flatMap { self[store: kind].records[$0] }.map { view($0, kind) }
  }

  /// All records of a kind by ascending id.
  package func records(_ kind: Kind, includingArchived: Bool = false) -> [RecordView] {
    let store = self[store: kind]
    return store.order.compactMap { store.records[$0] }
      .filter { includingArchived || $0.isLive }.map { view($0, kind) }
  }

  /// How many live records of a kind there are.
  package func count(_ kind: Kind) -> Int { self[store: kind].byModified.count }

  /// A deal by its own id; nil when unknown or merged away.
  package func deal(_ id: String) -> RecordView? { record(.deals, id) }

  /// A company by its own id; nil when unknown or merged away.
  package func company(_ id: String) -> RecordView? { record(.companies, id) }

  /// A contact by its own id; nil when unknown or merged away.
  package func contact(_ id: String) -> RecordView? { record(.contacts, id) }

  /// The live records of one kind linked to a record.
  package func linked(_ kind: Kind, _ id: String, to other: Kind) -> [RecordView] {
    (Int(id).map { liveEnds($0, kind, other) } ?? [])
      .compactMap { self[store: other].records[$0.id] }.map { view($0, other) }
  }

  /// The tasks on a deal.
  package func tasks(ofDeal id: String) -> [RecordView] { linked(.deals, id, to: .tasks) }

  /// The notes on a deal.
  package func notes(ofDeal id: String) -> [RecordView] { linked(.deals, id, to: .notes) }

  /// Where an id leads after merges: itself when it was never merged away.
  package func survivor(of id: String) -> String {
    guard var number = Int(id) else { return id }
    while let next = aliases[number] { number = next }
    return String(number)
  }

  private func view(_ record: Record, _ kind: Kind) -> RecordView {
    var properties = record.values.filter { self[schema: kind][$0.key] != nil }
    for name in self[schema: kind].computedNames where properties[name] == nil {
      properties[name] = value(name, of: record, kind: kind)
    }
    var links: [Kind: [RecordView.Link]] = [:]
    for other in Kind.allCases {
      let ends = liveEnds(record.id, kind, other)
      if !ends.isEmpty {
        links[other] = ends.map { RecordView.Link(id: String($0.id), typeIDs: $0.types) }
      }
    }
    return RecordView(
      id: String(record.id), kind: kind, properties: properties, isArchived: !record.isLive,
      created: record.created, modified: record.modified, links: links)
  }
}

extension HubSpotSandbox.RecordView {
  var json: JSONValue {
    var values: JSONValue.Object = [:]
    for (name, value) in properties.sorted(by: { $0.key < $1.key }) {
      values[name] = .string(value)
    }
    var linked: JSONValue.Object = [:]
    for kind in HubSpotSandbox.Kind.allCases {
      guard let ends = links[kind] else { continue }
      linked[kind.name] = .array(
        ends.map { end in
          [
            "id": .string(end.id), "types": .array(end.typeIDs.map { .integer($0) }),
          ]
        })
    }
    return [
      "id": .string(id), "archived": .bool(isArchived), "modified": .integer(modified),
      "properties": .object(values), "associations": .object(linked),
    ]
  }
}

extension HubSpotSandbox {
  /// Everything judges look at; large types can be left out by naming those wanted.
  func summary(_ kinds: [Kind]) -> JSONValue {
    var object: JSONValue.Object = [:]
    for kind in kinds {
      object[kind.name] = .array(records(kind, includingArchived: true).map(\.json))
    }
    var merged: JSONValue.Object = [:]
    for (old, new) in aliases.sorted(by: { $0.key < $1.key }) {
      merged[String(old)] = .string(String(new))
    }
    object["merged"] = .object(merged)
    return .object(object)
  }

  /// How many live records of each type there are, and the requests by method and area.
  package func stateSummary() -> JSONValue {
    var counts: JSONValue.Object = [:]
    for kind in Kind.allCases { counts[kind.name] = .integer(count(kind)) }
    var requests: JSONValue.Object = [:]
    for (name, count) in requestCounts.sorted(by: { $0.key < $1.key }) {
      requests[name] = .integer(count)
    }
    return ["records": .object(counts), "requests": .object(requests)]
  }
}
