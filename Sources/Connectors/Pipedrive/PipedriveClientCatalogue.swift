package import Domain
import Foundation
package import Transport

/// What a pass has learned about the company, so that it is asked once.
actor PipedriveMemory {
  private(set) var context: PipedriveContext?
  private var lists: [PipedriveObject: PipedriveFieldList] = [:]
  private var products: [String: PipedriveRecord] = [:]
  /// How far archived deals were looked through.
  private(set) var rest: PipedriveRest?
  /// Deals merged away, by their survivors.
  private var merges: [String: Set<String>] = [:]

  func keep(_ context: PipedriveContext) { self.context = context }
  func keep(_ rest: PipedriveRest) { self.rest = rest }
  func note(_ loser: String, mergedInto survivor: String) {
    merges[survivor, default: []].insert(loser)
  }
  func merged(into survivor: String) -> [String] { merges[survivor, default: []].sorted() }
  func fields(_ object: PipedriveObject) -> PipedriveFieldList? { lists[object] }
  func keep(_ list: PipedriveFieldList, _ object: PipedriveObject) { lists[object] = list }
  func product(_ id: String) -> PipedriveRecord? { products[id] }
  func keep(_ found: [PipedriveRecord]) { for product in found { products[product.id] = product } }
}

/// What it takes to read a deal: where its page is, and what its stage means.
struct PipedriveContext: Sendable, Hashable {
  var account: String
  /// The first part of the company's own address.
  var domain: String
  var homeCurrency: Currency?
  var zone: Zone?
  var pipelines: [CRMCatalogue.Pipeline]

  func pipeline(_ id: String) -> CRMCatalogue.Pipeline? {
    pipelines.first { $0.choice.id == id }
  }
}

/// What the connector wants kept beside the catalogue for later passes.
private struct PipedriveNotes: Codable {
  var domain: String
  var fields: [String: [PipedriveField]]
}

extension PipedriveConnector {
  package func catalogue() async throws(RemoteError) -> CRMCatalogue {
    let context = try await freshContext()
    var catalogue = CRMCatalogue(
      account: context.account, pipelines: context.pipelines, owners: try await owners())
    catalogue.homeCurrency = context.homeCurrency
    catalogue.zone = context.zone
    var notes = PipedriveNotes(domain: context.domain, fields: [:])
    for object in [PipedriveObject.deals, .organizations, .persons] {
      let list = try await freshFields(object)
      let asked = Set(wanted(object))
      notes.fields[object.rawValue] = list.fields.filter {
        $0.isCustom || asked.contains($0.key) || asked.contains($0.name)
      }
      if object == .deals { catalogue.dealFields = Self.names(of: list) }
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    catalogue.connectorNotes = (try? encoder.encode(notes)).map {
      String(decoding: $0, as: UTF8.self)
    }
    return catalogue
  }

  /// A field may be named by its key or by what people call it, in any letter case.
  private static func names(of list: PipedriveFieldList) -> [String] {
    Set(list.fields.flatMap { [$0.key, $0.name, $0.name.lowercased()] }).sorted()
  }

  /// Takes over what an earlier pass learned, so that this one need not ask.
  package func adopt(_ catalogue: CRMCatalogue) async {
    guard let text = catalogue.connectorNotes,
      let notes = try? JSONDecoder().decode(PipedriveNotes.self, from: Data(text.utf8))
    else { return }
    await memory.keep(
      PipedriveContext(
        account: catalogue.account, domain: notes.domain, homeCurrency: catalogue.homeCurrency,
        zone: catalogue.zone, pipelines: catalogue.pipelines))
    for object in [PipedriveObject.deals, .organizations, .persons] {
      guard let fields = notes.fields[object.rawValue] else { continue }
      let list = PipedriveFieldList(fields: fields)
      // A field that was missing may have been made since: then the list is read anew.
      if wanted(object).allSatisfy({ list[$0] != nil }) { await memory.keep(list, object) }
    }
  }

  /// The custom fields that matter on such a record.
  func wanted(_ object: PipedriveObject) -> [String] {
    switch object {
    case .deals: ReportField.allCases.compactMap { fields.reports[$0] } + fields.extraDeal
    case .organizations, .persons: [fields.accountingID] + [fields.taxNumber].compactMap { $0 }
    case .products, .activities: []
    }
  }

  func context() async throws(RemoteError) -> PipedriveContext {
    if let known = await memory.context { return known }
    return try await freshContext()
  }

  private func freshContext() async throws(RemoteError) -> PipedriveContext {
    let me = try await get(
      PipedriveOne.self, ["users", "me"], version: .v1, priority: .money, label: "users.me"
    ).data
    guard let account = me["company_id"]?.id, let domain = me.text("company_domain") else {
      throw .unreadable(reason: "users.me: company_id or company_domain is missing")
    }
    let stages = try await all(["stages"], priority: .money, label: "stages.list")
    let pipelines = try await all(["pipelines"], priority: .money, label: "pipelines.list")
    let context = PipedriveContext(
      account: account, domain: domain,
      homeCurrency: me.text("default_currency").flatMap { Currency($0) },
      zone: me.text("timezone_name").flatMap { Zone($0) },
      pipelines: pipelines.map { Self.pipeline($0, stages) })
    await memory.keep(context)
    return context
  }

  /// Being won is a deal's status here; no stage means it.
  private static func pipeline(
    _ record: PipedriveRecord, _ stages: [PipedriveRecord]
  ) -> CRMCatalogue.Pipeline {
    let own = stages.filter {
      $0["pipeline_id"]?.id == record.id && $0["is_deleted"]?.flag != true
    }
    let ordered = own.sorted { left, right in
      (left["order_nr"]?.number ?? .zero) < (right["order_nr"]?.number ?? .zero)
    }
    return CRMCatalogue.Pipeline(
      choice: Choice(id: record.id, label: record.text("name") ?? record.id),
      stages: ordered.map {
        CRMCatalogue.Stage(
          choice: Choice(id: $0.id, label: $0.text("name") ?? $0.id), outcome: .open)
      })
  }

  private func owners() async throws(RemoteError) -> [Owner] {
    let page = try await get(
      PipedrivePage.self, ["users"], version: .v1, priority: .money, label: "users.list")
    return page.records.map { user in
      let isActive =
        user["active_flag"]?.flag != false && user["is_deleted"]?.flag != true
      return Owner(
        id: ID(user.id), name: user.text("name") ?? user.text("email") ?? "",
        email: user.text("email"), isActive: isActive)
    }
  }

  /// The fields of such records, asked for once a pass at most.
  func fieldList(_ object: PipedriveObject) async throws(RemoteError) -> PipedriveFieldList {
    if let known = await memory.fields(object) { return known }
    return try await freshFields(object)
  }

  func freshFields(_ object: PipedriveObject) async throws(RemoteError) -> PipedriveFieldList {
    let records = try await all(
      [object.fieldsPath], priority: .money, label: "\(object.fieldsPath).list")
    let list = PipedriveFieldList(fields: records.map(PipedriveField.init))
    await memory.keep(list, object)
    return list
  }
}
