internal import Domain

/// A checked value: its form is what the key table asks for.
struct Item: Sendable {
  var value: Value
  var origin: Origin
  var path: String

  indirect enum Value: Sendable {
    case text(String)
    case flag(Bool)
    case integer(Int)
    case decimal(ExactDecimal)
    case date(CalendarDate)
    case zone(Zone)
    case secret(SecretText)
    case list([Item])
    case section(Section)
  }
}

/// A checked mapping. A key that was wrong or left out is absent.
struct Section: Sendable {
  var items: [String: Item] = [:]
  /// The keys as they were written, without those that were wrong.
  var order: [String] = []
  /// Whether nothing at all was written, right or wrong.
  var isEmpty = true
  var origin: Origin
  var path: String

  subscript(key: String) -> Item? { items[key] }

  func text(_ key: String) -> String? { items[key]?.text }

  func sourced(_ key: String) -> Sourced<String>? { items[key]?.sourced }

  func flag(_ key: String) -> Bool? {
    guard case .flag(let flag)? = items[key]?.value else { return nil }
    return flag
  }

  func integer(_ key: String) -> Int? {
    guard case .integer(let integer)? = items[key]?.value else { return nil }
    return integer
  }

  func decimal(_ key: String) -> ExactDecimal? {
    guard case .decimal(let decimal)? = items[key]?.value else { return nil }
    return decimal
  }

  func secret(_ key: String) -> SecretText? {
    guard case .secret(let secret)? = items[key]?.value else { return nil }
    return secret
  }

  func section(_ key: String) -> Section? { items[key]?.section }

  /// The elements of a list; nil when the key is absent.
  func list(_ key: String) -> [Item]? { items[key]?.list }

  func template(_ key: String) -> Template? {
    items[key]?.sourced.map { Template($0.value, at: $0.origin) }
  }

  /// A word of an enumeration of ours.
  func word<Word: RawRepresentable>(_ key: String, as: Word.Type) -> Word?
  where Word.RawValue == String { text(key).flatMap(Word.init(rawValue:)) }
}

extension Item {
  var text: String? {
    guard case .text(let text) = value else { return nil }
    return text
  }

  var sourced: Sourced<String>? { text.map { Sourced($0, at: origin) } }

  var list: [Item]? {
    guard case .list(let items) = value else { return nil }
    return items
  }

  var section: Section? {
    guard case .section(let section) = value else { return nil }
    return section
  }
}
