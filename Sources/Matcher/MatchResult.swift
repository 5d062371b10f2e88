/// What to do with a pair.
package enum Band: String, Sendable, CaseIterable {
  /// Safe to link unseen.
  case auto
  /// A person decides.
  case review
  /// Below the review threshold; reported only when asked for.
  case none
}

/// One piece of evidence for or against a pair.
package struct Reason: Sendable, Equatable {
  /// The field's name, stable: `name`, `email`, `phone`, `address`, `tax`, …
  package var field: String
  /// What was found, in words for a bookkeeper.
  package var evidence: String
  /// Bits of evidence: above zero speaks for one customer, below against.
  package var weight: Double
}

/// A pair of records and what was found about it.
package struct PairVerdict: Sendable, Equatable {
  /// Keys of the records; inside one side the lower key is `left`.
  package var left: String
  package var right: String
  /// Match probability in 0…1.
  package var score: Double
  /// All evidence together, in bits; the weights of `reasons` add up to it.
  package var weight: Double
  package var band: Band
  /// Strongest first.
  package var reasons: [Reason]
  /// Side both records belong to; nil for a pair across systems.
  package var side: MatchRecord.Side?

  package var isSameSide: Bool { side != nil }
}

/// Records of one side that are one customer.
package struct DuplicateCluster: Sendable, Equatable {
  package var side: MatchRecord.Side
  /// Keys, ascending.
  package var keys: [String]
}

/// Everything found. Pairs are plain numbers until asked for, so that millions fit.
package struct MatchResult: Sendable {
  /// A pair before it is put in words.
  package struct Pair: Sendable, Equatable {
    var low: Int32
    var high: Int32
    package var score: Float
    package var band: Band
    package var isSameSide: Bool
    var source: Int32
  }

  /// Sorted by score, highest first, then by keys.
  package let pairs: [Pair]
  /// Duplicates inside a side whose members do not conflict, by side and first key.
  package let clusters: [DuplicateCluster]
  package let counts: Counts
  let explainer: Explainer?

  /// Numbers for the summary.
  package struct Counts: Sendable, Equatable {
    package var left = 0
    package var right = 0
    package var compared = 0
    package var auto = 0
    package var review = 0
    package var none = 0
    /// Pairs inside a side among `auto` and `review`.
    package var duplicates = 0
  }

  /// Keys of a pair, without the cost of its reasons.
  package func keys(_ pair: Pair) -> (left: String, right: String) {
    guard let explainer else { return ("", "") }
    return (explainer.records[Int(pair.low)].key, explainer.records[Int(pair.high)].key)
  }

  /// The pair in words.
  package func verdict(_ pair: Pair) -> PairVerdict {
    explainer?.verdict(pair)
      ?? PairVerdict(left: "", right: "", score: 0, weight: 0, band: .none, reasons: [], side: nil)
  }

  /// All pairs in words; for large results ask for one at a time.
  package var verdicts: [PairVerdict] { pairs.map(verdict) }
}
