extension PipedriveSandbox {
  mutating func discountRoutes(
    _ call: Call, _ deal: Record, _ rest: [String]
  ) throws(Refusal) -> SandboxResponse {
    switch (call.method, rest.count) {
    case ("GET", 0):
      let own = discounts.filter { $0.deal == deal.id }
      return .json(["success": true, "data": .array(own.map(view))])
    case ("POST", 0):
      let discount = try addDiscount(try call.json(), to: deal, now: call.now)
      return .json(["success": true, "data": view(discount)], status: 201)
    case ("PATCH", 1), ("DELETE", 1):
      let place = discounts.firstIndex { $0.id == rest[0] && $0.deal == deal.id }
      guard let place else { throw .notFound("Discount") }
      if call.method == "DELETE" {
        discounts.remove(at: place)
        revalue(deal.id, now: call.now)
        return .json(["success": true, "data": ["id": .string(rest[0])]])
      }
      var changed = discounts[place]
      try change(&changed, try call.json())
      discounts[place] = changed
      revalue(deal.id, now: call.now)
      return .json(["success": true, "data": view(changed)])
    case (_, _): throw .noRoute
    }
  }

  mutating func addDiscount(
    _ body: JSONValue.Object, to deal: Record, now: Int64
  ) throws(Refusal) -> DealDiscount {
    for name in ["description", "amount", "type"] where body[name]?.isNull ?? true {
      throw .schema("Validation failed: \(name): Parameter '\(name)' is required")
    }
    let digits = String(freshID(), radix: 16)
    let tail = String(repeating: "0", count: 12 - digits.count) + digits
    var discount = DealDiscount(
      id: "d15c0000-0000-4000-8000-\(tail)", deal: deal.id, isPercent: true, amount: .zero,
      description: "", created: now)
    try change(&discount, body)
    discounts.append(discount)
    revalue(deal.id, now: now)
    return discount
  }

  private func change(
    _ discount: inout DealDiscount, _ body: JSONValue.Object
  ) throws(Refusal) {
    for (name, given) in body {
      switch name {
      case "type":
        let type = try checked(given, .oneOf(["percentage", "amount"]), name)
        discount.isPercent = type.string != "amount"
      case "amount": discount.amount = try checked(given, .number, name).decimal ?? .zero
      case "description":
        discount.description = try checked(given, .text(255), name).string ?? ""
      default: throw .notAllowed(name)
      }
    }
    guard discount.amount > .zero, !discount.isPercent || discount.amount <= ExactDecimal(100)
    else { throw .badRequest("amount is out of range") }
  }

  private func view(_ discount: DealDiscount) -> JSONValue {
    [
      "id": .string(discount.id), "type": discount.isPercent ? "percentage" : "amount",
      "amount": .number(discount.amount.description),
      "description": .string(discount.description), "deal_id": .integer(discount.deal),
      "created_at": .string(Self.stamp(discount.created)),
      "updated_at": .string(Self.stamp(discount.created)),
      "created_by": .integer(users.first?.id ?? 0), "updated_by": .integer(users.first?.id ?? 0),
    ]
  }

  mutating func installmentRoutes(
    _ call: Call, _ deal: Record, _ rest: [String]
  ) throws(Refusal) -> SandboxResponse {
    guard !rows(of: deal.id).contains(where: { $0.frequency != "one-time" }) else {
      throw .badRequest("A deal with recurring products cannot have installments")
    }
    switch (call.method, rest.count) {
    case ("POST", 0):
      let body = try call.json()
      guard let amount = body["amount"]?.decimal, body["amount"]?.digits != nil,
        let date = body["billing_date"]?.string, CivilDate(date) != nil,
        let text = body["description"]?.string
      else { throw .schema("amount, billing_date and description are required") }
      let part = Installment(
        id: freshID(), deal: deal.id, amount: amount, date: date, description: text)
      installments.append(part)
      save(deal, .deals, now: call.now)
      return .json(["success": true, "data": view(part)])
    case ("DELETE", 1):
      guard let id = Int(rest[0]),
        let place = installments.firstIndex(where: { $0.id == id && $0.deal == deal.id })
      else { throw .notFound("Installment") }
      installments.remove(at: place)
      return .json(["success": true, "data": ["id": .integer(id)]])
    case (_, _): throw .wrongMethod
    }
  }
}
