import Domain
package import Transport

/// What `doctor` looks at and `doctor --fix` makes.
extension PipedriveConnector {
  private struct Definition {
    var object: PipedriveObject
    var name: String
    var type: String

    /// A key of forty digits names a field that somebody made: it cannot be made under it.
    var isKey: Bool { name.count == 40 && name.allSatisfy(\.isHexDigit) }
  }

  private var definitions: [Definition] {
    let reports = ReportField.allCases.map { field in
      Definition(
        object: .deals, name: fields.reports[field] ?? field.rawValue, type: Self.type(field))
    }
    let terms = Definition(object: .deals, name: fields.paymentTerms, type: "varchar")
    let marks = [PipedriveObject.organizations, .persons].map {
      Definition(object: $0, name: fields.accountingID, type: "varchar")
    }
    return reports + [terms] + marks
  }

  private static func type(_ field: ReportField) -> String {
    switch field.content {
    case .amount: "double"
    case .date: "date"
    case .text: "varchar"
    }
  }

  /// The custom fields this configuration writes and the company does not have.
  package func missingFields() async throws(RemoteError) -> [SetupField] {
    try await missing().map { SetupField(object: $0.object.rawValue, name: $0.name) }
  }

  /// Creates them; the answer names those that were made. The lists are read first each time:
  /// Pipedrive makes a second field of the same name without a word.
  package func createMissingFields() async throws(RemoteError) -> [SetupField] {
    var made: [SetupField] = []
    for definition in try await missing() where !definition.isKey {
      _ = try await write(
        .post, [definition.object.fieldsPath],
        .fields([
          ("field_name", .text(definition.name)), ("field_type", .text(definition.type)),
        ]), priority: .money, label: "\(definition.object.fieldsPath).create")
      made.append(
        SetupField(object: definition.object.rawValue, name: definition.name))
    }
    for object in Set(made.compactMap { PipedriveObject(rawValue: $0.object) }) {
      _ = try await freshFields(object)
    }
    return made
  }

  private func missing() async throws(RemoteError) -> [Definition] {
    var missing: [Definition] = []
    for object in [PipedriveObject.deals, .organizations, .persons] {
      let known = try await freshFields(object)
      missing += definitions.filter { $0.object == object && known[$0.name] == nil }
    }
    return missing
  }
}
