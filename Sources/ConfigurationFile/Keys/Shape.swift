/// What a value of the configuration may be. The reader, the JSON Schema and the listing of the
/// effective configuration all follow it.
indirect enum Shape: Hashable, Sendable {
  /// Free text; the example is shown when something else was found.
  case text(example: String)
  /// Text with placeholders.
  case template
  /// The name of a system: the first part of its subjects.
  case systemName
  case address
  case path(example: String)
  case date
  case zone
  case flag
  case integer(ClosedRange<Int>, example: Int)
  /// A decimal number, kept exact; never negative.
  case decimal(example: String, positive: Bool)
  /// `won` or `won + 30 days`.
  case moment
  case choice([String])
  case secret(address: Bool)
  /// Patterns: one text or a list of texts.
  case patterns
  case list(Shape, atLeastOne: Bool)
  case section([KeyRule], others: Others?)
  /// Any keys at all, with values of one shape.
  case map(Shape, keyExample: String)
  /// Told apart by what is written: a plain value, a list or a mapping.
  case either([Shape])
  /// A section whose further keys depend on the value of one of them.
  case variant(on: String, [Variant])

  /// Keys that are not listed by name.
  struct Others: Hashable, Sendable {
    /// `deal.`, for instance; empty for any name.
    var prefixes: [String]
    var shape: Shape
  }

  struct Variant: Hashable, Sendable {
    /// The value of the deciding key.
    var name: String
    /// All keys, the deciding one included.
    var keys: [KeyRule]
  }
}

/// One key of the configuration.
struct KeyRule: Hashable, Sendable {
  var name: String
  var shape: Shape
  var isRequired: Bool
  /// The default as it would be written; nil where there is none, or none that is fixed.
  var standard: String?
  /// One sentence for editors and people.
  var about: String

  init(
    _ name: String, _ shape: Shape, required: Bool = false, standard: String? = nil,
    _ about: String
  ) {
    self.name = name
    self.shape = shape
    isRequired = required
    self.standard = standard
    self.about = about
  }
}
