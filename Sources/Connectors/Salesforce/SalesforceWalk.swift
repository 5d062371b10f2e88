import Domain

/// A place in a listing sorted by stamp and id.
///
/// Pages are never asked for by their number, nor by the vendor's own cursors, of which there are
/// few and which end: each begins behind the last row of the one before. A row that changes while
/// the listing is read moves to its end, and of many rows with one stamp none is lost.
enum SalesforceWalk: Hashable, Sendable {
  case beginning
  /// Everything modified at or after this moment.
  case since(Instant)
  /// Everything behind this row.
  case after(Instant, id: String)

  /// Nil where the text was written by nobody we know.
  init?(position: String) {
    let parts = position.split(separator: ":")
    guard parts.count == 3, parts[0] == "after", let milliseconds = Int64(parts[1]),
      SOQL.isID(String(parts[2]))
    else { return nil }
    self = .after(Instant(milliseconds: milliseconds), id: String(parts[2]))
  }

  /// Where a cursor stands: inside a listing, or `lag` seconds before what was seen last.
  init(_ cursor: FeedCursor, lag: Int) {
    if let walk = cursor.position.flatMap(SalesforceWalk.init(position:)) {
      self = walk
    } else if let seen = cursor.highWater {
      self = .since(seen.advanced(seconds: -Int64(lag)))
    } else {
      self = .beginning
    }
  }

  var position: String? {
    switch self {
    case .beginning, .since: nil
    case .after(let moment, let id): "after:\(moment.milliseconds):\(id)"
    }
  }

  /// The condition; empty for none.
  var condition: String {
    switch self {
    case .beginning: return ""
    case .since(let moment): return " WHERE SystemModstamp >= \(SOQL.moment(moment))"
    case .after(let moment, let id):
      let stamp = SOQL.moment(moment)
      return " WHERE SystemModstamp > \(stamp)"
        + " OR (SystemModstamp = \(stamp) AND Id > '\(id)')"
    }
  }

  func query(_ object: SalesforceObject, columns: [String], limit: Int) -> String {
    "SELECT \(columns.joined(separator: ",")) FROM \(object.rawValue)\(condition)"
      + " ORDER BY SystemModstamp,Id LIMIT \(limit)"
  }
}
