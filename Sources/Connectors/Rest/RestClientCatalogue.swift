package import Domain
import Foundation
package import Transport

/// What it takes to read a deal: what its stage means, and the home currency.
struct RestContext: Hashable, Sendable {
  var currency: Currency?
  var pipelines: [CRMCatalogue.Pipeline]
}

/// What a pass has learned, so that it is asked once.
actor RestMemory {
  private(set) var context: RestContext?

  func keep(_ context: RestContext) { self.context = context }
}

extension RestConnector {
  package func catalogue() async throws(RemoteError) -> CRMCatalogue {
    var catalogue = CRMCatalogue(
      account: base.absoluteString, pipelines: [], owners: try await owners())
    if let account = description.account {
      let answer = try await send(account.request, scope, .read("account", .money)).value
      guard let id = account.id.values(in: answer, scope).first?.plain, !id.isEmpty else {
        throw .unreadable(
          reason: "account: the path “\(account.id.text)” leads to no id; \(answer.keys)")
      }
      catalogue.account = id
      catalogue.homeCurrency = account.currency?.values(in: answer, scope).first?.plain
        .flatMap { Currency($0.uppercased()) }
      catalogue.zone = account.zone?.values(in: answer, scope).first?.plain.flatMap { Zone($0) }
    }
    catalogue.homeCurrency = catalogue.homeCurrency ?? description.connection.currency
    catalogue.pipelines = try await pipelines()
    // A deal can say what the description writes; the engine asks for no more.
    if description.actions[.report] != nil {
      catalogue.reportable = Set(description.deals.reported.keys)
    } else {
      catalogue.reportable = []
    }
    await memory.keep(
      RestContext(currency: catalogue.homeCurrency, pipelines: catalogue.pipelines))
    return catalogue
  }

  package func adopt(_ catalogue: CRMCatalogue) async {
    await memory.keep(
      RestContext(currency: catalogue.homeCurrency, pipelines: catalogue.pipelines))
  }

  func context() async throws(RemoteError) -> RestContext {
    if let known = await memory.context { return known }
    _ = try await catalogue()
    return await memory.context ?? RestContext(currency: nil, pipelines: [])
  }

  private func owners() async throws(RemoteError) -> [Owner] {
    guard let list = description.owners else { return [] }
    let records = try await all(list.list, scope, .read("owners.list", .money))
    var owners: [Owner] = []
    for value in records {
      let record = RestRecord(value: value, fields: list.fields, scope: scope)
      let id: String
      do { id = try record.id("an owner") } catch {
        throw .unreadable(reason: "owners.list: \(error.reason)")
      }
      owners.append(
        Owner(
          id: ID(id), name: record.text("name") ?? record.text("email") ?? id,
          email: record.text("email"), isActive: list.active?.holds(for: value, scope) ?? true))
    }
    return owners
  }

  private func pipelines() async throws(RemoteError) -> [CRMCatalogue.Pipeline] {
    switch description.pipelines {
    case .none: return []
    case .fixed(let pipelines): return pipelines
    case .listed(let list, let stages):
      let records = try await all(list.list, scope, .read("pipelines.list", .money))
      var apart: [RestValue] = []
      if case .list(let own) = stages.source {
        apart = try await all(own, scope, .read("stages.list", .money))
      }
      return records.compactMap { value in
        let record = RestRecord(value: value, fields: list.fields, scope: scope)
        guard let id = record.text("id") else { return nil }
        return CRMCatalogue.Pipeline(
          choice: Choice(id: id, label: record.text("name") ?? id),
          stages: self.stages(of: value, id, stages, apart))
      }
    }
  }

  private func stages(
    of pipeline: RestValue, _ id: String, _ stages: RestStages, _ apart: [RestValue]
  ) -> [CRMCatalogue.Stage] {
    var own = apart
    if case .inside(let path) = stages.source {
      own = path.values(in: pipeline, scope).flatMap { value in
        if case .list(let list) = value { list } else { [value] }
      }
    }
    return own.compactMap { value in
      let record = RestRecord(value: value, fields: stages.fields, scope: scope)
      guard let stage = record.text("id"), record.text("pipeline").map({ $0 == id }) ?? true else {
        return nil
      }
      let outcome: Deal.Outcome =
        stages.won?.holds(for: value, scope) == true
        ? .won : stages.lost?.holds(for: value, scope) == true ? .lost : .open
      return CRMCatalogue.Stage(
        choice: Choice(id: stage, label: record.text("name") ?? stage), outcome: outcome)
    }
  }
}
