extension PipedriveSandbox {
  /// A person makes a deal with its customer and rows in one go.
  mutating func createDeal(_ form: Form, now: Int64) throws(Misuse) -> JSONValue {
    var body = named(form.properties, .deals)
    body["title"] = .string(try form.text(form.has("title") ? "title" : "name"))
    if let amount = form.json["value"]?.decimal ?? form.json["amount"]?.decimal {
      body["value"] = .number(amount.description)
    }
    if let code = form.optionalText("currency") { body["currency"] = .string(code) }
    for (name, field) in [
      ("company", "org_id"), ("organization", "org_id"), ("contact", "person_id"),
      ("person", "person_id"),
    ] {
      if let id = try form.optionalNumber(name) { body[field] = .integer(id) }
    }
    if let owner = form.optionalText("owner") {
      let user = users.first { $0.email == owner }?.id ?? Int(owner)
      body["owner_id"] = user.map { .integer($0) } ?? .null
    }
    if let stage = try stage(form, in: nil) { body["stage_id"] = .integer(stage.id) }
    if let status = form.optionalText("status") { body["status"] = .string(status) }
    if let won = form.optionalText("won_time") { body["won_time"] = .string(won) }
    let kept = self
    do throws(Misuse) {
      let user = users.first?.id ?? 0
      let deal = try asking { (world) throws(Refusal) in
        try world.create(.deals, body, user, now: now)
      }
      var lines: [Int] = []
      for line in form.json["lines"]?.array ?? [] {
        lines.append(try addLine(line.object ?? [:], to: deal.id, now: now))
      }
      return ["deal": .integer(deal.id), "lines": .array(lines.map { .integer($0) })]
    } catch {
      // A refusal leaves nothing behind.
      self = kept
      throw error
    }
  }

  /// The stage that `stage` names by id or name, in `pipeline` when that is named, too.
  private func stage(_ form: Form, in current: Int?) throws(Misuse) -> Stage? {
    let wanted = form.optionalText("pipeline")
    let pipeline =
      wanted.flatMap { name in
        pipelines.first { String($0.id) == name || $0.name == name }?.id
      } ?? current
    if let wanted, pipeline == nil { throw Misuse("no pipeline \(wanted)") }
    let inside = stages.filter { (pipeline == nil || $0.pipeline == pipeline) && !$0.isDeleted }
    guard let name = form.optionalText("stage") else {
      return wanted == nil ? nil : inside.min { $0.order < $1.order }
    }
    guard let stage = inside.first(where: { String($0.id) == name || $0.name == name }) else {
      throw Misuse("no stage \(name); stages: \(inside.map(\.name).joined(separator: ", "))")
    }
    return stage
  }

  mutating func changeDeal(_ verb: Verb, _ form: Form, now: Int64) throws(Misuse) -> JSONValue {
    let deal = try live(.deals, try form.number("deal"))
    var body: JSONValue.Object = [:]
    switch verb {
    case .winDeal:
      body["status"] = "won"
      if let time = form.optionalText("won_time") { body["won_time"] = .string(time) }
    case .loseDeal:
      body["status"] = "lost"
      body["lost_reason"] = .string(form.optionalText("reason") ?? "Price")
    case .reopenDeal: body["status"] = "open"
    case .archiveDeal: body["is_archived"] = true
    default:
      guard let stage = try stage(form, in: deal.values["pipeline_id"]?.int) else {
        throw Misuse("\"stage\" is missing")
      }
      body["stage_id"] = .integer(stage.id)
    }
    let wanted = body
    let changed = try asking { (world) throws(Refusal) in
      try world.update(deal, .deals, wanted, now: now)
    }
    return ["deal": .integer(changed.id)]
  }

  /// `product` names a product by id; a line with a `name` alone makes a product of that name.
  private mutating func addLine(
    _ fields: JSONValue.Object, to deal: Int, now: Int64
  ) throws(Misuse) -> Int {
    var body = row(fields)
    if body["quantity"] == nil { body["quantity"] = 1 }
    if body["product_id"] == nil {
      let name = fields["name"]?.string ?? "Product"
      let known = self[store: .products].records.values.filter {
        $0.isLive && $0.values["name"]?.string == name
      }.map(\.id).min()
      let user = users.first?.id ?? 0
      let product: Int
      if let known {
        product = known
      } else {
        var values: JSONValue.Object = ["name": .string(name)]
        values["code"] = fields["sku"] ?? fields["code"]
        product = try asking { (world) throws(Refusal) in
          try world.create(.products, values, user, now: now)
        }.id
      }
      body["product_id"] = .integer(product)
    }
    let record = try live(.deals, deal)
    return try asking { (world) throws(Refusal) in
      try world.addRow(body, to: record, now: now)
    }.id
  }

  /// Short names that control bodies may use for the fields of a row.
  private func row(_ fields: JSONValue.Object) -> JSONValue.Object {
    var body: JSONValue.Object = [:]
    func number(_ value: JSONValue) -> JSONValue {
      value.decimal.map { .number($0.description) } ?? value
    }
    for (name, value) in fields {
      switch name {
      case "deal", "line", "name", "sku", "code": break
      case "product": body["product_id"] = number(value)
      case "price": body["item_price"] = number(value)
      case "discount_percentage":
        body["discount"] = number(value)
        body["discount_type"] = "percentage"
      case "discount_amount":
        body["discount"] = number(value)
        body["discount_type"] = "amount"
      case "frequency": body["billing_frequency"] = value
      case "cycles": body["billing_frequency_cycles"] = number(value)
      case "quantity", "tax", "discount", "item_price": body[name] = number(value)
      default: body[name] = value
      }
    }
    return body
  }

  mutating func changeLine(_ verb: Verb, _ form: Form, now: Int64) throws(Misuse) -> JSONValue {
    let fields = form.json.object ?? [:]
    if verb == .addLine {
      let deal = try form.number("deal")
      let line = try addLine(fields["line"]?.object ?? fields, to: deal, now: now)
      return ["line": .integer(line)]
    }
    if verb == .addDiscount {
      let deal = try live(.deals, try form.number("deal"))
      let body: JSONValue.Object = [
        "type": .string(form.optionalText("type") ?? "percentage"),
        "amount": form.json["amount"]?.decimal.map { .number($0.description) } ?? .null,
        "description": .string(form.optionalText("description") ?? "Discount"),
      ]
      let discount = try asking { (world) throws(Refusal) in
        try world.addDiscount(body, to: deal, now: now)
      }
      return ["discount": .string(discount.id)]
    }
    let id = try form.number("line")
    guard let line = rows[id] else { throw Misuse("there is no line \(id)") }
    let deal = try live(.deals, line.deal)
    let body = verb == .removeLine ? [:] : row(fields)
    let call = Call(
      request: SandboxRequest(
        method: verb == .removeLine ? "DELETE" : "PATCH", path: "",
        body: JSONValue.object(body).serialized()), version: "v2", parts: [], now: now)
    _ = try asking { (world) throws(Refusal) in
      try world.rowRoutes(call, deal, [String(id)])
    }
    return ["line": .integer(id)]
  }

  mutating func changeStage(_ verb: Verb, _ form: Form) throws(Misuse) -> JSONValue {
    _ = try form.text("stage")
    guard let stage = try stage(form, in: nil),
      let place = stages.firstIndex(where: { $0.id == stage.id })
    else { return [:] }
    if verb == .renameStage {
      stages[place].name = try form.text("label")
    } else {
      stages[place].isDeleted = true
    }
    return ["stage": .integer(stage.id)]
  }
}
