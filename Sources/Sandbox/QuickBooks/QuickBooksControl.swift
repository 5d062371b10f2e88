package import Foundation

/// What a person does in the vendor's own screens, or a tester to the simulation itself.
enum QuickBooksVerb: String, CaseIterable, Sendable {
  case pay, unpay, credit, overpay, void, delete, limits, credentials, grant, revoke
  case disconnect, reconnect, preferences, bulk, behaviour
  case editInvoice = "edit_invoice"
  case createInvoice = "create_invoice"
  case createCustomer = "create_customer"
  case editCustomer = "edit_customer"
  case mergeCustomers = "merge_customers"
  case addVendor = "add_vendor"
  case addAccount = "add_account"
  case addItem = "add_item"
  case addTaxCode = "add_tax_code"
  case addTerm = "add_term"
  case addCurrency = "add_currency"
  case retire
  case closeBooks = "close_books"
  case generateRecurring = "generate_recurring"
  case expireTokens = "expire_tokens"

  /// The members of the body; one that ends in `?` may be left out.
  var members: [String] {
    switch self {
    case .pay: ["invoice", "amount?", "date?"]
    case .unpay: ["invoice?", "payment?"]
    case .credit: ["invoice", "amount?"]
    case .overpay: ["invoice", "amount"]
    case .void, .delete: ["invoice"]
    case .limits: ["second?", "minute?", "batch_minute?", "reads_used_up?"]
    case .credentials: ["client_id", "client_secret"]
    case .grant: ["client_id?"]
    case .revoke, .disconnect, .reconnect, .expireTokens: []
    case .preferences:
      [
        "custom_numbers?", "multicurrency?", "warn_duplicates?", "sales_tax?", "tax_by_address?",
        "classes?",
      ]
    case .bulk: ["customers?", "invoices?"]
    case .behaviour: ["grace_seconds?", "subscription_ended?"]
    case .editInvoice: ["invoice", "set"]
    case .createInvoice, .createCustomer: ["fields"]
    case .editCustomer: ["customer", "set"]
    case .mergeCustomers: ["from", "to"]
    case .addVendor: ["name"]
    case .addAccount: ["name", "number?", "type?"]
    case .addItem: ["name", "account", "sku?"]
    case .addTaxCode: ["name", "rate"]
    case .addTerm: ["name", "days"]
    case .addCurrency: ["code", "rate"]
    case .retire: ["entity", "id"]
    case .closeBooks: ["until"]
    case .generateRecurring: ["until"]
    }
  }
}

/// Why a control request was not carried out.
struct QuickBooksControlError: Error, Sendable {
  var message: String
  init(_ message: String) { self.message = message }
}

/// The body of a control request, read strictly.
struct QuickBooksControlBody: Sendable {
  let object: JSONValue.Object

  init(_ data: Data, _ verb: QuickBooksVerb) throws(QuickBooksControlError) {
    let expected =
      "\(verb.rawValue) expects a JSON object with: "
      + verb.members.joined(separator: ", ") + " (? may be left out)"
    guard let object = (try? JSONValue.parse(data))?.object else {
      throw QuickBooksControlError(expected)
    }
    let known = Set(verb.members.map { $0.replacing("?", with: "") })
    if let unknown = object.keys.first(where: { !known.contains($0) }) {
      throw QuickBooksControlError("unknown member \"\(unknown)\"; \(expected)")
    }
    for member in verb.members where !member.hasSuffix("?") && object[member] == nil {
      throw QuickBooksControlError("missing member \"\(member)\"; \(expected)")
    }
    self.object = object
  }

  func text(_ key: String) -> String { object[key]?.string ?? object[key]?.digits ?? "" }
  func flag(_ key: String) -> Bool? { object[key]?.bool }

  func money(_ key: String) throws(QuickBooksControlError) -> ExactDecimal? {
    guard let value = object[key], !value.isNull else { return nil }
    guard let money = value.decimal else {
      throw QuickBooksControlError("\"\(key)\" must be a number")
    }
    return money
  }

  func date(_ key: String) throws(QuickBooksControlError) -> CivilDate? {
    guard let value = object[key], !value.isNull else { return nil }
    guard let date = value.string.flatMap({ CivilDate($0) }) else {
      throw QuickBooksControlError("\"\(key)\" must be a date such as 2026-01-31")
    }
    return date
  }
}

extension QuickBooksSandbox {
  package mutating func control(
    _ verb: String, body: Data, at now: SandboxTime
  ) -> SandboxResponse {
    guard let known = QuickBooksVerb(rawValue: verb) else {
      let all = QuickBooksVerb.allCases.map(\.rawValue).sorted().joined(separator: ", ")
      return .controlError("unknown verb \"\(verb)\"; known: \(all)")
    }
    do {
      return .json(try perform(known, try QuickBooksControlBody(body, known), now))
    } catch let error as QuickBooksControlError {
      return .controlError(error.message)
    } catch let error as QuickBooksFault {
      return .controlError(error.detail)
    } catch {
      return .controlError("the request failed")
    }
  }

  private mutating func perform(
    _ verb: QuickBooksVerb, _ body: QuickBooksControlBody, _ now: SandboxTime
  ) throws -> JSONValue {
    switch verb {
    case .limits:
      // A member that is null switches its limit off; one that is absent leaves it.
      if let value = body.object["second"] { limits.second = value.int }
      if let value = body.object["minute"] { limits.minute = value.int }
      if let value = body.object["batch_minute"] { limits.batchMinute = value.int }
      if let flag = body.flag("reads_used_up") { limits.readsUsedUp = flag }
    case .credentials:
      identity.credentials = (body.text("client_id"), body.text("client_secret"))
    case .grant:
      let client = body.text("client_id")
      return consent(client: client.isEmpty ? "sandbox-client" : client, at: now)
    case .revoke: identity.revokeAll()
    case .expireTokens: identity.expireAccessTokens(at: now)
    case .disconnect: ledgers[0].isConnected = false
    case .reconnect: ledgers[0].isConnected = true
    case .behaviour:
      if let seconds = body.object["grace_seconds"]?.int { identity.graceSeconds = Int64(seconds) }
      if let flag = body.flag("subscription_ended") { ledgers[0].settings.hasEnded = flag }
    case .pay, .unpay, .credit, .overpay, .void, .delete, .preferences, .bulk, .editInvoice,
      .createInvoice, .createCustomer, .editCustomer, .mergeCustomers, .addVendor, .addAccount,
      .addItem, .addTaxCode, .addTerm, .addCurrency, .retire, .closeBooks, .generateRecurring:
      return try ledgers[0].perform(verb, body, now)
    }
    return ["done": true]
  }

  /// A consent given without a browser; answers like the token endpoint.
  package mutating func consent(client: String, at now: SandboxTime) -> JSONValue {
    identity.consent(client, realm: ledgers.first?.realm ?? "", at: now)
  }

  package func stateSummary() -> JSONValue {
    guard let ledger = ledgers.first else { return [:] }
    var counts: JSONValue.Object = [:]
    for entity in QuickBooksLedger.entities {
      counts[entity] = .integer(ledger.rows(entity).count)
    }
    return [
      "counts": .object(counts), "invoices": .array(ledger.allInvoices.prefix(500).map { $0 }),
      "customers": .array(ledger.allCustomers.prefix(500).map { $0 }),
    ]
  }
}
