import Foundation
import Synchronization

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The token file on disk: JSON by system name, mode 0600, replaced atomically; encrypted where
/// there is a key.
package struct TokenFile: Sendable {
  private let path: String
  private let seal: TokenSeal?

  /// A link is followed once, so that replacing the file does not replace the link.
  package init(path: String, key: Secret? = nil) {
    self.path = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
    seal = key.map(TokenSeal.init)
  }

  /// The store over this file. Lock files stand beside it only while they are held.
  ///
  /// - Parameter key: encrypts the file from the next write on; a plain one is still read.
  package static func store(path: String, time: TimeSource, key: Secret? = nil) -> TokenStore {
    let file = TokenFile(path: path, key: key)
    // One writer at a time in this process; `FileLock` keeps other processes out.
    let writing = WriteGate()
    return TokenStore(
      load: { (system) throws(TokenStoreError) in try file.read()[system].map(\.token) },
      save: { (system, token) throws(TokenStoreError) in
        try writing.change(file) { $0[system] = TokenRecord(token) }
      },
      remove: { (system) throws(TokenStoreError) in
        try writing.change(file) { $0[system] = nil }
      },
      lock: { (system) async throws(TokenStoreError) in
        try await file.lock(system, time: time)
      })
  }

  private final class WriteGate: Sendable {
    private let gate = Mutex(())

    func change(
      _ file: TokenFile, _ edit: (inout [String: TokenRecord]) -> Void
    ) throws(TokenStoreError) {
      try gate.withLock { _ throws(TokenStoreError) in
        try file.makeDirectory()
        let lock: FileLock
        do throws(FileFailure) { lock = try FileLock.wait(at: file.path + ".lock") } catch {
          throw .unwritable(path: file.path, reason: error.reason)
        }
        defer { lock.release() }
        var records = try file.read()
        let before = records
        edit(&records)
        if records != before { try file.write(records) }
      }
    }
  }

  private struct Document: Codable {
    var version = 1
    var tokens: [String: TokenRecord]
  }

  /// The same document, encrypted.
  private struct SealedDocument: Codable {
    var version = 2
    var sealed: Data
  }

  private func read() throws(TokenStoreError) -> [String: TokenRecord] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    if descriptor < 0 {
      if errno == ENOENT { return [:] }
      throw .unreadable(path: path, reason: systemText(errno))
    }
    defer { close(descriptor) }
    var info = stat()
    guard fstat(descriptor, &info) == 0 else {
      throw .unreadable(path: path, reason: systemText(errno))
    }
    guard info.st_mode & S_IFMT == S_IFREG else {
      throw .unreadable(path: path, reason: "it is not a regular file")
    }
    let mode = info.st_mode & 0o7777
    guard mode & 0o077 == 0 else {
      throw .looseMode(path: path, mode: "0" + String(mode, radix: 8))
    }
    let data: Data
    do {
      data = try FileHandle(fileDescriptor: descriptor, closeOnDealloc: false).readToEnd() ?? Data()
    } catch {
      throw .unreadable(path: path, reason: "reading failed")
    }
    if data.isEmpty { return [:] }
    let plain = try opened(data)
    guard let document = try? JSONDecoder().decode(Document.self, from: plain),
      document.version == 1
    else { throw .malformed(path: path) }
    return document.tokens
  }

  /// The plain document, whether or not it was stored encrypted.
  private func opened(_ data: Data) throws(TokenStoreError) -> Data {
    guard let document = try? JSONDecoder().decode(SealedDocument.self, from: data),
      document.version == 2
    else { return data }
    guard let seal else { throw .sealed(path: path) }
    guard let plain = seal.open(document.sealed) else { throw .wrongKey(path: path) }
    return plain
  }

  private func write(_ records: [String: TokenRecord]) throws(TokenStoreError) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    var encoded = try? encoder.encode(Document(tokens: records))
    if let seal, let plain = encoded {
      encoded = seal.seal(plain).flatMap { try? encoder.encode(SealedDocument(sealed: $0)) }
    }
    guard var data = encoded else {
      throw .unwritable(path: path, reason: "the tokens could not be encoded")
    }
    data.append(UInt8(ascii: "\n"))
    do throws(FileFailure) { try DurableFile.replace(path, with: data) } catch {
      throw .unwritable(path: path, reason: error.reason)
    }
  }

  /// A first sign-in may come before anything else was stored there.
  private func makeDirectory() throws(TokenStoreError) {
    let directory = URL(fileURLWithPath: path).deletingLastPathComponent().path
    guard !FileManager.default.fileExists(atPath: directory) else { return }
    do {
      try FileManager.default.createDirectory(
        atPath: directory, withIntermediateDirectories: true,
        attributes: [.posixPermissions: 0o700])
    } catch {
      throw .unwritable(path: path, reason: "its directory cannot be made")
    }
  }

  /// Polls, so that no thread is blocked while another process talks to its server.
  private func lock(
    _ system: String, time: TimeSource
  ) async throws(TokenStoreError) -> TokenLock {
    let safe = system.map { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") ? $0 : "_" }
    let start = time.monotonic()
    // Without the directory nobody has a token or a lock: a rehearsal leaves no trace.
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
    guard FileManager.default.fileExists(atPath: folder) else { return TokenLock {} }
    while true {
      do throws(FileFailure) {
        if let lock = try FileLock.attempt(at: "\(path).\(String(safe)).lock") {
          return TokenLock { lock.release() }
        }
      } catch {
        throw .unwritable(path: path, reason: error.reason)
      }
      guard time.monotonic() - start < .seconds(120) else { throw .locked(system: system) }
      do { try await time.sleep(.milliseconds(50)) } catch { throw .locked(system: system) }
    }
  }
}

/// One entry of the file.
struct TokenRecord: Codable, Hashable {
  var accessToken: String?
  var expiresAt: Int64?
  var refreshToken: String?
  var pendingOldRefreshToken: String?
  var refreshExpiresAt: Int64?
  var scopes: [String]?
  var pin: String?
  var details: [String: String]?
  var obtainedAt: Int64?

  enum CodingKeys: String, CodingKey {
    case accessToken = "access_token"
    case expiresAt = "expires_at_ms"
    case refreshToken = "refresh_token"
    case pendingOldRefreshToken = "pending_old_refresh_token"
    case refreshExpiresAt = "refresh_expires_at_ms"
    case scopes, pin, details
    case obtainedAt = "obtained_at_ms"
  }

  init(_ token: StoredToken) {
    accessToken = token.accessToken?.reveal()
    expiresAt = token.expiresAt
    refreshToken = token.refreshToken?.reveal()
    pendingOldRefreshToken = token.pendingOldRefreshToken?.reveal()
    refreshExpiresAt = token.refreshExpiresAt
    scopes = token.scopes.isEmpty ? nil : token.scopes
    pin = token.pin
    details = token.details.isEmpty ? nil : token.details
    obtainedAt = token.obtainedAt
  }

  var token: StoredToken {
    StoredToken(
      accessToken: accessToken.map(Secret.init), expiresAt: expiresAt,
      refreshToken: refreshToken.map(Secret.init),
      pendingOldRefreshToken: pendingOldRefreshToken.map(Secret.init),
      refreshExpiresAt: refreshExpiresAt, scopes: scopes ?? [], pin: pin, details: details ?? [:],
      obtainedAt: obtainedAt)
  }
}
