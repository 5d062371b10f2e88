import Domain
import Foundation
package import Transport

/// A Slack-compatible incoming webhook: a text with Slack's own few marks.
package enum SlackNotifier {
  /// `address` is a secret and stands in no message.
  package static func make(
    address: Secret, exchange: HTTPExchange, time: TimeSource
  ) -> Notifier {
    let hook = HookPost(address: address.reveal(), exchange: exchange, time: time)
    return Notifier(
      digestFrom: Notifier.digestThreshold,
      tell: { await hook.post(body(SlackText.text($0)), id: $0.id) },
      deliver: { await hook.post(body(SlackText.text($0)), id: $0.id) })
  }

  private struct Body: Encodable { var text: String }

  private static func body(_ text: String) -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return (try? encoder.encode(Body(text: text))) ?? Data()
  }
}

/// The text of a Slack message.
package enum SlackText {
  /// Well below the length at which the receiver cuts.
  private static let limit = 12_000

  /// An alert or a digest.
  package static func text(_ message: AlertMessage) -> String {
    let words = AlertText(message: message)
    var lines = ["*\(escaped(words.title))*"]
    if let owner = message.owner { lines.append("Owner: \(escaped(AlertText.line(owner.name)))") }
    let paragraphs = words.paragraphs.map { $0.map(escaped).joined(separator: "\n") }
    return cut((lines + paragraphs).joined(separator: "\n"))
  }

  /// Word to the operator.
  package static func text(_ notice: OperatorNotice) -> String {
    cut((["*\(escaped(notice.title))*"] + notice.body.map(escaped)).joined(separator: "\n"))
  }

  /// Text that stays text: no links, no mentions, no marks of the receiver.
  static func escaped(_ text: String) -> String {
    var escaped = ""
    for character in text {
      switch character {
      case "&": escaped += "&amp;"
      case "<": escaped += "&lt;"
      case ">": escaped += "&gt;"
      // Some receivers read @here in plain text as a call to everybody.
      case "@": escaped += "@\u{200B}"
      default: escaped.append(character)
      }
    }
    return escaped
  }

  private static func cut(_ text: String) -> String {
    guard text.count > limit else { return text }
    let lines = text.prefix(limit).split(separator: "\n", omittingEmptySubsequences: false)
    return lines.dropLast().joined(separator: "\n") + "\n…"
  }
}
