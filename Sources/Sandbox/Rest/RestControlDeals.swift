extension RestSandbox {
  /// A person makes a deal with its customer and lines in one go.
  mutating func createDeal(_ form: RestForm, now: Int64) throws(Misuse) -> JSONValue {
    var body = form.properties
    body["title"] = .string(try form.text(form.has("title") ? "title" : "name"))
    if let amount = try cents(form.json["amount"], "amount") { body["amount_cents"] = amount }
    if let code = form.optionalText("currency") { body["currency"] = .string(code) }
    if let company = try form.optionalNumber("company") { body["company_id"] = .integer(company) }
    if let person = try form.optionalNumber("person") { body["person_ids"] = [.integer(person)] }
    if let owner = form.optionalText("owner") {
      let id = owners.first { $0.email == owner }?.id ?? Int(owner)
      body["owner_id"] = id.map { .integer($0) } ?? .null
    }
    body["stage_id"] = .integer(try stage(form.optionalText("stage") ?? "open"))
    if let terms = form.optionalText("payment_terms") { body["payment_terms"] = .string(terms) }
    let kept = self
    do throws(Misuse) {
      let deal = try asking { (world) throws(Refusal) in
        try world.create(.deals, body, now: now)
      }
      var made: [JSONValue] = []
      for line in form.json["lines"]?.array ?? [] {
        made.append(.integer(try addLine(line.object ?? [:], to: deal.id)))
      }
      return ["deal": .integer(deal.id), "lines": .array(made)]
    } catch {
      self = kept
      throw error
    }
  }

  /// By id, by name, or by what it means (`open`, `won`, `lost`).
  private func stage(_ text: String) throws(Misuse) -> Int {
    let stages = pipelines.flatMap(\.stages)
    let found =
      stages.first { String($0.id) == text } ?? stages.first { $0.name == text }
      ?? stages.first { $0.means == text }
    guard let found else {
      throw Misuse("no stage \(text); stages: \(stages.map { "\($0.id) \($0.name)" })")
    }
    return found.id
  }

  mutating func moveDeal(_ verb: Verb, _ form: RestForm, now: Int64) throws(Misuse) -> JSONValue {
    guard let deal = live(try form.number("deal"), .deals) else {
      throw Misuse("there is no such deal")
    }
    let wanted: String
    switch verb {
    case .winDeal: wanted = "won"
    case .loseDeal: wanted = "lost"
    case .reopenDeal: wanted = "open"
    default: wanted = try form.text("stage")
    }
    var body: JSONValue.Object = ["stage_id": .integer(try stage(wanted))]
    if let time = form.optionalText("won_at") { body["won_at"] = .string(time) }
    let sent = body
    _ = try asking { (world) throws(Refusal) in try world.update(deal, sent, now: now) }
    return ["deal": .integer(deal.id)]
  }

  /// A decimal amount in cents; nil where there is none.
  private func cents(_ value: JSONValue?, _ name: String) throws(Misuse) -> JSONValue? {
    guard let text = value?.string ?? value?.digits else { return nil }
    guard let amount = ExactDecimal(text), amount.scale <= 2 else {
      throw Misuse("\"\(name)\" must be an amount with two decimals")
    }
    var mantissa = amount.mantissa
    for _ in amount.scale..<2 { mantissa *= 10 }
    return .integer(mantissa)
  }

  private mutating func addLine(
    _ fields: JSONValue.Object, to deal: Int
  ) throws(Misuse) -> Int {
    let line = Line(id: freshID(), values: try row(fields, over: ["quantity": "1"]))
    lines[deal, default: []].append(line)
    return line.id
  }

  /// Short names that control bodies may use for the fields of a line.
  private func row(
    _ fields: JSONValue.Object, over old: JSONValue.Object
  ) throws(Misuse) -> JSONValue.Object {
    var values = old
    for (name, value) in fields {
      switch name {
      case "deal", "line": break
      case "name", "title": values["title"] = value
      case "price": values["price_cents"] = try cents(value, "price") ?? .null
      case "discount_percentage", "discount_percent":
        values["discount_percent"] = value.digits.map { .string($0) } ?? value
      case "quantity": values["quantity"] = value.digits.map { .string($0) } ?? value
      case "description", "sku", "tax", "price_cents": values[name] = value
      default: throw Misuse("\"\(name)\" is no field of a line")
      }
    }
    return values
  }

  /// Lines move the stamp of their deal, as the app's own screens do.
  mutating func changeLine(
    _ verb: Verb, _ form: RestForm, now: Int64
  ) throws(Misuse) -> JSONValue {
    let fields = form.json.object ?? [:]
    if verb == .addLine {
      let deal = try form.number("deal")
      guard let record = live(deal, .deals) else { throw Misuse("there is no such deal") }
      let line = try addLine(fields["line"]?.object ?? fields, to: deal)
      save(record, now: now)
      return ["line": .integer(line)]
    }
    let id = try form.number("line")
    for (deal, own) in Array(lines) {
      guard let place = own.firstIndex(where: { $0.id == id }) else { continue }
      if verb == .removeLine {
        lines[deal]?.remove(at: place)
      } else {
        let values = try row(fields, over: own[place].values)
        lines[deal]?[place].values = values
      }
      if let record = records[deal] { save(record, now: now) }
      return ["line": .integer(id)]
    }
    throw Misuse("there is no line \(id)")
  }

  /// Many companies in one second: clusters larger than a page.
  mutating func bulk(_ form: RestForm, now: Int64) throws(Misuse) -> JSONValue {
    let count = try form.optionalNumber("companies") ?? 0
    for number in 0..<max(0, min(count, 20_000)) {
      _ = try asking { (world) throws(Refusal) in
        try world.create(.companies, ["name": .string("Bulk \(number)")], now: now)
      }
    }
    return ["companies": .integer(count)]
  }
}
