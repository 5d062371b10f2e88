import Domain
package import Engine
import Snapshot

extension Rig {
  /// `xerosync undo RUN`: what was proposed, and carried out.
  package func undo(_ run: Int64) async throws -> Undo.Proposal {
    try await OneThread.run { [self] in
      let path = snapshotPath
      let process = Incarnation(snapshot: path, rule: { _, _ in .go })
      let store = try SnapshotStore(path: path)
      defer { try? store.close() }
      let undo = Undo(environment: try environment(of: process, on: store), store: store)
      let now = Instant(milliseconds: clock.now)
      guard let proposal = try await undo.propose(run, at: now) else {
        throw Refused(description: "no run \(run)")
      }
      if !(proposal.operations.isEmpty && proposal.links.isEmpty) {
        _ = try await undo.apply(proposal, at: now)
      }
      return proposal
    }
  }
}
