package import Domain
package import Snapshot

/// What a person may type in place of a subject: an invoice's number, or the address of a deal's
/// page in its CRM.
package enum SubjectSearch {
  /// The subjects a text may mean, those the snapshot knows, in order; a subject means itself.
  package static func find(
    _ text: String, crms: [SystemName], accounting: SystemName, in reader: SnapshotReader
  ) throws -> [Subject] {
    if let subject = Subject(text) { return [subject] }
    let invoices = try reader.invoices(numbered: text, in: accounting).map {
      Subject(system: accounting, kind: .invoice, id: $0.rawValue)
    }
    guard invoices.isEmpty, text.hasPrefix("https://") || text.hasPrefix("http://") else {
      return invoices
    }
    let path = text.split(separator: "?")[0].split(separator: "#")[0]
    let ids = path.split(separator: "/").reversed().filter { $0.allSatisfy(\.isLetterOrDigit) }
    for id in ids {
      let known = try crms.compactMap { crm -> Subject? in
        let subject = Subject(system: crm, kind: .deal, id: String(id))
        guard let deal = try reader.deal(ID(subject.id), of: crm) else { return nil }
        // The same host, where the page's own address is known.
        return host(deal.url).isEmpty || host(deal.url) == host(text) ? subject : nil
      }
      if !known.isEmpty { return known }
    }
    return []
  }

  private static func host(_ address: String) -> String {
    let parts = address.split(separator: "/", omittingEmptySubsequences: true)
    return parts.count > 1 ? parts[1].lowercased() : ""
  }
}

extension Character {
  fileprivate var isLetterOrDigit: Bool { isASCII && (isLetter || isNumber) }
}
