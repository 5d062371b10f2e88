package import Foundation

extension RestSandbox {
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
    case create, edit, delete, restore
    case addLine = "add_line"
    case editLine = "edit_line"
    case removeLine = "remove_line"
    case deactivateOwner = "deactivate_owner"
    case account, lag, limits, habits, token
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
      return .json(try perform(verb, RestForm(json), now: now.milliseconds))
    } catch {
      return .controlError("\(verb.rawValue): \(error.message)")
    }
  }

  private mutating func perform(
    _ verb: Verb, _ form: RestForm, now: Int64
  ) throws(Misuse) -> JSONValue {
    switch verb {
    case .createDeal: return try createDeal(form, now: now)
    case .moveDeal, .winDeal, .loseDeal, .reopenDeal: return try moveDeal(verb, form, now: now)
    case .addLine, .editLine, .removeLine: return try changeLine(verb, form, now: now)
    case .create:
      let kind = try form.kind()
      let record = try asking { (world) throws(Refusal) in
        try world.create(kind, form.properties, now: now)
      }
      return ["id": .integer(record.id)]
    case .edit:
      let record = try target(form)
      _ = try asking { (world) throws(Refusal) in
        try world.update(record, form.properties, now: now)
      }
      return ["id": .integer(record.id)]
    case .delete, .restore:
      let kind = try form.kind()
      guard var record = records[try form.number("id")], record.kind == kind else {
        throw Misuse("there is no such record")
      }
      record.isDeleted = verb == .delete
      save(record, now: now)
      return ["id": .integer(record.id)]
    case .deactivateOwner:
      let id = try form.number("id")
      guard let place = owners.firstIndex(where: { $0.id == id }) else {
        throw Misuse("no owner \(id); owners: \(owners.map(\.id))")
      }
      owners[place].isActive = false
      return ["id": .integer(id)]
    case .account, .lag, .limits, .habits, .token, .expireTokens:
      return try changeSettings(verb, form, now: now)
    case .bulk: return try bulk(form, now: now)
    case .reset:
      self = form.flag("empty") ? .empty() : .demo()
      return [:]
    case .summary: return summary()
    }
  }

  private mutating func changeSettings(
    _ verb: Verb, _ form: RestForm, now: Int64
  ) throws(Misuse) -> JSONValue {
    switch verb {
    case .account:
      if let id = form.optionalText("id") { account.id = id }
      if let code = form.optionalText("currency") { account.currency = code }
      if let zone = form.optionalText("time_zone") { account.zone = zone }
    case .lag: lag = Int64(try form.number("seconds")) * 1000
    case .limits:
      if form.flag("off") { limits = Limits(window: nil, day: nil) }
      if form.has("window") { limits.window = try form.optionalNumber("window") }
      if form.has("day") { limits.day = try form.optionalNumber("day") }
      if let used = try form.optionalNumber("day_used") { meter.setToday(used, now: now) }
    case .habits:
      for habit in Habit.allCases {
        guard let isOn = form.json[habit.rawValue]?.bool else { continue }
        if isOn { habits.insert(habit) } else { habits.remove(habit) }
      }
    case .token:
      let value = try form.text("value")
      if form.flag("only") { tokens.access = [:] }
      tokens.access[value] = form.flag("revoked") ? nil : Grant()
    default:
      for (value, grant) in tokens.access where grant.expires != nil || form.flag("static") {
        tokens.access[value] = grant.expires == nil ? nil : Grant(expires: now)
      }
      if form.flag("refresh_tokens") { tokens.refresh = [] }
    }
    return [:]
  }

  /// Runs something the API could refuse and turns a refusal into a control error.
  mutating func asking<Value>(
    _ work: (inout Self) throws(Refusal) -> Value
  ) throws(Misuse) -> Value {
    do { return try work(&self) } catch { throw Misuse(error.message) }
  }

  func target(_ form: RestForm) throws(Misuse) -> Record {
    let kind = try form.kind()
    guard let record = live(try form.number("id"), kind) else {
      throw Misuse("there is no such record")
    }
    return record
  }

  /// Every record as the API shows it, by kind; deals with their lines.
  private func summary() -> JSONValue {
    var answer: JSONValue.Object = [:]
    for kind in Kind.allCases {
      let own = records.values.filter { $0.kind == kind }.sorted { $0.id < $1.id }
      answer[kind.rawValue] = .array(
        own.map { record in
          var object = view(record).object ?? [:]
          if kind == .deals {
            object["lines"] = .array((lines[record.id] ?? []).map { view($0) })
          }
          return .object(object)
        })
    }
    return .object(answer)
  }
}

/// The JSON body of a control request.
struct RestForm: Sendable {
  var json: JSONValue

  init(_ json: JSONValue) { self.json = json }

  func has(_ name: String) -> Bool { json[name] != nil }

  var properties: JSONValue.Object { json["properties"]?.object ?? [:] }

  /// Ids may be given as text or as a number.
  func optionalText(_ name: String) -> String? { json[name]?.string ?? json[name]?.digits }

  func text(_ name: String) throws(RestSandbox.Misuse) -> String {
    guard let text = optionalText(name), !text.isEmpty else {
      throw RestSandbox.Misuse("\"\(name)\" is missing")
    }
    return text
  }

  func flag(_ name: String) -> Bool { json[name]?.bool ?? false }

  func number(_ name: String) throws(RestSandbox.Misuse) -> Int {
    guard let number = Int(try text(name)) else {
      throw RestSandbox.Misuse("\"\(name)\" must be a whole number")
    }
    return number
  }

  /// nil when absent or null.
  func optionalNumber(_ name: String) throws(RestSandbox.Misuse) -> Int? {
    guard let value = json[name], !value.isNull else { return nil }
    return try number(name)
  }

  func kind() throws(RestSandbox.Misuse) -> RestSandbox.Kind {
    guard let kind = RestSandbox.Kind(rawValue: try text("type")) else {
      let known = RestSandbox.Kind.allCases.map(\.rawValue).joined(separator: ", ")
      throw RestSandbox.Misuse("\"type\" must be one of \(known)")
    }
    return kind
  }
}
