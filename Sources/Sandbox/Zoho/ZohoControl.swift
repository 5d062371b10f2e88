package import Foundation

extension ZohoSandbox {
  /// What was wrong with a control request and what was expected.
  struct Misuse: Error, Sendable {
    var message: String

    init(_ message: String) { self.message = message }
  }

  /// The verbs of `control`, each as the person at the screens would name it.
  enum Verb: String, Sendable, CaseIterable {
    case createDeal = "create_deal"
    case moveDeal = "move_deal"
    case create, edit, delete, purge, restore, merge, mark
    case linkProduct = "link_product"
    case createField = "create_field"
    case createSubform = "create_subform"
    case deactivateUser = "deactivate_user"
    case org, lag, limits, token
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
    case .moveDeal: return try moveDeal(form, now: now)
    case .create: return try createRecord(form, now: now)
    case .edit: return try editRecord(form, now: now)
    case .delete, .purge, .restore, .mark: return try changeRecord(verb, form, now: now)
    case .merge:
      let module = try form.module()
      let (loser, survivor) = (try form.text("loser"), try form.text("survivor"))
      try asking { (world) throws(Refusal) in
        try world.merge(module, loser, into: survivor, now: now)
      }
      return ["id": .string(survivor)]
    case .linkProduct:
      var deal = try live(.deals, try form.text("deal"))
      deal.products.append(try live(.products, try form.text("product")).id)
      self[store: .deals].put(deal)
      return ["deal": .string(deal.id)]
    case .createField: return try createField(form)
    case .createSubform:
      var field = Field(try form.text("name"), .subform)
      field.isCustom = true
      field.id = freshID()
      self[fields: .deals].append(field)
      return ["key": .string(field.key)]
    case .deactivateUser:
      let id = try form.text("id")
      guard let place = users.firstIndex(where: { $0.id == id || $0.email == id }) else {
        throw Misuse("no user \(id); users: \(users.map(\.email).joined(separator: ", "))")
      }
      users[place].isActive = false
      return ["id": .string(users[place].id)]
    case .org: return changeOrg(form)
    case .lag:
      lag = Int64(try form.optionalNumber("seconds") ?? 0) * 1000
      return ["milliseconds": .integer(lag)]
    case .limits: return try changeLimits(form, now: now)
    case .token, .oauthClient, .expireTokens: return try changeTokens(verb, form, now: now)
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
    let module = try form.module()
    let record = try asking { (world) throws(Refusal) in
      try world.create(world.named(form.properties, module), module, 0, now: now)
    }
    return ["id": .string(record.id)]
  }

  private mutating func editRecord(_ form: Form, now: Int64) throws(Misuse) -> JSONValue {
    let module = try form.module()
    var body = named(form.properties, module)
    body["id"] = .string(try live(module, try form.text("id")).id)
    let wanted = body
    let id = try asking { (world) throws(Refusal) in
      try world.change(wanted, module, 0, now: now)
    }
    return ["id": .string(id)]
  }

  private mutating func changeRecord(
    _ verb: Verb, _ form: Form, now: Int64
  ) throws(Misuse) -> JSONValue {
    let module = try form.module()
    let id = try form.text("id")
    guard var record = self[store: module].records[id], record.isLive != (verb == .restore) else {
      throw Misuse("there is no such \(module.singular) \(id)")
    }
    switch verb {
    case .restore:
      record.deletedAt = nil
      save(record, module, now: now)
    case .mark:
      if let flag = form.json["locked"]?.bool { record.isLocked = flag }
      if let flag = form.json["blueprint"]?.bool { record.isInBlueprint = flag }
      if let flag = form.json["merging"]?.bool { record.isMerging = flag }
      if let flag = form.json["needs_approval"]?.bool { record.needsApproval = flag }
      save(record, module, now: now)
    default:
      delete(record, module, now: now)
      if verb == .purge {
        record = self[store: module].records[id] ?? record
        record.isPermanent = true
        self[store: module].put(record)
      }
    }
    return ["id": .string(id)]
  }

  private mutating func createField(_ form: Form) throws(Misuse) -> JSONValue {
    let module = try form.module()
    var body: JSONValue.Object = [
      "field_label": .string(try form.text("name")),
      "data_type": .string(form.optionalText("data_type") ?? "text"),
      "length": .integer(try form.optionalNumber("length") ?? 255),
    ]
    body["pick_list_values"] = .array(
      form.texts("choices").map { ["actual_value": .string($0)] })
    if form.flag("unique") { body["unique"] = ["casesensitive": false] }
    let wanted = body
    let field = try asking { (world) throws(Refusal) in try world.addField(wanted, module) }
    return ["key": .string(field.key)]
  }

  /// Runs something the API could refuse and turns a refusal into a control error.
  mutating func asking<Value>(
    _ work: (inout Self) throws(Refusal) -> Value
  ) throws(Misuse) -> Value {
    do { return try work(&self) } catch {
      throw Misuse(
        "\(error.code): \(error.message) "
          + String(decoding: JSONValue.object(error.details).serialized(), as: UTF8.self))
    }
  }

  /// Fields may be given by their labels.
  func named(_ properties: JSONValue.Object, _ module: Module) -> JSONValue.Object {
    var body: JSONValue.Object = [:]
    for (name, value) in properties {
      let field = self[fields: module].first { $0.key == name || $0.label == name }
      body[field?.key ?? name] = value
    }
    return body
  }

  func live(_ module: Module, _ id: String) throws(Misuse) -> Record {
    guard let record = self[store: module].records[id], record.isLive else {
      throw Misuse("there is no live \(module.singular) \(id)")
    }
    return record
  }

  /// Every live record as the API shows it, by module.
  private func summary(_ types: [String]) -> JSONValue {
    var answer: JSONValue.Object = [:]
    for module in types.isEmpty ? Module.allCases : types.compactMap(Module.init(rawValue:)) {
      answer[module.rawValue] = .array(self[store: module].live.map { view($0, module) })
    }
    return .object(answer)
  }
}
