package import Domain
import Foundation
package import Transport

/// What a pass has learned about the organisation, so that it is asked once.
actor ZohoMemory {
  private(set) var context: ZohoContext?
  private var lists: [ZohoModule: ZohoFieldList] = [:]
  private var products: [String: ZohoRecord] = [:]
  private var documents: [String: ZohoRecord] = [:]
  private(set) var relatedLists: [ZohoRecord]?

  func keep(_ context: ZohoContext) { self.context = context }
  func fields(_ module: ZohoModule) -> ZohoFieldList? { lists[module] }
  func keep(_ list: ZohoFieldList, _ module: ZohoModule) { lists[module] = list }
  func product(_ id: String) -> ZohoRecord? { products[id] }
  func keep(products found: [ZohoRecord]) {
    for product in found { products[product.id] = product }
  }
  /// A quote or an order as it was at that stamp.
  func document(_ id: String, at stamp: Instant?) -> ZohoRecord? {
    guard let document = documents[id], document.modified == stamp else { return nil }
    return document
  }
  func keep(document: ZohoRecord) { documents[document.id] = document }
  func keep(relatedLists: [ZohoRecord]) { self.relatedLists = relatedLists }
}

/// What it takes to read a deal: where its page is, and what its stage means.
struct ZohoContext: Sendable, Hashable {
  /// The organisation's number, which is in the address of its pages, too.
  var account: String
  var homeCurrency: Currency?
  var zone: Zone?
  var pipelines: [CRMCatalogue.Pipeline]

  func pipeline(_ name: String) -> CRMCatalogue.Pipeline? {
    pipelines.first { $0.choice.id == name }
  }
}

extension ZohoConnector {
  /// The catalogue's list of field names ends with one entry that begins so: our own notes for
  /// later passes, the definitions of the fields that matter.
  package func catalogue() async throws(RemoteError) -> CRMCatalogue {
    let context = try await freshContext()
    var catalogue = CRMCatalogue(
      account: context.account, pipelines: context.pipelines, owners: try await owners())
    catalogue.homeCurrency = context.homeCurrency
    catalogue.zone = context.zone
    var notes: [String: [ZohoField]] = [:]
    for module in ZohoModule.described {
      let list = try await fieldList(module)
      if module == .deals {
        catalogue.dealFields = list.fields.flatMap { [$0.key, $0.label] }.uniqued.sorted()
      }
      notes[module.rawValue] = noted(list, module)
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    catalogue.connectorNotes = (try? encoder.encode(notes)).map {
      String(decoding: $0, as: UTF8.self)
    }
    return catalogue
  }

  private func noted(_ list: ZohoFieldList, _ module: ZohoModule) -> [ZohoField] {
    let named = Set((wanted(module) + extra(module)).compactMap { list[$0]?.key })
    return list.fields.filter {
      named.contains($0.key) || module.standardFields.contains($0.key)
    }.map { field in
      var field = field
      // Stages and pipelines are in the catalogue already.
      if !named.contains(field.key) { field.choices = [] }
      return field
    }
  }

  /// Takes over what an earlier pass learned, so that this one need not ask.
  package func adopt(_ catalogue: CRMCatalogue) async {
    guard let text = catalogue.connectorNotes,
      let notes = try? JSONDecoder().decode([String: [ZohoField]].self, from: Data(text.utf8))
    else { return }
    await memory.keep(
      ZohoContext(
        account: catalogue.account, homeCurrency: catalogue.homeCurrency, zone: catalogue.zone,
        pipelines: catalogue.pipelines))
    for module in ZohoModule.described {
      guard let fields = notes[module.rawValue] else { continue }
      let list = ZohoFieldList(fields: fields)
      // A field that was missing may have been made since: then the list is read anew.
      if wanted(module).allSatisfy({ list[$0] != nil }) { await memory.keep(list, module) }
    }
  }

  /// The fields of ours that matter on such a record.
  func wanted(_ module: ZohoModule) -> [String] {
    switch module {
    case .deals: ReportField.allCases.compactMap { fields.reports[$0] }
    case .accounts, .contacts: [fields.accountingID] + [fields.taxNumber].compactMap { $0 }
    case .products, .quotes, .salesOrders, .tasks: []
    }
  }

  /// Fields that are read where they exist.
  private func extra(_ module: ZohoModule) -> [String] {
    module == .deals ? [fields.paymentTerms] + fields.extraDeal : []
  }

  /// The value of `fields`: mandatory, at most fifty names, and only names that exist.
  func fieldNames(_ module: ZohoModule) async throws(RemoteError) -> [String] {
    guard ZohoModule.described.contains(module) else { return module.standardFields }
    let list = try await fieldList(module)
    let known = Set(list.fields.map(\.key))
    let own = (wanted(module) + extra(module)).compactMap { list[$0]?.key }
    let names = module.standardFields.filter(known.contains) + own
    return Array(names.uniqued.prefix(ZohoLimit.fields))
  }

  func context() async throws(RemoteError) -> ZohoContext {
    if let known = await memory.context { return known }
    return try await freshContext()
  }

  private func freshContext() async throws(RemoteError) -> ZohoContext {
    guard let org = try await settingsList(["org"], label: "org.get")?.records.first else {
      throw .unreadable(reason: "org.get: no organisation")
    }
    let deals = try await freshFields(.deals)
    let context = ZohoContext(
      account: org.text("zgid") ?? org.id,
      homeCurrency: org.text("iso_code").flatMap { Currency($0) },
      zone: org.text("time_zone").flatMap { Zone($0) },
      pipelines: Self.pipelines(deals))
    await memory.keep(context)
    return context
  }

  /// Stages are the choices of one field, whatever the pipeline; without pipelines there is one.
  private static func pipelines(_ list: ZohoFieldList) -> [CRMCatalogue.Pipeline] {
    let stages = (list["Stage"]?.choices ?? []).map { choice in
      CRMCatalogue.Stage(
        choice: Choice(id: choice.value, label: choice.label),
        outcome: ZohoField.outcome(choice))
    }
    let pipelines = (list["Pipeline"]?.choices ?? []).filter { $0.isUsed && $0.value != "-None-" }
    guard !pipelines.isEmpty else {
      return [
        CRMCatalogue.Pipeline(choice: Choice(id: "Deals", label: "Deals"), stages: stages)
      ]
    }
    return pipelines.map {
      CRMCatalogue.Pipeline(choice: Choice(id: $0.value, label: $0.label), stages: stages)
    }
  }

  private func owners() async throws(RemoteError) -> [Owner] {
    var owners: [Owner] = []
    for number in 1...ZohoLimit.numberedPages {
      let list = try await settingsList(
        ["users"],
        query: [
          "type": "AllUsers", "page": String(number), "per_page": String(ZohoLimit.page),
        ], label: "users.list")
      guard let list else { break }
      owners += list.records.map { user in
        Owner(
          id: ID(user.id), name: user.text("full_name") ?? user.text("email") ?? "",
          email: user.text("email"), isActive: user.text("status") == "active")
      }
      guard list.hasMore else { break }
    }
    return owners
  }

  /// The fields of such records, asked for once a pass at most.
  func fieldList(_ module: ZohoModule) async throws(RemoteError) -> ZohoFieldList {
    if let known = await memory.fields(module) { return known }
    return try await freshFields(module)
  }

  @discardableResult
  func freshFields(_ module: ZohoModule) async throws(RemoteError) -> ZohoFieldList {
    let answer = try await settingsList(
      ["settings", "fields"], query: ["module": module.rawValue],
      label: "fields.\(module.rawValue)")
    let list = ZohoFieldList(fields: (answer?.records ?? []).compactMap(ZohoField.init))
    await memory.keep(list, module)
    return list
  }

  /// The names under which a deal's related lists of one module go: they differ.
  func relatedLists(of module: ZohoModule) async throws(RemoteError) -> [String] {
    var lists = await memory.relatedLists
    if lists == nil {
      lists = try await settingsList(
        ["settings", "related_lists"], query: ["module": ZohoModule.deals.rawValue],
        label: "related_lists.list")?.records
      await memory.keep(relatedLists: lists ?? [])
    }
    return (lists ?? []).filter { $0["module"]?["api_name"]?.text == module.rawValue }
      .compactMap { $0.text("api_name") }.uniqued
  }
}
