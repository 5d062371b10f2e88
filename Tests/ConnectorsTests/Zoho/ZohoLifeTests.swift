#if canImport(TestSupport)
  import Connectors
  import Domain
  import Engine
  import Sandbox
  import TestSupport
  import Testing

  /// The whole engine over the simulated Zoho CRM and Xero.
  @Suite("Zoho: the life of a deal, through the whole engine")
  struct ZohoLifeTests {
    private func rig() -> Rig {
      let start = SandboxTime(milliseconds: Rig.start - 86_400_000)
      return Rig(
        vendors: [
          XeroSandbox.demo(at: start), ZohoSandbox.demo(withSyncFields: true, created: start),
        ]
      ) { settings in
        var crm = ConnectionSettings(
          name: "zoho", kind: Sourced("zoho"),
          auth: .init(
            flow: Sourced("refresh_token"),
            secrets: [
              "client_id": SecretText("app"), "client_secret": SecretText("s"),
              "refresh_token": SecretText("sandbox-refresh-token"),
            ]))
        for key in ["api_url", "identity_url"] { crm.urls[key] = Sourced("http://localhost:1") }
        settings.crms = [crm]
        settings.policy.crms = ["zoho": CRMPolicy()]
      }
    }

    private func records(_ rig: Rig, _ type: String) throws -> [JSONValue] {
      try rig.person("zoho", "summary", ["types": [.string(type)]])[type]?.array ?? []
    }

    private func account(_ rig: Rig) throws -> JSONValue {
      try records(rig, "Accounts").first { $0["Phone"]?.string == "+64 9 555 0110" } ?? .null
    }

    /// A deal of the demo's first account, with a quote.
    private func create(
      _ rig: Rig, _ name: String = "Website", stage: String = "Closed Won"
    ) throws -> String {
      try rig.person(
        "zoho", "create_deal",
        [
          "name": .string(name), "stage": .string(stage), "currency": "NZD",
          "company": try account(rig)["id"] ?? .null, "owner": "tom@kauri.example",
          "lines": [
            ["name": "Design", "quantity": "2", "price": "1200.00", "tax": "GST"],
            [
              "name": "Build", "quantity": "1", "price": "2000.00", "discount_percentage": "10",
              "tax": "GST",
            ],
          ],
        ])["deal"]?.string ?? ""
    }

    private func said(_ rig: Rig, _ deal: String, _ field: String) throws -> String {
      let value = try records(rig, "Deals").first { $0["id"]?.string == deal }?[field]
      return value?.string ?? value?.digits ?? ""
    }

    private func status(_ rig: Rig, _ deal: String) throws -> String {
      try said(rig, deal, "Xero_invoice_status")
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
      let deal = try create(rig)
      let first = try await rig.pass()
      #expect(first.outcome == .ok, "\(first)")
      let invoice = try #require(rig.invoices(of: deal).first)
      #expect(invoice.totals.total.description == "4830")
      rig.clock.advance(minutes: 5)
      try await settle(rig, "invoiced")
      #expect(try status(rig, deal) == "awaiting_payment")
      #expect(try said(rig, deal, "Xero_invoice_number") == invoice.number)
      try rig.pay(invoice.number, "1000.00")
      rig.clock.advance(minutes: 5)
      try await settle(rig, "part paid")
      #expect(try status(rig, deal) == "partially_paid")
      #expect(try said(rig, deal, "Xero_amount_paid") == "1000")
      rig.clock.advance(days: 31)
      try await settle(rig, "overdue")
      #expect(try status(rig, deal) == "overdue")
      let tasks = try records(rig, "Tasks")
      #expect(tasks.count == 1)
      #expect(tasks.first?["Owner"]?["email"]?.string == "tom@kauri.example")
      try rig.pay(invoice.number)
      rig.clock.advance(minutes: 5)
      try await settle(rig, "paid")
      #expect(try status(rig, deal) == "paid")
      rig.world.clearLog()
      let idle = try await rig.pass()
      #expect(idle.operations.isEmpty)
      #expect(rig.calls("zoho").count <= 7, "\(rig.calls("zoho").map(\.path))")
      #expect(rig.liveInvoices.count == 1)
      #expect(!rig.log.contains { $0.contains("sandbox-refresh-token") })
    }

    @Test("a lost answer anywhere leaves one invoice and a true deal")
    func lostAnswers() async throws {
      for (vendor, method, path) in [
        ("xero", "PUT", "/api.xro/2.0/Invoices"), ("zoho", "PUT", "/crm/v8/Deals"),
        ("zoho", "GET", "/crm/v8/Deals"), ("zoho", "POST", "/crm/v8/coql"),
        ("zoho", "POST", "/oauth/v2/token"),
      ] {
        let rig = rig()
        let deal = try create(rig)
        rig.world.setFaults([Fault(.dropAfter, vendor: vendor, method: method, path: path)])
        _ = try? await rig.pass()
        rig.world.setFaults([])
        rig.clock.advance(minutes: 10)
        try await settle(rig, "\(vendor) \(path)")
        #expect(rig.invoices(of: deal).count == 1, "\(vendor) \(path)")
        #expect(try status(rig, deal) == "awaiting_payment", "\(vendor) \(path)")
      }
    }

    @Test("a deal that is won later, and a quote that changes afterwards")
    func later() async throws {
      let rig = rig()
      let deal = try create(rig, stage: "Qualification")
      try await settle(rig, "open")
      #expect(rig.liveInvoices.isEmpty)
      try rig.person("zoho", "move_deal", ["deal": .string(deal), "stage": "Closed Won"])
      rig.clock.advance(minutes: 5)
      try await settle(rig, "won")
      let quote = try #require(try records(rig, "Quotes").first)
      let product = quote["Quoted_Items"]?[0]?["Product_Name"]?["id"] ?? .null
      try rig.person(
        "zoho", "edit",
        [
          "type": "Quotes", "id": quote["id"] ?? .null,
          "properties": [
            "Quoted_Items": [
              ["Product_Name": ["id": product], "Quantity": 3, "List_Price": 1200]
            ]
          ],
        ])
      rig.clock.advance(minutes: 5)
      try await settle(rig, "changed")
      #expect(rig.invoices(of: deal).first?.totals.total.description == "4140")
    }

    @Test("a deleted deal keeps its invoice and is held")
    func deleted() async throws {
      let rig = rig()
      let deal = try create(rig)
      try await settle(rig, "invoiced")
      try rig.person("zoho", "delete", ["type": "Deals", "id": .string(deal)])
      rig.clock.advance(minutes: 5)
      let report = try await rig.pass()
      #expect(report.holds.contains { $0.code == .dealDeleted })
      #expect(rig.liveInvoices.count == 1)
    }

    @Test("contact edits travel both ways and come to rest")
    func contacts() async throws {
      let rig = rig()
      _ = try create(rig)
      try await settle(rig, "invoiced")
      let firm = try account(rig)
      try rig.person(
        "zoho", "edit",
        [
          "type": "Accounts", "id": firm["id"] ?? .null,
          "properties": ["Account_Name": "Harbour Lights Group Ltd"],
        ])
      rig.clock.advance(minutes: 5)
      try await settle(rig, "renamed in Zoho")
      let contact = try #require(
        rig.contacts.first { $0.name == "Harbour Lights Group Ltd" })
      try rig.person(
        "xero", "edit_contact",
        [
          "contact": .string(contact.id.description),
          "set": ["Name": "Harbour Lights Aotearoa Ltd"],
        ])
      rig.clock.advance(minutes: 5)
      try await settle(rig, "renamed in Xero")
      #expect(try account(rig)["Account_Name"]?.string == "Harbour Lights Aotearoa Ltd")
    }
  }
#endif
