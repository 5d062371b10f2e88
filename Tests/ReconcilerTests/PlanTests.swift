import Domain
import Foundation
import Reconciler
import Testing

@Suite struct PlanTests {
  func encoded(_ plan: Plan) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    return String(decoding: try encoder.encode(plan), as: UTF8.self)
  }

  func busyWorld() -> World {
    var world = World()
    world.facts.now = instant("2027-01-15T00:00:00Z")
    world.policy.invoices.createItems = true
    world.policy.overdue.notify = [.slack, .crmTask, .email]
    for number in 1...12 {
      var deal = wonDeal("\(number)")
      deal.deal.lines[0].sku = "SKU-\(number % 3)"
      deal.company = company("c\(number % 5)", name: "Customer \(number % 4)")
      deal.linkedContact = number % 3 == 0 ? contact("x\(number)") : nil
      deal.candidates = [
        ContactCandidate(contact: contact("b", name: "Customer \(number % 4)"), evidence: .name),
        ContactCandidate(contact: contact("a", name: "Customer \(number % 4)"), evidence: .name),
      ].filter { _ in number % 6 == 1 }
      if number % 4 == 0 {
        deal.invoices = [
          LinkedInvoice(role: .whole, invoice: invoice("i\(number)", number: "INV-\(number)")),
          LinkedInvoice(role: .generated(by: ID("t")), invoice: invoice("g\(number)", number: "G")),
        ]
      }
      world.facts.deals.append(deal)
    }
    return world
  }

  @Test(arguments: Array(UInt64(1)...20))
  func theSameFactsInAnyOrderGiveTheSamePlan(seed: UInt64) throws {
    let world = busyWorld()
    let expected = try encoded(world.plan())
    var random = Seeded(seed: seed)
    var shuffled = world
    shuffled.facts.deals.shuffle(using: &random)
    for index in shuffled.facts.deals.indices {
      shuffled.facts.deals[index].candidates.shuffle(using: &random)
      shuffled.facts.deals[index].invoices.shuffle(using: &random)
      shuffled.facts.deals[index].lookalikes.shuffle(using: &random)
    }
    shuffled.facts.ledger.accounts.shuffle(using: &random)
    shuffled.facts.ledger.taxRates.shuffle(using: &random)
    shuffled.facts.ledger.currencies.shuffle(using: &random)
    shuffled.policy.overdue.notify.shuffle(using: &random)
    #expect(try encoded(shuffled.plan()) == expected, "seed \(seed)")
  }

  @Test func operationsComeInOrderAndOnlyWaitForEarlierOnes() {
    let plan = busyWorld().plan()
    #expect(!plan.operations.isEmpty)
    var seen: Set<OperationID> = []
    for operation in plan.operations {
      #expect(operation.waitsFor.allSatisfy(seen.contains))
      #expect(seen.insert(operation.id).inserted)
    }
    let kinds = plan.kinds
    let firstInvoice = kinds.firstIndex(of: "create invoice") ?? 0
    let lastContact = kinds.lastIndex(of: "create contact") ?? 0
    #expect(lastContact < firstInvoice)
    #expect(plan.considered == plan.considered.sorted())
  }

  @Test func aPlanSurvivesItsEncoding() throws {
    let plan = busyWorld().plan()
    let data = try JSONEncoder().encode(plan)
    #expect(try JSONDecoder().decode(Plan.self, from: data) == plan)
  }

  @Test func idsCarryNoClock() {
    var later = World()
    later.facts.now = instant("2026-11-29T00:00:00Z")
    #expect(
      World().plan(wonDeal()).operations.first?.id == later.plan(wonDeal()).operations.first?.id)
  }

  // MARK: Brakes

  @Test func tooManyCreatesBrake() {
    var world = World()
    world.facts.deals = (1...51).map { wonDeal("\($0)") }
    #expect(
      world.plan().brake
        == Brake(
          reason: .tooManyCreates, count: 51, limit: 50, override: "--allow-large"))
    world.facts.deals.removeLast()
    #expect(world.plan().brake == nil)
    world.policy.brakes.maxCreatesPerRun = 10
    #expect(world.plan().brake?.count == 50)
    world.policy.brakes.allowLarge = true
    #expect(world.plan().brake == nil)
  }

  @Test func tooManyChangesBrake() {
    var world = World()
    world.policy.brakes.maxCreatesPerRun = 2
    world.facts.deals = (1...3).map { number in
      var deal = invoiced(wonDeal("\(number)"), invoice("i\(number)"))
      deal.deal.lines[0].quantity = decimal("2")
      return deal
    }
    #expect(world.plan().brake?.reason == .tooManyChanges)
  }

  @Test func anEmptySideBrakes() {
    var world = World()
    world.facts.census = PassFacts.Census(emptied: [World.crm], linked: 7)
    #expect(
      world.plan().brake
        == Brake(
          reason: .emptySide, count: 7, limit: 0, override: "--allow-large"))
    world.facts.census.linked = 0
    #expect(world.plan().brake == nil)
  }

  // MARK: Explain

  @Test func explainsWithThePlaceThatDecided() {
    var world = World()
    world.policy.rules = [RuleTests.rule([(.crm, ["hubspot"])]) { $0.tax = Sourced("ZERORATED") }]
    let lines = Planner(policy: world.policy).explain(wonDeal(), world.facts).lines
    #expect(lines.first == "won: true (pipeline Sales Pipeline, stage Closed Won)")
    #expect(lines.contains("tax: ZERORATED (0 %) for “Switches” (xerosync.yaml:50:5)"))
    #expect(lines.contains("customer: linked to xero:contact:x1 “Ridgeway University”"))
    #expect(
      lines.contains(
        "next: create invoice for Ridgeway University, NZD 1,000.00, due 2026-12-20"))
    var held = wonDeal()
    held.deal.currency = nil
    #expect(
      Planner(policy: world.policy).explain(held, world.facts).lines.last?
        .hasPrefix("hold: currency_missing:") == true)
    let nothing = Planner(policy: world.policy).explain(
      {
        var deal = wonDeal(); deal.deal.outcome = .open; return deal
      }(), world.facts)
    #expect(nothing.lines.last == "next: nothing to do")
  }
}
