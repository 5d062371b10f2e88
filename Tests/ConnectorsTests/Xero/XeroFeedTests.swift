import Connectors
import Domain
import Foundation
import Testing
import Transport

@Suite("Xero listings")
struct XeroFeedTests {
  @Test func contactsArriveAndBadOnesStandAside() async throws {
    let fake = FakeXero(json: try XeroBench.fixture("contacts-page.json"))
    let page = try await XeroBench.connector(fake).page(.contacts, from: .start)

    #expect(page.contacts.map(\.name) == ["Ridgeway University", "Ridgeway Uni (old)"])
    let contact = try #require(page.contacts.first)
    #expect(contact.subject.description == "xero:contact:5f0a6b1e-9a53-4c0e-8a63-9b4b1e9b6001")
    #expect(contact.mark == "hubspot:company:9001")
    #expect(contact.emails == ["ap@ridgeway.example", "ana@ridgeway.example"])
    #expect(contact.phones == [.main: "+64 4 555 0101", .mobile: "+64 21 555 010"])
    #expect(contact.addresses.keys.sorted() == [.postal])
    #expect(contact.addresses[.postal]?.lines == ["PO Box 12", "Level 3"])
    #expect(contact.terms == .dayOfNextMonth(20))
    #expect(contact.isCustomer && !contact.isSupplier)

    let merged = page.contacts[1]
    #expect(merged.status == .archived)
    #expect(merged.mergedInto == contact.id)
    #expect(merged.isSupplier && !merged.isCustomer)
    #expect(merged.modifiedAt == Instant(milliseconds: 1_795_322_118_500))

    #expect(
      page.rejected.map(\.subject.id) == [
        "5f0a6b1e-9a53-4c0e-8a63-9b4b1e9b6003", "5f0a6b1e-9a53-4c0e-8a63-9b4b1e9b6004",
      ])
    #expect(page.rejected[0].reason.contains("ContactStatus"))
    #expect(page.rejected[1].reason.contains("Phones"))
    #expect(page.total == 4 && !page.hasMore)
    let request = try #require(fake.requests.first)
    #expect(fake.requests.count == 1)
    #expect(request.query("includeArchived") == "true")
    #expect(request.query("pageSize") == "1000" && request.query("page") == "1")
    #expect(request.headers["Xero-Tenant-Id"] == XeroBench.tenant)
    #expect(request.headers["Accept"] == "application/json")
    #expect(request.headers["If-Modified-Since"] == nil)
  }

  @Test func invoicesArriveExactlyAndBillsDoNot() async throws {
    let fake = FakeXero(json: try XeroBench.fixture("invoices-page.json"))
    let page = try await XeroBench.connector(fake).page(.invoices, from: .start)
    #expect(page.invoices.map(\.number) == ["INV-0042", "INV-0043"])

    let open = try #require(page.invoices.first)
    #expect(open.total.figure == "100.63" && open.amountDue.figure == "60.63")
    #expect(open.date.description == "2026-11-22")
    #expect(open.dueDate?.description == "2026-12-20")
    #expect(open.sourceURL == XeroDrafts.page && open.sentToContact)
    let line = try #require(open.lines?.first)
    #expect(line.unitPrice?.plain == "33.3333" && line.discountPercent?.plain == "12.5")
    #expect(line.tracking == [TrackingChoice(category: "Region", option: "North")])
    #expect(open.lines?.count == 2 && open.lines?[1].quantity == nil)
    #expect(
      open.url
        == "https://go.xero.com/organisationlogin/default.aspx?shortcode=!abc12&redirecturl="
        + "/AccountsReceivable/View.aspx?InvoiceID=8c1e7a62-0b5c-4c0b-9a55-77d8d0f0a001")

    let paid = page.invoices[1]
    #expect(paid.status == .paid && paid.total.figure == "1234567.89")
    // An empty list of lines beside a total means that the listing left them out.
    #expect(paid.lines == nil)
    #expect(paid.date.description == "2026-11-22")
    #expect(paid.fullyPaidOn?.description == "2026-11-23")
    #expect(paid.templateID == ID("8c1e7a62-0b5c-4c0b-9a55-77d8d0f0aaaa"))

    #expect(page.rejected.map(\.subject.id.last) == ["4", "5"])
    #expect(page.rejected[0].reason.contains("Status"))
    #expect(page.rejected[1].reason.contains("Total"))
    #expect(!page.rejected[1].reason.contains("ten"))
    #expect(fake.requests.first?.query("unitdp") == "4")
    // Bills count towards the cursor: they would be read again and again otherwise.
    #expect(page.next.highWater == Instant(milliseconds: 1_795_326_970_000))
  }

  @Test func aWalkGoesFromPageToPageAndEndsWithTheHighestStamp() async throws {
    let fake = FakeXero { request in
      let page = request.query("page") ?? ""
      let stamp = page == "1" ? 1_795_322_120_999 : 1_795_322_119_000
      return FakeXero.json(
        #"{"pagination":{"pageCount":2,"itemCount":2},"Contacts":[{"ContactID":"c\#(page)","#
          + #""Name":"N","UpdatedDateUTC":"/Date(\#(stamp)+0000)/"}]}"#)
    }
    let connector = try XeroBench.connector(fake)
    let since = Instant(milliseconds: 1_795_000_000_999)
    let first = try await connector.page(.contacts, from: FeedCursor(highWater: since))
    #expect(first.hasMore && first.next.position == "2")
    #expect(first.next.highWater == since)
    let second = try await connector.page(.contacts, from: first.next)
    #expect(!second.hasMore && second.next.position == nil && second.next.reached == nil)
    #expect(second.next.highWater == Instant(milliseconds: 1_795_322_120_999))
    // Two minutes back, cut to the second, no zone: both pages ask from the same moment.
    #expect(
      fake.requests.map { $0.headers["If-Modified-Since"] }
        == ["2026-11-18T11:04:40", "2026-11-18T11:04:40"].map { Optional($0) })
  }

  @Test func anIdlePollIsOneCallAndKeepsTheCursor() async throws {
    let fake = FakeXero(json: #"{"Status":"OK","Invoices":[]}"#)
    let connector = try XeroBench.connector(fake)
    let cursor = FeedCursor(highWater: Instant(milliseconds: 1_795_000_000_000))
    let page = try await connector.page(.invoices, from: cursor)
    #expect(!page.hasMore && page.next == cursor && page.invoices.isEmpty)
    #expect(await connector.callCount() == 1)
  }

  @Test(arguments: [
    ("\"/Date(1795305600000+0000)/\"", "2026-11-22"),
    ("\"/Date(1795305600000-0500)/\"", "2026-11-22"),
    ("\"/Date(1795305600000)/\"", "2026-11-22"),
    ("\"2026-11-22\"", "2026-11-22"),
    ("\"2026-11-22T00:00:00\"", "2026-11-22"),
    ("\"/Date(-86400000+0000)/\"", "1969-12-31"),
    ("\"22/11/2026\"", nil), ("\"/Date(soon)/\"", nil), ("\"/Date()/\"", nil), ("[]", nil),
  ])
  func datesAreReadWithoutAZone(_ written: String, _ expected: String?) async throws {
    let fake = FakeXero(
      json: #"{"Invoices":[{"Type":"ACCREC","InvoiceID":"i","Contact":{"ContactID":"c"},"#
        + #""Status":"DRAFT","CurrencyCode":"NZD","Total":0,"AmountDue":0,"Date":\#(written)}]}"#)
    let page = try await XeroBench.connector(fake).page(.invoices, from: .start)
    #expect(page.invoices.first?.date.description == expected)
    #expect(page.rejected.isEmpty == (expected != nil))
  }

  @Test(arguments: [
    ("0.07", "0.07"), ("\"0.07\"", "0.07"), ("1e2", "100.00"), ("-0.50", "-0.50"),
    ("99999999999.99", "99999999999.99"), ("0.005", nil), ("\"1,000.00\"", nil), ("null", nil),
  ])
  func moneyIsReadFromItsDigits(_ written: String, _ expected: String?) async throws {
    let fake = FakeXero(
      json: #"{"Invoices":[{"Type":"ACCREC","InvoiceID":"i","Contact":{"ContactID":"c"},"#
        + #""Status":"DRAFT","CurrencyCode":"NZD","Date":"2026-01-01","AmountDue":0,"#
        + #""Total":\#(written)}]}"#)
    let page = try await XeroBench.connector(fake).page(.invoices, from: .start)
    #expect(page.invoices.first?.total.figure == expected)
  }

  @Test func brokenCharactersDoNotHideThePage() async throws {
    let start = Data(#"{"Contacts":[{"ContactID":"a","Name":"Caf"#.utf8)
    let end = Data(#" \ud83d x \ud83d\ude00"}]}"#.utf8)
    let body = start + Data([0xE9]) + end
    let fake = FakeXero { _ in
      .success(
        HTTPResponse(
          status: 200, headers: ["Content-Type": "application/json"], body: body))
    }
    // The transport may refuse such bytes before they are read; it must never crash.
    do {
      let page = try await XeroBench.connector(fake).page(.contacts, from: .start)
      #expect(page.contacts.first?.name == "Caf\u{FFFD} \u{FFFD} x 😀")
    } catch {
      guard case .unreadable = error as? RemoteError else {
        Issue.record("\(error)")
        return
      }
    }
  }
}
