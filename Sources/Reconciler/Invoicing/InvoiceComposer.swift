internal import Domain

/// Everything an invoice of a deal is made of, before it is divided into parts.
struct InvoiceContent {
  var currency: Currency
  var lineAmounts: LineAmounts
  var wonOn: CalendarDate
  var dateRule: InvoicePolicy.DateRule
  var terms: PaymentTerms
  var early: ParsedTerms.EarlyDiscount?
  var status: InvoiceStatus
  var brandingThemeID: String?
  var number: String?
  var reference: String
  /// The lines billed once; empty when every line recurs.
  var lines: [DraftLine]
  var totals: InvoiceTotals
  var recurring: [(group: RecurringGroup, lines: [DraftLine], totals: InvoiceTotals)]
  var newItems: [ItemDraft]
  /// Holds that stand beside the invoice without stopping it.
  var flags: [Hold]
}

/// Composes the content of one deal's invoice, or says everything that is in the way.
struct InvoiceComposer {
  var policy: Policy
  var pass: PassFacts
  var facts: DealFacts
  var context: DealContext
  var zone: Zone
  var explanation = Explanation()

  private var rules: RuleBook { RuleBook(policy.rules) }
  private var deal: Deal { facts.deal }

  init(policy: Policy, pass: PassFacts, facts: DealFacts, zone: Zone) {
    self.policy = policy
    self.pass = pass
    self.facts = facts
    self.zone = zone
    context = DealContext(facts, in: pass)
  }

  mutating func compose(contact: PartyRecord?) throws(Held) -> InvoiceContent {
    try checkRule()
    guard let wonOn = deal.wonOn?.date(in: zone) else {
      throw held(
        .wonDateMissing, "The deal is won and has no close date.",
        "Fill in the close date of the deal in \(facts.crm).")
    }
    let currency = try currency()
    let (terms, early) = try terms(contact)
    let lineAmounts =
      ruled(\.lineAmounts, "line_amounts", \.rawValue) ?? policy.invoices.lineAmounts
    let theme = try theme()
    var builder = LineBuilder(
      policy: policy.invoices, rules: rules, context: context, ledger: pass.ledger,
      subject: facts.subject, lineAmounts: lineAmounts, currency: currency,
      rounding: pass.arithmetic.rounding, itemsCarryAccounts: pass.itemsCarryAccounts)
    let (once, groups) = try lines(&builder, wonOn: wonOn)
    explanation.steps += builder.explanation.steps
    guard builder.holds.isEmpty else { throw Held(holds: builder.holds) }
    let totals = try totals(once, lineAmounts, currency)
    guard !totals.total.isNegative else {
      throw held(
        .totalNegative,
        "The deal's line items come to \(totals.total): an invoice cannot be "
          + "negative.",
        "Correct the line items in \(facts.crm); or make a credit note in \(pass.accounting), "
          + "then `xerosync ignore \(facts.subject)`.")
    }
    var recurring: [(group: RecurringGroup, lines: [DraftLine], totals: InvoiceTotals)] = []
    for (group, lines) in groups {
      recurring.append((group, lines, try self.totals(lines, lineAmounts, currency)))
    }
    return InvoiceContent(
      currency: currency, lineAmounts: lineAmounts, wonOn: wonOn,
      dateRule: ruled(\.date, "date", \.rawValue) ?? policy.invoices.date, terms: terms,
      early: early,
      status: ruled(\.status, "status of the invoice", \.rawValue)
        ?? policy.invoices.status,
      brandingThemeID: theme, number: number(), reference: reference(), lines: once,
      totals: totals, recurring: recurring,
      newItems: builder.newItems.values.sorted { $0.code < $1.code },
      flags: TotalCheck(facts: facts, tolerance: policy.invoices.amountTolerance).flags(
        once: totals, lines: once, recurring: recurring.map { ($0.group, $0.totals) },
        lineAmounts: lineAmounts))
  }

  /// What a rule sets for the invoice, noted with the rule's place; nil where none does.
  mutating func ruled<Value>(
    _ attribute: KeyPath<Rule.Settings, Value?>, _ topic: String, _ words: (Value) -> String
  ) -> Value? {
    guard let found = rules.value(attribute, in: context) else { return nil }
    explanation.note(topic, words(found.value), found.origin)
    return found.value
  }

  func held(_ code: HoldCode, _ message: String, _ remedy: String) -> Held {
    Held(holds: [Hold(subject: facts.subject, code: code, message: message, remedy: remedy)])
  }

  private mutating func checkRule() throws(Held) {
    guard let hold = rules.value(\.hold, in: context) else { return }
    explanation.note("rule", "held: \(hold.value)", hold.origin)
    throw held(
      .heldByRule, "A rule holds this deal: \(hold.value).",
      "Change the deal so that the rule no longer matches, or change the rule"
        + (hold.origin.map { " (\($0))." } ?? "."))
  }

  private mutating func currency() throws(Held) -> Currency {
    let home = pass.catalogues[facts.crm]?.homeCurrency
    guard let currency = deal.currency ?? home else {
      throw held(
        .currencyMissing, "The deal has no currency.",
        "Set the deal's currency in \(facts.crm).")
    }
    let organisation = pass.ledger.organisation
    let enabled = pass.ledger.currencies + [organisation.baseCurrency]
    guard enabled.contains(currency) else {
      let list = Set(enabled).sorted().map(\.code).joined(separator: ", ")
      throw held(
        .currencyNotEnabled,
        "The deal is in \(currency), which \(organisation.name) does not use (it uses \(list)).",
        "Add \(currency) to the organisation's currencies, then \(Remedy.retry(facts.subject)); "
          + "or change the deal's currency.")
    }
    explanation.note("currency", "\(currency)")
    return currency
  }

  private mutating func terms(
    _ contact: PartyRecord?
  ) throws(Held) -> (PaymentTerms, ParsedTerms.EarlyDiscount?) {
    let text = (deal.paymentTerms ?? "").split(whereSeparator: \.isWhitespace)
      .joined(separator: " ")
    if !text.isEmpty {
      guard let parsed = PaymentTermsText.parse(text) else {
        throw held(
          .termsUnknown, "The deal's payment terms “\(text.prefix(80))” are not understood.",
          "Write them like \(PaymentTermsText.examples), or a number of days.")
      }
      explanation.note("terms", "“\(text)” on the deal")
      return (parsed.terms, parsed.early)
    }
    let ruled = rules.value(\.due, in: context)
    switch ruled?.value ?? policy.invoices.due {
    case .terms(let terms):
      explanation.note("terms", "\(terms)", ruled?.origin)
      return (terms, nil)
    case .contact:
      explanation.note("terms", contact?.terms == nil ? "30 days" : "the contact's own")
      return (contact?.terms ?? .days(30), nil)
    }
  }

  private mutating func theme() throws(Held) -> String? {
    let ruled = ruled(\.brandingTheme, "branding_theme", \.value)
    guard let wanted = ruled ?? policy.invoices.brandingTheme else { return nil }
    if let theme = pass.ledger.theme(wanted.value) { return theme.id }
    throw held(
      .themeUnknown, "There is no branding theme “\(wanted.value)”.",
      "Choose one of: \(pass.ledger.brandingThemes.map(\.name).sorted().joined(separator: ", ")); "
        + "or add it in \(pass.accounting), then \(Remedy.retry(facts.subject)).")
  }

  private func totals(
    _ lines: [DraftLine], _ lineAmounts: LineAmounts, _ currency: Currency
  ) throws(Held) -> InvoiceTotals {
    do {
      return try InvoiceArithmetic.totals(
        lines, lineAmounts: lineAmounts, taxRates: pass.ledger.taxRates, currency: currency,
        rule: pass.arithmetic)
    } catch {
      throw held(
        .badLine, "The deal's line items cannot be added up: the amounts are too large.",
        "Correct the line items in \(facts.crm).")
    }
  }
}
