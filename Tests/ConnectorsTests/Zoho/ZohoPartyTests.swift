import Connectors
import Domain
import Sandbox
import Testing
import Transport

@Suite("Zoho: accounts and contacts")
struct ZohoPartyTests {
  private func draft(_ name: String, _ mark: String) -> PartyDraft {
    PartyDraft(
      kind: .company,
      copying: PartyRecord(
        subject: Subject(system: "xero", kind: .contact, id: mark), name: name), mark: mark)
  }

  @Test("a lost answer to a create is unknown, and the record is found by its mark at once")
  func lostCreate() async throws {
    let bench = ZohoBench()
    try bench.person("lag", ["seconds": 600])
    let connector = try bench.connector()
    var tui = draft("Tūī & Sons", "c-9'\\")
    tui.addresses[.postal] = PostalAddress(
      lines: ["Level 2", "1 Queen St"], city: "Auckland", country: "New Zealand")
    bench.lose("POST", "/crm/v8/Accounts")
    let outcomes = await connector.createParties([(key: OperationID("op_1"), draft: tui)])
    guard case .unknown? = outcomes.first else {
      Issue.record("\(outcomes)")
      return
    }
    bench.world.setFaults([])
    let found = try await (try bench.connector()).findParties([
      (key: OperationID("op_1"), draft: tui)
    ])
    #expect(found[OperationID("op_1")]?.name == "Tūī & Sons")
    #expect(found[OperationID("op_1")]?.addresses[.postal]?.lines == ["Level 2, 1 Queen St"])
    let other = draft("Tūī & Sons", "c-10")
    #expect(try await connector.findParties([(key: OperationID("op_2"), draft: other)]).isEmpty)
  }

  @Test("several creates go out in one call, and a bad one stops no other")
  func batch() async throws {
    let bench = ZohoBench()
    let connector = try bench.connector()
    var person = draft("Ana O'Neil", "c-2")
    person.kind = .person
    person.firstName = "Ana"
    person.lastName = "O'Neil"
    person.email = "Ana@X.example"
    person.phones = [.main: "+64 9 1", .mobile: "+64 21 2"]
    person.employer = .existing(ID(try bench.company()))
    var lonely = person
    lonely.employer = .existing(ID("999999999999999999"))
    var mononym = draft("Plato", "c-3")
    mononym.kind = .person
    let outcomes = await connector.createParties(
      [person, draft("One", "c-4"), lonely, draft("Two", "c-5"), mononym].enumerated().map {
        (key: OperationID("op_\($0.offset)"), draft: $0.element)
      })
    guard case .applied(let ana) = outcomes[0], case .applied(let one) = outcomes[1],
      case .refused(let refusal) = outcomes[2], case .applied(let two) = outcomes[3],
      case .applied(let plato) = outcomes[4]
    else {
      Issue.record("\(outcomes)")
      return
    }
    #expect(ana.emails == ["ana@x.example"])
    #expect(ana.phones == person.phones)
    #expect(ana.companyIDs.count == 1)
    #expect(ana.mark == "c-2")
    #expect([one.name, two.name] == ["One", "Two"])
    #expect(refusal.message.contains("Account_Name"))
    #expect(plato.lastName == "Plato")
    #expect(bench.bodies("POST /crm/v8/Accounts").count == 1)
    #expect(bench.bodies("POST /crm/v8/Contacts").count == 1)
    let patch = PartyPatch(
      subject: ana.subject,
      texts: [.email: "new@x.example", .lastName: "Neil", .mobile: "", .phone: "+64 9 3"])
    guard case .applied(let changed)? = await connector.updateParties([patch]).first else {
      Issue.record("not changed")
      return
    }
    #expect(changed.emails == ["new@x.example"])
    #expect(changed.name == "Ana Neil")
    #expect(changed.phones == [.main: "+64 9 3"])
  }

  @Test("where the mark's field is unique, the record that has it is taken over, not made again")
  func unique() async throws {
    let bench = ZohoBench { $0.fields["accounting_id"] = Sourced("Ledger id") }
    for type in ["Accounts", "Contacts"] {
      try bench.person(
        "create_field", ["type": .string(type), "name": "Ledger id", "unique": true])
    }
    let connector = try bench.connector()
    for _ in 0..<2 {
      guard
        case .applied(let made)? = await connector.createParties([
          (key: OperationID("op"), draft: draft("Once", "c-1"))
        ]).first
      else {
        Issue.record("not made")
        return
      }
      #expect(made.mark == "c-1")
    }
    let made = try bench.records("Accounts").filter { $0["Account_Name"]?.string == "Once" }
    #expect(made.count == 1)
  }

  @Test("an account's fields, and a patch with nothing Zoho has a field for")
  func accounts() async throws {
    let bench = ZohoBench()
    let connector = try bench.connector()
    let subject = Subject(system: "zoho", kind: .company, id: try bench.company())
    let address = PostalAddress(
      lines: ["PO Box 1"], city: "Nelson", region: "Tasman", postalCode: "7010", country: "NZ")
    let outcomes = await connector.updateParties([
      PartyPatch(
        subject: subject, texts: [.name: "New Name", .mark: "c-7", .website: ""],
        addresses: [.postal: address]),
      PartyPatch(
        subject: Subject(system: "zoho", kind: .company, id: "9999999999999999"),
        texts: [.name: "X"]),
      PartyPatch(subject: subject, texts: [.email: "x@y.example"]),
      PartyPatch(
        subject: Subject(system: "zoho", kind: .company, id: "x"), texts: [.name: "X"]),
    ])
    guard case .applied(let changed) = outcomes[0], case .refused(let gone) = outcomes[1],
      case .applied = outcomes[2], case .refused = outcomes[3]
    else {
      Issue.record("\(outcomes)")
      return
    }
    #expect(changed.name == "New Name")
    #expect(changed.mark == "c-7")
    #expect(changed.website == "")
    #expect(changed.addresses[.postal] == address)
    #expect(gone.code == .contactArchived)
    let bodies = bench.bodies("PUT")
    #expect(bodies.count == 1)
    let golden =
      #"{"data":[{"id":"ID","Account_Name":"New Name","Website":null,"#
      + #""Billing_Street":"PO Box 1","Billing_City":"Nelson","Billing_State":"Tasman","#
      + #""Billing_Code":"7010","Billing_Country":"NZ","Xero_contact_id":"c-7"},"#
      + #"{"id":"9999999999999999","Account_Name":"X"}],"trigger":[]}"#
    #expect(bodies.first?.replacing(subject.id, with: "ID") == golden, "\(bodies)")
  }

  @Test("parties by id: living, deleted, merged away, and no id at all")
  func byID() async throws {
    let bench = ZohoBench()
    let (living, loser) = (
      try bench.company(), try bench.company("Southern Fern Nurseries")
    )
    try bench.person(
      "merge",
      ["type": "Accounts", "loser": .string(loser), "survivor": .string(living)])
    let subjects = [living, loser, "x/../y"].map {
      Subject(system: "zoho", kind: .company, id: $0)
    }
    let answers = try await (try bench.connector()).parties(subjects)
    guard case .found(let party) = answers[0], case .gone(subjects[1]) = answers[1],
      case .gone(subjects[2]) = answers[2]
    else {
      Issue.record("\(answers)")
      return
    }
    #expect(party.name == "Harbour Lights Ltd")
  }
}
