extension PipedriveSandbox {
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

    func number(_ name: String) throws(Misuse) -> Int {
      guard let number = Int(try text(name)) else { throw Misuse("\"\(name)\" must be a number") }
      return number
    }

    /// nil when absent or null.
    func optionalNumber(_ name: String) throws(Misuse) -> Int? {
      guard let value = json[name], !value.isNull else { return nil }
      guard let number = optionalText(name).flatMap({ Int($0) }), number >= 0 else {
        throw Misuse("\"\(name)\" must be a whole number or null")
      }
      return number
    }

    func kind() throws(Misuse) -> Kind {
      guard let kind = Kind(path: try text("type")) else {
        let known = Kind.allCases.map(\.name).joined(separator: ", ")
        throw Misuse("\"type\" must be one of \(known)")
      }
      return kind
    }
  }

  mutating func changeCompany(_ form: Form) throws(Misuse) -> JSONValue {
    if let zone = form.optionalText("time_zone") { company.timeZone = zone }
    if let code = form.optionalText("currency") { company.currency = code }
    if let domain = form.optionalText("domain") { company.domain = domain }
    if let id = try form.optionalNumber("id") { company.id = id }
    if let most = try form.optionalNumber("most_fields") { company.mostFields = most }
    for (code, places) in form.json["currencies"]?.object ?? [:] {
      company.currencies[code] = places.int
    }
    let flags: [(String, WritableKeyPath<Company, Bool>)] = [
      ("closed", \.isClosed), ("contact_sync", \.hasContactSync),
      ("discount_is_per_unit", \.discountIsPerUnit), ("sum_includes_tax", \.sumIncludesTax),
      ("rows_touch_deal", \.rowsTouchDeal), ("lists_deleted", \.listsDeleted),
      ("shows_deleted", \.showsDeleted),
    ]
    var answer: JSONValue.Object = ["id": .integer(company.id)]
    for (name, path) in flags {
      if let flag = form.json[name]?.bool { company[keyPath: path] = flag }
      answer[name] = .bool(company[keyPath: path])
    }
    return .object(answer)
  }

  mutating func changeLimits(_ form: Form, now: Int64) throws(Misuse) -> JSONValue {
    let fields: [(String, WritableKeyPath<Limits, Int?>)] = [
      ("daily", \.daily), ("burst", \.burst), ("oauth_burst", \.burstOAuth),
      ("search_burst", \.searchBurst), ("block_after", \.blockAfter),
    ]
    if form.flag("off") { for (_, field) in fields { limits[keyPath: field] = nil } }
    for (name, field) in fields where form.has(name) {
      limits[keyPath: field] = try form.optionalNumber(name)
    }
    if let tells = form.json["tells_daily"]?.bool { limits.tellsDaily = tells }
    if let used = try form.optionalNumber("daily_used") { meter.set(used, now: now) }
    var answer: JSONValue.Object = ["daily_used": .integer(meter.spent(now: now))]
    for (name, field) in fields {
      answer[name] = limits[keyPath: field].map { .integer($0) } ?? .null
    }
    return .object(answer)
  }

  mutating func setToken(_ form: Form) throws(Misuse) -> JSONValue {
    let value = try form.text("value")
    if form.flag("only") { tokens.access = tokens.access.filter { $0.value.isOAuth } }
    let user = try form.optionalNumber("user") ?? users.first?.id ?? 0
    let scopes = form.has("scopes") ? Set(form.texts("scopes")) : Self.allScopes
    let isOAuth = form.flag("oauth") || form.has("scopes")
    tokens.access[value] =
      form.flag("revoked")
      ? nil : Grant(value: value, scopes: scopes, user: user, isOAuth: isOAuth)
    return [:]
  }
}
