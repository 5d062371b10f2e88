package import Logging
package import Transport

/// What a connector needs beside its settings: everything that touches the world outside.
/// One per connected system, since budget and deadline are its own.
package struct ConnectorEnvironment: Sendable {
  package var exchange: HTTPExchange
  package var time: TimeSource
  package var tokens: TokenStore
  /// The call budget of this one system.
  package var budget: BudgetStore
  package var logger: Logger
  package var redactor: Redactor
  /// When the pass is over, on `time.monotonic`; nothing is sent after it.
  package var passDeadline: Duration
  package var userAgent: String
  /// Spreads waiting times; the same seed gives the same pass.
  package var seed: UInt64

  package init(
    exchange: HTTPExchange, time: TimeSource, tokens: TokenStore, budget: BudgetStore,
    logger: Logger, redactor: Redactor, passDeadline: Duration, userAgent: String, seed: UInt64
  ) {
    self.exchange = exchange
    self.time = time
    self.tokens = tokens
    self.budget = budget
    self.logger = logger
    self.redactor = redactor
    self.passDeadline = passDeadline
    self.userAgent = userAgent
    self.seed = seed
  }
}
