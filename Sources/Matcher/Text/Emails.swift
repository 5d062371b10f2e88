/// An e-mail address taken apart.
struct Email: Sendable, Equatable {
  /// Local part without "+tag" (and, at Gmail, without dots).
  var local: [UInt8]
  var domain: [UInt8]
  /// info@, accounts@ …: belongs to a company at most, never to a person.
  var isRole: Bool
  /// A provider for the public at large: the domain says nothing.
  var isFree: Bool

  var full: [UInt8] { local + [UInt8(ascii: "@")] + domain }
  /// Letters of the local part only: "tuimedia42" and "tui.media" say the same.
  var letters: [UInt8] { local.filter { Tokens.isWord($0) && !Tokens.isDigit($0) } }

  /// All addresses in one field, in its order, without repetitions.
  static func parse(_ field: String) -> [Email] {
    let text = Fold.bytes(field)
    if !text.contains(UInt8(ascii: "@")) { return [] }
    var found: [Email] = []
    for part in text.split(whereSeparator: { " ;,/<>()|\t\n\r\"".utf8.contains($0) }) {
      if let email = one(part), !found.contains(email) { found.append(email) }
    }
    return found
  }

  /// What people type where an address is demanded and none is known.
  private static let placeholders: Set<[UInt8]> = Set(
    [
      "na.com", "none.com", "example.com", "example.org", "example.net", "test.com", "noemail.com",
      "nomail.com", "no.com", "unknown.com", "xx.com", "x.com", "na", "none", "noemail", "nomail",
      "no-email", "noreply", "no-reply", "donotreply", "unknown", "test", "x", "xx", "xxx",
    ].map { Array($0.utf8) })

  private static func one(_ part: ArraySlice<UInt8>) -> Email? {
    var part = part
    if part.starts(with: "mailto:".utf8) { part = part.dropFirst(7) }
    guard let at = part.lastIndex(of: UInt8(ascii: "@")) else { return nil }
    var local = Array(part[..<at])
    var domain = Array(part[(at + 1)...])
    while domain.last == UInt8(ascii: ".") { domain.removeLast() }
    if domain.starts(with: "www.".utf8) { domain.removeFirst(4) }
    if local.isEmpty || !domain.contains(UInt8(ascii: ".")) { return nil }
    if placeholders.contains(domain) || placeholders.contains(local) { return nil }
    if let plus = local.firstIndex(of: UInt8(ascii: "+")), plus > 0 {
      local.removeSubrange(plus...)
    }
    if domain.elementsEqual("googlemail.com".utf8) { domain = Array("gmail.com".utf8) }
    if domain.elementsEqual("gmail.com".utf8) { local.removeAll { $0 == UInt8(ascii: ".") } }
    let word = local.filter { Tokens.isWord($0) && !Tokens.isDigit($0) }
    return Email(
      local: local, domain: domain,
      isRole: word.isEmpty || WordLists.roleMailboxes.contains(word),
      isFree: WordLists.isFreeHost(domain))
  }
}

/// A web address reduced to what identifies its owner.
struct Website: Sendable, Equatable {
  /// Host without "www."; at a public host followed by "/" and the owner's page.
  var host: [UInt8]
  /// A page below the host that may name a branch ("/newtown"); empty when none.
  var page: [UInt8]

  private static let plainPages: Set<[UInt8]> = Set(
    [
      "contact", "contactus", "about", "aboutus", "home", "index", "welcome", "en", "company", "in",
      "pages", "nz", "au", "uk", "us", "shop",
    ].map { Array($0.utf8) })

  static func parse(_ text: String) -> Website? {
    var rest = Fold.bytes(text).filter { $0 != 0x20 }[...]
    if let scheme = rest.firstIndex(of: UInt8(ascii: ":")), rest[scheme...].starts(with: "://".utf8)
    {
      rest = rest[(scheme + 3)...]
    }
    if rest.starts(with: "www.".utf8) { rest = rest.dropFirst(4) }
    let end =
      rest.firstIndex { $0 == 0x2F || $0 == 0x3F || $0 == 0x23 || $0 == 0x3A } ?? rest.endIndex
    var host = Array(rest[..<end])
    if !host.contains(UInt8(ascii: ".")) || host.contains(UInt8(ascii: "@")) { return nil }
    let path = rest[end...].split(separator: UInt8(ascii: "/")).map { segment in
      Array(segment.prefix { $0 != 0x3F && $0 != 0x23 && $0 != 0x2E })
    }
    let pages = path.filter { !$0.isEmpty && !plainPages.contains($0) }
    guard WordLists.isFreeHost(host) else {
      return Website(host: host, page: pages.first.map { $0.filter(Tokens.isWord) } ?? [])
    }
    guard let page = pages.first else { return nil }
    host.append(UInt8(ascii: "/"))
    return Website(host: host + page, page: [])
  }

  /// The label of a host that carries the owner's name: "tuimedia" of `mail.tuimedia.co.nz`, the
  /// page's name at a public host.
  static func label(_ host: [UInt8]) -> [UInt8] {
    if let slash = host.firstIndex(of: UInt8(ascii: "/")) {
      return host[(slash + 1)...].filter(Tokens.isWord)
    }
    return registered(host).prefix { $0 != UInt8(ascii: ".") }.filter(Tokens.isWord)
  }

  /// The registered domain: two labels, or three under endings such as `co.nz`.
  static func registered(_ host: [UInt8]) -> [UInt8] {
    if host.contains(UInt8(ascii: "/")) { return host }
    let labels = host.split(separator: UInt8(ascii: "."))
    guard labels.count > 2 else { return host }
    let isShared =
      labels[labels.count - 1].count == 2
      && WordLists.companySuffixes.contains(Array(labels[labels.count - 2]))
    return Array(labels.suffix(isShared ? 3 : 2).joined(separator: [UInt8(ascii: ".")]))
  }
}
