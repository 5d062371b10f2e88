import Domain
import Reconciler
import Testing

/// The CRM's own fields in templates and rules.
@Suite struct FieldTests {
  private func problems(
    _ fields: [SystemName: [String]?], _ change: (inout Policy) -> Void
  ) -> [ConfigurationProblem] {
    var policy = World().policy
    var catalogues: [SystemName: CRMCatalogue] = [:]
    for (name, known) in fields {
      policy.crms[name] = CRMPolicy()
      catalogues[name] = CRMCatalogue(account: "1", pipelines: [], owners: [])
      catalogues[name]?.dealFields = known
    }
    change(&policy)
    return ReferenceCheck.problems(policy, World().facts.ledger, catalogues)
      .filter { $0.topic == .field }
  }

  private let place = Origin(file: "xerosync.yaml", line: 9, column: 3)

  @Test func aMisspeltField() throws {
    let found = problems(["hubspot": ["po_number", "dealname"]]) {
      $0.invoices.reference = Template("PO {deal.po_nubmer}", at: place)
    }
    let problem = try #require(found.first)
    #expect(found.count == 1 && problem.origin == place)
    #expect(problem.message == "hubspot has no deal field “po_nubmer”")
    #expect(problem.candidates.first == "po_number")
  }

  @Test(arguments: TemplateWords.deal)
  func wordsOfOurOwnNeedNoField(word: String) {
    let found = problems(["hubspot": []]) {
      $0.invoices.reference = Template("{deal.\(word)} {crm}")
    }
    #expect(found.isEmpty)
  }

  @Test func conditionsAreCheckedToo() {
    let found = problems(["hubspot": ["approved"]]) { policy in
      var set = Rule.Settings()
      set.hold = "waits"
      policy.rules = [
        Rule(
          conditions: [Condition(field: .deal("aproved"), patterns: [Pattern("no")])], set: set,
          origin: place)
      ]
    }
    #expect(found.map(\.origin) == [place])
  }

  /// One of the CRMs has it, or cannot be asked: no mistake. A rule for one CRM burdens no other.
  @Test func severalCRMs() {
    let template = Template("{deal.po_number}")
    #expect(
      problems(["hubspot": ["po_number"], "pipedrive": ["x"]]) {
        $0.invoices.reference = template
      }.isEmpty)
    #expect(
      problems(["hubspot": ["x"], "pipedrive": nil]) { $0.invoices.reference = template }.isEmpty)
    let ruled = problems(["hubspot": ["x"], "pipedrive": ["po_number"]]) { policy in
      var set = Rule.Settings()
      set.reference = template
      policy.rules = [
        Rule(conditions: [Condition(field: .crm, patterns: [Pattern("hubspot")])], set: set)
      ]
    }
    #expect(ruled.map(\.message) == ["hubspot has no deal field “po_number”"])
  }

  /// Every word the configuration takes has a value: the two lists are one.
  @Test func everyWordHasAValue() throws {
    var facts = wonDeal()
    facts.deal.amount = decimal("1000")
    facts.deal.paymentTerms = "Net 14"
    facts.deal.lines[0].description = "Blue"
    facts.deal.lines[0].sku = "SW-1"
    facts.deal.lines[0].tax = "GST"
    facts.deal.lines[0].productID = ID("p1")
    let words =
      TemplateWords.deal.map { "deal.\($0)" } + TemplateWords.line.map { "line.\($0)" }
      + TemplateWords.plain
    for word in words {
      var world = World()
      world.policy.invoices.reference = Template("{\(word)}")
      let draft = try #require(world.plan(facts).invoiceDrafts.first)
      #expect(draft.mark.reference != "hubspot-1", "\(word) is empty")
    }
  }

  /// What is kept beside every standing invoice. If this text changes, every unpaid invoice is
  /// rewritten after an upgrade: append what is new only where it has a value.
  @Test func whatAnInvoiceWasMadeFromStaysReadable() {
    let text = Planner(policy: World().policy).madeFrom(wonDeal())
    #expect(
      text == "c577d3819d380e19cb5d9931e5a01894 ba768b331fd86cec hubspot:company:c1")
  }

  /// `explain` names what a rule decided of the invoice, and where it stands.
  @Test func explainNamesWhatARuleDecided() {
    var world = World()
    var set = Rule.Settings()
    set.status = .draft
    set.date = .runDate
    set.number = Template("N-{deal.id}")
    set.reference = Template("R {deal.name}")
    set.lineAmounts = .inclusive
    set.brandingTheme = Sourced("Services")
    world.policy.rules = [Rule(conditions: [], set: set, origin: place)]
    let steps = Planner(policy: world.policy).explain(wonDeal(), world.facts).steps.filter {
      $0.origin == place
    }
    #expect(
      Set(steps.map(\.topic)) == [
        "status of the invoice", "date", "number", "reference", "line_amounts", "branding_theme",
      ])
  }
}
