import Connectors
import Domain
import Foundation
import Sandbox
import Testing
import Transport

@Suite("Salesforce: writing")
struct SalesforceWriteTests {
  private func alert(_ deal: String, owner: String) throws -> AlertDraft {
    let currency = try #require(Currency("NZD"))
    var invoice = Invoice(
      id: ID("inv-1"), contactID: ID("c-1"), status: .authorised,
      date: CalendarDate(dayNumber: 20_740), currency: currency)
    invoice.number = "INV-<1>"
    invoice.contactName = "Smith & Sons"
    return AlertDraft(
      deal: Subject(system: "salesforce", kind: .deal, id: deal), invoice: invoice,
      dealName: "Roof \"A\"", dueDate: CalendarDate(dayNumber: 20_770), daysLate: 7,
      owner: Owner(id: ID(owner), name: "Tom", email: nil, isActive: true), level: 2,
      channel: .crmTask)
  }

  @Test("an alert becomes one task of the owner, whatever is lost and repeated")
  func tasks() async throws {
    let bench = SalesforceBench()
    let id = try bench.deal()
    let tom = try bench.user("tom@kauri.example")
    let alerts = [(key: OperationID("op_12"), alert: try alert(id, owner: tom))]
    bench.lose("POST", "/services/data/v66.0/composite/sobjects")
    guard case .unknown? = await (try bench.connector()).createTasks(alerts).first else {
      Issue.record("the answer was lost")
      return
    }
    bench.world.setFaults([])
    let connector = try bench.connector()
    let found = try await connector.findTasks(
      alerts + [(key: OperationID("op_1"), alert: try alert(id, owner: tom))])
    #expect(found[OperationID("op_12")] != nil)
    #expect(found[OperationID("op_1")] == nil)
    guard case .applied(let task)? = await connector.createTasks(alerts + alerts).last else {
      Issue.record("it exists")
      return
    }
    #expect(found[OperationID("op_12")] == task)
    let tasks = try bench.records("Task")
    #expect(tasks.count == 1)
    #expect(tasks[0]["OwnerId"]?.string == tom)
    #expect(tasks[0]["WhatId"]?.string == id)
    #expect(tasks[0]["Subject"]?.string?.contains("INV-<1> of Smith & Sons is 7 days late") == true)
    #expect(tasks[0]["Description"]?.string?.hasSuffix("\nRef: op_12") == true)
    let gone = try bench.user("gone@kauri.example")
    let others = [
      (key: OperationID("op_2"), alert: try alert(id, owner: gone)),
      (key: OperationID("op_3"), alert: try alert(id, owner: tom)),
    ]
    let outcomes = await connector.createTasks(others)
    guard case .refused(let refusal) = outcomes[0], case .applied = outcomes[1] else {
      Issue.record("\(outcomes)")
      return
    }
    #expect(refusal.code == .ownerUnreachable)
  }

  @Test("a report goes out as one collection, in the fields' types, and comes back as it is held")
  func report() async throws {
    let bench = SalesforceBench()
    let id = try bench.deal()
    let outcomes = await (try bench.connector()).report([
      DealReport(
        deal: ID(id),
        values: [
          .invoiceNumber: "INV-1", .invoiceStatus: "partially_paid", .amountDue: "1150.50",
          .amountPaid: "0.00", .dueDate: "2026-12-20", .paidDate: "",
          .invoiceURL: "https://go.xero.com/i/1",
        ], stage: Choice(id: "Paid", label: "Paid"))
    ])
    guard case .applied(let held)? = outcomes.first else {
      Issue.record("\(outcomes)")
      return
    }
    #expect(held[.amountDue] == "1150.50")
    #expect(held[.amountPaid] == "0.00")
    #expect(held[.paidDate] == "")
    #expect(held[.dueDate] == "2026-12-20")
    let record = try bench.record("Opportunity", id)
    #expect(record["Xero_Amount_Due__c"]?.digits == "1150.5")
    #expect(record["Xero_Invoice_Status__c"]?.string == "partially_paid")
    #expect(record["StageName"]?.string == "Paid" && record["IsWon"]?.bool == true)
    let golden =
      #"{"allOrNone":false,"records":[{"attributes":{"type":"Opportunity"},"id":"\#(id)","#
      + #""Xero_Amount_Due__c":1150.5,"Xero_Amount_Paid__c":0,"Xero_Due_Date__c":"2026-12-20","#
      + #""Xero_Invoice_Number__c":"INV-1","Xero_Invoice_Status__c":"partially_paid","#
      + #""Xero_Invoice_Link__c":"https://go.xero.com/i/1","Xero_Paid_Date__c":null,"#
      + #""StageName":"Paid"}]}"#
    #expect(bench.bodies("PATCH").last == golden)
  }

  @Test("one bad record never stops the others, also where it spoils the whole collection")
  func partial() async throws {
    let bench = SalesforceBench()
    let (good, gone, ruled) = (try bench.deal("A"), try bench.deal("B"), try bench.deal("C"))
    try bench.person("delete", ["type": "Opportunity", "id": .string(gone)])
    try bench.person(
      "rule",
      [
        "type": "Opportunity", "field": "Xero_Invoice_Number__c", "value": "INV-9",
        "message": "No INV-9 here",
      ])
    let connector = try bench.connector()
    _ = try await connector.catalogue()
    for isStrict in [false, true] {
      if isStrict {
        try bench.person("org", ["refuses_whole_collections": true])
        try bench.person(
          "delete_field", ["type": "Opportunity", "name": "Xero_Paid_Date__c"])
      }
      var reports = [(gone, "INV-1"), (ruled, "INV-9"), ("abc", "INV-1"), (good, "INV-1")].map {
        DealReport(deal: ID($0.0), values: [.invoiceNumber: $0.1])
      }
      if isStrict { reports[1].values[.paidDate] = "2026-11-01" }
      let outcomes = await connector.report(reports)
      guard case .refused(let first) = outcomes[0], case .refused(let second) = outcomes[1],
        case .notSent = outcomes[2], case .applied = outcomes[3]
      else {
        Issue.record("\(outcomes)")
        return
      }
      #expect(first.code == .dealDeleted)
      #expect(second.code == (isStrict ? .fieldRefused : .refused))
      if !isStrict { #expect(second.message.contains("No INV-9 here")) }
    }
    #expect(try bench.record("Opportunity", good)["Xero_Invoice_Number__c"]?.string == "INV-1")
  }

  @Test("a locked row is tried again within the pass, and left for the next one in the end")
  func locks() async throws {
    let bench = SalesforceBench()
    let (first, second) = (try bench.deal("A"), try bench.deal("B"))
    let connector = try bench.connector()
    let reports = [first, second].map {
      DealReport(deal: ID($0), values: [.invoiceNumber: "INV-1"])
    }
    try bench.person("lock", ["id": .string(first), "times": 2])
    let before = bench.clock.now
    let outcomes = await connector.report(reports)
    guard case .applied = outcomes[0], case .applied = outcomes[1] else {
      Issue.record("\(outcomes)")
      return
    }
    #expect(bench.clock.now > before)
    let bodies = bench.bodies("PATCH")
    #expect(bodies.count == 3)
    #expect(bodies[1].contains(first) && !bodies[1].contains(second), "only the locked row")
    try bench.person("lock", ["id": .string(first), "times": 100])
    guard case .notSent(let reason) = await connector.report(reports)[0] else {
      Issue.record("it stays locked")
      return
    }
    #expect(reason.contains("next pass"))
  }

  @Test("a field that is missing is a hold with its remedy, and doctor --fix makes it, visibly")
  func setup() async throws {
    let bench = SalesforceBench(syncFields: false)
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
    // Somebody made one by hand and forgot to show it.
    try bench.person(
      "create_field",
      ["type": "Opportunity", "name": "Payment_Terms__c", "length": 80, "hidden": true])
    #expect(try await connector.missingFields().count == 10)
    let made = try await connector.createMissingFields()
    #expect(made.count == 10)
    #expect(try await connector.createMissingFields().isEmpty)
    #expect(try await (try bench.connector()).missingFields().isEmpty)
    guard case .applied? = await connector.report([report]).first else {
      Issue.record("the field exists now")
      return
    }
    #expect(try bench.records("PermissionSetAssignment").count == 1)
  }

  @Test("without the right to make fields the remedy says which right it takes")
  func noRight() async throws {
    let bench = SalesforceBench(syncFields: false)
    try bench.person("org", ["may_customize": false])
    let connector = try bench.connector()
    do {
      _ = try await connector.createMissingFields()
      Issue.record("made")
    } catch {
      guard case .signInNeeded(let reason) = error else {
        Issue.record("\(error)")
        return
      }
      #expect(reason.contains("Customize Application"))
    }
  }

  private func draft(_ name: String, mark: String) -> PartyDraft {
    PartyDraft(
      kind: .company,
      copying: PartyRecord(
        subject: Subject(system: "xero", kind: .contact, id: mark), name: name), mark: mark)
  }

  @Test("a lost answer to a create is unknown, and the record is found by its mark, once")
  func lostCreate() async throws {
    let bench = SalesforceBench()
    let connector = try bench.connector()
    var company = draft("Tūī & Sons", mark: "c-9' OR Name != '")
    company.addresses[.postal] = PostalAddress(
      lines: ["Level 2", "1 Queen St"], city: "Auckland", country: "New Zealand")
    let drafts = [(key: OperationID("op_1"), draft: company)]
    bench.lose(
      "PATCH", "/services/data/v66.0/composite/sobjects/Account/Xero_Contact_Id__c")
    guard case .unknown? = await connector.createParties(drafts).first else {
      Issue.record("the answer was lost")
      return
    }
    bench.world.setFaults([])
    let found = try await (try bench.connector()).findParties(drafts)
    #expect(found[OperationID("op_1")]?.name == "Tūī & Sons")
    #expect(found[OperationID("op_1")]?.addresses[.postal]?.lines == ["Level 2", "1 Queen St"])
    #expect(
      try await connector.findParties([
        (key: OperationID("op_2"), draft: draft("Other", mark: "c-10"))
      ]).isEmpty)
    // A second attempt meets the first one's record.
    guard case .applied(let again)? = await connector.createParties(drafts).first else {
      Issue.record("it exists")
      return
    }
    #expect(again.subject == found[OperationID("op_1")]?.subject)
    let accounts = try bench.records("Account").filter { $0["Name"]?.string == "Tūī & Sons" }
    #expect(accounts.count == 1)
  }

  @Test("where the mark is no external id, a taken mark is recognised as our own")
  func plainMark() async throws {
    let bench = SalesforceBench { $0.fields["accounting_id"] = Sourced("Ledger__c") }
    for type in ["Account", "Contact"] {
      try bench.person(
        "create_field", ["type": .string(type), "name": "Ledger__c", "unique": true])
    }
    let drafts = [(key: OperationID("op_1"), draft: draft("Plain", mark: "c-1"))]
    guard case .applied(let first)? = await (try bench.connector()).createParties(drafts).first,
      case .applied(let second)? = await (try bench.connector()).createParties(drafts).first
    else {
      Issue.record("not made")
      return
    }
    #expect(first.subject == second.subject)
    #expect(bench.bodies("POST /services/data/v66.0/composite").count == 2)
  }

  @Test("a customer a duplicate rule finds is a question, not a second record")
  func duplicates() async throws {
    let bench = SalesforceBench()
    try bench.person("org", ["finds_duplicates": true])
    let outcomes = await (try bench.connector()).createParties([
      (key: OperationID("op_1"), draft: draft("Harbour Lights Ltd", mark: "c-1")),
      (key: OperationID("op_2"), draft: draft("Another", mark: "c-2")),
    ])
    guard case .refused(let refusal) = outcomes[0], case .applied = outcomes[1] else {
      Issue.record("\(outcomes)")
      return
    }
    #expect(refusal.code == .customerUnsure)
    #expect(refusal.remedy.contains(try bench.company()))
  }

  @Test("a person is made whole, changed in part, and cleared")
  func people() async throws {
    let bench = SalesforceBench()
    let connector = try bench.connector()
    var record = PartyRecord(
      subject: Subject(system: "xero", kind: .contact, id: "c-2"), name: "Ana O'Neil")
    record.firstName = "Ana"
    record.lastName = "O'Neil"
    record.emails = ["Ana@X.example"]
    record.phones = [.main: "+64 9 1", .mobile: "+64 21 2"]
    var draft = PartyDraft(kind: .person, copying: record, mark: "c-2")
    draft.employer = .existing(ID(try bench.company()))
    var nameless = draft
    (nameless.firstName, nameless.lastName, nameless.mark) = ("", "", "c-3")
    nameless.name = "Cher"
    let outcomes = await connector.createParties([
      (key: OperationID("op"), draft: draft), (key: OperationID("op2"), draft: nameless),
    ])
    guard case .applied(let made) = outcomes[0], case .applied(let cher) = outcomes[1] else {
      Issue.record("\(outcomes)")
      return
    }
    #expect(made.emails == ["ana@x.example"])
    #expect(made.phones == record.phones)
    #expect(made.companyIDs == [ID(try bench.company())])
    #expect(made.mark == "c-2")
    #expect(cher.lastName == "Cher")
    let patch = PartyPatch(
      subject: made.subject,
      texts: [.email: "new@x.example", .lastName: "Neil", .mobile: "", .phone: "+64 9 3"])
    guard case .applied(let changed)? = await connector.updateParties([patch]).first else {
      Issue.record("not changed")
      return
    }
    #expect(changed.emails == ["new@x.example"])
    #expect(changed.name == "Ana Neil")
    #expect(changed.phones == [.main: "+64 9 3"])
  }

  @Test("an account's fields, a patch with nothing to write, and records that are gone")
  func accounts() async throws {
    let bench = SalesforceBench()
    let connector = try bench.connector()
    let subject = Subject(system: "salesforce", kind: .company, id: try bench.company())
    let address = PostalAddress(
      lines: ["PO Box 1"], city: "Nelson", region: "Tasman", postalCode: "7010", country: "NZ")
    let outcomes = await connector.updateParties([
      PartyPatch(
        subject: subject, texts: [.name: "New Name", .mark: "c-7"],
        addresses: [.postal: address]),
      PartyPatch(subject: subject, texts: [.email: "x@y.example"]),
      PartyPatch(
        subject: Subject(system: "salesforce", kind: .company, id: "0015g00000zzzzzAAA"),
        texts: [.name: "X"]),
      PartyPatch(
        subject: Subject(system: "salesforce", kind: .deal, id: "0065g00000zzzzzAAA"),
        texts: [.name: "X"]),
    ])
    guard case .applied(let changed) = outcomes[0], case .applied(let same) = outcomes[1],
      case .refused = outcomes[2], case .notSent = outcomes[3]
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
}
