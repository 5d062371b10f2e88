import Domain
package import Engine
import Foundation
import Sandbox
package import Snapshot

/// What must hold whatever happens, each with the name of its promise.
extension Rig {
  /// I1: marks that more than one live invoice carries, at this very moment.
  package var doubledMarks: [String] {
    Dictionary(grouping: liveInvoices.compactMap(\.url), by: { $0 })
      .filter { $0.value.count > 1 }.keys.sorted()
  }

  /// Contacts made by us for the same CRM record more than once, at this very moment.
  package var doubledContacts: [String] {
    Dictionary(
      grouping: contacts.filter { $0.status == .active }.compactMap(\.number), by: { $0 }
    ).filter { $0.value.count > 1 }.keys.sorted()
  }

  /// I7: whether the intent of a write that is about to leave is durable, as a second reader of
  /// the file sees it.
  package func isIntended() throws -> Bool {
    try watcher().read { try $0.openOperations().contains { $0.state == .sent } }
  }

  /// Operations whose outcome is open, oldest first.
  package func open() throws -> [JournalEntry] {
    let store = try store()
    defer { try? store.close() }
    return try store.read { try $0.openOperations() }
  }

  /// The whole journal, oldest first.
  package func journal() throws -> [JournalEntry] {
    let store = try store()
    defer { try? store.close() }
    return try store.read { try $0.history() }
  }

  /// Open holds by subject and code.
  package func holds() throws -> [StoredHold] {
    let store = try store()
    defer { try? store.close() }
    return try store.read { try $0.holds() }
  }

  /// I15: the places where a secret shows that must not.
  package func leaks(in texts: [String] = []) -> [String] {
    let secrets = [Canary.secret, Canary.token]
    var found: [String] = []
    for text in log + texts where secrets.contains(where: text.contains) { found.append(text) }
    for (name, data) in SnapshotFiles.contents(of: directory.path) {
      let bytes = String(decoding: data, as: UTF8.self)
      if secrets.contains(where: bytes.contains) { found.append("file \(name)") }
    }
    return found
  }
}

extension PassReport {
  /// One line for the message of a failing test.
  package var brief: String {
    let done = operations.map { operation in
      let changes = operation.changes.sorted { $0.key < $1.key }
        .map { "\($0.key) \($0.value.from ?? "–") → \($0.value.to ?? "–")" }
      return "\(operation.action) \(operation.object) of \(operation.subject): "
        + "\(operation.outcome) \(operation.error ?? "") \(changes)"
    }
    let held = holds.map { "\($0.subject) \($0.code.rawValue)" }
    let trouble = troubles.map { "\($0.system): \($0.message)" }
    return "\(outcome) [\(done.joined(separator: "; "))] holds \(held) troubles \(trouble)"
  }

  /// Whether the report and its counts show an idle pass.
  package var isIdle: Bool { operations.isEmpty && outcome == .ok }
}
