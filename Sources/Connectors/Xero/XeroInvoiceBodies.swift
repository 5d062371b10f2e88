internal import Domain

extension XeroBody {
  /// A new invoice.
  static func invoice(_ draft: InvoiceDraft) -> Built {
    built(draft) { contact, lines in
      [
        ("Type", .text("ACCREC")),
        ("Contact", contact),
        ("Date", .text(draft.date.description)),
        ("DueDate", .text(draft.dueDate.description)),
        ("CurrencyCode", .text(draft.currency.code)),
        ("LineAmountTypes", .text(word(draft.lineAmounts))),
        ("InvoiceNumber", draft.mark.number.map { .text(XeroText.number($0)) }),
        ("Reference", .text(XeroText.reference(draft.mark.reference))),
        ("Url", draft.mark.sourceURL.isEmpty ? nil : .text(draft.mark.sourceURL)),
        ("BrandingThemeID", draft.brandingThemeID.map { .text($0) }),
        ("Status", .text(word(draft.status))),
        ("LineItems", .array(lines)),
      ]
    }
  }

  /// New content of an invoice. A line named by its id is changed, one without is added, and one
  /// not named is deleted. The status stays away: a person may have approved it meanwhile.
  static func revision(_ revision: InvoiceRevision) -> Built {
    let draft = revision.content
    return built(draft, keeping: revision.presentLineIDs) { contact, lines in
      [
        ("InvoiceID", .text(revision.invoice.rawValue)),
        ("Type", .text("ACCREC")),
        ("Contact", contact),
        ("Date", .text(draft.date.description)),
        ("DueDate", .text(draft.dueDate.description)),
        ("CurrencyCode", .text(draft.currency.code)),
        ("LineAmountTypes", .text(word(draft.lineAmounts))),
        ("InvoiceNumber", draft.mark.number.map { .text(XeroText.number($0)) }),
        ("Reference", .text(XeroText.reference(draft.mark.reference))),
        ("Url", draft.mark.sourceURL.isEmpty ? nil : .text(draft.mark.sourceURL)),
        ("BrandingThemeID", draft.brandingThemeID.map { .text($0) }),
        ("LineItems", .array(lines)),
      ]
    }
  }

  /// A status and nothing else: lines that are not sent stay.
  static func status(_ status: InvoiceStatus, of id: ID<Invoice>) -> Built {
    .success(
      .fields([("InvoiceID", .text(id.rawValue)), ("Status", .text(word(status)))]))
  }

  /// A repeating invoice. It has no address field: the reference alone is its mark.
  static func template(_ template: TemplateDraft) -> Built {
    let draft = template.content
    let terms = XeroTerms.written(template.terms)
    let isApproved = draft.status == .authorised
    return built(draft) { contact, lines in
      [
        ("Type", .text("ACCREC")),
        ("Contact", contact),
        (
          "Schedule",
          .fields([
            ("Period", .integer(template.every)),
            ("Unit", .text(word(template.unit))),
            ("DueDate", .integer(terms.day)),
            ("DueDateType", .text(terms.type)),
            ("StartDate", .text(template.start.description)),
            ("EndDate", template.end.map { .text($0.description) }),
          ])
        ),
        ("CurrencyCode", .text(draft.currency.code)),
        ("LineAmountTypes", .text(word(draft.lineAmounts))),
        ("Reference", .text(XeroText.reference(draft.mark.reference))),
        ("BrandingThemeID", draft.brandingThemeID.map { .text($0) }),
        ("Status", .text(isApproved ? "AUTHORISED" : "DRAFT")),
        ("ApprovedForSending", .flag(isApproved && draft.sendEmail)),
        ("LineItems", .array(lines)),
      ]
    }
  }

  private static func built(
    _ draft: InvoiceDraft, keeping ids: [String] = [],
    _ members: (_ contact: OutgoingJSON, _ lines: [OutgoingJSON]) -> [(String, OutgoingJSON?)]
  ) -> Built {
    // The id alone: any other field would change the contact, and a name could make a new one.
    guard case .existing(let id) = draft.contact else {
      return .failure(
        WriteRefusal(
          code: .noCustomer, message: "the customer has no contact in Xero yet",
          remedy: "The next pass goes on once the contact exists."))
    }
    var lines: [OutgoingJSON] = []
    for (index, line) in draft.lines.enumerated() {
      do {
        lines.append(
          try element(line, of: draft, id: index < ids.count ? ids[index] : nil))
      } catch {
        return .failure(
          WriteRefusal(
            code: .badLine, message: "line \(index + 1): \(error)",
            remedy: XeroRefusals.remedy(.badLine)))
      }
    }
    return .success(.fields(members(.fields([("ContactID", .text(id.rawValue))]), lines)))
  }

  /// One line. Amounts and taxes are Xero's to compute: sending ours could only contradict it.
  private static func element(
    _ line: DraftLine, of draft: InvoiceDraft, id: String?
  ) throws(AmountError) -> OutgoingJSON {
    let description = OutgoingText.block(line.description, limit: 4000)
    var members: [(String, OutgoingJSON?)] = [
      ("LineItemID", id.map { .text($0) }),
      ("Description", description.isEmpty ? nil : .text(description)),
    ]
    guard !line.isText else { return .fields(members) }
    let price = line.unitPrice?.rounded(draft.unitPriceDecimals)
    let discount = try discount(line, price)
    members += [
      ("Quantity", line.quantity.map { .number($0.rounded(4)) }),
      ("UnitAmount", price.map { .number($0) }),
      ("DiscountRate", discount.rate.map { .number($0) }),
      ("DiscountAmount", discount.amount.map { .number($0) }),
      ("ItemCode", line.item.map { .text($0) }),
      ("AccountCode", line.account.map { .text($0) }),
      ("TaxType", draft.lineAmounts == .noTax ? nil : line.taxCode.map { .text($0) }),
      ("Tracking", line.tracking.isEmpty ? nil : .array(line.tracking.map(choice))),
    ]
    return .fields(members)
  }

  /// A rate where two decimals hold it; else the money it comes to, to the cent: Xero keeps
  /// fewer digits of a rate than one may send.
  private static func discount(
    _ line: DraftLine, _ price: ExactDecimal?
  ) throws(AmountError) -> (rate: ExactDecimal?, amount: ExactDecimal?) {
    if let amount = line.discountAmount, !amount.isZero { return (nil, amount.rounded(2)) }
    guard let rate = line.discountPercent, !rate.isZero else { return (nil, nil) }
    if rate.rounded(2) == rate { return (rate, nil) }
    let gross = try (price ?? .zero).multiplied(by: line.quantity ?? .one)
    let amount = try gross.multiplied(by: rate).divided(by: .hundred, decimals: 2)
    return (nil, amount)
  }

  private static func choice(_ tracking: TrackingChoice) -> OutgoingJSON {
    .fields([("Name", .text(tracking.category)), ("Option", .text(tracking.option))])
  }

  private static func word(_ status: InvoiceStatus) -> String { status.rawValue.uppercased() }

  private static func word(_ amounts: LineAmounts) -> String {
    switch amounts {
    case .exclusive: "Exclusive"
    case .inclusive: "Inclusive"
    case .noTax: "NoTax"
    }
  }

  private static func word(_ unit: Recurrence.Unit) -> String {
    switch unit {
    case .week: "WEEKLY"
    case .month: "MONTHLY"
    }
  }
}
