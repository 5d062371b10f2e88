internal import Domain

extension Builder {
  mutating func invoicePolicy() -> InvoicePolicy {
    var policy = InvoicePolicy()
    guard let section = root.section("invoices") else { return policy }
    policy.status = section.word("status", as: InvoiceStatus.self) ?? policy.status
    policy.number = section.template("number")
    policy.reference = section.template("reference") ?? policy.reference
    policy.date = section.word("date", as: InvoicePolicy.DateRule.self) ?? policy.date
    policy.due = due(section["due"]) ?? policy.due
    policy.lineAmounts = section.word("line_amounts", as: LineAmounts.self) ?? policy.lineAmounts
    policy.account = section.sourced("account") ?? policy.account
    policy.tax = section.sourced("tax")
    policy.withoutLines =
      section.word("without_line_items", as: InvoicePolicy.WithoutLines.self)
      ?? policy.withoutLines
    policy.sendEmail = section.flag("send_email") ?? policy.sendEmail
    policy.brandingTheme = section.sourced("branding_theme")
    policy.tracking = tracking(section["tracking"]) ?? policy.tracking
    policy.amountTolerance = section.decimal("amount_tolerance") ?? policy.amountTolerance
    policy.onDealChanged =
      section.word("on_deal_changed", as: InvoicePolicy.OnDealChanged.self)
      ?? policy.onDealChanged
    policy.onDealReopened =
      section.word("on_deal_reopened", as: InvoicePolicy.OnDealReopened.self)
      ?? policy.onDealReopened
    policy.possibleDuplicate =
      section.word("possible_duplicate", as: InvoicePolicy.OnPossibleDuplicate.self)
      ?? policy.possibleDuplicate
    policy.createItems = section.flag("create_items") ?? policy.createItems
    policy.schedule = schedule(section["schedule"])
    return policy
  }

  private mutating func schedule(_ item: Item?) -> [SchedulePart] {
    guard let item, let parts = item.list else { return [] }
    var schedule: [SchedulePart] = []
    var sum = ExactDecimal.zero
    for part in parts {
      guard let section = part.section, let percent = section.decimal("percent"),
        let days = section.integer("on")
      else { return [] }
      // A sum too large to hold is not 100 either.
      sum = (try? sum.adding(percent)) ?? percent
      schedule.append(SchedulePart(percent: percent, daysAfterWon: days))
    }
    if !schedule.isEmpty, sum != .hundred {
      report(
        item, "adds up to \(sum.plain) percent", "make the percents add up to 100")
    }
    return schedule
  }

  mutating func due(_ item: Item?) -> DueRule? {
    guard let item else { return nil }
    if item.text == "contact" { return .contact }
    guard let section = item.section else { return nil }
    let forms: [(String, (Int) -> PaymentTerms)] = [
      ("days", PaymentTerms.days), ("days_after_month_end", PaymentTerms.daysAfterMonthEnd),
      ("day_of_next_month", PaymentTerms.dayOfNextMonth),
    ]
    guard section.order.count <= 1, !section.isEmpty else {
      let keys = section.order.joined(separator: " and ")
      report(
        item, "holds \(keys.isEmpty ? "nothing" : keys)",
        "write one of days, days_after_month_end or day_of_next_month")
      return nil
    }
    for (key, terms) in forms {
      if let number = section.integer(key) { return .terms(terms(number)) }
    }
    return nil
  }

  func tracking(_ item: Item?) -> [TrackingRule]? {
    guard let item else { return nil }
    if let section = item.section {
      return section.order.compactMap { category in
        guard let option = section.template(category) else { return nil }
        return TrackingRule(
          category: Sourced(category, at: section[category]?.origin), option: option)
      }
    }
    return item.list?.compactMap { element in
      guard let section = element.section, let category = section.sourced("category"),
        let option = section.template("option")
      else { return nil }
      return TrackingRule(category: category, option: option)
    }
  }

  mutating func rule(_ item: Item) -> Rule? {
    guard let section = item.section, let when = section.section("when"),
      let set = section["set"], let written = set.section
    else { return nil }
    if written.isEmpty { report(set, "holds nothing", "write what the rule sets, or delete it") }
    var settings = Rule.Settings()
    settings.tax = written.sourced("tax")
    settings.account = written.sourced("account")
    settings.item = written.sourced("item")
    settings.tracking = tracking(written["tracking"])
    settings.lineAmounts = written.word("line_amounts", as: LineAmounts.self)
    settings.status = written.word("status", as: InvoiceStatus.self)
    settings.date = written.word("date", as: InvoicePolicy.DateRule.self)
    settings.due = due(written["due"])
    settings.brandingTheme = written.sourced("branding_theme")
    settings.number = written.template("number")
    settings.reference = written.template("reference")
    settings.hold = written.text("hold")
    return Rule(conditions: conditions(when), set: settings, origin: item.origin)
  }

  /// A rule for a CRM that does not exist would never match: surely a slip.
  mutating func checkRuleSystems(_ rules: [Rule], _ crms: [ConnectionSettings]) {
    let names = crms.map(\.name.rawValue)
    guard hasSoundSystems else { return }
    for item in root.list("rules") ?? [] {
      guard let crm = item.section?.section("when")?["crm"] else { continue }
      for pattern in crm.list ?? [] {
        guard let text = pattern.text, !names.contains(where: { Pattern(text).matches($0) })
        else { continue }
        let near = Nearest.word(to: text, among: names)
        report(
          pattern, "matches no CRM of this file",
          near.map { "did you mean \"\($0)\"?" }
            ?? "write one of the names under crms: \(Nearest.list(names))")
      }
    }
  }

  func recurringPolicy() -> RecurringPolicy {
    var policy = RecurringPolicy()
    guard let section = root.section("recurring") else { return policy }
    policy.mode = section.word("mode", as: RecurringPolicy.Mode.self) ?? policy.mode
    policy.status = section.word("status", as: InvoiceStatus.self) ?? policy.status
    return policy
  }

  func contactPolicy() -> ContactPolicy {
    var policy = ContactPolicy()
    guard let section = root.section("contacts") else { return policy }
    policy.createInAccounting =
      section.word("create_in_accounting", as: ContactPolicy.CreateInAccounting.self)
      ?? policy.createInAccounting
    policy.createInCRM =
      section.word("create_in_crm", as: ContactPolicy.CreateInCRM.self) ?? policy.createInCRM
    if let fields = section.list("fields") {
      policy.fields = Set(
        fields.compactMap { $0.text.flatMap(ContactPolicy.Field.init(rawValue:)) })
    }
    if let word = section.word("conflict", as: ContactPolicy.Conflict.self) {
      policy.defaultConflict = word
    } else if let map = section.section("conflict") {
      for field in ContactPolicy.Field.allCases {
        policy.conflict[field] = map.word(field.rawValue, as: ContactPolicy.Conflict.self)
      }
    }
    policy.matchBeforeCreate = section.flag("match_before_create") ?? policy.matchBeforeCreate
    return policy
  }
}
