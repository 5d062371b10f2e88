import Foundation
import Testing
import Transport

/// The encrypted token file.
@Suite struct TokenSealTests {
  private static let key = Secret("correct horse battery staple")
  private static let token = StoredToken(
    accessToken: Secret("access-canary"), refreshToken: Secret("refresh-canary"), pin: "tenant")

  private func inFolder(_ body: (_ path: String) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try body(folder.appendingPathComponent("tokens.json").path)
  }

  private func store(_ path: String, _ key: Secret?) -> TokenStore {
    TokenFile.store(path: path, time: VirtualTime().source, key: key)
  }

  @Test func nothingIsReadableWithoutTheKey() throws {
    try inFolder { path in
      try store(path, Self.key).save("ledger", Self.token)
      let text = try String(contentsOfFile: path, encoding: .utf8)
      for word in ["canary", "tenant", "ledger"] { #expect(!text.contains(word), "\(text)") }
      #expect(try store(path, Self.key).load("ledger") == Self.token)
      #expect(throws: TokenStoreError.sealed(path: path)) { try store(path, nil).load("ledger") }
      #expect(throws: TokenStoreError.wrongKey(path: path)) {
        try store(path, Secret("another")).load("ledger")
      }
      // A key that is wrong does not overwrite what it cannot read.
      #expect(throws: TokenStoreError.wrongKey(path: path)) {
        try store(path, Secret("another")).save("crm", Self.token)
      }
      #expect(try store(path, Self.key).load("ledger") == Self.token)
    }
  }

  /// Every change of one byte of what is stored is noticed.
  @Test func changesAreNoticed() throws {
    try inFolder { path in
      try store(path, Self.key).save("ledger", Self.token)
      let whole = try #require(FileManager.default.contents(atPath: path))
      let text = String(decoding: whole, as: UTF8.self)
      let start = try #require(text.range(of: "\"sealed\" : \"")).upperBound
      let first = text.utf8.distance(from: text.startIndex, to: start)
      for offset in stride(from: first, to: first + 200, by: 7) {
        var changed = whole
        changed[offset] = changed[offset] == 0x41 ? 0x42 : 0x41
        try changed.write(to: URL(fileURLWithPath: path))
        chmod(path, 0o600)
        #expect(throws: TokenStoreError.self) { try store(path, Self.key).load("ledger") }
      }
    }
  }

  /// A file from before the key is read, and encrypted by the next write.
  @Test func aPlainFileIsTakenOver() throws {
    try inFolder { path in
      try store(path, nil).save("ledger", Self.token)
      #expect(try store(path, Self.key).load("ledger") == Self.token)
      try store(path, Self.key).save("crm", StoredToken(accessToken: Secret("b")))
      #expect(try !String(contentsOfFile: path, encoding: .utf8).contains("canary"))
      #expect(try store(path, Self.key).load("ledger") == Self.token)
    }
  }

  /// The same content is never the same file: the nonce is new each time.
  @Test func eachWritingDiffers() throws {
    try inFolder { path in
      try store(path, Self.key).save("ledger", Self.token)
      let one = FileManager.default.contents(atPath: path)
      try store(path, Self.key).remove("ledger")
      try store(path, Self.key).save("ledger", Self.token)
      #expect(FileManager.default.contents(atPath: path) != one)
    }
  }

  /// A rehearsal without a token leaves no directory behind.
  @Test func lockingLeavesNoTrace() async throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    let tokens = store(folder.appendingPathComponent("tokens.json").path, nil)
    try await tokens.lock("ledger").release()
    #expect(!FileManager.default.fileExists(atPath: folder.path))
  }
}
