import Foundation

/// One accounting call after authentication: what was asked, by which app, and when.
struct XeroCall: Sendable {
  var request: SandboxRequest
  /// The path behind `/api.xro/2.0/`, split; never empty.
  var parts: [String]
  var now: SandboxTime

  var method: String { request.method.uppercased() }
  var resource: String { parts[0].lowercased() }

  func flag(_ name: String) -> Bool? {
    switch request.queryValue(name)?.lowercased() {
    case "true": true
    case "false": false
    case _: nil
    }
  }

  /// Whether invalid elements make the whole call a 400; the vendor's default.
  var summarizesErrors: Bool { flag("summarizeErrors") ?? true }

  var unitPlaces: Int { request.queryValue("unitdp") == "4" ? 4 : 2 }

  /// The values of a comma-separated parameter; nil when it is absent or empty.
  func values(_ name: String) -> [String]? {
    guard let text = request.queryValue(name), !text.isEmpty else { return nil }
    return text.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
  }

  /// The header as the vendor reads it: to the second; a text it cannot read is ignored.
  var modifiedSince: SandboxTime? {
    guard let text = request.headers["if-modified-since"],
      let time = SandboxTime(iso: text) ?? Self.httpDate(text)
    else { return nil }
    return SandboxTime(milliseconds: time.milliseconds / 1000 * 1000)
  }

  /// Reads `Sun, 22 Nov 2026 23:36:33 GMT`.
  private static func httpDate(_ text: String) -> SandboxTime? {
    let parts = text.split(separator: " ")
    let months = [
      "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
    guard parts.count == 6, let day = Int(parts[1]), let year = Int(parts[3]),
      let month = months.firstIndex(of: String(parts[2])),
      let date = CivilDate(year: year, month: month + 1, day: day)
    else { return nil }
    return SandboxTime(iso: date.text + "T" + parts[4])
  }

  /// The elements of the body: one bare object, or the list under the plural name.
  func elements(_ plural: String) throws(XeroRefusal) -> [JSONValue.Object] {
    let document: JSONValue
    do { document = try JSONValue.parse(request.body) } catch {
      throw .badBody("JSON for post data was invalid: \(error.reason)")
    }
    if let list = document[plural]?.array ?? document.array {
      let objects = list.compactMap(\.object)
      guard objects.count == list.count, !objects.isEmpty else {
        throw .badBody("JSON for post data was invalid")
      }
      return objects
    }
    guard let object = document.object, !object.isEmpty else {
      throw .badBody("JSON for post data was invalid")
    }
    return [object]
  }
}

/// What a list call asks for.
struct XeroListing: Sendable {
  var since: SandboxTime?
  /// Page and page size; nil for a plain list.
  var page: (number: Int, size: Int)?
  var filter: XeroFilter?
  var order: (field: String, descending: Bool)?

  static let mostRows = 100_000

  init(
    _ call: XeroCall, fields: Set<String>, type: String, forcesPaging: Bool = false
  ) throws(XeroRefusal) {
    since = call.modifiedSince
    if forcesPaging || call.request.queryValue("page") != nil {
      let size = call.request.queryValue("pageSize").flatMap { Int($0) } ?? 100
      let number = call.request.queryValue("page").flatMap { Int($0) } ?? 1
      page = (max(1, number), min(1000, max(1, size)))
    }
    if let text = call.request.queryValue("where"), !text.isEmpty {
      filter = try XeroFilterParser.parse(text)
    }
    if let text = call.request.queryValue("order"), !text.isEmpty {
      let words = text.lowercased().split(separator: " ")
      order = words.first.map { (String($0), words.last == "desc") }
    }
    for field in (filter?.fields ?? []) + (order.map { [$0.field] } ?? [])
    where !fields.contains(field) {
      throw .query("No property or field '\(field)' exists in type '\(type)'")
    }
  }
}

/// A page of records and what the `pagination` object says about it.
struct XeroPage<Record: XeroRecord>: Sendable {
  var records: [Record]
  var pagination: JSONValue?

  init(_ listing: XeroListing, table: XeroTable<Record>) {
    let total = table.count(since: listing.since)
    let page = listing.page ?? (1, total)
    records = table.page(
      since: listing.since, skipping: (page.number - 1) * page.size, atMost: page.size)
    pagination = Self.pagination(listing.page, total: total)
  }

  /// Walks the candidates once; only records of the asked page are kept.
  init(
    _ listing: XeroListing, candidates: some Sequence<Record>,
    matches: (Record) -> Bool, field: (String, Record) -> XeroField
  ) {
    let skipped = listing.page.map { ($0.number - 1) * $0.size } ?? 0
    let wanted = listing.page?.size ?? Int.max
    var kept: [Record] = []
    var total = 0
    for record in candidates where matches(record) {
      if listing.order != nil || total >= skipped && kept.count < wanted { kept.append(record) }
      total += 1
    }
    if let order = listing.order {
      kept.sort {
        let (first, second) = order.descending ? ($1, $0) : ($0, $1)
        let (left, right) = (field(order.field, first), field(order.field, second))
        return left.precedes(right) || !right.precedes(left) && $0.id < $1.id
      }
      kept = Array(kept.dropFirst(skipped).prefix(wanted))
    }
    records = kept
    pagination = Self.pagination(listing.page, total: total)
  }

  private static func pagination(
    _ page: (number: Int, size: Int)?, total: Int
  ) -> JSONValue? {
    guard let page else { return nil }
    return [
      "page": .integer(page.number), "pageSize": .integer(page.size),
      "pageCount": .integer((total + page.size - 1) / page.size), "itemCount": .integer(total),
    ]
  }
}
