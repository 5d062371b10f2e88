import Domain
import Reconciler
import Testing

@Suite struct PartyCreationTests {
  private var policy: Policy {
    var policy = Policy(startDate: date("2026-11-01"))
    policy.contacts.createInAccounting = .all
    policy.contacts.createInCRM = .customers
    return policy
  }

  private var context: PartyContext {
    PartyContext(
      now: instant("2026-11-22T08:00:00Z"), accounting: "xero", crms: ["hubspot"],
      homeCountry: "NZ")
  }

  private func plan(_ facts: PartyFacts, _ change: (inout ContactPolicy) -> Void = { _ in })
    -> PartyPlan
  {
    var policy = policy
    change(&policy.contacts)
    var progress = PartyProgress()
    return Planner(policy: policy).plan([facts], context, &progress)
  }

  private func company(_ name: String = "Ridgeway University", id: String = "1") -> PartyRecord {
    var record = PartyRecord(subject: subject("hubspot:company:\(id)"), name: name)
    record.website = "ridgeway.example"
    return record
  }

  private func contact(_ name: String = "Ridgeway University", id: String = "c1") -> PartyRecord {
    var record = PartyRecord(subject: subject("xero:contact:\(id)"), name: name)
    record.isCustomer = true
    return record
  }

  private func alone(_ record: PartyRecord) -> PartyFacts {
    PartyFacts(
      subject: record.subject,
      replicas: [.init(record: record, traits: context.traits(of: record.subject.system))])
  }

  @Test func aNewCompanyBecomesAContactWithItsMark() throws {
    let plan = plan(alone(company()))
    guard case .createContact(let draft)? = plan.operations.first?.effect else {
      Issue.record("nothing is made: \(plan.holds)")
      return
    }
    #expect(draft.mark == "hubspot:company:1")
    #expect(plan.operations.count == 1)
  }

  @Test func peopleOfACompanyAreNoCustomersOfTheirOwn() {
    var person = PartyRecord(subject: subject("hubspot:person:4"), name: "Ann Kelly")
    person.companyIDs = [ID("1")]
    #expect(plan(alone(person)).operations.isEmpty)
    person.companyIDs = []
    #expect(plan(alone(person)).operations.count == 1)
  }

  @Test func aCustomerBecomesACompanyWithItsPrimaryPerson() {
    var record = contact()
    record.firstName = "Ann"
    record.lastName = "Kelly"
    record.emails = ["ann@ridgeway.example"]
    let plan = plan(alone(record))
    #expect(plan.operations.map(\.object) == [.company, .person])
    let made = plan.operations.first { $0.object == .company }
    #expect(
      plan.operations.first { $0.object == .person }?.waitsFor == [made?.id].compactMap { $0 })
  }

  @Test func aContactThatIsAPersonBecomesAPerson() {
    var record = contact("Ann Kelly")
    record.firstName = "Ann"
    record.lastName = "Kelly"
    #expect(plan(alone(record)).operations.map(\.object) == [.person])
  }

  struct Refusal: Sendable {
    var what: String
    var change: @Sendable (inout PartyRecord) -> Void
  }

  @Test(
    "never created",
    arguments: [
      Refusal(what: "supplier") {
        $0.isSupplier = true
        $0.isCustomer = false
      },
      Refusal(what: "archived") { $0.status = .archived },
      Refusal(what: "erased") { $0.status = .erased },
      Refusal(what: "merged away") { $0.mergedInto = ID("c9") },
    ])
  func never(_ row: Refusal) {
    var record = contact()
    row.change(&record)
    #expect(plan(alone(record)) { $0.createInCRM = .all }.operations.isEmpty, "\(row.what)")
  }

  @Test func onlyCustomersUnlessAllAreAskedFor() {
    var record = contact()
    record.isCustomer = false
    #expect(plan(alone(record)).operations.isEmpty)
    #expect(plan(alone(record)) { $0.createInCRM = .all }.operations.count == 1)
    #expect(plan(alone(contact())) { $0.createInCRM = .never }.operations.isEmpty)
  }

  @Test func theMarkLinks() {
    var facts = alone(company())
    facts.candidates = [PartyCandidate(record: contact("Other name"), evidence: .mark)]
    #expect(plan(facts).operations.map(\.action) == [.link])
  }

  @Test func theNameLinksWhereNothingSpeaksAgainstIt() {
    var facts = alone(company())
    facts.candidates = [PartyCandidate(record: contact(), evidence: .name)]
    #expect(plan(facts).operations.map(\.action) == [.link])
    var other = contact()
    other.emails = ["info@another.example"]
    facts.candidates = [PartyCandidate(record: other, evidence: .name)]
    let held = plan(facts)
    #expect(held.operations.isEmpty)
    #expect(held.holds.map(\.code) == [.customerUnsure])
    #expect(
      held.holds.first?.remedy.contains("xerosync link hubspot:company:1 xero:contact:c1") == true)
  }

  @Test func twoThatMightBeTheSameAreAQuestion() {
    var facts = alone(company())
    facts.candidates = [
      PartyCandidate(record: contact(id: "c1"), evidence: .name),
      PartyCandidate(record: contact(id: "c2"), evidence: .name),
    ]
    #expect(plan(facts).holds.map(\.code) == [.customerUnsure])
  }

  @Test func aFullerComparisonDecides() {
    var facts = alone(company())
    facts.candidates = [
      PartyCandidate(record: contact(), evidence: .resemblance, similarity: 0.05)
    ]
    #expect(plan(facts).operations.map(\.action) == [.create])
    facts.candidates[0].similarity = 0.6
    #expect(plan(facts).holds.map(\.code) == [.customerUnsure])
    facts.candidates[0].similarity = 0.999
    #expect(plan(facts).operations.map(\.action) == [.link])
  }

  @Test func aNamesakeOfAnotherRecordGetsASuffix() {
    var record = company()
    record.addresses[.postal] = PostalAddress(city: "Nelson")
    var facts = alone(record)
    facts.candidates = [PartyCandidate(record: contact(), evidence: .name, isTaken: true)]
    facts.namesTaken = ["ridgeway university"]
    #expect(plan(facts).operations.first?.summary.contains("Ridgeway University (Nelson)") == true)
    facts.namesTaken.formUnion([
      "ridgeway university (nelson)", "ridgeway university (ridgeway.example)",
    ])
    #expect(plan(facts).holds.map(\.code) == [.nameTaken])
  }

  @Test func whatWasTakenApartStaysApart() {
    var facts = alone(company())
    facts.apart = ["xero"]
    #expect(plan(facts).operations.isEmpty)
  }

  @Test func anArchivedTwinIsNotRevived() {
    var gone = contact()
    gone.status = .archived
    var facts = alone(company())
    facts.candidates = [PartyCandidate(record: gone, evidence: .mark)]
    let plan = plan(facts)
    #expect(plan.operations.isEmpty)
    #expect(plan.holds.map(\.code) == [.contactArchived])
  }

  @Test func whatWasMadeAgreesFromTheStart() {
    var record = company("Acme <North>")
    record.phones[.main] = "09 123 4567"
    let plan = plan(alone(record))
    guard case .createContact(let draft)? = plan.operations.first?.effect else {
      Issue.record("nothing is made: \(plan.holds)")
      return
    }
    var made = PartyRecord(subject: subject("xero:contact:new"), name: draft.name)
    made.phones = [.main: "+64 9 1234567"]
    let merge = PartyMerge(policy: PartyBench.policy(), context: context)
    let memory = merge.born(made, from: record, as: draft, into: PartyMemory())
    let facts = PartyFacts(
      subject: made.subject,
      replicas: [made, record].map {
        .init(record: $0, traits: context.traits(of: $0.subject.system))
      }, memory: memory)
    let result = merge.merge(facts)
    #expect(result.changes.isEmpty && result.conflicts.isEmpty && result.holds.isEmpty)
  }
}
