package import Matcher

/// The pairs somebody has to decide on, best first, over one or more comparisons.
package struct DedupeList: Sendable {
  /// One comparison of two systems (or files) with each other and with themselves.
  package struct Part: Sendable {
    package var leftName: String
    package var rightName: String
    package var result: MatchResult
    /// A system's people with themselves only: they are counted with its customers.
    package var isInside: Bool

    package init(
      leftName: String, rightName: String, result: MatchResult, isInside: Bool = false
    ) {
      self.leftName = leftName
      self.rightName = rightName
      self.result = result
      self.isInside = isInside
    }
  }

  /// A pair; its reasons are put in words only when asked for.
  package struct Entry: Sendable {
    package var left: String
    package var right: String
    /// Probability in 0…1.
    package var score: Float
    package var band: Band
    /// Both records belong to one system.
    package var isInside: Bool
    /// What was said of it: `link` from the automatic links, or nothing yet.
    package var decision: Decision.Verdict?
    let part: Int
    let pair: MatchResult.Pair
  }

  package var parts: [Part]
  /// By score, then by subjects.
  package var entries: [Entry]
  package var counts: Counts

  /// Numbers for the summary: records on either side, pairs compared, pairs by band.
  package struct Counts: Sendable, Equatable {
    package var left = 0
    package var right = 0
    package var compared = 0
    package var auto = 0
    package var review = 0
    package var none = 0
    /// Pairs inside one system among `auto` and `review`.
    package var duplicates = 0
  }

  package init(parts: [Part], keeping keep: (Entry) -> Band?) {
    self.parts = parts
    entries = []
    counts = Counts()
    for (index, part) in parts.enumerated() {
      if !part.isInside {
        counts.left += part.result.counts.left
        counts.right = part.result.counts.right
      }
      counts.compared += part.result.counts.compared
      for pair in part.result.pairs {
        let (left, right) = part.result.keys(pair)
        var entry = Entry(
          left: left, right: right, score: pair.score, band: pair.band,
          isInside: pair.isSameSide, part: index, pair: pair)
        guard let band = keep(entry) else { continue }
        entry.band = band
        entries.append(entry)
      }
    }
    if parts.count > 1 { sortParts() }
    for entry in entries {
      switch entry.band {
      case .auto: counts.auto += 1
      case .review: counts.review += 1
      case .none: counts.none += 1
      }
      if entry.isInside, entry.band != .none { counts.duplicates += 1 }
    }
  }

  /// The accounting system's own duplicates come up in every comparison; the best look counts.
  private mutating func sortParts() {
    entries.sort {
      ($1.score, $0.left, $0.right, $0.part) < ($0.score, $1.left, $1.right, $1.part)
    }
    var seen: Set<[String]> = []
    entries = entries.filter { !$0.isInside || seen.insert([$0.left, $0.right]).inserted }
  }

  /// The pair's evidence, strongest first; where any two records start is no evidence, and what
  /// weighs next to nothing would only distract.
  package func reasons(of entry: Entry) -> [Reason] {
    parts[entry.part].result.verdict(entry.pair).reasons
      .filter { $0.field != "prior" && abs($0.weight) >= 0.3 }
  }

  /// Nine decimals tell neighbouring scores apart.
  package static func text(of score: Float) -> String {
    let units = Int((Double(min(max(score, 0), 1)) * 1_000_000_000).rounded())
    let digits = String(units % 1_000_000_000)
    let zeros = String(repeating: "0", count: 9 - digits.count)
    return "\(units / 1_000_000_000).\(zeros)\(digits)"
  }

  /// Bits with their sign, such as `+9.1`.
  package static func text(ofWeight weight: Double) -> String {
    let tenths = Int((weight * 10).rounded())
    let text = "\(abs(tenths) / 10).\(abs(tenths) % 10)"
    return tenths < 0 ? "−" + text : "+" + text
  }
}

/// What a person says of a pair.
package struct Decision: Hashable, Sendable {
  package enum Verdict: String, Hashable, Sendable, CaseIterable {
    /// The same customer in two systems.
    case link
    /// Two customers; not asked again.
    case different
    /// The same customer twice in one system.
    case merge
  }

  package var left: String
  package var right: String
  package var verdict: Verdict
  /// Where it stands in its file; nil: it was not read from one.
  package var row: Int?

  package init(left: String, right: String, verdict: Verdict, row: Int? = nil) {
    self.left = left
    self.right = right
    self.verdict = verdict
    self.row = row
  }
}
