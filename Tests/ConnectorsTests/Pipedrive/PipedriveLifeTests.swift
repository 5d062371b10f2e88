#if canImport(TestSupport)
  import Connectors
  import Domain
  import Engine
  import Sandbox
  import TestSupport
  import Testing

  /// The whole engine over the simulated Pipedrive and Xero.
  @Suite("Pipedrive: the life of a deal, through the whole engine")
  struct PipedriveLifeTests {
    private func rig() -> Rig {
      let start = SandboxTime(milliseconds: Rig.start - 86_400_000)
      return Rig(
        vendors: [
          XeroSandbox.demo(at: start),
          PipedriveSandbox.demo(withSyncFields: true, created: start),
        ]
      ) { settings in
        var crm = ConnectionSettings(
          name: "pipedrive", kind: Sourced("pipedrive"),
          auth: .init(
            flow: Sourced("token"), secrets: ["access_token": SecretText(Canary.token)]))
        crm.urls = ["api_url": Sourced("http://localhost:1")]
        settings.crms = [crm]
        settings.policy.crms = ["pipedrive": CRMPolicy()]
      }
    }

    private func organisation(_ rig: Rig) throws -> JSONValue {
      try rig.person("pipedrive", "summary", ["types": ["organizations"]])["organizations"]?[0]
        ?? .null
    }

    /// A won deal of the demo's first organisation.
    private func won(_ rig: Rig, _ title: String = "Website") throws -> String {
      let made = try rig.person(
        "pipedrive", "create_deal",
        [
          "title": .string(title), "status": "won", "currency": "NZD",
          "company": try organisation(rig)["id"] ?? .null, "owner": "tom@kauri.example",
          "lines": [
            ["name": "Design", "quantity": "2", "price": "1200.00", "tax": "15"],
            [
              "name": "Build", "quantity": "1", "price": "2000.00", "discount_percentage": "10",
              "tax": "15",
            ],
          ],
        ])
      return made["deal"]?.digits ?? ""
    }

    private func said(_ rig: Rig, _ deal: String, _ field: String) throws -> String {
      let deals = try rig.person("pipedrive", "summary", ["types": ["deals"]])["deals"]?.array
      let value = deals?.first { $0["id"]?.digits == deal }?["custom_fields"]?[field]
      return value?.string ?? value?.digits ?? ""
    }

    private func status(_ rig: Rig, _ deal: String) throws -> String {
      try said(rig, deal, "Xero invoice status")
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
      #expect(try said(rig, deal, "Xero invoice number") == invoice.number)
      try rig.pay(invoice.number, "1000.00")
      rig.clock.advance(minutes: 5)
      try await settle(rig, "part paid")
      #expect(try status(rig, deal) == "partially_paid")
      #expect(try said(rig, deal, "Xero amount paid") == "1000")
      rig.clock.advance(days: 31)
      try await settle(rig, "overdue")
      #expect(try status(rig, deal) == "overdue")
      func tasks() throws -> [JSONValue] {
        try rig.person("pipedrive", "summary", ["types": ["activities"]])["activities"]?.array ?? []
      }
      #expect(try tasks().count == 1)
      #expect(try tasks().first?["owner_id"]?.int == 9002)
      try rig.pay(invoice.number)
      rig.clock.advance(minutes: 5)
      try await settle(rig, "paid")
      #expect(try status(rig, deal) == "paid")
      rig.world.clearLog()
      let idle = try await rig.pass()
      #expect(idle.operations.isEmpty)
      #expect(rig.calls("pipedrive").count <= 3, "\(rig.calls("pipedrive").map(\.path))")
      #expect(rig.liveInvoices.count == 1)
    }

    @Test("a lost answer of the write-back and of the invoice leaves one invoice and a true deal")
    func lostAnswers() async throws {
      for (vendor, method, path) in [
        ("xero", "PUT", "/api.xro/2.0/Invoices"), ("pipedrive", "PATCH", "/api/v2/deals"),
        ("pipedrive", "GET", "/api/v2/deals"),
      ] {
        let rig = rig()
        let deal = try won(rig)
        rig.world.setFaults([Fault(.dropAfter, vendor: vendor, method: method, path: path)])
        _ = try? await rig.pass()
        rig.world.setFaults([])
        rig.clock.advance(minutes: 10)
        try await settle(rig, "\(vendor) \(path)")
        #expect(rig.invoices(of: deal).count == 1, "\(vendor) \(path)")
        #expect(try status(rig, deal) == "awaiting_payment", "\(vendor) \(path)")
      }
    }

    @Test("a merged deal keeps its one invoice; the loser's is the survivor's")
    func merged() async throws {
      let rig = rig()
      let loser = try won(rig)
      try await settle(rig, "invoiced")
      let open =
        try rig.person(
          "pipedrive", "create_deal",
          ["title": "Twin", "company": try organisation(rig)["id"] ?? .null])["deal"]?.digits ?? ""
      try await settle(rig, "twin")
      try rig.person(
        "pipedrive", "merge",
        ["type": "deals", "loser": .string(loser), "survivor": .string(open)])
      rig.clock.advance(minutes: 5)
      try await settle(rig, "merged")
      try rig.person("pipedrive", "win", ["deal": .string(open)])
      rig.clock.advance(minutes: 5)
      try await settle(rig, "won")
      #expect(rig.liveInvoices.count == 1)
    }

    @Test("contact edits travel both ways and come to rest")
    func contacts() async throws {
      let rig = rig()
      _ = try won(rig)
      try await settle(rig, "invoiced")
      let firm = try organisation(rig)
      try rig.person(
        "pipedrive", "edit",
        [
          "type": "organizations", "id": firm["id"] ?? .null,
          "properties": ["name": "Harbour Lights Group Ltd"],
        ])
      rig.clock.advance(minutes: 5)
      try await settle(rig, "renamed in Pipedrive")
      #expect(rig.contacts.contains { $0.name == "Harbour Lights Group Ltd" })
      let contact = try #require(rig.contacts.first { $0.name == "Harbour Lights Group Ltd" })
      try rig.person(
        "xero", "edit_contact",
        [
          "contact": .string(contact.id.description),
          "set": ["Name": "Harbour Lights Aotearoa Ltd"],
        ])
      rig.clock.advance(minutes: 5)
      try await settle(rig, "renamed in Xero")
      #expect(try organisation(rig)["name"]?.string == "Harbour Lights Aotearoa Ltd")
    }
  }
#endif
