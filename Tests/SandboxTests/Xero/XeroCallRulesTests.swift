import Foundation
import Sandbox
import Testing

@Suite struct XeroIdempotencyTests {
  private let body: JSONValue = [
    "Type": "ACCREC", "Contact": ["Name": "Acme"], "Reference": "deal 7",
  ]

  @Test func replaysForSixMinutesThenRunsAgain() throws {
    let harness = try XeroHarness()
    let key = ["idempotency-key": "k1"]
    let first = harness.call("PUT", "Invoices", body: body, headers: key)
    harness.world.advance(seconds: 359)
    let second = harness.call("PUT", "Invoices", body: body, headers: key)
    #expect(second.body == first.body)
    #expect(harness.list("Invoices").count == 1)
    // Not extended by the replay: six minutes from the first call it runs once more.
    harness.world.advance(seconds: 1)
    let third = harness.call("PUT", "Invoices", body: body, headers: key)
    #expect(third.status == 200)
    #expect(harness.list("Invoices").count == 2)
  }

  @Test func storesErrors() throws {
    let harness = try XeroHarness()
    let foreign: JSONValue = [
      "Type": "ACCREC", "Contact": ["Name": "Acme"], "CurrencyCode": "SEK",
    ]
    let key = ["idempotency-key": "k1"]
    #expect(harness.call("PUT", "Invoices", body: foreign, headers: key).status == 400)
    harness.person("add_currency", ["code": "SEK", "rate": .number("10.4")])
    #expect(harness.call("PUT", "Invoices", body: foreign, headers: key).status == 400)
    #expect(harness.call("PUT", "Invoices", body: foreign).status == 200)
  }

  @Test func refusesAKeyWithOtherContent() throws {
    let harness = try XeroHarness()
    let key = ["idempotency-key": "k1"]
    _ = harness.call("PUT", "Invoices", body: body, headers: key)
    for answer in [
      harness.call("POST", "Invoices", body: body, headers: key),
      harness.call("PUT", "Contacts", body: body, headers: key),
      harness.call("PUT", "Invoices", body: ["Type": "ACCREC"], headers: key),
    ] {
      #expect(answer.status == 400)
      #expect(answer.jsonBody?["Detail"]?.string?.contains("different request") == true)
    }
    let long = ["idempotency-key": String(repeating: "k", count: 129)]
    #expect(harness.call("PUT", "Invoices", body: body, headers: long).status == 400)
    #expect(harness.call("GET", "Invoices", headers: key).status == 200)
  }
}

@Suite struct XeroLimitTests {
  @Test func countsTheMinuteAndSaysWhen() throws {
    let harness = try XeroHarness(limits: XeroLimits(minute: 3, day: 5))
    #expect(harness.call("GET", "Items").header("X-MinLimit-Remaining") == "2")
    harness.world.advance(seconds: 20)
    _ = harness.call("GET", "Items")
    let third = harness.call("GET", "Items")
    #expect(third.header("X-MinLimit-Remaining") == "0")
    #expect(third.header("X-DayLimit-Remaining") == "2")
    let refused = harness.call("GET", "Items")
    #expect(refused.status == 429)
    #expect(refused.header("X-Rate-Limit-Problem") == "minute")
    #expect(refused.header("Retry-After") == "40")
    harness.world.advance(seconds: 60)
    #expect(harness.call("GET", "Items").status == 200)
    #expect(harness.call("GET", "Items").status == 200)
    let day = harness.call("GET", "Items")
    #expect(day.header("X-Rate-Limit-Problem") == "day")
    #expect(day.header("Retry-After") == String(86_400 - 80))
  }

  @Test func aRefusedWriteIsNeitherAppliedNorStored() throws {
    let harness = try XeroHarness(limits: XeroLimits(minute: 0))
    let key = ["idempotency-key": "k"]
    let body: JSONValue = ["Name": "Acme"]
    #expect(harness.call("PUT", "Contacts", body: body, headers: key).status == 429)
    harness.person("limits", ["minute": nil, "day": nil, "app_minute": nil])
    let answer = harness.call("PUT", "Contacts", body: body, headers: key)
    #expect(answer.status == 200)
    #expect(answer.header("X-MinLimit-Remaining") == nil)
  }
}

@Suite struct XeroReadingTests {
  private func filled(_ contacts: Int, _ invoices: Int) throws -> XeroHarness {
    let harness = try XeroHarness()
    harness.person("bulk", ["contacts": .integer(contacts), "invoices": .integer(invoices)])
    return harness
  }

  @Test(arguments: [
    ("1", "100", 100, "100", 3), ("3", "100", 50, "100", 3), ("4", "100", 0, "100", 3),
    ("1", "5000", 250, "1000", 1), ("1", "0", 1, "1", 250), ("0", "x", 100, "100", 3),
  ])
  func pagesAndClamps(
    page: String, size: String, count: Int, given: String, pages: Int
  ) throws {
    let harness = try filled(250, 0)
    let query = ["page": page, "pageSize": size, "includeArchived": "True"]
    let answer = harness.call("GET", "Contacts", query).jsonBody
    #expect(answer?["Contacts"]?.array?.count == count)
    #expect(answer?["pagination"]?["pageSize"]?.digits == given)
    #expect(answer?["pagination"]?["pageCount"]?.int == pages)
    #expect(answer?["pagination"]?["itemCount"]?.int == 250)
  }

  @Test func allPagesTogetherAreTheWholeList() throws {
    let harness = try filled(3, 235)
    var seen: [String] = []
    for page in 1...3 {
      let invoices = harness.list("Invoices", ["page": String(page)])
      seen += invoices.compactMap { $0["InvoiceID"]?.string }
    }
    #expect(Set(seen).count == 235)
    let descending = harness.list("Invoices", ["page": "1", "order": "UpdatedDateUTC DESC"])
    #expect(descending.first?["InvoiceID"]?.string == seen.last)
  }

  @Test func detailDependsOnTheKindOfRead() throws {
    let harness = try XeroHarness()
    let invoice = try harness.invoice()
    harness.person("pay", ["invoice": "INV-0001", "amount": 1])
    let plain = try #require(harness.list("Invoices").first)
    #expect(plain["LineItems"]?.array?.isEmpty == true)
    #expect(plain["Payments"]?.array?.isEmpty == true)
    #expect(plain["AmountPaid"]?.digits == "1.00")
    let paged = try #require(harness.list("Invoices", ["page": "1"]).first)
    #expect(paged["LineItems"]?.array?.count == 1)
    #expect(paged["Contact"]?["EmailAddress"] == nil)
    let single = harness.read(invoice)
    #expect(single["Payments"]?.array?.count == 1)
    #expect(single["Contact"]?["EmailAddress"] != nil)
    let summary = try #require(harness.list("Invoices", ["summaryOnly": "True"]).first)
    for key in ["LineItems", "Payments", "HasAttachments"] { #expect(summary[key] == nil) }
    let answer = harness.call("GET", "Invoices", ["Statuses": "AUTHORISED"]).jsonBody
    #expect(answer?["pagination"]?["itemCount"]?.int == 1)
  }

  @Test(arguments: [
    ("2026-01-01T00:00:10", 2), ("2026-01-01T00:00:10.9Z", 2), ("2026-01-01T00:00:11Z", 1),
    ("2026-01-01T00:00:09+00:00", 2), ("2026-01-01T13:00:12+13:00", 0), ("yesterday", 2),
    ("Thu, 01 Jan 2026 00:00:11 GMT", 1),
  ])
  func modifiedSinceIsToTheSecondAndInclusive(since: String, count: Int) throws {
    let harness = try XeroHarness()
    harness.world.advance(seconds: 10)
    _ = try harness.invoice()
    harness.world.advance(seconds: 1)
    _ = try harness.invoice()
    let headers = ["if-modified-since": since]
    #expect(harness.list("Invoices", headers: headers).count == count)
    #expect(harness.list("Invoices", ["page": "1"], headers: headers).count == count)
  }

  @Test(arguments: [
    (#"Reference=="deal 1""#, 1), (#"Reference = "DEAL 1""#, 1),
    (#"Reference=="deal 1" AND Status=="DRAFT""#, 0), (#"InvoiceNumber=="INV-0002""#, 1),
    (#"Status=="AUTHORISED" && Type=="ACCREC""#, 2), (#"Date>=DateTime(2026,01,02)"#, 1),
    (#"Date < DateTime(2026, 01, 02) OR AmountDue > 150"#, 3), (#"AmountDue >= 200.00"#, 1),
    (#"Contact.Name=="acme limited""#, 3), (#"Reference.Contains("deal")"#, 2),
    (#"NOT (Status=="DRAFT")"#, 2), (#"Reference=="quote "" and \\ inside""#, 1),
    (#"Reference==null"#, 0),
    (#"Contact.ContactID==guid("00000000-0000-4000-8000-000000000000")"#, 0),
  ])
  func filters(expression: String, count: Int) throws {
    let harness = try XeroHarness()
    _ = try harness.invoice(["Reference": "deal 1"])
    _ = try harness.invoice(
      ["Reference": "deal 2", "Date": "2026-01-02"], total: "200.00")
    _ = try harness.invoice(["Reference": #"quote " and \ inside"#], status: "DRAFT")
    #expect(harness.list("Invoices", ["where": expression]).count == count)
  }

  @Test(arguments: [
    #"Url=="x""#, "Status==", #"Status=="open"#, "Nonsense==1", "(Status==\"DRAFT\"",
    "Contact.ContactID==guid(\"x\")", "Date>=DateTime(2026,13,01)",
  ])
  func refusesFiltersItCannotRead(expression: String) throws {
    let answer = try XeroHarness().call("GET", "Invoices", ["where": expression])
    #expect(answer.status == 400)
    #expect(answer.jsonBody?["Type"] == "QueryParseException")
  }

  @Test func listsOfIdsAndSearch() throws {
    let harness = try XeroHarness()
    let first = try harness.invoice(["Reference": "Deal 77"])
    _ = try harness.invoice()
    let id = first["InvoiceID"]?.string ?? ""
    let contact = first["Contact"]?["ContactID"]?.string ?? ""
    #expect(harness.list("Invoices", ["IDs": id]).count == 1)
    #expect(harness.list("Invoices", ["InvoiceNumbers": "INV-0002,inv-0001"]).count == 2)
    #expect(harness.list("Invoices", ["ContactIDs": contact]).count == 2)
    #expect(harness.list("Invoices", ["IDs": id, "InvoiceNumbers": "INV-0002"]).isEmpty)
    #expect(harness.list("Invoices", ["searchTerm": "deal"]).count == 1)
    #expect(harness.list("Invoices", ["createdByMyApp": "true"]).count == 2)
    #expect(harness.call("GET", "Invoices/INV-0002").status == 200)
    #expect(harness.call("GET", "Invoices/INV-9999").status == 404)
  }

  @Test func everyListAnswersAnEnvelopeWithoutNulls() throws {
    let harness = try XeroHarness()
    _ = try harness.invoice()
    harness.person("credit", ["invoice": "INV-0001", "amount": 5])
    harness.person("overpay", ["invoice": "INV-0001", "amount": 200])
    for name in [
      "Invoices", "Contacts", "Payments", "CreditNotes", "Overpayments", "Prepayments",
      "RepeatingInvoices", "Items", "Accounts", "TaxRates", "Currencies", "BrandingThemes",
      "TrackingCategories",
    ] {
      let answer = harness.call("GET", name, ["page": "1"])
      #expect(answer.status == 200, "\(name)")
      #expect(answer.jsonBody?["Status"] == "OK")
      #expect(answer.jsonBody?[name]?.array != nil)
      #expect(!String(decoding: answer.body, as: UTF8.self).contains("null"), "\(name)")
    }
    let organisation = harness.call("GET", "Organisation").jsonBody?["Organisations"]?[0]
    #expect(organisation?["BaseCurrency"] == "NZD")
    let actions = harness.call("GET", "Organisation/Actions").jsonBody?["Actions"]?.array
    #expect(actions?.contains { $0["Name"] == "CreateApprovedInvoice" } == true)
  }

  @Test(arguments: XeroRegion.allCases) func eachRegionCanInvoice(region: XeroRegion) throws {
    let harness = try XeroHarness(.demo(region: region))
    let account = harness.list("Accounts", ["where": #"Code=="200""#]).first
    let invoice = try harness.invoice(["LineAmountTypes": "Exclusive"])
    #expect(invoice["LineItems"]?[0]?["TaxType"] == account?["TaxType"])
    #expect(invoice["TotalTax"]?.decimal != .zero)
  }

  @Test func theSameSeedMakesTheSameWorld() throws {
    let worlds = try [1, 1, 2].map { seed -> Data in
      let harness = try XeroHarness(.demo(seed: UInt64(seed)))
      _ = try harness.invoice()
      return harness.call("GET", "Invoices", ["page": "1"]).body
    }
    #expect(worlds[0] == worlds[1])
    #expect(worlds[0] != worlds[2])
  }

  @Test func refusesMoreThanTenMegabytes() throws {
    let harness = try XeroHarness()
    let text = String(repeating: "x", count: 11 * 1024 * 1024)
    #expect(harness.call("PUT", "Invoices", body: ["Url": .string(text)]).status == 413)
  }

  @Test(arguments: ["", "{", "[]", "7", #"{"Invoices":[7]}"#, #"{"Invoices":[]}"#])
  func refusesBodiesItCannotRead(text: String) throws {
    let harness = try XeroHarness()
    let answer = harness.world.respond(
      to: SandboxRequest(
        method: "PUT", path: "/api.xro/2.0/Invoices",
        headers: ["authorization": "Bearer \(harness.token)", "xero-tenant-id": harness.tenant],
        body: Data(text.utf8)))
    #expect(answer.status == 400)
    #expect(answer.jsonBody?["Type"] == "PostDataInvalidException")
  }
}
