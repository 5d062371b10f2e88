package import Domain
import Transport

extension RestDescription {
  /// Reads a description file, or says everything that is wrong with it.
  package init(_ document: DocumentNode) throws(RestDescriptionErrors) {
    var reader = RestReader()
    let description = reader.description(document)
    guard let description, reader.problems.isEmpty else {
      let ordered = reader.problems.enumerated().sorted {
        ($0.element.origin.line, $0.element.origin.column, $0.offset)
          < ($1.element.origin.line, $1.element.origin.column, $1.offset)
      }.map(\.element)
      throw RestDescriptionErrors(problems: ordered)
    }
    self = description
  }
}

extension RestReader {
  private static let keys = [
    "version", "name", "about", "values", "tables", "field_names", "connection", "auth", "limits",
    "account", "owners", "pipelines", "deals", "companies", "people", "actions",
  ]

  mutating func description(_ document: DocumentNode) -> RestDescription? {
    guard
      let top = section(
        document, "", known: Self.keys,
        required: ["version", "name", "connection", "auth", "deals"])
    else { return nil }
    _ = integer(top, "version", 1...1)
    // Names come first: everything else may use them.
    values = words(top, "values")
    if let node = top["tables"], let inner = mapping(node, "tables") {
      for name in inner.order { tables[name] = words(inner, name) }
    }
    let signIn = top["auth"].map { self.signIn($0) } ?? .none
    let connection = top["connection"].map { self.connection($0) } ?? RestConnection()
    guard let node = top["deals"], let deals = self.deals(node) else { return nil }
    var description = RestDescription(
      title: text(top, "name") ?? "", deals: deals, origin: document.origin)
    description.values = values
    description.tables = tables
    description.signIn = signIn
    description.connection = connection
    description.fieldNames = fieldNames(top)
    description.limits = top["limits"].map { self.limits($0) } ?? RestLimits()
    description.account = top["account"].flatMap { self.account($0) }
    description.owners = top["owners"].flatMap {
      simpleList($0, "owners", fields: RestTargets.owner)
    }
    description.pipelines = top["pipelines"].map { self.pipelines($0) } ?? .none
    description.companies = top["companies"].flatMap { self.parties($0, "companies") }
    description.people = top["people"].flatMap { self.parties($0, "people") }
    description.actions = top["actions"].map { self.actions($0) } ?? [:]
    check(description)
    description.secrets = secrets
    return description
  }

  mutating func words(_ section: RestSection, _ key: String) -> [String: String] {
    guard let node = section[key], let inner = mapping(node, section.place(key)) else { return [:] }
    var words: [String: String] = [:]
    for name in inner.order { words[name] = text(inner, name) }
    return words
  }

  private mutating func fieldNames(_ top: RestSection) -> [String: String] {
    guard let node = top["field_names"],
      let inner = section(node, "field_names", known: RestNames.fields)
    else { return [:] }
    var names: [String: String] = [:]
    for name in inner.order { names[name] = text(inner, name) }
    return names
  }

  private mutating func connection(_ node: DocumentNode) -> RestConnection {
    var connection = RestConnection()
    let known = [
      "url", "headers", "query", "time_zone", "currency", "success", "errors", "message", "code",
      "lag_seconds", "settle_seconds",
    ]
    guard let section = section(node, "connection", known: known, required: ["url"]) else {
      return connection
    }
    if let url = template(section, "url", .connection) {
      connection.url = Sourced(url, at: section["url"]?.origin)
    }
    connection.common.headers = pairs(section, "headers", .connection)
    connection.common.query = pairs(section, "query", .connection)
    if let name = text(section, "time_zone"), let node = section["time_zone"] {
      if let zone = Zone(name) {
        connection.zone = zone
      } else {
        wrong(node, section.place("time_zone"), "a zone such as Pacific/Auckland")
      }
    }
    if let code = text(section, "currency"), let node = section["currency"] {
      connection.currency = Currency(code)
      if connection.currency == nil { wrong(node, section.place("currency"), "a code such as NZD") }
    }
    connection.answers = rules(section)
    connection.answers.messages = paths(section, "message") ?? []
    connection.answers.code = path(section, "code")
    connection.lagSeconds = integer(section, "lag_seconds", 0...86_400) ?? 120
    connection.settleSeconds = integer(section, "settle_seconds", 0...86_400) ?? 120
    return connection
  }

  private mutating func limits(_ node: DocumentNode) -> RestLimits {
    var limits = RestLimits()
    let known = [
      "requests", "seconds", "per_day", "concurrent", "remaining_header", "day_remaining_header",
      "reset_header", "reset_in", "pages",
    ]
    guard let section = section(node, "limits", known: known) else { return limits }
    limits.requests = integer(section, "requests", 1...1_000_000)
    limits.seconds = integer(section, "seconds", 1...3600) ?? 60
    limits.perDay = integer(section, "per_day", 1...100_000_000)
    limits.concurrent = integer(section, "concurrent", 1...16) ?? 1
    limits.remainingHeader = text(section, "remaining_header")
    limits.dayRemainingHeader = text(section, "day_remaining_header")
    limits.pages = integer(section, "pages", 1...100_000) ?? limits.pages
    if let header = text(section, "reset_header") {
      let kinds = RestLimits.ResetKind.allCases.map(\.rawValue)
      let kind = choice(section, "reset_in", kinds).flatMap(RestLimits.ResetKind.init(rawValue:))
      limits.reset = (header, kind ?? .seconds)
    }
    return limits
  }

  private mutating func account(_ node: DocumentNode) -> RestAccount? {
    guard
      let section = section(
        node, "account", known: Self.requestKeys + ["id", "currency", "time_zone"],
        required: ["id"])
    else { return nil }
    let request = request(section, .plain)
    guard let id = path(section, "id") else { return nil }
    return RestAccount(
      request: request, id: id, currency: path(section, "currency"),
      zone: path(section, "time_zone"))
  }
}
