#if canImport(TestSupport)
  import ConfigurationFile
  import Connectors
  import Domain
  import Engine
  import Sandbox
  import TestSupport
  import Testing

  /// The whole engine over a CRM described in YAML and the simulated Xero.
  @Suite("Described CRM: the life of a deal, through the whole engine")
  struct RestLifeTests {
    private func rig() throws -> Rig {
      let start = SandboxTime(milliseconds: Rig.start - 86_400_000)
      let crm = try RestFixture.settings()
      return Rig(vendors: [XeroSandbox.demo(at: start), RestSandbox.demo(at: start)]) { settings in
        settings.crms = [crm]
        settings.policy.crms = ["crm": CRMPolicy()]
      }
    }

    private func company(_ rig: Rig) throws -> JSONValue {
      try rig.person("rest", "summary", [:])["companies"]?[0] ?? .null
    }

    private func won(_ rig: Rig, _ title: String = "Website") throws -> String {
      let made = try rig.person(
        "rest", "create_deal",
        [
          "title": .string(title), "stage": "won", "company": try company(rig)["id"] ?? .null,
          "owner": "tom@kauri.example",
          "lines": [
            ["name": "Design", "quantity": "2", "price": "1200.00"],
            ["name": "Build", "price": "2000.00", "discount_percentage": "10"],
          ],
        ])
      return made["deal"]?.digits ?? ""
    }

    private func said(_ rig: Rig, _ deal: String, _ field: String) throws -> String {
      let deals = try rig.person("rest", "summary", [:])["deals"]?.array
      let value = deals?.first { $0["id"]?.digits == deal }?["fields"]?[field]
      return value?.string ?? value?.digits ?? ""
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
      let rig = try rig()
      let deal = try won(rig)
      let first = try await rig.pass()
      #expect(first.outcome == .ok, "\(first)")
      let invoice = try #require(rig.invoices(of: deal).first)
      #expect(invoice.totals.total.description == "4830")
      rig.clock.advance(minutes: 5)
      try await settle(rig, "invoiced")
      #expect(try said(rig, deal, "invoice_status") == "awaiting_payment")
      #expect(try said(rig, deal, "invoice_number") == invoice.number)
      try rig.pay(invoice.number, "1000.00")
      rig.clock.advance(minutes: 5)
      try await settle(rig, "part paid")
      #expect(try said(rig, deal, "invoice_status") == "partially_paid")
      #expect(try said(rig, deal, "invoice_paid_cents") == "100000")
      rig.clock.advance(days: 31)
      try await settle(rig, "overdue")
      #expect(try said(rig, deal, "invoice_status") == "overdue")
      let tasks = try rig.person("rest", "summary", [:])["tasks"]?.array ?? []
      #expect(tasks.count == 1)
      #expect(tasks.first?["owner_id"]?.int == 502)
      try rig.pay(invoice.number)
      rig.clock.advance(minutes: 5)
      try await settle(rig, "paid")
      #expect(try said(rig, deal, "invoice_status") == "paid")
      rig.world.clearLog()
      let idle = try await rig.pass()
      #expect(idle.operations.isEmpty)
      #expect(rig.calls("rest").count <= 3, "\(rig.calls("rest").map(\.path))")
      #expect(rig.liveInvoices.count == 1)
    }

    @Test("a lost answer of any request leaves one invoice and a true deal")
    func lostAnswers() async throws {
      for (vendor, method, path) in [
        ("xero", "PUT", "/api.xro/2.0/Invoices"), ("rest", "PATCH", "/kahu/v1/deals"),
        ("rest", "GET", "/kahu/v1/deals"), ("rest", "GET", "/kahu/v1/companies"),
      ] {
        let rig = try rig()
        let deal = try won(rig)
        rig.world.setFaults([Fault(.dropAfter, vendor: vendor, method: method, path: path)])
        _ = try? await rig.pass()
        rig.world.setFaults([])
        rig.clock.advance(minutes: 10)
        try await settle(rig, "\(vendor) \(path)")
        #expect(rig.invoices(of: deal).count == 1, "\(vendor) \(path)")
        #expect(try said(rig, deal, "invoice_status") == "awaiting_payment", "\(vendor) \(path)")
      }
    }

    @Test("contact edits travel both ways and come to rest")
    func contacts() async throws {
      let rig = try rig()
      _ = try won(rig)
      try await settle(rig, "invoiced")
      try rig.person(
        "rest", "edit",
        [
          "type": "companies", "id": try company(rig)["id"] ?? .null,
          "properties": ["name": "Harbour Lights Group Ltd"],
        ])
      rig.clock.advance(minutes: 5)
      try await settle(rig, "renamed in the CRM")
      let contact = try #require(rig.contacts.first { $0.name == "Harbour Lights Group Ltd" })
      try rig.person(
        "xero", "edit_contact",
        [
          "contact": .string(contact.id.description),
          "set": ["Name": "Harbour Lights Aotearoa Ltd"],
        ])
      rig.clock.advance(minutes: 5)
      try await settle(rig, "renamed in Xero")
      #expect(try company(rig)["name"]?.string == "Harbour Lights Aotearoa Ltd")
    }

    @Test("a description that writes two fields alone is told those, and comes to rest")
    func fewFields() async throws {
      let start = SandboxTime(milliseconds: Rig.start - 86_400_000)
      var text = StartingDescription.text
      for field in ["amount_due", "amount_paid", "due_date", "paid_date", "invoice_url"] {
        text = text.split(separator: "\n", omittingEmptySubsequences: false).filter {
          !($0.contains("{{field.\(field)}}"))
        }.joined(separator: "\n")
      }
      let crm = try RestFixture.settings(text)
      let rig = Rig(vendors: [XeroSandbox.demo(at: start), RestSandbox.demo(at: start)]) {
        settings in
        settings.crms = [crm]
        settings.policy.crms = ["crm": CRMPolicy()]
      }
      let deal = try won(rig)
      try await settle(rig, "invoiced")
      #expect(try said(rig, deal, "invoice_status") == "awaiting_payment")
      #expect(try said(rig, deal, "invoice_due_cents").isEmpty)
    }
  }
#endif
