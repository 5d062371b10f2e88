extension ZohoSandbox {
  /// The rows of a quote or an order with everything that follows from them.
  func inventory(
    _ value: JSONValue, _ module: Module, _ body: JSONValue.Object, on record: Record?,
    _ path: String
  ) throws(Refusal) -> [(String, JSONValue)] {
    guard let list = value.array, let key = module.rows else {
      throw Refusal(202, "INVALID_DATA", "invalid data", ["json_path": .string(path)])
    }
    var rows: [JSONValue] = []
    var subtotal = ExactDecimal.zero
    var tax = ExactDecimal.zero
    for (place, element) in list.enumerated() {
      let row = try inventoryRow(element.object ?? [:], place, list.count, "\(path)[\(place)]")
      subtotal += row["Net_Total"]?.decimal ?? .zero
      tax += row["Tax"]?.decimal ?? .zero
      rows.append(.object(row))
    }
    func amount(_ name: String) -> ExactDecimal {
      (body[name] ?? record?.values[name] ?? .null).decimal ?? .zero
    }
    let total = subtotal - amount("Discount") + amount("Adjustment")
    return [
      (key, .array(rows)), ("Sub_Total", .decimal(subtotal)), ("Tax", .decimal(tax)),
      ("Grand_Total", .decimal(total)),
    ]
  }

  private func inventoryRow(
    _ body: JSONValue.Object, _ place: Int, _ seed: Int, _ path: String
  ) throws(Refusal) -> JSONValue.Object {
    func fail(_ name: String, _ expected: String) -> Refusal {
      Refusal(
        202, "INVALID_DATA", "invalid data",
        [
          "api_name": .string(name), "expected_data_type": .string(expected),
          "json_path": .string("\(path).\(name)"),
        ])
    }
    guard let id = body["Product_Name"]?["id"]?.string,
      let product = self[store: .products].records[id], product.isLive
    else { throw fail("Product_Name", "lookup") }
    guard let quantity = (body["Quantity"] ?? 1).decimal else { throw fail("Quantity", "double") }
    let listed = body["List_Price"] ?? product.values["Unit_Price"] ?? 0
    guard let price = listed.decimal else { throw fail("List_Price", "double") }
    let total = (quantity * price).rounded(2)
    let off = try discount(body["Discount"], total, fail("Discount", "double"))
    let after = total - off
    let taxes = try lineTaxes(body["Line_Tax"], after, fail("Line_Tax", "jsonarray"))
    let tax = taxes.reduce(ExactDecimal.zero) { $0 + ($1["value"]?.decimal ?? .zero) }
    return [
      "id": body["id"] ?? .string(rowID(place, seed)), "Sequence_Number": .integer(place + 1),
      "Product_Name": [
        "name": product.values["Product_Name"] ?? "", "id": .string(id),
        "Product_Code": product.values["Product_Code"] ?? .null,
      ],
      "Quantity": .number(quantity.description), "List_Price": .number(price.description),
      "Discount": body["Discount"]?.string.map { .string($0) } ?? .number(off.description),
      "Description": body["Description"] ?? .null, "Line_Tax": .array(taxes),
      "Total": .decimal(total), "Total_After_Discount": .decimal(after), "Tax": .decimal(tax),
      "Net_Total": .decimal(after + tax),
    ]
  }

  /// A number, a number as a text, or a percentage.
  private func discount(
    _ value: JSONValue?, _ total: ExactDecimal, _ refusal: Refusal
  ) throws(Refusal) -> ExactDecimal {
    guard let value, !value.isNull else { return .zero }
    if let text = value.string, text.hasSuffix("%") {
      guard let percent = ExactDecimal(String(text.dropLast())) else { throw refusal }
      return (total * percent).divided(by: ExactDecimal(100), places: 2) ?? .zero
    }
    guard let off = value.string.flatMap({ ExactDecimal($0) }) ?? value.decimal else {
      throw refusal
    }
    return off
  }

  private func lineTaxes(
    _ value: JSONValue?, _ base: ExactDecimal, _ refusal: Refusal
  ) throws(Refusal) -> [JSONValue] {
    guard let value, !value.isNull else { return [] }
    guard let list = value.array else { throw refusal }
    var taxes: [JSONValue] = []
    for element in list {
      let known = org.taxes.first {
        $0.name == element["name"]?.string || $0.id == element["id"]?.string
      }
      guard let known, let percent = element["percentage"]?.decimal ?? ExactDecimal(known.percent)
      else { throw refusal }
      let value = (base * percent).divided(by: ExactDecimal(100), places: 2) ?? .zero
      taxes.append([
        "id": .string(known.id), "name": .string(known.name),
        "display_name": .string(known.name), "percentage": .number(percent.description),
        "value": .decimal(value),
      ])
    }
    return taxes
  }
}
