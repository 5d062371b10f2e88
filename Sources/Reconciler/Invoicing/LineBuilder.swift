internal import Domain

/// Turns a deal's lines into lines of an invoice: checks them, finds their account, tax, item and
/// tracking, and collects everything that is wrong instead of stopping at the first.
struct LineBuilder {
  var policy: InvoicePolicy
  var rules: RuleBook
  var context: DealContext
  var ledger: Ledger
  var subject: Subject
  var lineAmounts: LineAmounts
  var currency: Currency
  var rounding: Rounding
  /// Whether a new item is made with the account of its line.
  var itemsCarryAccounts = false

  var holds: [Hold] = []
  var explanation = Explanation()
  /// Products that have to be made first, by code.
  var newItems: [String: ItemDraft] = [:]

  /// The invoice line of one deal line; nil when it is held.
  mutating func build(_ line: DealLine, isSynthetic: Bool = false) -> DraftLine? {
    var draft = DraftLine(description: description(of: line))
    draft.dealLineID = isSynthetic ? nil : line.id
    guard check(line) else { return nil }
    guard let quantity = line.quantity, let price = line.unitPrice else { return draft }
    draft.quantity = quantity
    draft.unitPrice = price
    switch line.discount {
    case nil: break
    case .percent(let percent): draft.discountPercent = percent.isZero ? nil : percent
    case .amount(let amount): draft.discountAmount = amount.isZero ? nil : amount
    }
    guard representable(&draft, of: line) else { return nil }
    let item = item(for: line)
    draft.item = item?.code
    draft.account = account(for: line, item: item)
    if itemsCarryAccounts, let code = item?.code, newItems[code]?.account == nil {
      newItems[code]?.account = draft.account
    }
    draft.taxCode = taxCode(for: line, item: item, account: draft.account)
    draft.tracking = tracking(for: line)
    return draft
  }

  mutating func hold(_ code: HoldCode, _ message: String, _ remedy: String) {
    holds.append(Hold(subject: subject, code: code, message: message, remedy: remedy))
  }

  private func label(_ line: DealLine) -> String { "Line item “\(line.name)”" }

  private func description(of line: DealLine) -> String {
    let name = line.name.isEmpty ? line.sku ?? "" : line.name
    let more = line.description ?? ""
    let text = more.isEmpty || more == name ? name : name.isEmpty ? more : "\(name)\n\(more)"
    return String((text.isEmpty ? context.deal.name : text).prefix(4000))
  }

  private mutating func check(_ line: DealLine) -> Bool {
    var problems = line.problems
    switch (line.quantity, line.unitPrice) {
    case (nil, _?): problems.append("it has a unit price and no quantity")
    case (_?, nil): problems.append("it has a quantity and no unit price")
    case (nil, nil), (_?, _?): break
    }
    switch line.discount {
    case .percent(let percent)? where percent > .hundred:
      problems.append("its discount of \(percent.plain) % is over 100 %")
    case .percent(let percent)? where percent.isNegative:
      problems.append("its discount of \(percent.plain) % is negative")
    case .amount(let amount)? where amount.isNegative:
      problems.append("its discount of \(amount.plain) is negative")
    case .amount(let amount)?:
      let gross = try? line.quantity.flatMap { quantity in
        try line.unitPrice.map { try quantity.multiplied(by: $0) }
      }
      if let gross, !gross.isNegative, amount > gross {
        problems.append("its discount of \(amount.plain) is more than the line's \(gross.plain)")
      }
    case .percent?, nil: break
    }
    if let other = line.currency, other != currency {
      hold(
        .currencyMixed, "\(label(line)) is in \(other), the deal in \(currency).",
        "Give the line item and the deal one currency in \(context.crm).")
    }
    guard !problems.isEmpty else { return true }
    hold(
      .badLine, "\(label(line)): \(problems.joined(separator: "; ")).",
      "Correct the line item on the deal in \(context.crm).")
    return false
  }

  /// Quantities of more than four decimals, prices of more than four, percentages and discounts of
  /// more than two cannot be sent; such a line becomes one of quantity 1 and the same amount.
  private mutating func representable(_ draft: inout DraftLine, of line: DealLine) -> Bool {
    guard let quantity = draft.quantity, let price = draft.unitPrice else { return true }
    do {
      let amount = try InvoiceArithmetic.lineAmount(
        draft, currency: currency, rounding: rounding, unitPriceDecimals: 18)
      let fits =
        quantity.decimals <= 4 && price.decimals <= 4
        && (draft.discountPercent?.decimals ?? 0) <= 2
        && (draft.discountAmount?.decimals ?? 0) <= 2
      if !fits {
        let less = draft.discountPercent.map { ", less \($0.plain) %" } ?? ""
        draft.fold(into: amount, note: "\(quantity.plain) × \(price.plain)\(less)")
      }
      return true
    } catch {
      hold(
        .badLine, "\(label(line)): its amount is too large.",
        "Correct quantity and unit price in \(context.crm).")
      return false
    }
  }
}

extension DraftLine {
  /// Makes it one unit at the given amount; the description keeps how it came about.
  mutating func fold(into amount: Money, note: String) {
    quantity = .one
    unitPrice = amount.exact
    discountPercent = nil
    discountAmount = nil
    description = String("\(description) (\(note))".prefix(4000))
  }
}

extension ExactDecimal {
  /// Digits after the point that count: `12.50` has one.
  var decimals: Int {
    var digits = significand
    var places = scale
    while places > 0, digits % 10 == 0 {
      digits /= 10
      places -= 1
    }
    return places
  }
}
