import Domain

/// The names of fields each kind of record can be given.
enum RestTargets {
  static let deal = [
    "id", "name", "amount", "currency", "pipeline", "pipeline_name", "stage", "stage_name",
    "won_on", "owner", "companies", "people", "payment_terms", "discount_percent",
    "discount_amount", "modified",
  ]
  static let line = [
    "id", "name", "description", "sku", "product", "quantity", "unit_price", "discount_percent",
    "discount_amount", "currency", "tax", "recurs", "recurs_periods", "recurs_from",
  ]
  static let party = [
    "id", "name", "first_name", "last_name", "email", "phone", "mobile", "direct_phone", "fax",
    "website", "tax_number", "mark", "companies", "address_lines", "address_city",
    "address_region", "address_postal_code", "address_country", "modified",
  ]
  static let owner = ["id", "name", "email"]
  static let choice = ["id", "name", "pipeline"]
}

extension RestReader {
  /// Fields by name: a path, several, or a mapping with the details of the writing.
  mutating func fields(
    _ section: RestSection, _ key: String, known: [String]?, required: [String] = []
  ) -> [String: RestField] {
    let place = section.place(key)
    guard let node = section[key] else {
      if !required.isEmpty {
        report(section.origin, "\(place) is required", "say where each value stands in a record")
      }
      return [:]
    }
    let inner =
      if let known {
        self.section(node, place, known: known, required: required)
      } else {
        mapping(node, place)
      }
    guard let inner else { return [:] }
    var fields: [String: RestField] = [:]
    for name in inner.order where known?.contains(name) ?? true {
      guard let value = inner[name] else { continue }
      fields[name] = field(value, inner.place(name))
    }
    return fields
  }

  private mutating func field(_ node: DocumentNode, _ place: String) -> RestField? {
    guard case .mapping = node.content else {
      return paths(node, place).map { RestField(paths: $0, origin: node.origin) }
    }
    let known = ["path", "scale", "format", "table", "default"]
    guard let section = section(node, place, known: known, required: ["path"]),
      let found = paths(section, "path")
    else { return nil }
    var field = RestField(paths: found, origin: node.origin)
    field.scale = integer(section, "scale", 0...6) ?? 0
    field.fallback = text(section, "default")
    if let word = text(section, "format"), let node = section["format"] {
      if let format = RestTimeFormat(word) {
        field.format = format
      } else {
        wrong(node, section.place("format"), RestTimeFormat.words)
      }
    }
    if let table = text(section, "table"), let node = section["table"] {
      field.table = table
      if tables[table] == nil {
        report(node.origin, "there is no table “\(table)”", "add it under tables")
      }
    }
    return field
  }

  // MARK: Deals

  mutating func deals(_ node: DocumentNode) -> RestDeals? {
    let known = [
      "list", "changed", "read", "url", "fields", "reported", "extra", "won", "lost", "deleted",
      "lines",
    ]
    guard
      let section = section(
        node, "deals", known: known, required: ["list", "read", "url"]),
      let listNode = section["list"], var list = list(listNode, section.place("list"), .list),
      let readNode = section["read"], let read = read(readNode, section.place("read"))
    else { return nil }
    let url = template(section, "url", .url) ?? .literal("")
    if section["url"] != nil, !url.variables.contains(where: { $0.name == "deal.id" }) {
      report(
        section.origin, "deals.url never names {{deal.id}}",
        "write the address of the deal's page: an invoice is known by it")
    }
    let fields = fields(section, "fields", known: RestTargets.deal, required: ["id", "name"])
    list.changed = changed(section, list, hasStamp: fields["modified"] != nil)
    var deals = RestDeals(list: list, read: read, url: url, fields: fields)
    let names = ReportField.allCases.map(\.rawValue)
    for (name, field) in self.fields(section, "reported", known: names) {
      if let target = ReportField(rawValue: name) { deals.reported[target] = field }
    }
    deals.extra = self.fields(section, "extra", known: nil)
    deals.won = section["won"].flatMap { predicate($0, "deals.won") }
    deals.lost = section["lost"].flatMap { predicate($0, "deals.lost") }
    deals.deleted = section["deleted"].flatMap { predicate($0, "deals.deleted") }
    deals.lines = section["lines"].flatMap { lines($0, "deals.lines") }
    return deals
  }

  private mutating func lines(_ node: DocumentNode, _ path: String) -> RestLines? {
    guard
      let section = section(
        node, path, known: ["inside", "list", "fields", "extra"], required: ["fields"])
    else { return nil }
    let fields = fields(section, "fields", known: RestTargets.line, required: ["name"])
    var source: RestLines.Source?
    if let inside = self.path(section, "inside") { source = .inside(inside) }
    if let node = section["list"] {
      if source != nil { source = nil }
      source = list(node, section.place("list"), .lines).map { .list($0) }
    }
    guard let source, section["inside"] == nil || section["list"] == nil else {
      report(
        section.origin, "\(path) needs either inside or list",
        "inside: the path of the lines in the deal's record; list: a request for them")
      return nil
    }
    var lines = RestLines(source: source, fields: fields)
    lines.extra = self.fields(section, "extra", known: nil)
    return lines
  }

  // MARK: Parties

  mutating func parties(_ node: DocumentNode, _ path: String) -> RestParties? {
    guard
      let section = section(
        node, path, known: ["list", "changed", "read", "fields", "deleted"],
        required: ["read"]),
      let readNode = section["read"], let read = read(readNode, section.place("read"))
    else { return nil }
    let fields = fields(section, "fields", known: RestTargets.party, required: ["id"])
    if !fields.isEmpty, fields["name"] == nil, fields["last_name"] == nil {
      report(section.origin, "\(path).fields has no name", "add name, or first_name and last_name")
    }
    var parties = RestParties(list: nil, read: read, fields: fields)
    if let node = section["list"], var list = list(node, section.place("list"), .list) {
      list.changed = changed(section, list, hasStamp: fields["modified"] != nil)
      parties.list = list
    } else if section["changed"] != nil, section["list"] == nil {
      report(section.origin, "\(path).changed stands without a list", "add \(path).list")
    }
    parties.deleted = section["deleted"].flatMap { predicate($0, section.place("deleted")) }
    return parties
  }

  // MARK: Little lists

  mutating func simpleList(
    _ node: DocumentNode, _ path: String, fields known: [String], more keys: [String] = []
  ) -> RestSimpleList? {
    guard
      let section = section(
        node, path, known: ["list", "fields", "active"] + keys, required: ["list"]),
      let inner = section["list"],
      let list = list(inner, section.place("list"), RestNames(known: RestNames.paging))
    else { return nil }
    var simple = RestSimpleList(
      list: list, fields: fields(section, "fields", known: known, required: ["id"]))
    simple.active = section["active"].flatMap { predicate($0, section.place("active")) }
    return simple
  }

  mutating func pipelines(_ node: DocumentNode) -> RestPipelines {
    guard case .mapping(let members) = node.content else {
      wrong(node, "pipelines", "a mapping")
      return .none
    }
    if let fixed = members.first(where: { $0.key == "fixed" }) {
      _ = section(node, "pipelines", known: ["fixed"])
      return .fixed(fixedPipelines(fixed.value))
    }
    guard
      let list = simpleList(node, "pipelines", fields: RestTargets.choice, more: ["stages"]),
      let inner = members.first(where: { $0.key == "stages" }), let stages = stages(inner.value)
    else {
      if !members.contains(where: { $0.key == "stages" }) {
        report(node.origin, "pipelines.stages is required", "say where the stages stand")
      }
      return .none
    }
    return .listed(list, stages: stages)
  }

  private mutating func stages(_ node: DocumentNode) -> RestStages? {
    let path = "pipelines.stages"
    guard
      let section = section(
        node, path, known: ["inside", "list", "fields", "won", "lost"], required: ["fields"])
    else { return nil }
    var source = self.path(section, "inside").map { RestStages.Source.inside($0) }
    if let node = section["list"] {
      source = list(node, section.place("list"), RestNames(known: RestNames.paging))
        .map { .list($0) }
    }
    guard let source else {
      report(section.origin, "\(path) needs inside or list", "say where the stages stand")
      return nil
    }
    var stages = RestStages(
      source: source,
      fields: fields(section, "fields", known: RestTargets.choice, required: ["id"]))
    stages.won = section["won"].flatMap { predicate($0, section.place("won")) }
    stages.lost = section["lost"].flatMap { predicate($0, section.place("lost")) }
    return stages
  }

  private mutating func fixedPipelines(_ node: DocumentNode) -> [CRMCatalogue.Pipeline] {
    guard case .list(let items) = node.content else {
      wrong(node, "pipelines.fixed", "a list")
      return []
    }
    return items.enumerated().compactMap { index, item in
      let path = "pipelines.fixed[\(index)]"
      guard
        let section = section(
          item, path, known: ["id", "name", "stages"], required: ["id", "stages"]),
        let id = text(section, "id"), case .list(let stages)? = section["stages"]?.content
      else { return nil }
      return CRMCatalogue.Pipeline(
        choice: Choice(id: id, label: text(section, "name") ?? id),
        stages: stages.enumerated().compactMap {
          fixedStage($0.element, "\(path).stages[\($0.offset)]")
        })
    }
  }

  private mutating func fixedStage(
    _ node: DocumentNode, _ path: String
  ) -> CRMCatalogue.Stage? {
    guard
      let section = section(node, path, known: ["id", "name", "outcome"], required: ["id"]),
      let id = text(section, "id")
    else { return nil }
    let outcome = choice(section, "outcome", ["open", "won", "lost"])
    return CRMCatalogue.Stage(
      choice: Choice(id: id, label: text(section, "name") ?? id),
      outcome: outcome.flatMap(Deal.Outcome.init(rawValue:)) ?? .open)
  }
}
