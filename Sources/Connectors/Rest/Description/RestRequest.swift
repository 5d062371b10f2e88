import Domain
import Transport

/// A header or a query parameter.
struct RestPair: Hashable, Sendable {
  var name: String
  var value: RestTemplate
}

/// One request as the description writes it.
struct RestRequest: Sendable {
  var method = HTTPMethod.get
  var path: RestTemplate
  var query: [RestPair] = []
  var headers: [RestPair] = []
  var body: RestBody?
  var rules = RestAnswerRules()
  var origin: Domain.Origin

  /// Headers and query parameters of every request.
  struct Common: Sendable {
    var query: [RestPair] = []
    var headers: [RestPair] = []
  }

  /// Every placeholder in it.
  var variables: [RestTemplate.Variable] {
    path.variables + (query + headers).flatMap(\.value.variables) + (body?.variables ?? [])
  }

  func names(_ variable: String) -> Bool { variables.contains { $0.name == variable } }
}

/// A request that answers with records, page by page.
struct RestList: Sendable {
  var request: RestRequest
  /// Where the records stand; the first that leads somewhere counts.
  var records: [RestPath]
  /// Whether an answer without the records' key has none, instead of being wrong.
  var isOptional = false
  var paging = RestPaging()
  var changed = RestChanged()
}

/// A request that answers with one record.
struct RestRead: Sendable {
  var request: RestRequest
  var record: [RestPath]
}

/// How a listing is divided.
struct RestPaging: Sendable {
  enum Kind: Sendable {
    case none
    case page(first: Int)
    case offset
    /// Where the next cursor stands in the answer; `start` is sent on the first page.
    case cursor([RestPath], start: String?)
    case cursorHeader(String, start: String?)
    case nextURL([RestPath])
    case linkHeader
  }

  static let names = [
    "none", "page", "offset", "cursor", "cursor_header", "next_url", "link_header",
  ]

  var kind = Kind.none
  /// Records of a full page; nil where that does not tell the last one.
  var size: Int?
  /// True where more pages follow.
  var more: RestPredicate?
  /// How many pages or records there are.
  var pages: RestPath?
  var total: RestPath?
  /// The request of all pages but the first.
  var next: RestRequest?
}

/// How a listing tells what changed.
struct RestChanged: Sendable {
  enum Strategy: Sendable {
    /// The whole list every time.
    case client
    /// The request names `{{since}}`.
    case filter
    /// Newest first; reading ends where the known begins.
    case sorted
    /// The last page names an address that lists the changes from there on.
    case delta([RestPath])
  }

  static let names = ["filter", "sorted", "client", "delta_link"]

  var strategy = Strategy.client
  /// Whether the filter takes records of the very moment it is given.
  var isInclusive = true
  /// The steps in which the system compares times, in seconds.
  var granuleSeconds = 1
  /// How much further back each reading begins, in seconds.
  var lookbackSeconds = 0
  /// Every so many hours the whole list is read again: for edits that move no stamp.
  var sweepHours: Int?
}
