internal import Domain
internal import Foundation

extension Checker {
  /// The text of a plain value with its variables replaced; nil when a variable is missing.
  mutating func resolved(_ tree: Tree, _ path: String) -> String? {
    guard case .scalar(let text, _) = tree.content else { return nil }
    do {
      return try Substitution.apply(text, environment: access.environment)
    } catch {
      problems.append(
        ConfigurationProblem(
          origin: tree.origin, path: path, message: "\(path): \(error.message)",
          remedy: error.remedy))
      return nil
    }
  }

  mutating func scalar(_ tree: Tree, _ shape: Shape, _ path: String) -> Item.Value? {
    guard case .scalar = tree.content, !tree.isNull else {
      wrong(tree, path, expected: Self.expectation(shape), example: Example.value(shape))
      return nil
    }
    if tree.flag != nil, Self.isText(shape) {
      wrong(tree, path, expected: Self.expectation(shape), example: Example.value(shape))
      return nil
    }
    guard let text = resolved(tree, path) else { return nil }
    return value(text, tree, shape, path)
  }

  private static func isText(_ shape: Shape) -> Bool {
    switch shape {
    case .text, .template, .systemName, .address, .path, .date, .zone, .moment, .choice: true
    case .flag, .integer, .decimal, .secret, .patterns, .list, .section, .map, .either, .variant:
      false
    }
  }

  static func expectation(_ shape: Shape) -> String {
    switch shape {
    case .text: "text"
    case .template: "text with placeholders"
    case .systemName: "a name of lower-case letters, digits, - and _"
    case .address: "an address that begins with https://"
    case .path: "a path"
    case .date: "a date written YYYY-MM-DD"
    case .zone: "an IANA time zone"
    case .flag: "true or false"
    case .integer(let range, _):
      range.count == 1
        ? "\(range.lowerBound)"
        : "a whole number from \(range.lowerBound) to \(range.upperBound)"
    case .decimal(_, let positive): positive ? "a number above 0" : "a number, 0 or more"
    case .moment: "`won` or `won + N days`"
    case .choice(let words): words.count == 1 ? words[0] : "one of \(Nearest.list(words))"
    case .secret: "a secret"
    case .patterns: "a text or a list of texts"
    case .list: "a list"
    case .section, .map, .variant: "a mapping of keys"
    case .either(let shapes): Nearest.list(shapes.map(expectation))
    }
  }

  private mutating func value(
    _ text: String, _ tree: Tree, _ shape: Shape, _ path: String
  ) -> Item.Value? {
    let value: Item.Value?
    switch shape {
    case .text:
      value = text.isEmpty ? nil : .text(text)
    case .template:
      return template(text, tree, path)
    case .systemName:
      value = Self.isSystemName(text) ? .text(text) : nil
    case .address:
      return address(text, tree, path) ? .text(Self.withoutSlash(text)) : nil
    case .path:
      value = text.isEmpty ? nil : .text(absolute(text))
    case .date:
      value = CalendarDate(text).map { .date($0) }
    case .zone:
      return zone(text, tree, path)
    case .flag:
      value = Self.flag(text, tree)
    case .integer(let range, _):
      value = Self.integer(text).flatMap { range.contains($0) ? .integer($0) : nil }
    case .decimal(_, let positive):
      value = Self.decimal(text, positive: positive)
    case .moment:
      value = Self.moment(text).map { .integer($0) }
    case .choice(let words):
      return choice(text, words, tree, path)
    case .secret, .patterns, .list, .section, .map, .either, .variant:
      return nil
    }
    if value == nil, case .flag = shape, text == "true" || text == "false" {
      report(
        tree.origin, path, "must be true or false, found text in quotes",
        "write \(text) without quotes")
    } else if value == nil {
      wrong(tree, path, expected: Self.expectation(shape), example: Example.value(shape))
    }
    return value
  }

  private static func flag(_ text: String, _ tree: Tree) -> Item.Value? {
    if let flag = tree.flag { return .flag(flag) }
    // Only a variable may stand for a truth value in text; a quoted "true" is text.
    guard case .scalar(let written, _) = tree.content, written != text else { return nil }
    return text == "true" ? .flag(true) : text == "false" ? .flag(false) : nil
  }

  private static func integer(_ text: String) -> Int? {
    guard !text.isEmpty, text.utf8.allSatisfy({ (48...57).contains($0) }) else { return nil }
    return Int(text)
  }

  private static func decimal(_ text: String, positive: Bool) -> Item.Value? {
    guard let value = try? ExactDecimal(parsing: text), !value.isNegative,
      !(positive && value.isZero)
    else { return nil }
    return .decimal(value)
  }

  /// Days after winning: `won`, `won + 30 days`.
  static func moment(_ text: String) -> Int? {
    let words = text.lowercased().replacingOccurrences(of: "+", with: " + ")
      .split(separator: " ")
    guard words.first == "won" else { return nil }
    if words.count == 1 { return 0 }
    guard words.count == 4, words[1] == "+", words[3] == "days" || words[3] == "day",
      let days = integer(String(words[2])), days <= 3650
    else { return nil }
    return days
  }

  static func isSystemName(_ text: String) -> Bool {
    guard let first = text.utf8.first, text.utf8.count <= 40 else { return false }
    func isLetter(_ byte: UInt8) -> Bool { (97...122).contains(byte) }
    func isDigit(_ byte: UInt8) -> Bool { (48...57).contains(byte) }
    return (isLetter(first) || isDigit(first))
      && text.utf8.allSatisfy { isLetter($0) || isDigit($0) || $0 == 45 || $0 == 95 }
  }

  private mutating func choice(
    _ text: String, _ words: [String], _ tree: Tree, _ path: String
  ) -> Item.Value? {
    if words.contains(text) { return .text(text) }
    let remedy =
      if let near = Nearest.word(to: text, among: words) {
        "did you mean \"\(near)\"?"
      } else {
        "write for example \(words.first ?? "")"
      }
    report(
      tree.origin, path,
      "must be \(Self.expectation(.choice(words))), found \(tree.found)", remedy)
    return nil
  }

  private mutating func zone(_ text: String, _ tree: Tree, _ path: String) -> Item.Value? {
    if let zone = Zone(text) { return .zone(zone) }
    let remedy =
      if let near = Nearest.word(to: text, among: TimeZone.knownTimeZoneIdentifiers) {
        "did you mean \"\(near)\"?"
      } else {
        "write an IANA name such as Pacific/Auckland"
      }
    report(tree.origin, path, "is not a time zone this machine knows, found \(tree.found)", remedy)
    return nil
  }

  /// A path as seen from the file's directory; `~/` is the home directory.
  func absolute(_ path: String) -> String {
    if path.hasPrefix("~/"), let home = access.environment["HOME"], !home.isEmpty {
      return Paths.normal(home + path.dropFirst(1))
    }
    return Paths.absolute(path, from: directory)
  }

  static func withoutSlash(_ address: String) -> String {
    var address = address
    while address.hasSuffix("/") { address.removeLast() }
    return address
  }
}
