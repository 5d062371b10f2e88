import Foundation
import Logging
import Synchronization
import Testing
import Transport

/// How a server drops a POST.
struct DroppedPost: Sendable {
  let goodOnesBefore: Int
  let withReset: Bool
  let body: String?

  static let all = [0, 1].flatMap { before in
    [false, true].flatMap { reset in
      ["{}", nil].map { DroppedPost(goodOnesBefore: before, withReset: reset, body: $0) }
    }
  }
}

/// The real URLSession against real sockets on this machine. Serialized: they measure time.
@Suite(.serialized) struct LiveTests {
  private static func exchange(_ limit: Int = 1 << 20) -> HTTPExchange {
    LiveHTTP.exchange(userAgent: "unit/1 (test)", maxConnectionsPerHost: 4, maxBodyBytes: limit)
  }

  private func send(
    _ method: HTTPMethod, _ url: String, headers: [String: String] = [:], body: String? = nil,
    over exchange: HTTPExchange = exchange(), idle: Duration = .seconds(5)
  ) async throws -> Result<HTTPResponse, HTTPFailure> {
    let request = HTTPRequest(
      method: method, url: try address(url), headers: headers, body: body.map { Data($0.utf8) })
    do throws(HTTPFailure) {
      return .success(try await exchange.send(request, idle))
    } catch {
      return .failure(error)
    }
  }

  private func isInterrupted(_ result: Result<HTTPResponse, HTTPFailure>) -> Bool {
    if case .failure(.interrupted) = result { return true }
    return false
  }

  private func client(_ base: String, perCall: Duration = .seconds(10)) throws -> SystemClient {
    SystemClient(
      system: "ledger", baseURLs: [try address(base)], exchange: Self.exchange(),
      time: .live(),
      authorizer: StaticTokenAuthorizer(
        system: "ledger", secret: Secret("live-token"), header: .bearer, redactor: Redactor()),
      limits: ClientLimits(maxConcurrent: 4, perCallDeadline: perCall), budgetStore: .none(),
      redactor: Redactor(), logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
      userAgent: "unit/1 (test)", passDeadline: .seconds(60), seed: 1)
  }

  @Test func aRequestArrivesAsItWasMeant() async throws {
    let server = try LoopbackServer.answering { connection, _ in
      connection.answer("201 Created", ["X-Thing: 1", "x-thing: 2"], #"{"id":1}"#)
      return true
    }
    let result = try await send(
      .patch, server.base + "/a%2Fb?q=1%2B1%2C2%26&r=%20", headers: ["X-Own": "yes"],
      body: #"{"é":1}"#)
    let response = try result.get()
    #expect(response.status == 201 && response.body == Data(#"{"id":1}"#.utf8))
    #expect(response.headers["X-THING"] == "1, 2")
    let arrived = try #require(server.requests.first)
    #expect(arrived.hasPrefix("PATCH /a%2Fb?q=1%2B1%2C2%26&r=%20 HTTP/1.1\r\n"))
    #expect(arrived.contains("User-Agent: unit/1 (test)\r\n"))
    #expect(arrived.contains("X-Own: yes\r\n"))
    #expect(arrived.hasSuffix(#"{"é":1}"#))
  }

  /// W22: no token, nor any request at all, reaches the second host.
  @Test(arguments: [301, 302, 303, 307, 308])
  func redirectsAreNotFollowed(_ status: Int) async throws {
    let other = try LoopbackServer.answering { connection, _ in
      connection.answer()
      return true
    }
    let target = other.base
    let server = try LoopbackServer.answering { connection, _ in
      connection.answer("\(status) Elsewhere", ["Location: \(target)/steal"])
      return true
    }
    let client = try client(server.base)
    for (method, purpose) in [
      (HTTPMethod.get, CallPurpose.read), (.post, .write(idempotent: true)),
    ] {
      let call = Call(
        method, try address(server.base + "/x"), body: method == .get ? nil : Data("{}".utf8),
        purpose: purpose, priority: .money)
      let error = await failure { try await client.call(call) }
      guard case .refused(let refusal) = error else {
        Issue.record("\(String(describing: error))")
        continue
      }
      #expect(refusal.code == "redirect" && refusal.status == status)
    }
    #expect(server.requests.count == 2)
    #expect(server.requests.allSatisfy { $0.contains("Authorization: Bearer live-token") })
    #expect(other.connections == 0)
  }

  /// W15: bytes keep coming, so the idle timeout never fires.
  @Test func aDrippingServerIsCut() async throws {
    let server = try LoopbackServer.answering { connection, _ in
      connection.write("HTTP/1.1 200 OK\r\nContent-Length: 10000\r\n\r\n{")
      for _ in 0..<2000 where connection.write(" ") { usleep(30_000) }
      return false
    }
    let client = try client(server.base, perCall: .milliseconds(400))
    let clock = ContinuousClock()
    let start = clock.now
    let call = Call(
      .post, try address(server.base), body: Data("{}".utf8), purpose: .write(idempotent: false),
      priority: .money)
    #expect(Ending(await failure { try await client.call(call) }) == .outcomeUnknown)
    let took = clock.now - start
    #expect(took >= .milliseconds(390) && took < .seconds(30))
    #expect(server.requests.count == 1)
  }

  @Test func aSilentServerIsGivenUp() async throws {
    let server = try LoopbackServer.answering { _, _ in
      usleep(2_500_000)
      return false
    }
    #expect(isInterrupted(try await send(.get, server.base, idle: .seconds(1))))
  }

  @Test func aTruncatedBodyIsNoAnswer() async throws {
    let server = try LoopbackServer.answering { connection, _ in
      connection.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"a\":")
      return false
    }
    #expect(isInterrupted(try await send(.get, server.base)))
    #expect(isInterrupted(try await send(.post, server.base, body: "{}")))
  }

  @Test func aTruncatedChunkedBodyIsNoAnswer() async throws {
    let server = try LoopbackServer.answering { connection, _ in
      connection.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n5\r\nab")
      return false
    }
    #expect(isInterrupted(try await send(.post, server.base, body: "{}")))
  }

  @Test func aRefusedConnectionWasNotSent() async throws {
    let port = try LoopbackServer.deadPort()
    let result = try await send(.post, "http://127.0.0.1:\(port)/", body: "{}")
    guard case .failure(.notSent) = result else {
      Issue.record("\(result)")
      return
    }
  }

  @Test func anUnknownHostWasNotSent() async throws {
    let result = try await send(.post, "http://no-such-host.invalid/", body: "{}")
    guard case .failure(.notSent) = result else {
      Issue.record("\(result)")
      return
    }
  }

  /// W04: on a fresh connection and on one that was used before, where HTTP libraries like to
  /// repeat a request in silence.
  @Test(arguments: DroppedPost.all)
  func aDroppedPostIsNotRepeated(_ post: DroppedPost) async throws {
    let withReset = post.withReset
    let server = try LoopbackServer.answering { connection, request in
      if request.hasPrefix("GET") {
        connection.answer()
        return true
      }
      if withReset { connection.reset() }
      return false
    }
    let exchange = Self.exchange()
    for _ in 0..<post.goodOnesBefore { _ = try await send(.get, server.base, over: exchange).get() }
    let result = try await send(.post, server.base + "/pay", body: post.body, over: exchange)
    #expect(isInterrupted(result))
    #expect(server.heads.filter { $0.hasPrefix("POST") }.count == 1)
  }

  /// Foundation on Linux would leave the task hanging for ever.
  @Test(arguments: [
    "Basic realm=\"x\"", "Digest realm=\"x\", nonce=\"y\"", "Bearer realm=\"x\"", "Negotiate",
  ])
  func a401IsAnAnswerAndNotAskedAgain(_ challenge: String) async throws {
    let server = try LoopbackServer.answering { connection, _ in
      connection.answer("401 Unauthorized", ["WWW-Authenticate: \(challenge)"], #"{"a":1}"#)
      return true
    }
    for method in [HTTPMethod.get, .post] {
      let response = try await send(method, server.base).get()
      #expect(response.status == 401 && response.body == Data(#"{"a":1}"#.utf8))
      #expect(response.headers["www-authenticate"] == challenge)
    }
    #expect(server.heads.count == 2)
  }

  @Test func cookiesAreNotKept() async throws {
    let server = try LoopbackServer.answering { connection, _ in
      connection.answer("200 OK", ["Set-Cookie: a=b; Path=/"])
      return true
    }
    let exchange = Self.exchange()
    for _ in 1...2 { _ = try await send(.get, server.base, over: exchange).get() }
    #expect(server.requests.count == 2)
    #expect(server.requests.allSatisfy { !$0.lowercased().contains("cookie:") })
  }

  @Test func aLongAnswerIsCut() async throws {
    let server = try LoopbackServer.answering { connection, _ in
      connection.answer("200 OK", [], String(repeating: " ", count: 50_000))
      return true
    }
    let result = try await send(.get, server.base, over: Self.exchange(10_000))
    #expect(result == .failure(.tooLarge(limit: 10_000)))
    let fits = try await send(.get, server.base, over: Self.exchange(50_000))
    #expect(try fits.get().body.count == 50_000)
  }

  /// 100,000 zeros in 132 bytes: the limit counts what comes out.
  @Test func aCompressedAnswerIsMeasuredUnpacked() async throws {
    let packed = try #require(Data(base64Encoded: Self.zeros))
    let server = try LoopbackServer.answering { connection, _ in
      connection.write(
        "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: \(packed.count)\r\n\r\n")
      return connection.write(Array(packed))
    }
    let cut = try await send(.get, server.base, over: Self.exchange(10_000))
    #expect(cut == .failure(.tooLarge(limit: 10_000)))
    let whole = try await send(.get, server.base, over: Self.exchange(100_000))
    #expect(try whole.get().body == Data(count: 100_000))
  }

  private static let zeros =
    "H4sIAAAAAAACA+3BMQEAAADCoPVPbQ0PoAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
    + "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
    + "AIBXA32VEdSghgEA"

  @Test func cancellingEndsARequestAtOnce() async throws {
    let server = try LoopbackServer.answering { connection, _ in
      usleep(1_500_000)
      connection.answer()
      return false
    }
    let clock = ContinuousClock()
    let start = clock.now
    let base = server.base
    let task = Task { try await send(.get, base) }
    while server.requests.isEmpty { await Task.yield() }
    task.cancel()
    #expect(isInterrupted(try await task.value))
    #expect(clock.now - start < .seconds(1))
  }

  @Test func aCancelledTaskSendsNothing() async throws {
    let server = try LoopbackServer.answering { connection, _ in
      connection.answer()
      return true
    }
    let base = server.base
    let gate = Gate()
    let task = Task {
      await gate.pass()
      return try await send(.get, base)
    }
    task.cancel()
    await gate.open()
    #expect(try await task.value == .failure(.cancelledBeforeSending))
    #expect(server.connections == 0)
  }

  /// Each write has a session of its own, which must not stay behind.
  @Test func writesLeaveNothingOpen() async throws {
    let server = try LoopbackServer.answering { connection, _ in
      connection.answer()
      return true
    }
    let exchange = Self.exchange()
    let before = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count
    for _ in 1...60 { _ = try await send(.post, server.base, body: "{}", over: exchange).get() }
    let clock = ContinuousClock()
    let start = clock.now
    var left = Int.max
    // The sessions wind up on threads of their own.
    while left > before + 10, clock.now - start < .seconds(5) {
      await Task.yield()
      left = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count
    }
    #expect(left <= before + 10)
  }

  @Test func connectionsAreUsedAgain() async throws {
    let server = try LoopbackServer.answering { connection, _ in
      connection.answer()
      return true
    }
    let exchange = Self.exchange()
    for _ in 1...20 { _ = try await send(.get, server.base, over: exchange).get() }
    #expect(server.connections == 1)
  }

  /// Codes and words as seen on Linux.
  @Test(arguments: [
    (-1004, "Failed to connect to localhost port 9", true), (-1003, "Could not resolve host", true),
    (-1, "SSL certificate problem: self-signed certificate", true),
    (-1, "SSL certificate problem: certificate has expired", true),
    (-1, "SSL: no alternative certificate subject name matches target host name 'x'", true),
    (-1, "transfer closed with outstanding read data remaining", false),
    (-1001, "Operation timed out", false), (-1005, "Recv failure: Connection reset by peer", false),
    (-1011, "Empty reply from server", false), (-999, "the task was stopped", false),
    (-12345, "new", false),
  ])
  func onlyWhatSurelyNeverLeftWasNotSent(_ code: Int, _ words: String, _ neverLeft: Bool) {
    let error = NSError(
      domain: NSURLErrorDomain, code: code, userInfo: [NSLocalizedDescriptionKey: words])
    switch LiveError.failure(error) {
    case .notSent(let reason): #expect(neverLeft && !reason.contains(words))
    case .interrupted(let reason): #expect(!neverLeft && !reason.contains(words))
    case .cancelledBeforeSending, .tooLarge: Issue.record("another failure")
    }
  }
}
