package import Domain
package import Foundation
internal import Synchronization

/// Email through the machine's mail program.
package enum MailNotifier {
  /// `fallback` is where alerts go whose owner has no usable address, and where the operator is
  /// told. `run` hands a message to the mail program.
  package static func make(
    from: MailAddress, fallback: MailAddress,
    run: @escaping @Sendable (_ arguments: [String], _ input: Data) async -> MailProgramOutcome
  ) -> Notifier {
    let gate = MailGate()
    @Sendable func send(_ message: MailMessage) async -> WriteOutcome<String> {
      if let reason = gate.closed { return .notSent(reason: reason) }
      let outcome = await run(["-t", "-i", "-f", from.address], message.data)
      return gate.judge(outcome, message.id)
    }
    return Notifier(
      digestFrom: Notifier.digestThreshold,
      tell: { await send(mail($0, from: from, to: fallback)) },
      deliver: { await send(mail($0, from: from, fallback: fallback)) })
  }

  /// The message of an alert or digest.
  package static func mail(
    _ message: AlertMessage, from: MailAddress, fallback: MailAddress
  ) -> MailMessage {
    let words = AlertText(message: message)
    let to = message.owner.flatMap { owner in
      owner.email.flatMap { MailAddress(name: owner.name, address: $0) }
    }
    return MailMessage(
      from: from, to: to ?? fallback, subject: words.title, paragraphs: words.paragraphs,
      id: message.id, date: message.sentAt)
  }

  /// The message of a notice to the operator.
  package static func mail(
    _ notice: OperatorNotice, from: MailAddress, to: MailAddress
  ) -> MailMessage {
    MailMessage(
      from: from, to: to, subject: notice.title, paragraphs: [notice.body], id: notice.id,
      date: notice.sentAt)
  }
}

/// How the mail program ended.
package enum MailProgramOutcome: Hashable, Sendable {
  /// It took the message.
  case accepted
  /// It said no: its exit status and the first line of its standard error.
  case refused(status: Int, words: String)
  /// It could not be started: nothing was sent.
  case notStarted(reason: String)
  /// It did not end in time or was killed: it may have taken the message.
  case interrupted(reason: String)
}

/// Leaves the mail program alone for the rest of the pass after it hung or was missing.
private final class MailGate: Sendable {
  private let reason = Mutex<String?>(nil)

  var closed: String? { reason.withLock { $0 } }

  func judge(_ outcome: MailProgramOutcome, _ id: OperationID) -> WriteOutcome<String> {
    switch outcome {
    case .accepted: return .applied(id.rawValue)
    case .refused(let status, let words):
      let said = AlertText.line(words)
      return .notSent(
        reason: "the mail program refused it with status \(status)"
          + (said.isEmpty ? "" : ": \(said)"))
    case .notStarted(let why):
      reason.withLock { $0 = "the mail program cannot be started; not tried again in this pass" }
      return .notSent(reason: "the mail program cannot be started: \(why)")
    case .interrupted(let why):
      reason.withLock { $0 = "the mail program did not end; not tried again in this pass" }
      return .unknown(reason: "it may have been sent: \(why)")
    }
  }
}
