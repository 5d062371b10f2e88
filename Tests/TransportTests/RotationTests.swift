import Foundation
import Synchronization
import Testing
import Transport

@Suite struct RotationTests {
  private static let lapsed = StoredToken(
    accessToken: Secret("stale-access"), expiresAt: 1, refreshToken: Secret("refresh-number-1"),
    scopes: ["a"], pin: "tenant-7", obtainedAt: 0)

  @Test func eachStepIsDurableBeforeTheNext() async throws {
    let (server, disk, time) = (TokenServer(), Disk(Self.lapsed), VirtualTime())
    let process = try Process(server, disk, time)
    let headers = try await process.authorizer.headers()
    #expect(headers == ["Authorization": "Bearer access-number-2"])
    #expect(disk.saved.map(\.rotation) == [.refreshing, .renewed])
    #expect(disk.saved[0].refreshToken == Secret("refresh-number-1"))
    #expect(disk.saved[1].refreshToken == Secret("refresh-number-2"))
    #expect(disk.saved[1].pendingOldRefreshToken == Secret("refresh-number-1"))
    await process.authorizer.accepted(headers)
    #expect(disk.saved.map(\.rotation) == [.refreshing, .renewed, .settled])
    #expect(disk.token?.refreshToken == Secret("refresh-number-2"))
    #expect(disk.token?.pin == "tenant-7")
    #expect(disk.token?.details == ["api_domain": "https://eu.example"])
    #expect(disk.token?.scopes == ["a", "b"])
    await process.authorizer.accepted(headers)
    #expect(disk.saved.count == 3)
  }

  @Test func otherHeadersBeingAcceptedRetiresNothing() async throws {
    let (server, disk, time) = (TokenServer(), Disk(Self.lapsed), VirtualTime())
    let process = try Process(server, disk, time)
    _ = try await process.authorizer.headers()
    await process.authorizer.accepted(["Authorization": "Bearer stale-access"])
    #expect(disk.token?.rotation == .renewed)
  }

  /// L18, P3–P5: killed before or after each effect, once or twice, the next process always gets a
  /// token that the server accepts.
  @Test(arguments: [false, true], [false, true])
  func noCrashLosesTheToken(_ firstAfter: Bool, _ secondAfter: Bool) async throws {
    var crashes = 0
    for first in 0..<5 {
      for second in 0..<5 {
        let (server, disk, time) = (TokenServer(), Disk(Self.lapsed), VirtualTime())
        for fate in [
          Fate(dieAt: first, afterEffect: firstAfter),
          Fate(dieAt: second, afterEffect: secondAfter),
        ] {
          let doomed = try Process(server, disk, time, fate: fate)
          if let headers = try? await doomed.authorizer.headers(), !fate.isDead {
            await doomed.authorizer.accepted(headers)
          }
          crashes += fate.isDead ? 1 : 0
          time.advance(.seconds(60))
        }
        let healthy = try Process(server, disk, time)
        let headers = try await healthy.authorizer.headers()
        #expect(server.accepts(headers), "\(first), \(second)")
        await healthy.authorizer.accepted(headers)
        #expect(disk.token?.rotation == .settled, "\(first), \(second)")
        let durable = disk.token?.refreshToken?.reveal() ?? ""
        #expect(server.state.withLock { $0.valid.contains(durable) }, "\(first), \(second)")
      }
    }
    #expect(crashes > 20)
  }

  @Test func aLostAnswerIsAskedForAgainWithTheSameToken() async throws {
    let (server, disk, time) = (TokenServer(), Disk(Self.lapsed), VirtualTime())
    server.fault(.fail(.interrupted("lost")), .page(502))
    let process = try Process(server, disk, time)
    #expect(server.accepts(try await process.authorizer.headers()))
    #expect(server.forms.count == 3)
    #expect(server.forms.allSatisfy { $0.contains("refresh_token=refresh-number-1") })
  }

  @Test func afterThreeLostAnswersTheNextPassGoesOn() async throws {
    let (server, disk, time) = (TokenServer(), Disk(Self.lapsed), VirtualTime())
    server.fault(.fail(.interrupted("1")), .fail(.interrupted("2")), .fail(.interrupted("3")))
    let process = try Process(server, disk, time)
    let error = await failure { try await process.authorizer.headers() }
    #expect(Ending(error) == .notSent)
    #expect(disk.token?.rotation == .refreshing)
    #expect(disk.token?.refreshToken == Secret("refresh-number-1"))
    #expect(server.accepts(try await Process(server, disk, time).authorizer.headers()))
  }

  @Test(arguments: ["invalid_grant", "invalid_client", "invalid_code"])
  func aDefiniteNoEndsInTheReconnectCommand(_ code: String) async throws {
    let (server, disk, time) = (TokenServer(), Disk(Self.lapsed), VirtualTime())
    server.fault(.json(400, "{\"error\":\"\(code)\"}"))
    let process = try Process(server, disk, time)
    for _ in 1...3 {
      let error = await failure { try await process.authorizer.headers() }
      guard case .signInNeeded(let reason) = error else {
        Issue.record("\(String(describing: error))")
        return
      }
      #expect(reason.contains("xerosync auth login ledger"))
    }
    #expect(server.forms.count == 1)
  }

  @Test func anErrorInsideA200IsAnError() async throws {
    let (server, disk, time) = (TokenServer(), Disk(Self.lapsed), VirtualTime())
    server.fault(.json(200, #"{"error":"invalid_code"}"#))
    let process = try Process(server, disk, time)
    #expect(Ending(await failure { try await process.authorizer.headers() }) == .signInNeeded)
  }

  @Test(arguments: [
    Step.json(200, #"{"error":"Access Denied"}"#), .json(429), .page(403), .page(404),
    .json(302, "", ["Location": "https://evil.example"]), .fail(.notSent("refused")),
  ])
  func passingTroubleAsksNobodyToSignIn(_ step: Step) async throws {
    let (server, disk, time) = (TokenServer(), Disk(Self.lapsed), VirtualTime())
    server.fault(step)
    let process = try Process(server, disk, time)
    #expect(Ending(await failure { try await process.authorizer.headers() }) == .notSent)
    #expect(server.forms.count == 1)
    #expect(server.accepts(try await process.authorizer.headers()))
  }

  @Test func aNewTokenThatCannotBeStoredIsNotUsedAndNotLost() async throws {
    let (server, disk, time) = (TokenServer(), Disk(Self.lapsed), VirtualTime())
    disk.failSave(2)
    let process = try Process(server, disk, time)
    #expect(Ending(await failure { try await process.authorizer.headers() }) == .notSent)
    #expect(disk.token?.rotation == .refreshing)
    #expect(server.accepts(try await process.authorizer.headers()))
    #expect(server.forms.count == 1)
    #expect(disk.token?.refreshToken == Secret("refresh-number-2"))
  }

  @Test func nothingIsAskedWhileTheDiskIsFull() async throws {
    let (server, disk, time) = (TokenServer(), Disk(Self.lapsed), VirtualTime())
    disk.failSave(1)
    let process = try Process(server, disk, time)
    #expect(Ending(await failure { try await process.authorizer.headers() }) == .notSent)
    #expect(server.forms.isEmpty)
  }

  @Test func manyCallsRenewOnce() async throws {
    let (server, disk, time) = (TokenServer(), Disk(Self.lapsed), VirtualTime())
    let process = try Process(server, disk, time)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 1...20 {
        group.addTask {
          let headers = try await process.authorizer.headers()
          #expect(server.accepts(headers))
        }
      }
      try await group.waitForAll()
    }
    #expect(server.forms.count == 1)
  }

  @Test func twoProcessesRenewOnce() async throws {
    let (server, disk, time) = (TokenServer(), Disk(Self.lapsed), VirtualTime())
    let processes = [try Process(server, disk, time), try Process(server, disk, time)]
    try await withThrowingTaskGroup(of: Void.self) { group in
      for process in processes {
        group.addTask {
          let headers = try await process.authorizer.headers()
          #expect(server.accepts(headers))
        }
      }
      try await group.waitForAll()
    }
    #expect(server.forms.count == 1)
  }

  @Test func aRejectedTokenIsRenewedOnceForAllWhoSawIt() async throws {
    let (server, disk, time) = (TokenServer(), Disk(Self.lapsed), VirtualTime())
    let process = try Process(server, disk, time)
    let rejected = try await process.authorizer.headers()
    for _ in 1...3 {
      let headers = try await process.authorizer.refreshed(after: rejected)
      #expect(headers == ["Authorization": "Bearer access-number-3"])
    }
    #expect(server.forms.count == 2)
  }

  @Test func theUnconfirmedOldTokenIsTriedWhenTheNewOneIsRefused() async throws {
    let (server, time) = (TokenServer(), VirtualTime())
    var torn = Self.lapsed
    torn.refreshToken = Secret("refresh-never-issued")
    torn.pendingOldRefreshToken = Secret("refresh-number-1")
    let process = try Process(server, Disk(torn), time)
    #expect(server.accepts(try await process.authorizer.headers()))
    server.revoke()
    let disk = Disk(torn)
    let refused = try Process(server, disk, time)
    #expect(Ending(await failure { try await refused.authorizer.headers() }) == .signInNeeded)
    #expect(server.forms.count == 4)
  }

  @Test(arguments: [(0, false), (1439, false), (1440, true), (1800, true)])
  func renewalComesAtFourFifths(_ age: Int, _ renews: Bool) async throws {
    let (server, disk, time) = (TokenServer(), Disk(Self.lapsed), VirtualTime())
    let process = try Process(server, disk, time)
    _ = try await process.authorizer.headers()
    time.advance(.seconds(age))
    _ = try await process.authorizer.headers()
    #expect(server.forms.count == (renews ? 2 : 1))
  }

  @Test func aClockSetBackByAYearRenews() async throws {
    let (server, disk, time) = (TokenServer(), Disk(Self.lapsed), VirtualTime())
    let process = try Process(server, disk, time)
    _ = try await process.authorizer.headers()
    time.jumpWall(to: time.wall - 365 * 86_400_000)
    _ = try await process.authorizer.headers()
    #expect(server.forms.count == 2)
  }

  @Test func aServerThatDoesNotRotateKeepsTheToken() async throws {
    let (server, disk, time) = (TokenServer(), Disk(Self.lapsed), VirtualTime())
    server.state.withLock { $0.rotates = false }
    _ = try await Process(server, disk, time).authorizer.headers()
    #expect(disk.token?.rotation == .settled)
    #expect(disk.token?.refreshToken == Secret("refresh-number-1"))
  }

  @Test func withoutASignInAPersonIsAsked() async throws {
    let (server, time) = (TokenServer(), VirtualTime())
    for token in [nil, StoredToken(accessToken: Secret("x"), expiresAt: 1, obtainedAt: 0)] {
      let process = try Process(server, Disk(token), time)
      #expect(Ending(await failure { try await process.authorizer.headers() }) == .signInNeeded)
    }
    #expect(server.forms.isEmpty)
  }
}

/// The error an action ends with; nil when it succeeds.
func failure<Value>(
  _ action: () async throws -> Value
) async -> RemoteError? {
  do {
    _ = try await action()
    return nil
  } catch let error as RemoteError {
    return error
  } catch {
    Issue.record("another kind of error")
    return nil
  }
}

@Suite struct GrantTests {
  @Test func clientCredentialsAreAskedForOnceAndCached() async throws {
    let (server, disk, time) = (TokenServer(), Disk(nil), VirtualTime())
    for _ in 1...2 {
      let authorizer = ClientCredentialsAuthorizer(
        system: "ledger", endpoint: try endpoint(server.exchange(), time), scope: "a b",
        store: disk.store())
      #expect(server.accepts(try await authorizer.headers()))
    }
    #expect(
      server.forms == [
        "grant_type=client_credentials&scope=a%20b&client_id=app%20id&client_secret=s3cret%2Bvalue"
      ])
    time.advance(.seconds(1440))
    let authorizer = ClientCredentialsAuthorizer(
      system: "ledger", endpoint: try endpoint(server.exchange(), time), scope: nil,
      store: disk.store())
    let headers = try await authorizer.headers()
    #expect(server.forms.count == 2)
    #expect(try await authorizer.refreshed(after: headers) != headers)
  }

  @Test func basicAuthenticationKeepsTheSecretOutOfTheForm() async throws {
    let (server, time) = (TokenServer(), VirtualTime())
    let authorizer = ClientCredentialsAuthorizer(
      system: "ledger", endpoint: try endpoint(server.exchange(), time, .basic), scope: nil,
      store: .inMemory())
    _ = try await authorizer.headers()
    #expect(server.forms == ["grant_type=client_credentials"])
    let expected = Data("app%20id:s3cret%2Bvalue".utf8).base64EncodedString()
    #expect(server.state.withLock { $0.authorizations } == ["Basic \(expected)"])
  }

  @Test func anyGrantCanBeMadeAnew() async throws {
    let (server, time) = (TokenServer(), VirtualTime())
    let authorizer = ClientCredentialsAuthorizer(
      system: "ledger", endpoint: try endpoint(server.exchange(), time), store: .inMemory()
    ) { now in ["grant_type": "urn:jwt", "assertion": "signed-\(now)"] }
    _ = try await authorizer.headers()
    #expect(server.forms[0].contains("assertion=signed-\(time.wall)"))
  }

  @Test func aDiskThatCannotCacheDoesNotStopClientCredentials() async throws {
    let (server, disk, time) = (TokenServer(), Disk(nil), VirtualTime())
    disk.failSave(1)
    let authorizer = ClientCredentialsAuthorizer(
      system: "ledger", endpoint: try endpoint(server.exchange(), time), scope: nil,
      store: disk.store())
    #expect(server.accepts(try await authorizer.headers()))
  }

  @Test(arguments: [
    (TokenHeader.bearer, ["Authorization": "Bearer abc-123"]),
    (.scheme("Zoho-oauthtoken"), ["Authorization": "Zoho-oauthtoken abc-123"]),
    (.custom("x-api-token"), ["x-api-token": "abc-123"]),
  ])
  func staticTokensAreWrittenAsAsked(_ header: TokenHeader, _ expected: [String: String])
    async throws
  {
    let authorizer = StaticTokenAuthorizer(
      system: "crm", secret: Secret("abc-123"), header: header, redactor: Redactor())
    #expect(try await authorizer.headers() == expected)
    #expect(
      Ending(await failure { try await authorizer.refreshed(after: expected) }) == .signInNeeded)
  }
}
