package import Domain
package import Snapshot

extension Clerk {
  /// What came of `retry` for one subject.
  package struct Retried: Hashable, Sendable {
    package var subject: Subject
    /// Looked at again in the next pass, with fresh lists.
    package var isLookedAtAgain: Bool
    /// Holds the person decided.
    package var accepted: [HoldCode]
    /// Holds that need a word of their own: nothing was decided about them.
    package var undecided: [HoldCode]
  }

  /// Which holds the person who typed `retry` accepts.
  package enum Acceptance: Hashable, Sendable {
    /// The only one there is, if it is one that can be accepted.
    case whatIsMeant
    /// Those named.
    case codes(Set<HoldCode>)
    /// None: everything is only looked at again.
    case nothing
  }

  /// Why `retry` was refused.
  package enum RetryError: Error, Hashable, Sendable, CustomStringConvertible {
    case unknown(Subject)
    case merged(Subject, into: Subject)
    case notHeld(Subject, for: HoldCode)
    case nothingToAccept(HoldCode)

    package var description: String {
      switch self {
      case .unknown(let subject):
        "\(subject) is not known here. `xerosync holds` lists what is."
      case .merged(let subject, let survivor):
        "\(subject) was merged into \(survivor): \(Remedy.retry(survivor))."
      case .notHeld(let subject, let code):
        "\(subject) is not held for \(code.rawValue). `xerosync explain \(subject)` shows what is."
      case .nothingToAccept(let code):
        "\(code.rawValue) is nothing to accept: mend what it names, then retry without --accept."
      }
    }
  }

  /// Puts a subject before the next pass, with fresh lists, and accepts what is to be accepted.
  package func retry(
    _ subject: Subject, accepting acceptance: Acceptance = .whatIsMeant
  ) throws(SnapshotError) -> Result<Retried, RetryError> {
    try store.write { writer in
      if let survivor = try writer.reader.survivor(of: subject) {
        return .failure(.merged(subject, into: survivor))
      }
      let codes = try Set(writer.reader.holds(of: subject).map(\.hold.code))
      guard try isKnown(subject, writer.reader) || !codes.isEmpty else {
        return .failure(.unknown(subject))
      }
      if case .codes(let wanted) = acceptance {
        for code in wanted.sorted() {
          guard code.acceptance != nil else { return .failure(.nothingToAccept(code)) }
          guard codes.contains(code) else { return .failure(.notHeld(subject, for: code)) }
        }
      }
      return .success(try retry(subject, codes, accepting: acceptance, in: writer))
    }
  }

  /// Looks again at every held subject. What needs a decision is left as it is, and named.
  package func retryAll() throws(SnapshotError) -> [Retried] {
    try store.write { writer in
      let held = Dictionary(grouping: try writer.reader.holds(), by: \.hold.subject)
      return try held.sorted { $0.key < $1.key }.map { subject, holds in
        let codes = Set(holds.map(\.hold.code))
        guard codes.contains(where: { $0.acceptance == nil }) else {
          return Retried(
            subject: subject, isLookedAtAgain: false, accepted: [], undecided: codes.sorted())
        }
        return try retry(subject, codes, accepting: .nothing, in: writer)
      }
    }
  }

  private func retry(
    _ subject: Subject, _ codes: Set<HoldCode>, accepting acceptance: Acceptance,
    in writer: SnapshotWriter
  ) throws -> Retried {
    let open = codes.filter { $0.acceptance != nil }
    let accepted: Set<HoldCode> =
      switch acceptance {
      case .whatIsMeant: codes.count == 1 ? open : []
      case .codes(let wanted): open.intersection(wanted)
      case .nothing: []
      }
    if subject.kind == .deal {
      try accept(accepted, of: subject, in: writer)
      if codes.contains(.emailRefused) { try sendAgain(subject, in: writer) }
      try writer.ask(for: subject)
      try writer.dropCache(ListReader.catalogueKey(subject.system))
    } else {
      try writer.markDirty(subject, because: "retry")
    }
    try writer.dropCache(ListReader.ledgerKey)
    for deal in try writer.reader.deals(of: subject) {
      try writer.markDirty(deal, because: "retry of its customer")
    }
    try record(accepted, of: subject, in: writer)
    return Retried(
      subject: subject, isLookedAtAgain: true, accepted: accepted.sorted(),
      undecided: open.subtracting(accepted).sorted())
  }

  private func accept(
    _ accepted: Set<HoldCode>, of deal: Subject, in writer: SnapshotWriter
  ) throws {
    let replaceable =
      accepted.contains(.invoiceVoided) ? try replaceable(deal, writer.reader) : 0
    try writer.updateDealState(deal) { state in
      state.isIgnored = false
      // How many voids may be made good is counted, so that a later one is held again.
      state.released.formUnion(accepted.subtracting([.invoiceVoided, .answerDiffers]))
      // What the invoices of merged deals bill together is what the merged deal is now.
      if accepted.contains(.dealsMerged) { state.released.insert(.dealChanged) }
      state.revision = max(state.revision, replaceable)
    }
    // No fact tells it anew: who has looked at it lifts it.
    if accepted.contains(.answerDiffers) { try writer.liftHold(deal, .answerDiffers) }
  }

  /// An email that was refused is sent once more.
  private func sendAgain(_ deal: Subject, in writer: SnapshotWriter) throws {
    try writer.updateDealState(deal) { $0.released.insert(.emailRefused) }
    try writer.liftHold(deal, .emailRefused)
  }

  private func record(
    _ accepted: Set<HoldCode>, of subject: Subject, in writer: SnapshotWriter
  ) throws {
    let words = accepted.sorted().compactMap { code in
      code.acceptance.map { "\(code.rawValue) accepted: \($0)" }
    }
    for text in words.isEmpty ? ["looked at again"] : words {
      try writer.recordDecision(text, on: subject, at: now)
    }
  }

  /// How many voided invoices and ended templates there are by now: so many may be replaced.
  private func replaceable(_ subject: Subject, _ reader: SnapshotReader) throws -> Int {
    var gone = 0
    for stored in try reader.links(of: subject) where stored.link.left == subject {
      switch stored.link.role {
      case .invoice(.generated), .party: continue
      case .invoice(.whole), .invoice(.part):
        let invoice = try reader.invoice(
          ID(stored.link.right.id), of: stored.link.right.system)
        if invoice?.status.isTerminal == true { gone += 1 }
      case .template:
        let template = try reader.cache(
          TemplateReader.key(ID(stored.link.right.id)), as: InvoiceTemplate.self)?.body
        if template?.isActive == false { gone += 1 }
      }
    }
    return gone
  }
}
