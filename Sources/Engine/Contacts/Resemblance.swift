internal import Domain
internal import Matcher
internal import Reconciler

/// Compares a record nobody knows yet with those that share a coarse key with it: the matcher of
/// `dedupe`, at work before a customer is created.
struct Resemblance {
  /// The organisation's country, by which local telephone numbers are read.
  let homeCountry: String

  /// Contacts that are worth a look for a deal's customer, with how alike they are.
  func candidates(for facts: DealFacts, among alike: [PartyRecord]) async -> [ContactCandidate] {
    guard let customer = facts.customer else { return [] }
    let scores = await scores(of: customer, through: facts.people.first, among: alike)
    return alike.compactMap { contact in
      scores[contact.subject].map {
        ContactCandidate(contact: contact, evidence: .resemblance, similarity: $0)
      }
    }
  }

  /// Those of another system that are worth a look for a party, with how alike they are.
  func candidates(
    for facts: PartyFacts, among alike: [PartyCandidate]
  ) async -> [PartyCandidate] {
    guard let record = facts.replicas.first?.record else { return [] }
    let scores = await scores(
      of: record, through: facts.people.first, among: alike.map(\.record))
    return alike.compactMap { candidate in
      var candidate = candidate
      candidate.similarity = scores[candidate.record.subject]
      return candidate.similarity == nil ? nil : candidate
    }
  }

  /// Match probabilities from `PartyMatch.near` up.
  private func scores(
    of record: PartyRecord, through person: PartyRecord?, among others: [PartyRecord]
  ) async -> [Subject: Double] {
    guard !others.isEmpty else { return [:] }
    var record = record
    if record.subject.kind == .company, let person { record.speak(through: person) }
    // Weights moved by a handful of records would differ from pass to pass.
    var options = MatchOptions(
      reviewThreshold: PartyMatch.near, findsDuplicates: false, adaptsToData: false)
    if !homeCountry.isEmpty { options.homeCountry = homeCountry }
    let verdicts = await Matcher.best(
      for: MatchRecord(record, side: .left), among: others.map { MatchRecord($0, side: .right) },
      options: options)
    var scores: [Subject: Double] = [:]
    for verdict in verdicts where verdict.score >= PartyMatch.near {
      if let subject = Subject(verdict.right) { scores[subject] = verdict.score }
    }
    return scores
  }
}

extension PartyRecord {
  /// A contact in the books holds a company and its person in one record: so does this one now.
  fileprivate mutating func speak(through person: PartyRecord) {
    firstName = person.firstName
    lastName = person.lastName
    if emails.isEmpty { emails = person.emails }
    if phones.isEmpty { phones = person.phones }
  }
}
