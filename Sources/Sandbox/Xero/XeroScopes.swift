/// Which scopes exist, and which of them open an accounting call.
enum XeroScopes {
  static let granular: Set<String> = [
    "accounting.invoices", "accounting.invoices.read", "accounting.payments",
    "accounting.payments.read", "accounting.banktransactions",
    "accounting.banktransactions.read", "accounting.manualjournals",
    "accounting.manualjournals.read",
  ]
  static let broad: Set<String> = [
    "accounting.transactions", "accounting.transactions.read", "accounting.reports.read",
  ]
  static let unchanged: Set<String> = [
    "offline_access", "openid", "profile", "email", "accounting.settings",
    "accounting.settings.read", "accounting.contacts", "accounting.contacts.read",
    "accounting.attachments", "accounting.attachments.read", "accounting.budgets.read",
    "accounting.journals.read",
  ]

  /// The scopes of which one is enough; empty for an unknown resource.
  static func opening(_ resource: String, reads: Bool) -> [String] {
    let families: [String]
    switch resource {
    case "invoices", "creditnotes", "repeatinginvoices", "quotes", "purchaseorders":
      families = ["accounting.invoices", "accounting.transactions"]
    case "payments", "batchpayments", "overpayments", "prepayments":
      families = ["accounting.payments", "accounting.transactions"]
    case "items":
      families = ["accounting.settings", "accounting.invoices", "accounting.transactions"]
    case "contacts", "contactgroups": families = ["accounting.contacts"]
    case "accounts", "brandingthemes", "currencies", "invoicereminders", "organisation",
      "organisations", "taxrates", "trackingcategories", "users":
      families = ["accounting.settings"]
    default: families = []
    }
    return families + (reads ? families.map { $0 + ".read" } : [])
  }
}
