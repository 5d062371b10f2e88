extension Matcher {
  /// The country most records point to by what they say of their address and by the endings of
  /// mail and web domains, as a two-letter code; nil when nothing points anywhere. Ties go to the
  /// code that comes first, so that no order of rows matters.
  package static func homeCountry(of sides: [[MatchRecord]]) -> String? {
    var votes: [UInt16: Int] = [:]
    var known: [String: UInt16] = [:]
    func vote(_ text: some StringProtocol) {
      let text = String(text)
      if text.isEmpty { return }
      let code = known[text] ?? Countries.find(text)?.code ?? 0
      known[text] = code
      if code != 0 { votes[code, default: 0] += 1 }
    }
    for record in sides.joined() {
      for address in record.addresses { vote(address.country) }
      for host in record.emails + [record.website] {
        let bare =
          host.split(separator: "/", omittingEmptySubsequences: true)
          .first { $0.contains(".") } ?? ""
        let ending = bare.lowercased().split(separator: ".").last ?? ""
        if ending.utf8.count == 2 { vote(ending) }
      }
    }
    let best = votes.max { ($0.value, $1.key) < ($1.value, $0.key) }
    return best.map { code in
      String(decoding: [UInt8(code.key >> 8), UInt8(code.key & 0xFF)], as: UTF8.self).uppercased()
    }
  }
}
