internal import Domain

/// A value in the form one system can hold: shortened, cleaned, or refused, always by a stated
/// rule that is shown with the operation.
enum PartyFit: Hashable {
  /// `note` says what was done to it; nil: nothing worth telling.
  case fits(PartyValue, note: String?)
  case refused(String)

  /// Nil when refused.
  var value: PartyValue? {
    if case .fits(let value, _) = self { value } else { nil }
  }

  var note: String? {
    if case .fits(_, let note) = self { note } else { nil }
  }

  static func of(_ value: PartyValue, _ field: PartyField, in traits: PartyTraits) -> PartyFit {
    switch value {
    case .address(let place): address(place, traits)
    case .text(let text): self.text(text, field, traits)
    }
  }

  private static func text(
    _ text: String, _ field: PartyField, _ traits: PartyTraits
  ) -> PartyFit {
    var clean = PartyText.clean(text)
    var notes: [String] = []
    switch field {
    case .email:
      guard let all = PartyText.emails(clean) else {
        return .refused("“\(clean)” is no mail address")
      }
      if all.count > 1 { notes.append("the first of \(all.count) addresses") }
      clean = all.first ?? ""
    case .name:
      guard !clean.isEmpty else { return .refused("a name cannot be empty") }
      fallthrough
    case .firstName, .lastName:
      if traits.forbidsAngleBrackets, clean.contains(where: { $0 == "<" || $0 == ">" }) {
        clean = PartyText.clean(String(clean.map { $0 == "<" || $0 == ">" ? " " : $0 }))
        notes.append("without angle brackets")
        if clean.isEmpty, field == .name { return .refused("a name of brackets alone is none") }
      }
      if traits.forbidsColons, clean.contains(":") {
        clean = PartyText.clean(clean.replacing(":", with: " "))
        notes.append("without colons")
        if clean.isEmpty, field == .name { return .refused("a name of colons alone is none") }
      }
    case .phone, .mobile, .directPhone, .fax, .postalAddress, .streetAddress, .taxNumber,
      .website, .mark:
      break
    }
    if let limit = traits.lengths[field], clean.count > limit {
      guard field != .email else { return .refused("“\(clean)” is longer than \(limit)") }
      clean = PartyText.clean(String(clean.prefix(limit)))
      notes.append("shortened to \(limit) characters")
    }
    return .fits(.text(clean), note: notes.isEmpty ? nil : notes.joined(separator: ", "))
  }

  /// Surplus lines are put behind the last one, parted by commas.
  private static func address(_ place: PostalAddress, _ traits: PartyTraits) -> PartyFit {
    var notes: [String] = []
    func cut(_ text: String, _ limit: Int, _ what: String) -> String {
      let clean = PartyText.clean(text)
      guard clean.count > limit else { return clean }
      notes.append("\(what) shortened to \(limit) characters")
      return PartyText.clean(String(clean.prefix(limit)))
    }
    var lines = PartyText.lines(place.lines)
    if lines.count > traits.addressLines {
      let kept = traits.addressLines - 1
      notes.append("\(lines.count) lines put into \(traits.addressLines)")
      lines = Array(lines.prefix(kept)) + [lines.dropFirst(kept).joined(separator: ", ")]
    }
    let fitted = PostalAddress(
      lines: lines.map { cut($0, traits.addressLineLength, "a line") },
      city: cut(place.city, traits.cityLength, "city"),
      region: cut(place.region, traits.cityLength, "region"),
      postalCode: cut(place.postalCode, traits.postalCodeLength, "postal code"),
      country: cut(place.country, traits.cityLength, "country"))
    return .fits(.address(fitted), note: notes.isEmpty ? nil : notes.joined(separator: ", "))
  }
}
