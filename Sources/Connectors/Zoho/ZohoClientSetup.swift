import Domain
package import Transport

/// What `doctor` looks at and `doctor --fix` makes.
extension ZohoConnector {
  private struct Definition {
    var module: ZohoModule
    var name: String
    var content: SetupFieldContent

    var body: OutgoingJSON {
      let type: [(String, OutgoingJSON?)] =
        switch content {
        case .text: [("data_type", .text("text")), ("length", .integer(255))]
        case .amount:
          [
            ("data_type", .text("double")), ("length", .integer(16)),
            ("decimal_place", .integer(2)),
          ]
        case .date: [("data_type", .text("date"))]
        }
      return .fields([("field_label", .text(name))] + type)
    }
  }

  private var definitions: [Definition] {
    ReportField.allCases.map { field in
      Definition(
        module: .deals, name: fields.reports[field] ?? field.rawValue, content: field.content)
    } + [
      Definition(module: .deals, name: fields.paymentTerms, content: .text),
      Definition(module: .accounts, name: fields.accountingID, content: .text),
      Definition(module: .contacts, name: fields.accountingID, content: .text),
    ]
  }

  /// The custom fields this configuration writes and the organisation does not have.
  package func missingFields() async throws(RemoteError) -> [SetupField] {
    try await missing().map { SetupField(object: $0.module.rawValue, name: $0.name) }
  }

  /// Creates them; the answer names those that were made.
  package func createMissingFields() async throws(RemoteError) -> [SetupField] {
    var made: [SetupField] = []
    let missing = try await missing()
    for module in ZohoModule.described {
      let own = missing.filter { $0.module == module }
      for batch in own.batches(of: ZohoLimit.newFields) {
        let call = Call(
          .post, try url(["settings", "fields"], query: ["module": module.rawValue]),
          headers: ["Content-Type": "application/json"],
          body: OutgoingJSON.fields([("fields", .array(batch.map(\.body)))]).data,
          purpose: .write(idempotent: false), priority: .money,
          label: "fields.create.\(module.rawValue)")
        let answer = try await send(call, ZohoWriteAnswer.self)
        for (definition, verdict) in zip(batch, answer?.rows ?? []) {
          guard case .applied = ZohoRowOutcome(verdict) else { continue }
          made.append(SetupField(object: module.rawValue, name: definition.name))
        }
      }
      if !own.isEmpty { try await freshFields(module) }
    }
    return made
  }

  private func missing() async throws(RemoteError) -> [Definition] {
    var missing: [Definition] = []
    for module in ZohoModule.described {
      let known = try await freshFields(module)
      missing += definitions.filter { $0.module == module && known[$0.name] == nil }
    }
    return missing
  }
}
