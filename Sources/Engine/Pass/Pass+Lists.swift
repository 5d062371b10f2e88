internal import Connectors
internal import Domain
internal import Reconciler
internal import Snapshot

extension Pass {
  /// The lists, with every name of the configuration found in them. A name that is missing may
  /// have been made a minute ago: the lists are read anew before the pass is given up.
  func checkedLists(_ store: SnapshotStore, now: Instant) async throws(EngineError) -> Lists {
    let lists = try await lists(store, now: now, isFull: options.isFull)
    guard !problems(lists).isEmpty, !options.isFull else { return try usable(lists) }
    return try usable(try await self.lists(store, now: now, isFull: true))
  }

  private func lists(
    _ store: SnapshotStore, now: Instant, isFull: Bool
  ) async throws(EngineError) -> Lists {
    try await ListReader(environment: environment, store: store, now: now, isFull: isFull).run()
  }

  private func problems(_ lists: Lists) -> [ConfigurationProblem] {
    ReferenceCheck.problems(
      environment.policy, lists.ledger, lists.catalogues,
      supportsDrafts: environment.systems.accounting.capabilities.supportsDrafts)
  }

  private func usable(_ lists: Lists) throws(EngineError) -> Lists {
    let problems = problems(lists)
    guard problems.isEmpty else { throw .configuration(problems) }
    return lists
  }

  /// What is held is looked at again whenever what it may depend on is another: the lists were
  /// read anew, or the configuration was changed.
  func wakeHeld(
    _ store: SnapshotStore, lists: Lists, now: Instant
  ) throws(EngineError) {
    let digest = PolicyDigest.text(of: environment.policy)
    try snapshot {
      let known = try store.read { try $0.cache(Self.policyKey, as: String.self)?.body }
      guard lists.isLedgerFresh || known != digest else { return }
      try store.write { writer in
        for subject in try Set(writer.reader.holds().map(\.hold.subject)).sorted()
        where subject.kind == .deal || subject.kind.isParty && known != digest {
          // The configuration may name fields of the deal that were never fetched.
          if subject.kind == .deal, known != nil, known != digest {
            try writer.ask(for: subject)
          } else {
            try writer.markDirty(subject, because: "lists or configuration are new")
          }
        }
        if known != digest { try writer.setCache(Self.policyKey, digest, readAt: now) }
      }
    }
  }

  private static let policyKey = "policy"
}

/// A digest of what the configuration asks for, the same in every process and for every way to
/// name the file: where a key stands in it takes no part.
enum PolicyDigest {
  static func text(of policy: Policy) -> String {
    var policy = policy
    // A brake that is let go for one pass changes nothing that is held.
    policy.brakes = BrakePolicy()
    return StableHash.hex([words(policy)])
  }

  private static func words(_ value: Any) -> String {
    let mirror = Mirror(reflecting: value)
    guard !mirror.children.isEmpty else { return "\(value)" }
    var parts = mirror.children.filter { $0.label != "origin" }.map { child in
      "\(child.label ?? "")=\(words(child.value))"
    }
    if mirror.displayStyle == .dictionary || mirror.displayStyle == .set { parts.sort() }
    return "(" + parts.joined(separator: ",") + ")"
  }
}
