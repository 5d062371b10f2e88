import Synchronization
import Transport

/// Tokens that outlive a process, as a file would.
final class TokenMemory: Sendable {
  private let tokens = Mutex<[String: StoredToken]>([:])

  subscript(system: String) -> StoredToken? {
    get { tokens.withLock { $0[system] } }
    set { tokens.withLock { $0[system] = newValue } }
  }

  /// The store as one process sees it; what a dead one does is lost.
  func store(of process: Incarnation, bug: Sabotage? = nil) -> TokenStore {
    let turnstile = Turnstile()
    return TokenStore(
      load: { (system) throws(TokenStoreError) in
        let token = self[system]
        // Read while it is about to be renewed: one that is dropped now may be the last.
        if bug == .oldTokenDropped, token?.refreshToken != nil { self[system] = nil }
        return token
      },
      save: { (system, token) throws(TokenStoreError) in
        guard process.isAlive else { throw .unwritable(path: "memory", reason: "dead") }
        if bug != .newTokenNotKept { self[system] = token }
        _ = process.pass(.didKeepToken)
      },
      remove: { (system) throws(TokenStoreError) in self[system] = nil },
      lock: { (system) async throws(TokenStoreError) in
        await turnstile.enter(system)
        return TokenLock { Task { await turnstile.leave(system) } }
      })
  }
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
