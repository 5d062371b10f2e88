import Domain

/// Turns products of a deal into its lines. What is wrong with one is told in it: the deal stays
/// readable.
struct SalesforceLineReader: Sendable {
  var extra: [String]
  /// Decimals of the deal's currency.
  var exponent: Int

  static func order(_ left: SalesforceRecord, _ right: SalesforceRecord) -> Bool {
    func place(_ record: SalesforceRecord) -> ExactDecimal {
      record["SortOrder"]?.number ?? ExactDecimal(Int(Int32.max))
    }
    return (place(left), left.id) < (place(right), right.id)
  }

  /// Whole seconds do not tell two edits apart that follow each other quickly; the deletion does.
  static func stamp(_ record: SalesforceRecord) -> String {
    (record.text("SystemModstamp") ?? "") + (record.isDeleted ? " deleted" : "")
  }

  func line(_ row: SalesforceRecord) -> DealLine {
    var line = DealLine(id: row.id, name: row.text("Product2.Name") ?? row.text("Name") ?? "")
    line.stamp = Self.stamp(row)
    line.description = row.text("Description")
    line.sku = row.text("ProductCode")
    line.productID = row.text("Product2Id").map { ID($0) }
    line.quantity = number(row, "Quantity", "Quantity", &line)
    line.unitPrice = number(row, "UnitPrice", "Sales Price", &line)
    let percent = number(row, "Discount", "Discount", &line)
    if let percent, !percent.isZero { line.discount = .percent(percent) }
    settle(&line, total: number(row, "TotalPrice", "Total Price", &line))
    if let code = row.text("CurrencyIsoCode") {
      line.currency = Currency(code)
      if line.currency == nil { line.problems.append("Currency “\(code)” is no currency code") }
    }
    for name in extra {
      let text = row[name]?.plain ?? ""
      line.fields[name] = text.isEmpty ? nil : text
    }
    return line
  }

  private func number(
    _ row: SalesforceRecord, _ name: String, _ label: String, _ line: inout DealLine
  ) -> ExactDecimal? {
    guard let value = row[name], !value.isEmpty else { return nil }
    guard let number = value.number else {
      line.problems.append("\(label) is not a number")
      return nil
    }
    return number
  }

  /// The total is what was sold. Where somebody set the total, Salesforce rounds the price it
  /// derives from it, and quantity times price comes to something else: then the price is derived
  /// anew with four decimals, and where even that fails the line is one piece at the total.
  private func settle(_ line: inout DealLine, total: ExactDecimal?) {
    guard let total, let quantity = line.quantity, let price = line.unitPrice else { return }
    var share = ExactDecimal.hundred
    if case .percent(let percent)? = line.discount {
      guard let rest = try? ExactDecimal.hundred.subtracting(percent) else { return }
      share = rest
    }
    func sum(_ price: ExactDecimal) -> ExactDecimal? {
      (try? quantity.multiplied(by: price).multiplied(by: share)
        .divided(by: .hundred, decimals: 10))?.rounded(exponent)
    }
    guard let computed = sum(price), computed != total.rounded(exponent) else { return }
    if !quantity.isZero, !share.isZero,
      let derived = try? total.multiplied(by: .hundred)
        .divided(by: quantity.multiplied(by: share), decimals: 4),
      sum(derived) == total.rounded(exponent)
    {
      line.unitPrice = derived
    } else {
      line.quantity = .one
      line.unitPrice = total
      line.discount = nil
    }
  }
}
