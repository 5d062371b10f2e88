import Connectors
import Domain
import Foundation
import Testing
import Transport

@Suite("Xero look-ups and lists")
struct XeroLookupTests {
  @Test func invoicesAreFoundByNumberInListsOfForty() async throws {
    let fake = FakeXero(json: #"{"Invoices":[]}"#)
    let marks = (0..<85).map {
      InvoiceMark(number: "HS-\($0)", reference: "same", sourceURL: "https://crm.example/\($0)")
    }
    _ = try await XeroBench.connector(fake).findInvoices(marks)
    #expect(
      fake.requests.map { $0.query("InvoiceNumbers")?.split(separator: ",").count } == [40, 40, 5])
    #expect(fake.requests.first?.url.absoluteString.contains("%2C") == true)
  }

  @Test(arguments: [
    ("Website", "where", #"Type=="ACCREC" AND Reference=="Website""#),
    ("Tom's & Co, 50% + ünï", "where", #"Type=="ACCREC" AND Reference=="Tom's & Co, 50% + ünï""#),
    (#"The "new" site"#, "searchTerm", #"The "new" site"#),
    (#"a\b"#, "searchTerm", #"a\b"#),
    (" a \n b ", "where", #"Type=="ACCREC" AND Reference=="a b""#),
  ])
  func referencesAreEscaped(_ reference: String, _ parameter: String, _ value: String) async throws
  {
    let fake = FakeXero(json: #"{"Invoices":[]}"#)
    let mark = InvoiceMark(number: nil, reference: reference, sourceURL: "https://crm.example/1")
    _ = try await XeroBench.connector(fake).findInvoices([mark, mark])
    #expect(fake.requests.count == 1)
    #expect(fake.requests.first?.query(parameter) == value)
  }

  @Test func onlyMarkedInvoicesAreFound() async throws {
    func invoice(_ id: Int, _ number: String, _ url: String, _ type: String = "ACCREC") -> String {
      #"{"Type":"\#(type)","InvoiceID":"i\#(id)","InvoiceNumber":"\#(number)","Url":"\#(url)","#
        + #""Contact":{"ContactID":"c"},"Status":"DRAFT","Date":"2026-01-01","CurrencyCode":"NZD","#
        + #""Total":0,"AmountDue":0,"Reference":"Website"}"#
    }
    let all = [
      invoice(1, "X-1", "https://crm.example/1"), invoice(2, "X-2", "https://crm.example/2"),
      invoice(3, "hs-7", "https://crm.example/3"),
      invoice(4, "X-4", "https://crm.example/1", "ACCPAY"),
    ]
    let fake = FakeXero(json: #"{"Invoices":[\#(all.joined(separator: ","))]}"#)
    let found = try await XeroBench.connector(fake).findInvoices([
      InvoiceMark(number: nil, reference: "Website", sourceURL: "https://crm.example/1"),
      InvoiceMark(number: "HS-7", reference: "", sourceURL: "https://crm.example/9"),
    ])
    #expect(Set(found.map(\.id.rawValue)) == ["i1", "i3"])
    #expect(found.count == 2)
  }

  /// Taken for absent, it would be made a second time.
  @Test(arguments: [
    #"{"Type":"ACCREC","InvoiceID":"i","Url":"https://crm.example/1","Status":"NEW"}"#,
    #"{"Type":"ACCREC","InvoiceID":"i","Url":"https://crm.example/1","Total":"ten"}"#,
  ])
  func anUnreadableCandidateIsNotTakenForAbsent(_ invoice: String) async throws {
    let connector = try XeroBench.connector(FakeXero(json: #"{"Invoices":[\#(invoice)]}"#))
    do {
      let found = try await connector.findInvoices([
        InvoiceMark(number: nil, reference: "Website", sourceURL: "https://crm.example/1")
      ])
      Issue.record("\(found)")
    } catch {
      guard case .unreadable = error else {
        Issue.record("\(error)")
        return
      }
    }
  }

  @Test func contactsAreFoundByMarkAndByName() async throws {
    let fake = FakeXero(
      json: #"{"Contacts":[{"ContactID":"a","ContactNumber":"hubspot:company:1","Name":"Other"},"#
        + #"{"ContactID":"b","ContactNumber":"hubspot:company:10","Name":"Other 2"},"#
        + #"{"ContactID":"c","Name":"RIDGEWAY  university","ContactStatus":"ARCHIVED"}]}"#)
    let found = try await XeroBench.connector(fake).findContacts([
      XeroDrafts.party("Ridgeway University", mark: "hubspot:company:1")
    ])
    #expect(found.map(\.subject.id) == ["a", "c"])
    #expect(fake.requests.map { $0.query("searchTerm") } == ["hubspot:company:1", nil])
    #expect(fake.requests.last?.query("where") == #"Name=="Ridgeway University""#)
    #expect(fake.requests.allSatisfy { $0.query("includeArchived") == "true" })
  }

  @Test func idsThatAreNoneAreNotAskedFor() async throws {
    let fake = FakeXero(json: #"{"Invoices":[]}"#)
    let found = try await XeroBench.connector(fake).invoices([ID("nonsense"), ID("")])
    #expect(found.isEmpty && fake.requests.isEmpty)
  }

  @Test(arguments: [
    ("NEWZEALANDSTANDARDTIME", "Pacific/Auckland"), ("GMTSTANDARDTIME", "Europe/London"),
    ("EASTERNSTANDARDTIME(MEXICO)", "America/Cancun"),
    ("AUSEASTERNSTANDARDTIME", "Australia/Sydney"),
    ("UTC", "Etc/UTC"), ("UTC+12", "Etc/GMT-12"), ("RUSSIATIMEZONE3", "Europe/Samara"),
    ("New Zealand Standard Time", "Pacific/Auckland"), ("Europe/Paris", "Europe/Paris"),
    ("MARSSTANDARDTIME", nil), ("", nil),
  ])
  func theLedgerIsReadWithItsZone(_ timezone: String, _ zone: String?) async throws {
    let connector = try XeroBench.connector(Self.ledger(timezone))
    do {
      let ledger = try await connector.ledger()
      #expect(ledger.organisation.zone.name == zone)
      #expect(await connector.callCount() == 7)
      #expect(ledger.organisation.lockDate?.description == "2026-11-22")
      #expect(ledger.accounts.map(\.code) == ["200", "610"])
      #expect(ledger.accounts.map(\.acceptsSales) == [true, false])
      #expect(ledger.taxRates.map(\.effectivePercent.plain) == ["12.5"])
      #expect(ledger.currencies.map(\.code) == ["NZD", "AUD"])
      #expect(ledger.trackingCategories == [TrackingCategory(name: "Region", options: ["North"])])
      #expect(ledger.items.map(\.account) == ["200"])
    } catch {
      #expect(zone == nil, "\(error)")
      #expect("\(error)".contains("timezone"))
    }
  }

  @Test func anUnknownZoneMayBeConfigured() async throws {
    var settings = XeroBench.settings()
    settings.options["timezone"] = Sourced("Pacific/Chatham")
    let connector = try XeroBench.connector(Self.ledger("MARSSTANDARDTIME"), settings: settings)
    #expect(try await connector.ledger().organisation.zone.name == "Pacific/Chatham")
  }

  private static func ledger(_ timezone: String) -> FakeXero {
    FakeXero { request in
      switch request.url.lastPathComponent {
      case "Organisation":
        FakeXero.json(
          #"{"Organisations":[{"OrganisationID":"o","Name":"Demo","BaseCurrency":"NZD","#
            + #""CountryCode":"NZ","PeriodLockDate":"/Date(1795305600000+0000)/","#
            + #""EndOfYearLockDate":"/Date(1775001600000+0000)/","Timezone":"\#(timezone)"}]}"#)
      case "Accounts":
        FakeXero.json(
          #"{"Accounts":[{"Code":"200","Name":"Sales","Type":"REVENUE","Status":"ACTIVE"},"#
            + #"{"Name":"No code","Type":"BANK","Status":"ACTIVE"},"#
            + #"{"Code":"610","Name":"AR","Type":"CURRENT","Status":"ACTIVE","#
            + #""SystemAccount":"DEBTORS"}]}"#
        )
      case "TaxRates":
        FakeXero.json(
          #"{"TaxRates":[{"TaxType":"OUTPUT","Name":"12.5%","EffectiveRate":12.5000,"#
            + #""Status":"ACTIVE","#
            + #""CanApplyToRevenue":true},{"TaxType":"BAD","EffectiveRate":"x"}]}"#)
      case "Currencies": FakeXero.json(#"{"Currencies":[{"Code":"AUD"}]}"#)
      case "TrackingCategories":
        FakeXero.json(
          #"{"TrackingCategories":[{"Name":"Region","Status":"ACTIVE","Options":[{"Name":"North","#
            + #""Status":"ACTIVE"},{"Name":"Old","Status":"ARCHIVED"}]},"#
            + #"{"Name":"Gone","Status":"ARCHIVED"}]}"#)
      case "Items":
        FakeXero.json(
          #"{"Items":[{"ItemID":"I","Code":"D","Name":"D","SalesDetails":{"AccountCode":"200"}}]}"#)
      default: FakeXero.json(#"{"BrandingThemes":[{"BrandingThemeID":"b","Name":"Standard"}]}"#)
      }
    }
  }
}
