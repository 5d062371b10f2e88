internal import Domain

/// The effective configuration as printable values.
struct ShownConfiguration {
  let configuration: Configuration
  static let mask = "[secret]"

  private var policy: Policy { configuration.policy }

  var top: [(String, ShownYAML)] {
    [
      ("version", .bare("1")), ("state", .text(configuration.statePath)),
      ("tokens", .text(configuration.tokensPath)),
      ("tokens_key", configuration.tokensKey == nil ? .null : .text(Self.mask)),
      ("start_date", .bare(policy.startDate.description)),
      ("timezone", .optional(policy.zone?.name)),
      ("accounting", .mapping(accounting)), ("crms", .list(configuration.crms.map(crm))),
      ("invoices", .mapping(invoices)), ("rules", .list(policy.rules.map(rule))),
      ("recurring", .mapping(recurring)), ("contacts", .mapping(contacts)),
      ("overdue", .mapping(overdue)), ("notify", .mapping(notify)),
      ("limits", .mapping(limits)), ("metrics", .mapping(metrics)),
    ]
  }

  private var accounting: [(String, ShownYAML)] {
    let settings = configuration.accounting
    let kind = configuration.vocabulary.accounting.first { $0.name == settings.kind.value }
    return [
      ("kind", .text(settings.kind.value)),
      ("organisation", .optional(settings.organisation?.value)),
    ] + connection(settings, kind)
  }

  private func connection(
    _ settings: ConnectionSettings, _ kind: ConnectorVocabulary.Kind?
  ) -> [(String, ShownYAML)] {
    let auth = settings.auth.secrets.sorted { $0.key < $1.key }.map { key, secret in
      let isOpen = ConnectorVocabulary.openAuthKeys.contains(key)
      return (key, ShownYAML.text(isOpen ? secret.reveal() : Self.mask))
    }
    let options = (kind?.options ?? []).compactMap { option in
      settings.options[option.key].map { (option.key, ShownYAML.text($0.value)) }
    }
    let urls = (kind?.urls ?? []).map { url in
      (url.key, ShownYAML.optional(settings.urls[url.key]?.value ?? url.standard))
    }
    return [("auth", .mapping([("flow", .text(settings.auth.flow.value))] + auth))]
      + options + urls
  }

  private func crm(_ settings: ConnectionSettings) -> ShownYAML {
    let kind = configuration.vocabulary.crms.first { $0.name == settings.kind.value }
    let rules = policy.crms[settings.name] ?? CRMPolicy()
    let fields = (kind?.fields ?? []).map { field in
      (field.key, ShownYAML.optional(settings.fields[field.key]?.value ?? field.standard))
    }
    let won = rules.won.map { stage -> ShownYAML in
      let pipeline = stage.pipeline.map { [("pipeline", ShownYAML.text($0.value))] } ?? []
      return .flow(.mapping(pipeline + [("stage", .text(stage.stage.value))]))
    }
    return .mapping(
      [("name", .text(settings.name.rawValue)), ("kind", .text(settings.kind.value))]
        + connection(settings, kind) + [
          ("won", won.isEmpty ? .null : .list(won)), ("fields", .mapping(fields)),
          (
            "stages",
            .flow(
              .mapping([
                ("paid", .optional(rules.paidStage?.value)),
                ("overdue", .optional(rules.overdueStage?.value)),
              ]))
          ), ("only", .flow(conditions(rules.only))),
        ])
  }

  // MARK: Rules

  private func rule(_ rule: Rule) -> ShownYAML {
    let set = rule.set
    let settings: [(String, ShownYAML?)] = [
      ("tax", set.tax.map { .text($0.value) }),
      ("account", set.account.map { .text($0.value) }),
      ("item", set.item.map { .text($0.value) }),
      ("tracking", set.tracking.map { .list($0.map(tracking)) }),
      ("line_amounts", set.lineAmounts.map { .text($0.rawValue) }),
      ("status", set.status.map { .text($0.rawValue) }),
      ("date", set.date.map { .text($0.rawValue) }), ("due", set.due.map(due)),
      ("branding_theme", set.brandingTheme.map { .text($0.value) }),
      ("number", set.number.map { .text($0.text) }),
      ("reference", set.reference.map { .text($0.text) }),
      ("hold", set.hold.map { .text($0) }),
    ]
    return .mapping([
      ("when", .flow(conditions(rule.conditions))),
      ("set", .flow(.mapping(settings.compactMap { key, value in value.map { (key, $0) } }))),
    ])
  }

  private func conditions(_ conditions: [Condition]) -> ShownYAML {
    .mapping(
      conditions.map { condition in
        let patterns = condition.patterns.map { ShownYAML.text($0.text) }
        let value = patterns.count == 1 ? patterns[0] : .list(patterns)
        return (Self.key(condition.field), value)
      })
  }

  private static func key(_ field: Condition.Field) -> String {
    switch field {
    case .crm: "crm"
    case .pipeline: "pipeline"
    case .stage: "stage"
    case .owner: "owner"
    case .country: "country"
    case .region: "region"
    case .currency: "currency"
    case .sku: "sku"
    case .product: "product"
    case .crmTax: "crm_tax"
    case .partyKind: "party_kind"
    case .deal(let name): "deal.\(name)"
    case .line(let name): "line.\(name)"
    }
  }

  private func tracking(_ rule: TrackingRule) -> ShownYAML {
    .flow(
      .mapping([
        ("category", .text(rule.category.value)), ("option", .text(rule.option.text)),
      ]))
  }

  private func due(_ rule: DueRule) -> ShownYAML {
    switch rule {
    case .contact: .text("contact")
    case .terms(.days(let days)): .flow(.mapping([("days", .number(days))]))
    case .terms(.daysAfterMonthEnd(let days)):
      .flow(.mapping([("days_after_month_end", .number(days))]))
    case .terms(.dayOfNextMonth(let day)): .flow(.mapping([("day_of_next_month", .number(day))]))
    // No key of the file says this; it only comes from a contact's own terms.
    case .terms(.dayOfMonth(let day)): .flow(.mapping([("day_of_month", .number(day))]))
    }
  }

  // MARK: Sections

  private var invoices: [(String, ShownYAML)] {
    let invoices = policy.invoices
    let schedule = invoices.schedule.map { part -> ShownYAML in
      let moment = part.daysAfterWon == 0 ? "won" : "won + \(part.daysAfterWon) days"
      return .flow(.mapping([("percent", .bare(part.percent.plain)), ("on", .text(moment))]))
    }
    return [
      ("status", .text(invoices.status.rawValue)), ("number", .optional(invoices.number?.text)),
      ("reference", .text(invoices.reference.text)), ("date", .text(invoices.date.rawValue)),
      ("due", due(invoices.due)), ("line_amounts", .text(invoices.lineAmounts.rawValue)),
      ("account", .text(invoices.account.value)),
      ("without_line_items", .text(invoices.withoutLines.rawValue)),
      ("send_email", .flag(invoices.sendEmail)),
      ("branding_theme", .optional(invoices.brandingTheme?.value)),
      ("tracking", .list(invoices.tracking.map(tracking))),
      ("amount_tolerance", .bare(invoices.amountTolerance.plain)),
      ("on_deal_changed", .text(invoices.onDealChanged.rawValue)),
      ("on_deal_reopened", .text(invoices.onDealReopened.rawValue)),
      ("possible_duplicate", .text(invoices.possibleDuplicate.rawValue)),
      ("tax", .optional(invoices.tax?.value)), ("create_items", .flag(invoices.createItems)),
      ("schedule", schedule.isEmpty ? .null : .list(schedule)),
    ]
  }

  private var recurring: [(String, ShownYAML)] {
    [
      ("mode", .text(policy.recurring.mode.rawValue)),
      ("status", .text(policy.recurring.status.rawValue)),
    ]
  }

  private var contacts: [(String, ShownYAML)] {
    let contacts = policy.contacts
    let fields = ContactPolicy.Field.allCases
    let conflict: ShownYAML =
      contacts.conflict.isEmpty
      ? .text(contacts.defaultConflict.rawValue)
      : .mapping(
        fields.compactMap { field in
          contacts.conflict[field].map { (field.rawValue, .text($0.rawValue)) }
        })
    return [
      ("create_in_accounting", .text(contacts.createInAccounting.rawValue)),
      ("create_in_crm", .text(contacts.createInCRM.rawValue)),
      (
        "fields",
        .flow(
          .list(fields.filter(contacts.fields.contains).map { ShownYAML.text($0.rawValue) }))
      ), ("conflict", conflict), ("match_before_create", .flag(contacts.matchBeforeCreate)),
    ]
  }

  private var overdue: [(String, ShownYAML)] {
    let channels = policy.overdue.notify.map { ShownYAML.text($0.rawValue) }
    return [
      ("grace_days", .number(policy.overdue.graceDays)),
      ("remind_every_days", .number(policy.overdue.remindEveryDays)),
      ("notify", .flow(.list(channels))),
    ]
  }

  private var notify: [(String, ShownYAML)] {
    let notify = configuration.notify
    let slack: ShownYAML =
      notify.slack == nil ? .null : .mapping([("webhook_url", .text(Self.mask))])
    let webhook = notify.webhook.map { webhook -> ShownYAML in
      .mapping([
        ("url", .text(webhook.url.value)),
        ("secret", webhook.secret == nil ? .null : .text(Self.mask)),
      ])
    }
    let email = notify.email.map { email -> ShownYAML in
      .mapping([
        ("from", .text(email.from.value)), ("sendmail", .text(email.sendmail)),
        ("fallback", .optional(email.fallback?.value)),
      ])
    }
    return [
      ("slack", slack), ("webhook", webhook ?? .null), ("email", email ?? .null),
      ("failed_passes", .number(notify.failedPasses)),
      ("sign_in_days", .number(notify.signInDays)),
    ]
  }

  private var limits: [(String, ShownYAML)] {
    let limits = configuration.limits
    return [
      ("max_creates_per_run", .number(limits.maxCreatesPerRun)),
      ("daily_calls", .number(limits.dailyCalls)),
      ("call_seconds", .number(limits.callSeconds)),
      ("pass_seconds", .number(limits.passSeconds)),
      ("history_days", .number(limits.historyDays)),
    ]
  }

  private var metrics: [(String, ShownYAML)] {
    [
      ("textfile", .optional(configuration.metrics.textfile)),
      ("ping_url", .optional(configuration.metrics.pingURL?.value)),
    ]
  }
}
