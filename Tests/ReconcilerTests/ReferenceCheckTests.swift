import Domain
import Reconciler
import Testing

struct ReferenceCase: Sendable, CustomTestStringConvertible {
  var says: String
  var candidates: [String]
  var line: Int?
  var prepare: @Sendable (inout Policy) -> Void
  var testDescription: String { says }
}

private func at(_ text: String) -> Sourced<String> {
  Sourced(text, at: Origin(file: "xerosync.yaml", line: 12, column: 3))
}

@Suite struct ReferenceCheckTests {
  static let cases: [ReferenceCase] = [
    ReferenceCase(
      says: "Harbour Works has no account “20”", candidates: ["200 (Sales)"], line: 12
    ) { $0.invoices.account = at("20") },
    ReferenceCase(
      says: "account 210 (Old Sales) of Harbour Works is archived",
      candidates: ["200 (Sales)"], line: 12
    ) { $0.invoices.account = at("210") },
    ReferenceCase(
      says: "account 090 (Bank) of Harbour Works takes no sales",
      candidates: ["200 (Sales)"], line: 12
    ) { $0.invoices.account = at("090") },
    ReferenceCase(
      says: "has no tax code “OUTPUT3”", candidates: ["OUTPUT2 (15% GST on Income)"],
      line: 12
    ) { $0.invoices.tax = at("OUTPUT3") },
    ReferenceCase(
      says: "tax code OUTPUT (12.5% GST) of Harbour Works is no longer active",
      candidates: ["OUTPUT2 (15% GST on Income)"], line: 12
    ) { $0.invoices.tax = at("OUTPUT") },
    ReferenceCase(
      says: "tax code INPUT2 (15% GST on Expenses) of Harbour Works is not for sales",
      candidates: ["OUTPUT2 (15% GST on Income)"], line: 12
    ) { $0.invoices.tax = at("INPUT2") },
    ReferenceCase(says: "has no branding theme “Servces”", candidates: ["Services"], line: 12) {
      $0.invoices.brandingTheme = at("Servces")
    },
    ReferenceCase(says: "has no tracking category “Regoin”", candidates: ["Region"], line: 12) {
      $0.invoices.tracking = [TrackingRule(category: at("Regoin"), option: Template("North"))]
    },
    ReferenceCase(
      says: "tracking category Region has no option “Nroth”", candidates: ["North"],
      line: 12
    ) { $0.invoices.tracking = [TrackingRule(category: at("Region"), option: Template("Nroth"))] },
    ReferenceCase(
      says: "has no item “CONS-DAYS”", candidates: ["CONS-DAY (Consulting day)"],
      line: 12
    ) { policy in
      policy.rules = [RuleTests.rule([]) { $0.item = at("CONS-DAYS") }]
    },
    ReferenceCase(says: "has no account “206”", candidates: ["200 (Sales)"], line: 12) { policy in
      policy.rules = [RuleTests.rule([]) { $0.account = at("206") }]
    },
    ReferenceCase(
      says: "hubspot has no pipeline “Retainer”",
      candidates: ["default (Sales Pipeline)"], line: 12
    ) { $0.crms[World.crm]?.won = [.init(pipeline: at("Retainer"), stage: at("closedwon"))] },
    ReferenceCase(
      says: "hubspot has no stage “closed_won”", candidates: ["closedwon (Closed Won)"],
      line: 12
    ) { $0.crms[World.crm]?.won = [.init(pipeline: nil, stage: at("closed_won"))] },
    ReferenceCase(says: "hubspot has no stage “Payed”", candidates: ["paid (Paid)"], line: 12) {
      $0.crms[World.crm]?.paidStage = at("Payed")
    },
    ReferenceCase(
      says: "hubspot has no pipeline “Retainers”",
      candidates: ["default (Sales Pipeline)"], line: 50
    ) { $0.rules = [RuleTests.rule([(.pipeline, ["Retainers"])]) { $0.status = .draft }] },
  ]

  @Test(arguments: cases)
  func names(_ c: ReferenceCase) throws {
    var policy = World().policy
    c.prepare(&policy)
    let problems = ReferenceCheck.problems(
      policy, World.ledger(), [World.crm: World.catalogue()])
    #expect(problems.count == 1, "\(problems)")
    let problem = try #require(problems.first)
    #expect(problem.message.contains(c.says), "\(problem.message)")
    #expect(problem.candidates.first == c.candidates.first, "\(problem.candidates)")
    #expect(problem.origin?.line == c.line)
  }

  @Test func theDefaultAccountNeedNotExistWhereRulesChoose() {
    var ledger = World.ledger()
    ledger.accounts.removeAll { $0.code == "200" }
    var policy = World().policy
    #expect(ReferenceCheck.problems(policy, ledger, [:]).map(\.origin) == [nil])
    policy.rules = [RuleTests.rule([]) { $0.account = at("260") }]
    #expect(ReferenceCheck.problems(policy, ledger, [:]).isEmpty)
    policy.invoices.account = at("200")
    #expect(ReferenceCheck.problems(policy, ledger, [:]).map(\.origin?.line) == [12])
  }

  @Test func whatExistsIsNoProblem() {
    var policy = World().policy
    policy.invoices.tracking = [
      TrackingRule(category: at("region"), option: Template("{deal.pipeline}"))
    ]
    policy.invoices.brandingTheme = at("theme-1")
    policy.crms[World.crm]?.won = [.init(pipeline: at("Sales Pipeline"), stage: at("Closed Won"))]
    policy.rules = [
      RuleTests.rule([(.pipeline, ["Sales*", "default"])]) { $0.tax = at("ZERORATED") }
    ]
    let problems = ReferenceCheck.problems(
      policy, World.ledger(), [World.crm: World.catalogue()], organisation: at("harbour works"))
    #expect(problems.isEmpty, "\(problems)")
    #expect(
      ReferenceCheck.problems(
        policy, World.ledger(), [:], organisation: at("Other Ltd")
      ).map(\.candidates)
        == [["Harbour Works"]])
  }
}
