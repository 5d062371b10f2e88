internal import Domain

/// Every key of `xerosync.yaml`: the one list that reading and the JSON Schema share.
struct KeyTable: Sendable {
  let vocabulary: ConnectorVocabulary

  /// Top-level keys that start so are left alone: a place for anchors.
  static let freePrefix = "x-"

  var top: [KeyRule] {
    [
      KeyRule(
        "version", .integer(1...1, example: 1), required: true, "The version of this format: 1."),
      KeyRule(
        "state", .path(example: "./state/xerosync.sqlite"), standard: "./state/xerosync.sqlite",
        "The snapshot, relative to this file."),
      KeyRule(
        "tokens", .path(example: "./state/tokens.json"),
        "The file of refreshed tokens, relative to this file; default: beside the snapshot."),
      KeyRule(
        "tokens_key", .secret(address: false),
        "Encrypts the file of refreshed tokens; default: it is not encrypted."),
      KeyRule("start_date", .date, required: true, "Deals won earlier are never invoiced."),
      KeyRule(
        "timezone", .zone,
        "Decides won dates, due dates and overdue; default: the organisation's own zone."),
      KeyRule("accounting", accounting, required: true, "The accounting system."),
      KeyRule(
        "crms", .list(crm, atLeastOne: true), required: true, "The CRMs, one or more."),
      KeyRule("invoices", .section(invoices, others: nil), "How won deals become invoices."),
      KeyRule(
        "rules", .list(.section(rule, others: nil), atLeastOne: false), standard: "[]",
        "Read top to bottom; for each attribute the first matching rule that sets it decides."),
      KeyRule("recurring", .section(recurring, others: nil), "What becomes of recurring lines."),
      KeyRule("contacts", .section(contacts, others: nil), "Which contacts are made where."),
      KeyRule("overdue", .section(overdue, others: nil), "Who hears of overdue invoices, when."),
      KeyRule("notify", .section(notify, others: nil), "How alerts are delivered."),
      KeyRule("limits", .section(limits, others: nil), "The numbers that bound a pass."),
      KeyRule("metrics", .section(metrics, others: nil), "How a pass is watched from outside."),
    ]
  }

  private var accounting: Shape {
    .variant(
      on: "kind",
      vocabulary.accounting.map { kind in
        Shape.Variant(
          name: kind.name,
          keys: [
            kindRule(vocabulary.accounting),
            KeyRule(
              "organisation", .text(example: "Demo Company (NZ)"),
              "Name or id; may be left out if the sign-in reaches exactly one."),
          ] + connection(kind))
      })
  }

  private var crm: Shape {
    .variant(
      on: "kind",
      vocabulary.crms.map { kind in
        Shape.Variant(name: kind.name, keys: crmKeys(kind))
      })
  }

  private func crmKeys(_ kind: ConnectorVocabulary.Kind) -> [KeyRule] {
    [
      KeyRule(
        "name", .systemName, required: true,
        "Unique; the first part of every subject; never change it later."),
      kindRule(vocabulary.crms),
    ] + connection(kind) + [
      KeyRule(
        "won", .list(.section(wonStage, others: nil), atLeastOne: false),
        "The stages that count as won; default: the CRM's own notion."),
      KeyRule("fields", .section(fields(kind), others: nil), "CRM field names."),
      KeyRule(
        "stages", .section(stages, others: nil), "Stages a deal is moved to; default: none."),
      KeyRule(
        "only", conditions, standard: "{}",
        "The deals this configuration is about; default: all."),
    ]
  }

  private func kindRule(_ kinds: [ConnectorVocabulary.Kind]) -> KeyRule {
    KeyRule("kind", .choice(kinds.map(\.name)), required: true, "Which kind of system it is.")
  }

  private func connection(_ kind: ConnectorVocabulary.Kind) -> [KeyRule] {
    let auth = Shape.variant(
      on: "flow",
      kind.flows.map { flow in
        Shape.Variant(name: flow.name, keys: Self.auth(flow, of: kind))
      })
    let urls = kind.urls.map {
      KeyRule($0.key, .address, standard: $0.standard, Self.aboutURL($0.key))
    }
    let options = kind.options.map { option in
      KeyRule(
        option.key, Self.shape(option.form), required: option.isRequired, option.about)
    }
    return [KeyRule("auth", auth, required: true, "The sign-in.")] + options + urls
  }

  private static func auth(
    _ flow: ConnectorVocabulary.Flow, of kind: ConnectorVocabulary.Kind
  ) -> [KeyRule] {
    let choice = KeyRule(
      "flow", .choice(kind.flows.map(\.name)), required: true, "How the sign-in works.")
    func rule(_ key: String, required: Bool) -> KeyRule {
      let shape: Shape =
        switch key {
        case "redirect_uri": .address
        case let key where ConnectorVocabulary.openAuthKeys.contains(key): .text(example: key)
        default: .secret(address: false)
        }
      return KeyRule(key, shape, required: required, aboutAuth(key))
    }
    let named =
      flow.required.map { rule($0, required: true) }
      + flow.optional.map { rule($0, required: false) }
    let rest = flow.takesOtherKeys ? [KeyRule("*", .secret(address: false), "A secret.")] : []
    return [choice] + named + rest
  }

  private static func shape(_ form: ConnectorVocabulary.Option.Form) -> Shape {
    switch form {
    case .text(let example): .text(example: example)
    case .choice(let words): .choice(words)
    case .path: .path(example: "./connector.yaml")
    }
  }

  private static func aboutURL(_ key: String) -> String {
    switch key {
    case "api_url": "The API's base address; for a proxy or the sandbox."
    case "identity_url": "Where tokens are fetched."
    case "login_url": "Where people sign in."
    default: "A base address."
    }
  }

  private static func aboutAuth(_ key: String) -> String {
    switch key {
    case "client_id": "The application's id."
    case "client_secret": "The application's secret; left out where allowed: a public client."
    case "access_token": "A token that does not lapse."
    case "refresh_token": "The token that fetches access tokens."
    case "redirect_uri": "Where the sign-in returns to; default http://localhost:8484/callback."
    case "scopes": "The scopes asked for, apart by spaces; default: what is needed."
    case "username": "The user to act for."
    case "password": "The user's password."
    case "private_key": "The private key in PEM form."
    case "audience": "The audience of the signed request."
    default: "A part of the sign-in."
    }
  }
}
