import Foundation
import Synchronization

/// Removes secrets from text: every registered value, and whatever looks like a credential.
package final class Redactor: Sendable {
  private let known = Mutex<Set<String>>([])
  /// Shorter values would blank out ordinary words.
  private static let shortest = 6

  package init(_ secrets: [Secret] = []) {
    for secret in secrets { register(secret) }
  }

  /// From now on the value, and its percent-encoded form, are scrubbed.
  package func register(_ secret: Secret) {
    let value = secret.reveal()
    guard value.utf8.count >= Self.shortest else { return }
    known.withLock {
      $0.insert(value)
      $0.insert(URLQuery.escape(value))
    }
  }

  /// The text with each secret replaced by `[secret]`.
  package func scrub(_ text: String) -> String {
    var scrubbed = text
    // Longest first: a token that contains another must not leave its tail behind.
    let values = known.withLock { $0 }.sorted { ($1.utf8.count, $0) < ($0.utf8.count, $1) }
    for value in values where scrubbed.contains(value) {
      scrubbed = scrubbed.replacingOccurrences(of: value, with: "[secret]")
    }
    return Self.withoutCredentialShapes(scrubbed)
  }

  private static func withoutCredentialShapes(_ text: String) -> String {
    let schemes = #/(?i)\b(bearer|basic|zoho-oauthtoken|oauth)\s+[A-Za-z0-9+\/=._~!-]{8,}/#
    let names =
      #/
      (?i)
      ((?:access|refresh|id|api)_?-?token|client_?secret|code_verifier|assertion|password
        |api[_-]?key)
      (["']?\s*[:=]\s*["']?)
      [^\s"'&,;}]+
      /#
    let jwt = #/\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]*)?/#
    return
      text
      .replacing(jwt) { _ in "[secret]" }
      .replacing(schemes) { "\($0.output.1) [secret]" }
      .replacing(names) { "\($0.output.1)\($0.output.2)[secret]" }
  }
}
