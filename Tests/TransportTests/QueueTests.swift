import Foundation
import Synchronization
import Testing
import Transport

@Suite struct QueueTests {
  @Test(arguments: [1, 2, 5])
  func neverMoreInFlightThanAllowed(_ limit: Int) async throws {
    let gate = Gate()
    let ok = HTTPResponse(status: 200, body: Data("{}".utf8))
    let rig = try Rig([.wait(gate, ok)], limits: ClientLimits(maxConcurrent: limit))
    await withTaskGroup(of: Void.self) { group in
      for _ in 1...12 {
        group.addTask { _ = try? await rig.client.call(rig.read()) }
      }
      await rig.untilQueued(12 - limit)
      while rig.script.requests.count < limit { await Task.yield() }
      #expect(rig.script.requests.count == limit)
      await gate.open()
    }
    #expect(rig.script.requests.count == 12)
  }

  @Test func theMostImportantGoesFirst() async throws {
    let gate = Gate()
    let ok = HTTPResponse(status: 200, body: Data("{}".utf8))
    let rig = try Rig([.wait(gate, ok), .json()], limits: ClientLimits(maxConcurrent: 1))
    await withTaskGroup(of: Void.self) { group in
      group.addTask { _ = try? await rig.client.call(rig.read("/first")) }
      while rig.script.requests.isEmpty { await Task.yield() }
      let waiting: [(String, CallPriority)] = [
        ("/background", .background), ("/contacts", .contacts), ("/money", .money),
        ("/money2", .money),
      ]
      for (index, (path, priority)) in waiting.enumerated() {
        group.addTask { _ = try? await rig.client.call(rig.read(path, priority: priority)) }
        await rig.untilQueued(index + 1)
      }
      await gate.open()
    }
    let order = rig.script.requests.map { $0.url.path }
    #expect(order == ["/first", "/money", "/money2", "/contacts", "/background"])
  }

  @Test func nothingIsSentAfterThePass() async throws {
    let rig = try Rig([.json()], passDeadline: .seconds(10))
    rig.time.advance(.seconds(10))
    #expect(await rig.failure(of: try rig.write()) == .deadlinePassed)
    #expect(rig.script.requests.isEmpty)
  }

  /// A read is cut when the pass ends; a write that has begun gets ten seconds.
  @Test func thePassDeadlineCutsReadsAndSparesWrites() async throws {
    let rig = try Rig([.hang], passDeadline: .seconds(4))
    #expect(await rig.failure(of: try rig.read()) == .deadlinePassed)
    #expect(rig.time.source.monotonic() == .seconds(4))
    let other = try Rig([.hang], passDeadline: .seconds(4))
    #expect(Ending(await other.failure(of: try other.write())) == .outcomeUnknown)
    #expect(other.time.source.monotonic() == .seconds(10))
  }

  @Test func aCallEndsAfterItsDeadline() async throws {
    let rig = try Rig([.hang])
    #expect(Ending(await rig.failure(of: try rig.write())) == .outcomeUnknown)
    #expect(rig.time.source.monotonic() == .seconds(60))
  }

  @Test func aWaitingCallCanBeCancelled() async throws {
    let gate = Gate()
    let ok = HTTPResponse(status: 200, body: Data("{}".utf8))
    let rig = try Rig([.wait(gate, ok)], limits: ClientLimits(maxConcurrent: 1))
    async let first: HTTPResponse = rig.client.call(rig.read())
    while rig.script.requests.isEmpty { await Task.yield() }
    let second = Task { await rig.failure(of: try rig.write()) }
    await rig.untilQueued(1)
    second.cancel()
    #expect(Ending(try await second.value) == .notSent)
    await gate.open()
    _ = try await first
    #expect(rig.script.requests.count == 1)
  }

  /// W10, L11: what waits gives up at once, a write in flight is answered.
  @Test func drainingLetsAWriteFinish() async throws {
    let gate = Gate()
    let ok = HTTPResponse(status: 201, body: Data("{}".utf8))
    let rig = try Rig([.wait(gate, ok)], limits: ClientLimits(maxConcurrent: 1))
    let write = Task { await rig.failure(of: try rig.write()) }
    while rig.script.requests.isEmpty { await Task.yield() }
    let waiting = Task { await rig.failure(of: try rig.write()) }
    await rig.untilQueued(1)
    let drained = Task { await rig.client.drain() }
    #expect(try await waiting.value == .deadlinePassed)
    await gate.open()
    #expect(try await write.value == nil)
    await drained.value
    #expect(await rig.failure(of: try rig.read()) == .deadlinePassed)
    #expect(rig.script.requests.count == 1)
  }

  @Test func cancellingTheCallerDoesNotCutAWrite() async throws {
    let gate = Gate()
    let ok = HTTPResponse(status: 201, body: Data("{}".utf8))
    let rig = try Rig([.wait(gate, ok)])
    let write = Task { await rig.failure(of: try rig.write()) }
    while rig.script.requests.isEmpty { await Task.yield() }
    write.cancel()
    await gate.open()
    #expect(try await write.value == nil)
  }
}
