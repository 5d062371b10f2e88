internal import Domain

/// Makes typed settings of a checked file and reports what no single key can show.
struct Builder {
  let root: Section
  let vocabulary: ConnectorVocabulary
  var problems: [ConfigurationProblem] = []

  init(root: Section, vocabulary: ConnectorVocabulary) {
    self.root = root
    self.vocabulary = vocabulary
  }

  mutating func report(_ item: Item, _ message: String, _ remedy: String) {
    problems.append(
      ConfigurationProblem(
        origin: item.origin, path: item.path, message: "\(item.path) \(message)",
        remedy: remedy))
  }

  /// Nil when a key without which nothing can be built was wrong; that is reported already.
  mutating func configuration(path: String, directory: String) -> Configuration? {
    let limits = runLimits()
    let notify = notifySettings()
    let overdue = overduePolicy(notify)
    let systems = connections(limits)
    let invoices = invoicePolicy()
    let rules = (root.list("rules") ?? []).compactMap { rule($0) }
    checkRuleSystems(rules, systems.crms)
    guard case .date(let startDate)? = root["start_date"]?.value,
      var accounting = systems.accounting, !systems.crms.isEmpty
    else { return nil }
    var policy = Policy(startDate: startDate)
    if case .zone(let zone)? = root["timezone"]?.value { policy.zone = zone }
    policy.crms = Dictionary(
      zip(systems.crms.map(\.name), systems.policies), uniquingKeysWith: { first, _ in first })
    policy.invoices = invoices
    policy.rules = rules
    policy.recurring = recurringPolicy()
    policy.contacts = contactPolicy()
    policy.overdue = overdue
    policy.brakes.maxCreatesPerRun = limits.maxCreatesPerRun
    accounting.limits.dailyCalls = limits.dailyCalls
    accounting.options["timezone"] = root["timezone"].flatMap { item in
      policy.zone.map { Sourced($0.name, at: item.origin) }
    }
    let statePath =
      root.text("state") ?? Paths.absolute("state/xerosync.sqlite", from: directory)
    var crms = systems.crms
    ExtraFields(policy).add(to: &crms)
    var configuration = Configuration(
      policy: policy, accounting: accounting, crms: crms, statePath: statePath,
      tokensPath: root.text("tokens")
        ?? Paths.absolute("tokens.json", from: Paths.directory(of: statePath)),
      notify: notify, limits: limits, metrics: metrics(), path: path, vocabulary: vocabulary)
    configuration.tokensKey = root.secret("tokens_key")
    return configuration
  }

  private func runLimits() -> RunLimits {
    var limits = RunLimits()
    guard let section = root.section("limits") else { return limits }
    limits.maxCreatesPerRun = section.integer("max_creates_per_run") ?? limits.maxCreatesPerRun
    limits.dailyCalls = section.integer("daily_calls")
    limits.callSeconds = section.integer("call_seconds") ?? limits.callSeconds
    limits.passSeconds = section.integer("pass_seconds") ?? limits.passSeconds
    limits.historyDays = section.integer("history_days") ?? limits.historyDays
    return limits
  }

  private func metrics() -> MetricsSettings {
    var metrics = MetricsSettings()
    metrics.textfile = root.section("metrics")?.text("textfile")
    metrics.pingURL = root.section("metrics")?.sourced("ping_url")
    return metrics
  }

  private mutating func notifySettings() -> NotifySettings {
    var notify = NotifySettings()
    guard let section = root.section("notify") else { return notify }
    notify.slack = section.section("slack")?.secret("webhook_url")
      .map { NotifySettings.Slack(webhookURL: $0) }
    if let webhook = section.section("webhook"), let url = webhook.sourced("url") {
      notify.webhook = NotifySettings.Webhook(url: url, secret: webhook.secret("secret"))
    }
    if let email = section.section("email"), let from = email.sourced("from") {
      notify.email = NotifySettings.Email(
        from: from, sendmail: email.text("sendmail") ?? "/usr/sbin/sendmail",
        fallback: email.sourced("fallback"))
      checkAddress(email["from"])
      checkAddress(email["fallback"])
    }
    notify.failedPasses = section.integer("failed_passes") ?? notify.failedPasses
    notify.signInDays = section.integer("sign_in_days") ?? notify.signInDays
    return notify
  }

  /// One plain address, with or without a name before it.
  private mutating func checkAddress(_ item: Item?) {
    guard let item, let text = item.text, MailAddress(text) == nil else { return }
    report(
      item, "is not one email address",
      "write for example ar@example.org or \"Accounts <ar@example.org>\"")
  }

  private mutating func overduePolicy(_ notify: NotifySettings) -> OverduePolicy {
    var overdue = OverduePolicy()
    overdue.hasFallback = notify.email?.fallback != nil
    guard let section = root.section("overdue") else { return overdue }
    overdue.graceDays = section.integer("grace_days") ?? overdue.graceDays
    overdue.remindEveryDays = section.integer("remind_every_days") ?? overdue.remindEveryDays
    guard let items = section.list("notify") else { return overdue }
    overdue.notify = []
    for item in items {
      guard let channel = item.text.flatMap(AlertChannel.init(rawValue:)) else { continue }
      overdue.notify.append(channel)
      checkChannel(channel, item)
    }
    return overdue
  }

  /// A channel needs its settings under `notify`.
  private mutating func checkChannel(_ channel: AlertChannel, _ item: Item) {
    let section = root.section("notify")
    let (key, needed): (String, String?) =
      switch channel {
      case .crmTask: ("", nil)
      case .slack: ("slack", "webhook_url")
      case .webhook: ("webhook", "url")
      case .email: ("email", "from")
      }
    guard let needed, section?[key] == nil else { return }
    // A section that was written but is wrong is reported where it stands.
    guard !writtenNotify.contains(key) else { return }
    report(
      item, "names \(key), but notify.\(key) is not set", "set notify.\(key).\(needed)")
  }

  /// Channels that the file mentions under `notify`, right or wrong.
  var writtenNotify: Set<String> = []
  /// False when some CRM was wrong: then its name may be missing here.
  var hasSoundSystems = true
}
