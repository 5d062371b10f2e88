extension PipedriveSandbox {
  /// What a field of a write may hold.
  enum ValueType: Sendable, Hashable {
    case text(Int)
    case integer, number, flag, date, moment, clock, integers, points, address, prices, persons
    case json, user
    case oneOf([String])
    case record(Kind)
  }

  /// The value as it is stored; refused when its type is another. Types are strict: `"5"` is no
  /// number and `1` is no boolean.
  func checked(
    _ value: JSONValue, _ type: ValueType, _ name: String
  ) throws(Refusal) -> JSONValue {
    if value.isNull { return .null }
    func fail(_ expected: String) -> Refusal {
      .schema("Validation failed: \(name): Parameter '\(name)' must be \(expected)")
    }
    switch type {
    case .text(let most):
      guard let text = value.string else { throw fail("a string") }
      guard text.count <= most else { throw fail("at most \(most) characters long") }
      return value
    case .integer:
      guard value.int != nil else { throw fail("an integer") }
      return value
    case .number:
      guard value.digits != nil, let number = value.decimal else { throw fail("a number") }
      return .number(number.description)
    case .flag:
      guard value.bool != nil else { throw fail("a boolean") }
      return value
    case .date:
      guard let text = value.string, text.count == 10, CivilDate(text) != nil else {
        throw fail("a date in YYYY-MM-DD format")
      }
      return value
    case .moment:
      guard let text = value.string, text.contains("T"), let time = SandboxTime(iso: text) else {
        throw fail("a RFC3339 timestamp")
      }
      return .string(Self.stamp(time.milliseconds))
    case .clock:
      guard let text = value.string, Self.isClock(text) else { throw fail("a time in HH:MM") }
      return value
    case .integers:
      guard let list = value.array, list.allSatisfy({ $0.int != nil }) else {
        throw fail("an array of integers")
      }
      return value
    case .points: return try points(value, fail("an array of {value, primary, label}"))
    case .address: return try address(value, fail("an object with a value"))
    case .prices: return try prices(value, fail("an array of {price, currency}"))
    case .persons: return try participants(value, fail("an array of {person_id, primary}"))
    case .json: return value
    case .oneOf(let options):
      guard let text = value.string, options.contains(text) else {
        throw fail("one of \(options.joined(separator: ", "))")
      }
      return value
    case .user:
      guard let id = value.int else { throw fail("an integer") }
      guard users.contains(where: { $0.id == id && $0.isActive }) else {
        throw .badRequest("\(name): user \(id) not found or inactive")
      }
      return value
    case .record(let kind):
      guard let id = value.int else { throw fail("an integer") }
      guard self[store: kind].records[id]?.isLive == true else {
        throw .badRequest("\(name): \(kind.singular) \(id) not found")
      }
      return value
    }
  }

  private static func isClock(_ text: String) -> Bool {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    return (2...3).contains(parts.count)
      && parts.allSatisfy { $0.count == 2 && Int($0).map { $0 < 60 } == true }
  }

  /// At most one is primary; without one the first is.
  private func points(_ value: JSONValue, _ refusal: Refusal) throws(Refusal) -> JSONValue {
    guard let list = value.array else { throw refusal }
    var made: [JSONValue] = []
    var hasPrimary = false
    for element in list {
      guard let object = element.object, let text = object["value"]?.string, !text.isEmpty,
        object.keys.allSatisfy({ ["value", "primary", "label"].contains($0) })
      else { throw refusal }
      if let primary = object["primary"], primary.bool == nil { throw refusal }
      let isPrimary = object["primary"]?.bool == true
      guard !(isPrimary && hasPrimary) else { throw refusal }
      hasPrimary = hasPrimary || isPrimary
      let label = object["label"]?.string ?? "work"
      made.append(
        ["value": .string(text), "primary": .bool(isPrimary), "label": .string(label)])
    }
    if !hasPrimary, var first = made.first?.object {
      first["primary"] = true
      made[0] = .object(first)
    }
    return .array(made)
  }

  static let addressParts = [
    "country", "admin_area_level_1", "admin_area_level_2", "locality", "sublocality", "route",
    "street_number", "subpremise", "postal_code",
  ]

  /// Only `value` must be there; every part left out becomes null.
  func address(_ value: JSONValue, _ refusal: Refusal) throws(Refusal) -> JSONValue {
    guard let object = value.object, let text = object["value"]?.string, !text.isEmpty,
      object.keys.allSatisfy({ $0 == "value" || Self.addressParts.contains($0) })
    else { throw refusal }
    var made: JSONValue.Object = ["value": .string(text)]
    for part in Self.addressParts {
      let given = object[part] ?? .null
      guard given.isNull || given.string != nil else { throw refusal }
      made[part] = given
    }
    return .object(made)
  }

  private func prices(_ value: JSONValue, _ refusal: Refusal) throws(Refusal) -> JSONValue {
    guard let list = value.array else { throw refusal }
    var made: [JSONValue] = []
    for element in list {
      guard let price = element["price"]?.decimal, element["price"]?.digits != nil,
        let code = element["currency"]?.string, company.currencies[code] != nil
      else { throw refusal }
      made.append([
        "price": .number(price.description), "currency": .string(code),
        "cost": element["cost"] ?? 0, "direct_cost": element["direct_cost"] ?? .null,
        "notes": element["notes"] ?? "",
      ])
    }
    return .array(made)
  }

  private func participants(
    _ value: JSONValue, _ refusal: Refusal
  ) throws(Refusal) -> JSONValue {
    guard let list = value.array else { throw refusal }
    for element in list {
      guard let id = element["person_id"]?.int, element["primary"]?.bool != nil else {
        throw refusal
      }
      guard self[store: .persons].records[id]?.isLive == true else {
        throw .badRequest("participants: Person \(id) not found")
      }
    }
    return value
  }

  /// RFC 3339 in UTC with seconds.
  static func stamp(_ milliseconds: Int64) -> String {
    SandboxTime(milliseconds: milliseconds).iso()
  }

  /// The form of v1: `2026-01-31 10:20:30`.
  static func oldStamp(_ milliseconds: Int64) -> String {
    stamp(milliseconds).replacing("T", with: " ").replacing("Z", with: "")
  }
}
