import Domain

/// Where a value stands in a record, and how it is written there.
struct RestField: Hashable, Sendable {
  /// The first that holds something counts.
  var paths: [RestPath]
  /// Decimals of an amount that is held as a whole number: 2 for cents.
  var scale = 0
  var format = RestTimeFormat.rfc3339
  var table: String?
  var fallback: String?
  var origin: Domain.Origin
}

/// Whether a record or an answer is of a kind.
struct RestPredicate: Hashable, Sendable {
  enum Test: Hashable, Sendable {
    case equals([RestValue])
    case not([RestValue])
    /// Something is there that is neither null nor empty.
    case exists(Bool)
    case contains(String)
  }

  var path: RestPath
  var test: Test

  func holds(for value: RestValue, _ scope: RestScope) -> Bool {
    let found = path.values(in: value, scope)
    switch test {
    case .equals(let wanted):
      return found.contains { value in wanted.contains { Self.isSame(value, $0) } }
    case .not(let wanted):
      return !found.contains { value in wanted.contains { Self.isSame(value, $0) } }
    case .exists(let isWanted): return found.contains { !$0.isEmpty } == isWanted
    case .contains(let text):
      return found.contains { $0.plain?.lowercased().contains(text.lowercased()) == true }
    }
  }

  /// `1` and `"1"` are the same to people who write predicates.
  private static func isSame(_ left: RestValue, _ right: RestValue) -> Bool {
    if left == right { return true }
    guard let left = left.plain, let right = right.plain else { return false }
    return left == right
  }
}

/// The things xerosync may do in the system.
enum RestActionName: String, Hashable, Sendable, CaseIterable {
  case report
  case createTask = "create_task"
  case createCompany = "create_company"
  case createPerson = "create_person"
  case updateCompany = "update_company"
  case updatePerson = "update_person"

  var creates: Bool {
    switch self {
    case .createTask, .createCompany, .createPerson: true
    case .report, .updateCompany, .updatePerson: false
    }
  }
}

struct RestAction: Sendable {
  var request: RestRequest
  /// Where the record stands in the answer; empty where the answer holds none: it is read anew.
  var record: [RestPath] = []
  /// Where the new record's id stands in the answer.
  var id: [RestPath] = []
  var idempotency = RestIdempotency.none
  /// A header that carries what a field of the record says now (`If-Match`).
  var precondition: (header: String, path: RestPath)?
}

/// Why a create that is sent twice makes one record.
enum RestIdempotency: Sendable {
  case none
  /// The system remembers the key in this header.
  case header(String)
  /// Looked for before it is made. For tasks: where the text with our mark stands.
  case lookup(RestList, match: [RestPath])
  /// The address itself names the record by our mark: a PUT or PATCH makes it once.
  case naturalKey
}
