import Foundation
import Sandbox
import Synchronization
import TestSupport
import Testing
import Transport

/// Every decoder of every connector on answers that were changed at random: no crash, no hang, a
/// bounded number of calls, nothing sent to another host, nothing made twice. `FUZZ` sets the
/// number of passes for each CRM.
struct DecoderFuzzTests {
  private static let passes = SimulationTests.number("FUZZ") ?? 24

  @Test(arguments: [0, 1])
  func answersNobodyShouldGive(which: Int) async throws {
    let desk = CRMDesk.all[which]
    let perWorld = 6
    for world in 0..<max(1, Self.passes / perWorld) {
      let seed = UInt64(SimulationTests.number("SEED") ?? 1) + UInt64(world)
      let found = try await OneThread.run { try await Self.live(desk, seed, perWorld) }
      #expect(found.isEmpty, "\(desk.system), seed \(seed): \(found)")
    }
  }

  /// A few passes over spoiled answers, then one over true ones.
  private static func live(_ desk: CRMDesk, _ seed: UInt64, _ passes: Int) async throws -> [String]
  {
    let rig = desk.rig()
    var office = Office(desk: desk)
    var found: [String] = []
    let spoiler = Spoiler(seed: seed)
    for pass in 0..<passes {
      var chance = Chance(seed: seed, pass: pass, part: 0)
      for _ in 0..<2 { office.work(rig, &chance) }
      // The first pass is often a true one, so that later ones have something to spoil.
      let isTrue = pass == 0 && seed.isMultiple(of: 2)
      if isTrue {
        rig.settings.spoil = nil
      } else {
        rig.settings.spoil = { spoiler.spoil($0) }
      }
      rig.world.clearLog()
      _ = try await rig.run { _, _ in .go }
      if rig.world.log.count > 400 { found.append("pass \(pass): \(rig.world.log.count) calls") }
      if rig.hosts != ["localhost"] { found.append("pass \(pass): hosts \(rig.hosts)") }
      if !rig.doubledMarks.isEmpty { found.append("pass \(pass): \(rig.doubledMarks)") }
      rig.clock.advance(minutes: 20)
    }
    rig.settings.spoil = nil
    let end = try await rig.run { _, _ in .go }
    if case .failed(let error) = end { found.append("the way back: \(error)") }
    return found + rig.leaks()
  }
}

/// One stream of mutations for all answers of a world.
private final class Spoiler: Sendable {
  private let mutation: Mutex<AnswerMutation>

  init(seed: UInt64) { mutation = Mutex(AnswerMutation(seed: seed)) }

  func spoil(_ response: HTTPResponse) -> HTTPResponse {
    mutation.withLock { $0.spoil(response) }
  }
}
