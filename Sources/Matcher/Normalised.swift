/// The forms values are compared in, as text: for tests, and for showing what was compared.
package enum Normalised {
  /// Words of a name without legal forms, notes, punctuation and case, sorted; then the names it
  /// also goes by ("T/A"), then what stands in brackets, separated by " | ".
  package static func name(_ text: String) -> String {
    let parts = ParsedName.parse(text).parts
    return (parts.filter { $0.role != .qualifier } + parts.filter { $0.role == .qualifier }).map {
      part in
      part.words.map { String(decoding: $0, as: UTF8.self) }.sorted().joined(separator: " ")
    }.joined(separator: " | ")
  }

  /// Numbers that are part of a name.
  package static func numbers(_ text: String) -> [String] {
    let parsed = ParsedName.parse(text)
    return (parsed.parts.flatMap(\.numbers) + parsed.pendingNumbers)
      .map { String(decoding: $0, as: UTF8.self) }
  }

  /// All e-mail addresses of a field.
  package static func emails(_ field: String) -> [String] {
    Email.parse(field).map { String(decoding: $0.full, as: UTF8.self) }
  }

  /// Whether a field's first address belongs to a role (accounts@) or to a provider open to all.
  package static func mailbox(_ field: String) -> (isRole: Bool, isFree: Bool)? {
    Email.parse(field).first.map { ($0.isRole, $0.isFree) }
  }

  /// International form of a telephone number; nil for what cannot be one.
  package static func phone(_ text: String, country: String) -> String? {
    Phone.parse(text, country: Countries.find(country))?.e164
  }

  /// Host that identifies the owner of a web address; nil for none.
  package static func website(_ text: String) -> String? {
    Website.parse(text).map { String(decoding: Website.registered($0.host), as: UTF8.self) }
  }

  /// `number/unit/street/type/box` of address lines.
  package static func street(_ lines: [String]) -> String {
    let street = Street.parse(lines)
    return [street.number, street.unit, street.name, street.type, street.box]
      .map { String(decoding: $0, as: UTF8.self) }.joined(separator: "/")
  }

  /// A tax number's letters and digits; empty for placeholders.
  package static func tax(_ text: String) -> String {
    String(decoding: TaxNumbers.normalise(text), as: UTF8.self)
  }

  /// What the check digit says; nil where the country's rule is not known.
  package static func isTaxValid(_ text: String, country: String) -> Bool? {
    TaxNumbers.isValid(text, country: Countries.find(country))
  }

  /// Lower-case ASCII spelling of any text.
  package static func folded(_ text: String) -> String {
    String(decoding: Fold.bytes(text), as: UTF8.self)
  }
}
