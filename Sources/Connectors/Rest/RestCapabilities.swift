import Domain

extension RestConnector {
  static func capabilities(_ description: RestDescription) -> CRMCapabilities {
    var feeds: [CRMFeed] = [.deals]
    if description.companies?.list != nil { feeds.append(.companies) }
    if description.people?.list != nil { feeds.append(.people) }
    var capabilities = CRMCapabilities(
      feeds: feeds,
      listingLagSeconds: description.connection.lagSeconds,
      settleSeconds: description.connection.settleSeconds,
      dealsPerRead: 20,
      // Each deal of the rolling check costs a call or two.
      relationsPerRead: 5,
      reportsPerWrite: 20,
      createsPerWrite: 20,
      supportsTasks: description.actions[.createTask] != nil)
    capabilities.partyTraits = traits(description)
    return capabilities
  }

  /// What the update actions name can be written.
  private static func traits(_ description: RestDescription) -> PartyTraits {
    func writable(_ action: RestActionName) -> Set<PartyField> {
      let names = Set((description.actions[action]?.request.variables ?? []).map(\.name))
      return Set(
        PartyField.allCases.filter { !names.isDisjoint(with: RestPartyWords.of($0, "patch")) })
    }
    var traits = PartyTraits(
      writable: [.company: writable(.updateCompany), .person: writable(.updatePerson)])
    for field in PartyField.allCases { traits.lengths[field] = 255 }
    return traits
  }
}
