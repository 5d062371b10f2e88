import Connectors
import Domain
import Sandbox
import Testing
import Transport

@Suite("Pipedrive: writing")
struct PipedriveWriteTests {
  private func alert(_ deal: String, owner: String = "9002") throws -> AlertDraft {
    let currency = try #require(Currency("NZD"))
    var invoice = Invoice(
      id: ID("inv-1"), contactID: ID("c-1"), status: .authorised,
      date: CalendarDate(dayNumber: 20_740),
      currency: currency)
    invoice.number = "INV-<1>"
    invoice.contactName = "Smith & Sons"
    return AlertDraft(
      deal: Subject(system: "pipedrive", kind: .deal, id: deal), invoice: invoice,
      dealName: "Roof \"A\"", dueDate: CalendarDate(dayNumber: 20_770), daysLate: 7,
      owner: Owner(id: ID(owner), name: "Tom", email: nil, isActive: true), level: 2,
      channel: .crmTask)
  }

  @Test("an alert becomes one activity of the owner, whatever is lost and repeated")
  func tasks() async throws {
    let bench = PipedriveBench()
    let id = try bench.deal()
    let alerts = [(key: OperationID("op_12"), alert: try alert(id))]
    bench.lose("POST", "/api/v2/activities")
    guard case .unknown? = await (try bench.connector()).createTasks(alerts).first else {
      Issue.record("the answer was lost")
      return
    }
    bench.world.setFaults([])
    let connector = try bench.connector()
    let found = try await connector.findTasks(
      alerts + [(key: OperationID("op_1"), alert: try alert(id))])
    #expect(found[OperationID("op_12")] != nil)
    #expect(found[OperationID("op_1")] == nil)
    guard case .applied(let task)? = await connector.createTasks(alerts + alerts).last else {
      Issue.record("it exists")
      return
    }
    #expect(found[OperationID("op_12")] == task)
    let activities = try bench.records("activities")
    #expect(activities.count == 1)
    #expect(activities[0]["owner_id"]?.int == 9002)
    #expect(activities[0]["type"]?.string == "task")
    #expect(activities[0]["note"]?.string?.contains("&lt;1&gt;") == true)
    let ownerless = [(key: OperationID("op_2"), alert: try alert(id, owner: "9004"))]
    guard case .refused(let refusal)? = await connector.createTasks(ownerless).first else {
      Issue.record("the user is inactive")
      return
    }
    #expect(refusal.code == .ownerUnreachable)
  }

  @Test("a report goes out under the fields' keys, in their types, and comes back as it is held")
  func report() async throws {
    let bench = PipedriveBench()
    let id = try bench.deal()
    let connector = try bench.connector()
    let outcomes = await connector.report([
      DealReport(
        deal: ID(id),
        values: [
          .invoiceNumber: "INV-1", .invoiceStatus: "partially_paid", .amountDue: "1150.50",
          .amountPaid: "0.00", .dueDate: "2026-12-20", .paidDate: "",
          .invoiceURL: "https://go.xero.com/i/1",
        ], stage: Choice(id: "15", label: "Paid"))
    ])
    guard case .applied(let held)? = outcomes.first else {
      Issue.record("\(outcomes)")
      return
    }
    #expect(held[.amountDue] == "1150.50")
    #expect(held[.amountPaid] == "0.00")
    #expect(held[.paidDate] == "")
    #expect(try bench.custom(id, "Xero amount due")?.digits == "1150.5")
    #expect(try bench.custom(id, "Xero due date")?.string == "2026-12-20")
    #expect(try bench.custom(id, "Xero invoice status")?.string == "partially_paid")
    let record = try bench.record("deals") { $0["id"]?.digits == id }
    #expect(record["stage_id"]?.int == 15)
    let body = try #require(bench.bodies("PATCH").last)
    let golden =
      #"{"stage_id":15,"custom_fields":{"K1":1150.5,"K2":0,"K3":"2026-12-20","#
      + #""K4":"INV-1","K5":"partially_paid","K6":"https://go.xero.com/i/1","K7":null}}"#
    #expect(Self.withoutKeys(body) == golden, "\(body)")
  }

  /// Forty digits become K1, K2, … in the order of their appearance.
  private static func withoutKeys(_ body: String) -> String {
    var count = 0
    return body.replacing(/[0-9a-f]{40}/) { _ -> String in
      count += 1
      return "K\(count)"
    }
  }

  @Test("the same report twice leaves the same record; one bad deal never stops the others")
  func twice() async throws {
    let bench = PipedriveBench()
    let (good, gone, old) = (try bench.deal("A"), try bench.deal("B"), try bench.deal("C"))
    try bench.person("delete", ["type": "deals", "id": .string(gone)])
    try bench.person("archive_deal", ["deal": .string(old)])
    let reports = [gone, old, "abc", good].map {
      DealReport(deal: ID($0), values: [.invoiceNumber: "INV-1"])
    }
    for _ in 0..<2 {
      let outcomes = await (try bench.connector()).report(reports)
      guard case .refused(let first) = outcomes[0], case .refused(let second) = outcomes[1],
        case .notSent = outcomes[2], case .applied = outcomes[3]
      else {
        Issue.record("\(outcomes)")
        return
      }
      #expect(first.code == .dealDeleted)
      #expect(second.code == .fieldRefused)
      #expect(second.remedy.contains("unarchive"))
    }
    #expect(try bench.custom(good, "Xero invoice number")?.string == "INV-1")
  }

  @Test("a field that is missing is a hold with its remedy, and doctor --fix makes it once")
  func setup() async throws {
    let bench = PipedriveBench(syncFields: false)
    let id = try bench.deal()
    let connector = try bench.connector()
    let report = DealReport(deal: ID(id), values: [.invoiceNumber: "INV-1"])
    guard case .refused(let refusal)? = await connector.report([report]).first else {
      Issue.record("the field does not exist")
      return
    }
    #expect(refusal.code == .fieldRefused)
    #expect(refusal.remedy.contains("doctor --fix"))
    #expect(try await connector.missingFields().count == 10)
    let made = try await connector.createMissingFields()
    #expect(made.count == 10)
    #expect(try await connector.createMissingFields().isEmpty)
    #expect(try await (try bench.connector()).missingFields().isEmpty)
    guard case .applied? = await connector.report([report]).first else {
      Issue.record("the field exists now")
      return
    }
  }

  @Test("the plan's cap on fields is told as such")
  func capped() async throws {
    let bench = PipedriveBench(syncFields: false)
    try bench.person("company", ["most_fields": 0])
    let connector = try bench.connector()
    await #expect(throws: RemoteError.self) { try await connector.createMissingFields() }
  }

  @Test("a lost answer to a create is unknown, and the record is found by its mark")
  func lostCreate() async throws {
    let bench = PipedriveBench()
    try bench.person("lag", ["seconds": 600])
    let connector = try bench.connector()
    var draft = PartyDraft(
      kind: .company,
      copying: PartyRecord(
        subject: Subject(system: "xero", kind: .contact, id: "c-9"), name: "Tūī & Sons"),
      mark: "c-9")
    draft.addresses[.postal] = PostalAddress(
      lines: ["Level 2", "1 Queen St"], city: "Auckland", country: "New Zealand")
    bench.lose("POST", "/api/v2/organizations")
    let outcomes = await connector.createParties([(key: OperationID("op_1"), draft: draft)])
    guard case .unknown? = outcomes.first else {
      Issue.record("\(outcomes)")
      return
    }
    bench.world.setFaults([])
    let found = try await (try bench.connector()).findParties([
      (key: OperationID("op_1"), draft: draft)
    ])
    #expect(found[OperationID("op_1")]?.name == "Tūī & Sons")
    #expect(found[OperationID("op_1")]?.addresses[.postal]?.lines == ["Level 2", "1 Queen St"])
    var other = draft
    other.mark = "c-10"
    #expect(try await connector.findParties([(key: OperationID("op_2"), draft: other)]).isEmpty)
    #expect(
      try bench.records("organizations").filter { $0["name"]?.string == "Tūī & Sons" }.count == 1)
  }

  @Test("old records are found by their mark through the search")
  func oldMarks() async throws {
    let bench = PipedriveBench()
    try bench.person(
      "create",
      ["type": "organizations", "properties": ["name": "Old", "Xero contact id": "c-1"]])
    bench.clock.advance(.seconds(60))
    try bench.person("bulk", ["organizations": 600])
    let draft = PartyDraft(
      kind: .company,
      copying: PartyRecord(
        subject: Subject(system: "xero", kind: .contact, id: "c-1"), name: "Old"), mark: "c-1")
    let found = try await (try bench.connector()).findParties([
      (key: OperationID("op_1"), draft: draft)
    ])
    #expect(found[OperationID("op_1")]?.name == "Old")
  }

  @Test("a person is made whole, and an update keeps the addresses it does not name")
  func people() async throws {
    let bench = PipedriveBench()
    let connector = try bench.connector()
    var record = PartyRecord(
      subject: Subject(system: "xero", kind: .contact, id: "c-2"), name: "Ana O'Neil")
    record.firstName = "Ana"
    record.lastName = "O'Neil"
    record.emails = ["Ana@X.example"]
    record.phones = [.main: "+64 9 1", .mobile: "+64 21 2"]
    var draft = PartyDraft(kind: .person, copying: record, mark: "c-2")
    draft.employer = .existing(ID(try bench.company()))
    guard
      case .applied(let made)? = await connector.createParties([
        (key: OperationID("op"), draft: draft)
      ]).first
    else {
      Issue.record("not made")
      return
    }
    #expect(made.emails == ["ana@x.example"])
    #expect(made.phones == record.phones)
    #expect(made.companyIDs.count == 1)
    #expect(made.mark == "c-2")
    try bench.person(
      "edit",
      [
        "type": "persons", "id": .string(made.subject.id),
        "properties": [
          "emails": [
            ["value": "ana@x.example", "primary": true], ["value": "ana@home.example"],
          ]
        ],
      ])
    let patch = PartyPatch(
      subject: made.subject,
      texts: [.email: "new@x.example", .lastName: "Neil", .mobile: "", .phone: "+64 9 3"])
    guard case .applied(let changed)? = await connector.updateParties([patch]).first else {
      Issue.record("not changed")
      return
    }
    #expect(changed.emails == ["new@x.example", "ana@home.example"])
    #expect(changed.name == "Ana Neil")
    #expect(changed.phones == [.main: "+64 9 3"])
  }

  @Test("an organisation's fields, and a patch with nothing Pipedrive has a field for")
  func organizations() async throws {
    let bench = PipedriveBench()
    let connector = try bench.connector()
    let subject = Subject(system: "pipedrive", kind: .company, id: try bench.company())
    let address = PostalAddress(
      lines: ["PO Box 1"], city: "Nelson", region: "Tasman", postalCode: "7010", country: "NZ")
    let outcomes = await connector.updateParties([
      PartyPatch(
        subject: subject, texts: [.name: "New Name", .mark: "c-7"],
        addresses: [.postal: address]),
      PartyPatch(subject: subject, texts: [.email: "x@y.example"]),
      PartyPatch(
        subject: Subject(system: "pipedrive", kind: .company, id: "99999"),
        texts: [.name: "X"]),
    ])
    guard case .applied(let changed) = outcomes[0], case .applied(let same) = outcomes[1],
      case .refused = outcomes[2]
    else {
      Issue.record("\(outcomes)")
      return
    }
    #expect(changed.name == "New Name")
    #expect(changed.mark == "c-7")
    #expect(changed.addresses[.postal] == address)
    #expect(same.name == "New Name")
    #expect(bench.bodies("PATCH").count == 1)
  }

  @Test("a party merged away is told by the mark its survivor took over")
  func mergedParty() async throws {
    let bench = PipedriveBench()
    func make(_ name: String, _ more: JSONValue.Object = [:]) throws -> String {
      var properties: JSONValue.Object = ["name": .string(name)]
      for (key, value) in more { properties[key] = value }
      return try bench.person(
        "create", ["type": "organizations", "properties": .object(properties)])["id"]?.digits ?? ""
    }
    let loser = try make("Old", ["Xero contact id": "c-5"])
    let survivor = try make("New")
    let dead = try make("Dead", ["Xero contact id": "c-6"])
    try bench.person(
      "merge",
      ["type": "organizations", "loser": .string(loser), "survivor": .string(survivor)])
    try bench.person("delete", ["type": "organizations", "id": .string(dead)])
    let subjects = [loser, dead, "99999"].map {
      Subject(system: "pipedrive", kind: .company, id: $0)
    }
    let answers = try await (try bench.connector()).parties(subjects)
    guard case .merged(subjects[0], let into) = answers[0], case .found(let archived) = answers[1],
      case .gone(subjects[2]) = answers[2]
    else {
      Issue.record("\(answers)")
      return
    }
    #expect(into.subject.id == survivor)
    #expect(archived.status == .archived)
  }
}
