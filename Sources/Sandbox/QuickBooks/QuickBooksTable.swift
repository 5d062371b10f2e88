/// One kind of record of a company, in the order of creation.
struct QuickBooksTable: Sendable {
  private(set) var rows: [Row] = []
  private var places: [String: Int] = [:]

  struct Row: Sendable {
    var id: String
    /// Without Id, SyncToken and MetaData, which belong to the row.
    var object: JSONValue.Object
    var version = 0
    var created: SandboxTime
    var changed: SandboxTime
    var isDeleted = false

    /// The whole record as it is answered.
    var json: JSONValue {
      guard !isDeleted else {
        return [
          "domain": "QBO", "status": "Deleted", "Id": .string(id),
          "MetaData": ["LastUpdatedTime": .string(changed.pacific)],
        ]
      }
      var out = object
      out["domain"] = "QBO"
      out["sparse"] = false
      out["Id"] = .string(id)
      out["SyncToken"] = .string(String(version))
      out["MetaData"] = [
        "CreateTime": .string(created.pacific), "LastUpdatedTime": .string(changed.pacific),
      ]
      return .object(out)
    }

    func text(_ key: String) -> String { object[key]?.string ?? object[key]?.digits ?? "" }
    func reference(_ key: String) -> String { object[key]?["value"]?.string ?? "" }
    func money(_ key: String) -> ExactDecimal { object[key]?.decimal ?? .zero }
    var isActive: Bool { object["Active"]?.bool ?? true }
  }

  var live: [Row] { rows.filter { !$0.isDeleted } }

  subscript(id: String) -> Row? {
    get { places[id].map { rows[$0] }.flatMap { $0.isDeleted ? nil : $0 } }
    set {
      guard let place = places[id], let newValue else { return }
      rows[place] = newValue
    }
  }

  mutating func add(_ row: Row) {
    places[row.id] = rows.count
    rows.append(row)
  }

  /// Stores new content with the next version.
  mutating func change(_ id: String, at now: SandboxTime, _ change: (inout Row) -> Void) {
    guard let place = places[id] else { return }
    change(&rows[place])
    rows[place].version += 1
    rows[place].changed = now
  }
}
