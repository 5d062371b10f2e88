import Domain
import Reconciler
import Testing

@Suite struct RuleTests {
  static func rule(
    _ conditions: [(Condition.Field, [String])], _ set: (inout Rule.Settings) -> Void
  ) -> Rule {
    var settings = Rule.Settings()
    set(&settings)
    return Rule(
      conditions: conditions.map {
        Condition(field: $0.0, patterns: $0.1.map { Pattern($0) })
      },
      set: settings, origin: Origin(file: "xerosync.yaml", line: 50, column: 5))
  }

  struct FieldCase: Sendable, CustomTestStringConvertible {
    var field: Condition.Field
    var patterns: [String]
    var matches: Bool
    var testDescription: String { "\(field) \(patterns) \(matches)" }
  }

  /// Each row sets tax ZERORATED where it matches.
  @Test(arguments: [
    FieldCase(field: .crm, patterns: ["HubSpot"], matches: true),
    FieldCase(field: .crm, patterns: ["zoho"], matches: false),
    FieldCase(field: .pipeline, patterns: ["default"], matches: true),
    FieldCase(field: .pipeline, patterns: ["sales pipeline"], matches: true),
    FieldCase(field: .pipeline, patterns: ["Retainers"], matches: false),
    FieldCase(field: .stage, patterns: ["Closed Won"], matches: true),
    FieldCase(field: .owner, patterns: ["Mara*"], matches: true),
    FieldCase(field: .owner, patterns: ["o1"], matches: true),
    FieldCase(field: .owner, patterns: ["*@elsewhere.example"], matches: false),
    FieldCase(field: .country, patterns: ["AU"], matches: true),
    FieldCase(field: .country, patterns: ["australia"], matches: true),
    FieldCase(field: .country, patterns: ["NZ", "AU"], matches: true),
    FieldCase(field: .country, patterns: ["NZ"], matches: false),
    FieldCase(field: .region, patterns: ["Vic*"], matches: true),
    FieldCase(field: .currency, patterns: ["nzd"], matches: true),
    FieldCase(field: .sku, patterns: ["CONS-*"], matches: true),
    FieldCase(field: .sku, patterns: ["CONS"], matches: false),
    FieldCase(field: .product, patterns: ["*consult*"], matches: true),
    FieldCase(field: .product, patterns: ["prod-9"], matches: true),
    FieldCase(field: .crmTax, patterns: ["GST 15%"], matches: true),
    FieldCase(field: .partyKind, patterns: ["company"], matches: true),
    FieldCase(field: .partyKind, patterns: ["person"], matches: false),
    FieldCase(field: .deal("segment"), patterns: ["Edu"], matches: true),
    FieldCase(field: .deal("absent"), patterns: ["?"], matches: false),
    FieldCase(field: .deal("absent"), patterns: [""], matches: true),
    FieldCase(field: .line("batch"), patterns: ["b*"], matches: true),
  ])
  func conditions(_ c: FieldCase) throws {
    var world = World()
    world.policy.rules = [Self.rule([(c.field, c.patterns)]) { $0.tax = Sourced("ZERORATED") }]
    var one = line("Consulting", "1", "100")
    one.sku = "CONS-DAY"
    one.productID = ID("prod-9")
    one.tax = "GST 15%"
    one.fields["batch"] = "b9"
    var deal = wonDeal(lines: [one])
    deal.deal.fields["segment"] = "edu"
    deal.company?.addresses[.postal] = PostalAddress(region: "Victoria", country: "Australia")
    let draft = try #require(world.plan(deal).invoiceDrafts.first)
    #expect(draft.lines[0].taxCode == (c.matches ? "ZERORATED" : "OUTPUT2"))
  }

  @Test func firstMatchDecidesEachAttributeByItself() throws {
    var world = World()
    world.policy.rules = [
      Self.rule([(.sku, ["A*"])]) { $0.tax = Sourced("ZERORATED") },
      Self.rule([(.sku, ["*"])]) {
        $0.tax = Sourced("OUTPUT2")
        $0.account = Sourced("260")
      },
    ]
    var a = line("a", "1", "10")
    a.sku = "A1"
    var b = line("b", "1", "10")
    b.sku = "B1"
    let draft = try #require(world.plan(wonDeal(lines: [a, b])).invoiceDrafts.first)
    #expect(draft.lines.map(\.taxCode) == ["ZERORATED", "OUTPUT2"])
    #expect(draft.lines.map(\.account) == ["260", "260"])
  }

  @Test func allConditionsOfARuleMustHold() throws {
    var world = World()
    world.policy.rules = [
      Self.rule([(.currency, ["NZD"]), (.partyKind, ["person"])]) { $0.account = Sourced("260") }
    ]
    #expect(world.plan(wonDeal()).invoiceDrafts.first?.lines[0].account == "200")
  }

  @Test func settingsOfTheWholeInvoice() throws {
    var world = World()
    world.policy.rules = [
      Self.rule([(.pipeline, ["default"])]) {
        $0.status = .draft
        $0.due = .terms(.days(7))
        $0.brandingTheme = Sourced("services")
        $0.number = Template("R-{deal.id}")
        $0.reference = Template("ref {deal.id}")
        $0.lineAmounts = .inclusive
        $0.date = .runDate
        $0.tracking = [
          TrackingRule(category: Sourced("region"), option: Template("{deal.pipeline}"))
        ]
      }
    ]
    let plan = world.plan(wonDeal())
    let draft = try #require(plan.invoiceDrafts.first)
    #expect(draft.status == .draft)
    #expect(draft.date == date("2026-11-23"))
    #expect(draft.dueDate == date("2026-11-30"))
    #expect(draft.brandingThemeID == "theme-2")
    #expect(draft.mark.number == "R-1")
    #expect(draft.mark.reference == "ref 1")
    #expect(draft.expected.total == money("1000"))
    #expect(draft.expected.totalTax == money("130.43"))
    #expect(
      draft.lines[0].tracking
        == [TrackingChoice(category: "Region", option: "Sales Pipeline")])
    #expect(plan.operations.first?.summary.hasPrefix("draft R-1 for") == true)
  }

  @Test func aLineConditionMayDecideForTheInvoice() {
    var world = World()
    world.policy.rules = [Self.rule([(.sku, ["HOLD-*"])]) { $0.hold = "ask finance" }]
    var one = line("a", "1", "10")
    #expect(world.plan(wonDeal(lines: [one])).holds.isEmpty)
    one.sku = "HOLD-1"
    let plan = world.plan(wonDeal(lines: [line("b", "1", "10"), one]))
    #expect(plan.codes == [.heldByRule])
    #expect(plan.holds[0].message == "A rule holds this deal: ask finance.")
    #expect(plan.holds[0].remedy.contains("xerosync.yaml:50:5"))
  }

  @Test func noTaxCarriesNoCodes() throws {
    var world = World()
    world.policy.invoices.lineAmounts = .noTax
    let draft = try #require(world.plan(wonDeal()).invoiceDrafts.first)
    #expect(draft.lines[0].taxCode == nil)
    #expect(draft.expected.total == money("1000"))
  }

  // MARK: Items

  @Test func itemsAreFoundBySKU() throws {
    var one = line("Consulting", "1", "100")
    one.sku = "cons-day"
    let draft = try #require(World().plan(wonDeal(lines: [one])).invoiceDrafts.first)
    #expect(draft.lines[0].item == "CONS-DAY")
    // Nobody wrote an account: the item's own goes before the built-in default.
    #expect(draft.lines[0].account == "260")
    var written = World()
    written.policy.invoices.account = Sourced("200", at: Origin(file: "f", line: 1, column: 1))
    #expect(written.plan(wonDeal(lines: [one])).invoiceDrafts.first?.lines[0].account == "200")
  }

  @Test func missingItemsAreLeftOutOrMade() throws {
    var world = World()
    var one = line("Router", "1", "100")
    one.sku = "RT-1"
    #expect(world.plan(wonDeal(lines: [one])).invoiceDrafts.first?.lines[0].item == nil)
    world.policy.invoices.createItems = true
    let plan = world.plan(wonDeal(lines: [one, one]))
    #expect(plan.writes == ["create item", "create invoice"])
    #expect(plan.invoiceDrafts.first?.lines.map(\.item) == ["RT-1", "RT-1"])
    #expect(plan.operations[1].waitsFor == [plan.operations[0].id])
  }

  @Test func taxFallsBackOnTheAccountNeverOnAGuess() {
    var world = World()
    world.policy.invoices.tax = nil
    #expect(world.plan(wonDeal()).codes == [.taxCodeUnknown])
    world.policy.invoices.account = Sourced("260")
    #expect(world.plan(wonDeal()).invoiceDrafts.first?.lines[0].taxCode == "ZERORATED")
  }
}
