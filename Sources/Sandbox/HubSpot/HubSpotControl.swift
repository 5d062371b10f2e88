package import Foundation

extension HubSpotSandbox {
  /// What was wrong with a control request and what was expected.
  struct Misuse: Error, Sendable {
    var message: String

    init(_ message: String) { self.message = message }
  }

  /// The verbs of `control`, each as the person at the screens would name it.
  enum Verb: String, Sendable, CaseIterable {
    case createDeal = "create_deal"
    case moveDeal = "move_deal"
    case create, edit, archive, restore, merge, associate, disassociate
    case addLine = "add_line"
    case editLine = "edit_line"
    case removeLine = "remove_line"
    case renameStage = "rename_stage"
    case deleteStage = "delete_stage"
    case archiveOwner = "archive_owner"
    case require, account, lag, limits, token
    case oauthClient = "oauth_client"
    case expireTokens = "expire_tokens"
    case bulk, reset, summary
  }

  package mutating func control(
    _ verb: String, body: Data, at now: SandboxTime
  ) -> SandboxResponse {
    guard let verb = Verb(rawValue: verb) else {
      let known = Verb.allCases.map(\.rawValue).joined(separator: ", ")
      return .controlError("unknown verb \(verb); known: \(known)")
    }
    guard let json = body.isEmpty ? [:] : try? JSONValue.parse(body), json.object != nil else {
      return .controlError("\(verb.rawValue) expects a JSON object as its body")
    }
    memo = nil
    do {
      return .json(try perform(verb, Form(json), now: now.milliseconds))
    } catch {
      return .controlError("\(verb.rawValue): \(error.message)")
    }
  }

  private mutating func perform(
    _ verb: Verb, _ form: Form, now: Int64
  ) throws(Misuse) -> JSONValue {
    switch verb {
    case .createDeal: return try createDeal(form, now: now)
    case .moveDeal: return try moveDeal(form, now: now)
    case .addLine, .editLine, .removeLine: return try changeLine(verb, form, now: now)
    case .create: return try createAny(form, now: now)
    case .edit:
      let (kind, record) = try target(form)
      let edited = try edit(record, kind, form.json["properties"], now: now)
      return ["id": .string(String(edited.id))]
    case .archive:
      let (kind, record) = try target(form)
      archive(record.id, kind, now: now)
      return ["id": .string(String(record.id))]
    case .restore: return try restore(form, now: now)
    case .merge:
      let kind = try form.kind("type")
      let (primary, secondary) = (try form.text("primary"), try form.text("secondary"))
      let merged = try asking { (world) throws(Refusal) in
        try world.merge(kind, primary, secondary, now: now)
      }
      return ["id": .string(String(merged.id))]
    case .associate, .disassociate: return try changeLink(form, adds: verb == .associate)
    case .renameStage, .deleteStage: return try changeStage(verb, form, now: now)
    case .archiveOwner:
      let id = try form.text("id")
      guard let index = owners.firstIndex(where: { $0.id == id }) else {
        throw Misuse("no owner \(id); owners: \(owners.map(\.id).joined(separator: ", "))")
      }
      owners[index].isArchived = true
      return ["id": .string(id)]
    case .require:
      mandatory[try form.kind("type")] = form.texts("properties")
      return [:]
    case .account: return try changeAccount(form, now: now)
    case .lag:
      lag = Lag(
        base: Int64(try form.decimalMilliseconds("seconds")),
        jitter: form.has("jitter_seconds")
          ? Int64(try form.decimalMilliseconds("jitter_seconds")) : 0)
      return ["milliseconds": .integer(lag.base), "jitter_milliseconds": .integer(lag.jitter)]
    case .limits: return try changeLimits(form, now: now)
    case .token: return try setToken(form)
    case .oauthClient:
      tokens.app = Tokens.App(id: try form.text("id"), secret: try form.text("secret"))
      if let refresh = form.optionalText("refresh_token") {
        tokens.refresh[refresh] = Grant(value: refresh, scopes: Self.allScopes, isOAuth: true)
      }
      return [:]
    case .expireTokens: return expireTokens(form, now: now)
    case .bulk: return try bulk(form, now: now)
    case .reset:
      self =
        form.flag("empty")
        ? .empty(withSyncFields: withSyncFields) : .demo(withSyncFields: withSyncFields)
      return [:]
    case .summary:
      let names = form.texts("types")
      let kinds =
        names.isEmpty
        ? Kind.allCases.filter { $0 != .products } : names.compactMap(Kind.init(path:))
      return summary(kinds)
    }
  }

  /// Runs something the API could refuse and turns a refusal into a control error.
  mutating func asking<Value>(
    _ work: (inout Self) throws(Refusal) -> Value
  ) throws(Misuse) -> Value {
    do {
      return try work(&self)
    } catch {
      throw Misuse(error.message)
    }
  }

  /// The live record that `type` and `id` name.
  private func target(_ form: Form) throws(Misuse) -> (Kind, Record) {
    let kind = try form.kind("type")
    return (kind, try live(kind, try form.text("id")))
  }

  func live(_ kind: Kind, _ id: String) throws(Misuse) -> Record {
    guard let record = resolve(id, kind) else {
      throw Misuse("there is no live \(kind.singular) \(id)")
    }
    return record
  }

  mutating func edit(
    _ record: Record, _ kind: Kind, _ properties: JSONValue?, now: Int64
  ) throws(Misuse) -> Record {
    try asking { (world) throws(Refusal) in
      let changes = try world.changes(properties ?? [:], for: record, kind, .v3)
      return world.update(record, kind, changes, now: now)
    }
  }

  private mutating func createAny(_ form: Form, now: Int64) throws(Misuse) -> JSONValue {
    let kind = try form.kind("type")
    let record = try asking { (world) throws(Refusal) in
      try world.create(form.json, kind, .v3, now: now)
    }
    return ["id": .string(String(record.id))]
  }

  /// Out of the recycle bin with its id and its old stamp.
  private mutating func restore(_ form: Form, now: Int64) throws(Misuse) -> JSONValue {
    let kind = try form.kind("type")
    let id = try form.text("id")
    guard var record = Int(id).flatMap({ self[store: kind].records[$0] }), !record.isLive else {
      throw Misuse("there is no archived \(kind.singular) \(id)")
    }
    record.archivedAt = nil
    store(record, kind, now: now)
    return ["id": .string(id)]
  }

  private mutating func changeLink(_ form: Form, adds: Bool) throws(Misuse) -> JSONValue {
    let (from, to) = (try form.kind("from_type"), try form.kind("to_type"))
    let left = try live(from, try form.text("from"))
    let right = try live(to, try form.text("to"))
    let known = links.types(from: from, to: to)
    var wanted = known.prefix(1).map(\.self)
    if let id = form.json["typeId"]?.int {
      wanted = known.filter { $0.id == id }
    }
    guard !wanted.isEmpty else {
      let ids = known.map { String($0.id) }.joined(separator: ", ")
      throw Misuse("no such association from \(from.name) to \(to.name); type ids: [\(ids)]")
    }
    if adds {
      links.add(from: from, left.id, to: to, right.id, types: wanted)
    } else {
      links.remove(
        from: from, left.id, to: to, right.id, only: form.has("typeId") ? wanted : nil)
    }
    return [:]
  }

  private mutating func changeAccount(_ form: Form, now: Int64) throws(Misuse) -> JSONValue {
    if let zone = form.optionalText("time_zone") {
      guard TimeZone(identifier: zone) != nil else { throw Misuse("unknown time zone \(zone)") }
      account.timeZone = zone
    }
    if let currency = form.optionalText("company_currency") { account.companyCurrency = currency }
    if form.has("currencies"), form.json["currencies"]?.object == nil {
      throw Misuse(#"currencies expects rates by code, for example {"CHF": "1.1"}"#)
    }
    if let rates = form.json["currencies"]?.object {
      account.rates = rates.map {
        Account.Rate(code: $0.key, rate: $0.value.decimal?.description ?? "1")
      }
    }
    if var property = self[schema: .deals]["deal_currency_code"] {
      property.options = account.currencies.map { PropertyOption(label: $0, value: $0) }
      self[schema: .deals].put(property)
    }
    return account.details(at: now)
  }

  private mutating func changeLimits(_ form: Form, now: Int64) throws(Misuse) -> JSONValue {
    let fields: [(String, WritableKeyPath<Limits, Int?>)] = [
      ("ten_secondly", \.tenSecondly), ("oauth_ten_secondly", \.tenSecondlyOAuth),
      ("associations_ten_secondly", \.associationsTenSecondly),
      ("search_secondly", \.searchSecondly), ("daily", \.daily),
    ]
    if form.flag("off") { for (_, field) in fields { limits[keyPath: field] = nil } }
    for (name, field) in fields where form.has(name) {
      limits[keyPath: field] = try form.optionalNumber(name)
    }
    if let page = try form.optionalNumber("association_page") {
      limits.associationPage = max(1, page)
    }
    if let used = try form.optionalNumber("daily_used") {
      meter.setToday(used, resets: account.nextMidnight(after: now))
    }
    var answer: JSONValue.Object = [:]
    for (name, field) in fields {
      answer[name] = limits[keyPath: field].map { .integer($0) } ?? .null
    }
    answer["association_page"] = .integer(limits.associationPage)
    return .object(answer)
  }

  private mutating func setToken(_ form: Form) throws(Misuse) -> JSONValue {
    let value = try form.text("value")
    if form.flag("only") { tokens.access = tokens.access.filter { $0.value.isOAuth } }
    let scopes = form.has("scopes") ? Set(form.texts("scopes")) : Self.allScopes
    tokens.access[value] = form.flag("revoked") ? nil : Grant(value: value, scopes: scopes)
    return [:]
  }

  /// Static tokens have no expiry; they go only when asked for by name.
  private mutating func expireTokens(_ form: Form, now: Int64) -> JSONValue {
    for (value, grant) in tokens.access where grant.isOAuth || form.flag("static") {
      tokens.access[value]?.expires = min(grant.expires ?? now, now)
    }
    if form.flag("refresh_tokens") { tokens.refresh = [:] }
    return [:]
  }
}
