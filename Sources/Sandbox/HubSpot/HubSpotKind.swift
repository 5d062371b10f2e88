extension HubSpotSandbox {
  /// The object types the sandbox keeps, addressed by name or by `0-N` id.
  package enum Kind: Int, Sendable, Hashable, CaseIterable {
    case contacts, companies, deals, products, lineItems, tasks, notes

    /// The plural name in paths, for example `line_items`.
    package var name: String {
      switch self {
      case .contacts: "contacts"
      case .companies: "companies"
      case .deals: "deals"
      case .products: "products"
      case .lineItems: "line_items"
      case .tasks: "tasks"
      case .notes: "notes"
      }
    }

    /// The numeric type id in paths, for example `0-3`.
    package var typeID: String {
      switch self {
      case .contacts: "0-1"
      case .companies: "0-2"
      case .deals: "0-3"
      case .products: "0-7"
      case .lineItems: "0-8"
      case .tasks: "0-27"
      case .notes: "0-46"
      }
    }

    var singular: String {
      switch self {
      case .contacts: "contact"
      case .companies: "company"
      case .deals: "deal"
      case .products: "product"
      case .lineItems: "line_item"
      case .tasks: "task"
      case .notes: "note"
      }
    }

    /// The key inside a record's `associations`: line items are spelled with a space.
    var associationKey: String { self == .lineItems ? "line items" : name }

    /// Contacts are the exception: their stamp has no `hs_` prefix.
    var modifiedProperty: String {
      self == .contacts ? "lastmodifieddate" : "hs_lastmodifieddate"
    }

    var createdProperty: String {
      switch self {
      case .tasks, .notes: "hs_createdate"
      case .contacts, .companies, .deals, .products, .lineItems: "createdate"
      }
    }

    /// What a read returns when no property is asked for, beside id and stamps.
    var defaultProperties: [String] {
      switch self {
      case .contacts: ["email", "firstname", "lastname"]
      case .companies: ["domain", "name"]
      case .deals: ["amount", "closedate", "dealname", "dealstage", "pipeline"]
      case .products: ["description", "name", "price"]
      case .lineItems: ["amount", "price", "quantity"]
      case .tasks, .notes: []
      }
    }

    /// The properties a free-text `query` looks into.
    var queryProperties: [String] {
      switch self {
      case .contacts: ["firstname", "lastname", "email", "phone", "company"]
      case .companies: ["name", "domain", "phone", "website"]
      case .deals: ["dealname", "description"]
      case .products: ["name", "description", "hs_sku"]
      case .lineItems: ["name", "description"]
      case .tasks: ["hs_task_subject", "hs_task_body"]
      case .notes: ["hs_note_body"]
      }
    }

    /// Merging exists for these only.
    var canMerge: Bool {
      switch self {
      case .contacts, .companies, .deals: true
      case .products, .lineItems, .tasks, .notes: false
      }
    }

    /// `deals`, `deal` and `0-3` name the same type.
    package init?(path: String) {
      let wanted = path.lowercased()
      for kind in Self.allCases
      where wanted == kind.name || wanted == kind.typeID || wanted == kind.singular {
        self = kind
        return
      }
      return nil
    }
  }

  /// The editions of the API; they serve the same records and differ in small rules.
  enum Version: Sendable, Hashable {
    case v3, v4, march2026, september2026

    init?(path: String) {
      switch path {
      case "v3": self = .v3
      case "v4": self = .v4
      case "2026-03": self = .march2026
      case "2026-09": self = .september2026
      default: return nil
      }
    }

    /// The newest edition answers a partly failed batch with a plain success.
    func partial(_ whole: Int) -> Int { self == .september2026 ? whole : 207 }
  }
}
