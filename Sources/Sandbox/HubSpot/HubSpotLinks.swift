extension HubSpotSandbox {
  /// A kind of association in one direction.
  struct LinkType: Sendable, Hashable {
    var from: Kind
    var to: Kind
    var id: Int
    var reverse: Int
    var label: String?
    var category = "HUBSPOT_DEFINED"
    /// At most one per source record.
    var isPrimary = false

    var json: JSONValue {
      [
        "category": .string(category), "typeId": .integer(id),
        "label": label.map { .string($0) } ?? .null,
      ]
    }

    /// The spelling inside a record's `associations`.
    func name(amongSeveral: Bool) -> String {
      let pair = "\(from.singular)_to_\(to.singular)"
      return label == nil && amongSeveral ? pair + "_unlabeled" : pair
    }

    /// Direction-specific ids; the first of a pair is its unlabelled default.
    static let standard: [LinkType] = {
      let rows: [(Kind, Kind, Int, Int, String?)] = [
        (.deals, .contacts, 3, 4, nil), (.deals, .companies, 341, 342, nil),
        (.deals, .companies, 5, 6, "Primary"), (.deals, .lineItems, 19, 20, nil),
        (.contacts, .companies, 279, 280, nil), (.contacts, .companies, 1, 2, "Primary"),
        (.contacts, .companies, 931, 930, "Billing contact"),
        (.tasks, .deals, 216, 215, nil), (.tasks, .contacts, 204, 203, nil),
        (.tasks, .companies, 192, 191, nil), (.notes, .deals, 214, 213, nil),
        (.notes, .contacts, 202, 201, nil), (.notes, .companies, 190, 189, nil),
      ]
      return rows.flatMap { from, to, id, reverse, label in
        [
          LinkType(
            from: from, to: to, id: id, reverse: reverse, label: label,
            isPrimary: label == "Primary"),
          LinkType(from: to, to: from, id: reverse, reverse: id, label: label),
        ]
      }
    }()

    /// The same by direction: every pair of kinds, row by row.
    static let byPair: [[LinkType]] = Kind.allCases.flatMap { from in
      Kind.allCases.map { to in standard.filter { $0.from == from && $0.to == to } }
    }
  }

  /// All associations, kept in both directions.
  struct Links: Sendable {
    struct End: Sendable, Hashable {
      var id: Int
      /// Ascending type ids.
      var types: [Int]
    }

    private struct Source: Sendable, Hashable {
      var from: Kind
      var id: Int
      var to: Kind
    }

    private var ends: [Source: [End]] = [:]

    func types(from: Kind, to: Kind) -> [LinkType] {
      LinkType.byPair[from.rawValue * Kind.allCases.count + to.rawValue]
    }

    func type(_ id: Int, from: Kind, to: Kind) -> LinkType? {
      types(from: from, to: to).first { $0.id == id }
    }

    /// The linked records by ascending id.
    func all(from: Kind, _ id: Int, to: Kind) -> [End] {
      ends[Source(from: from, id: id, to: to)] ?? []
    }

    /// Adds the types to the pair; a labelled link always carries the unlabelled one too.
    mutating func add(from: Kind, _ id: Int, to: Kind, _ other: Int, types wanted: [LinkType]) {
      let plain = types(from: from, to: to).first
      for type in wanted + [plain].compactMap(\.self) {
        dropPrimary(type, from: id, to: other)
        insert(type.id, from, id, to, other)
        insert(type.reverse, to, other, from, id)
      }
    }

    /// Removes those types of the pair, or the whole link when `only` is nil.
    mutating func remove(from: Kind, _ id: Int, to: Kind, _ other: Int, only: [LinkType]? = nil) {
      drop(only.map { $0.map(\.id) }, from, id, to, other)
      drop(only.map { $0.map(\.reverse) }, to, other, from, id)
    }

    /// Moves all links of `old` to `new`; a primary label the new record already gives stays put.
    mutating func move(_ kind: Kind, from old: Int, to new: Int) {
      for other in Kind.allCases {
        for end in all(from: kind, old, to: other) {
          let moved = end.types.compactMap { type($0, from: kind, to: other) }
          remove(from: kind, old, to: other, end.id)
          add(from: kind, new, to: other, end.id, types: moved.filter { allows($0, new, end.id) })
        }
      }
    }

    /// Whether a primary label would not push out another one, seen from either end.
    private func allows(_ type: LinkType, _ id: Int, _ other: Int) -> Bool {
      let reverse = self.type(type.reverse, from: type.to, to: type.from)
      if type.isPrimary {
        return !all(from: type.from, id, to: type.to).contains { $0.types.contains(type.id) }
      }
      if let reverse, reverse.isPrimary {
        return !all(from: reverse.from, other, to: reverse.to).contains {
          $0.types.contains(reverse.id)
        }
      }
      return true
    }

    private mutating func dropPrimary(_ type: LinkType, from id: Int, to other: Int) {
      let reverse = self.type(type.reverse, from: type.to, to: type.from)
      if type.isPrimary {
        for end in all(from: type.from, id, to: type.to) where end.id != other {
          remove(from: type.from, id, to: type.to, end.id, only: [type])
        }
      } else if let reverse, reverse.isPrimary {
        for end in all(from: reverse.from, other, to: reverse.to) where end.id != id {
          remove(from: reverse.from, other, to: reverse.to, end.id, only: [reverse])
        }
      }
    }

    private mutating func insert(_ type: Int, _ from: Kind, _ id: Int, _ to: Kind, _ other: Int) {
      let source = Source(from: from, id: id, to: to)
      let list = ends[source] ?? []
      let isNewest = list.last.map { $0.id < other } ?? true
      let place = isNewest ? list.count : list.firstIndex { $0.id >= other } ?? list.count
      if place < list.count, list[place].id == other {
        guard !list[place].types.contains(type) else { return }
        ends[source]?[place].types = (list[place].types + [type]).sorted()
      } else {
        ends[source, default: []].insert(End(id: other, types: [type]), at: place)
      }
    }

    private mutating func drop(_ only: [Int]?, _ from: Kind, _ id: Int, _ to: Kind, _ other: Int) {
      let source = Source(from: from, id: id, to: to)
      guard let place = ends[source]?.firstIndex(where: { $0.id == other }) else { return }
      if let only { ends[source]?[place].types.removeAll { only.contains($0) } }
      if only == nil || ends[source]?[place].types.isEmpty == true {
        ends[source]?.remove(at: place)
      }
      if ends[source]?.isEmpty == true { ends[source] = nil }
    }
  }
}
