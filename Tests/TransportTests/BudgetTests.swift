import Foundation
import Synchronization
import Testing
import Transport

/// A budget store in memory that can be made to fail.
final class Box: Sendable {
  struct Broken: Error {}
  private let kept = Mutex<(state: BudgetState?, fails: Bool, saves: Int)>((nil, false, 0))

  var state: BudgetState? { kept.withLock { $0.state } }
  var saves: Int { kept.withLock { $0.saves } }
  func fail() { kept.withLock { $0.fails = true } }

  var store: BudgetStore {
    BudgetStore(
      load: { self.kept.withLock { $0.state } },
      save: { state in
        try self.kept.withLock {
          if $0.fails { throw Broken() }
          $0.state = state
          $0.saves += 1
        }
      })
  }
}

@Suite struct BudgetTests {
  private static let remaining = AnswerReader(limits: { headers in
    headers["X-Left"].flatMap { Int($0) }.map { LimitReading(dayRemaining: $0) }
  })

  @Test func theMinuteIsWaitedFor() async throws {
    let rig = try Rig([.json()], limits: ClientLimits(maxConcurrent: 1, perMinute: 3))
    for _ in 1...7 { _ = try await rig.client.call(rig.read()) }
    #expect(rig.time.sleeps == [.seconds(60), .seconds(60)])
  }

  @Test func aMinuteThatOutlastsThePassIsNotWaitedFor() async throws {
    let rig = try Rig(
      [.json()], limits: ClientLimits(maxConcurrent: 1, perMinute: 1), passDeadline: .seconds(30))
    _ = try await rig.client.call(rig.read())
    let expected = Budget.Exhaustion(window: "minute", remaining: 0, resetsIn: .seconds(60))
    #expect(await rig.failure(of: try rig.read()) == .budgetExhausted(expected))
  }

  @Test func theMinuteOutlivesAPass() async throws {
    let box = Box()
    let time = VirtualTime()
    let limits = ClientLimits(maxConcurrent: 1, perMinute: 2)
    let first = try Rig([.json()], limits: limits, store: box.store, time: time)
    for _ in 1...2 { _ = try await first.client.call(first.read()) }
    time.advance(.seconds(20))
    let second = try Rig([.json()], limits: limits, store: box.store, time: time)
    _ = try await second.client.call(second.read())
    #expect(time.sleeps == [.seconds(40)])
  }

  @Test func requestsKeepTheirDistance() async throws {
    let rig = try Rig(
      [.json()], limits: ClientLimits(maxConcurrent: 4, minimumInterval: .milliseconds(250)))
    for _ in 1...3 { _ = try await rig.client.call(rig.read()) }
    #expect(rig.time.sleeps == [.milliseconds(250), .milliseconds(250)])
  }

  /// Day of 100: background stops at 85 calls, contacts at 90, money at 100.
  @Test(arguments: [(CallPriority.background, 85), (.contacts, 90), (.money, 100)])
  func reservesAreKept(_ priority: CallPriority, _ allowed: Int) async throws {
    let rig = try Rig([.json()], limits: ClientLimits(maxConcurrent: 1, perDay: 100))
    var sent = 0
    while await rig.failure(of: try rig.read(priority: priority)) == nil, sent < 200 { sent += 1 }
    #expect(sent == allowed)
    let error = await rig.failure(of: try rig.read(priority: priority))
    guard case .budgetExhausted(let exhaustion) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(exhaustion.window == "day" && exhaustion.remaining == 100 - allowed)
  }

  @Test func moreImportantCallsStillPass() async throws {
    let rig = try Rig([.json()], limits: ClientLimits(maxConcurrent: 1, perDay: 100))
    for _ in 1...85 { _ = try await rig.client.call(rig.read(priority: .background)) }
    #expect(await rig.failure(of: try rig.read(priority: .background)) != nil)
    #expect(await rig.failure(of: try rig.read(priority: .contacts)) == nil)
    #expect(await rig.failure(of: try rig.read(priority: .money)) == nil)
  }

  @Test func theDayOutlivesThePassAndEnds() async throws {
    let box = Box()
    let time = VirtualTime()
    let limits = ClientLimits(maxConcurrent: 1, dailyCap: 3)
    let first = try Rig([.json()], limits: limits, store: box.store, time: time)
    for _ in 1...3 { _ = try await first.client.call(first.read()) }
    #expect(await first.failure(of: try first.read()) != nil)
    time.advance(.seconds(3600 * 5))
    let second = try Rig(
      [.json()], limits: limits, store: box.store, passDeadline: .seconds(1_000_000), time: time)
    #expect(Ending(await second.failure(of: try second.read())) == .budgetExhausted)
    time.advance(.seconds(3600 * 20))
    let third = try Rig(
      [.json()], limits: limits, store: box.store, passDeadline: .seconds(1_000_000), time: time)
    #expect(await third.failure(of: try third.read()) == nil)
  }

  @Test func theVendorsWordBeatsOurCount() async throws {
    let rig = try Rig(
      [.json(200, "{}", ["X-Left": "2"])], limits: ClientLimits(maxConcurrent: 1, perDay: 1000),
      reader: Self.remaining)
    _ = try await rig.client.call(rig.read())
    #expect(await rig.client.dayRemaining == 2)
    #expect(Ending(await rig.failure(of: try rig.read(priority: .background))) == .budgetExhausted)
    #expect(await rig.failure(of: try rig.read(priority: .money)) == nil)
  }

  @Test func theUsersCapBeatsTheVendor() async throws {
    let rig = try Rig(
      [.json(200, "{}", ["X-Left": "4000"])], limits: ClientLimits(maxConcurrent: 1, dailyCap: 2),
      reader: Self.remaining)
    for _ in 1...2 { _ = try await rig.client.call(rig.read()) }
    #expect(Ending(await rig.failure(of: try rig.read())) == .budgetExhausted)
  }

  /// The vendor's day may begin anew at any hour: one call an hour finds out.
  @Test func anExhaustedDayIsProbedOnceAnHour() async throws {
    let rig = try Rig(
      [.json()], limits: ClientLimits(maxConcurrent: 1, perDay: 1),
      passDeadline: .seconds(1_000_000))
    _ = try await rig.client.call(rig.read())
    #expect(await rig.failure(of: try rig.read()) != nil)
    rig.time.advance(.seconds(3601))
    #expect(await rig.failure(of: try rig.read(priority: .contacts)) != nil)
    #expect(await rig.failure(of: try rig.read()) == nil)
    #expect(await rig.failure(of: try rig.read()) != nil)
  }

  @Test func anEmptyWindowIsWaitedFor() async throws {
    let reader = AnswerReader(limits: { _ in
      LimitReading(windowRemaining: 0, windowResetsIn: .seconds(4))
    })
    let rig = try Rig(
      [.json()], limits: ClientLimits(maxConcurrent: 1, perMinute: 60), reader: reader)
    for _ in 1...2 { _ = try await rig.client.call(rig.read()) }
    #expect(rig.time.sleeps == [.seconds(4)])
  }

  @Test func nothingLeavesUncounted() async throws {
    let box = Box()
    let rig = try Rig([.json()], store: box.store)
    box.fail()
    #expect(Ending(await rig.failure(of: try rig.write())) == .notSent)
    #expect(rig.script.requests.isEmpty)
  }

  @Test func requestsThatNeverLeftCostNothing() async throws {
    let box = Box()
    let rig = try Rig([.fail(.notSent("no network"))], store: box.store)
    _ = await rig.failure(of: try rig.read())
    #expect(box.state?.used(at: rig.time.wall) == 0)
  }

  @Test func stateSurvivesItsJSON() throws {
    var state = BudgetState()
    state.hours = [498_000: 3]
    state.recent = [1, 2]
    state.reading = DayReading(remaining: 5, limit: 9, at: 7)
    let data = try JSONEncoder().encode(state)
    #expect(try JSONDecoder().decode(BudgetState.self, from: data) == state)
  }
}
