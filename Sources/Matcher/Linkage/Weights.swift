import Foundation

/// The weight of every comparison level, in natural log-odds.
///
/// `base` are sound priors: the weights of a logistic model over all levels at once, so that
/// evidence that usually comes together (mailbox, domain and phone of one bookkeeper) is not
/// counted once per field. `adapted` moves them by what the data at hand shows.
struct Weights: Sendable {
  /// One weight per level of each field; see `Field.offsets`.
  var values: [Float]
  /// Log-odds of a candidate pair before any evidence.
  var bias: Float

  static let prior = Weights(values: PriorWeights.values, bias: PriorWeights.bias)

  @inline(__always) func score(_ levels: Levels) -> Float {
    values.withUnsafeBufferPointer { values in
      var sum = bias
      for field in 0..<Self.fieldCount {
        sum += values[Self.starts[field] + Int(levels[field])]
      }
      return sum
    }
  }

  func weight(_ field: Field, _ level: Int) -> Float {
    values[Field.offsets[field.rawValue] + level]
  }

  static let fieldCount = Field.allCases.count
  private static let starts = Field.offsets

  static func probability(_ logOdds: Float) -> Float { 1 / (1 + expf(-logOdds)) }
}
