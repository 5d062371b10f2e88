package import Domain
import Foundation
package import Transport

/// What a pass has learned about the organisation, so that it is asked once.
actor SalesforceMemory {
  private(set) var context: SalesforceContext?
  private var lists: [SalesforceObject: SalesforceFieldList] = [:]

  func keep(_ context: SalesforceContext) { self.context = context }
  func fields(_ object: SalesforceObject) -> SalesforceFieldList? { lists[object] }
  func keep(_ list: SalesforceFieldList, _ object: SalesforceObject) { lists[object] = list }
  func forgetFields() { lists = [:] }
}

/// What it takes to read a deal.
struct SalesforceContext: Sendable, Hashable {
  var account: String
  var homeCurrency: Currency?
  var zone: Zone?
  var pipelines: [CRMCatalogue.Pipeline]

  /// The one of that record type; the first where deals have none.
  func pipeline(_ recordType: String?) -> CRMCatalogue.Pipeline? {
    pipelines.first { $0.choice.id == recordType } ?? pipelines.first
  }
}

/// What the connector wants kept beside the catalogue for later passes.
private struct SalesforceNotes: Codable {
  var fields: [String: SalesforceFieldList]
}

extension SalesforceConnector {
  package func catalogue() async throws(RemoteError) -> CRMCatalogue {
    var notes = SalesforceNotes(fields: [:])
    var names: [String] = []
    for object in SalesforceObject.described {
      let list = try await freshFields(object)
      // The letter case of a field's name does not count.
      if object == .opportunity {
        names = Set(list.fields.flatMap { [$0.name, $0.name.lowercased()] }).sorted()
      }
      let wanted = Set(wanted(object) + SalesforceFields.optional(object)).map { $0.lowercased() }
      notes.fields[object.rawValue] = SalesforceFieldList(
        fields: list.fields.filter { wanted.contains($0.name.lowercased()) })
    }
    let context = try await freshContext()
    var catalogue = CRMCatalogue(
      account: context.account, pipelines: context.pipelines, owners: try await owners())
    catalogue.homeCurrency = context.homeCurrency
    catalogue.zone = context.zone
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    catalogue.connectorNotes = (try? encoder.encode(notes)).map {
      String(decoding: $0, as: UTF8.self)
    }
    catalogue.dealFields = names
    return catalogue
  }

  /// Takes over what an earlier pass learned, so that this one need not ask.
  package func adopt(_ catalogue: CRMCatalogue) async {
    guard let text = catalogue.connectorNotes,
      let notes = try? JSONDecoder().decode(SalesforceNotes.self, from: Data(text.utf8))
    else { return }
    await memory.keep(
      SalesforceContext(
        account: catalogue.account, homeCurrency: currency ?? catalogue.homeCurrency,
        zone: catalogue.zone, pipelines: catalogue.pipelines))
    for object in SalesforceObject.described {
      guard let list = notes.fields[object.rawValue] else { continue }
      // A field that was missing may have been made since: then the list is read anew.
      if needed(object).allSatisfy({ list[$0] != nil }) { await memory.keep(list, object) }
    }
  }

  /// The fields of our own that must be there to write to.
  func needed(_ object: SalesforceObject) -> [String] {
    switch object {
    case .opportunity: ReportField.allCases.compactMap { fields.reports[$0] }
    case .account, .contact: [fields.accountingID] + [fields.taxNumber].compactMap { $0 }
    case .lineItem, .task: []
    }
  }

  /// The configured fields that are read where they are there.
  func wanted(_ object: SalesforceObject) -> [String] {
    switch object {
    case .opportunity: needed(object) + [fields.paymentTerms] + fields.extraDeal
    case .lineItem: fields.extraLine
    case .account, .contact, .task: needed(object)
    }
  }

  func context() async throws(RemoteError) -> SalesforceContext {
    if let known = await memory.context { return known }
    return try await freshContext()
  }

  private func freshContext() async throws(RemoteError) -> SalesforceContext {
    let (account, zone) = try await organisation()
    let context = SalesforceContext(
      account: account, homeCurrency: try await homeCurrency(), zone: zone,
      pipelines: try await pipelines())
    await memory.keep(context)
    return context
  }

  private func organisation() async throws(RemoteError) -> (String, Zone?) {
    var rows: [SalesforceRecord]
    do {
      rows = try await query(
        "SELECT Id,TimeZoneSidKey FROM Organization", isAll: false, priority: .money,
        label: "organization.get"
      ).records
    } catch {
      guard SalesforceProblem.has("INVALID_FIELD", error) else {
        throw SalesforceProblem.understood(error, system: name)
      }
      rows = try await self.rows(
        "SELECT Id FROM Organization", priority: .money, label: "organization.get")
    }
    guard let row = rows.first else {
      throw .unreadable(reason: "organization.get: there is no organisation")
    }
    return (row.id, row.text("TimeZoneSidKey").flatMap { Zone($0) })
  }

  /// With several currencies every record names its own. An organisation with one tells it at one
  /// place only, which not every user may see: then the configuration says it.
  private func homeCurrency() async throws(RemoteError) -> Currency? {
    if let currency { return currency }
    let list = try await fieldList(.opportunity)
    guard list["CurrencyIsoCode"] == nil else { return nil }
    do {
      let settings = try await get(
        SalesforceValue.self, ["connect", "organization"], priority: .money,
        label: "organization.settings")
      return settings["features"]?["defaultCurrencyIsoCode"]?.text.flatMap { Currency($0) }
    } catch {
      guard case .refused = error else { throw error }
      return nil
    }
  }

  /// Deals are told apart by record types; their stages are one list for all of them.
  private func pipelines() async throws(RemoteError) -> [CRMCatalogue.Pipeline] {
    let rows = try await rows(
      "SELECT Id,MasterLabel,ApiName,IsActive,IsClosed,IsWon,SortOrder FROM OpportunityStage",
      priority: .money, label: "stages.list")
    let ordered = rows.filter { $0["IsActive"]?.flag != false }.sorted { left, right in
      (left["SortOrder"]?.number ?? .zero) < (right["SortOrder"]?.number ?? .zero)
    }
    let stages = ordered.map { row in
      let name = row.text("ApiName") ?? row.text("MasterLabel") ?? row.id
      return CRMCatalogue.Stage(
        choice: Choice(id: name, label: row.text("MasterLabel") ?? name),
        outcome: SalesforceDealReader.outcome(row))
    }
    let describe = try await get(
      SalesforceValue.self, ["sobjects", SalesforceObject.opportunity.rawValue, "describe"],
      priority: .money, label: "opportunity.describe")
    let types = (describe["recordTypeInfos"]?.list ?? []).filter {
      $0["master"]?.flag != true && $0["active"]?.flag != false
    }
    let choices = types.compactMap { type in
      type["recordTypeId"]?.text.map {
        Choice(id: $0, label: type["name"]?.text ?? $0)
      }
    }
    return (choices.isEmpty ? [Self.onlyPipeline] : choices).map {
      CRMCatalogue.Pipeline(choice: $0, stages: stages)
    }
  }

  private static let onlyPipeline = Choice(id: "default", label: "Opportunities")

  private func owners() async throws(RemoteError) -> [Owner] {
    try await rows(
      "SELECT Id,Name,Email,IsActive FROM User WHERE UserType = 'Standard'", priority: .money,
      label: "users.list"
    ).map { user in
      Owner(
        id: ID(user.id), name: user.text("Name") ?? user.text("Email") ?? "",
        email: user.text("Email"), isActive: user["IsActive"]?.flag != false)
    }
  }

  /// The fields of such records, asked for once a pass at most.
  func fieldList(_ object: SalesforceObject) async throws(RemoteError) -> SalesforceFieldList {
    if let known = await memory.fields(object) { return known }
    return try await freshFields(object)
  }

  func freshFields(_ object: SalesforceObject) async throws(RemoteError) -> SalesforceFieldList {
    let answer: SalesforceValue
    do {
      answer = try await get(
        SalesforceValue.self, ["sobjects", object.rawValue, "describe"],
        priority: object.priority, label: "\(object.rawValue.lowercased()).describe")
    } catch {
      // Without any right to it, the kind of record does not exist.
      if case .refused(let refusal) = error, refusal.status == 404 {
        throw .signInNeeded(
          reason: "the user of \(name) has no right to \(object.rawValue) in Salesforce: give it"
            + " in a permission set")
      }
      throw SalesforceProblem.understood(error, system: name)
    }
    guard case .list(let elements)? = answer["fields"] else {
      throw .unreadable(reason: "\(object.rawValue).describe: fields is missing")
    }
    let list = SalesforceFieldList(fields: elements.compactMap { SalesforceField($0) })
    await memory.keep(list, object)
    return list
  }

  /// The columns of such records: those every organisation has, and of the others those there are.
  func columns(_ object: SalesforceObject) async throws(RemoteError) -> [String] {
    let list = try await fieldList(object)
    let more = (SalesforceFields.optional(object) + wanted(object)).compactMap { list[$0]?.name }
    return (SalesforceFields.certain(object) + more).filter(SOQL.isName).uniqued
  }
}
