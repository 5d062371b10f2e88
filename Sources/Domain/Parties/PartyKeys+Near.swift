internal import Foundation

/// Coarse keys: two records that share none of them are not compared any further.
extension PartyKeys {
  /// Keys under which records that only resemble this one are found: telephone numbers, own
  /// domains, the tax number, and how the telling words of the name sound without vowels.
  /// Sorted, each once.
  package static func near(_ party: PartyRecord) -> [String] {
    var keys: Set<String> = []
    for (kind, text) in party.phones where kind != .fax {
      let digits = text.filter { $0.isASCII && $0.isNumber }
      if digits.count >= 7 { keys.insert("phone " + digits.suffix(7)) }
    }
    for domain in ownDomains(of: party) { keys.insert("domain " + domain) }
    let tax = taxNumber(party.taxNumber)
    if tax.count >= 5 { keys.insert("tax " + tax) }
    let full = [party.firstName, party.lastName].joined(separator: " ")
    for name in Set([party.name, full]) {
      let words = significantWords(name).filter { $0.count > 2 }
      for word in [words.first, words.last].compactMap({ $0 }) {
        keys.insert("word " + skeleton(of: word))
      }
    }
    return keys.sorted()
  }

  /// Letters and digits of a tax number in lower case.
  package static func taxNumber(_ text: String) -> String {
    String(text.lowercased().filter { $0.isLetter || $0.isNumber })
  }

  /// The words of a name that tell customers apart; all of them where none does.
  package static func significantWords(_ text: String) -> [String] {
    let all = name(text).split(separator: " ").map(String.init)
    let rest = all.filter { !commonWords.contains($0) }
    return rest.isEmpty ? all : rest
  }

  /// Domains of a record's own mail addresses and site, without those anybody can have.
  package static func ownDomains(of party: PartyRecord) -> [String] {
    let mails = party.emails.map(email).compactMap { $0.split(separator: "@").last }
    return (mails.map(String.init) + [site(party.website)]).filter {
      !$0.isEmpty && !sharedDomains.contains($0)
    }
  }

  private static func site(_ text: String) -> String {
    var rest = text.lowercased()[...]
    for scheme in ["https://", "http://"] where rest.hasPrefix(scheme) {
      rest = rest.dropFirst(scheme.count)
    }
    if rest.hasPrefix("www.") { rest = rest.dropFirst(4) }
    return String(rest.prefix { $0 != "/" && $0 != ":" && $0 != "?" })
  }

  /// First letter and the consonants behind it, doubled ones once: survives most slips of the
  /// pen. Words of other scripts keep their first letters.
  private static func skeleton(of word: String) -> String {
    var kept = ""
    for character in word {
      if kept.isEmpty || !"aeiouyhw".contains(character), kept.last != character {
        kept.append(character)
      }
    }
    return String(kept.prefix(5))
  }

  private static let commonWords: Set<String> = [
    "ltd", "inc", "corp", "co", "pty", "llc", "plc", "gmbh", "ag", "sa", "bv", "nv", "the", "and",
    "of", "group", "holdings",
  ]

  private static let sharedDomains: Set<String> = [
    "gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "live.com", "yahoo.com",
    "icloud.com", "me.com", "aol.com", "gmx.de", "gmx.net", "web.de", "proton.me",
    "protonmail.com", "xtra.co.nz", "bigpond.com", "btinternet.com", "hotmail.co.uk",
    "yahoo.co.uk", "msn.com", "mail.com",
  ]
}
