import Domain

/// Turns rows into deal lines. What is wrong with one is told in it: the deal stays readable.
struct ZohoLineReader: Sendable {
  var extra: [String]
  var columns: ZohoColumns
  /// Products by id, for their codes.
  var products: [String: ZohoRecord]

  /// Rows in the order of the screen.
  static func ordered(_ rows: [ZohoRecord]) -> [ZohoRecord] {
    func place(_ row: ZohoRecord) -> ExactDecimal {
      row["Sequence_Number"]?.number ?? ExactDecimal(Int(Int32.max))
    }
    return rows.sorted {
      (place($0), $0.id.count, $0.id) < (place($1), $1.id.count, $1.id)
    }
  }

  /// A row of a quote, an order or a subform.
  func line(_ row: ZohoRecord) -> DealLine {
    let named = columns.value("name", of: row)
    let product = row["Product_Name"]?.id ?? row["Product"]?.id
    var line = DealLine(id: row.id, name: named?["name"]?.text ?? named?.text ?? "")
    let description = columns.value("description", of: row)?.text
    line.description = description == line.name ? nil : description
    line.sku =
      named?["Product_Code"]?.text ?? columns.value("sku", of: row)?.text
      ?? product.flatMap { products[$0]?.text("Product_Code") }
    line.productID = product.map { ID($0) }
    line.quantity = number(row, "quantity", "Quantity", &line)
    line.unitPrice = number(row, "price", "List Price", &line)
    line.discount = discount(row, &line)
    line.tax = Self.tax(columns.value("tax", of: row))
    for name in extra {
      let value = row[name] ?? product.flatMap { products[$0]?[name] }
      let text = value?.plain { _ in nil } ?? ""
      line.fields[name] = text.isEmpty ? nil : text
    }
    return line
  }

  /// A product that is linked to a deal: neither quantity nor price are the deal's own.
  func linked(_ product: ZohoRecord) -> DealLine {
    var line = DealLine(id: product.id, name: product.text("Product_Name") ?? "")
    line.description = product.text("Description")
    line.sku = product.text("Product_Code")
    line.productID = ID(product.id)
    line.quantity = .one
    if let price = product["Unit_Price"], !price.isEmpty {
      line.unitPrice = price.number
      if line.unitPrice == nil { line.problems.append("Unit Price is not a number") }
    }
    line.tax = Self.tax(product["Tax"])
    for name in extra {
      let text = product[name]?.plain { _ in nil } ?? ""
      line.fields[name] = text.isEmpty ? nil : text
    }
    return line
  }

  private func number(
    _ row: ZohoRecord, _ column: String, _ label: String, _ line: inout DealLine
  ) -> ExactDecimal? {
    guard let value = columns.value(column, of: row) else { return nil }
    guard let number = value.number else {
      line.problems.append("\(label) is not a number")
      return nil
    }
    return number
  }

  /// Names of taxes; those of a row, or a list of words.
  static func tax(_ value: WireValue?) -> String? {
    guard let value else { return nil }
    let names: [String] = value.list.compactMap { tax in
      // A tax that comes to nothing is listed all the same.
      if let percent = tax["percentage"]?.number, percent.isZero { return nil }
      return tax["name"]?.text ?? tax["value"]?.text ?? tax.text
    }
    let text = names.isEmpty ? value.text ?? "" : names.joined(separator: " + ")
    return text.isEmpty ? nil : text
  }

  /// An amount, `"5.90"` as a text, or `"5%"`.
  private func discount(_ row: ZohoRecord, _ line: inout DealLine) -> Discount? {
    guard let value = columns.value("discount", of: row) else { return nil }
    guard let discount = Self.discount(value) else {
      line.problems.append("Discount is neither an amount nor a percentage")
      return nil
    }
    guard case .amount(let off) = discount, let total = row["Total"]?.number,
      let after = row["Total_After_Discount"]?.number, let rest = try? total.subtracting(off),
      let gap = try? rest.subtracting(after)
    else { return discount.isNothing ? nil : discount }
    // A cent and a half: each is rounded by itself.
    let size = gap.isNegative ? gap.negated : gap
    guard size <= ExactDecimal(significand: 15, scale: 3) else {
      line.problems.append("the discount does not lead to the row's total after discount")
      return nil
    }
    return discount.isNothing ? nil : discount
  }

  static func discount(_ value: WireValue) -> Discount? {
    if let text = value.text, text.hasSuffix("%") {
      let digits = text.dropLast().filter { !$0.isWhitespace }
      return (try? ExactDecimal(parsing: String(digits))).map { .percent($0) }
    }
    return value.number.map { .amount($0) }
  }

  /// The discount on a whole quote or order.
  func discount(_ document: ZohoRecord) throws(ZohoUnreadable) -> Discount? {
    guard let value = document["Discount"], !value.isEmpty else { return nil }
    guard let discount = Self.discount(value) else {
      throw ZohoUnreadable(reason: "the discount of the quote or order cannot be read")
    }
    return discount.isNothing ? nil : discount
  }

  /// What was added to, or taken off, a whole quote or order by hand.
  func adjustment(_ document: ZohoRecord) -> [DealLine] {
    guard let value = document["Adjustment"], !value.isEmpty, value.number?.isZero != true else {
      return []
    }
    var line = DealLine(id: "\(document.id)-adjustment", name: "Adjustment")
    line.quantity = .one
    line.unitPrice = value.number
    if line.unitPrice == nil { line.problems.append("Adjustment is not a number") }
    return [line]
  }
}

extension Discount {
  fileprivate var isNothing: Bool {
    switch self {
    case .percent(let number), .amount(let number): number.isZero
    }
  }
}
