extension ZohoSandbox {
  /// The JSON body of a control request.
  struct Form: Sendable {
    var json: JSONValue

    init(_ json: JSONValue) { self.json = json }

    func has(_ name: String) -> Bool { json[name] != nil }

    var properties: JSONValue.Object { json["properties"]?.object ?? [:] }

    /// Ids may be given as text or as a number.
    func optionalText(_ name: String) -> String? {
      let value = json[name]
      return value?.string ?? value?.digits
    }

    func text(_ name: String) throws(Misuse) -> String {
      guard let text = optionalText(name), !text.isEmpty else {
        throw Misuse("\"\(name)\" is missing")
      }
      return text
    }

    func texts(_ name: String) -> [String] {
      (json[name]?.array ?? []).compactMap { $0.string ?? $0.digits }
    }

    func flag(_ name: String) -> Bool { json[name]?.bool ?? false }

    /// nil when absent or null.
    func optionalNumber(_ name: String) throws(Misuse) -> Int? {
      guard let value = json[name], !value.isNull else { return nil }
      guard let number = optionalText(name).flatMap({ Int($0) }), number >= 0 else {
        throw Misuse("\"\(name)\" must be a whole number or null")
      }
      return number
    }

    func module() throws(Misuse) -> Module {
      guard let module = Module(rawValue: try text("type")) else {
        let known = Module.allCases.map(\.rawValue).joined(separator: ", ")
        throw Misuse("\"type\" must be one of \(known)")
      }
      return module
    }
  }

  mutating func changeOrg(_ form: Form) -> JSONValue {
    if let zone = form.optionalText("time_zone") { org.timeZone = zone }
    if let code = form.optionalText("currency") { org.currency = code }
    if let id = form.optionalText("zgid") { org.zgid = id }
    if let flag = form.json["multicurrency"]?.bool { org.isMulticurrency = flag }
    if let flag = form.json["counts_pages"]?.bool { org.countsPages = flag }
    return ["zgid": .string(org.zgid), "currency": .string(org.currency)]
  }

  mutating func changeLimits(_ form: Form, now: Int64) throws(Misuse) -> JSONValue {
    if form.flag("off") {
      limits.daily = nil
      limits.mints = .max
    }
    if form.has("daily") { limits.daily = try form.optionalNumber("daily") }
    if let used = try form.optionalNumber("daily_used") { meter.set(used, now: now) }
    if let busy = try form.optionalNumber("busy") { limits.busy = busy }
    if let mints = try form.optionalNumber("tokens_per_ten_minutes") { limits.mints = mints }
    meter.forget(now: now)
    return [
      "daily": limits.daily.map { .integer($0) } ?? .null,
      "daily_used": .integer(meter.spent), "busy": .integer(limits.busy),
    ]
  }

  mutating func changeTokens(
    _ verb: Verb, _ form: Form, now: Int64
  ) throws(Misuse) -> JSONValue {
    switch verb {
    case .token:
      let value = try form.text("value")
      let scopes = form.has("scopes") ? Set(form.texts("scopes")) : Self.allScopes
      tokens.access[value] = form.flag("revoked") ? nil : Grant(value: value, scopes: scopes)
    case .oauthClient:
      tokens.app = Tokens.App(id: try form.text("id"), secret: try form.text("secret"))
      tokens.apiDomain = form.optionalText("api_domain")
      if let refresh = form.optionalText("refresh_token") {
        let scopes = form.has("scopes") ? Set(form.texts("scopes")) : Self.allScopes
        tokens.refresh[refresh] = Grant(value: refresh, scopes: scopes)
      }
    default:
      for value in tokens.access.keys { tokens.access[value]?.expires = now }
      if form.flag("refresh_tokens") { tokens.refresh = [:] }
    }
    return [:]
  }
}
