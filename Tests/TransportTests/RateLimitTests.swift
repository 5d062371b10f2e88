import Foundation
import Testing
import Transport

@Suite struct RateLimitTests {
  @Test(arguments: [
    ("7", Int64(7000)), ("0", 0), (" 12 ", 12_000), ("1.2", 2000), ("-5", 0), ("120", 120_000),
  ])
  func secondsAreHonouredInFull(_ text: String, _ milliseconds: Int64) async throws {
    let rig = try Rig([.json(429, "{}", ["Retry-After": text]), .json()])
    _ = try await rig.client.call(rig.write())
    #expect(rig.time.sleeps == (milliseconds == 0 ? [] : [.milliseconds(milliseconds)]))
  }

  @Test func datesAreComparedWithTheServersOwnClock() async throws {
    let headers: HTTPHeaders = [
      "Retry-After": "Sun, 06 Nov 1994 08:50:07 GMT", "Date": "Sun, 06 Nov 1994 08:49:37 GMT",
    ]
    let rig = try Rig([.json(429, "{}", headers), .json()])
    _ = try await rig.client.call(rig.read())
    #expect(rig.time.sleeps == [.seconds(30)])
  }

  @Test func aDateInThePastMeansNow() async throws {
    let rig = try Rig([
      .json(429, "{}", ["Retry-After": "Sun, 06 Nov 1994 08:50:07 GMT"]), .json(),
    ])
    _ = try await rig.client.call(rig.read())
    #expect(rig.time.sleeps.isEmpty)
  }

  @Test(arguments: ["soon", "", "1e400", "nan"])
  func anUnreadableHeaderMeansBackOff(_ text: String) async throws {
    let rig = try Rig([.json(429, "{}", ["Retry-After": text]), .json()])
    _ = try await rig.client.call(rig.read())
    let waited = try #require(rig.time.sleeps.first)
    #expect(waited >= .milliseconds(500) && waited <= .milliseconds(1500))
  }

  @Test(arguments: ["121", "86400", "999999999999999"])
  func longWaitsAreLeftToALaterPass(_ text: String) async throws {
    let rig = try Rig([.json(429, "{}", ["Retry-After": text]), .json()])
    let error = await rig.failure(of: try rig.write())
    guard case .rateLimited(let limit) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(limit.isDeferred)
    #expect(rig.time.sleeps.isEmpty)
    // The client has stopped: nothing more reaches the server in this pass.
    #expect(Ending(await rig.failure(of: try rig.read())) == .rateLimited)
    #expect(rig.script.requests.count == 1)
  }

  @Test func aWaitThatOutlastsThePassIsNotBegun() async throws {
    let rig = try Rig(
      [.json(429, "{}", ["Retry-After": "90"]), .json()], passDeadline: .seconds(60))
    #expect(Ending(await rig.failure(of: try rig.read())) == .rateLimited)
    #expect(rig.time.sleeps.isEmpty)
  }

  @Test func threeWaitsAreTheMost() async throws {
    let rig = try Rig([.json(429, "{}", ["Retry-After": "2"])])
    #expect(Ending(await rig.failure(of: try rig.read())) == .rateLimited)
    #expect(rig.time.sleeps == [.seconds(2), .seconds(2), .seconds(2)])
  }

  @Test func theVendorsSignEndsThePassAtOnce() async throws {
    let reader = AnswerReader(rateLimit: { _ in
      RateLimitSign(scope: "day", retryAfter: .seconds(30), endsPass: true)
    })
    let rig = try Rig([.json(403)], reader: reader)
    let error = await rig.failure(of: try rig.read())
    #expect(error == .rateLimited(RateLimit(retryAfter: .seconds(30), scope: "day")))
    #expect(rig.script.requests.count == 1)
  }

  /// A day-long wait is remembered by the next pass, and over when it is over.
  @Test func theNextPassKeepsToALongWait() async throws {
    let box = Box()
    let time = VirtualTime()
    let first = try Rig(
      [.json(429, "{}", ["Retry-After": "3600"])], store: box.store, time: time)
    _ = await first.failure(of: try first.read())
    time.advance(.seconds(300))
    let second = try Rig([.json()], store: box.store, passDeadline: .seconds(9000), time: time)
    guard case .rateLimited(let limit) = await second.failure(of: try second.read()) else {
      Issue.record("called again")
      return
    }
    #expect(limit.retryAfter == .seconds(3300))
    #expect(second.script.requests.isEmpty)
    time.advance(.seconds(3301))
    let third = try Rig([.json()], store: box.store, passDeadline: .seconds(9000), time: time)
    #expect(await third.failure(of: try third.read()) == nil)
  }

  @Test func aClockThatJumpedBackDoesNotBlockForAYear() async throws {
    let box = Box()
    let time = VirtualTime()
    let first = try Rig(
      [.json(429, "{}", ["Retry-After": "3600"])], store: box.store, time: time)
    _ = await first.failure(of: try first.read())
    time.jumpWall(to: time.wall - 365 * 86_400_000)
    let second = try Rig([.json()], store: box.store, time: time)
    #expect(await second.failure(of: try second.read()) == nil)
  }

  @Test func retryAfterOfAnOutageIsHonoured() async throws {
    let rig = try Rig([.json(503, "{}", ["Retry-After": "20"]), .json()])
    _ = try await rig.client.call(rig.read())
    #expect(rig.time.sleeps == [.seconds(20)])
  }
}
