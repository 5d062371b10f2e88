import ConfigurationFile
import Connectors
import Domain
import Engine
import Foundation
import Snapshot
import Transport

/// Connects the systems of a configuration.
struct Connections {
  let workplace: Workplace
  let configuration: Configuration
  let budgets: @Sendable (SystemName) -> BudgetStore
  let exchange: HTTPExchange

  static let userAgent = "xerosync/\(XeroSync.version)"

  init(
    workplace: Workplace, configuration: Configuration, store: SnapshotStore,
    exchange: HTTPExchange? = nil
  ) {
    let time = workplace.time
    self.init(
      workplace: workplace, configuration: configuration,
      budgets: { Self.budget(of: $0, store, time) }, exchange: exchange)
  }

  /// - Parameter budgets: where the calls of a system are counted.
  init(
    workplace: Workplace, configuration: Configuration,
    budgets: @escaping @Sendable (SystemName) -> BudgetStore, exchange: HTTPExchange? = nil
  ) {
    self.workplace = workplace
    self.configuration = configuration
    self.budgets = budgets
    self.exchange =
      exchange ?? LiveHTTP.exchange(userAgent: Self.userAgent, maxConnectionsPerHost: 8)
  }

  func systems() throws -> ConnectedSystems {
    do {
      let accounting = try ConnectorRegistry.accounting(
        settings: configuration.accounting, environment: environment(configuration.accounting))
      let crms = try configuration.crms.map {
        try ConnectorRegistry.crm(settings: $0, environment: environment($0))
      }
      return ConnectedSystems(
        accounting: accounting, crms: crms, notifiers: notifiers(), signInEnds: signInEnds())
    } catch let error as ConnectorSetupError {
      throw Failure(.configuration, error.description)
    }
  }

  /// Every way that is set up under `notify`: alerts use those of `overdue.notify`, word to the
  /// operator uses all.
  private func notifiers() -> [AlertChannel: Notifier] {
    var notifiers: [AlertChannel: Notifier] = [:]
    let notify = configuration.notify
    if let slack = notify.slack {
      notifiers[.slack] = SlackNotifier.make(
        address: Secret(slack.webhookURL.reveal()), exchange: exchange, time: workplace.time)
    }
    if let webhook = notify.webhook {
      notifiers[.webhook] = WebhookNotifier.make(
        address: webhook.url.value, secret: webhook.secret.map { Secret($0.reveal()) },
        accounting: configuration.accounting.name, exchange: exchange, time: workplace.time)
    }
    if let email = notify.email, let from = MailAddress(email.from.value) {
      let path = email.sendmail
      notifiers[.email] = MailNotifier.make(
        from: from, fallback: email.fallback.flatMap { MailAddress($0.value) } ?? from,
        run: { await MailProgram.run(path: path, arguments: $0, input: $1) })
    }
    return notifiers
  }

  /// When each sign-in ends, read anew each time: a pass may renew it.
  private func signInEnds() -> @Sendable () -> [SystemName: Instant] {
    let tokens = workplace.tokens(configuration)
    let names = [configuration.accounting.name] + configuration.crms.map(\.name)
    return {
      var ends: [SystemName: Instant] = [:]
      for name in names {
        let token = try? tokens.load(name.rawValue)
        ends[name] = token?.refreshExpiresAt.map(Instant.init(milliseconds:))
      }
      return ends
    }
  }

  private func environment(_ settings: ConnectionSettings) -> ConnectorEnvironment {
    ConnectorEnvironment(
      exchange: exchange, time: workplace.time,
      tokens: workplace.tokens(configuration),
      budget: budgets(settings.name), logger: workplace.logger, redactor: workplace.redactor,
      passDeadline: workplace.time.monotonic() + .seconds(configuration.limits.passSeconds),
      userAgent: Self.userAgent, seed: UInt64(bitPattern: workplace.time.now()))
  }

  /// The system's call budget lives in the snapshot, so that every pass counts on.
  private static func budget(
    of system: SystemName, _ store: SnapshotStore, _ time: TimeSource
  ) -> BudgetStore {
    let key = "budget:\(system)"
    return BudgetStore(
      load: { try store.read { try $0.cache(key, as: BudgetState.self)?.body } },
      save: { state in
        try store.write {
          try $0.setCache(key, state, readAt: Instant(milliseconds: time.now()))
        }
      })
  }
}
