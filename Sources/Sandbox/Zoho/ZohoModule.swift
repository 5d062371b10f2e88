extension ZohoSandbox {
  /// The modules that are simulated.
  enum Module: String, CaseIterable, Sendable {
    case deals = "Deals"
    case accounts = "Accounts"
    case contacts = "Contacts"
    case products = "Products"
    case quotes = "Quotes"
    case salesOrders = "Sales_Orders"
    case tasks = "Tasks"
    case notes = "Notes"

    var place: Int {
      switch self {
      case .deals: 0
      case .accounts: 1
      case .contacts: 2
      case .products: 3
      case .quotes: 4
      case .salesOrders: 5
      case .tasks: 6
      case .notes: 7
      }
    }

    /// The field that names a record to people.
    var title: String {
      switch self {
      case .deals: "Deal_Name"
      case .accounts: "Account_Name"
      case .contacts: "Full_Name"
      case .products: "Product_Name"
      case .quotes, .salesOrders, .tasks: "Subject"
      case .notes: "Note_Title"
      }
    }

    var singular: String {
      switch self {
      case .accounts: "Account"
      case .salesOrders: "Sales Order"
      case .deals, .contacts, .products, .quotes, .tasks, .notes: String(rawValue.dropLast())
      }
    }

    /// The rows of a quote or an order.
    var rows: String? {
      switch self {
      case .quotes: "Quoted_Items"
      case .salesOrders: "Ordered_Items"
      case .deals, .accounts, .contacts, .products, .tasks, .notes: nil
      }
    }

    /// What an upsert compares when it is not told.
    var upsertKey: String {
      self == .contacts ? "Email" : title
    }

    /// The word of a scope.
    var scope: String { rawValue.lowercased().replacing("_", with: "") }
  }

  /// A record. `values` hold what was written, in the vendor's JSON shape.
  struct Record: Sendable, Hashable {
    let id: String
    var values: JSONValue.Object
    /// In whole seconds.
    var created: Int64
    var modified: Int64
    var creator: String
    var modifier: String
    /// The very moment of the last write, for what lags behind it.
    var touched: Int64
    var deletedAt: Int64?
    var isPermanent = false
    var isLocked = false
    var isInBlueprint = false
    var isMerging = false
    var needsApproval = false
    /// Products linked to a deal.
    var products: [String] = []

    var isLive: Bool { deletedAt == nil }
    var key: Key { Key(moment: modified, id: id) }
  }

  /// The place of a record in a list sorted by a time.
  struct Key: Sendable, Hashable, Comparable {
    var moment: Int64
    var id: String

    static func < (left: Self, right: Self) -> Bool {
      (left.moment, left.id.count, left.id) < (right.moment, right.id.count, right.id)
    }
  }

  /// All records of one module with the order its feed needs.
  struct Store: Sendable {
    private(set) var records: [String: Record] = [:]
    /// By modified time, then id.
    private(set) var byModified: [Key] = []

    mutating func put(_ record: Record) {
      if let old = records[record.id] {
        let place = Self.place(of: old.key, in: byModified)
        if place < byModified.count, byModified[place] == old.key { byModified.remove(at: place) }
      }
      byModified.insert(record.key, at: Self.place(of: record.key, in: byModified))
      records[record.id] = record
    }

    /// The first position whose element is not smaller.
    static func place(of key: Key, in list: [Key]) -> Int {
      var low = 0
      var high = list.count
      while low < high {
        let middle = (low + high) / 2
        if list[middle] < key { low = middle + 1 } else { high = middle }
      }
      return low
    }

    /// Live records, oldest id first.
    var live: [Record] {
      records.values.filter(\.isLive).sorted { ($0.id.count, $0.id) < ($1.id.count, $1.id) }
    }
  }
}
