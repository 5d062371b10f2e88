extension XeroLedger {
  /// What line validation must know of its document.
  struct LineRules: Sendable {
    var amountsAre: XeroAmounts
    var unitPlaces: Int
    /// Lines must be complete: the document leaves draft.
    var mustBeComplete: Bool
    var allowsDiscounts: Bool
  }

  /// Reads the submitted lines. A known LineItemID updates that line, a line without one is
  /// added, and lines that are not mentioned are dropped.
  mutating func readLines(
    _ element: inout XeroElement, existing: [XeroLine], _ rules: LineRules
  ) -> [XeroLine] {
    guard let submitted = element.object["LineItems"]?.array else {
      return existing.map { retaxed($0, rules.amountsAre) }
    }
    var lines: [XeroLine] = []
    for entry in submitted {
      guard let object = entry.object else {
        element.refuse("Line items must be objects")
        continue
      }
      var line = XeroElement(object)
      lines.append(readLine(&line, existing: existing, rules))
      element.errors += line.errors
      element.warnings += line.warnings
    }
    return lines
  }

  private mutating func readLine(
    _ element: inout XeroElement, existing: [XeroLine], _ rules: LineRules
  ) -> XeroLine {
    let known = element.id("LineItemID").flatMap { id in existing.first { $0.id == id } }
    var line = known ?? XeroLine(id: ids.next())
    if element.has("Description") { line.description = element.text("Description", atMost: 4000) }
    if let code = element.text("ItemCode"), !code.isEmpty { line.itemCode = code }
    if let code = element.text("AccountCode") { line.accountCode = code.isEmpty ? nil : code }
    if let id = element.id("AccountID"), let account = accounts.first(where: { $0.id == id }) {
      line.accountCode = account.code
    }
    if let type = element.text("TaxType") { line.taxType = type.isEmpty ? nil : type }
    if let quantity = element.number("Quantity") { line.quantity = quantity.rounded(4) }
    if let unit = element.number("UnitAmount") { line.unitAmount = unit.rounded(rules.unitPlaces) }
    readDiscount(&element, into: &line, rules)
    fillFromItem(&element, &line)
    settleAmount(&element, &line, rules)
    settleAccount(&element, &line, rules)
    line.tracking = readTracking(&element) ?? line.tracking
    return line
  }

  private func readDiscount(
    _ element: inout XeroElement, into line: inout XeroLine, _ rules: LineRules
  ) {
    let rate = element.number("DiscountRate")
    let amount = element.number("DiscountAmount")
    guard rate != nil || amount != nil else { return }
    guard rules.allowsDiscounts else {
      if rate != .zero || amount != nil {
        element.refuse("Discounts are not supported on this document type")
      }
      return
    }
    if let rate {
      guard rate >= .zero, rate <= ExactDecimal(100) else { return refuseDiscount(rate, &element) }
      line.discountRate = rate == .zero ? nil : rate.rounded(4)
      line.discountAmount = nil
    } else if let amount {
      line.discountAmount = amount.rounded(6)
      line.discountRate = nil
    }
  }

  private func refuseDiscount(_ rate: ExactDecimal, _ element: inout XeroElement) {
    element.refuse(
      "The discount rate '\(rate)' is invalid. Discount must not be greater than the line total.")
  }

  /// An item fills only what the line leaves empty.
  private func fillFromItem(_ element: inout XeroElement, _ line: inout XeroLine) {
    guard let code = line.itemCode else { return }
    guard let item = items.first(where: { $0.code == code }) else {
      element.refuse("Item code '\(code)' is not valid")
      return
    }
    line.description = line.description ?? item.description
    line.accountCode = line.accountCode ?? item.accountCode
    line.taxType = line.taxType ?? item.taxType
    if line.unitAmount == nil, !element.has("LineAmount") { line.unitAmount = item.unitPrice }
    if line.quantity == nil, !element.has("LineAmount") { line.quantity = ExactDecimal(1) }
  }

  private func settleAmount(
    _ element: inout XeroElement, _ line: inout XeroLine, _ rules: LineRules
  ) {
    let sent = element.number("LineAmount")?.rounded(2)
    derive(&line, from: sent, places: rules.unitPlaces)
    let largest = ExactDecimal(mantissa: 99_999_999_999_999, scale: 0)
    guard (line.quantity ?? .zero).magnitude <= largest,
      (line.unitAmount ?? .zero).magnitude <= largest,
      ((line.quantity ?? .zero) * (line.unitAmount ?? .zero)).magnitude <= largest
    else {
      element.refuse("The line amount is too large")
      return
    }
    guard let expected = XeroArithmetic.lineAmount(of: line) else {
      line.lineAmount = sent ?? .zero
      return
    }
    line.lineAmount = expected
    if let sent, sent != expected {
      element.refuse(
        "The line total \(sent.text(places: 2)) does not match the expected line total "
          + expected.text(places: 2))
    }
    if let discount = line.discountAmount, let quantity = line.quantity,
      let unit = line.unitAmount, discount > (quantity * unit).magnitude
    {
      let gross = (quantity * unit).magnitude
      refuseDiscount(
        (discount * ExactDecimal(100)).divided(by: gross, places: 2) ?? ExactDecimal(100),
        &element)
    }
    if expected.magnitude > XeroArithmetic.largestLine {
      element.refuse("The line amount is too large")
    }
  }

  /// Of quantity, unit amount and line amount, the third follows from two.
  private func derive(_ line: inout XeroLine, from sent: ExactDecimal?, places: Int) {
    let hasAmount = sent != nil || line.unitAmount != nil
    if line.quantity == nil, let unit = line.unitAmount, let sent, unit != .zero {
      line.quantity = sent.divided(by: unit, places: 4)
    } else if line.quantity == nil, hasAmount {
      line.quantity = ExactDecimal(1)
    }
    if line.unitAmount == nil, let sent, let quantity = line.quantity {
      line.unitAmount = sent.divided(by: quantity, places: places)
    }
  }

  private func settleAccount(
    _ element: inout XeroElement, _ line: inout XeroLine, _ rules: LineRules
  ) {
    let isTextOnly = line.lineAmount == .zero && line.unitAmount == nil
    if rules.mustBeComplete, (line.description ?? "").isEmpty {
      element.refuse("Description cannot be empty.")
    }
    guard let code = line.accountCode else {
      if rules.mustBeComplete, !isTextOnly { element.refuse("Account code must be specified") }
      settleTax(&element, &line, rules, account: nil)
      return
    }
    guard let account = account(code: code) else {
      element.refuse("Account code '\(code)' is not a valid code for this document.")
      return
    }
    if account.isArchived {
      element.refuse("Account code '\(code)' has been archived.")
    } else if account.type == "BANK" {
      element.refuse("Account code '\(code)' is not a valid code for this document.")
    }
    settleTax(&element, &line, rules, account: account)
  }

  private func settleTax(
    _ element: inout XeroElement, _ line: inout XeroLine, _ rules: LineRules,
    account: XeroAccount?
  ) {
    guard rules.amountsAre != .noTax else {
      line.taxType =
        line.taxType.flatMap { taxRate($0)?.type }
        ?? taxRates.first { $0.rate == .zero && $0.type.contains("NONE") }?.type
      line.taxAmount = .zero
      return
    }
    line.taxType = line.taxType ?? account?.taxType
    guard let type = line.taxType else {
      line.taxAmount = .zero
      return
    }
    guard let rate = taxRate(type), rate.isActive else {
      element.refuse("The TaxType code '\(type)' is not valid")
      return
    }
    if let account, !rate.canApply(to: account) {
      element.refuse(
        "The TaxType code '\(type)' cannot be used with account code '\(account.code ?? "")'.")
    }
    line.taxAmount = XeroArithmetic.tax(on: line.lineAmount, rate: rate.rate, rules.amountsAre)
    if let sent = element.number("TaxAmount") { line.taxAmount = sent.rounded(2) }
  }

  /// A kept line under a possibly changed kind of amounts.
  private func retaxed(_ line: XeroLine, _ amountsAre: XeroAmounts) -> XeroLine {
    guard let rate = line.taxType.flatMap({ taxRate($0) }) else { return line }
    var line = line
    line.taxAmount = XeroArithmetic.tax(on: line.lineAmount, rate: rate.rate, amountsAre)
    return line
  }

  private func readTracking(_ element: inout XeroElement) -> [XeroTrackingChoice]? {
    guard let entries = element.object["Tracking"]?.array else { return nil }
    if entries.count > 2 { element.refuse("A line may have at most two tracking categories") }
    return entries.compactMap { entry in
      let category = trackingCategories.first {
        !$0.isArchived
          && ($0.name == entry["Name"]?.string
            || $0.id.description == entry["TrackingCategoryID"]?.string)
      }
      let option = category?.options.first {
        !$0.isArchived
          && ($0.name == entry["Option"]?.string
            || $0.id.description == entry["TrackingOptionID"]?.string)
      }
      guard let category, let option else {
        element.refuse("The tracking category or option could not be found")
        return nil
      }
      return XeroTrackingChoice(
        category: category.id, categoryName: category.name, option: option.id,
        optionName: option.name)
    }
  }
}

extension XeroTaxRate {
  func canApply(to account: XeroAccount) -> Bool {
    switch account.accountClass {
    case "REVENUE": canApplyToRevenue
    case "EXPENSE": canApplyToExpenses
    default: true
    }
  }
}
