import Foundation
import Testing
import Transport

@Suite struct TokenFileTests {
  /// A folder of its own, removed afterwards.
  private func inFolder(_ body: (_ path: String) async throws -> Void) async throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try await body(folder.appendingPathComponent("tokens.json").path)
  }

  private func mode(_ path: String) throws -> Int? {
    try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
  }

  private static let token = StoredToken(
    accessToken: Secret("a"), expiresAt: 2, refreshToken: Secret("r/+\"é"),
    pendingOldRefreshToken: Secret("o"), refreshExpiresAt: 4, scopes: ["x", "y"], pin: "tenant",
    details: ["k": "v"], obtainedAt: 1)

  @Test func whatIsSavedIsLoaded() async throws {
    try await inFolder { path in
      let store = TokenFile.store(path: path, time: VirtualTime().source)
      #expect(try store.load("ledger") == nil)
      try store.save("ledger", Self.token)
      try store.save("crm", StoredToken(accessToken: Secret("b")))
      let again = TokenFile.store(path: path, time: VirtualTime().source)
      #expect(try again.load("ledger") == Self.token)
      #expect(try again.load("crm") == StoredToken(accessToken: Secret("b")))
      try again.remove("ledger")
      #expect(try store.load("ledger") == nil)
      #expect(try store.load("crm") != nil)
    }
  }

  @Test func theFileIsPrivateAndNothingElseIsLeft() async throws {
    try await inFolder { path in
      let store = TokenFile.store(path: path, time: VirtualTime().source)
      try store.save("ledger", Self.token)
      let lock = try await store.lock("ledger")
      lock.release()
      #expect(try mode(path) == 0o600)
      let folder = (path as NSString).deletingLastPathComponent
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["tokens.json"])
    }
  }

  @Test(arguments: [0o644, 0o640, 0o660, 0o604, 0o602])
  func looserModesAreRefused(_ mode: Int) async throws {
    try await inFolder { path in
      let store = TokenFile.store(path: path, time: VirtualTime().source)
      try store.save("ledger", Self.token)
      try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
      let octal = "0" + String(mode, radix: 8)
      let expected = TokenStoreError.looseMode(path: path, mode: octal)
      #expect(throws: expected) { try store.load("ledger") }
      #expect(throws: expected) { try store.save("ledger", Self.token) }
      #expect("\(expected)".contains("mode \(octal)"))
      #expect("\(expected)".contains("chmod 600 \(path)"))
    }
  }

  @Test(arguments: ["{", "[]", "{\"version\":2,\"tokens\":{}}", "nonsense"])
  func damageIsNamedAndKept(_ text: String) async throws {
    try await inFolder { path in
      try Data(text.utf8).write(to: URL(fileURLWithPath: path))
      try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
      let store = TokenFile.store(path: path, time: VirtualTime().source)
      #expect(throws: TokenStoreError.malformed(path: path)) { try store.load("ledger") }
      #expect(throws: TokenStoreError.malformed(path: path)) {
        try store.save("ledger", Self.token)
      }
      #expect(try String(contentsOfFile: path, encoding: .utf8) == text)
    }
  }

  @Test func aFolderThatIsNotThereIsMadeForThisUserOnly() async throws {
    try await inFolder { path in
      let folder = path + ".state"
      let store = TokenFile.store(path: folder + "/tokens.json", time: VirtualTime().source)
      try store.save("ledger", Self.token)
      #expect(try store.load("ledger") == Self.token)
      let mode = try FileManager.default.attributesOfItem(atPath: folder)[.posixPermissions]
      #expect(mode as? Int == 0o700)
    }
  }

  @Test func aFolderThatCannotBeMadeIsAnError() throws {
    let store = TokenFile.store(path: "/dev/null/tokens.json", time: VirtualTime().source)
    #expect(throws: TokenStoreError.self) { try store.save("ledger", Self.token) }
  }

  @Test func manyWritersLoseNothing() async throws {
    try await inFolder { path in
      try await withThrowingTaskGroup(of: Void.self) { group in
        for number in 1...16 {
          // A store of its own each: as separate as processes.
          let store = TokenFile.store(path: path, time: VirtualTime().source)
          group.addTask {
            try store.save("system\(number)", StoredToken(accessToken: Secret("t\(number)")))
          }
        }
        try await group.waitForAll()
      }
      let store = TokenFile.store(path: path, time: VirtualTime().source)
      for number in 1...16 {
        #expect(try store.load("system\(number)")?.accessToken == Secret("t\(number)"))
      }
    }
  }

  @Test func theLockExcludesOtherProcesses() async throws {
    try await inFolder { path in
      let first = TokenFile.store(path: path, time: VirtualTime().source)
      let second = TokenFile.store(path: path, time: VirtualTime().source)
      let lock = try await first.lock("ledger")
      await #expect(throws: TokenStoreError.locked(system: "ledger")) {
        try await second.lock("ledger")
      }
      try await second.lock("crm").release()
      lock.release()
      try await second.lock("ledger").release()
    }
  }

  @Test func aLinkIsKeptWhenTheFileIsReplaced() async throws {
    try await inFolder { path in
      let link = path + ".link"
      let store = TokenFile.store(path: path, time: VirtualTime().source)
      try store.save("ledger", Self.token)
      try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: path)
      try TokenFile.store(path: link, time: VirtualTime().source).remove("ledger")
      #expect(try store.load("ledger") == nil)
      #expect((try? FileManager.default.destinationOfSymbolicLink(atPath: link)) == path)
    }
  }
}
