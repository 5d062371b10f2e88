import ConfigurationFile
import Foundation

/// The configurations the pages show, made whole where they are parts.
enum ShownConfiguration {
  /// The smallest file that loads, with every way of telling people set up, by section.
  static let smallest: [(key: String, text: String)] = [
    ("version", "version: 1\n"),
    ("start_date", "start_date: 2026-11-01\n"),
    (
      "accounting",
      """
      accounting:
        kind: xero
        auth: { flow: client_credentials, client_id: id, client_secret: "${STUB}" }

      """
    ),
    ("crms", crm([])),
    (
      "notify",
      """
      notify:
        slack: { webhook_url: "${STUB}" }
        webhook: { url: https://example.org/hook }
        email: { from: ar@example.org }

      """
    ),
  ]

  /// The one CRM, with what a fragment says in place of or beside its own keys.
  private static func crm(_ fragment: [(key: String, text: String)]) -> String {
    let own = [
      ("name", "name: hubspot\n"), ("kind", "kind: hubspot\n"),
      ("auth", "auth: { flow: token, access_token: \"${STUB}\" }\n"),
    ]
    let kept = own.filter { entry in !fragment.contains { $0.key == entry.0 } }.map(\.1)
    let lines = (kept + fragment.map(\.text)).joined().split(separator: "\n")
    guard let first = lines.first else { return "" }
    return "crms:\n  - \(first)\n" + lines.dropFirst().map { "    \($0)\n" }.joined()
  }

  /// The text to load for a block: the block itself when it is whole, else a file around it.
  ///
  /// `fragment=NAME` puts the block below that section; `fragment=crm` below the CRM. Without it
  /// the block's own top keys say where it belongs.
  /// - Returns: nil when the block has no key at all.
  static func whole(_ block: Page.Block) -> String? {
    let parts = sections(block.text)
    if parts.isEmpty, block.option("fragment") == nil { return nil }
    if parts.contains(where: { $0.key == "version" }) { return block.text }
    switch block.option("fragment") {
    case "crm": return around([("crms", crm(parts))])
    case let name?:
      let indented = block.lines.map { $0.isEmpty ? $0 : "  " + $0 }.joined(separator: "\n")
      return around([(name, "\(name):\n\(indented)\n")])
    case nil: return around(parts)
    }
  }

  private static func around(_ given: [(key: String, text: String)]) -> String {
    let kept = smallest.filter { entry in !given.contains { $0.key == entry.key } }
    return (kept + given).map(\.text).joined()
  }

  /// A text divided at its keys in the first column; comments go with what follows.
  private static func sections(_ text: String) -> [(key: String, text: String)] {
    var sections: [(key: String, text: String)] = []
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if let found = line.prefixMatch(of: #/([a-z_][a-z0-9_-]*):/#) {
        sections.append((String(found.output.1), line + "\n"))
      } else if let last = sections.indices.last {
        sections[last].text += line + "\n"
      }
    }
    return sections
  }

  /// Loads with every variable set and every secret file and program answering.
  static func problems(of text: String, at place: String) -> String? {
    let names = text.matches(of: #/\$\{([A-Za-z_][A-Za-z0-9_]*)\}/#).map { String($0.output.1) }
    // An address serves as any secret and as the secret addresses alike.
    let value = "https://stub.example.org/value"
    let loader = ConfigurationLoader(
      environment: Dictionary(names.map { ($0, value) }) { first, _ in first },
      readFile: { _ in Data(value.utf8) }, runCommand: { _ in value },
      workingDirectory: "/srv/xerosync")
    do {
      _ = try loader.load(Data(text.utf8), path: place)
      return nil
    } catch {
      return error.description
    }
  }
}
