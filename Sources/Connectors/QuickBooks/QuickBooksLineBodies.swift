internal import Domain

extension QuickBooksInvoiceWriter {
  /// One line. `number` counts from 1, for messages.
  func line(
    _ line: DraftLine, number: Int, of draft: InvoiceDraft, id: String?
  ) throws(WriteRefusal) -> OutgoingJSON {
    if line.isText {
      return .fields([
        ("Id", id.map { .text($0) }), ("DetailType", .text("DescriptionOnly")),
        ("Description", .text(OutgoingText.block(line.description, limit: 4000))),
        ("DescriptionLineDetail", .object([])),
      ])
    }
    let item = try item(of: line, number)
    let figures: QuickBooksFigures
    do {
      figures = try QuickBooksFigures(line, priceDecimals: draft.unitPriceDecimals)
    } catch {
      throw QuickBooksRefusals.refusal(.badLine, "line \(number): \(error)")
    }
    let net = try net(figures.amount, line, draft, number)
    let description = OutgoingText.block(line.description + figures.note, limit: 4000)
    let className = line.tracking.first { $0.category == QuickBooksConnector.classCategory }
    let classID = className.flatMap { choice in
      lists.classes.first { $0.name == choice.option }?.id
    }
    let isInclusive = draft.lineAmounts == .inclusive
    let detail: [(String, OutgoingJSON?)] = [
      ("ItemRef", QuickBooksBody.reference(item.id)),
      // With the tax inside, a price beside a net amount would contradict it.
      ("Qty", isInclusive ? nil : .number(figures.quantity)),
      ("UnitPrice", isInclusive ? nil : .number(figures.unitPrice)),
      ("TaxCodeRef", taxCode(line, draft).map(QuickBooksBody.reference)),
      ("TaxInclusiveAmt", isInclusive ? .number(figures.amount) : nil),
      ("ClassRef", classID.map(QuickBooksBody.reference)),
    ]
    return .fields([
      ("Id", id.map { .text($0) }), ("DetailType", .text("SalesItemLineDetail")),
      ("Amount", .number(net)),
      ("Description", description.isEmpty ? nil : .text(description)),
      ("SalesItemLineDetail", .fields(detail)),
    ])
  }

  /// Every line of money needs an item: the line's own, else the one that stands for its account.
  private func item(
    of line: DraftLine, _ number: Int
  ) throws(WriteRefusal) -> QuickBooksItem {
    if let code = line.item {
      if let item = lists.item(code) { return item }
      throw QuickBooksRefusals.refusal(
        .itemUnknown, "line \(number): QuickBooks has no active product or service “\(code)”")
    }
    let account = line.account ?? ""
    if let item = lists.item(forAccount: account, preferring: defaultItem) { return item }
    throw QuickBooksRefusals.refusal(
      .itemUnknown,
      "line \(number): every line needs a product or service, and none stands for account"
        + " “\(account)”")
  }

  private func taxCode(_ line: DraftLine, _ draft: InvoiceDraft) -> String? {
    if lists.isUnitedStates {
      let isFree = draft.lineAmounts == .noTax || line.taxCode == nil || line.taxCode == "NON"
      return isFree ? "NON" : "TAX"
    }
    return draft.lineAmounts == .noTax ? nil : line.taxCode
  }

  /// The amount without tax.
  private func net(
    _ amount: ExactDecimal, _ line: DraftLine, _ draft: InvoiceDraft, _ number: Int
  ) throws(WriteRefusal) -> ExactDecimal {
    guard draft.lineAmounts == .inclusive, let code = line.taxCode,
      let percent = lists.taxPercents[code]
    else { return amount }
    do {
      return try amount.multiplied(by: .hundred)
        .divided(by: ExactDecimal.hundred.adding(percent), decimals: 2)
    } catch {
      throw QuickBooksRefusals.refusal(.badLine, "line \(number): \(error)")
    }
  }
}

/// Quantity, price and amount of a line. QuickBooks has no discount on a line, and the amount
/// must be quantity × price: so a discount is folded into the price, and told in words.
struct QuickBooksFigures: Hashable, Sendable {
  var quantity: ExactDecimal
  var unitPrice: ExactDecimal
  var amount: ExactDecimal
  /// To be added to the description; empty without a discount.
  var note: String

  init(_ line: DraftLine, priceDecimals: Int) throws(AmountError) {
    let price = (line.unitPrice ?? .zero).rounded(priceDecimals)
    let count = (line.quantity ?? .one).rounded(4)
    let gross = try count.multiplied(by: price)
    var net = gross
    var words = ""
    if let percent = line.discountPercent, !percent.isZero {
      let rest = try ExactDecimal.hundred.subtracting(percent)
      net = try gross.multiplied(by: rest).multiplied(by: ExactDecimal(significand: 1, scale: 2))
      words = "less \(percent.plain) %"
    } else if let off = line.discountAmount, !off.isZero {
      net = try gross.subtracting(off)
      words = "less \(off.fixed(decimals: 2))"
    }
    amount = net.rounded(2)
    quantity = count
    unitPrice = price
    note = ""
    guard !words.isEmpty else { return }
    note = "\n\(count.plain) × \(price.plain), \(words)"
    // Five decimals are what QuickBooks keeps of a price.
    if !count.isZero {
      let folded = try amount.divided(by: count, decimals: 5)
      if try folded.multiplied(by: count).rounded(2) == amount {
        unitPrice = folded
        return
      }
    }
    quantity = .one
    unitPrice = amount
  }
}
