import Synchronization

extension TokenStore {
  /// Tokens that live as long as the process: for simulations, and for secrets from elsewhere.
  package static func inMemory(_ tokens: [String: StoredToken] = [:]) -> TokenStore {
    let memory = TokenMemory(tokens)
    return TokenStore(
      load: { (system) throws(TokenStoreError) in memory.load(system) },
      save: { (system, token) throws(TokenStoreError) in memory.save(system, token) },
      remove: { (system) throws(TokenStoreError) in memory.save(system, nil) },
      lock: { (system) async throws(TokenStoreError) in
        await memory.turnstile.enter(system)
        return TokenLock { Task { await memory.turnstile.leave(system) } }
      })
  }
}

private final class TokenMemory: Sendable {
  private let tokens: Mutex<[String: StoredToken]>
  let turnstile = Turnstile()

  init(_ initial: [String: StoredToken]) { tokens = Mutex(initial) }

  func load(_ system: String) -> StoredToken? { tokens.withLock { $0[system] } }

  func save(_ system: String, _ token: StoredToken?) { tokens.withLock { $0[system] = token } }
}

/// Lets one task through per name, in order of arrival.
private actor Turnstile {
  private var waiting: [String: [CheckedContinuation<Void, Never>]] = [:]

  func enter(_ name: String) async {
    guard waiting[name] != nil else {
      waiting[name] = []
      return
    }
    await withCheckedContinuation { waiting[name]?.append($0) }
  }

  func leave(_ name: String) {
    guard var queue = waiting[name], !queue.isEmpty else {
      waiting[name] = nil
      return
    }
    let next = queue.removeFirst()
    waiting[name] = queue
    next.resume()
  }
}
