/// What the lines of a document come to: checked line by line, tax by rate, rounded once a rate.
struct QuickBooksSums {
  /// The lines as sent, without what the vendor adds.
  private(set) var lines: [JSONValue] = []
  /// The vendor's own sub-total, and the discount where there is one.
  private(set) var closingLines: [JSONValue] = []
  private(set) var taxDetail: JSONValue = [:]
  private(set) var total = ExactDecimal.zero

  private struct Taxed {
    var code: String
    var net: ExactDecimal
    var gross: ExactDecimal
  }

  private let ledger: QuickBooksLedger
  private let isInclusive: Bool
  private let isTaxed: Bool
  private var taxed: [Taxed] = []
  private var discount = ExactDecimal.zero

  init(_ content: JSONValue.Object, ledger: QuickBooksLedger) throws(QuickBooksFault) {
    self.ledger = ledger
    let mode = content["GlobalTaxCalculation"]?.string
    if !ledger.isUnitedStates, ledger.settings.usesTax, mode == nil {
      throw .business("Make sure all your transactions have a GST/VAT rate before you save")
    }
    isInclusive = mode == "TaxInclusive"
    isTaxed = ledger.settings.usesTax && mode != "NotApplicable"
    if ledger.isUnitedStates, mode != nil { throw .unknownProperty("GlobalTaxCalculation") }
    guard let sent = content["Line"]?.array, !sent.isEmpty else { throw .missing("Line") }
    for line in sent { try read(line, content) }
    guard !taxed.isEmpty else { throw .missing("Line.SalesItemLineDetail") }
    try addUp(content)
  }

  private mutating func read(
    _ line: JSONValue, _ content: JSONValue.Object
  ) throws(QuickBooksFault) {
    guard let object = line.object else { throw .missing("Line") }
    switch object["DetailType"]?.string {
    case "SalesItemLineDetail":
      taxed.append(try sale(object))
      lines.append(line)
    case "DescriptionOnly": lines.append(line)
    case "SubTotalLineDetail": break
    case "DiscountLineDetail":
      guard closingLines.isEmpty else { throw .business("Only one discount line is allowed") }
      guard let amount = object["Amount"]?.decimal else { throw .missing("Amount") }
      discount = amount.rounded(2)
      closingLines.append(line)
    default: throw .missing("Line.DetailType")
    }
  }

  private func sale(_ object: JSONValue.Object) throws(QuickBooksFault) -> Taxed {
    guard let amount = object["Amount"]?.decimal else { throw .missing("Amount") }
    guard amount == amount.rounded(2) else {
      throw .business("Amount \(amount) has more than two decimals on a line")
    }
    let detail = object["SalesItemLineDetail"]
    let itemID = detail?["ItemRef"]?["value"]?.string ?? ""
    guard let item = ledger.row("Item", itemID) else {
      throw QuickBooksFault("2500", "Invalid Reference Id", "Items element id \(itemID)")
    }
    guard item.isActive else { throw .notFound("The item is inactive") }
    if let quantity = detail?["Qty"]?.decimal, let price = detail?["UnitPrice"]?.decimal,
      (quantity * price).rounded(2) != amount
    {
      throw QuickBooksFault(
        "6070", "Amount calculation incorrect in the request",
        "Amount is not equal to UnitPrice * Qty. Supplied value:\(amount)")
    }
    if let id = detail?["ClassRef"]?["value"]?.string, ledger.row("Class", id) == nil {
      throw QuickBooksFault("2500", "Invalid Reference Id", "Class element id \(id)")
    }
    let code = try taxCode(detail)
    let gross = detail?["TaxInclusiveAmt"]?.decimal ?? amount
    return Taxed(code: code, net: amount, gross: isInclusive ? gross : amount)
  }

  private func taxCode(_ detail: JSONValue?) throws(QuickBooksFault) -> String {
    let code = detail?["TaxCodeRef"]?["value"]?.string ?? ""
    guard isTaxed else { return "" }
    if ledger.isUnitedStates {
      guard ["", "TAX", "NON"].contains(code) else {
        throw QuickBooksFault("2500", "Invalid Reference Id", "TaxCode element id \(code)")
      }
      return code == "TAX" ? "TAX" : ""
    }
    guard !code.isEmpty else {
      throw .business("Make sure all your transactions have a tax rate before you save")
    }
    guard let row = ledger.row("TaxCode", code), row.isActive else {
      throw QuickBooksFault("2500", "Invalid Reference Id", "TaxCode element id \(code)")
    }
    return code
  }

  private mutating func addUp(_ content: JSONValue.Object) throws(QuickBooksFault) {
    let before = taxed.reduce(ExactDecimal.zero) { $0 + $1.gross }
    if !ledger.isUnitedStates, discount != .zero, before != .zero {
      // Outside the United States the discount comes off before the tax.
      let discount = discount
      taxed = taxed.map { line in
        let share = { (value: ExactDecimal) in
          value - ((value * discount).divided(by: before, places: 2) ?? .zero)
        }
        return Taxed(code: line.code, net: share(line.net), gross: share(line.gross))
      }
    }
    let parts = try taxLines(content)
    let tax = parts.reduce(ExactDecimal.zero) { $0 + ($1["Amount"]?.decimal ?? .zero) }
    var detail: JSONValue.Object = ["TotalTax": .decimal(tax)]
    if let code = content["TxnTaxDetail"]?["TxnTaxCodeRef"] { detail["TxnTaxCodeRef"] = code }
    if !parts.isEmpty { detail["TaxLine"] = .array(parts) }
    taxDetail = .object(detail)
    total = isInclusive ? before - discount : before - discount + tax
    let net = isInclusive ? before - tax : before
    closingLines.insert(
      ["Amount": .decimal(net), "DetailType": "SubTotalLineDetail", "SubTotalLineDetail": [:]],
      at: 0)
  }

  /// One tax line for each rate, over all lines that have it.
  private func taxLines(_ content: JSONValue.Object) throws(QuickBooksFault) -> [JSONValue] {
    var bases: [(rate: String, percent: ExactDecimal, base: ExactDecimal)] = []
    for line in taxed where !line.code.isEmpty {
      let rates = try rates(of: line.code, content)
      let whole = rates.reduce(ExactDecimal.zero) { $0 + $1.percent }
      for rate in rates {
        let base = isInclusive ? line.gross : line.net
        let key = isInclusive ? "\(rate.id)/\(whole)" : rate.id
        if let index = bases.firstIndex(where: { $0.rate == key && $0.percent == rate.percent }) {
          bases[index].base += base
        } else {
          bases.append((key, rate.percent, base))
        }
      }
    }
    return try bases.map { (entry) throws(QuickBooksFault) -> JSONValue in
      try taxLine(entry.rate, entry.percent, entry.base)
    }
  }

  private func taxLine(
    _ key: String, _ percent: ExactDecimal, _ base: ExactDecimal
  ) throws(QuickBooksFault) -> JSONValue {
    let parts = key.split(separator: "/").map(String.init)
    let hundred = ExactDecimal(100)
    let divisor = isInclusive ? hundred + (ExactDecimal(parts.last ?? "") ?? .zero) : hundred
    guard let amount = (base * percent).divided(by: divisor, places: 2) else {
      throw .business("the tax rate makes no sense")
    }
    return [
      "Amount": .decimal(amount), "DetailType": "TaxLineDetail",
      "TaxLineDetail": [
        "TaxRateRef": ["value": .string(parts.first ?? "")], "PercentBased": true,
        "TaxPercent": .decimal(percent, places: 0), "NetAmountTaxable": .decimal(base),
      ],
    ]
  }

  private func rates(
    of code: String, _ content: JSONValue.Object
  ) throws(QuickBooksFault) -> [(id: String, percent: ExactDecimal)] {
    var id = code
    if ledger.isUnitedStates {
      if ledger.settings.taxesByAddress { return [("9", ExactDecimal("8.25") ?? .zero)] }
      id =
        content["TxnTaxDetail"]?["TxnTaxCodeRef"]?["value"]?.string
        ?? ledger.settings.defaultTaxCode
    }
    guard let row = ledger.row("TaxCode", id) else {
      throw QuickBooksFault("2500", "Invalid Reference Id", "TaxCode element id \(id)")
    }
    let list = row.object["SalesTaxRateList"]?["TaxRateDetail"]?.array ?? []
    return list.compactMap { part in
      guard let rate = part["TaxRateRef"]?["value"]?.string,
        let percent = ledger.row("TaxRate", rate)?.object["RateValue"]?.decimal
      else { return nil }
      return (rate, percent)
    }
  }
}
