internal import Domain

extension KeyTable {
  /// Shapes that stand in several places; the JSON Schema defines them once.
  var shared: [(name: String, shape: Shape)] {
    [
      ("conditions", conditions), ("patterns", .patterns), ("due", due),
      ("tracking", tracking), ("won_stage", .section(wonStage, others: nil)),
      ("stages", .section(stages, others: nil)),
    ]
  }

  static let invoiceStatuses = ["draft", "submitted", "authorised"]
  static let contactFields = ContactPolicy.Field.allCases.map(\.rawValue)
  static let conflicts = ["newest", "accounting", "crm", "hold"]

  var wonStage: [KeyRule] {
    [
      KeyRule("pipeline", .text(example: "default"), "Id or label; default: any pipeline."),
      KeyRule("stage", .text(example: "closedwon"), required: true, "Id or label."),
    ]
  }

  func fields(_ kind: ConnectorVocabulary.Kind) -> [KeyRule] {
    kind.fields.map {
      KeyRule(
        $0.key, .text(example: $0.standard ?? $0.key), standard: $0.standard,
        Self.aboutField($0.key))
    }
  }

  private static func aboutField(_ key: String) -> String {
    switch key {
    case "payment_terms": "The deal's field of payment terms, read."
    case "tax_number": "The company's field of its tax number, read."
    case "accounting_id": "The customer's field of its id in the accounting system, written."
    default: "The deal's field, written."
    }
  }

  var stages: [KeyRule] {
    [
      KeyRule("paid", .text(example: "Paid"), "Where a deal goes when its invoice is paid."),
      KeyRule("overdue", .text(example: "Overdue"), "Where it goes when its invoice is late."),
    ]
  }

  var conditions: Shape {
    let words = [
      ("crm", "The CRM's name."), ("pipeline", "Id or label."), ("stage", "Id or label."),
      ("owner", "Id, name or email."), ("country", "The customer's country."),
      ("region", "The customer's region."), ("currency", "The deal's currency."),
      ("sku", "The line's SKU."), ("product", "The line's product."),
      ("crm_tax", "The line's tax as the CRM names it."),
    ]
    return .section(
      words.map { KeyRule($0.0, .patterns, $0.1) } + [
        KeyRule("party_kind", partyKind, "Whether a company or a person buys.")
      ], others: Shape.Others(prefixes: ["deal.", "line."], shape: .patterns))
  }

  private var partyKind: Shape {
    let kinds = Shape.choice(["company", "person"])
    return .either([kinds, .list(kinds, atLeastOne: true)])
  }

  var rule: [KeyRule] {
    [
      KeyRule("when", conditions, required: true, "All of these must match."),
      KeyRule("set", .section(settings, others: nil), required: true, "What then applies."),
    ]
  }

  private var settings: [KeyRule] {
    [
      KeyRule("tax", .text(example: "OUTPUT2"), "Tax code of the line."),
      KeyRule("account", .text(example: "200"), "Account code of the line."),
      KeyRule("item", .text(example: "CONS-1"), "Item code of the line."),
      KeyRule("tracking", tracking, "Tracking of the line."),
      KeyRule("line_amounts", lineAmounts, "Whether line amounts contain the tax."),
      KeyRule("status", .choice(Self.invoiceStatuses), "Status of the invoice."),
      KeyRule("date", invoiceDate, "Date of the invoice."),
      KeyRule("due", due, "When the invoice falls due."),
      KeyRule("branding_theme", .text(example: "Services"), "Branding theme of the invoice."),
      KeyRule("number", .template, "Number of the invoice."),
      KeyRule("reference", .template, "Reference of the invoice."),
      KeyRule("hold", .text(example: "needs approval"), "Hold the deal, for this reason."),
    ]
  }

  private var lineAmounts: Shape { .choice(LineAmounts.allCases.map(\.rawValue)) }
  private var invoiceDate: Shape { .choice(["won_date", "run_date"]) }

  private var due: Shape {
    .either([
      .choice(["contact"]),
      .section(
        [
          KeyRule("days", .integer(0...3650, example: 30), "Days after the invoice date."),
          KeyRule(
            "days_after_month_end", .integer(0...3650, example: 30),
            "Days after the month's end."),
          KeyRule("day_of_next_month", .integer(1...31, example: 20), "A day of the next month."),
        ], others: nil),
    ])
  }

  private var tracking: Shape {
    .either([
      .list(
        .section(
          [
            KeyRule("category", .text(example: "Region"), required: true, "The category."),
            KeyRule("option", .template, required: true, "The option."),
          ], others: nil), atLeastOne: false),
      .map(.template, keyExample: "Region"),
    ])
  }

  var invoices: [KeyRule] {
    [
      KeyRule(
        "status", .choice(Self.invoiceStatuses), standard: "authorised", "Status of invoices."),
      KeyRule(
        "number", .template, "Default: the accounting system numbers."),
      KeyRule(
        "reference", .template, standard: #""{deal.name}""#, "The reference."),
      KeyRule("date", invoiceDate, standard: "won_date", "The invoice date."),
      KeyRule("due", due, standard: "{ days: 30 }", "When invoices fall due."),
      KeyRule(
        "line_amounts", lineAmounts, standard: "exclusive",
        "Whether line amounts contain the tax."),
      KeyRule(
        "account", .text(example: "200"), standard: #""200""#,
        "Account code of a line no rule decides."),
      KeyRule(
        "without_line_items", .choice(["single_line", "hold"]), standard: "single_line",
        "What becomes of a deal without lines."),
      KeyRule("send_email", .flag, standard: "false", "Have the invoice sent by email."),
      KeyRule("branding_theme", .text(example: "Services"), "Default: the organisation's own."),
      KeyRule("tracking", tracking, standard: "[]", "Tracking of every line."),
      KeyRule(
        "amount_tolerance", .decimal(example: "0.01", positive: false), standard: "0.01",
        "Allowed difference between invoice total and deal amount."),
      KeyRule(
        "on_deal_changed", .choice(["update_draft", "update_unpaid", "flag"]),
        standard: "update_unpaid", "What happens when an invoiced deal changes."),
      KeyRule(
        "on_deal_reopened", .choice(["flag", "void_unpaid"]), standard: "flag",
        "What happens when an invoiced deal is opened again."),
      KeyRule(
        "possible_duplicate", .choice(["hold", "create"]), standard: "hold",
        "What happens when somebody seems to have made the invoice by hand."),
      KeyRule(
        "tax", .text(example: "OUTPUT2"),
        "Tax code of a line no rule decides; must exist in the organisation."),
      KeyRule(
        "create_items", .flag, standard: "false",
        "Make missing products in the accounting system."),
      KeyRule(
        "schedule", .list(.section(schedulePart, others: nil), atLeastOne: false),
        "Deposits and milestones; the percents add up to 100."),
    ]
  }

  private var schedulePart: [KeyRule] {
    [
      KeyRule(
        "percent", .decimal(example: "30", positive: true), required: true,
        "The part of the total."),
      KeyRule("on", .moment, required: true, "When the part's invoice is made."),
    ]
  }

  var recurring: [KeyRule] {
    [
      KeyRule(
        "mode", .choice(["repeating_template", "invoice_first_period", "hold"]),
        standard: "repeating_template", "What becomes of recurring lines."),
      KeyRule(
        "status", .choice(Self.invoiceStatuses), standard: "authorised",
        "Status of the generated invoices."),
    ]
  }

  var contacts: [KeyRule] {
    [
      KeyRule(
        "create_in_accounting", .choice(["all", "with_won_deal", "never"]),
        standard: "with_won_deal", "Which customers are made in the accounting system."),
      KeyRule(
        "create_in_crm", .choice(["all", "customers", "never"]), standard: "customers",
        "Which contacts are made in the CRM."),
      KeyRule(
        "fields", .list(.choice(Self.contactFields), atLeastOne: false),
        standard: "[name, email, phone, address]", "What is kept the same on both sides."),
      KeyRule(
        "conflict",
        .either([
          .choice(Self.conflicts),
          .section(
            Self.contactFields.map {
              KeyRule($0, .choice(Self.conflicts), "Who wins this field.")
            }, others: nil),
        ]), standard: "newest", "Who wins when both sides changed; or a map by field."),
      KeyRule(
        "match_before_create", .flag, standard: "true",
        "Look for the same customer before making a new record."),
    ]
  }

  var overdue: [KeyRule] {
    [
      KeyRule(
        "grace_days", .integer(0...3650, example: 0), standard: "0",
        "Days before the first alert."),
      KeyRule(
        "remind_every_days", .integer(0...3650, example: 7), standard: "7",
        "Days between alerts; 0: only once."),
      KeyRule(
        "notify", .list(.choice(AlertChannel.allCases.map(\.rawValue)), atLeastOne: false),
        standard: "[crm_task]", "How owners hear of it."),
    ]
  }

  var notify: [KeyRule] {
    [
      KeyRule(
        "slack",
        .section(
          [
            KeyRule(
              "webhook_url", .secret(address: true), required: true,
              "The address of the incoming webhook.")
          ], others: nil), "Slack, through an incoming webhook."),
      KeyRule(
        "webhook",
        .section(
          [
            KeyRule("url", .address, required: true, "Where alerts are posted."),
            KeyRule(
              "secret", .secret(address: false), "Key of the HMAC-SHA256 signature."),
          ], others: nil), "An address of your own, with signed JSON."),
      KeyRule(
        "email",
        .section(
          [
            KeyRule(
              "from", .text(example: "ar@example.org"), required: true, "The sender."),
            KeyRule(
              "sendmail", .path(example: "/usr/sbin/sendmail"), standard: "/usr/sbin/sendmail",
              "The mail program."),
            KeyRule(
              "fallback", .text(example: "ar@example.org"),
              "Where alerts go whose owner cannot be reached; default: the sender."),
          ], others: nil), "Email, through the machine's mail program."),
      KeyRule(
        "failed_passes", .integer(0...1000, example: 3), standard: "3",
        "Failed passes in a row before the operator is told; 0: never."),
      KeyRule(
        "sign_in_days", .integer(0...365, example: 7), standard: "7",
        "Days before the end of a sign-in on which the operator is told; 0: never."),
    ]
  }

  var limits: [KeyRule] {
    [
      KeyRule(
        "max_creates_per_run", .integer(0...1_000_000, example: 50), standard: "50",
        "More needs --allow-large."),
      KeyRule(
        "daily_calls", .integer(1...100_000_000, example: 1000),
        "Calls a day to the accounting organisation; default: the vendor's limit, less a reserve."),
      KeyRule(
        "call_seconds", .integer(1...3600, example: 60), standard: "60",
        "When a single call ends."),
      KeyRule(
        "pass_seconds", .integer(1...86_400, example: 300), standard: "300",
        "When a pass ends."),
      KeyRule(
        "history_days", .integer(30...36_500, example: 400), standard: "400",
        "How long passes and small changes are remembered; invoices and links are for good."),
    ]
  }

  var metrics: [KeyRule] {
    [
      KeyRule(
        "textfile", .path(example: "/var/lib/node_exporter/xerosync.prom"),
        "A Prometheus text file."),
      KeyRule(
        "ping_url", .address, "Called at start, success and failure."),
    ]
  }
}
