internal import Domain

/// Looks for the same party in a system before a record is made there: by mark, mail address and
/// name, and by a fuller comparison where one was made.
package struct PartyMatch {
  let record: PartyRecord
  let people: [PartyRecord]
  let policy: ContactPolicy

  enum Decision: Hashable {
    case link(PartyRecord, String)
    case unsure([PartyRecord], String)
    /// Nothing near.
    case new
    /// The record that was ours is archived there.
    case archived(PartyRecord)
  }

  /// From which match probability a pair is taken as the same, or is worth a question. Measured
  /// on labelled customers without an equal name or address: none is linked wrongly, and one in
  /// twenty of the known ones is missed.
  static let sure = 0.988
  package static let near = 0.5
  private static let taken = 0.9

  func decide(_ candidates: [PartyCandidate]) -> Decision {
    let ordered = candidates.sorted {
      ($0.evidence, $0.record.subject) < ($1.evidence, $1.record.subject)
    }
    let active = ordered.filter { $0.record.status == .active }
    let marked = active.filter { $0.evidence == .mark }
    if marked.count == 1, let only = marked.first { return .link(only.record, "mark") }
    if marked.count > 1 { return .unsure(marked.map(\.record), "carry its mark") }
    if let gone = ordered.first(where: { $0.evidence == .mark }) { return .archived(gone.record) }
    guard policy.matchBeforeCreate else { return .new }
    let near = active.filter { !isSomebodyElse($0) }
    if near.isEmpty {
      let twin = ordered.first { $0.record.status == .archived && !isSomebodyElse($0) }
      return twin.map { .archived($0.record) } ?? .new
    }
    let clear = near.filter { isClear($0) }
    guard near.count == 1 || clear.count == 1, let only = clear.first else {
      return .unsure(near.map(\.record), near.count > 1 ? "might be the same" : doubt(near[0]))
    }
    guard near.count == 1 || isTheSame(only) else {
      return .unsure(near.map(\.record), "might be the same")
    }
    return .link(only.record, "\(only.evidence)")
  }

  private func isTheSame(_ candidate: PartyCandidate) -> Bool {
    candidate.evidence == .email && hasSameName(candidate.record)
  }

  /// A namesake that belongs to another record, or that speaks against being the same.
  private func isSomebodyElse(_ candidate: PartyCandidate) -> Bool {
    if let similarity = candidate.similarity {
      // A namesake of our customer that is another's: only a strong likeness is worth a question.
      return similarity < (candidate.isTaken ? Self.taken : Self.near)
    }
    guard candidate.evidence == .name else { return false }
    return candidate.isTaken
  }

  private func isClear(_ candidate: PartyCandidate) -> Bool {
    guard !candidate.isTaken, contradiction(candidate.record).isEmpty else { return false }
    if let similarity = candidate.similarity { return similarity >= Self.sure }
    return candidate.evidence == .name || sharesName(candidate.record)
  }

  private func doubt(_ candidate: PartyCandidate) -> String {
    if candidate.isTaken { return "is near, but linked to another record" }
    let against = contradiction(candidate.record)
    guard against.isEmpty else { return "is near, but \(against)" }
    return candidate.evidence == .resemblance ? "looks alike" : "is near, but its name differs"
  }

  private func hasSameName(_ other: PartyRecord) -> Bool {
    PartyKeys.name(other.name) == PartyKeys.name(record.name)
  }

  private func sharesName(_ other: PartyRecord) -> Bool {
    let own = ([record.name] + people.map(\.name)).map { Set(PartyKeys.significantWords($0)) }
    let theirs = Set(
      PartyKeys.significantWords(other.name)
        + PartyKeys.significantWords("\(other.firstName) \(other.lastName)"))
    return own.contains { !$0.isDisjoint(with: theirs) }
  }

  /// What speaks against; empty when nothing does.
  private func contradiction(_ other: PartyRecord) -> String {
    let tax = PartyNormal(region: "")
    let ours = tax.key(.taxNumber, .text(record.taxNumber))
    let theirs = tax.key(.taxNumber, .text(other.taxNumber))
    if !ours.isEmpty, !theirs.isEmpty, ours != theirs { return "its tax number differs" }
    let mails = keys([record] + people)
    if !mails.isDisjoint(with: keys([other])) { return "" }
    let domains = ([record] + people).flatMap(PartyKeys.ownDomains)
    let others = PartyKeys.ownDomains(of: other)
    if !domains.isEmpty, !others.isEmpty, Set(domains).isDisjoint(with: others) {
      return "its email domain differs"
    }
    if let own = country(record), let their = country(other), own != their {
      return "its country differs"
    }
    return ""
  }

  private func keys(_ records: [PartyRecord]) -> Set<String> {
    Set(records.flatMap(\.emails).map(PartyKeys.email)).subtracting([""])
  }

  private func country(_ record: PartyRecord) -> String? {
    let place = record.addresses[.postal] ?? record.addresses[.street]
    return place.flatMap { Country.code(of: PartyText.clean($0.country)) }
  }
}
