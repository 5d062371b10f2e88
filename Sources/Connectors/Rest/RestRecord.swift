import Domain
import Foundation

/// Reads the values of one record by the fields of a description.
struct RestRecord: Sendable {
  var value: RestValue
  var fields: [String: RestField]
  var scope: RestScope

  /// The first thing that stands where the field's paths lead; nil where all is empty.
  private func found(_ field: RestField) -> RestValue? {
    for path in field.paths {
      if let value = path.values(in: value, scope).first(where: { !$0.isEmpty }) { return value }
    }
    return field.fallback.map { .text($0) }
  }

  func text(_ name: String) -> String? { fields[name].flatMap { text($0) } }

  func text(_ field: RestField) -> String? {
    guard let text = found(field)?.plain, !text.isEmpty else { return nil }
    guard let table = field.table else { return text }
    return scope.tables[table]?[text] ?? text
  }

  /// All texts the field's first fruitful path leads to: ids, addresses, lines of a street.
  func texts(_ name: String) -> [String] {
    guard let field = fields[name] else { return [] }
    for path in field.paths {
      let texts = path.values(in: value, scope).flatMap { value -> [String] in
        if case .list(let list) = value { return list.compactMap(\.plain) }
        return [value.plain].compactMap { $0 }
      }.filter { !$0.isEmpty && $0 != "0" }
      if !texts.isEmpty { return texts }
    }
    return []
  }

  /// A decimal, never through a binary fraction; nil where nothing stands.
  func number(_ name: String) throws(RestUnreadable) -> ExactDecimal? {
    guard let field = fields[name], let value = found(field) else { return nil }
    guard let number = value.number else {
      throw RestUnreadable(
        reason: "\(name) (\(field.paths[0].text)) is \(value.kind), not a number")
    }
    guard field.scale > 0 else { return number }
    return try? number.divided(by: Self.power(field.scale), decimals: field.scale + number.scale)
  }

  private static func power(_ places: Int) -> ExactDecimal {
    ExactDecimal(significand: (0..<places).reduce(Int128(1)) { power, _ in power * 10 }, scale: 0)
  }

  func moment(_ name: String) throws(RestUnreadable) -> Instant? {
    guard let field = fields[name], let value = found(field) else { return nil }
    guard let moment = field.format.read(value, zone: scope.zone) else {
      throw RestUnreadable(
        reason: "\(name) (\(field.paths[0].text)) is no time in the stated format")
    }
    return moment
  }

  func day(_ name: String) throws(RestUnreadable) -> Deal.WonDay? {
    guard let field = fields[name], let value = found(field) else { return nil }
    if let day = field.format.day(value) { return .day(day) }
    return try moment(name).map { .moment($0) }
  }

  func currency(_ name: String) throws(RestUnreadable) -> Currency? {
    guard let text = text(name) else { return nil }
    guard let currency = Currency(text.uppercased()) else {
      throw RestUnreadable(reason: "\(name) is no currency code")
    }
    return currency
  }

  func id(_ what: String) throws(RestUnreadable) -> String {
    guard let id = text("id") else {
      let path = fields["id"]?.paths.first?.text ?? "id"
      throw RestUnreadable(reason: "\(what) has no id at “\(path)”; \(value.keys)")
    }
    return id
  }
}
