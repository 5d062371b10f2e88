import Domain
import Reconciler
import Testing

struct MatchCase: Sendable, CustomTestStringConvertible {
  enum Outcome: Hashable, Sendable {
    case linked(String), match(String), create(String), hold(HoldCode)
  }

  var name: String
  var expected: Outcome
  var prepare: @Sendable (inout DealFacts) -> Void

  var testDescription: String { name }
}

private func near(
  _ id: String, _ evidence: ContactCandidate.Evidence, name: String = "Ridgeway University",
  email: String = "", mark: String = "", status: PartyRecord.Status = .active
) -> ContactCandidate {
  var record = contact(id, name: name)
  record.emails = email.isEmpty ? [] : [email]
  record.mark = mark
  record.status = status
  return ContactCandidate(contact: record, evidence: evidence)
}

private func alike(_ id: String, _ name: String, _ similarity: Double) -> ContactCandidate {
  ContactCandidate(
    contact: contact(id, name: name), evidence: .resemblance, similarity: similarity)
}

@Suite struct CustomerMatchTests {
  static let ours = "accounts@ridgeway.example"

  static let cases: [MatchCase] = [
    MatchCase(name: "linked", expected: .linked("x1")) { $0.linkedContact = contact() },
    MatchCase(name: "linked but archived", expected: .hold(.contactArchived)) {
      $0.linkedContact = contact()
      $0.linkedContact?.status = .archived
    },
    MatchCase(name: "linked but erased", expected: .hold(.contactArchived)) {
      $0.linkedContact = contact()
      $0.linkedContact?.status = .erased
    },
    MatchCase(name: "archived, and no answer makes a new one", expected: .hold(.contactArchived)) {
      $0.linkedContact = contact()
      $0.linkedContact?.status = .archived
      $0.released = [.contactArchived]
    },
    MatchCase(name: "no customer", expected: .hold(.noCustomer)) { $0.company = nil },
    MatchCase(name: "deleted customer", expected: .hold(.noCustomer)) {
      $0.company?.status = .archived
    },
    MatchCase(name: "a person stands in", expected: .create("Ana Silva")) {
      $0.company = nil
      var person = PartyRecord(subject: subject("hubspot:person:p1"), name: "Ana Silva")
      person.emails = ["ana@silva.example"]
      $0.people = [person]
    },
    MatchCase(name: "a person without name", expected: .create("ana@silva.example")) {
      $0.company = nil
      var person = PartyRecord(subject: subject("hubspot:person:p1"), name: "")
      person.emails = ["ana@silva.example"]
      $0.people = [person]
    },
    MatchCase(name: "nothing near", expected: .create("Ridgeway University")) { _ in },
    MatchCase(name: "marked", expected: .match("m")) {
      $0.candidates = [near("n", .name), near("m", .mark, name: "Renamed Ltd")]
    },
    MatchCase(name: "two marked", expected: .hold(.customerUnsure)) {
      $0.candidates = [near("n", .mark), near("m", .mark)]
    },
    MatchCase(name: "marked but archived", expected: .hold(.contactArchived)) {
      $0.candidates = [near("m", .mark, status: .archived)]
    },
    MatchCase(name: "same email, same name", expected: .match("e")) {
      $0.candidates = [near("e", .email, email: ours)]
    },
    MatchCase(name: "same email, name shares a word", expected: .match("e")) {
      $0.candidates = [near("e", .email, name: "Ridgeway Uni", email: ours)]
    },
    MatchCase(name: "same email, foreign name", expected: .hold(.customerUnsure)) {
      $0.candidates = [near("e", .email, name: "Tideline Bookkeeping", email: ours)]
    },
    MatchCase(name: "same name alone", expected: .match("n")) {
      $0.candidates = [near("n", .name, name: "RIDGEWAY UNIVERSITY")]
    },
    MatchCase(name: "same name, same domain", expected: .match("n")) {
      $0.candidates = [near("n", .name, email: "other@ridgeway.example")]
    },
    MatchCase(name: "same name, other domain", expected: .hold(.customerUnsure)) {
      $0.candidates = [near("n", .name, email: "office@elsewhere.example")]
    },
    MatchCase(name: "same name, a mailbox anybody can have", expected: .match("n")) {
      $0.candidates = [near("n", .name, email: "ridgeway@gmail.com")]
    },
    MatchCase(name: "same name, other tax number", expected: .hold(.customerUnsure)) {
      var candidate = near("n", .name)
      candidate.contact.taxNumber = "12-345-678"
      $0.company?.taxNumber = "98 765 432"
      $0.candidates = [candidate]
    },
    MatchCase(name: "same name, other country", expected: .hold(.customerUnsure)) {
      var candidate = near("n", .name)
      candidate.contact.addresses[.postal] = PostalAddress(country: "Australia")
      $0.company?.addresses[.street] = PostalAddress(country: "NZ")
      $0.candidates = [candidate]
    },
    MatchCase(name: "email and name point to two", expected: .hold(.customerUnsure)) {
      $0.candidates = [near("e", .email, name: "Ridgeway Uni", email: ours), near("n", .name)]
    },
    MatchCase(name: "two of the same email, one of the name too", expected: .match("e")) {
      $0.candidates = [
        near("e", .email, email: ours), near("f", .email, name: "Ridgeway Trust", email: ours),
      ]
    },
    MatchCase(name: "two of the same name", expected: .hold(.customerUnsure)) {
      $0.candidates = [near("a", .name), near("b", .name, name: "ridgeway  university")]
    },
    MatchCase(name: "alike beyond doubt", expected: .match("r")) {
      $0.candidates = [alike("r", "Ridgeway Univ.", 0.995)]
    },
    MatchCase(name: "alike", expected: .hold(.customerUnsure)) {
      $0.candidates = [alike("r", "Ridgeway Univ.", 0.7)]
    },
    MatchCase(name: "alike beyond doubt, no word in common", expected: .hold(.customerUnsure)) {
      $0.candidates = [alike("r", "Rigdeway Universty", 0.995)]
    },
    MatchCase(name: "two alike", expected: .hold(.customerUnsure)) {
      $0.candidates = [alike("r", "Ridgeway Univ.", 0.995), alike("s", "Ridgeway Trust", 0.6)]
    },
    MatchCase(name: "alike, but another record's", expected: .create("Ridgeway University")) {
      $0.candidates = [alike("r", "Ridgeway Univ.", 0.7)]
      $0.candidates[0].contact.mark = "hubspot:company:999"
    },
    MatchCase(name: "alike, but archived", expected: .create("Ridgeway University")) {
      $0.candidates = [alike("r", "Ridgeway Univ.", 0.7)]
      $0.candidates[0].contact.status = .archived
    },
    MatchCase(name: "unsure, released", expected: .create("Ridgeway University (Nelson)")) {
      $0.candidates = [near("n", .name, email: "office@elsewhere.example")]
      $0.company?.addresses[.postal] = PostalAddress(city: "Nelson")
      $0.released = [.customerUnsure]
    },
    MatchCase(
      name: "another customer has the name", expected: .create("Ridgeway University (Nelson)")
    ) {
      $0.candidates = [near("n", .name, mark: "hubspot:company:c9")]
      $0.company?.addresses[.street] = PostalAddress(city: "Nelson")
    },
    MatchCase(
      name: "another customer has the name, no city",
      expected: .create("Ridgeway University (ridgeway.example)")
    ) { $0.candidates = [near("n", .name, mark: "hubspot:company:c9")] },
    MatchCase(name: "another customer has every name", expected: .hold(.nameTaken)) {
      $0.candidates = [near("n", .name, mark: "hubspot:company:c9")]
      $0.namesTaken = ["ridgeway university (ridgeway.example)"]
    },
    MatchCase(name: "marked by a record merged into ours", expected: .match("n")) {
      $0.candidates = [near("n", .name, mark: "hubspot:company:c9")]
      $0.company?.mergedFrom = [ID("c9")]
    },
    MatchCase(name: "marked by another CRM, same name", expected: .match("n")) {
      $0.candidates = [near("n", .name, mark: "pipedrive:company:7")]
    },
    MatchCase(name: "another record of the CRM has the email", expected: .hold(.customerUnsure)) {
      var candidate = near("n", .email, email: ours, mark: "hubspot:company:c9")
      candidate.contact.taxNumber = "1"
      $0.company?.taxNumber = "2"
      $0.candidates = [candidate]
    },
    MatchCase(name: "archived twin", expected: .hold(.contactArchived)) {
      $0.candidates = [near("n", .name, status: .archived)]
    },
    MatchCase(
      name: "archived twin, and no answer makes a new one", expected: .hold(.contactArchived)
    ) {
      $0.candidates = [near("n", .name, status: .archived)]
      $0.released = [.contactArchived]
    },
    MatchCase(name: "a name no ledger takes", expected: .create("Ridgeway & Sons")) {
      $0.company?.name = "  Ridgeway <&>  Sons\n"
    },
  ]

  @Test(arguments: cases)
  func decides(_ c: MatchCase) {
    var facts = wonDeal()
    facts.linkedContact = nil
    c.prepare(&facts)
    let match = CustomerMatch(
      policy: ContactPolicy(), accounting: World.xero, contactNameLengthMax: 255)
    #expect(outcome(match.decide(facts)) == c.expected)
  }

  func outcome(_ decision: CustomerMatch.Decision) -> MatchCase.Outcome {
    switch decision {
    case .linked(let contact): .linked(contact.id.rawValue)
    case .match(let contact, _): .match(contact.id.rawValue)
    case .create(let draft): .create(draft.name)
    case .hold(let hold): .hold(hold.code)
    }
  }

  @Test func theHoldNamesTheCommand() throws {
    var facts = wonDeal()
    facts.linkedContact = nil
    facts.candidates = [near("n", .name, email: "office@elsewhere.example")]
    let hold = try #require(World().plan(facts).holds.first)
    #expect(hold.remedy.contains("`xerosync link hubspot:company:c1 xero:contact:n`"))
    #expect(hold.message.contains("its email domain differs"))
  }

  @Test func neverMeansNever() {
    var world = World()
    world.policy.contacts.createInAccounting = .never
    var facts = wonDeal()
    facts.linkedContact = nil
    #expect(world.plan(facts).codes == [.noCustomer])
  }

  @Test func withoutMatchingOnlyTheMarkCounts() {
    var world = World()
    world.policy.contacts.matchBeforeCreate = false
    var facts = wonDeal()
    facts.linkedContact = nil
    facts.candidates = [near("n", .name)]
    #expect(
      world.plan(facts).contactDrafts.map(\.name)
        == ["Ridgeway University (ridgeway.example)"])
  }

  @Test func aNewContactCarriesItsMarkAndPerson() throws {
    var facts = wonDeal()
    facts.linkedContact = nil
    facts.company?.emails = []
    var person = PartyRecord(subject: subject("hubspot:person:p1"), name: "Ana Silva")
    (person.firstName, person.lastName) = ("Ana", "Silva")
    person.emails = ["ana@ridgeway.example"]
    facts.people = [person]
    let plan = World().plan(facts)
    let draft = try #require(plan.contactDrafts.first)
    #expect(draft.mark == "hubspot:company:c1")
    #expect(draft.email == "ana@ridgeway.example")
    #expect((draft.firstName, draft.lastName) == ("Ana", "Silva"))
    #expect(plan.writes == ["create contact", "create invoice"])
    #expect(plan.operations[1].waitsFor == [plan.operations[0].id])
  }

  @Test func twoDealsOfOneNewCustomerShareItsContact() {
    var world = World()
    var first = wonDeal("1")
    var second = wonDeal("2")
    (first.linkedContact, second.linkedContact) = (nil, nil)
    world.facts.deals = [second, first]
    let plan = world.plan()
    #expect(plan.writes == ["create contact", "create invoice", "create invoice"])
    #expect(plan.operations[1].waitsFor == plan.operations[2].waitsFor)
  }

  @Test func twoNewCustomersOfOneNameAreToldApart() {
    var world = World()
    var first = wonDeal("1")
    var second = wonDeal("2")
    (first.linkedContact, second.linkedContact) = (nil, nil)
    second.company = company("c2")
    second.company?.emails = ["pay@second.example"]
    world.facts.deals = [first, second]
    let plan = world.plan()
    #expect(
      plan.contactDrafts.map(\.name).sorted()
        == ["Ridgeway University", "Ridgeway University (second.example)"])
  }

  @Test func aMatchIsLinked() throws {
    var facts = wonDeal()
    facts.linkedContact = nil
    facts.candidates = [near("e", .email, email: Self.ours)]
    let plan = World().plan(facts)
    #expect(plan.writes == ["create invoice", "link link"])
    guard case .link(let link) = try #require(plan.operations.first { $0.action == .link }).effect
    else {
      Issue.record("no link")
      return
    }
    #expect(link.left == subject("hubspot:company:c1"))
    #expect(link.right == subject("xero:contact:e"))
    #expect(plan.invoiceDrafts.first?.contact == .existing(ID("e")))
  }
}
