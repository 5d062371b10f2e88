package import Domain
import Foundation
package import Transport

/// What a pass has learned about the account, so that it is asked once.
actor HubSpotMemory {
  private(set) var context: HubSpotContext?
  private(set) var taxLabels: [String: String]?
  private var marks: [HubSpotObject: HubSpotMark] = [:]

  func keep(_ context: HubSpotContext) { self.context = context }
  func keep(taxLabels: [String: String]) { self.taxLabels = taxLabels }
  func mark(_ object: HubSpotObject) -> HubSpotMark? { marks[object] }
  func keep(_ mark: HubSpotMark, _ object: HubSpotObject) { marks[object] = mark }
}

/// What it takes to read a deal: where its page is, and what its stage and currency mean.
struct HubSpotContext: Sendable, Hashable {
  var account: String
  var homeCurrency: Currency?
  var zone: Zone?
  var pipelines: [CRMCatalogue.Pipeline]

  func pipeline(_ id: String) -> CRMCatalogue.Pipeline? {
    pipelines.first { $0.choice.id == id }
  }

  /// The pipeline that has this stage; nil where none or several have.
  func pipeline(ofStage id: String) -> CRMCatalogue.Pipeline? {
    let found = pipelines.filter { $0.stages.contains { $0.choice.id == id } }
    return found.count == 1 ? found.first : nil
  }
}

extension HubSpotConnector {
  package func catalogue() async throws(RemoteError) -> CRMCatalogue {
    let context = try await freshContext()
    var catalogue = CRMCatalogue(
      account: context.account, pipelines: context.pipelines,
      owners: try await owners(archived: false) + owners(archived: true))
    catalogue.homeCurrency = context.homeCurrency
    catalogue.zone = context.zone
    catalogue.dealFields = try await properties(of: .deals).map(\.name).sorted()
    return catalogue
  }

  /// Takes over what an earlier pass learned, so that this one need not ask.
  package func adopt(_ catalogue: CRMCatalogue) async {
    await memory.keep(
      HubSpotContext(
        account: catalogue.account, homeCurrency: catalogue.homeCurrency, zone: catalogue.zone,
        pipelines: catalogue.pipelines))
  }

  func context() async throws(RemoteError) -> HubSpotContext {
    if let known = await memory.context { return known }
    return try await freshContext()
  }

  private func freshContext() async throws(RemoteError) -> HubSpotContext {
    let account = try await get(
      HubSpotAccount.self, .account, priority: .money, label: "account.details")
    let answer = try await get(
      HubSpotPipelines.self, .pipelines, ["deals"], priority: .money, label: "pipelines.list")
    let context = HubSpotContext(
      account: account.portalId.value,
      homeCurrency: account.companyCurrency.flatMap { Currency($0) },
      zone: account.timeZone.flatMap { Zone($0) },
      pipelines: answer.results.map(Self.pipeline))
    await memory.keep(context)
    return context
  }

  private static func pipeline(_ wire: HubSpotPipelines.Pipeline) -> CRMCatalogue.Pipeline {
    CRMCatalogue.Pipeline(
      choice: Choice(id: wire.id.value, label: wire.label),
      stages: wire.stages.map { stage in
        CRMCatalogue.Stage(
          choice: Choice(id: stage.id.value, label: stage.label),
          outcome: outcome(stage.metadata))
      })
  }

  /// Closed with probability 1 is won, with 0 lost.
  private static func outcome(_ metadata: HubSpotPipelines.Stage.Metadata?) -> Deal.Outcome {
    guard let probability = metadata?.probability else { return .open }
    let isClosed = metadata?.isClosed ?? (probability == .one || probability.isZero)
    guard isClosed else { return .open }
    return probability == .one ? .won : .lost
  }

  private func owners(archived: Bool) async throws(RemoteError) -> [Owner] {
    var owners: [Owner] = []
    var after: String?
    repeat {
      var query: URLQuery = ["limit": "100", "archived": archived ? "true" : "false"]
      if let after { query.add("after", after) }
      let page = try await get(
        HubSpotOwners.self, .owners, query: query, priority: .money, label: "owners.list")
      owners += page.results.map(Self.owner)
      after = page.paging?.after == after ? nil : page.paging?.after
    } while after != nil
    return owners
  }

  private static func owner(_ wire: HubSpotOwners.Owner) -> Owner {
    let name = [wire.firstName, wire.lastName].compactMap { $0 }.filter { !$0.isEmpty }
    let email = wire.email.flatMap { $0.isEmpty ? nil : $0 }
    return Owner(
      id: ID(wire.id.value), name: name.isEmpty ? email ?? "" : name.joined(separator: " "),
      email: email, isActive: wire.archived?.value != true)
  }

  func properties(
    of object: HubSpotObject
  ) async throws(RemoteError) -> [HubSpotProperties.Property] {
    try await get(
      HubSpotProperties.self, .properties, [object.rawValue], priority: .money,
      label: "properties.list"
    ).results
  }

  /// Names of tax rates by id; empty where the sign-in may not read them.
  func taxLabels() async throws(RemoteError) -> [String: String] {
    if let known = await memory.taxLabels { return known }
    var labels: [String: String] = [:]
    var after: String?
    do {
      repeat {
        var query: URLQuery = ["limit": "100"]
        if let after { query.add("after", after) }
        let page = try await get(
          HubSpotTaxRates.self, .taxRates, query: query, priority: .money,
          label: "tax_rates.list")
        for rate in page.results { labels[rate.id.value] = rate.label ?? rate.name }
        after = page.paging?.after == after ? nil : page.paging?.after
      } while after != nil
    } catch {
      // The scope is optional: rules then see no tax name, as for a line without one.
      switch error {
      case .signInNeeded, .refused: labels = [:]
      case .notSent, .outcomeUnknown, .rateLimited, .budgetExhausted, .unreadable,
        .deadlinePassed:
        throw error
      }
    }
    await memory.keep(taxLabels: labels)
    return labels
  }
}
