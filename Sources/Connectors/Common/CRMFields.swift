import Domain

/// The names of the CRM fields that the configuration can choose: ours, and those a deal's terms
/// and a customer's tax number are read from.
struct CRMFields: Sendable, Hashable {
  let paymentTerms: String
  let accountingID: String
  /// Nil: customers have no field for it unless one is configured.
  let taxNumber: String?
  let reports: [ReportField: String]
  let extraDeal: [String]
  let extraLine: [String]

  /// `defaults`: the vendor's names by key of `fields`.
  init(_ settings: ConnectionSettings, defaults: [String: String]) {
    func name(_ key: String) -> String {
      settings.fields[key]?.value ?? defaults[key] ?? key
    }
    paymentTerms = name("payment_terms")
    accountingID = name("accounting_id")
    taxNumber = (settings.fields["tax_number"]?.value ?? defaults["tax_number"])
    reports = Dictionary(
      uniqueKeysWithValues: ReportField.allCases.map { ($0, name($0.rawValue)) })
    extraDeal = settings.extraDealFields.sorted()
    extraLine = settings.extraLineFields.sorted()
  }
}

extension Sequence where Element: Hashable {
  /// The elements once each, in the order of their first appearance.
  var uniqued: [Element] {
    var seen: Set<Element> = []
    return filter { seen.insert($0).inserted }
  }
}
