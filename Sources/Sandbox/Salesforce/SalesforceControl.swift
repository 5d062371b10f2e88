package import Foundation

extension SalesforceSandbox {
  /// What was wrong with a control request and what was expected.
  struct Misuse: Error, Sendable {
    var message: String

    init(_ message: String) { self.message = message }
  }

  /// The verbs of `control`, each as the person at the screens would name it.
  enum Verb: String, Sendable, CaseIterable {
    case createDeal = "create_deal"
    case moveDeal = "move_deal"
    case winDeal = "win"
    case loseDeal = "lose"
    case reopenDeal = "reopen"
    case create, edit, delete, restore, merge
    case addLine = "add_line"
    case editLine = "edit_line"
    case removeLine = "remove_line"
    case createField = "create_field"
    case deleteField = "delete_field"
    case renameStage = "rename_stage"
    case deactivateUser = "deactivate_user"
    case rule, lock, org, lag, limits, token
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
    case .moveDeal, .winDeal, .loseDeal, .reopenDeal:
      return try changeDeal(verb, form, now: now)
    case .addLine, .editLine, .removeLine: return try changeLine(verb, form, now: now)
    case .create, .edit, .delete, .restore, .merge:
      return try changeRecord(verb, form, now: now)
    case .createField, .deleteField: return try changeField(verb, form)
    case .renameStage: return try renameStage(form, now: now)
    case .deactivateUser: return try deactivateUser(form, now: now)
    case .rule: return try addRule(form)
    case .lock:
      let id = try form.id("id")
      locks[id] = try form.optionalNumber("times") ?? 1
      return ["id": .string(id), "times": .integer(locks[id] ?? 0)]
    case .org: return try changeOrg(form)
    case .lag:
      org.lag = Int64(try form.optionalNumber("seconds") ?? 0) * 1000
      return ["milliseconds": .integer(org.lag)]
    case .limits:
      if let daily = try form.optionalNumber("daily") { meter.daily = daily }
      if let used = try form.optionalNumber("used") { meter.set(used, now: now) }
      return ["daily": .integer(meter.daily), "used": .integer(meter.used)]
    case .token:
      tokens.access[try form.text("value")] =
        form.flag("revoked") ? nil : Tokens.Grant(user: runAs)
      return [:]
    case .oauthClient: return try setClient(form)
    case .expireTokens:
      tokens.access = tokens.access.filter { $0.value.expires == nil && !form.flag("static") }
      if form.flag("refresh_tokens") { tokens.refresh = [:] }
      tokens.refusalWords = form.optionalText("words")
      return [:]
    case .bulk: return try bulk(form, now: now)
    case .reset:
      self =
        form.flag("empty")
        ? .empty(withSyncFields: withSyncFields) : .demo(withSyncFields: withSyncFields)
      return [:]
    case .summary: return try summary(form.texts("types"))
    }
  }

  private mutating func changeRecord(
    _ verb: Verb, _ form: Form, now: Int64
  ) throws(Misuse) -> JSONValue {
    let kind = try form.kind()
    switch verb {
    case .create:
      let user = runAs
      let record = try asking { (world) throws(Refusal) in
        try world.create(kind, form.properties, user: user, now: now)
      }
      return ["id": .string(record.id)]
    case .merge:
      let loser = try record(kind, try form.id("loser"))
      let winner = try record(kind, try form.id("survivor"))
      guard kind.isMergeable, loser.id != winner.id else {
        throw Misuse("two accounts or two contacts can be merged")
      }
      merge(loser, into: winner, now: now)
      return ["id": .string(winner.id)]
    case .restore:
      let id = try form.id("id")
      guard let record = self[store: kind].records[id], record.isDeleted else {
        throw Misuse("there is no deleted \(kind.name) \(id)")
      }
      restore(record, now: now)
      return ["id": .string(id)]
    default:
      let record = try record(kind, try form.id("id"))
      let user = runAs
      try asking { (world) throws(Refusal) in
        if verb == .delete {
          try world.delete(record, now: now)
        } else {
          _ = try world.update(record, form.properties, user: user, now: now)
        }
      }
      return ["id": .string(record.id)]
    }
  }

  private mutating func changeField(_ verb: Verb, _ form: Form) throws(Misuse) -> JSONValue {
    let kind = try form.kind()
    let name = try form.text("name")
    if verb == .deleteField {
      self[fields: kind].removeAll { $0.isCustom && $0.name == name }
      return [:]
    }
    var metadata = form.json.object ?? [:]
    metadata["type"] = .string(form.optionalText("field_type") ?? "Text")
    if metadata["label"] == nil {
      metadata["label"] = .string(name.replacing("__c", with: "").replacing("_", with: " "))
    }
    if metadata["length"] == nil { metadata["length"] = 255 }
    if metadata["precision"] == nil { metadata["precision"] = 18 }
    if metadata["scale"] == nil { metadata["scale"] = 2 }
    let wanted = metadata
    try asking { (world) throws(Refusal) in
      _ = try world.addField(name, kind, wanted, isOpen: !form.flag("hidden"))
    }
    return ["name": .string(name)]
  }

  private mutating func addRule(_ form: Form) throws(Misuse) -> JSONValue {
    rules.append(
      Rule(
        kind: try form.kind(), field: try form.text("field"), value: try form.text("value"),
        message: form.optionalText("message") ?? "A rule of the organisation refuses this."))
    return ["rules": .integer(rules.count)]
  }

  private mutating func setClient(_ form: Form) throws(Misuse) -> JSONValue {
    tokens.app = Tokens.App(
      id: try form.text("id"), secret: form.optionalText("secret") ?? "",
      publicKey: form.optionalText("public_key"))
    if let rotates = form.json["rotates"]?.bool { tokens.rotates = rotates }
    if let refresh = form.optionalText("refresh_token") {
      tokens.refresh[refresh] = Tokens.Grant(user: runAs)
    }
    return [:]
  }

  private mutating func changeOrg(_ form: Form) throws(Misuse) -> JSONValue {
    if let currency = form.optionalText("currency") { org.currency = currency }
    if let address = form.optionalText("instance_url") { org.instanceURL = address }
    if let size = try form.optionalNumber("page_size"), size > 0 { org.pageSize = size }
    if let isMulti = form.json["multi_currency"]?.bool, isMulti != org.isMultiCurrency {
      setMultiCurrency(isMulti)
    }
    let flags: [(String, WritableKeyPath<Org, Bool>)] = [
      ("finds_duplicates", \.findsDuplicates),
      ("refuses_whole_collections", \.refusesWholeCollections),
      ("may_customize", \.mayCustomize),
    ]
    var answer: JSONValue.Object = [
      "currency": .string(org.currency), "multi_currency": .bool(org.isMultiCurrency),
      "page_size": .integer(org.pageSize),
    ]
    for (name, path) in flags {
      if let flag = form.json[name]?.bool { org[keyPath: path] = flag }
      answer[name] = .bool(org[keyPath: path])
    }
    return .object(answer)
  }

  /// Runs something the API could refuse and turns a refusal into a control error.
  @discardableResult
  mutating func asking<Value>(
    _ work: (inout Self) throws(Refusal) -> Value
  ) throws(Misuse) -> Value {
    do { return try work(&self) } catch { throw Misuse(error.message) }
  }

  func record(_ kind: Kind, _ id: String) throws(Misuse) -> Record {
    guard let record = self[store: kind].records[id], !record.isDeleted else {
      throw Misuse("there is no live \(kind.name) \(id)")
    }
    return record
  }

  /// Every record with all its fields, by kind; deals with their lines.
  private func summary(_ types: [String]) throws(Misuse) -> JSONValue {
    var answer: JSONValue.Object = [:]
    let standard = [Kind.account, .contact, .opportunity, .product, .task]
    for kind in types.isEmpty ? standard : types.compactMap(Kind.init(named:)) {
      answer[kind.name] = .array(
        self[store: kind].records.values.sorted { $0.id < $1.id }.map { record in
          var object = whole(record)
          if kind == .opportunity {
            object["lines"] = .array(
              children(.lineItem, of: record.id).map { .object(whole($0)) })
          }
          return .object(object)
        })
    }
    return .object(answer)
  }

  private func whole(_ record: Record) -> JSONValue.Object {
    var object: JSONValue.Object = [:]
    for field in self[fields: record.kind] { object[field.name] = value(field.name, of: record) }
    return object
  }
}
