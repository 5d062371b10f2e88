import ConfigurationFile
import Domain
import Foundation
import Testing

/// Files that tests read, and rewrite when `XEROSYNC_RECORD` is set.
enum Fixture {
  static let directory = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Fixtures/configuration")

  static let isRecording = ProcessInfo.processInfo.environment["XEROSYNC_RECORD"] != nil

  static func text(_ name: String) throws -> String {
    try String(contentsOf: directory.appendingPathComponent(name), encoding: .utf8)
  }

  /// Compares with the stored file.
  static func expect(_ text: String, equals name: String) throws {
    let file = directory.appendingPathComponent(name)
    if isRecording { try Data(text.utf8).write(to: file) }
    let stored = try String(contentsOf: file, encoding: .utf8)
    guard stored != text else { return }
    let lines = zip(
      stored.split(separator: "\n", omittingEmptySubsequences: false),
      text.split(separator: "\n", omittingEmptySubsequences: false))
    let first = lines.enumerated().first { $0.element.0 != $0.element.1 }
    Issue.record(
      """
      \(name) differs in line \((first?.offset ?? -1) + 1):
      stored: \(first?.element.0 ?? "(length)")
      made:   \(first?.element.1 ?? "(length)")
      """)
  }
}

/// A loader in a world of its own: no disk, no programs.
enum World {
  static let environment = [
    "S": "s3cr3t-value", "T": "t0ken-value", "EMPTY": "", "HOME": "/home/ann",
    "XERO_CLIENT_ID": "xero-id", "XERO_CLIENT_SECRET": "xero-secret",
    "HUBSPOT_TOKEN": "hubspot-token", "HOOK_SECRET": "hook-secret",
    "SLACK_WEBHOOK": "https://hooks.example.org/services/slack-secret",
  ]

  static let base = """
    version: 1
    start_date: 2026-11-01
    accounting:
      kind: xero
      auth: { flow: client_credentials, client_id: id, client_secret: "${S}" }
    crms:
      - name: hubspot
        kind: hubspot
        # a token of our own app
        auth: { flow: token, access_token: "${T}" }

    """

  static let files: [String: String] = [
    "/etc/xerosync/token": "from-file\n", "/etc/xerosync/empty": "\n",
    "/etc/xerosync/key.pem": "line one\nline two\n", "/home/ann/token": "from-home",
    "/etc/xerosync/connector.yaml": StartingDescription.text, "/etc/xerosync/broken.yaml": "a: [",
  ]

  static func loader(_ environment: [String: String] = environment) -> ConfigurationLoader {
    ConfigurationLoader(
      environment: environment,
      readFile: { path in
        guard let text = files[path] else { throw FileAccessFailure.missing }
        return Data(text.utf8)
      },
      runCommand: { words in
        switch words.first {
        case "failing": throw CommandFailure.exited(status: 3)
        case "quiet": return "\n"
        case "pass": return "from-\(words.last ?? "")\nsecond line\n"
        default: throw CommandFailure.missing
        }
      }, workingDirectory: "/etc/xerosync")
  }

  static func load(
    _ text: String, environment: [String: String] = environment
  ) throws(ConfigurationErrors) -> Configuration {
    try loader(environment).load(Data(text.utf8), path: "xerosync.yaml")
  }

  /// The base file with more text, loaded; a failure shows its messages.
  static func loadBase(adding text: String = "") throws -> Configuration {
    try load(base + text)
  }

  static func messages(_ text: String) -> String {
    messages(Data(text.utf8))
  }

  static func messages(_ data: Data) -> String {
    do {
      _ = try loader().load(data, path: "xerosync.yaml")
      return "(no problem)"
    } catch {
      return error.description
    }
  }
}
