internal import Domain

/// Weighs the candidates for one customer.
struct Judgement {
  var facts: DealFacts
  var customer: PartyRecord
  /// Strongest evidence first.
  var candidates: [ContactCandidate]
  var match: CustomerMatch

  func decision() -> CustomerMatch.Decision {
    let active = candidates.filter { $0.contact.status == .active }
    let marked = active.filter { $0.evidence == .mark }
    if let only = marked.first {
      return marked.count == 1 ? .match(only.contact, .mark) : unsure(marked, "carry its mark")
    }
    if let gone = candidates.first(where: { $0.evidence == .mark }) {
      return .hold(match.archived(facts, customer, gone.contact))
    }
    guard match.policy.matchBeforeCreate, !facts.released.contains(.customerUnsure) else {
      return create(besides: active)
    }
    return weigh(active)
  }

  private func weigh(_ active: [ContactCandidate]) -> CustomerMatch.Decision {
    let near = active.filter { !isSomebodyElse($0) }
    let contradicted = near.filter(contradicts)
    let clear = near.filter { !contradicts($0) }
    let byEmail = clear.filter { $0.evidence == .email }
    let byBoth = byEmail.filter { hasSameName($0.contact) }
    if near.count == 1, let only = clear.first, only.isSure {
      return .match(only.contact, only.evidence)
    }
    if contradicted.isEmpty, byBoth.count == 1, let only = byBoth.first,
      !clear.contains(where: { $0.evidence == .name })
    {
      return .match(only.contact, .email)
    }
    if near.count > 1 { return unsure(near, "might be the same") }
    if let only = near.first, contradicted.isEmpty { return unsure([only], "looks alike") }
    if let only = contradicted.first {
      return unsure([only], "is near, but \(Self.contradiction(of: customer, only.contact, facts))")
    }
    if let gone = candidates.first(where: isArchivedTwin) {
      return .hold(match.archived(facts, customer, gone.contact))
    }
    return create(besides: active)
  }

  private func isArchivedTwin(_ candidate: ContactCandidate) -> Bool {
    candidate.contact.status == .archived && candidate.isSure && !isSomebodyElse(candidate)
      && !contradicts(candidate)
  }

  /// A contact that belongs to another record of the same CRM is another customer, unless the
  /// email address says otherwise: then the CRM may hold one customer twice.
  private func isSomebodyElse(_ candidate: ContactCandidate) -> Bool {
    guard candidate.evidence != .email, let owner = Subject(candidate.contact.mark) else {
      return false
    }
    return owner.system == facts.crm && !Self.ownIDs(customer, facts).contains(owner.id)
  }

  /// CRM records that are the customer: itself, what was merged into it, the deal's people.
  private static func ownIDs(_ customer: PartyRecord, _ facts: DealFacts) -> Set<String> {
    Set(
      [customer.subject.id] + customer.mergedFrom.map(\.rawValue)
        + (facts.people + facts.colleagues).map(\.subject.id))
  }

  private func hasSameName(_ contact: PartyRecord) -> Bool {
    PartyKeys.name(contact.name) == PartyKeys.name(customer.name)
  }

  private func contradicts(_ candidate: ContactCandidate) -> Bool {
    !Self.contradiction(of: customer, candidate.contact, facts).isEmpty
  }

  /// What speaks against two records being the same customer; empty when nothing does.
  private static func contradiction(
    of customer: PartyRecord, _ contact: PartyRecord, _ facts: DealFacts
  ) -> String {
    let ours = PartyKeys.taxNumber(customer.taxNumber)
    let theirs = PartyKeys.taxNumber(contact.taxNumber)
    if !ours.isEmpty, !theirs.isEmpty, ours != theirs { return "its tax number differs" }
    let people = facts.people.map(\.name)
    if !([customer.name] + people).contains(where: { sharesWord($0, contact.name) }) {
      return "its name differs"
    }
    let mails = Set(([customer] + facts.people + facts.colleagues).flatMap(keys))
    if !mails.isDisjoint(with: keys(contact)) { return "" }
    let ourDomains = Set(([customer] + facts.people).flatMap(PartyKeys.ownDomains))
    let theirDomains = Set(PartyKeys.ownDomains(of: contact))
    if !ourDomains.isEmpty, !theirDomains.isEmpty, ourDomains.isDisjoint(with: theirDomains) {
      return "its email domain differs"
    }
    if let ours = country(customer), let theirs = country(contact), ours != theirs {
      return "its country differs"
    }
    if let owner = Subject(contact.mark), owner.system == facts.crm,
      !ownIDs(customer, facts).contains(owner.id)
    {
      return "it belongs to \(owner)"
    }
    return ""
  }

  private static func keys(_ record: PartyRecord) -> [String] {
    record.emails.map(PartyKeys.email).filter { !$0.isEmpty }
  }

  private static func country(_ record: PartyRecord) -> String? {
    let address = record.addresses[.postal] ?? record.addresses[.street]
    return address.flatMap { Country.code(of: $0.country) }
  }

  private static func sharesWord(_ left: String, _ right: String) -> Bool {
    !Set(PartyKeys.significantWords(left)).isDisjoint(with: PartyKeys.significantWords(right))
  }
}

extension Judgement {
  private func unsure(
    _ found: [ContactCandidate], _ why: String
  ) -> CustomerMatch.Decision {
    let names = found.map { "“\($0.contact.name)” (\($0.contact.subject))" }
    let commands = found.prefix(3).map {
      "`xerosync link \(customer.subject) \($0.contact.subject)`"
    }
    return .hold(
      match.hold(
        facts, .customerUnsure,
        "It is unsure which contact “\(customer.name)” is: "
          + "\(names.joined(separator: ", ")) \(why).",
        "Link the right one: \(commands.joined(separator: " or ")); if none is: "
          + "\(Remedy.accept(.customerUnsure, facts.subject))."))
  }

  private func create(besides active: [ContactCandidate]) -> CustomerMatch.Decision {
    guard match.policy.createInAccounting != .never else {
      return .hold(
        match.hold(
          facts, .noCustomer,
          "“\(customer.name)” has no contact in \(match.accounting), and the configuration "
            + "makes none (`contacts.create_in_accounting: never`).",
          "Add the contact there: under the same name the next pass finds it. Under another, run "
            + "a pass, then `xerosync link \(customer.subject) \(match.accounting):contact:ID`."))
    }
    let proposals = match.nameProposals(facts)
    guard let wanted = proposals.first else {
      return .hold(
        match.hold(
          facts, .noCustomer, "The deal's customer has no name.",
          "Give \(customer.subject) a name in \(facts.crm)."))
    }
    let taken = facts.namesTaken.union(active.map { $0.contact.name.lowercased() })
    guard let name = proposals.first(where: { !taken.contains($0.lowercased()) }) else {
      let key = wanted.lowercased()
      let holder =
        facts.nameHolders[key]?.description
        ?? active.first { $0.contact.name.lowercased() == key }?.contact.subject.description
        ?? "\(match.accounting):contact:ID"
      return .hold(
        match.hold(
          facts, .nameTaken,
          "Another customer of \(match.accounting) is already called “\(wanted)”.",
          "Give one of them a name that tells them apart; or, if they are the same customer, "
            + "`xerosync link \(customer.subject) \(holder)`."))
    }
    return .create(draft(named: name))
  }

  private func draft(named name: String) -> PartyDraft {
    var draft = PartyDraft(
      kind: .contact, copying: customer, mark: customer.subject.description)
    draft.name = name
    guard customer.subject.kind != .person, let person = facts.people.first else { return draft }
    if draft.email.isEmpty { draft.email = person.emails.first ?? "" }
    if draft.firstName.isEmpty && draft.lastName.isEmpty {
      draft.firstName = person.firstName
      draft.lastName = person.lastName
    }
    return draft
  }
}

extension CustomerMatch {
  /// The names a new contact of the deal's customer may be given, in order: its own, then with
  /// its city, then with its domain. Empty when the customer has no name at all.
  package func nameProposals(_ facts: DealFacts) -> [String] {
    guard let customer = facts.customer else { return [] }
    let own = [
      customer.name, "\(customer.firstName) \(customer.lastName)", customer.emails.first ?? "",
    ]
    guard let name = own.map(clean).first(where: { !$0.isEmpty }) else { return [] }
    let addresses = [customer.addresses[.postal], customer.addresses[.street]]
    let city = addresses.compactMap { $0?.city }.map(clean).first { !$0.isEmpty }
    let domain = PartyKeys.ownDomains(of: customer).first
    let fitted = fit(name, in: contactNameLengthMax)
    return [fitted]
      + [city, domain].compactMap { $0 }.map { suffix in
        fit(name, in: contactNameLengthMax - suffix.count - 3) + " (\(suffix))"
      }
  }

  /// Without angle brackets, control characters, and doubled or outer spaces.
  private func clean(_ text: String) -> String {
    let visible = text.unicodeScalars.map { scalar in
      scalar == "<" || scalar == ">" || scalar.properties.generalCategory == .control
        ? " " : Character(scalar)
    }
    return String(visible).split(separator: " ").joined(separator: " ")
  }

  private func fit(_ text: String, in length: Int) -> String {
    text.count <= length
      ? text : String(text.prefix(max(1, length))).split(separator: " ").joined(separator: " ")
  }
}
