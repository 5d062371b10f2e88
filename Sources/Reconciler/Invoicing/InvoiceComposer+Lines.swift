internal import Domain

extension InvoiceComposer {
  private var deal: Deal { facts.deal }

  /// The lines billed once and those of each recurring group.
  mutating func lines(
    _ builder: inout LineBuilder, wonOn: CalendarDate
  ) throws(Held) -> ([DraftLine], [(RecurringGroup, [DraftLine])]) {
    let isRecurring = { (line: DealLine) in line.recurrence != nil && line.unitPrice != nil }
    var once = deal.lines
    var groups: [RecurringGroup] = []
    if deal.lines.contains(where: isRecurring) {
      switch policy.recurring.mode {
      case .invoiceFirstPeriod: break
      case .hold:
        throw held(
          .recurringUnsupported, "The deal has recurring line items, which are held.",
          "Set `recurring.mode`; or bill them by hand, then `xerosync ignore \(facts.subject)`.")
      case .repeatingTemplate:
        let recurring = deal.lines.filter(isRecurring)
        groups = RecurringGroup.groups(of: recurring, wonOn: wonOn)
        try check(recurring, groups)
        once = deal.lines.filter { !isRecurring($0) }
      }
    }
    var drafts = once.compactMap { builder.build($0) }
    var texts: [DraftLine] = []
    let hasPrices = once.contains { $0.unitPrice != nil || $0.quantity != nil }
    if !hasPrices, once.allSatisfy(\.problems.isEmpty) {
      if groups.isEmpty {
        if let single = try builder.build(singleLine(), isSynthetic: true) {
          drafts.append(single)
        }
      } else {
        (texts, drafts) = (drafts, [])
      }
    }
    var recurring: [(RecurringGroup, [DraftLine])] = []
    for group in groups {
      recurring.append((group, group.lines.compactMap { builder.build($0) } + texts))
      texts = []
    }
    if let discount = deal.discount, builder.holds.isEmpty {
      try spread(discount, over: &drafts, &recurring, builder)
    }
    return (drafts, recurring)
  }

  /// A percentage comes off everything; an amount can only come off what is billed once.
  private func spread(
    _ discount: Discount, over drafts: inout [DraftLine],
    _ recurring: inout [(RecurringGroup, [DraftLine])], _ builder: LineBuilder
  ) throws(Held) {
    switch discount {
    case .percent:
      for index in recurring.indices {
        recurring[index].1 = try spread(discount, over: recurring[index].1, builder)
      }
    case .amount where !recurring.isEmpty && drafts.isEmpty:
      throw held(
        .recurringUnsupported,
        "The deal has a discount of a fixed amount and nothing but recurring line items: it is "
          + "unclear which period the discount is for.",
        "Give the discount on the line items in \(facts.crm).")
    case .amount: break
    }
    if !drafts.isEmpty { drafts = try spread(discount, over: drafts, builder) }
  }

  private func check(_ recurring: [DealLine], _ groups: [RecurringGroup]) throws(Held) {
    let odd = recurring.filter { line in
      line.recurrence.map { !RecurringGroup.makesSense($0) } ?? false
    }
    let backwards = groups.filter { ($0.end ?? $0.start) < $0.start }.flatMap(\.lines)
    guard !odd.isEmpty || !backwards.isEmpty else { return }
    let names = (odd + backwards).map { "“\($0.name)”" }.joined(separator: ", ")
    throw held(
      .badLine, "The billing period of recurring line item \(names) makes no sense.",
      "Correct its billing frequency, start and term in \(facts.crm).")
  }

  /// A deal without priced lines is billed as one line of the deal's amount.
  private func singleLine() throws(Held) -> DealLine {
    guard policy.invoices.withoutLines == .singleLine else {
      throw held(
        .noLines, "The deal has no line items.", "Add line items to the deal in \(facts.crm).")
    }
    guard let amount = deal.amount else {
      throw held(
        .noAmount, "The deal has neither line items nor an amount.",
        "Fill in the deal's amount, or add line items, in \(facts.crm).")
    }
    var line = DealLine(id: "", name: deal.name)
    line.quantity = .one
    line.unitPrice = amount
    return line
  }

  private func spread(
    _ discount: Discount, over lines: [DraftLine], _ builder: LineBuilder
  ) throws(Held) -> [DraftLine] {
    do {
      return try DiscountSpread.apply(
        discount, to: lines, currency: builder.currency, rule: pass.arithmetic)
    } catch {
      let message =
        switch error {
        case .moreThanLines(let off, let total):
          "The deal's discount of \(off) is more than its line items come to (\(total))."
        case .outOfRange(let value):
          "The deal's discount of \(value.plain) is not between 0 and 100 %."
        case .tooLarge: "The deal's discount is too large."
        }
      throw held(.badLine, message, "Correct the deal's discount in \(facts.crm).")
    }
  }
}
