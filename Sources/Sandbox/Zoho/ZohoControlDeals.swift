extension ZohoSandbox {
  /// A person makes a deal with its customer, and a quote, an order, linked products or a subform
  /// with what was sold.
  mutating func createDeal(_ form: Form, now: Int64) throws(Misuse) -> JSONValue {
    var body = named(form.properties, .deals)
    body["Deal_Name"] = .string(try form.text("name"))
    if let amount = form.json["amount"]?.decimal { body["Amount"] = .number(amount.description) }
    for (name, field) in [
      ("currency", "Currency"), ("closing_date", "Closing_Date"), ("pipeline", "Pipeline"),
    ] {
      if let text = form.optionalText(name) { body[field] = .string(text) }
    }
    for (name, field) in [
      ("company", "Account_Name"), ("account", "Account_Name"), ("contact", "Contact_Name"),
    ] {
      if let id = form.optionalText(name) { body[field] = ["id": .string(id)] }
    }
    if let owner = form.optionalText("owner") {
      let user = users.first { $0.email == owner || $0.id == owner }
      body["Owner"] = ["id": .string(user?.id ?? owner)]
    }
    body["Stage"] = .string(form.optionalText("stage") ?? "Qualification")
    if body["Closing_Date"] == nil { body["Closing_Date"] = .string(today(now)) }
    let kept = self
    do throws(Misuse) {
      let wanted = body
      let deal = try asking { (world) throws(Refusal) in
        try world.create(wanted, .deals, 0, now: now)
      }
      let lines = form.json["lines"]?.array ?? []
      let document = lines.isEmpty ? nil : try sell(lines, in: deal, form, now: now)
      return [
        "deal": .string(deal.id), "document": document.map { .string($0) } ?? .null,
      ]
    } catch {
      // A refusal leaves nothing behind.
      self = kept
      throw error
    }
  }

  func today(_ now: Int64) -> String {
    CivilDate(SandboxTime(milliseconds: now + Int64(org.offset(at: now)) * 1000)).text
  }

  /// Puts lines where `kept_in` says: `quote` unless told otherwise.
  private mutating func sell(
    _ lines: [JSONValue], in deal: Record, _ form: Form, now: Int64
  ) throws(Misuse) -> String? {
    let place = form.optionalText("kept_in") ?? "quote"
    var rows: [JSONValue] = []
    for line in lines { rows.append(.object(try row(line.object ?? [:], now: now))) }
    switch place {
    case "quote", "sales_order":
      let module = place == "quote" ? Module.quotes : .salesOrders
      let stage = module == .quotes ? "Quote_Stage" : "Status"
      var body: JSONValue.Object = [
        "Subject": deal.values["Deal_Name"] ?? "", "Deal_Name": ["id": .string(deal.id)],
        stage: .string(
          form.optionalText("document_stage") ?? (module == .quotes ? "Confirmed" : "Approved")),
        module.rows ?? "": .array(rows),
      ]
      body["Currency"] = deal.values["Currency"]
      for (name, field) in [("discount", "Discount"), ("adjustment", "Adjustment")] {
        if let number = form.json[name]?.decimal { body[field] = .number(number.description) }
      }
      let wanted = body
      return try asking { (world) throws(Refusal) in
        try world.create(wanted, module, 0, now: now).id
      }
    case "products":
      var changed = deal
      changed.products = rows.compactMap { $0["Product_Name"]?["id"]?.string }
      self[store: .deals].put(changed)
      return nil
    default:
      let wanted: JSONValue.Object = ["id": .string(deal.id), place: .array(rows)]
      _ = try asking { (world) throws(Refusal) in
        try world.change(wanted, .deals, 0, now: now)
      }
      return nil
    }
  }

  /// `product` names a product by id; a line with a `name` alone makes a product of that name.
  private mutating func row(
    _ fields: JSONValue.Object, now: Int64
  ) throws(Misuse) -> JSONValue.Object {
    func number(_ value: JSONValue?) -> JSONValue? {
      value?.decimal.map { .number($0.description) } ?? value
    }
    var row: JSONValue.Object = [
      "Quantity": number(fields["quantity"]) ?? 1, "List_Price": number(fields["price"]) ?? 0,
    ]
    let name = fields["name"]?.string ?? "Product"
    let known =
      fields["product"]?.string
      ?? self[store: .products].live.first { $0.values["Product_Name"]?.string == name }?.id
    if let known {
      row["Product_Name"] = ["id": .string(known), "name": .string(name)]
    } else {
      var values: JSONValue.Object = ["Product_Name": .string(name)]
      values["Unit_Price"] = number(fields["price"])
      values["Product_Code"] = fields["sku"]
      let wanted = values
      let made = try asking { (world) throws(Refusal) in
        try world.create(wanted, .products, 0, now: now).id
      }
      row["Product_Name"] = ["id": .string(made), "name": .string(name)]
    }
    if let percent = fields["discount_percentage"]?.decimal {
      row["Discount"] = .string("\(percent)%")
    }
    if let off = number(fields["discount_amount"]) { row["Discount"] = off }
    row["Description"] = fields["description"]
    if let tax = fields["tax"]?.string { row["Line_Tax"] = [["name": .string(tax)]] }
    return row
  }

  mutating func moveDeal(_ form: Form, now: Int64) throws(Misuse) -> JSONValue {
    let deal = try live(.deals, try form.text("deal"))
    var body: JSONValue.Object = [
      "id": .string(deal.id), "Stage": .string(try form.text("stage")),
    ]
    if let date = form.optionalText("closing_date") { body["Closing_Date"] = .string(date) }
    let wanted = body
    _ = try asking { (world) throws(Refusal) in
      try world.change(wanted, .deals, 0, now: now)
    }
    return ["deal": .string(deal.id)]
  }

  /// Makes many plain records at once for tests of size.
  ///
  /// Stamps end at `now` and lie `spacing_ms` (1000 unless given) apart; with 0 all share one.
  mutating func bulk(_ form: Form, now: Int64) throws(Misuse) -> JSONValue {
    let spacing = Int64(min(86_400_000, try form.optionalNumber("spacing_ms") ?? 1000))
    var answer: JSONValue.Object = [:]
    for module in [Module.accounts, .contacts, .deals] {
      let count = try form.optionalNumber(module.rawValue) ?? 0
      let firms = self[store: .accounts].live.map(\.id)
      for index in 0..<count {
        let stamp = now - Int64(count - 1 - index) * spacing
        var body: JSONValue.Object = [:]
        switch module {
        case .accounts: body["Account_Name"] = .string("Bulk Company \(index)")
        case .contacts:
          body["Last_Name"] = .string("Person \(index)")
          body["Email"] = .string("person\(index)@bulk.example")
        default:
          body["Deal_Name"] = .string("Bulk Deal \(index)")
          body["Amount"] = .integer(100 + index % 900)
          body["Stage"] = form.flag("won") ? "Closed Won" : "Qualification"
          body["Closing_Date"] = .string(today(stamp))
        }
        if module != .accounts, !firms.isEmpty {
          body["Account_Name"] = ["id": .string(firms[index % firms.count])]
        }
        let wanted = body
        _ = try asking { (world) throws(Refusal) in
          try world.create(wanted, module, 0, now: stamp)
        }
      }
      answer[module.rawValue] = .integer(count)
    }
    return .object(answer)
  }
}
