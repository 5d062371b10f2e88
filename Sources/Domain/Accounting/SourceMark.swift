/// The addresses an invoice of a deal carries as its source: the mark by which it is known again
/// although the snapshot is lost.
package enum SourceMark {
  /// The address for one invoice of a deal. The whole invoice has the deal's own address; a part
  /// has a fragment, which no CRM's page minds.
  package static func url(of deal: Deal, _ role: InvoiceRole, revision: Int = 0) -> String {
    let again = revision == 0 ? "" : "revision-\(revision)"
    let part: String =
      switch role {
      case .whole, .generated: ""
      case .part(let number): "invoice-\(number)"
      }
    let fragment = [part, again].filter { !$0.isEmpty }.joined(separator: "-")
    return fragment.isEmpty ? deal.url : deal.url + "#" + fragment
  }

  /// Every address an invoice of the deal may carry, as far as lost links are looked for.
  package static func all(of deal: Deal) -> [(InvoiceRole, String)] {
    guard !deal.url.isEmpty else { return [] }
    var marks: [(InvoiceRole, String)] = []
    for revision in 0...9 {
      marks.append((.whole, url(of: deal, .whole, revision: revision)))
    }
    for number in 1...12 {
      marks.append((.part(number: number), url(of: deal, .part(number: number))))
    }
    return marks
  }
}
