extension PipedriveSandbox {
  /// A product attached to a deal.
  struct Row: Sendable, Hashable {
    static let frequencies = [
      "one-time", "weekly", "monthly", "quarterly", "semi-annually", "annually",
    ]

    let id: Int
    var deal: Int
    var product: Int
    var variation: JSONValue = .null
    var name: String
    var order: Int
    var price: ExactDecimal
    var quantity: ExactDecimal
    var discount = ExactDecimal.zero
    var isPercent = true
    var tax = ExactDecimal.zero
    var taxMethod = "exclusive"
    var currency: String
    var comments: JSONValue = ""
    var isEnabled = true
    var frequency = "one-time"
    var cycles: Int?
    var start: JSONValue = .null
    var added: Int64
    var updated: Int64
  }

  /// A discount on a whole deal.
  struct DealDiscount: Sendable, Hashable {
    var id: String
    var deal: Int
    var isPercent: Bool
    var amount: ExactDecimal
    var description: String
    var created: Int64
  }

  /// A part of a deal's amount with its own billing date.
  struct Installment: Sendable, Hashable {
    var id: Int
    var deal: Int
    var amount: ExactDecimal
    var date: String
    var description: String
  }

  /// Quantity times price less the row's discount, in the currency's decimals, tax not added.
  func sum(_ row: Row) -> ExactDecimal {
    let gross = row.price * row.quantity
    let off: ExactDecimal
    if row.isPercent {
      off = (gross * row.discount).divided(by: ExactDecimal(100), places: 8) ?? .zero
    } else {
      off = company.discountIsPerUnit ? row.discount * row.quantity : row.discount
    }
    let net = gross - off
    guard company.sumIncludesTax, row.taxMethod == "exclusive" else { return net.rounded(2) }
    let tax = (net * row.tax).divided(by: ExactDecimal(100), places: 8) ?? .zero
    return (net + tax).rounded(2)
  }

  func rows(of deal: Int) -> [Row] {
    rows.values.filter { $0.deal == deal }.sorted { ($0.order, $0.id) < ($1.order, $1.id) }
  }

  func hasPricedRows(_ deal: Int) -> Bool {
    rows.values.contains { $0.deal == deal && $0.isEnabled }
  }

  /// The deal's value follows its rows and deal-level discounts.
  mutating func revalue(_ deal: Int, now: Int64) {
    guard var record = self[store: .deals].records[deal] else { return }
    let counted = rows(of: deal).filter(\.isEnabled)
    if !counted.isEmpty {
      var total = counted.reduce(ExactDecimal.zero) { $0 + sum($1) }
      for discount in discounts where discount.deal == deal {
        let off =
          discount.isPercent
          ? (total * discount.amount).divided(by: ExactDecimal(100), places: 8) ?? .zero
          : discount.amount
        total -= off
      }
      record.values["value"] = .number(total.rounded(2).description)
    }
    // Whether a change of rows alone moves the deal's stamp is not documented.
    save(record, .deals, now: now, keepsStamp: !company.rowsTouchDeal)
  }

  func view(_ row: Row) -> JSONValue {
    [
      "id": .integer(row.id), "deal_id": .integer(row.deal),
      "product_id": .integer(row.product), "product_variation_id": row.variation,
      "name": .string(row.name), "order_nr": .integer(row.order),
      "item_price": .number(row.price.description),
      "quantity": .number(row.quantity.description),
      "discount": .number(row.discount.description),
      "discount_type": row.isPercent ? "percentage" : "amount",
      "tax": .number(row.tax.description), "tax_method": .string(row.taxMethod),
      "sum": .number(sum(row).description), "currency": .string(row.currency),
      "comments": row.comments, "is_enabled": .bool(row.isEnabled),
      "add_time": .string(Self.stamp(row.added)),
      "update_time": .string(Self.stamp(row.updated)),
      "billing_frequency": .string(row.frequency),
      "billing_frequency_cycles": row.cycles.map { .integer($0) } ?? .null,
      "billing_start_date": row.start,
    ]
  }

  /// The parameter is repeated, once for each deal.
  func rowsOfDeals(_ call: Call) throws(Refusal) -> SandboxResponse {
    let deals = try dealIDs(call)
    let order = try order(call, by: ["id", "deal_id", "add_time", "update_time", "order_nr"])
    let shown = rows.values.filter { deals.contains($0.deal) }
    return page(Array(shown), order, key: { rowKey($0, order) }, show: { view($0) })
  }

  private func rowKey(_ row: Row, _ order: Order) -> (String, Int) {
    switch order.field {
    case "deal_id": (padded(row.deal, 12), row.id)
    case "order_nr": (padded(row.order, 6), row.id)
    case "add_time": (Self.stamp(row.added), row.id)
    case "update_time": (Self.stamp(row.updated), row.id)
    default: ("", row.id)
    }
  }

  private func dealIDs(_ call: Call) throws(Refusal) -> Set<Int> {
    try call.allow("deal_ids", "cursor", "limit", "sort_by", "sort_direction")
    let texts = call.request.query.filter { $0.name == "deal_ids" }.map(\.value)
    let ids = texts.compactMap { Int($0) }
    guard !ids.isEmpty, ids.count == texts.count, ids.count <= 100 else {
      throw .schema("Parameter 'deal_ids' must be an array of 1 to 100 numbers")
    }
    return Set(ids)
  }

  func installmentsOfDeals(_ call: Call) throws(Refusal) -> SandboxResponse {
    let deals = try dealIDs(call)
    let order = try order(call, by: ["id", "billing_date", "deal_id"])
    let shown = installments.filter { deals.contains($0.deal) }
    return page(shown, order, key: { ("", $0.id) }, show: { view($0) })
  }

  func view(_ part: Installment) -> JSONValue {
    [
      "id": .integer(part.id), "deal_id": .integer(part.deal),
      "amount": .number(part.amount.description), "billing_date": .string(part.date),
      "description": .string(part.description),
    ]
  }
}
