extension SalesforceSandbox {
  /// The JSON body of a control request.
  struct Form: Sendable {
    var json: JSONValue

    init(_ json: JSONValue) { self.json = json }

    func has(_ name: String) -> Bool { json[name] != nil }

    var properties: JSONValue.Object { json["properties"]?.object ?? [:] }

    func optionalText(_ name: String) -> String? { json[name]?.string ?? json[name]?.digits }

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

    func id(_ name: String) throws(Misuse) -> String {
      guard let id = SalesforceID.long(try text(name)) else {
        throw Misuse("\"\(name)\" must be an id of 15 or 18 characters")
      }
      return id
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
      guard let kind = Kind(named: try text("type")) else {
        let known = Kind.allCases.map(\.name).joined(separator: ", ")
        throw Misuse("\"type\" must be one of \(known)")
      }
      return kind
    }
  }

  /// Records of an organisation with several currencies each have one.
  mutating func setMultiCurrency(_ isOn: Bool) {
    org.isMultiCurrency = isOn
    for kind in [Kind.account, .contact, .opportunity, .lineItem, .product, .pricebookEntry] {
      self[fields: kind].removeAll { $0.name == "CurrencyIsoCode" }
      guard isOn else { continue }
      self[fields: kind].append(.choice("CurrencyIsoCode", ["NZD", "AUD", "USD", "EUR", "GBP"]))
      for record in self[store: kind].records.values {
        var changed = record
        changed.values["CurrencyIsoCode"] = .string(org.currency)
        put(changed)
      }
    }
  }

  mutating func renameStage(_ form: Form, now: Int64) throws(Misuse) -> JSONValue {
    let name = try form.text("stage")
    let found = self[store: .stage].records.values.first { $0.text("ApiName") == name }
    guard var stage = found else { throw Misuse("there is no stage \(name)") }
    stage.values["MasterLabel"] = .string(try form.text("label"))
    save(stage, now: now)
    return ["stage": .string(name)]
  }

  mutating func deactivateUser(_ form: Form, now: Int64) throws(Misuse) -> JSONValue {
    let name = try form.text("user")
    let found = self[store: .user].records.values.first {
      $0.id == name || $0.text("Email") == name
    }
    guard var user = found else { throw Misuse("there is no user \(name)") }
    user.values["IsActive"] = false
    save(user, now: now)
    return ["id": .string(user.id)]
  }
}
