package import Domain

/// An accounting contact that might be the deal's customer.
package struct ContactCandidate: Hashable, Sendable {
  package var contact: PartyRecord
  package var evidence: Evidence
  /// Match probability of a record that was found by resemblance, 0 to 1; nil for other evidence.
  package var similarity: Double?

  /// Whether its evidence suffices where nothing speaks against it.
  package var isSure: Bool { similarity.map { $0 >= PartyMatch.sure } ?? true }

  /// Why it might be, strongest first.
  package enum Evidence: Int, Hashable, Sendable, Comparable {
    /// It carries the CRM record's subject.
    case mark
    /// An equal, non-empty email address.
    case email
    /// An equal name in normal form.
    case name
    /// Nothing equal, but alike on the whole.
    case resemblance

    package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
  }

  package init(contact: PartyRecord, evidence: Evidence, similarity: Double? = nil) {
    self.contact = contact
    self.evidence = evidence
    self.similarity = similarity
  }
}
