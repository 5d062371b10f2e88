package import Foundation

/// What a person does in the vendor's own screens, or a tester to the simulation itself.
enum XeroVerb: String, CaseIterable, Sendable {
  case pay, unpay, void, delete, approve, credit, overpay, lock, limits, plan, credentials, grant
  case revoke, behaviour, bulk
  case editInvoice = "edit_invoice"
  case createInvoice = "create_invoice"
  case createContact = "create_contact"
  case editContact = "edit_contact"
  case archiveContact = "archive_contact"
  case restoreContact = "restore_contact"
  case mergeContacts = "merge_contacts"
  case disconnectTenant = "disconnect_tenant"
  case reconnect = "reconnect"
  case addAccount = "add_account"
  case archiveAccount = "archive_account"
  case restoreAccount = "restore_account"
  case addCurrency = "add_currency"
  case addTaxRate = "add_tax_rate"
  case retireTaxRate = "retire_tax_rate"
  case addItem = "add_item"
  case generateRepeating = "generate_repeating"
  case expireTokens = "expire_tokens"

  /// The members of the body; one that ends in `?` may be left out.
  var members: [String] {
    switch self {
    case .pay: ["invoice", "amount?", "date?", "reference?", "account?"]
    case .unpay: ["invoice?", "payment?"]
    case .void, .delete, .approve: ["invoice"]
    case .credit: ["invoice", "amount?"]
    case .overpay: ["invoice", "amount"]
    case .lock: ["period?", "year?"]
    case .limits: ["minute?", "day?", "app_minute?"]
    case .plan: ["plan?", "approvals_left?"]
    case .credentials: ["client_id", "client_secret"]
    case .grant: ["client_id?", "scope?"]
    case .revoke, .disconnectTenant, .expireTokens: []
    case .behaviour: ["granular_only?", "reuse_revokes?", "keep_valid_of_failed_batch?"]
    case .bulk: ["contacts?", "invoices?"]
    case .editInvoice, .editContact: ["\(self == .editInvoice ? "invoice" : "contact")", "set"]
    case .createInvoice, .createContact: ["fields"]
    case .archiveContact, .restoreContact: ["contact"]
    case .mergeContacts: ["from", "to"]
    case .reconnect: ["new_tenant_id?"]
    case .addAccount: ["code", "name?", "type?", "class?", "tax_type?", "payments?"]
    case .archiveAccount, .restoreAccount: ["code"]
    case .addCurrency: ["code", "rate?"]
    case .addTaxRate: ["type", "name?", "rate", "revenue?", "expenses?"]
    case .retireTaxRate: ["type"]
    case .addItem: ["code", "price?", "account?", "description?", "tax_type?"]
    case .generateRepeating: ["until"]
    }
  }
}

/// Why a control request was not carried out.
struct XeroControlError: Error, Sendable {
  var message: String
  init(_ message: String) { self.message = message }
}

/// The body of a control request, read strictly.
struct XeroControlBody: Sendable {
  let object: JSONValue.Object

  init(_ data: Data, _ verb: XeroVerb) throws(XeroControlError) {
    let members = verb.members + ["tenant?"]
    let expected =
      "\(verb.rawValue) expects a JSON object with: "
      + members.joined(separator: ", ") + " (? may be left out)"
    guard let object = (try? JSONValue.parse(data))?.object else {
      throw XeroControlError(expected)
    }
    let known = Set(members.map { $0.replacing("?", with: "") })
    if let unknown = object.keys.first(where: { !known.contains($0) }) {
      throw XeroControlError("unknown member \"\(unknown)\"; \(expected)")
    }
    for member in members where !member.hasSuffix("?") && object[member] == nil {
      throw XeroControlError("missing member \"\(member)\"; \(expected)")
    }
    self.object = object
  }

  func text(_ key: String) -> String? { object[key]?.string ?? object[key]?.digits }
  func int(_ key: String) -> Int? { object[key]?.int }
  func bool(_ key: String) -> Bool? { object[key]?.bool }

  func money(_ key: String) throws(XeroControlError) -> ExactDecimal? {
    guard let value = object[key], !value.isNull else { return nil }
    guard let money = value.decimal else {
      throw XeroControlError("\"\(key)\" must be a number")
    }
    return money
  }

  func date(_ key: String) throws(XeroControlError) -> CivilDate? {
    guard let value = object[key], !value.isNull else { return nil }
    guard let date = value.string.flatMap({ CivilDate($0) }) else {
      throw XeroControlError("\"\(key)\" must be a date such as 2026-01-31")
    }
    return date
  }
}

extension XeroSandbox {
  package mutating func control(
    _ verb: String, body: Data, at now: SandboxTime
  ) -> SandboxResponse {
    guard let known = XeroVerb(rawValue: verb) else {
      let all = XeroVerb.allCases.map(\.rawValue).sorted().joined(separator: ", ")
      return .controlError("unknown verb \"\(verb)\"; known: \(all)")
    }
    do {
      let body = try XeroControlBody(body, known)
      guard let index = tenantIndex(body.text("tenant")) else {
        return .controlError("no organisation has the tenant id \(body.text("tenant") ?? "")")
      }
      return .json(try perform(known, body, index, now))
    } catch {
      return .controlError((error as? XeroControlError)?.message ?? "the request failed")
    }
  }

  private func tenantIndex(_ tenant: String?) -> Int? {
    guard let tenant else { return ledgers.isEmpty ? nil : 0 }
    return ledgers.firstIndex { $0.organisation.id.description == tenant.lowercased() }
  }

  private mutating func perform(
    _ verb: XeroVerb, _ body: XeroControlBody, _ index: Int, _ now: SandboxTime
  ) throws -> JSONValue {
    switch verb {
    case .limits: setLimits(body)
    case .credentials: setCredentials(body)
    case .grant: grant(body, now)
    case .behaviour: setBehaviour(body, index)
    case .revoke: done { identity.revokeAll() }
    case .expireTokens: done { identity.expireAccessTokens(at: now) }
    case .pay, .unpay, .void, .delete, .approve, .credit, .overpay, .lock, .plan, .bulk,
      .editInvoice, .createInvoice, .createContact, .editContact, .archiveContact,
      .restoreContact, .mergeContacts, .disconnectTenant, .reconnect, .addAccount,
      .archiveAccount, .restoreAccount, .addCurrency, .addTaxRate, .retireTaxRate, .addItem,
      .generateRepeating:
      try ledgers[index].perform(verb, body, now)
    }
  }

  private func done(_ body: () -> Void) -> JSONValue {
    body()
    return ["done": true]
  }

  private mutating func setLimits(_ body: XeroControlBody) -> JSONValue {
    // A member that is null switches its limit off; one that is absent leaves it.
    if let value = body.object["minute"] { limits.minute = value.int }
    if let value = body.object["day"] { limits.day = value.int }
    if let value = body.object["app_minute"] { limits.appMinute = value.int }
    let number = { (limit: Int?) -> JSONValue in limit.map { .integer($0) } ?? .null }
    return [
      "minute": number(limits.minute), "day": number(limits.day),
      "app_minute": number(limits.appMinute),
    ]
  }

  private mutating func setCredentials(_ body: XeroControlBody) -> JSONValue {
    identity.credentials = (body.text("client_id") ?? "", body.text("client_secret") ?? "")
    return ["done": true]
  }

  private mutating func grant(_ body: XeroControlBody, _ now: SandboxTime) -> JSONValue {
    let scopes = body.text("scope")?.split(separator: " ").map(String.init)
    return consent(
      client: body.text("client_id") ?? identity.credentials?.id ?? "sandbox-client",
      scopes: scopes ?? Self.usualScopes, at: now)
  }

  /// What a reconciler needs: invoices, payments, contacts, settings, and to stay connected.
  package static let usualScopes = [
    "offline_access", "accounting.invoices", "accounting.payments", "accounting.contacts",
    "accounting.settings.read",
  ]

  /// A consent given without a browser. Answers like the token endpoint: `access_token`,
  /// `refresh_token`, `expires_in`, `token_type`, `scope`.
  package mutating func consent(
    client: String = "sandbox-client", scopes: [String] = usualScopes, at now: SandboxTime
  ) -> JSONValue {
    identity.consent(client, scopes, at: now)
  }

  private mutating func setBehaviour(_ body: XeroControlBody, _ index: Int) -> JSONValue {
    if let flag = body.bool("granular_only") { identity.granularOnly = flag }
    if let flag = body.bool("reuse_revokes") { identity.reuseRevokes = flag }
    if let flag = body.bool("keep_valid_of_failed_batch") {
      ledgers[index].keepsValidOfFailedBatch = flag
    }
    return [
      "granular_only": .bool(identity.granularOnly),
      "reuse_revokes": .bool(identity.reuseRevokes),
      "keep_valid_of_failed_batch": .bool(ledgers[index].keepsValidOfFailedBatch),
    ]
  }
}
