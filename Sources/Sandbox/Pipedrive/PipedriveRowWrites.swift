extension PipedriveSandbox {
  private static let rowTypes: [String: ValueType] = [
    "product_id": .record(.products), "item_price": .number, "quantity": .number,
    "tax": .number, "comments": .text(2000), "discount": .number, "is_enabled": .flag,
    "tax_method": .oneOf(["exclusive", "inclusive", "none"]),
    "discount_type": .oneOf(["percentage", "amount"]), "product_variation_id": .integer,
    "billing_frequency": .oneOf(Row.frequencies), "billing_frequency_cycles": .integer,
    "billing_start_date": .date,
  ]

  mutating func rowRoutes(
    _ call: Call, _ deal: Record, _ rest: [String]
  ) throws(Refusal) -> SandboxResponse {
    if call.method == "GET", rest.isEmpty {
      try call.allow("cursor", "limit", "sort_by", "sort_direction")
      let order = try order(call, by: ["id", "add_time", "update_time", "order_nr"])
      return page(
        rows(of: deal.id), order,
        key: { (order.field == "order_nr" ? padded($0.order, 6) : "", $0.id) },
        show: { view($0) })
    }
    if call.method == "GET" { throw .noRoute }
    guard deal.isLive else { throw .gone("Deal") }
    guard !deal.isArchived else { throw .badRequest("Archived deals cannot be updated") }
    switch (call.method, rest.count) {
    case ("POST", 0):
      let row = try addRow(try call.json(), to: deal, now: call.now)
      return .json(["success": true, "data": view(row)], status: 201)
    case ("POST", 1) where rest[0] == "bulk":
      guard let list = try call.json()["data"]?.array, (1...100).contains(list.count) else {
        throw .schema("Parameter 'data' must hold 1 to 100 products")
      }
      let kept = self
      var made: [JSONValue] = []
      for element in list {
        do { made.append(view(try addRow(element.object ?? [:], to: deal, now: call.now))) } catch {
          self = kept
          throw error
        }
      }
      return .json(["success": true, "data": .array(made)], status: 201)
    case ("PATCH", 1), ("DELETE", 1):
      guard let id = Int(rest[0]), var row = rows[id], row.deal == deal.id else {
        throw .notFound("Deal product")
      }
      if call.method == "DELETE" {
        rows[id] = nil
        revalue(deal.id, now: call.now)
        return .json(["success": true, "data": ["id": .integer(id)]])
      }
      try change(&row, try call.json(), now: call.now)
      return .json(["success": true, "data": view(try keep(row, now: call.now))])
    case ("DELETE", 0):
      let ids = call.list("ids").map { Set($0.compactMap { Int($0) }) }
      for row in rows(of: deal.id) where ids?.contains(row.id) ?? true { rows[row.id] = nil }
      revalue(deal.id, now: call.now)
      return .json(["success": true, "data": ["ids": .array((ids ?? []).map { .integer($0) })]])
    case (_, _): throw .noRoute
    }
  }

  mutating func addRow(
    _ body: JSONValue.Object, to deal: Record, now: Int64
  ) throws(Refusal) -> Row {
    for name in ["product_id", "item_price", "quantity"] where body[name]?.isNull ?? true {
      throw .schema("Validation failed: \(name): Parameter '\(name)' is required")
    }
    let product = self[store: .products].records[body["product_id"]?.int ?? 0]
    var row = Row(
      id: freshID(), deal: deal.id, product: 0, name: product?.values["name"]?.string ?? "",
      order: (rows(of: deal.id).map(\.order).max() ?? 0) + 1, price: .zero, quantity: .zero,
      currency: deal.values["currency"]?.string ?? company.currency, added: now - now % 1000,
      updated: now - now % 1000)
    if let sibling = rows(of: deal.id).first { row.taxMethod = sibling.taxMethod }
    row.tax = product?.values["tax"]?.decimal ?? .zero
    try change(&row, body, now: now)
    return try keep(row, now: now)
  }

  private func change(
    _ row: inout Row, _ body: JSONValue.Object, now: Int64
  ) throws(Refusal) {
    for (name, given) in body {
      guard let type = Self.rowTypes[name] else { throw .notAllowed(name) }
      let value = try checked(given, type, name)
      switch name {
      case "product_id":
        row.product = value.int ?? row.product
        row.name = self[store: .products].records[row.product]?.values["name"]?.string ?? row.name
      case "item_price": row.price = value.decimal ?? row.price
      case "quantity": row.quantity = value.decimal ?? row.quantity
      case "tax": row.tax = value.decimal ?? .zero
      case "comments": row.comments = value
      case "discount": row.discount = value.decimal ?? .zero
      case "is_enabled": row.isEnabled = value.bool ?? row.isEnabled
      case "tax_method": row.taxMethod = value.string ?? row.taxMethod
      case "discount_type": row.isPercent = value.string != "amount"
      case "product_variation_id": row.variation = value
      case "billing_frequency": row.frequency = value.string ?? row.frequency
      case "billing_frequency_cycles": row.cycles = value.int
      default: row.start = value
      }
    }
    row.updated = now - now % 1000
    guard row.discount >= .zero, row.tax >= .zero else {
      throw .badRequest("discount and tax must not be negative")
    }
    guard !row.isPercent || row.discount <= ExactDecimal(100) else {
      throw .badRequest("discount must not exceed 100")
    }
    try checkBilling(row)
  }

  private func checkBilling(_ row: Row) throws(Refusal) {
    if row.frequency == "one-time", row.cycles != nil {
      throw .badRequest("billing_frequency_cycles must be null for one-time products")
    }
    if row.frequency == "weekly", row.cycles == nil {
      throw .badRequest("billing_frequency_cycles must be set for weekly products")
    }
    if let cycles = row.cycles, !(1...208).contains(cycles) {
      throw .badRequest("billing_frequency_cycles must be between 1 and 208")
    }
    guard row.frequency != "one-time" else { return }
    guard !installments.contains(where: { $0.deal == row.deal }) else {
      throw .badRequest("A deal with installments cannot have recurring products")
    }
    let recurring = rows(of: row.deal).filter { $0.frequency != "one-time" && $0.id != row.id }
    guard recurring.count < 20 else {
      throw .badRequest("A deal can have at most 20 recurring products")
    }
  }

  /// All rows of a deal share one tax method.
  private mutating func keep(_ row: Row, now: Int64) throws(Refusal) -> Row {
    rows[row.id] = row
    for other in rows(of: row.deal) { rows[other.id]?.taxMethod = row.taxMethod }
    revalue(row.deal, now: now)
    return rows[row.id] ?? row
  }
}
