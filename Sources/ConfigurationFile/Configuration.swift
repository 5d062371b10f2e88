package import Domain

/// A configuration file in typed form, with the defaults filled in.
package struct Configuration: Hashable, Sendable {
  /// What the planner must know.
  package var policy: Policy
  /// The accounting system; its name is its kind.
  package var accounting: ConnectionSettings
  /// In the order of the file; never empty.
  package var crms: [ConnectionSettings]
  /// The snapshot's absolute path.
  package var statePath: String
  /// The absolute path of the file of refreshed tokens.
  package var tokensPath: String
  /// What the token file is encrypted with; nil: it is not.
  package var tokensKey: SecretText?
  package var notify: NotifySettings
  package var limits: RunLimits
  package var metrics: MetricsSettings
  /// The file as it was named when it was loaded; problems name it the same way.
  package var path: String
  /// What the kinds of system may hold; `shown()` needs it to know the defaults and the secrets.
  package var vocabulary: ConnectorVocabulary

  package init(
    policy: Policy, accounting: ConnectionSettings, crms: [ConnectionSettings],
    statePath: String, tokensPath: String, notify: NotifySettings = NotifySettings(),
    limits: RunLimits = RunLimits(), metrics: MetricsSettings = MetricsSettings(),
    path: String, vocabulary: ConnectorVocabulary = .documented
  ) {
    self.policy = policy
    self.accounting = accounting
    self.crms = crms
    self.statePath = statePath
    self.tokensPath = tokensPath
    self.notify = notify
    self.limits = limits
    self.metrics = metrics
    self.path = path
    self.vocabulary = vocabulary
  }
}

/// Where alerts go; nil for a channel that is not set up.
package struct NotifySettings: Hashable, Sendable {
  package var slack: Slack?
  package var webhook: Webhook?
  package var email: Email?
  /// Passes that must fail one after another before the operator is told; 0: never.
  package var failedPasses = 3
  /// Days before the end of a sign-in on which the operator is told; 0: never.
  package var signInDays = 7

  package init() {}

  /// An incoming webhook; its address is a secret.
  package struct Slack: Hashable, Sendable {
    package var webhookURL: SecretText

    package init(webhookURL: SecretText) { self.webhookURL = webhookURL }
  }

  /// An address that gets signed JSON.
  package struct Webhook: Hashable, Sendable {
    package var url: Sourced<String>
    /// The key of the HMAC-SHA256 signature; nil: unsigned.
    package var secret: SecretText?

    package init(url: Sourced<String>, secret: SecretText?) {
      self.url = url
      self.secret = secret
    }
  }

  /// Mail through the machine's own mail program.
  package struct Email: Hashable, Sendable {
    package var from: Sourced<String>
    /// The absolute path of a program that takes a message as `sendmail -t` does.
    package var sendmail: String
    /// Where alerts go whose owner cannot be reached, and word to the operator; nil: the sender.
    package var fallback: Sourced<String>?

    package init(from: Sourced<String>, sendmail: String, fallback: Sourced<String>? = nil) {
      self.from = from
      self.sendmail = sendmail
      self.fallback = fallback
    }
  }
}

/// The numbers that bound a pass.
package struct RunLimits: Hashable, Sendable {
  /// New records a pass may make without `--allow-large`.
  package var maxCreatesPerRun: Int
  /// Calls a day to the accounting organisation; nil: the vendor's own limit, with a reserve.
  package var dailyCalls: Int?
  /// When a single call ends.
  package var callSeconds: Int
  /// When a pass ends.
  package var passSeconds: Int
  /// Days for which passes and small changes are remembered.
  package var historyDays: Int

  package init() {
    maxCreatesPerRun = 50
    callSeconds = 60
    passSeconds = 300
    historyDays = 400
  }
}

/// How a pass is watched from outside.
package struct MetricsSettings: Hashable, Sendable {
  /// The absolute path of a Prometheus text file; nil: none.
  package var textfile: String?
  /// Called at start, success and failure; nil: none.
  package var pingURL: Sourced<String>?

  package init() {}
}
