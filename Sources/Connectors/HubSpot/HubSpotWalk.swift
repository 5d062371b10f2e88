import Domain

/// A place in a listing sorted by modified stamp.
///
/// Pages are never asked for by offset: a record that changes while the listing is read moves to
/// its end, and every record behind it one place forward, past the next offset. Each page begins
/// at the last stamp of the one before, inclusive. That also stays below the 10,000 records a
/// search can reach. Only where one stamp fills more than a page, as after a bulk edit, are its
/// records walked by their ids.
enum HubSpotWalk: Hashable, Sendable {
  case beginning
  /// Everything modified at or after this moment, by stamp.
  case since(Instant)
  /// Everything modified at this very moment, by id.
  case ties(Instant, afterID: Int64)

  /// Nil where the text was written by nobody we know.
  init?(position: String) {
    let parts = position.split(separator: ":")
    guard parts.count >= 2, let milliseconds = Int64(parts[1]) else { return nil }
    let moment = Instant(milliseconds: milliseconds)
    switch (parts[0], parts.count) {
    case ("since", 2): self = .since(moment)
    case ("ties", 3):
      guard let id = Int64(parts[2]) else { return nil }
      self = .ties(moment, afterID: id)
    default: return nil
    }
  }

  /// Where a cursor stands: inside a listing, or `lag` seconds before what was seen last.
  init(_ cursor: FeedCursor, lag: Int) {
    if let walk = cursor.position.flatMap(HubSpotWalk.init(position:)) {
      self = walk
    } else if let seen = cursor.highWater {
      self = .since(seen.advanced(seconds: -Int64(lag)))
    } else {
      self = .beginning
    }
  }

  var position: String? {
    switch self {
    case .beginning: nil
    case .since(let moment): "since:\(moment.milliseconds)"
    case .ties(let moment, let id): "ties:\(moment.milliseconds):\(id)"
    }
  }

  /// Where the next page begins; nil: this was the last one. `stamps` and `lastID` are the page's
  /// own, in its order.
  func next(isFull: Bool, stamps: [Instant], lastID: Int64?) -> HubSpotWalk? {
    switch self {
    case .ties(let moment, _):
      guard isFull, let lastID else {
        return .since(Instant(milliseconds: moment.milliseconds + 1))
      }
      return .ties(moment, afterID: lastID)
    case .beginning:
      guard isFull, let first = stamps.first, let last = stamps.last else { return nil }
      return last > first ? .since(last) : .ties(first, afterID: 0)
    case .since(let bound):
      guard isFull, let last = stamps.last else { return nil }
      let first = max(bound, stamps.first ?? bound)
      return last > first ? .since(last) : .ties(first, afterID: 0)
    }
  }

  func body(_ object: HubSpotObject, properties: [String], extra: [String]) -> OutgoingJSON {
    let whole = body(object, properties: (properties + extra).uniqued)
    // What does not fit is read when the record itself is.
    return whole.data.count <= HubSpotLimit.searchBody
      ? whole : body(object, properties: properties.uniqued)
  }

  private func body(_ object: HubSpotObject, properties: [String]) -> OutgoingJSON {
    .fields([
      ("filterGroups", filterGroups(object)),
      ("sorts", .array([sort(object)])),
      ("properties", .array(properties.map { .text($0) })),
      ("limit", .integer(HubSpotLimit.searchPage)),
    ])
  }

  private func sort(_ object: HubSpotObject) -> OutgoingJSON {
    let name =
      switch self {
      case .beginning, .since: object.stamp
      case .ties: "hs_object_id"
      }
    return .fields([("propertyName", .text(name)), ("direction", .text("ASCENDING"))])
  }

  private func filterGroups(_ object: HubSpotObject) -> OutgoingJSON? {
    func filter(_ name: String, _ operation: String, _ value: Int64, _ high: Int64? = nil)
      -> OutgoingJSON
    {
      .fields([
        ("propertyName", .text(name)), ("operator", .text(operation)),
        ("value", .text(String(value))), ("highValue", high.map { .text(String($0)) }),
      ])
    }
    let filters: [OutgoingJSON]
    switch self {
    case .beginning: return nil
    case .since(let moment): filters = [filter(object.stamp, "GTE", moment.milliseconds)]
    case .ties(let moment, let id):
      filters = [
        filter(object.stamp, "BETWEEN", moment.milliseconds, moment.milliseconds),
        filter("hs_object_id", "GT", id),
      ]
    }
    return .array([.fields([("filters", .array(filters))])])
  }
}
