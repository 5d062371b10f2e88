package import Transport

/// A connector that sends everything through one client.
package protocol ClientBacked: Sendable {
  /// The client of this pass, which knows what is left of the budget.
  var client: SystemClient { get }
}

extension ClientBacked {
  package func callCount() async -> Int { await client.callCount }
  package func health() async -> ClientHealth { await client.health }
  package func drain() async { await client.drain() }
  package func clockSkew() async -> Duration? { await client.serverClockSkew }
}
