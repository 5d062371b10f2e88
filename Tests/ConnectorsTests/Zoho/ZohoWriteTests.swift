import Connectors
import Domain
import Sandbox
import Testing
import Transport

@Suite("Zoho: writing")
struct ZohoWriteTests {
  static let tom = "5725767000000411902"

  private func alert(_ deal: String, owner: String = tom) throws -> AlertDraft {
    let currency = try #require(Currency("NZD"))
    var invoice = Invoice(
      id: ID("inv-1"), contactID: ID("c-1"), status: .authorised,
      date: CalendarDate(dayNumber: 20_740), currency: currency)
    invoice.number = "INV-<1>"
    invoice.contactName = "Smith & Sons 東京"
    return AlertDraft(
      deal: Subject(system: "zoho", kind: .deal, id: deal), invoice: invoice,
      dealName: "Roof \"A\"", dueDate: CalendarDate(dayNumber: 20_770), daysLate: 7,
      owner: Owner(id: ID(owner), name: "Tom", email: nil, isActive: true), level: 2,
      channel: .crmTask)
  }

  @Test("an alert becomes one task of the owner, whatever is lost and repeated")
  func tasks() async throws {
    let bench = ZohoBench()
    let id = try bench.deal()
    let alerts = [(key: OperationID("op_12"), alert: try alert(id))]
    bench.lose("POST", "/crm/v8/Tasks")
    guard case .unknown? = await (try bench.connector()).createTasks(alerts).first else {
      Issue.record("the answer was lost")
      return
    }
    bench.world.setFaults([])
    let task = try #require(try bench.records("Tasks").first)
    // A task that somebody has finished is in another list.
    try bench.person(
      "edit",
      ["type": "Tasks", "id": task["id"] ?? .null, "properties": ["Status": "Completed"]])
    let connector = try bench.connector()
    let found = try await connector.findTasks(
      alerts + [(key: OperationID("op_1"), alert: try alert(id))])
    #expect(found == [OperationID("op_12"): task["id"]?.string ?? ""])
    guard case .applied(let again)? = await connector.createTasks(alerts + alerts).last else {
      Issue.record("it exists")
      return
    }
    #expect(again == task["id"]?.string)
    #expect(try bench.records("Tasks").count == 1)
    #expect(task["Owner"]?["id"]?.string == Self.tom)
    #expect(task["What_Id"]?["id"]?.string == id)
    #expect(task["Subject"]?.string?.contains("INV-<1>") == true)
    #expect(task["Description"]?.string?.hasSuffix("Ref: op_12") == true)
    let ownerless = [
      (key: OperationID("op_2"), alert: try alert(id, owner: "5725767000000411904")),
      (key: OperationID("op_3"), alert: try alert(id)),
    ]
    let outcomes = await connector.createTasks(ownerless)
    guard case .refused(let refusal) = outcomes[0], case .applied = outcomes[1] else {
      Issue.record("\(outcomes)")
      return
    }
    #expect(refusal.code == .ownerUnreachable)
  }

  @Test("a report goes out under API names, in the fields' types, and starts no automation")
  func report() async throws {
    let bench = ZohoBench()
    let id = try bench.deal()
    let connector = try bench.connector()
    let outcomes = await connector.report([
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
    #expect(held[.paidDate] == "")
    let record = try bench.record("Deals", id)
    #expect(record["Xero_amount_due"]?.digits == "1150.5")
    #expect(record["Xero_due_date"]?.string == "2026-12-20")
    #expect(record["Stage"]?.string == "Paid")
    let golden =
      #"{"data":[{"id":"ID","Xero_amount_due":1150.5,"Xero_amount_paid":0,"#
      + #""Xero_due_date":"2026-12-20","Xero_invoice_number":"INV-1","#
      + #""Xero_invoice_status":"partially_paid","#
      + #""Xero_invoice_link":"https://go.xero.com/i/1","Xero_paid_date":null,"#
      + #""Stage":"Paid"}],"trigger":[]}"#
    let body = try #require(bench.bodies("PUT").last?.replacing(id, with: "ID"))
    #expect(body == golden, "\(body)")
    guard case .found(let deal)? = try await connector.deals([ID(id)]).first else {
      Issue.record("gone")
      return
    }
    #expect(deal.reported[.amountDue] == "1150.50")
    #expect(deal.reported[.amountPaid] == "0.00")
    #expect(deal.reported[.paidDate] == nil)
  }

  @Test(
    "automation is set off where the configuration asks for it", arguments: ["workflow", "all"])
  func automation(_ choice: String) async throws {
    let bench = ZohoBench { $0.options["automation"] = Sourced(choice) }
    let id = try bench.deal()
    _ = await (try bench.connector()).report([
      DealReport(deal: ID(id), values: [.invoiceNumber: "INV-1"])
    ])
    let body = bench.bodies("PUT").last ?? ""
    #expect(body.contains(#""trigger":["workflow"]"#) == (choice == "workflow"))
    #expect(body.contains("trigger") == (choice == "workflow"))
  }

  @Test("each row of a write is judged by itself; the same report twice leaves the same record")
  func partial() async throws {
    let bench = ZohoBench()
    let deals = try ["A", "B", "C", "D", "E"].map { try bench.deal($0) }
    try bench.person("delete", ["type": "Deals", "id": .string(deals[0])])
    try bench.person("mark", ["type": "Deals", "id": .string(deals[1]), "locked": true])
    try bench.person("mark", ["type": "Deals", "id": .string(deals[2]), "blueprint": true])
    try bench.person("mark", ["type": "Deals", "id": .string(deals[3]), "needs_approval": true])
    let reports = (deals + ["abc"]).map {
      DealReport(
        deal: ID($0), values: [.invoiceNumber: "INV-1"], stage: Choice(id: "Paid", label: "Paid"))
    }
    for _ in 0..<2 {
      let outcomes = await (try bench.connector()).report(reports)
      var codes: [HoldCode] = []
      for case .refused(let refusal) in outcomes { codes.append(refusal.code) }
      #expect(codes == [.dealDeleted, .fieldRefused, .fieldRefused, .fieldRefused])
      guard case .applied = outcomes[4], case .notSent = outcomes[5] else {
        Issue.record("\(outcomes)")
        return
      }
    }
    #expect(try bench.record("Deals", deals[4])["Xero_invoice_number"]?.string == "INV-1")
    #expect(bench.bodies("PUT").count == 2)
  }

  @Test("a request that is turned down whole is sent row by row")
  func wholeRefused() async throws {
    let bench = ZohoBench()
    let deals = try ["A", "B"].map { try bench.deal($0) }
    bench.world.setFaults([
      Fault(
        .status(
          .init(
            status: 400, contentType: "application/json",
            body: #"{"code":"INVALID_DATA","details":{},"message":"body","status":"error"}"#)),
        vendor: "zoho", method: "PUT", path: "/crm/v8/Deals")
    ])
    let outcomes = await (try bench.connector()).report(
      deals.map { DealReport(deal: ID($0), values: [.invoiceNumber: "INV-1"]) })
    guard case .applied = outcomes[0], case .applied = outcomes[1] else {
      Issue.record("\(outcomes)")
      return
    }
    #expect(bench.bodies("PUT").count == 3)
  }

  @Test("a lost answer of a write-back is unknown, never assumed")
  func lostReport() async throws {
    let bench = ZohoBench()
    let id = try bench.deal()
    let connector = try bench.connector()
    _ = try await connector.catalogue()
    bench.lose("PUT", "/crm/v8/Deals")
    let outcomes = await connector.report([
      DealReport(deal: ID(id), values: [.invoiceNumber: "INV-1"])
    ])
    guard case .unknown? = outcomes.first else {
      Issue.record("\(outcomes)")
      return
    }
  }

  @Test("a field that is missing is a hold with its remedy, and doctor --fix makes it once")
  func setup() async throws {
    let bench = ZohoBench(syncFields: false)
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
    #expect(try await connector.createMissingFields().count == 10)
    #expect(try await connector.createMissingFields().isEmpty)
    #expect(try await (try bench.connector()).missingFields().isEmpty)
    guard case .applied? = await connector.report([report]).first else {
      Issue.record("the field exists now")
      return
    }
    #expect(try bench.record("Deals", id)["Xero_invoice_number"]?.string == "INV-1")
  }

  @Test("choices and unfitting types")
  func types() async throws {
    let bench = ZohoBench {
      $0.fields["invoice_status"] = Sourced("Billing state")
      $0.fields["amount_due"] = Sourced("Is owed")
    }
    try bench.person(
      "create_field",
      [
        "type": "Deals", "name": "Billing state", "data_type": "picklist",
        "choices": ["Awaiting payment", "Paid"],
      ])
    try bench.person(
      "create_field", ["type": "Deals", "name": "Is owed", "data_type": "boolean"])
    let id = try bench.deal()
    let connector = try bench.connector()
    func report(_ values: [ReportField: String]) async -> WriteOutcome<[ReportField: String]>? {
      await connector.report([DealReport(deal: ID(id), values: values)]).first
    }
    guard case .applied(let held)? = await report([.invoiceStatus: "awaiting_payment"]) else {
      Issue.record("a choice of another writing")
      return
    }
    #expect(held[.invoiceStatus] == "awaiting_payment")
    for values in [[ReportField.invoiceStatus: "voided"], [.amountDue: "5.00"]] {
      guard case .refused(let refusal)? = await report(values) else {
        Issue.record("\(values)")
        return
      }
      #expect(refusal.code == .fieldRefused)
    }
  }
}
