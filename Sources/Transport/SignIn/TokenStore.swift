/// Why the token file could not be used.
package enum TokenStoreError: Error, Hashable, Sendable, CustomStringConvertible {
  /// Others could read or write it. `mode` is octal, such as `0644`.
  case looseMode(path: String, mode: String)
  case malformed(path: String)
  /// Encrypted, and no key is configured.
  case sealed(path: String)
  /// Encrypted with another key, or changed since.
  case wrongKey(path: String)
  case unreadable(path: String, reason: String)
  case unwritable(path: String, reason: String)
  /// Another process holds this system's token for longer than we wait.
  case locked(system: String)

  package var description: String {
    switch self {
    case .looseMode(let path, let mode):
      "the token file \(path) has mode \(mode), it must be 0600: chmod 600 \(path)"
    case .malformed(let path):
      "the token file \(path) is damaged: restore it, or remove it and sign in again"
    case .sealed(let path):
      "the token file \(path) is encrypted: set `tokens_key` in the configuration, or remove the "
        + "file and sign in again"
    case .wrongKey(let path):
      "the token file \(path) cannot be opened with `tokens_key`: set the key it was written "
        + "with, or remove the file and sign in again"
    case .unreadable(let path, let reason): "the token file \(path) cannot be read: \(reason)"
    case .unwritable(let path, let reason): "the token file \(path) cannot be written: \(reason)"
    case .locked(let system):
      "another process has been renewing the sign-in of \(system) for too long"
    }
  }

  /// As a call reports it: a person must act, or a later pass may succeed.
  var asRemoteError: RemoteError {
    switch self {
    case .looseMode, .malformed, .sealed, .wrongKey: .signInNeeded(reason: description)
    case .unreadable, .unwritable, .locked: .notSent(reason: description)
    }
  }
}

/// A held lock on one system's token.
package struct TokenLock: Sendable {
  package var release: @Sendable () -> Void

  package init(release: @escaping @Sendable () -> Void) { self.release = release }
}

/// Where tokens are kept, by system name. `save` returns only when the token is durable.
package struct TokenStore: Sendable {
  /// nil: never signed in.
  package var load: @Sendable (_ system: String) throws(TokenStoreError) -> StoredToken?
  package var save: @Sendable (_ system: String, StoredToken) throws(TokenStoreError) -> Void
  /// Forgets a sign-in; no error where there was none.
  package var remove: @Sendable (_ system: String) throws(TokenStoreError) -> Void
  /// Excludes every other process and task that would renew this system's token.
  package var lock: @Sendable (_ system: String) async throws(TokenStoreError) -> TokenLock

  package init(
    load: @escaping @Sendable (String) throws(TokenStoreError) -> StoredToken?,
    save: @escaping @Sendable (String, StoredToken) throws(TokenStoreError) -> Void,
    remove: @escaping @Sendable (String) throws(TokenStoreError) -> Void,
    lock: @escaping @Sendable (String) async throws(TokenStoreError) -> TokenLock
  ) {
    self.load = load
    self.save = save
    self.remove = remove
    self.lock = lock
  }

  /// Runs the body while the lock of this system's token is held.
  package nonisolated(nonsending) func withLock<Value: Sendable>(
    _ system: String, _ body: nonisolated(nonsending) () async throws(RemoteError) -> Value
  ) async throws(RemoteError) -> Value {
    let held: TokenLock
    do { held = try await lock(system) } catch { throw error.asRemoteError }
    defer { held.release() }
    return try await body()
  }
}
