#if canImport(TestSupport)
  import Connectors
  import Domain
  import Engine
  import Sandbox
  import TestSupport
  import Testing

  /// The whole engine over the simulated Salesforce and Xero.
  @Suite("Salesforce: the life of a deal, through the whole engine")
  struct SalesforceLifeTests {
    private func rig() -> Rig {
      let start = SandboxTime(milliseconds: Rig.start - 86_400_000)
      return Rig(
        vendors: [
          XeroSandbox.demo(at: start),
          SalesforceSandbox.demo(withSyncFields: true, created: start),
        ]
      ) { settings in
        var crm = ConnectionSettings(
          name: "salesforce", kind: Sourced("salesforce"),
          auth: .init(
            flow: Sourced("client_credentials"),
            secrets: [
              "client_id": SecretText("app"), "client_secret": SecretText(Canary.secret),
            ]))
        crm.urls = ["api_url": Sourced("http://localhost:1")]
        settings.crms = [crm]
        settings.policy.crms = ["salesforce": CRMPolicy()]
      }
    }

    private func records(_ rig: Rig, _ type: String) throws -> [JSONValue] {
      try rig.person("salesforce", "summary", ["types": [.string(type)]])[type]?.array ?? []
    }

    private func account(_ rig: Rig) throws -> JSONValue {
      try records(rig, "Account").first ?? .null
    }

    /// A won deal of the demo's first account.
    private func won(_ rig: Rig, _ name: String = "Website") throws -> String {
      let made = try rig.person(
        "salesforce", "create_deal",
        [
          "name": .string(name), "stage": "Closed Won", "currency": "NZD",
          "company": try account(rig)["Id"] ?? .null, "owner": "tom@kauri.example",
          "lines": [
            ["name": "Design", "quantity": "2", "price": "1200.00"],
            ["name": "Build", "quantity": "1", "price": "2000.00", "discount_percentage": "10"],
          ],
        ])
      return made["deal"]?.string ?? ""
    }

    private func said(_ rig: Rig, _ deal: String, _ field: String) throws -> String {
      let record = try records(rig, "Opportunity").first { $0["Id"]?.string == deal }
      return record?[field]?.string ?? record?[field]?.digits ?? ""
    }

    private func status(_ rig: Rig, _ deal: String) throws -> String {
      try said(rig, deal, "Xero_Invoice_Status__c")
    }

    /// Passes until one has nothing to do.
    private func settle(_ rig: Rig, _ what: String) async throws {
      for _ in 0..<6 {
        let report = try await rig.pass()
        rig.clock.advance(minutes: 5)
        if report.operations.isEmpty { return }
      }
      Issue.record("\(what): the passes never come to rest")
    }

    @Test("won, invoiced, part paid, overdue with one task, paid; then nothing to do")
    func life() async throws {
      let rig = rig()
      let deal = try won(rig)
      let first = try await rig.pass()
      #expect(first.outcome == .ok, "\(first)")
      let invoice = try #require(rig.invoices(of: deal).first)
      #expect(invoice.totals.total.description == "4830")
      rig.clock.advance(minutes: 5)
      try await settle(rig, "invoiced")
      #expect(try status(rig, deal) == "awaiting_payment")
      #expect(try said(rig, deal, "Xero_Invoice_Number__c") == invoice.number)
      try rig.pay(invoice.number, "1000.00")
      rig.clock.advance(minutes: 5)
      try await settle(rig, "part paid")
      #expect(try status(rig, deal) == "partially_paid")
      #expect(try said(rig, deal, "Xero_Amount_Paid__c") == "1000.0")
      rig.clock.advance(days: 31)
      try await settle(rig, "overdue")
      #expect(try status(rig, deal) == "overdue")
      let tom = try records(rig, "User").first { $0["Email"]?.string == "tom@kauri.example" }
      #expect(try records(rig, "Task").map { $0["OwnerId"] } == [tom?["Id"]])
      try rig.pay(invoice.number)
      rig.clock.advance(minutes: 5)
      try await settle(rig, "paid")
      #expect(try status(rig, deal) == "paid")
      rig.world.clearLog()
      let idle = try await rig.pass()
      #expect(idle.operations.isEmpty)
      #expect(rig.calls("salesforce").count <= 4, "\(rig.calls("salesforce").map(\.path))")
      #expect(rig.liveInvoices.count == 1)
    }

    @Test("lost answers and locked rows leave one invoice and a true deal")
    func trouble() async throws {
      let path = "/services/data/v66.0"
      for fault in [
        Fault(.dropAfter, vendor: "xero", method: "PUT", path: "/api.xro/2.0/Invoices"),
        Fault(.dropAfter, vendor: "salesforce", method: "PATCH", path: path + "/composite"),
        Fault(.dropAfter, vendor: "salesforce", method: "GET", path: path + "/query"),
        Fault(.expireToken, vendor: "salesforce", path: path),
        Fault(.html(status: 200, page: "<html>", applied: true), vendor: "salesforce", path: path),
      ] {
        let rig = rig()
        let deal = try won(rig)
        rig.world.setFaults([fault])
        _ = try? await rig.pass()
        rig.world.setFaults([])
        rig.clock.advance(minutes: 10)
        try await settle(rig, "\(fault)")
        #expect(rig.invoices(of: deal).count == 1, "\(fault)")
        #expect(try status(rig, deal) == "awaiting_payment", "\(fault)")
      }
    }

    @Test("a reopened deal, a deleted deal: what happens to the invoice is told, not guessed")
    func deleted() async throws {
      let rig = rig()
      let deal = try won(rig)
      try await settle(rig, "invoiced")
      try rig.person("salesforce", "reopen", ["deal": .string(deal)])
      rig.clock.advance(minutes: 5)
      try await settle(rig, "reopened")
      try rig.person(
        "salesforce", "delete", ["type": "Opportunity", "id": .string(deal)])
      rig.clock.advance(minutes: 5)
      try await settle(rig, "deleted")
      #expect(rig.liveInvoices.count == 1)
      let report = try await rig.pass()
      #expect(report.holds.contains { $0.code == .dealDeleted }, "\(report.holds)")
    }

    @Test("contact edits travel both ways and come to rest; a merge is followed")
    func contacts() async throws {
      let rig = rig()
      _ = try won(rig)
      try await settle(rig, "invoiced")
      let firm = try account(rig)
      try rig.person(
        "salesforce", "edit",
        [
          "type": "Account", "id": firm["Id"] ?? .null,
          "properties": ["Name": "Harbour Lights Group Ltd"],
        ])
      rig.clock.advance(minutes: 5)
      try await settle(rig, "renamed in Salesforce")
      let contact = try #require(rig.contacts.first { $0.name == "Harbour Lights Group Ltd" })
      try rig.person(
        "xero", "edit_contact",
        [
          "contact": .string(contact.id.description),
          "set": ["Name": "Harbour Lights Aotearoa Ltd"],
        ])
      rig.clock.advance(minutes: 5)
      try await settle(rig, "renamed in Xero")
      #expect(try account(rig)["Name"]?.string == "Harbour Lights Aotearoa Ltd")
      let twin =
        try rig.person(
          "salesforce", "create",
          ["type": "Account", "properties": ["Name": "Harbour Lights Aotearoa"]])["id"] ?? .null
      rig.clock.advance(minutes: 5)
      try await settle(rig, "a twin")
      let count = rig.contacts.count
      try rig.person(
        "salesforce", "merge",
        ["type": "Account", "loser": firm["Id"] ?? .null, "survivor": twin])
      rig.clock.advance(minutes: 5)
      try await settle(rig, "merged")
      _ = try rig.person(
        "salesforce", "create_deal",
        ["name": "Next", "stage": "Closed Won", "company": twin, "amount": "500"])
      rig.clock.advance(minutes: 5)
      try await settle(rig, "the next deal of the survivor")
      #expect(rig.liveInvoices.count == 2)
      #expect(rig.contacts.count == count, "the survivor is the same customer")
    }
  }
#endif
