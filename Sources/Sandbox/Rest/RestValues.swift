extension RestSandbox {
  /// Takes over a body, field by field; one that is unknown or malformed refuses the whole.
  mutating func fill(
    _ record: inout Record, _ body: JSONValue.Object, now: Int64
  ) throws(Refusal) {
    for (name, value) in body {
      guard let form = record.kind.writable[name] else { throw .invalid(name, "is not a field") }
      if case .fields = form {
        try fillFields(&record, value)
      } else {
        record.values[name] = try checked(value, name, form)
      }
    }
    try checkLinks(record)
    guard record.kind == .deals else { return }
    if let id = body["stage_id"]?.int {
      guard let (_, stage) = stage(id) else { throw .invalid("stage_id", "is no stage") }
      let wasWon = record.values["won_at"].map { !$0.isNull } ?? false
      if stage.means == "won", !wasWon, body["won_at"] == nil {
        record.values["won_at"] = .string(SandboxTime(milliseconds: now).iso())
      } else if stage.means != "won" {
        record.values["won_at"] = .null
      }
    }
  }

  private func checkLinks(_ record: Record) throws(Refusal) {
    if let id = record.values["company_id"]?.int, live(id, .companies) == nil {
      throw .invalid("company_id", "is no company")
    }
    if let id = record.values["owner_id"]?.int, !owners.contains(where: { $0.id == id }) {
      throw .invalid("owner_id", "is no owner")
    }
  }

  private func fillFields(_ record: inout Record, _ value: JSONValue) throws(Refusal) {
    guard let fields = value.object else { throw .invalid("fields", "must be an object") }
    var own = record.values["fields"]?.object ?? [:]
    for (name, value) in fields {
      guard let form = Self.dealFields[name] else {
        throw .invalid("fields.\(name)", "is not a field")
      }
      own[name] = try checked(value, "fields.\(name)", form)
    }
    record.values["fields"] = .object(own)
  }

  /// The value as it is kept; null clears.
  private func checked(
    _ value: JSONValue, _ name: String, _ form: Form
  ) throws(Refusal) -> JSONValue {
    if value.isNull { return .null }
    switch form {
    case .text(let most):
      guard let text = value.string else { throw .invalid(name, "must be a text") }
      guard text.count <= most else { throw .invalid(name, "is longer than \(most) characters") }
      guard !text.contains(where: { $0.isNewline }) || most > 1000 else {
        throw .invalid(name, "must be one line")
      }
      // Texts are kept trimmed.
      let words = text.drop { $0 == " " }
      return .string(String(words.reversed().drop { $0 == " " }.reversed()))
    case .whole:
      guard value.int != nil else { throw .invalid(name, "must be a whole number") }
      return value
    case .ids:
      guard let list = value.array, list.allSatisfy({ $0.int != nil }) else {
        throw .invalid(name, "must be a list of ids")
      }
      return value
    case .time:
      guard let text = value.string, text.contains("T"), let time = SandboxTime(iso: text) else {
        throw .invalid(name, "must be a time")
      }
      return .string(time.iso())
    case .date:
      guard let text = value.string, text.count == 10, CivilDate(text) != nil else {
        throw .invalid(name, "must be a date")
      }
      return value
    case .address:
      guard let parts = value.object else { throw .invalid(name, "must be an object") }
      let known = ["street", "city", "region", "postcode", "country"]
      for (key, part) in parts {
        guard known.contains(key), part.string != nil || part.isNull else {
          throw .invalid("\(name).\(key)", "is not a field")
        }
      }
      return value
    case .fields: return value
    }
  }
}
