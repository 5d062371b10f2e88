package import Domain

/// The commented file that `xerosync init` writes.
package enum StartingConfiguration {
  /// A kind of system that no starting file is known for.
  package struct UnknownKind: Error, Hashable, Sendable {
    package var kind: String
    /// The kinds that can stand in its place.
    package var known: [String]

    package init(kind: String, known: [String]) {
      self.kind = kind
      self.known = known
    }
  }

  /// A file that loads as soon as its environment variables are set. Without `crms` it is HubSpot.
  package static func text(
    crms: [String], accounting: String, startDate: CalendarDate
  ) throws(UnknownKind) -> String {
    let vocabulary = ConnectorVocabulary.documented
    let ledger = try system(accounting, among: vocabulary.accounting)
    var blocks: [String] = []
    var names: [String: Int] = [:]
    for kind in crms.isEmpty ? ["hubspot"] : crms {
      let system = try system(kind, among: vocabulary.crms)
      names[kind, default: 0] += 1
      let count = names[kind] ?? 1
      blocks.append(crm(system, name: count == 1 ? kind : "\(kind)-\(count)"))
    }
    return head(startDate) + "\n" + accountingBlock(ledger) + "\ncrms:\n"
      + blocks.joined(separator: "\n") + "\n" + tail(ledger.invoices)
  }

  /// The environment variables that the file of these kinds takes, in its order.
  package static func environmentVariables(
    crms: [String], accounting: String
  ) -> [String] {
    var seen: Set<String> = []
    return ([accounting] + (crms.isEmpty ? ["hubspot"] : crms))
      .flatMap { StartingSystem.of($0)?.variables ?? [] }
      .filter { seen.insert($0).inserted }
  }

  private static func system(
    _ kind: String, among kinds: [ConnectorVocabulary.Kind]
  ) throws(UnknownKind) -> StartingSystem {
    guard kinds.contains(where: { $0.name == kind }), let system = StartingSystem.of(kind) else {
      throw UnknownKind(kind: kind, known: kinds.map(\.name))
    }
    return system
  }

  private static func head(_ startDate: CalendarDate) -> String {
    """
    # Configuration of xerosync. Check it: xerosync config check. Every key and its default:
    # xerosync config show. ${NAME} takes an environment variable; a secret may also be
    # { file: PATH } or { command: [PROGRAM, ARGUMENT] }.
    version: 1
    state: ./state/xerosync.sqlite      # relative to this file
    start_date: \(startDate)              # deals won earlier are never invoiced
    # timezone: Pacific/Auckland        # default: the organisation's own

    """
  }

  private static func accountingBlock(_ system: StartingSystem) -> String {
    let lines =
      ["accounting:", "  kind: \(system.kind)"]
      + ["  # organisation: Demo Company      # needed when the sign-in reaches several"]
      + signIn(system, indent: "  ") + system.options.map { "  " + $0 }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func crm(_ system: StartingSystem, name: String) -> String {
    let url = system.address.map {
      [padded("    api_url: \($0)") + "# such as https://acme.my.salesforce.com"]
    }
    let lines =
      [
        padded("  - name: \(name)") + "# part of every subject; never change it later",
        "    kind: \(system.kind)",
      ] + signIn(system, indent: "    ") + (url ?? []) + system.options.map { "    " + $0 } + [
        "    # won: [{ pipeline: Sales, stage: Won }]   # default: the CRM's own notion of won",
        "    # stages: { paid: Paid, overdue: Late }    # optionally move the deal",
        "    # only: { pipeline: Sales }                # default: all deals",
      ]
    return lines.joined(separator: "\n") + "\n"
  }

  /// Filled up to the column where comments begin.
  private static func padded(_ text: String) -> String {
    text + String(repeating: " ", count: max(1, 36 - text.count))
  }

  private static func signIn(_ system: StartingSystem, indent: String) -> [String] {
    system.advice.map { "\(indent)# \($0)" }
      + ["\(indent)auth:", "\(indent)  flow: \(system.flow)"]
      + system.auth.map { "\(indent)  \($0.key): \($0.value)" }
  }

  private static func tail(_ invoices: StartingInvoices) -> String {
    """
    invoices:
      \(invoices.status)
      reference: "{deal.name}"
      date: won_date                    # won_date | run_date
      due: { days: 30 }                 # or days_after_month_end, day_of_next_month, contact
      line_amounts: exclusive           # exclusive | inclusive | no_tax
      \(invoices.account)
      \(invoices.tax)
      # branding_theme: Services
      # schedule: [{ percent: 30, on: won }, { percent: 70, on: "won + 30 days" }]

    # Read top to bottom; for each attribute the first matching rule that sets it decides.
    rules: []
      # - { when: { country: AU },   set: { tax: EXEMPTEXPORT } }
      # - { when: { sku: "CONS-*" }, set: { account: "260" } }

    contacts:
      create_in_accounting: with_won_deal   # all | with_won_deal | never
      create_in_crm: customers              # all | customers | never
      conflict: newest                      # newest | accounting | crm | hold

    overdue:
      grace_days: 0
      remind_every_days: 7
      notify: [crm_task]                # crm_task | slack | webhook | email

    # notify:
    #   slack: { webhook_url: "${SLACK_WEBHOOK}" }
    #   email: { from: ar@example.org }

    limits:
      max_creates_per_run: 50           # more needs --allow-large

    """
  }
}

/// The configuration that points at the embedded sandbox.
package enum SandboxConfiguration {
  /// A complete file without any environment variable. `systems` are kinds, for example `xero`
  /// and `hubspot`; without a CRM or an accounting system it takes these two.
  package static func text(
    port: Int, startDate: CalendarDate, systems: [String] = ["xero", "hubspot"]
  ) -> String {
    let vocabulary = ConnectorVocabulary.documented
    let ledgers = vocabulary.accounting.filter { systems.contains($0.name) }
    let crms = vocabulary.crms.filter { systems.contains($0.name) }
    let ledger = ledgers.first ?? vocabulary.accounting.first { $0.name == "xero" }
    let chosen = crms.isEmpty ? vocabulary.crms.filter { $0.name == "hubspot" } : crms
    var lines = [
      "# Points at the sandbox on this machine; nothing here reaches the internet.",
      "version: 1", "state: ./state/xerosync.sqlite", "start_date: \(startDate)", "",
      "accounting:",
    ]
    if ledger?.name == "quickbooks" {
      lines += [
        "  # Sign in once: xerosync --config THIS auth login quickbooks, or without a browser",
        "  # echo '{\"refresh_token\":\"sandbox-refresh-token\",\"account\":\"9130354000000001\"}' \\",
        "  #   | xerosync --config THIS auth import quickbooks",
      ]
    }
    if let ledger {
      lines += ["  kind: \(ledger.name)"] + connection(ledger, port: port, indent: "  ")
    }
    lines += ["", "crms:"]
    for crm in chosen {
      lines += ["  - name: \(crm.name)", "    kind: \(crm.name)"]
      lines +=
        crm.name == "rest" ? described(port) : connection(crm, port: port, indent: "    ")
    }
    lines += ["", "invoices:", "  tax: \(ledger?.name == "quickbooks" ? "GST" : "OUTPUT2")"]
    return lines.joined(separator: "\n") + "\n"
  }

  /// The CRM of the starting description, which must stand beside the file.
  private static func described(_ port: Int) -> [String] {
    [
      "    auth: { flow: token, access_token: sandbox-token }",
      "    description: ./\(StartingDescription.fileName)",
      "    api_url: http://localhost:\(port)/kahu/v1",
    ]
  }

  private static func connection(
    _ kind: ConnectorVocabulary.Kind, port: Int, indent: String
  ) -> [String] {
    // The sandbox signs in without a person wherever the vendor has such a flow.
    let flow =
      kind.flows.first { $0.name == "client_credentials" } ?? kind.flows.first
      ?? ConnectorVocabulary.Flow("token", required: ["access_token"])
    let auth = flow.required.map { "\($0): \(credential($0))" }
    return ["\(indent)auth: { flow: \(flow.name), \(auth.joined(separator: ", ")) }"]
      + kind.urls.map { "\(indent)\($0.key): http://localhost:\(port)" }
  }

  private static func credential(_ key: String) -> String {
    switch key {
    case "client_id": "sandbox-client"
    case "client_secret": "sandbox-secret"
    case "refresh_token": "sandbox-refresh-token"
    default: "sandbox-token"
    }
  }
}
