/// One request the sandbox met, as judges and `/_sandbox/log` see it.
package struct LoggedRequest: Sendable, Hashable {
  /// Counts from 1 over the life of the world.
  package var sequence: Int
  package var at: SandboxTime
  /// The vendor's name; empty when no vendor claims the path.
  package var vendor: String
  package var method: String
  package var path: String
  package var query: [SandboxRequest.QueryItem]
  /// The status that was sent (or would have been, had the connection lived).
  package var status: Int
  /// Whether the request was of a kind that changes data.
  package var isWrite: Bool
  /// How often the vendor executed it: 0 when a fault stood before it, 2 when duplicated.
  package var executions: Int
  /// The name of the fault that fired.
  package var fault: String?
  package var idempotencyKey: String?

  var json: JSONValue {
    var entry: JSONValue.Object = [
      "sequence": .integer(sequence), "at": .string(at.iso(fraction: true)),
      "vendor": .string(vendor), "method": .string(method), "path": .string(path),
      "status": .integer(status), "write": .bool(isWrite), "executions": .integer(executions),
    ]
    if !query.isEmpty {
      entry["query"] = .array(query.map { ["name": .string($0.name), "value": .string($0.value)] })
    }
    if let fault { entry["fault"] = .string(fault) }
    if let idempotencyKey { entry["idempotency_key"] = .string(idempotencyKey) }
    return .object(entry)
  }
}

/// The latest requests, oldest first, with counters that never forget.
struct RequestLog: Sendable {
  private(set) var entries: [LoggedRequest] = []
  private(set) var total = 0
  private(set) var writes = 0
  private static let kept = 20_000

  mutating func record(_ entry: LoggedRequest) {
    total += 1
    if entry.isWrite && entry.executions > 0 { writes += 1 }
    var numbered = entry
    numbered.sequence = total
    entries.append(numbered)
    // Dropped in blocks, so that a long run pays for it rarely.
    if entries.count > Self.kept * 2 { entries.removeFirst(Self.kept) }
  }

  mutating func clear() { self = RequestLog() }
}
