extension HubSpotSandbox {
  /// Short names that control bodies may use for line item properties.
  private static let lineNames = [
    "discount_percentage": "hs_discount_percentage", "sku": "hs_sku",
    "tax_rate_group": "hs_tax_rate_group_id", "product": "hs_product_id",
    "currency": "hs_line_item_currency_code",
  ]

  /// A person makes a deal with its people and lines in one go.
  mutating func createDeal(_ form: Form, now: Int64) throws(Misuse) -> JSONValue {
    let (pipeline, stage) = try place(form, pipeline: nil)
    var values: JSONValue.Object = [
      "dealname": .string(try form.text("name")), "pipeline": .string(pipeline.id),
      "dealstage": .string(stage.id),
    ]
    let given = [
      ("amount", "amount"), ("currency", "deal_currency_code"), ("closedate", "closedate"),
    ]
    for (name, property) in given {
      if let text = form.optionalText(name) { values[property] = .string(text) }
    }
    if let owner = form.optionalText("owner") {
      values["hubspot_owner_id"] = .string(owners.first { $0.email == owner }?.id ?? owner)
    }
    if stage.isClosed, values["closedate"] == nil {
      values["closedate"] = .string(Stamp.text(now))
    }
    for (name, value) in form.json["properties"]?.object ?? [:] { values[name] = value }
    let targets = try people(form)
    let items = (form.json["lines"]?.array ?? []).map { lineValues($0.object ?? [:]) }
    // Every line is checked before the deal is made, so that a refusal leaves nothing behind.
    for item in items {
      _ = try asking { (world) throws(Refusal) in
        try world.creation(["properties": .object(item)], .lineItems, .v3)
      }
    }
    let deal = try asking { (world) throws(Refusal) in
      try world.create(["properties": .object(values)], .deals, .v3, now: now)
    }
    for (kind, id, types) in targets {
      links.add(
        from: .deals, deal.id, to: kind, id,
        types: types.compactMap { links.type($0, from: .deals, to: kind) })
    }
    var lines: [Int] = []
    for item in items { lines.append(try addLine(item, to: deal, now: now)) }
    if !form.has("amount"), !lines.isEmpty { try recalculate(deal.id, now: now) }
    return [
      "deal": .string(String(deal.id)), "lines": .array(lines.map { .string(String($0)) }),
    ]
  }

  /// Companies and contacts of a new deal; the first company is the primary one.
  private func people(_ form: Form) throws(Misuse) -> [(Kind, Int, [Int])] {
    let companies = [form.optionalText("company")].compactMap(\.self) + form.texts("companies")
    let contacts = [form.optionalText("contact")].compactMap(\.self) + form.texts("contacts")
    var targets: [(Kind, Int, [Int])] = []
    for (index, id) in companies.enumerated() {
      targets.append((.companies, try live(.companies, id).id, index == 0 ? [341, 5] : [341]))
    }
    for id in contacts { targets.append((.contacts, try live(.contacts, id).id, [3])) }
    return targets
  }

  /// The pipeline and stage that `pipeline` and `stage` name by id or label.
  private func place(
    _ form: Form, pipeline current: String?
  ) throws(Misuse) -> (Pipeline, Stage) {
    let wanted = form.optionalText("pipeline") ?? current ?? pipelines.first?.id ?? ""
    guard let pipeline = pipelines.first(where: { $0.id == wanted || $0.label == wanted }) else {
      let known = pipelines.map(\.id).joined(separator: ", ")
      throw Misuse("no pipeline \(wanted); pipelines: \(known)")
    }
    let name = form.optionalText("stage") ?? pipeline.stages.first?.id ?? ""
    guard let stage = pipeline.stages.first(where: { $0.id == name || $0.label == name }) else {
      let known = pipeline.stages.map(\.id).joined(separator: ", ")
      throw Misuse("no stage \(name) in pipeline \(pipeline.id); stages: \(known)")
    }
    return (pipeline, stage)
  }

  /// Moving to a closed stage by hand sets the close date to now unless one is given.
  mutating func moveDeal(_ form: Form, now: Int64) throws(Misuse) -> JSONValue {
    let deal = try live(.deals, try form.text("deal"))
    _ = try form.text("stage")
    let (pipeline, stage) = try place(form, pipeline: deal.values["pipeline"])
    var values: JSONValue.Object = [
      "pipeline": .string(pipeline.id), "dealstage": .string(stage.id),
    ]
    let closes = stage.isClosed && self.stage(of: deal)?.isClosed != true
    if let date = form.optionalText("closedate") ?? (closes ? Stamp.text(now) : nil) {
      values["closedate"] = .string(date)
    }
    let moved = try edit(deal, .deals, .object(values), now: now)
    return ["deal": .string(String(moved.id)), "stage": .string(stage.id)]
  }

  private mutating func addLine(
    _ fields: JSONValue.Object, to deal: Record, now: Int64
  ) throws(Misuse) -> Int {
    var values = lineValues(fields)
    if values["quantity"] == nil { values["quantity"] = 1 }
    if !account.rates.isEmpty, values["hs_line_item_currency_code"] == nil,
      let currency = deal.values["deal_currency_code"]
    {
      values["hs_line_item_currency_code"] = .string(currency)
    }
    let line = try asking { (world) throws(Refusal) in
      try world.create(["properties": .object(values)], .lineItems, .v3, now: now)
    }
    links.add(
      from: .deals, deal.id, to: .lineItems, line.id,
      types: links.types(from: .deals, to: .lineItems))
    return line.id
  }

  private func lineValues(_ fields: JSONValue.Object) -> JSONValue.Object {
    var values: JSONValue.Object = [:]
    for (name, value) in fields
    where !["deal", "line", "recalculate", "properties"].contains(name) {
      values[Self.lineNames[name] ?? name] = value
    }
    for (name, value) in fields["properties"]?.object ?? [:] { values[name] = value }
    return values
  }

  /// Changing lines leaves the deal alone unless `recalculate` asks for its amount to follow.
  mutating func changeLine(_ verb: Verb, _ form: Form, now: Int64) throws(Misuse) -> JSONValue {
    let fields = form.json.object ?? [:]
    let line: Int
    let deal: Int?
    if verb == .addLine {
      let record = try live(.deals, try form.text("deal"))
      line = try addLine(fields["line"]?.object ?? fields, to: record, now: now)
      deal = record.id
    } else {
      let record = try live(.lineItems, try form.text("line"))
      line = record.id
      deal = links.all(from: .lineItems, line, to: .deals).first?.id
      if verb == .editLine {
        _ = try edit(record, .lineItems, .object(lineValues(fields)), now: now)
      } else {
        archive(line, .lineItems, now: now)
      }
    }
    if form.flag("recalculate"), let deal { try recalculate(deal, now: now) }
    return ["line": .string(String(line))]
  }

  private mutating func recalculate(_ deal: Int, now: Int64) throws(Misuse) {
    guard let record = self[store: .deals].records[deal] else { return }
    var total = ExactDecimal.zero
    for end in liveEnds(deal, .deals, .lineItems) {
      if let line = self[store: .lineItems].records[end.id] {
        total += lineTotals(line)?.net ?? .zero
      }
    }
    let places = Self.minorUnits(record.values["deal_currency_code"])
    let amount = JSONValue.string(total.text(places: places))
    _ = try edit(record, .deals, ["amount": amount], now: now)
  }

  /// A stage with deals in it cannot be deleted unless they are moved or `force` is set.
  mutating func changeStage(_ verb: Verb, _ form: Form, now: Int64) throws(Misuse) -> JSONValue {
    let (pipeline, stage) = try place(form, pipeline: nil)
    _ = try form.text("stage")
    guard let outer = pipelines.firstIndex(of: pipeline),
      let inner = pipeline.stages.firstIndex(of: stage)
    else { return [:] }
    if verb == .renameStage {
      pipelines[outer].stages[inner].label = try form.text("label")
      return ["stage": .string(stage.id)]
    }
    let inside = self[store: .deals].records.values.filter {
      $0.isLive && $0.values["pipeline"] == pipeline.id && $0.values["dealstage"] == stage.id
    }.sorted { $0.id < $1.id }
    if let target = form.optionalText("move_to") {
      for deal in inside {
        _ = try edit(deal, .deals, ["dealstage": .string(target)], now: now)
      }
    } else if !inside.isEmpty, !form.flag("force") {
      throw Misuse("\(inside.count) deals are in \(stage.id): give move_to or force")
    }
    pipelines[outer].stages.remove(at: inner)
    return ["stage": .string(stage.id), "deals": .integer(inside.count)]
  }
}
