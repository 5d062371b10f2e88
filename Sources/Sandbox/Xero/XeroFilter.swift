/// The expression of a `where` parameter.
indirect enum XeroFilter: Sendable {
  case compare(field: String, Comparison, Literal)
  case call(field: String, Function, String)
  case flag(field: String)
  case not(XeroFilter)
  case and(XeroFilter, XeroFilter)
  case or(XeroFilter, XeroFilter)

  enum Comparison: String, Sendable { case equal, notEqual, less, lessOrEqual, more, moreOrEqual }
  enum Function: String, Sendable { case contains, startswith, endswith }

  enum Literal: Sendable {
    case text(String)
    case number(ExactDecimal)
    case date(CivilDate)
    case id(XeroID)
    case flag(Bool)
    case null
  }

  /// Field names are compared in lower case.
  var fields: [String] {
    switch self {
    case .compare(let field, _, _), .call(let field, _, _), .flag(let field): [field]
    case .not(let inner): inner.fields
    case .and(let left, let right), .or(let left, let right): left.fields + right.fields
    }
  }

  /// Literals that one of these fields must equal for the whole to hold.
  func required(_ field: String) -> Literal? {
    switch self {
    case .compare(field, .equal, let literal): literal
    case .and(let left, let right): left.required(field) ?? right.required(field)
    case .compare, .call, .flag, .not, .or: nil
    }
  }

  func holds(_ value: (String) -> XeroField) -> Bool {
    switch self {
    case .compare(let field, let comparison, let literal):
      value(field).compares(comparison, literal)
    case .call(let field, let function, let text): value(field).holds(function, text)
    case .flag(let field): if case .flag(true) = value(field) { true } else { false }
    case .not(let inner): !inner.holds(value)
    case .and(let left, let right): left.holds(value) && right.holds(value)
    case .or(let left, let right): left.holds(value) || right.holds(value)
    }
  }
}

/// The value of one field of a record, as filters and orders see it.
enum XeroField: Sendable {
  case text(String?)
  case number(ExactDecimal)
  case date(CivilDate?)
  case time(SandboxTime)
  case id(XeroID?)
  case flag(Bool)

  func compares(_ comparison: XeroFilter.Comparison, _ literal: XeroFilter.Literal) -> Bool {
    switch (self, literal) {
    case (.text(let own), .text(let other)):
      Self.holds(comparison, foldedText(own ?? ""), foldedText(other))
    case (.number(let own), .number(let other)): Self.holds(comparison, own, other)
    case (.date(let own?), .date(let other)): Self.holds(comparison, own, other)
    case (.time(let own), .date(let other)):
      Self.holds(comparison, own.milliseconds, other.midnight.milliseconds)
    case (.id(let own?), .id(let other)): Self.holds(comparison, own, other)
    case (.id(let own?), .text(let other)):
      XeroID(other).map { Self.holds(comparison, own, $0) } ?? (comparison == .notEqual)
    case (.flag(let own), .flag(let other)): (own == other) == (comparison == .equal)
    case (.text(nil), .null), (.date(nil), .null), (.id(nil), .null): comparison == .equal
    case (_, _): comparison == .notEqual
    }
  }

  func holds(_ function: XeroFilter.Function, _ text: String) -> Bool {
    guard case .text(let held?) = self else { return false }
    let (own, other) = (foldedText(held), foldedText(text))
    return switch function {
    case .contains: other.isEmpty || own.contains(other)
    case .startswith: own.hasPrefix(other)
    case .endswith: own.hasSuffix(other)
    }
  }

  /// Whether this value stands before the other in ascending order.
  func precedes(_ other: XeroField) -> Bool {
    switch (self, other) {
    case (.text(let left), .text(let right)): foldedText(left ?? "") < foldedText(right ?? "")
    case (.number(let left), .number(let right)): left < right
    case (.date(let left), .date(let right)):
      (left?.dayNumber ?? Int.min) < (right?.dayNumber ?? Int.min)
    case (.time(let left), .time(let right)): left < right
    case (.id(let left?), .id(let right?)): left < right
    case (_, _): false
    }
  }

  private static func holds<T: Comparable>(
    _ comparison: XeroFilter.Comparison, _ left: T, _ right: T
  ) -> Bool {
    switch comparison {
    case .equal: left == right
    case .notEqual: left != right
    case .less: left < right
    case .lessOrEqual: left <= right
    case .more: left > right
    case .moreOrEqual: left >= right
    }
  }
}
