import Connectors
import Domain
import Foundation
import Testing
import Transport

/// What leaves, byte by byte.
@Suite("QuickBooks request bodies")
struct QuickBooksBodyTests {
  private func sent(
    country: String = "NZ", _ send: (QuickBooksConnector) async throws -> Void
  ) async throws -> HTTPRequest {
    let fake = QuickBooksBench.scripted(country: country) { request in
      if request.url.path.hasSuffix("/query") {
        return FakeXero.json(
          #"{"QueryResponse":{"Invoice":[{"Id":"130","SyncToken":"4","DocNumber":"1001","#
            + #""PrivateNote":"call them first"}],"Customer":[{"Id":"7","SyncToken":"2"}]}}"#)
      }
      return FakeXero.json(#"{"BatchItemResponse":[]}"#)
    }
    try await send(try QuickBooksBench.connector(fake))
    return try #require(fake.requests.last { $0.method == .post })
  }

  @Test func invoice() async throws {
    var design = XeroDrafts.line("Design\r\nand build\u{7}", "10", "19.95", tax: "3")
    design.discountPercent = try ExactDecimal(parsing: "12.5")
    design.item = "DES-1"
    var odd = XeroDrafts.line("Odd", "3", "10", tax: "3")
    odd.discountAmount = try ExactDecimal(parsing: "0.01")
    let draft = try QuickBooksBench.draft(
      ID("7"), number: "HS-123", reference: " Website  \"rebuild\" ",
      lines: [design, odd, XeroDrafts.line("Thank you", account: nil, tax: nil)])
    let request = try await sent { connector in
      _ = await connector.createInvoices([KeyedWrite(key: "op_1", content: draft)])
    }
    #expect(request.text == (try QuickBooksBench.fixture("batch-invoice.json")))
    #expect(request.url.path == "/v3/company/\(QuickBooksBench.realm)/batch")
    #expect(request.query("minorversion") == "75" && request.query("requestid")?.count == 36)
  }

  @Test func revisionIsSparseAndKeepsWhatPeopleWrote() async throws {
    let content = try QuickBooksBench.draft(
      ID("7"), lines: [XeroDrafts.line("Design", "1", "10.25", tax: "3")])
    let revision = InvoiceRevision(
      invoice: ID("130"), content: content, presentLineIDs: ["1"])
    let request = try await sent { connector in
      _ = await connector.reviseInvoices([KeyedWrite(key: "op_1", content: revision)])
    }
    #expect(request.text == (try QuickBooksBench.fixture("batch-revision.json")))
  }

  @Test func taxInside() async throws {
    var draft = try QuickBooksBench.draft(
      ID("7"), lines: [XeroDrafts.line("Design", "2", "57.50", tax: "3")])
    draft.lineAmounts = .inclusive
    let request = try await sent { connector in
      _ = await connector.createInvoices([KeyedWrite(key: "op_1", content: draft)])
    }
    #expect(request.text.contains(#""GlobalTaxCalculation":"TaxInclusive""#))
    #expect(
      request.text.contains(
        #""Amount":100,"Description":"Design","SalesItemLineDetail":{"ItemRef":{"value":"5"},"#
          + #""TaxCodeRef":{"value":"3"},"TaxInclusiveAmt":115}"#))
  }

  @Test func customer() async throws {
    var draft = XeroDrafts.party(" Ridgeway: \u{202E}University\n")
    draft.firstName = "Mere"
    draft.email = "ap@ridgeway.example"
    draft.phones = [.main: "+64 4 555 0101", .fax: ""]
    draft.currency = Currency("USD")
    draft.addresses = [
      .postal: PostalAddress(
        lines: ["a", "b", "c", "d", "e", "f"], city: "Wellington", postalCode: "6011")
    ]
    let request = try await sent { connector in
      _ = await connector.createContacts([KeyedWrite(key: "op_1", content: draft)])
    }
    #expect(request.text == (try QuickBooksBench.fixture("batch-customer.json")))
  }

  @Test func changesNameOnlyWhatChanges() async throws {
    let patch = PartyPatch(
      subject: Subject(system: "quickbooks", kind: .contact, id: "7"),
      texts: [.email: "", .mobile: "021 555 010"])
    let request = try await sent { connector in
      _ = await connector.updateContacts([KeyedWrite(key: "op_1", content: patch)])
    }
    #expect(
      request.text
        == #"{"BatchItemRequest":[{"bId":"0","operation":"update","Customer":{"Id":"7","#
        + #""SyncToken":"2","sparse":true,"PrimaryEmailAddr":{"Address":""},"#
        + #""Mobile":{"FreeFormNumber":"021 555 010"}}}]}"#)
  }

  @Test func theUnitedStatesHaveOneRateForAnInvoice() async throws {
    let draft = try QuickBooksBench.draft(
      ID("7"), lines: [XeroDrafts.line("A", "1", "1", tax: "3")])
    let request = try await sent(country: "US") { connector in
      _ = await connector.createInvoices([KeyedWrite(key: "op_1", content: draft)])
    }
    #expect(request.text.contains(#""TxnTaxDetail":{"TxnTaxCodeRef":{"value":"3"}}"#))
    #expect(request.text.contains(#""TaxCodeRef":{"value":"TAX"}"#))
    #expect(!request.text.contains("GlobalTaxCalculation"))
  }

  @Test func freeTextCannotLeaveItsQuotes() async throws {
    let fake = QuickBooksBench.scripted { _ in FakeXero.json(#"{"QueryResponse":{}}"#) }
    let draft = XeroDrafts.party(#"O'Neill \' OR Id > '0"#)
    #expect(try await QuickBooksBench.connector(fake).findContacts([draft]).isEmpty)
    #expect(
      fake.requests.last?.text
        == #"SELECT * FROM Customer WHERE DisplayName IN ('O\'Neill \\\' OR Id > \'0') AND "#
        + "Active IN (true,false) ORDERBY Id STARTPOSITION 1 MAXRESULTS 1000")
  }

  @Test func anotherBodyIsAnotherRequest() async throws {
    let fake = QuickBooksBench.scripted { _ in FakeXero.json(#"{"BatchItemResponse":[]}"#) }
    let connector = try QuickBooksBench.connector(fake)
    for price in ["1", "2"] {
      let draft = try QuickBooksBench.draft(
        ID("7"), lines: [XeroDrafts.line("A", "1", price, tax: "3")])
      _ = await connector.createInvoices([KeyedWrite(key: "op_1", content: draft)])
    }
    let ids = fake.requests.filter { $0.url.path.hasSuffix("/batch") }.map { $0.query("requestid") }
    #expect(ids.count == 2 && ids[0] != ids[1])
  }
}
