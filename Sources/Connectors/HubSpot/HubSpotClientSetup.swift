import Domain
package import Transport

/// What `doctor` looks at and `doctor --fix` makes.
extension HubSpotConnector {
  private struct Definition {
    var object: HubSpotObject
    var name: String
    var label: String
    var type: String
    var fieldType: String
    var isUnique = false
  }

  private var definitions: [Definition] {
    let reports = ReportField.allCases.map { field in
      let (type, fieldType) = Self.type(field)
      return Definition(
        object: .deals, name: fields.reports[field] ?? field.rawValue, label: field.label,
        type: type, fieldType: fieldType)
    }
    let terms = Definition(
      object: .deals, name: fields.paymentTerms, label: "Payment terms", type: "string",
      fieldType: "text")
    let marks = [HubSpotObject.companies, .contacts].map { object in
      Definition(
        object: object, name: fields.accountingID, label: "Accounting contact id",
        type: "string", fieldType: "text", isUnique: true)
    }
    return reports + [terms] + marks
  }

  private static func type(_ field: ReportField) -> (String, String) {
    switch field.content {
    case .amount: ("number", "number")
    case .date: ("date", "date")
    case .text: ("string", "text")
    }
  }

  /// The properties this configuration writes and the account does not have.
  package func missingFields() async throws(RemoteError) -> [SetupField] {
    try await missing().map { SetupField(object: $0.object.rawValue, name: $0.name) }
  }

  /// Creates them; the answer names those that were made.
  package func createMissingFields() async throws(RemoteError) -> [SetupField] {
    var made: [SetupField] = []
    var groups: Set<HubSpotObject> = []
    for definition in try await missing() {
      if groups.insert(definition.object).inserted { try await createGroup(definition.object) }
      let body = OutgoingJSON.fields([
        ("groupName", .text(Self.group)), ("name", .text(definition.name)),
        ("label", .text(definition.label)), ("type", .text(definition.type)),
        ("fieldType", .text(definition.fieldType)),
        ("hasUniqueValue", definition.isUnique ? .flag(true) : nil),
      ])
      if try await create([definition.object.rawValue], body, label: "properties.create") {
        made.append(
          SetupField(object: definition.object.rawValue, name: definition.name))
      }
    }
    return made
  }

  private static let group = "xerosync"

  private func createGroup(_ object: HubSpotObject) async throws(RemoteError) {
    let body = OutgoingJSON.fields([
      ("name", .text(Self.group)), ("label", .text("Invoices (xerosync)")),
    ])
    _ = try await create([object.rawValue, "groups"], body, label: "property_groups.create")
  }

  /// False where it exists already.
  private func create(
    _ path: [String], _ body: OutgoingJSON, label: String
  ) async throws(RemoteError) -> Bool {
    let call = request(
      .post, try url(.properties, path), body, purpose: .write(idempotent: true),
      priority: .money, label: label)
    do {
      _ = try await client.call(call)
      return true
    } catch {
      let error = HubSpotProblem.understood(error, system: name)
      guard case .refused(let refusal) = error, refusal.status == 409 else { throw error }
      return false
    }
  }

  private func missing() async throws(RemoteError) -> [Definition] {
    var missing: [Definition] = []
    for object in [HubSpotObject.deals, .companies, .contacts] {
      let known = Set(try await properties(of: object).map(\.name))
      missing += definitions.filter { $0.object == object && !known.contains($0.name) }
    }
    return missing
  }
}
