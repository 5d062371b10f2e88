package import Domain

/// Alerts that leave as one message: one alert, or a digest of those of one owner.
package struct AlertMessage: Sendable {
  /// Never empty; all of one deal owner.
  package var alerts: [KeyedAlert]
  /// When it is sent, by the clock of the pass.
  package var sentAt: Instant

  package init(alerts: [KeyedAlert], sentAt: Instant) {
    self.alerts = alerts
    self.sentAt = sentAt
  }

  /// The same whenever the same alerts are sent again.
  package var id: OperationID {
    let keys = alerts.map(\.key).sorted()
    return keys.count == 1 ? keys[0] : OperationID(hashing: ["digest"] + keys.map(\.rawValue))
  }

  package var owner: Owner? { alerts.first?.alert.owner }

  /// Whether an earlier copy may have arrived.
  package var mayBeRepeat: Bool { alerts.contains(where: \.alert.mayBeRepeat) }
}

/// An alert with the key of its operation.
package struct KeyedAlert: Sendable {
  package var key: OperationID
  package var alert: AlertDraft

  package init(key: OperationID, alert: AlertDraft) {
    self.key = key
    self.alert = alert
  }
}

/// Word to the operator about the sync itself.
package struct OperatorNotice: Hashable, Sendable {
  package var id: OperationID
  package var topic: Topic
  /// The accounting organisation it is about.
  package var organisation: String
  package var sentAt: Instant
  /// One line.
  package var title: String
  /// What happened and what to do now, a line each.
  package var lines: [String]
  package var mayBeRepeat: Bool

  /// What it is about.
  package enum Topic: Hashable, Sendable {
    case passesFailing
    case signInEnding(SystemName)

    /// As the webhook names it.
    package var event: String {
      switch self {
      case .passesFailing: "sync_failing"
      case .signInEnding: "sign_in_ending"
      }
    }
  }

  package init(
    id: OperationID, topic: Topic, organisation: String, sentAt: Instant, title: String,
    lines: [String], mayBeRepeat: Bool = false
  ) {
    self.id = id
    self.topic = topic
    self.organisation = organisation
    self.sentAt = sentAt
    self.title = title
    self.lines = lines
    self.mayBeRepeat = mayBeRepeat
  }
}

/// One way to tell a person something: a webhook, a mail program.
package struct Notifier: Sendable {
  /// Sends one message about all its alerts; the answer is the message's id.
  package var deliver: @Sendable (AlertMessage) async -> WriteOutcome<String>
  /// Tells the operator; nil: this way does not reach one.
  package var tell: (@Sendable (OperatorNotice) async -> WriteOutcome<String>)?
  /// From how many alerts of one owner on they leave as one message; nil: never.
  package var digestFrom: Int?
  /// Whether the receiver can tell a repeated message by its id: it may then be sent until
  /// somebody confirms it. Otherwise it is repeated once at most.
  package var recognisesRepeats: Bool

  /// From so many alerts of one owner on, people get a digest.
  package static let digestThreshold = 4

  package init(
    digestFrom: Int? = nil, recognisesRepeats: Bool = false,
    tell: (@Sendable (OperatorNotice) async -> WriteOutcome<String>)? = nil,
    deliver: @escaping @Sendable (AlertMessage) async -> WriteOutcome<String>
  ) {
    self.deliver = deliver
    self.tell = tell
    self.digestFrom = digestFrom
    self.recognisesRepeats = recognisesRepeats
  }

  /// A way that takes alerts one by one; the key is the same when one is sent again.
  package init(send: @escaping @Sendable (OperationID, AlertDraft) async -> WriteOutcome<String>) {
    self.init { message in
      var outcome = WriteOutcome<String>.notSent(reason: "there was nothing to send")
      for one in message.alerts { outcome = await send(one.key, one.alert) }
      return outcome
    }
  }
}
