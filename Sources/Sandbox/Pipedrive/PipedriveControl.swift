package import Foundation

extension PipedriveSandbox {
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
    case archiveDeal = "archive_deal"
    case create, edit, delete, restore, merge
    case addLine = "add_line"
    case editLine = "edit_line"
    case removeLine = "remove_line"
    case addDiscount = "add_discount"
    case createField = "create_field"
    case renameStage = "rename_stage"
    case deleteStage = "delete_stage"
    case deactivateUser = "deactivate_user"
    case forgetStamp = "forget_stamp"
    case company, lag, limits, token
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
    case .moveDeal, .winDeal, .loseDeal, .reopenDeal, .archiveDeal:
      return try changeDeal(verb, form, now: now)
    case .addLine, .editLine, .removeLine, .addDiscount:
      return try changeLine(verb, form, now: now)
    case .create: return try createRecord(form, now: now)
    case .edit: return try editRecord(form, now: now)
    case .delete:
      let (kind, record) = try target(form)
      delete(record, kind, now: now)
      return ["id": .integer(record.id)]
    case .restore: return try restore(form, now: now)
    case .merge: return try mergeRecords(form, now: now)
    case .createField: return try createField(form)
    case .renameStage, .deleteStage: return try changeStage(verb, form)
    case .deactivateUser: return try deactivateUser(form)
    case .forgetStamp:
      let (kind, record) = try target(form)
      var old = record
      old.updated = nil
      self[store: kind].put(old)
      return ["id": .integer(record.id)]
    case .company: return try changeCompany(form)
    case .lag:
      lag.search = Int64(try form.optionalNumber("seconds") ?? 0) * 1000
      lag.lists = Int64(try form.optionalNumber("list_seconds") ?? 0) * 1000
      return ["milliseconds": .integer(lag.search), "list_milliseconds": .integer(lag.lists)]
    case .limits: return try changeLimits(form, now: now)
    case .token: return try setToken(form)
    case .oauthClient: return try setClient(form)
    case .expireTokens: return expireTokens(form, now: now)
    case .bulk: return try bulk(form, now: now)
    case .reset:
      self =
        form.flag("empty")
        ? .empty(withSyncFields: withSyncFields) : .demo(withSyncFields: withSyncFields)
      return [:]
    case .summary: return summary(form.texts("types"))
    }
  }

  private mutating func createRecord(_ form: Form, now: Int64) throws(Misuse) -> JSONValue {
    let kind = try form.kind()
    let record = try asking { (world) throws(Refusal) in
      try world.create(
        kind, world.named(form.properties, kind), world.users.first?.id ?? 0, now: now)
    }
    return ["id": .integer(record.id)]
  }

  private mutating func editRecord(_ form: Form, now: Int64) throws(Misuse) -> JSONValue {
    let (kind, record) = try target(form)
    _ = try asking { (world) throws(Refusal) in
      try world.update(record, kind, world.named(form.properties, kind), now: now)
    }
    return ["id": .integer(record.id)]
  }

  private mutating func mergeRecords(_ form: Form, now: Int64) throws(Misuse) -> JSONValue {
    let kind = try form.kind()
    let (loser, survivor) = (try form.number("loser"), try form.number("survivor"))
    let merged = try asking { (world) throws(Refusal) in
      try world.merge(kind, loser, into: survivor, now: now)
    }
    return ["id": .integer(merged.id)]
  }

  private mutating func createField(_ form: Form) throws(Misuse) -> JSONValue {
    let kind = try form.kind()
    let body: JSONValue.Object = [
      "field_name": .string(try form.text("name")),
      "field_type": .string(form.optionalText("field_type") ?? "varchar"),
      "options": form.json["options"] ?? .null,
    ]
    let field = try asking { (world) throws(Refusal) in try world.addField(body, kind) }
    return ["key": .string(field.code)]
  }

  private mutating func deactivateUser(_ form: Form) throws(Misuse) -> JSONValue {
    let id = try form.number("id")
    guard let place = users.firstIndex(where: { $0.id == id }) else {
      throw Misuse("no user \(id); users: \(users.map { String($0.id) })")
    }
    users[place].isActive = false
    return ["id": .integer(id)]
  }

  private mutating func setClient(_ form: Form) throws(Misuse) -> JSONValue {
    tokens.app = Tokens.App(id: try form.text("id"), secret: try form.text("secret"))
    tokens.apiDomain = form.optionalText("api_domain")
    if let refresh = form.optionalText("refresh_token") {
      tokens.refresh[refresh] = Grant(
        value: refresh, scopes: Self.allScopes, user: 9001, isOAuth: true)
    }
    return [:]
  }

  private mutating func expireTokens(_ form: Form, now: Int64) -> JSONValue {
    for (value, grant) in tokens.access where grant.isOAuth || form.flag("static") {
      if grant.isOAuth { tokens.access[value]?.expires = now } else { tokens.access[value] = nil }
    }
    if form.flag("refresh_tokens") { tokens.refresh = [:] }
    return [:]
  }

  /// Runs something the API could refuse and turns a refusal into a control error.
  mutating func asking<Value>(
    _ work: (inout Self) throws(Refusal) -> Value
  ) throws(Misuse) -> Value {
    do { return try work(&self) } catch { throw Misuse(error.message) }
  }

  /// Custom fields may be given by their names: they are moved to where the API takes them.
  func named(_ properties: JSONValue.Object, _ kind: Kind) -> JSONValue.Object {
    var plain: JSONValue.Object = [:]
    var custom = properties["custom_fields"]?.object ?? [:]
    for (name, value) in properties where name != "custom_fields" {
      if kind.writable[name] == nil,
        let field = self[fields: kind].first(where: {
          $0.isCustom && ($0.name == name || $0.code == name)
        })
      {
        custom[field.code] = value
      } else {
        plain[name] = value
      }
    }
    if !custom.isEmpty { plain["custom_fields"] = .object(custom) }
    return plain
  }

  /// The live record that `type` and `id` name.
  private func target(_ form: Form) throws(Misuse) -> (Kind, Record) {
    let kind = try form.kind()
    return (kind, try live(kind, try form.number("id")))
  }

  func live(_ kind: Kind, _ id: Int) throws(Misuse) -> Record {
    guard let record = self[store: kind].records[id], record.isLive else {
      throw Misuse("there is no live \(kind.singular) \(id)")
    }
    return record
  }

  private mutating func restore(_ form: Form, now: Int64) throws(Misuse) -> JSONValue {
    let kind = try form.kind()
    let id = try form.number("id")
    guard var record = self[store: kind].records[id], !record.isLive else {
      throw Misuse("there is no deleted \(kind.singular) \(id)")
    }
    record.deletedAt = nil
    save(record, kind, now: now)
    return ["id": .integer(id)]
  }

  /// Every record as the API shows it, by kind.
  private func summary(_ types: [String]) -> JSONValue {
    var answer: JSONValue.Object = [:]
    let kinds = types.isEmpty ? Kind.allCases : types.compactMap(Kind.init(path:))
    for kind in kinds {
      let store = self[store: kind]
      answer[kind.name] = .array(
        store.order.compactMap { store.records[$0] }.map { record in
          guard kind != .activities else { return view(record, kind) }
          var object = view(record, kind).object ?? [:]
          var named: JSONValue.Object = [:]
          for field in self[fields: kind] where field.isCustom {
            if let value = record.custom[field.code], !value.isNull { named[field.name] = value }
          }
          object["custom_fields"] = .object(named)
          if kind == .deals {
            object["products"] = .array(rows(of: record.id).map { view($0) })
          }
          return .object(object)
        })
    }
    return .object(answer)
  }
}
