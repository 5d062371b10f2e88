import Connectors
import Domain
import Foundation
import Testing
import Transport

@Suite("HubSpot: writing to a simulated account")
struct HubSpotSandboxWriteTests {
  private func deal(_ bench: HubSpotBench, _ name: String = "Roof") throws -> String {
    try #require(
      try bench.person(
        "create_deal", #"{"name": "\#(name)", "stage": "closedwon", "amount": "10"}"#)["deal"])
  }

  private func report(_ deal: String, _ values: [ReportField: String]) -> DealReport {
    DealReport(deal: ID(deal), values: values)
  }

  @Test(arguments: ["v3", "2026-03", "2026-09"])
  func aBadReportLeavesTheOthersWritten(version: String) async throws {
    let bench = try HubSpotBench { $0.options["api_version"] = Sourced(version) }
    let (good, bad, last) = (try deal(bench, "A"), try deal(bench, "B"), try deal(bench, "C"))
    let outcomes = await bench.connector.report([
      report(good, [.invoiceNumber: "INV-1", .amountDue: "1150.00", .dueDate: "2026-12-20"]),
      report(bad, [.amountDue: "a lot"]),
      report("77777777", [.invoiceNumber: "INV-9"]),
      report(last, [.invoiceStatus: "paid", .invoiceNumber: ""]),
    ])
    guard case .applied(let held) = outcomes[0], case .refused(let refusal) = outcomes[1],
      case .refused(let gone) = outcomes[2], case .applied(let lastHeld) = outcomes[3]
    else {
      Issue.record("\(outcomes)")
      return
    }
    #expect(held == [.invoiceNumber: "INV-1", .amountDue: "1150.00", .dueDate: "2026-12-20"])
    #expect(refusal.code == .fieldRefused)
    #expect(gone.code == .dealDeleted)
    #expect(lastHeld == [.invoiceStatus: "paid", .invoiceNumber: ""])
    #expect(bench.value(.deals, good, "xero_due_date") == "2026-12-20")
    // What was written reads back as the same words.
    guard case .found(let read) = try await bench.connector.deals([ID(good)]).first else {
      Issue.record("the deal is gone")
      return
    }
    #expect(read.reported == held)
  }

  @Test func aReportOnAMergedDealReachesItsSurvivor() async throws {
    let bench = try HubSpotBench()
    let (first, second) = (try deal(bench, "A"), try deal(bench, "B"))
    let survivor = try #require(
      try bench.person(
        "merge", #"{"type": "deals", "primary": "\#(first)", "secondary": "\#(second)"}"#)["id"])
    let outcomes = await bench.connector.report([report(first, [.invoiceNumber: "INV-1"])])
    guard case .applied = outcomes[0] else {
      Issue.record("\(outcomes)")
      return
    }
    #expect(bench.value(.deals, survivor, "xero_invoice_number") == "INV-1")
  }

  @Test func theSameDealTwiceIsWrittenInOrder() async throws {
    let bench = try HubSpotBench()
    let id = try deal(bench)
    let outcomes = await bench.connector.report([
      report(id, [.invoiceNumber: "INV-1"]), report(id, [.invoiceNumber: "INV-2"]),
    ])
    #expect(outcomes.count == 2)
    #expect(bench.value(.deals, id, "xero_invoice_number") == "INV-2")
  }

  @Test func aStageMoveTakesItsPipelineAlong() async throws {
    let bench = try HubSpotBench()
    let id = try deal(bench)
    let stage = Choice(id: "88003", label: "Renewed")
    _ = await bench.connector.report([DealReport(deal: ID(id), values: [:], stage: stage)])
    #expect(bench.value(.deals, id, "dealstage") == "88003")
    #expect(bench.value(.deals, id, "pipeline") == "88001")
  }

  @Test func missingPropertiesAreNamedAndMade() async throws {
    let bench = try HubSpotBench(syncFields: false)
    let id = try deal(bench)
    guard
      case .refused(let refusal) = await bench.connector.report([
        report(id, [.invoiceNumber: "INV-1"])
      ])[0]
    else {
      Issue.record("written to a property that is not there")
      return
    }
    #expect(refusal.remedy.contains("doctor --fix"))
    #expect(try await bench.connector.missingFields().count == 10)
    #expect(try await bench.connector.createMissingFields().count == 10)
    #expect(try await bench.connector.missingFields().isEmpty)
    #expect(try await bench.connector.createMissingFields().isEmpty)
    guard
      case .applied = await bench.connector.report([report(id, [.invoiceNumber: "INV-1"])])[0]
    else {
      Issue.record("not written")
      return
    }
  }

  private func alert(_ deal: String, level: Int = 1) -> AlertDraft {
    guard let currency = Currency("NZD") else { preconditionFailure("NZD is a currency") }
    var invoice = Invoice(
      id: ID("inv-1"), contactID: ID("c-1"), status: .authorised,
      date: CalendarDate(dayNumber: 20_740), currency: currency)
    invoice.number = "INV-<1>"
    invoice.contactName = "Smith & Sons"
    return AlertDraft(
      deal: Subject(system: "hubspot", kind: .deal, id: deal), invoice: invoice,
      dealName: "Roof \"A\"", dueDate: CalendarDate(dayNumber: 20_770), daysLate: 7,
      owner: Owner(id: ID("501"), name: "Hana", email: nil, isActive: true), level: level,
      channel: .crmTask)
  }

  @Test func aTaskIsMadeOnceWhateverIsRepeated() async throws {
    let bench = try HubSpotBench()
    let id = try deal(bench)
    let one = OperationID("op_00000000000000a1")
    let longer = OperationID("op_00000000000000a1f")
    let first = await bench.connector.createTasks([(one, alert(id)), (one, alert(id))])
    guard case .applied(let task) = first[0], case .applied(task) = first[1] else {
      Issue.record("\(first)")
      return
    }
    let again = await bench.connector.createTasks([(one, alert(id)), (longer, alert(id, level: 2))])
    guard case .applied(task) = again[0], case .applied(let second) = again[1] else {
      Issue.record("\(again)")
      return
    }
    #expect(second != task)
    #expect(
      try await bench.connector.findTasks([(one, alert(id)), (longer, alert(id))])
        == [one: task, longer: second])
    let tasks = bench.tasks(ofDeal: id)
    #expect(tasks.count == 2)
    let body = tasks.first?["hs_task_body"] ?? ""
    #expect(body.contains("Smith &amp; Sons") && body.contains("INV-&lt;1&gt;"))
    #expect(body.contains("&quot;A&quot;") && body.contains("Ref: op_00000000000000a1"))
    #expect(tasks.first?["hubspot_owner_id"] == "501")
  }

  @Test func aTaskWhoseAnswerWasLostIsFound() async throws {
    let bench = try HubSpotBench()
    let id = try deal(bench)
    let key = OperationID("op_00000000000000b2")
    bench.lose(path: "/crm/v3/objects/tasks/batch/create")
    guard case .unknown = await bench.connector.createTasks([(key, alert(id))])[0] else {
      Issue.record("a lost answer is unknown")
      return
    }
    #expect(try await bench.connector.findTasks([(key, alert(id))])[key] != nil)
    #expect(bench.tasks(ofDeal: id).count == 1)
  }

  @Test func aTaskForADealThatIsGoneStopsNoOther() async throws {
    let bench = try HubSpotBench()
    let id = try deal(bench)
    let outcomes = await bench.connector.createTasks([
      (OperationID("op_1"), alert("88888888")), (OperationID("op_2"), alert(id)),
    ])
    guard case .refused = outcomes[0], case .applied = outcomes[1] else {
      Issue.record("\(outcomes)")
      return
    }
  }

  private func draft(
    _ kind: RecordKind, _ name: String, email: String = "", mark: String
  ) -> PartyDraft {
    var record = PartyRecord(
      subject: Subject(system: "xero", kind: .contact, id: mark), name: name)
    if !email.isEmpty { record.emails = [email] }
    record.phones = [.main: "+64 9 555 0199"]
    record.addresses = [.postal: PostalAddress(lines: ["1 Pier"], city: "Napier")]
    return PartyDraft(kind: kind, copying: record, mark: mark)
  }

  /// With a unique property the account itself refuses a second one; with a plain one the
  /// listing must find it, though the index lags.
  @Test(arguments: [true, false])
  func partiesCarryTheirMarkAndAreFoundByIt(isUnique: Bool) async throws {
    let bench = try HubSpotBench(syncFields: !isUnique)
    if isUnique { _ = try await bench.connector.createMissingFields() }
    try bench.person("lag", #"{"seconds": 3600}"#)
    let drafts = [
      (key: OperationID("op_c1"), draft: draft(.company, "New Co", mark: "x-1")),
      (
        key: OperationID("op_p1"),
        draft: draft(.person, "Ann Lee", email: "Ann@New.example", mark: "X-2")
      ),
    ]
    bench.lose(path: "/crm/v3/objects/companies/batch")
    let lost = await bench.connector.createParties(drafts)
    guard case .unknown = lost[0], case .applied(let person) = lost[1] else {
      Issue.record("\(lost)")
      return
    }
    #expect(person.mark == "X-2")
    #expect(person.emails == ["ann@new.example"])
    #expect(person.addresses[.postal]?.city == "Napier")
    let found = try await bench.connector.findParties(drafts)
    #expect(found[OperationID("op_c1")]?.name == "New Co")
    #expect(found[OperationID("op_p1")]?.id == person.id)
    guard isUnique else { return }
    let again = await bench.connector.createParties(drafts)
    guard case .applied(let company) = again[0], case .applied(let same) = again[1] else {
      Issue.record("\(again)")
      return
    }
    #expect(same.id == person.id)
    #expect(company.id == found[OperationID("op_c1")]?.id)
    #expect(bench.ids(.companies, "name", "New Co").count == 1)
  }

  @Test func anAddressThatIsTakenIsNoSilentLink() async throws {
    let bench = try HubSpotBench()
    let outcomes = await bench.connector.createParties([
      (
        OperationID("op_p1"),
        draft(.person, "Mere T", email: "mere@harbourlights.example", mark: "x-9")
      ),
      (OperationID("op_p2"), draft(.person, "Someone New", email: "new@n.example", mark: "x-8")),
    ])
    guard case .refused(let refusal) = outcomes[0], case .applied = outcomes[1] else {
      Issue.record("\(outcomes)")
      return
    }
    #expect(refusal.code == .customerUnsure)
    #expect(refusal.remedy.contains(bench.ids(.contacts, "firstname", "Mere")[0]))
  }

  @Test func onlyTheChangedAttributesAreWritten() async throws {
    let bench = try HubSpotBench()
    let id = bench.ids(.contacts, "firstname", "Owen")[0]
    let outcomes = await bench.connector.updateParties([
      PartyPatch(
        subject: Subject(system: "hubspot", kind: .person, id: id),
        texts: [.phone: "+64 9 555 0177", .mark: "x-3"],
        addresses: [.postal: PostalAddress(lines: ["9 Low St", "Level 2"], city: "Gore")]),
      PartyPatch(
        subject: Subject(system: "hubspot", kind: .person, id: "66666666"),
        texts: [.phone: "1"]),
      PartyPatch(
        subject: Subject(system: "hubspot", kind: .person, id: id), texts: [.directPhone: "1"]),
    ])
    guard case .applied(let record) = outcomes[0], case .refused = outcomes[1],
      case .applied = outcomes[2]
    else {
      Issue.record("\(outcomes)")
      return
    }
    #expect(record.phones[.main] == "+64 9 555 0177")
    #expect(record.mark == "x-3")
    #expect(record.addresses[.postal]?.lines == ["9 Low St", "Level 2"])
    #expect(record.emails == ["owen@harbourlights.example"])
    #expect(bench.value(.contacts, id, "jobtitle") == "Director")
  }
}
