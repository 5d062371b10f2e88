import Domain

/// What the placeholders of a template stand for at one moment.
struct RestScope: Hashable, Sendable {
  /// By full name: `deal.id`, `since`, `report.amount_due`. A name without value is absent.
  var values: [String: RestValue] = [:]
  var tables: [String: [String: String]] = [:]
  /// Days and zone-less times are those of this zone.
  var zone = Zone.utc

  /// The same with more values.
  func with(_ more: [String: RestValue?]) -> RestScope {
    var scope = self
    for (name, value) in more { scope.values[name] = value }
    return scope
  }

  /// The text a template comes to where nothing leaves this machine; nil where a part is absent.
  func plain(_ template: RestTemplate) -> String? {
    var out = ""
    for part in template.parts {
      switch part {
      case .literal(let text): out += text
      case .variable(let variable):
        guard let value = try? value(variable), let text = value.plain else { return nil }
        out += text
      }
    }
    return out
  }

  /// The value of a placeholder after its filters; nil where it is absent.
  func value(_ variable: RestTemplate.Variable) throws(RestUnfit) -> RestValue? {
    var value = values[variable.name]
    for filter in variable.filters {
      do { value = try apply(filter, to: value) } catch {
        throw RestUnfit(reason: "{{\(variable.name)}} \(error.reason)")
      }
    }
    return value
  }

  private func apply(
    _ filter: RestTemplate.Filter, to value: RestValue?
  ) throws(RestUnfit) -> RestValue? {
    if case .fallback(let text) = filter {
      return value.flatMap { $0.isEmpty ? nil : $0 } ?? .text(text)
    }
    // Nothing stays absent, and an empty text stays one: it clears.
    guard let value, value != .text(""), value != .null else { return value }
    switch filter {
    case .fallback: return value
    case .time(let format):
      guard let text = value.plain, let moment = Instant(text) else {
        throw RestUnfit(reason: "is no time")
      }
      let isDay = text.count == 10
      return format.write(isDay ? zone.moment(ofLocal: moment) : moment, zone: zone)
    case .number:
      guard let number = value.number else { throw RestUnfit(reason: "is no number") }
      return .number(number)
    case .cents(let places): return .number(try Self.scaled(value, places))
    case .lookup(let table):
      guard let text = value.plain, let found = tables[table]?[text] else {
        throw RestUnfit(reason: "has no row in the table \(table)")
      }
      return .text(found)
    case .text, .upper, .lower, .quoted, .doubleQuoted, .plain:
      guard let text = value.plain else { throw RestUnfit(reason: "is \(value.kind)") }
      return .text(Self.written(text, filter))
    }
  }

  private static func scaled(
    _ value: RestValue, _ places: Int
  ) throws(RestUnfit) -> ExactDecimal {
    let factor = ExactDecimal(
      significand: (0..<places).reduce(Int128(1)) { power, _ in power * 10 }, scale: 0)
    guard let number = value.number, let scaled = try? number.multiplied(by: factor),
      scaled.rounded(0) == scaled
    else { throw RestUnfit(reason: "is no amount of \(places) decimals") }
    return scaled.rounded(0)
  }

  private static func written(_ text: String, _ filter: RestTemplate.Filter) -> String {
    switch filter {
    case .upper: text.uppercased()
    case .lower: text.lowercased()
    case .quoted: "'" + OutgoingText.line(text, limit: 2000).replacing("'", with: "''") + "'"
    case .doubleQuoted:
      String(decoding: OutgoingJSON.text(OutgoingText.line(text, limit: 2000)).data, as: UTF8.self)
    case .plain: OutgoingText.line(text, limit: 2000)
    case .text, .fallback, .time, .number, .cents, .lookup: text
    }
  }
}

/// A value that cannot stand where a template puts it. Names the placeholder, never the value.
struct RestUnfit: Error, Hashable { var reason: String }
