extension SalesforceSandbox {
  /// A query that was understood: its fields exist and its values have the right types.
  struct Query: Sendable {
    var kind: Kind
    /// Paths in the order they were asked for; empty for `COUNT()`.
    var columns: [Path]
    var isCount = false
    var filter: Filter?
    var order: [Order] = []
    var limit: Int?
    var offset = 0

    /// A field, perhaps of a record that others refer to.
    struct Path: Sendable, Hashable {
      /// Reference fields to follow, with the names of their relationships.
      var steps: [Step]
      var field: Field

      struct Step: Sendable, Hashable {
        var name: String
        var field: Field
      }
    }

    struct Order: Sendable {
      var path: Path
      var descends = false
      var nullsLast = false
    }

    indirect enum Filter: Sendable {
      case all([Filter])
      case any([Filter])
      case not(Filter)
      case compare(Path, Comparison, Value)
      /// `IN`, or `NOT IN`.
      case among(Path, Set<Value>, isNegative: Bool)
      case like(Path, String)
    }

    enum Comparison: String, Sendable {
      case equal = "="
      case different = "!="
      case less = "<"
      case lessOrEqual = "<="
      case more = ">"
      case moreOrEqual = ">="
    }

    /// A value in the form in which it is compared.
    enum Value: Sendable, Hashable {
      case null
      /// Folded, except for ids.
      case text(String)
      case number(ExactDecimal)
      case moment(Int64)
      case flag(Bool)
    }
  }

  /// What is left of a query whose rows do not fit one page.
  struct Cursors: Sendable {
    struct Cursor: Sendable {
      var query: Query
      var ids: [String]
      var path: String
      var user: String
      var opened: Int64
    }

    private(set) var open: [String: Cursor] = [:]
    private var order: [String] = []
    private var count = 0
    /// Of a user; one more closes the oldest.
    static let most = 10
    static let life: Int64 = 2 * 86_400_000

    mutating func add(_ cursor: Cursor) -> String {
      count += 1
      let name = SalesforceID.made(prefix: "01g", number: count)
      let own = order.filter { open[$0]?.user == cursor.user }
      if own.count >= Self.most, let oldest = own.first { close(oldest) }
      open[name] = cursor
      order.append(name)
      return name
    }

    mutating func close(_ name: String) {
      open[name] = nil
      order.removeAll { $0 == name }
    }
  }
}
