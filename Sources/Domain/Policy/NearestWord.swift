/// Finds the word a person probably meant.
package enum NearestWord {
  /// The closest candidate; nil when none is near enough to be meant.
  package static func word(to typed: String, among candidates: [String]) -> String? {
    let typed = Array(typed.lowercased())
    let ranked = candidates.map { (distance(typed, Array($0.lowercased())), $0) }
    guard let best = ranked.min(by: { ($0.0, $0.1) < ($1.0, $1.1) }) else { return nil }
    let allowed = max(1, min(3, max(typed.count, best.1.count) / 3))
    if best.0 <= allowed { return best.1 }
    // A part of the word, or the word with something added: `template`, `taxes`.
    let part = String(typed)
    guard part.count >= 3 else { return nil }
    return ranked.sorted { ($0.0, $0.1) < ($1.0, $1.1) }.first { _, candidate in
      let candidate = candidate.lowercased()
      return candidate.contains(part) || (candidate.count >= 3 && part.contains(candidate))
    }?.1
  }

  /// Insertions, deletions, replacements and swaps of neighbours that turn one into the other.
  static func distance(_ left: [Character], _ right: [Character]) -> Int {
    guard !left.isEmpty, !right.isEmpty else { return max(left.count, right.count) }
    guard left.count <= 200, right.count <= 200 else { return 200 }
    var beforeLast: [Int] = []
    var last = Array(0...right.count)
    for i in 1...left.count {
      var row = [i] + Array(repeating: 0, count: right.count)
      for j in 1...right.count {
        let cost = left[i - 1] == right[j - 1] ? 0 : 1
        row[j] = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + cost)
        if i > 1, j > 1, left[i - 1] == right[j - 2], left[i - 2] == right[j - 1] {
          row[j] = min(row[j], beforeLast[j - 2] + 1)
        }
      }
      beforeLast = last
      last = row
    }
    return last[right.count]
  }

  /// `a, b or c`.
  package static func list(_ words: [String]) -> String {
    guard words.count > 1, let last = words.last else { return words.first ?? "" }
    return words.dropLast().joined(separator: ", ") + " or " + last
  }
}
