import Connectors
import Domain
import Foundation
import Testing
import Transport

/// What leaves, byte by byte.
@Suite("Xero request bodies")
struct XeroBodyTests {
  private let fake = FakeXero(json: "{}")

  private func sent() throws -> HTTPRequest { try #require(fake.requests.first) }

  @Test func invoice() async throws {
    var design = XeroDrafts.line("Design\r\nand build\u{7}", "3.0000", "33.33333")
    design.discountPercent = try ExactDecimal(parsing: "12.50")
    design.item = "DES-1"
    design.tracking = [TrackingChoice(category: "Region", option: "North")]
    var hosting = XeroDrafts.line("Hosting", "0.5", "10", account: "260")
    hosting.discountPercent = try ExactDecimal(parsing: "33.333")
    var draft = try XeroDrafts.invoice(
      number: "HS-123", reference: " Website  \"rebuild\" –\tphase 1 ",
      lines: [design, hosting, XeroDrafts.line("Thank you")])
    draft.brandingThemeID = "dabc7637-62c1-4941-8a6e-ee44fa5090e7"
    draft.unitPriceDecimals = 4
    _ = try await XeroBench.connector(fake).createInvoices([KeyedWrite(key: "op_1", content: draft)]
    )
    let request = try sent()
    #expect(request.text == (try XeroBench.fixture("put-invoice.json")))
    #expect(request.method == .put)
    #expect(request.url.path == "/api.xro/2.0/Invoices")
    #expect(request.query("summarizeErrors") == "false" && request.query("unitdp") == "4")
    #expect(request.headers["Xero-Tenant-Id"] == XeroBench.tenant)
    #expect(request.headers["Idempotency-Key"]?.count == 64)
  }

  @Test func revisionKeepsLinesByTheirIds() async throws {
    var content = try XeroDrafts.invoice(
      lines: [
        XeroDrafts.line("Design", "1", "10.125"), XeroDrafts.line("More", "2", "5", account: nil),
      ])
    content.lineAmounts = .noTax
    let revision = InvoiceRevision(
      invoice: ID("8c1e7a62-0b5c-4c0b-9a55-77d8d0f0a001"), content: content,
      presentLineIDs: ["c0ffee00-0000-4000-8000-000000000001"])
    _ = try await XeroBench.connector(fake).reviseInvoices([
      KeyedWrite(key: "op_1", content: revision)
    ])
    #expect(try sent().text == (try XeroBench.fixture("post-revision.json")))
    #expect(try sent().method == .post)
  }

  @Test func contact() async throws {
    var draft = XeroDrafts.party(" Ridgeway  <NZ> \u{202E}University\n")
    draft.firstName = "Mere"
    draft.email = "ap@ridgeway.example"
    draft.taxNumber = "101-222-333"
    draft.phones = [.main: "+64 4 555 0101", .fax: ""]
    draft.addresses = [
      .postal: PostalAddress(
        lines: ["PO Box 12", "a", "", "b", "c", "d"], city: "Wellington", postalCode: "6011",
        country: "New Zealand"),
      .street: PostalAddress(lines: [""]),
    ]
    _ = try await XeroBench.connector(fake).createContacts([KeyedWrite(key: "op_1", content: draft)]
    )
    #expect(try sent().text == (try XeroBench.fixture("put-contact.json")))
    #expect(try sent().method == .put)
  }

  @Test func contactPatchClearsWithEmptyTexts() async throws {
    let patch = PartyPatch(
      subject: Subject(system: "xero", kind: .contact, id: XeroDrafts.contact.rawValue),
      texts: [.name: "New name", .email: "", .mobile: "", .website: "https://x.example"],
      addresses: [.street: PostalAddress(lines: ["1 Quay"], country: "N.Z.")])
    _ = try await XeroBench.connector(fake).updateContacts([KeyedWrite(key: "op_1", content: patch)]
    )
    #expect(try sent().text == (try XeroBench.fixture("post-contact.json")))
    #expect(try sent().method == .post)
  }

  @Test func template() async throws {
    let draft = TemplateDraft(
      content: try XeroDrafts.invoice(
        reference: "Retainer", lines: [XeroDrafts.line("Support", "1", "500")]),
      every: 1, unit: .month, start: try #require(CalendarDate("2026-12-01")),
      end: CalendarDate("2027-11-30"), terms: .dayOfNextMonth(20))
    _ = try await XeroBench.connector(fake).createTemplates([
      KeyedWrite(key: "op_1", content: draft)
    ])
    #expect(try sent().text == (try XeroBench.fixture("put-template.json")))
  }

  @Test func item() async throws {
    var draft = ItemDraft(code: "DES-1", name: "Design", description: "Design by the hour")
    draft.unitPrice = try ExactDecimal(parsing: "120.50")
    draft.account = "200"
    draft.taxCode = "OUTPUT2"
    _ = try await XeroBench.connector(fake).createItems([KeyedWrite(key: "op_1", content: draft)])
    #expect(try sent().text == (try XeroBench.fixture("put-item.json")))
  }

  @Test func theIdempotencyKeyFollowsTheBody() async throws {
    let fake = FakeXero(json: "{}")
    let connector = try XeroBench.connector(fake)
    let draft = try XeroDrafts.invoice()
    var other = draft
    other.lines[0].description = "Another"
    for (key, content) in [("a", draft), ("a", draft), ("a", other), ("b", draft)] {
      _ = await connector.createInvoices([KeyedWrite(key: key, content: content)])
    }
    let keys = fake.requests.compactMap { $0.headers["Idempotency-Key"] }
    #expect(keys.count == 4 && keys[0] == keys[1])
    #expect(Set(keys).count == 3)
  }

  @Test func whatCannotBeSentIsRefusedHere() async throws {
    let connector = try XeroBench.connector(fake)
    let nameless = await connector.createContacts([
      KeyedWrite(key: "a", content: XeroDrafts.party(" \n "))
    ])
    #expect(nameless.map(kind) == ["field_refused"])
    let long = await connector.createContacts([
      KeyedWrite(
        key: "a", content: XeroDrafts.party("A", mark: String(repeating: "x", count: 51)))
    ])
    #expect(long.map(kind) == ["field_refused"])
    let orphan = await connector.createInvoices([
      KeyedWrite(
        key: "a", content: try XeroDrafts.invoice(contact: .created(by: OperationID("op_9"))))
    ])
    #expect(orphan.map(kind) == ["no_customer"])
    let website = await connector.updateContacts([
      KeyedWrite(
        key: "a",
        content: PartyPatch(
          subject: Subject(system: "xero", kind: .contact, id: "x"), texts: [.website: "y"]))
    ])
    #expect(website.map(kind) == ["field_refused"])
    #expect(fake.requests.isEmpty)
  }
}
