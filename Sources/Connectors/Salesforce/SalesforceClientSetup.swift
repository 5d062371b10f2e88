import Domain
package import Transport

/// What `doctor` looks at and `doctor --fix` makes: fields, and a permission set that shows them.
extension SalesforceConnector {
  private struct Definition {
    var object: SalesforceObject
    var name: String
    var metadata: OutgoingJSON

    /// Only the organisation's own fields can be made.
    var canBeMade: Bool { name.hasSuffix("__c") && SOQL.isName(name) }
  }

  private var definitions: [Definition] {
    let reports = ReportField.allCases.map { field in
      Definition(
        object: .opportunity, name: fields.reports[field] ?? field.rawValue,
        metadata: Self.metadata(field))
    }
    let terms = Definition(
      object: .opportunity, name: fields.paymentTerms,
      metadata: Self.text("Payment terms", length: 80))
    let marks = [SalesforceObject.account, .contact].map { object in
      Definition(
        object: object, name: fields.accountingID,
        metadata: .fields([
          ("label", .text("Accounting contact id")), ("type", .text("Text")),
          ("length", .integer(64)), ("externalId", .flag(true)), ("unique", .flag(true)),
        ]))
    }
    return reports + [terms] + marks
  }

  private static func text(_ label: String, length: Int) -> OutgoingJSON {
    .fields([
      ("label", .text(label)), ("type", .text("Text")), ("length", .integer(length)),
    ])
  }

  private static func metadata(_ field: ReportField) -> OutgoingJSON {
    if field == .invoiceURL {
      return .fields([("label", .text(field.label)), ("type", .text("Url"))])
    }
    switch field.content {
    case .amount:
      return .fields([
        ("label", .text(field.label)), ("type", .text("Currency")), ("precision", .integer(18)),
        ("scale", .integer(2)),
      ])
    case .date: return .fields([("label", .text(field.label)), ("type", .text("Date"))])
    case .text: return text(field.label, length: 80)
    }
  }

  /// The fields this configuration writes and the user of this sign-in does not see.
  package func missingFields() async throws(RemoteError) -> [SetupField] {
    try await missing().map { SetupField(object: $0.object.rawValue, name: $0.name) }
  }

  /// Creates them and shows them to this sign-in's user; the answer names those that are there now.
  ///
  /// A field nobody was given the right to see looks like one that is missing: it is made again,
  /// which the organisation refuses, and shown.
  package func createMissingFields() async throws(RemoteError) -> [SetupField] {
    let wanted = try await missing().filter(\.canBeMade)
    guard !wanted.isEmpty else { return [] }
    for definition in wanted { try await make(definition) }
    let set = try await permissionSet()
    for definition in wanted { try await show(definition, in: set) }
    let left = Set(try await missing().map { "\($0.object.rawValue).\($0.name)" })
    return wanted.map { SetupField(object: $0.object.rawValue, name: $0.name) }
      .filter { !left.contains("\($0.object).\($0.name)") }
  }

  private func missing() async throws(RemoteError) -> [Definition] {
    var missing: [Definition] = []
    for object in [SalesforceObject.opportunity, .account, .contact] {
      let known = try await freshFields(object)
      missing += definitions.filter { $0.object == object && known[$0.name] == nil }
    }
    return missing
  }

  private func make(_ definition: Definition) async throws(RemoteError) {
    let body = OutgoingJSON.fields([
      ("FullName", .text("\(definition.object.rawValue).\(definition.name)")),
      ("Metadata", definition.metadata),
    ])
    do {
      _ = try await made(["tooling", "sobjects", "CustomField"], body, label: "field.create")
    } catch {
      guard !SalesforceProblem.has("DUPLICATE_DEVELOPER_NAME", error) else { return }
      throw error
    }
  }

  private static let setName = "Xerosync"

  /// The permission set that shows our fields, given to this sign-in's user.
  private func permissionSet() async throws(RemoteError) -> String {
    let known = try await rows(
      "SELECT Id FROM PermissionSet WHERE Name = \(SOQL.text(Self.setName))", priority: .money,
      label: "permission_set.get"
    ).first?.id
    let set: String
    if let known {
      set = known
    } else {
      set = try await made(
        ["sobjects", "PermissionSet"],
        .fields([
          ("Name", .text(Self.setName)), ("Label", .text("Invoices (xerosync)")),
          ("Description", .text("Shows the invoice fields that xerosync writes")),
        ]), label: "permission_set.create")
    }
    let user = try await me()
    let assigned = try await rows(
      "SELECT Id FROM PermissionSetAssignment WHERE PermissionSetId = '\(set)'"
        + " AND AssigneeId = '\(user)'", priority: .money, label: "assignment.get")
    if assigned.isEmpty {
      _ = try await made(
        ["sobjects", "PermissionSetAssignment"],
        .fields([("PermissionSetId", .text(set)), ("AssigneeId", .text(user))]),
        label: "assignment.create")
    }
    return set
  }

  private func show(_ definition: Definition, in set: String) async throws(RemoteError) {
    let field = "\(definition.object.rawValue).\(definition.name)"
    let shown = try await rows(
      "SELECT Id FROM FieldPermissions WHERE ParentId = '\(set)' AND Field = \(SOQL.text(field))",
      priority: .money, label: "field_permissions.get")
    guard shown.isEmpty else { return }
    _ = try await made(
      ["sobjects", "FieldPermissions"],
      .fields([
        ("ParentId", .text(set)), ("SobjectType", .text(definition.object.rawValue)),
        ("Field", .text(field)), ("PermissionsRead", .flag(true)),
        ("PermissionsEdit", .flag(true)),
      ]), label: "field_permissions.create")
  }

  /// The user this sign-in stands for.
  private func me() async throws(RemoteError) -> String {
    let address = try base.endpoint("services", "oauth2", "userinfo")
    let info = try await send(
      .read(address, priority: .money, label: "userinfo"), SalesforceValue.self)
    guard let id = info["user_id"]?.text, SOQL.isID(id) else {
      throw .unreadable(reason: "userinfo: user_id is missing")
    }
    return id
  }

  /// Makes one record of the set-up; its id.
  private func made(
    _ path: [String], _ body: OutgoingJSON, label: String
  ) async throws(RemoteError) -> String {
    let result: SalesforceResult
    do {
      result = try await send(
        try post(.post, path, body, priority: .money, label: label), SalesforceResult.self)
    } catch {
      guard case .refused(let refusal) = error,
        refusal.status == 403 || SalesforceProblem.failure(refusal).code.hasPrefix("INSUFFICIENT")
      else { throw error }
      throw .signInNeeded(
        reason: "making fields in Salesforce takes the permissions Customize Application and"
          + " Manage Profiles and Permission Sets: give them to the user of \(name) for a moment,"
          + " or make the fields by hand (Docs/crm-salesforce.md)")
    }
    guard result.success, let id = result.id, SOQL.isID(id) else {
      throw .outcomeUnknown(reason: "\(label): the answer names no record")
    }
    return id
  }
}
