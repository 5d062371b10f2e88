import Foundation
import TestSupport
import Testing

/// The judges are judged: deliberate bugs are put into the product, and each must be caught. A few
/// in every test run, all of them with `FULL=1`; the list says which judge caught which.
struct SabotageTests {
  /// Those of an ordinary test run; each was seen to be caught. More join as they are.
  private static let ordinary: [Sabotage] = [.createdTwice, .dryRunSends]

  static var isFull: Bool { SimulationTests.number("FULL") == 1 }

  private static var bugs: [Sabotage] {
    if let name = ProcessInfo.processInfo.environment["BUG"] {
      return Sabotage.allCases.filter { "\($0)" == name }
    }
    return isFull ? Sabotage.allCases : ordinary
  }

  @Test(arguments: bugs)
  func isCaught(bug: Sabotage) async throws {
    let most = Self.isFull ? 60 : 24
    for seed in 1...UInt64(most) {
      var chance = Chance(seed: seed)
      let swarm = bug.swarm(&chance)
      let run = try await Run.of(
        seed, passes: 8, swarm: swarm, bug: bug, lines: SimulationTests.number("LINES") ?? 0)
      if let verdict = run.verdict {
        print("deliberate bug caught: \(bug), \(bug.rawValue) | \(verdict) | seed \(seed)")
        if !run.account.isEmpty { print(run.account) }
        return
      }
      guard bug == .diceInMarks else { continue }
      let again = try await Run.of(seed, passes: 8, swarm: swarm, bug: bug)
      guard run.fingerprint == again.fingerprint else {
        print("deliberate bug caught: \(bug), \(bug.rawValue) | I12 the same run twice")
        return
      }
    }
    Issue.record("not caught in \(most) runs: \(bug), \(bug.rawValue)")
  }

  /// The same worlds without a bug break no promise: it is the bug that is caught.
  @Test(arguments: bugs)
  func isNotCaughtWithoutIt(bug: Sabotage) async throws {
    for seed in 1...UInt64(Self.isFull ? 6 : 1) {
      var chance = Chance(seed: seed)
      let swarm = bug.swarm(&chance)
      let run = try await Run.of(seed, passes: 8, swarm: swarm, lines: 40)
      #expect(run.broken.isEmpty, "the world of \(bug): \(run.account)")
    }
  }
}

extension Sabotage {
  /// A world in which the bug does harm.
  func swarm(_ chance: inout Chance) -> Swarm {
    var swarm = Swarm.calm(chance.one(of: CRMDesk.all) ?? .hubSpot)
    swarm.longPauses = chance.happens(50)
    switch self {
    case .lookUpsOff, .contactLookUpsOff, .partialLookUps, .unknownTakenForNotSent,
      .unknownTakenForRefused, .settleIgnored, .keyPerAttempt, .markLeftOut,
      .contactMarkLeftOut, .oneKeyForAll:
      swarm.wire = [.dropAfter, .dropBefore, .appliedGateway]
      swarm.wireRate = 80
    case .intentNotKept, .outcomeNotKept, .planNotKept, .cursorBeforeData, .linksForgotten,
      .alertsNotKept, .holdsNotKept, .holdsStay, .partyMemoryForgotten, .agendaForgotten,
      .tasksRepeated, .tasksForgotten, .wakesForgotten:
      swarm.crashRate = 20
      swarm.wire = [.dropAfter]
      swarm.wireRate = 30
      swarm.longPauses = true
    case .refusedRetried: swarm.edits = 4
    case .staleAccepted, .cursorTooFar, .cursorWithoutMargin, .ledgerCursorTooFar:
      swarm.searchLag = 120
    case .localClockInCursor:
      swarm.clockRate = 80
      swarm.searchLag = 60
    case .newTokenNotKept, .oldTokenDropped:
      swarm.renewsToken = true
      swarm.wire = [.expiredToken, .dropAfter]
      swarm.wireRate = 50
      swarm.longPauses = true
    case .accountNotPinned: swarm.amnesiaRate = 0
    case .dryRunWrites, .dryRunSends: swarm.dryRate = 50
    case .lastOfPageSkipped, .lastInvoiceSkipped, .linesUnwatched, .deletionsIgnored,
      .paymentsIgnored, .createdTwice, .priceRounded, .discountForgotten, .centLost,
      .lineDropped, .wrongCustomer, .wrongCurrency, .dueTooLate, .leftAsDraft, .foreignTouched,
      .revisionNotSent, .reportNotSent, .reportTwisted, .reportToOther, .echoNotKept,
      .partyEditsLost, .diceInMarks, .secretLogged, .endlessCalls:
      break
    }
    return swarm
  }
}
