internal import Domain
internal import Foundation

/// Text as it is compared and sent: composed form, one line, nothing invisible.
enum PartyText {
  static func clean(_ text: String) -> String {
    var spaced = String.UnicodeScalarView()
    for scalar in text.precomposedStringWithCanonicalMapping.unicodeScalars {
      if isInvisible(scalar) { continue }
      spaced.append(isSpace(scalar) ? " " : scalar)
    }
    return String(spaced).split(separator: " ").joined(separator: " ")
  }

  /// Cleaned line by line; empty lines go.
  static func lines(_ lines: [String]) -> [String] {
    lines.flatMap { $0.split(whereSeparator: \.isNewline).map(String.init) }.map(clean)
      .filter { !$0.isEmpty }
  }

  private static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
    scalar.properties.isWhitespace || scalar.properties.generalCategory == .control
      || scalar.properties.generalCategory == .lineSeparator
      || scalar.properties.generalCategory == .paragraphSeparator
  }

  /// Marks that only turn the direction of writing, broken characters, spaces of no width. The
  /// joiners stay: emoji and some scripts are made with them.
  private static func isInvisible(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x200B, 0x200E, 0x200F, 0x061C, 0x202A...0x202E, 0x2066...0x2069, 0xFEFF, 0xFFFD: true
    default: false
    }
  }

  /// The mail addresses of a text, or nil when something in it is none. Written as
  /// `a@b.nz`, `a@b.nz; c@d.nz`, or `Name <a@b.nz>`.
  static func emails(_ text: String) -> [String]? {
    var rest = clean(text)
    if let open = rest.firstIndex(of: "<"), rest.last == ">" {
      rest = String(rest[rest.index(after: open)...].dropLast())
    }
    let parts = rest.split { $0 == ";" || $0 == "," || $0 == " " }.map(String.init)
    return parts.allSatisfy(isEmail) ? parts : nil
  }

  private static func isEmail(_ text: String) -> Bool {
    let parts = text.split(separator: "@", omittingEmptySubsequences: false)
    guard parts.count == 2, !parts[0].isEmpty, text.count <= 254 else { return false }
    let labels = parts[1].split(separator: ".", omittingEmptySubsequences: false)
    return labels.count > 1 && labels.allSatisfy { !$0.isEmpty }
      && !text.contains { "<>()[]\\\"".contains($0) }
  }
}

/// The form under which two values of an attribute say the same.
struct PartyNormal {
  /// ISO code of the country by which local telephone numbers are read; empty: not known.
  var region: String

  func key(_ field: PartyField, _ value: PartyValue) -> String {
    switch value {
    case .address(let address): Self.address(address)
    case .text(let text): self.text(field, text)
    }
  }

  private func text(_ field: PartyField, _ text: String) -> String {
    switch field {
    case .name, .firstName, .lastName, .mark: PartyText.clean(text)
    case .email: (PartyText.emails(text)?.first ?? PartyText.clean(text)).lowercased()
    case .phone, .mobile, .directPhone, .fax: Telephone.key(text, region: region)
    case .taxNumber:
      String(PartyText.clean(text).uppercased().filter { $0.isLetter || $0.isNumber })
    case .website: Self.site(text)
    case .postalAddress, .streetAddress: PartyText.clean(text)
    }
  }

  /// Lines may be broken elsewhere, countries written by name or code.
  private static func address(_ place: PostalAddress) -> String {
    guard !place.isEmpty else { return "" }
    let street = PartyText.lines(place.lines).joined(separator: " ")
      .split { $0 == "," || $0 == ";" || $0 == " " }.joined(separator: " ")
    let country = PartyText.clean(place.country)
    return [
      street, PartyText.clean(place.city), PartyText.clean(place.region),
      String(place.postalCode.uppercased().filter { $0.isLetter || $0.isNumber }),
      Country.code(of: country) ?? country.lowercased(),
    ].joined(separator: "\u{1F}")
  }

  private static func site(_ text: String) -> String {
    var rest = PartyText.clean(text)[...]
    for scheme in ["https://", "http://", "HTTPS://", "HTTP://", "Https://", "Http://"]
    where rest.hasPrefix(scheme) {
      rest = rest.dropFirst(scheme.count)
    }
    let end = rest.firstIndex { $0 == "/" || $0 == "?" || $0 == ":" } ?? rest.endIndex
    var host = rest[..<end].lowercased()
    if host.hasPrefix("www.") { host = String(host.dropFirst(4)) }
    var path = rest[end...]
    while path.last == "/" { path = path.dropLast() }
    return host + path
  }
}
