extension SalesforceSandbox {
  /// A person makes a deal with its customer and products in one go.
  mutating func createDeal(_ form: Form, now: Int64) throws(Misuse) -> JSONValue {
    var body = form.properties
    body["Name"] = .string(try form.text("name"))
    if let amount = form.json["amount"]?.decimal {
      body["Amount"] = .number(amount.description)
    }
    if let code = form.optionalText("currency") {
      if org.isMultiCurrency {
        body["CurrencyIsoCode"] = .string(code)
      } else if code != org.currency {
        throw Misuse("the organisation has one currency, \(org.currency)")
      }
    }
    for (name, field) in [("company", "AccountId"), ("contact", "ContactId")] {
      if let id = form.optionalText(name) { body[field] = .string(id) }
    }
    if let owner = form.optionalText("owner") {
      let user = self[store: .user].records.values.first {
        $0.text("Email") == owner || $0.id == owner
      }
      guard let user else { throw Misuse("there is no user \(owner)") }
      body["OwnerId"] = .string(user.id)
    }
    body["StageName"] = .string(form.optionalText("stage") ?? "Prospecting")
    let today = CivilDate(SandboxTime(milliseconds: now)).text
    body["CloseDate"] = .string(form.optionalText("close_date") ?? today)
    let (wanted, user) = (body, runAs)
    let deal = try asking { (world) throws(Refusal) in
      try world.create(.opportunity, wanted, user: user, now: now)
    }
    var lines: [JSONValue] = []
    for line in form.json["lines"]?.array ?? [] {
      lines.append(.string(try addLine(line.object ?? [:], to: deal.id, now: now)))
    }
    return ["deal": .string(deal.id), "lines": .array(lines)]
  }

  mutating func changeDeal(_ verb: Verb, _ form: Form, now: Int64) throws(Misuse) -> JSONValue {
    let deal = try record(.opportunity, try form.id("deal"))
    let stage: String
    switch verb {
    case .winDeal: stage = form.optionalText("stage") ?? "Closed Won"
    case .loseDeal: stage = "Closed Lost"
    case .reopenDeal: stage = form.optionalText("stage") ?? "Negotiation/Review"
    default: stage = try form.text("stage")
    }
    var body: JSONValue.Object = ["StageName": .string(stage)]
    if let day = form.optionalText("close_date") { body["CloseDate"] = .string(day) }
    let (wanted, user) = (body, runAs)
    try asking { (world) throws(Refusal) in
      _ = try world.update(deal, wanted, user: user, now: now)
    }
    return ["deal": .string(deal.id)]
  }

  /// A line with a `name` alone makes a product of that name with a price in the standard book.
  private mutating func addLine(
    _ fields: JSONValue.Object, to deal: String, now: Int64
  ) throws(Misuse) -> String {
    var body = line(fields)
    body["OpportunityId"] = .string(deal)
    if body["Quantity"] == nil { body["Quantity"] = 1 }
    if body["PricebookEntryId"] == nil {
      body["PricebookEntryId"] = .string(
        try entry(
          fields["name"]?.string ?? "Product", code: fields["sku"] ?? fields["code"],
          price: body["UnitPrice"], deal: deal, now: now))
    }
    let (wanted, user) = (body, runAs)
    return try asking { (world) throws(Refusal) in
      try world.create(.lineItem, wanted, user: user, now: now).id
    }
  }

  private mutating func entry(
    _ name: String, code: JSONValue?, price: JSONValue?, deal: String, now: Int64
  ) throws(Misuse) -> String {
    let known = self[store: .product].records.values.filter {
      !$0.isDeleted && $0.text("Name") == name
    }.map(\.id).min()
    let currency = org.isMultiCurrency ? live(deal)?["CurrencyIsoCode"] : nil
    let entries = self[store: .pricebookEntry].records.values.filter {
      $0.text("Product2Id") == known
    }
    let fitting = entries.first { currency == nil || $0["CurrencyIsoCode"] == currency }
    if known != nil, let fitting { return fitting.id }
    let user = runAs
    return try asking { (world) throws(Refusal) in
      let product: String
      if let known {
        product = known
      } else {
        var values: JSONValue.Object = ["Name": .string(name), "IsActive": true]
        if let code { values["ProductCode"] = code }
        product = try world.create(.product, values, user: user, now: now).id
      }
      let book = world[store: .pricebook].records.keys.min() ?? ""
      var values: JSONValue.Object = [
        "Pricebook2Id": .string(book), "Product2Id": .string(product),
        "UnitPrice": price ?? 0, "IsActive": true,
      ]
      if let currency { values["CurrencyIsoCode"] = currency }
      return try world.create(.pricebookEntry, values, user: user, now: now).id
    }
  }

  /// Short names that control bodies may use for the fields of a line.
  private func line(_ fields: JSONValue.Object) -> JSONValue.Object {
    var body: JSONValue.Object = [:]
    func number(_ value: JSONValue) -> JSONValue {
      value.decimal.map { .number($0.description) } ?? value
    }
    for (name, value) in fields {
      switch name {
      case "deal", "line", "name", "sku", "code": break
      case "price": body["UnitPrice"] = number(value)
      case "total": body["TotalPrice"] = number(value)
      case "quantity": body["Quantity"] = number(value)
      case "discount_percentage": body["Discount"] = number(value)
      case "description": body["Description"] = value
      default: body[name] = value
      }
    }
    return body
  }

  mutating func changeLine(_ verb: Verb, _ form: Form, now: Int64) throws(Misuse) -> JSONValue {
    let fields = form.json.object ?? [:]
    if verb == .addLine {
      let deal = try record(.opportunity, try form.id("deal"))
      return ["line": .string(try addLine(fields["line"]?.object ?? fields, to: deal.id, now: now))]
    }
    let line = try record(.lineItem, try form.id("line"))
    let (body, user) = (self.line(fields), runAs)
    try asking { (world) throws(Refusal) in
      if verb == .removeLine {
        try world.delete(line, now: now)
      } else {
        _ = try world.update(line, body, user: user, now: now)
      }
    }
    return ["line": .string(line.id)]
  }
}
