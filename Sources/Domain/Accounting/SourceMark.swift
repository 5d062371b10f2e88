/// The addresses an invoice of a deal carries as its source: the mark by which it is known again
/// although the snapshot, or the answer that named it, is lost.
package enum SourceMark {
  /// The address for one invoice of a deal. The whole invoice has the deal's own address; a part
  /// of a schedule and an invoice made anew after a void have a fragment of their own, which no
  /// CRM's page minds. It never changes.
  ///
  /// - Parameter revision: how many invoices of this role were voided before it.
  package static func url(of deal: Deal, _ role: InvoiceRole, revision: Int = 0) -> String {
    guard !deal.url.isEmpty else { return "" }
    var words: [String] = []
    switch role {
    case .whole: break
    case .part(let number): words.append("\(partWord)\(number)")
    case .generated(let template): words.append("generated-\(template)")
    }
    if revision > 0 { words.append("\(revisionWord)\(revision)") }
    return words.isEmpty ? deal.url : deal.url + separator(of: deal) + words.joined(separator: "-")
  }

  /// The address for a repeating template of a deal: never that of an invoice, so that nothing
  /// generated from it is taken for the deal's one invoice.
  package static func url(of deal: Deal, recurring key: String) -> String {
    deal.url.isEmpty ? "" : deal.url + separator(of: deal) + "recurring-" + key
  }

  /// What an invoice with this source address is to the deal; nil when it is not the deal's.
  package static func role(of address: String, for deal: Deal) -> InvoiceRole? {
    guard !deal.url.isEmpty else { return nil }
    if address == deal.url { return .whole }
    let start = deal.url + separator(of: deal)
    guard address.hasPrefix(start) else { return nil }
    let fragment = address.dropFirst(start.count)
    if let number = number(after: revisionWord, in: fragment), number > 0 { return .whole }
    guard fragment.hasPrefix(partWord) else { return nil }
    let rest = fragment.dropFirst(partWord.count)
    let digits = rest.prefix { $0.isASCII && $0.isNumber }
    guard let part = Int(digits), part > 0 else { return nil }
    let tail = rest.dropFirst(digits.count)
    guard tail.isEmpty || number(after: "-" + revisionWord, in: tail) != nil else { return nil }
    return .part(number: part)
  }

  /// What every address of the deal but its own begins with.
  package static func prefix(of deal: Deal) -> String { deal.url + separator(of: deal) }

  private static let partWord = "invoice-"
  private static let revisionWord = "revision-"

  /// Some CRMs have their pages behind a fragment already.
  private static func separator(of deal: Deal) -> String { deal.url.contains("#") ? "&" : "#" }

  private static func number(after word: String, in text: Substring) -> Int? {
    text.hasPrefix(word) ? Int(text.dropFirst(word.count)) : nil
  }
}
