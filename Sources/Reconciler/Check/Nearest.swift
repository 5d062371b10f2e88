internal import Domain

/// Finds what a misspelt name probably meant.
enum Nearest {
  /// Up to `count` of the names, nearest first; ties in alphabetical order.
  static func names(to text: String, among names: [String], count: Int = 5) -> [String] {
    let wanted = Array(PartyKeys.name(text))
    let ranked = Set(names).map { name in
      (distance: distance(wanted, Array(PartyKeys.name(name))), name: name)
    }
    return ranked.sorted { ($0.distance, $0.name) < ($1.distance, $1.name) }
      .prefix(count).map(\.name)
  }

  /// Edit distance; a common beginning counts half.
  private static func distance(_ left: [Character], _ right: [Character]) -> Int {
    if left.isEmpty || right.isEmpty { return 2 * max(left.count, right.count) }
    var row = Array(0...right.count)
    for (i, a) in left.enumerated() {
      var previous = row[0]
      row[0] = i + 1
      for (j, b) in right.enumerated() {
        let substitute = previous + (a == b ? 0 : 1)
        previous = row[j + 1]
        row[j + 1] = min(substitute, row[j] + 1, row[j + 1] + 1)
      }
    }
    let isBeginning = right.starts(with: left) || left.starts(with: right)
    return isBeginning ? row[right.count] : 2 * row[right.count]
  }
}
