import Foundation
import Sandbox
import Testing

@Suite struct XeroArithmeticTests {
  struct Sample: Sendable, CustomTestStringConvertible {
    var name: String
    var kind: String
    var lines: [JSONValue]
    var query: [String: String] = [:]
    var subTotal: String
    var tax: String
    var total: String
    var testDescription: String { name }
  }

  private static func line(
    _ quantity: String, _ unit: String, tax: String = "OUTPUT2", extra: JSONValue.Object = [:]
  ) -> JSONValue {
    var object: JSONValue.Object = [
      "Description": "Line", "Quantity": .number(quantity), "UnitAmount": .number(unit),
      "AccountCode": "200", "TaxType": .string(tax),
    ]
    for (key, value) in extra { object[key] = value }
    return .object(object)
  }

  static let samples: [Sample] = [
    // The vendor's own sample: 12.5 % inside 177.00 and -79.00.
    Sample(
      name: "the vendor's sample", kind: "Inclusive",
      lines: [line("1", "177.00", tax: "OUTPUT"), line("1", "-79.00", tax: "OUTPUT")],
      subTotal: "87.11", tax: "10.89", total: "98.00"),
    Sample(
      name: "exclusive", kind: "Exclusive", lines: [line("3", "33.33")], subTotal: "99.99",
      tax: "15.00", total: "114.99"),
    Sample(
      name: "rounded by line, then summed", kind: "Exclusive",
      lines: [line("1", "0.03"), line("1", "0.03"), line("1", "0.04")], subTotal: "0.10",
      tax: "0.01", total: "0.11"),
    Sample(
      name: "halves away from zero", kind: "Exclusive",
      lines: [line("1", "0.10"), line("1", "-0.10"), line("0.5", "0.01")], subTotal: "0.01",
      tax: "0.00", total: "0.01"),
    Sample(
      name: "discount rate", kind: "Exclusive",
      lines: [line("2", "50", extra: ["DiscountRate": .number("33.33")])], subTotal: "66.67",
      tax: "10.00", total: "76.67"),
    Sample(
      name: "discount amount", kind: "NoTax",
      lines: [line("2", "50", extra: ["DiscountAmount": .number("10.01")])], subTotal: "89.99",
      tax: "0.00", total: "89.99"),
    Sample(
      name: "whole discount", kind: "Exclusive",
      lines: [line("1", "50", extra: ["DiscountRate": 100]), line("1", "1")], subTotal: "1.00",
      tax: "0.15", total: "1.15"),
    Sample(
      name: "unit prices keep two places", kind: "NoTax", lines: [line("1000", "0.1234")],
      subTotal: "120.00", tax: "0.00", total: "120.00"),
    Sample(
      name: "or four when asked", kind: "NoTax", lines: [line("1000", "0.1234")],
      query: ["unitdp": "4"], subTotal: "123.40", tax: "0.00", total: "123.40"),
    Sample(
      name: "a tax override", kind: "Exclusive",
      lines: [line("1", "100", extra: ["TaxAmount": .number("14.99")])], subTotal: "100.00",
      tax: "14.99", total: "114.99"),
    Sample(
      name: "amount and quantity give the price", kind: "NoTax",
      lines: [
        ["Description": "x", "Quantity": 3, "LineAmount": .number("30"), "AccountCode": "200"]
      ],
      subTotal: "30.00", tax: "0.00", total: "30.00"),
  ]

  @Test(arguments: samples) func addsUpAsTheVendorDoes(sample: Sample) throws {
    let harness = try XeroHarness()
    let body: JSONValue = [
      "Type": "ACCREC", "Contact": ["Name": "Acme"], "LineAmountTypes": .string(sample.kind),
      "LineItems": .array(sample.lines),
    ]
    let answer = harness.call("PUT", "Invoices", sample.query, body: body)
    let invoice = try #require(answer.jsonBody?["Invoices"]?[0], "\(messages(answer))")
    #expect(invoice["SubTotal"]?.digits == sample.subTotal)
    #expect(invoice["TotalTax"]?.digits == sample.tax)
    #expect(invoice["Total"]?.digits == sample.total)
    #expect(invoice["AmountDue"]?.digits == sample.total)
  }

  @Test func perLineTaxOfTheSample() throws {
    let harness = try XeroHarness()
    let invoice = try harness.invoice([
      "LineAmountTypes": "Inclusive", "LineItems": .array(Self.samples[0].lines),
    ])
    let taxes = invoice["LineItems"]?.array?.map { $0["TaxAmount"]?.digits }
    #expect(taxes == ["19.67", "-8.78"])
  }
}

@Suite struct XeroInvoiceTests {
  @Test func numbersThemselvesAndWriteDatesInTheVendorsForm() throws {
    let harness = try XeroHarness()
    let invoice = try harness.invoice()
    #expect(invoice["InvoiceNumber"] == "INV-0001")
    #expect(invoice["Date"] == "/Date(1767225600000+0000)/")
    #expect(invoice["DueDateString"] == "2026-01-31T00:00:00")
    #expect(invoice["UpdatedDateUTCString"] == "2026-01-01T00:00:00Z")
    #expect(try harness.invoice()["InvoiceNumber"] == "INV-0002")
  }

  @Test func aZeroInvoiceIsPaidAtOnce() throws {
    let harness = try XeroHarness()
    #expect(try harness.invoice(total: "0")["Status"] == "PAID")
  }

  struct Refusal: Sendable, CustomTestStringConvertible {
    var fields: JSONValue.Object
    var message: String
    var testDescription: String { message }
  }

  static let refusals: [Refusal] = [
    Refusal(fields: ["Type": nil], message: "A valid Type must be specified"),
    Refusal(
      fields: ["Contact": [:]],
      message: "The Contact must contain at least 1 of the following elements to identify"),
    Refusal(fields: ["Contact": ["Name": ""]], message: "Contact Name cannot be empty."),
    Refusal(
      fields: ["Contact": ["Name": "New", "EmailAddress": "müller@example.com"]],
      message: "Email address must be valid"),
    Refusal(
      fields: ["CurrencyCode": "SEK"], message: "Organisation is not subscribed to currency SEK"),
    Refusal(fields: ["Status": "PAID"], message: "Invoice not of valid status for creation"),
    Refusal(fields: ["LineItems": []], message: "One or more line items must be specified"),
    Refusal(fields: ["DueDate": nil], message: "Due Date cannot be empty."),
    Refusal(
      fields: ["Url": "https://xero.example/deal/1"],
      message: "The Url must not contain the word 'xero'"),
    Refusal(
      fields: ["Total": .number("99.99")],
      message: "The invoice total does not equal the sum of the lines."),
    Refusal(
      fields: line(["TaxType": "GST on Income"], exclusive: true),
      message: "The TaxType code 'GST on Income' is not valid"),
    Refusal(
      fields: line(["TaxType": "INPUT2"], exclusive: true),
      message: "The TaxType code 'INPUT2' cannot be used with account code '200'."),
    Refusal(
      fields: line(["LineAmount": .number("-0.01")]),
      message: "The line total -0.01 does not match the expected line total 100.00"),
    Refusal(
      fields: line(["DiscountRate": .number("100.5")]),
      message: "The discount rate '100.5' is invalid. Discount must not be greater"),
    Refusal(
      fields: line(["AccountCode": "999"]),
      message: "Account code '999' is not a valid code for this document."),
    Refusal(fields: line(["AccountCode": nil]), message: "Account code must be specified"),
    Refusal(fields: line(["ItemCode": "nothing"]), message: "Item code 'nothing' is not valid"),
    Refusal(
      fields: line(["UnitAmount": .number("-1")]),
      message: "The document total must be greater than or equal to zero"),
  ]

  private static func line(
    _ extra: JSONValue.Object, exclusive: Bool = false
  ) -> JSONValue.Object {
    var line: JSONValue.Object = [
      "Description": "Work", "Quantity": 1, "UnitAmount": 100, "AccountCode": "200",
    ]
    for (key, value) in extra { line[key] = value.isNull ? nil : value }
    return [
      "LineItems": [.object(line)],
      "LineAmountTypes": exclusive ? "Exclusive" : "NoTax",
    ]
  }

  @Test(arguments: refusals) func refusesInTheVendorsWords(refusal: Refusal) throws {
    let harness = try XeroHarness()
    var body: JSONValue.Object = [
      "Type": "ACCREC", "Contact": ["Name": "Acme"], "Status": "AUTHORISED",
      "DueDate": "2026-01-31", "LineAmountTypes": "NoTax",
      "LineItems": [
        ["Description": "Work", "Quantity": 1, "UnitAmount": 100, "AccountCode": "200"]
      ],
    ]
    for (key, value) in refusal.fields { body[key] = value.isNull ? nil : value }
    let answer = harness.call("PUT", "Invoices", body: .object(body))
    #expect(answer.status == 400)
    #expect(answer.jsonBody?["ErrorNumber"]?.int == 10)
    #expect(
      messages(answer).contains { $0.hasPrefix(refusal.message) }, "\(messages(answer))")
    #expect(harness.list("Invoices").isEmpty)
  }

  @Test func contactErrorsStayInsideTheContact() throws {
    let harness = try XeroHarness()
    let answer = harness.call(
      "PUT", "Invoices", ["summarizeErrors": "False"],
      body: ["Type": "ACCREC", "Contact": ["Name": "A", "EmailAddress": "bad"]])
    let element = answer.jsonBody?["Invoices"]?[0]
    #expect(answer.status == 200)
    #expect(element?["StatusAttributeString"] == "ERROR")
    #expect(element?["ValidationErrors"]?.array?.isEmpty == true)
    #expect(
      element?["Contact"]?["ValidationErrors"]?[0]?["Message"] == "Email address must be valid")
    #expect(harness.list("Contacts").isEmpty)
  }

  @Test(arguments: [
    ("DRAFT", "SUBMITTED", true), ("DRAFT", "AUTHORISED", true), ("DRAFT", "DELETED", true),
    ("DRAFT", "VOIDED", false), ("DRAFT", "PAID", false), ("SUBMITTED", "DRAFT", true),
    ("SUBMITTED", "AUTHORISED", true), ("SUBMITTED", "DELETED", true),
    ("AUTHORISED", "VOIDED", true), ("AUTHORISED", "DELETED", false),
    ("AUTHORISED", "DRAFT", false), ("AUTHORISED", "PAID", false),
  ])
  func knowsOnlyTheVendorsSteps(from: String, to: String, isAllowed: Bool) throws {
    let harness = try XeroHarness()
    let invoice = try harness.invoice(status: from)
    let id = invoice["InvoiceID"]?.string ?? ""
    let answer = harness.call("POST", "Invoices/\(id)", body: ["Status": .string(to)])
    #expect((answer.status == 200) == isAllowed, "\(messages(answer))")
    #expect(harness.read(invoice)["Status"] == .string(isAllowed ? to : from))
    if !isAllowed {
      #expect(messages(answer) == ["Invoice not of valid status for modification"])
    }
  }

  @Test(arguments: ["VOIDED", "DELETED"]) func endStatesAreFinalAndKeepTheirNumber(
    end: String
  ) throws {
    let harness = try XeroHarness()
    let status = end == "VOIDED" ? "AUTHORISED" : "DRAFT"
    let invoice = try harness.invoice(["InvoiceNumber": "D-1"], status: status)
    harness.person(end == "VOIDED" ? "void" : "delete", ["invoice": "D-1"])
    #expect(harness.read(invoice)["Status"] == .string(end))
    #expect(harness.read(invoice)["AmountDue"]?.digits == "0.00")
    let post = harness.call("POST", "Invoices", body: ["InvoiceNumber": "D-1", "Reference": "x"])
    #expect(messages(post) == ["Invoice not of valid status for modification"])
    let put = harness.call(
      "PUT", "Invoices",
      body: ["Type": "ACCREC", "InvoiceNumber": "D-1", "Contact": ["Name": "Acme Limited"]])
    #expect(messages(put) == ["Invoice # must be unique."])
  }

  @Test func postToAUsedNumberUpdatesThatInvoice() throws {
    let harness = try XeroHarness()
    let first = try harness.invoice(["InvoiceNumber": "D-1"])
    let answer = harness.call(
      "POST", "Invoices", body: ["InvoiceNumber": "d-1", "Reference": "changed"])
    #expect(answer.jsonBody?["Invoices"]?[0]?["InvoiceID"] == first["InvoiceID"])
    #expect(harness.list("Invoices").count == 1)
    #expect(harness.read(first)["Reference"] == "changed")
  }

  @Test func linesMergeByTheirID() throws {
    let harness = try XeroHarness()
    let invoice = try harness.invoice([
      "LineItems": [
        ["Description": "one", "Quantity": 1, "UnitAmount": 1, "AccountCode": "200"],
        ["Description": "two", "Quantity": 1, "UnitAmount": 2, "AccountCode": "200"],
      ]
    ])
    let id = invoice["InvoiceID"]?.string ?? ""
    let second = try #require(invoice["LineItems"]?[1]?["LineItemID"])
    _ = harness.call("POST", "Invoices/\(id)", body: ["Reference": "no lines sent"])
    #expect(harness.read(invoice)["LineItems"]?.array?.count == 2)
    let answer = harness.call(
      "POST", "Invoices/\(id)",
      body: [
        "LineItems": [
          ["LineItemID": second, "UnitAmount": 5],
          ["Description": "three", "Quantity": 1, "UnitAmount": 3, "AccountCode": "200"],
        ]
      ])
    let lines = answer.jsonBody?["Invoices"]?[0]?["LineItems"]?.array ?? []
    #expect(lines.map { $0["Description"] } == ["two", "three"])
    #expect(lines.first?["LineItemID"] == second)
    #expect(harness.read(invoice)["Total"]?.digits == "8.00")
  }

  @Test func aPartlyPaidInvoiceKeepsItsMoneyAndItsStamp() throws {
    let harness = try XeroHarness()
    let invoice = try harness.invoice()
    let id = invoice["InvoiceID"]?.string ?? ""
    harness.world.advance(seconds: 10)
    harness.person("pay", ["invoice": "INV-0001", "amount": 40])
    let paid = harness.read(invoice)
    #expect(paid["AmountDue"]?.digits == "60.00")
    #expect(paid["UpdatedDateUTCString"] == "2026-01-01T00:00:10Z")
    harness.world.advance(seconds: 10)
    _ = harness.call("POST", "Invoices/\(id)", body: ["DueDate": "2026-03-01"])
    #expect(harness.read(invoice)["DueDateString"] == "2026-03-01T00:00:00")
    #expect(harness.read(invoice)["UpdatedDateUTC"] == paid["UpdatedDateUTC"])
    _ = harness.call(
      "POST", "Invoices/\(id)", body: ["DueDate": "2026-03-02", "Reference": "r"])
    #expect(harness.read(invoice)["UpdatedDateUTCString"] == "2026-01-01T00:00:20Z")
    for fields: JSONValue in [
      ["Date": "2026-01-05"], ["CurrencyCode": "USD"], ["Status": "VOIDED"],
      ["LineItems": [["Description": "x", "Quantity": 1, "UnitAmount": 1, "AccountCode": "200"]]],
    ] {
      let answer = harness.call("POST", "Invoices/\(id)", body: fields)
      #expect(messages(answer) == ["Invoice not of valid status for modification"])
    }
    let line = try #require(invoice["LineItems"]?[0]?["LineItemID"])
    let text = harness.call(
      "POST", "Invoices/\(id)",
      body: ["LineItems": [["LineItemID": line, "Description": "new words", "AccountCode": "260"]]])
    #expect(text.status == 200, "\(messages(text))")
  }

  @Test func lockedPeriodsRefuse() throws {
    let harness = try XeroHarness()
    _ = try harness.invoice()
    harness.person("lock", ["period": "2026-01-31"])
    let words =
      "The document date cannot be before the period lock date, currently set at 31 January 2026"
    let edit = harness.call("POST", "Invoices/INV-0001", body: ["Reference": "x"])
    #expect(messages(edit) == [words])
    let payment: JSONValue = [
      "Invoice": ["InvoiceNumber": "INV-0001"], "Account": ["Code": "090"], "Amount": 1,
      "Date": "2026-01-15",
    ]
    #expect(messages(harness.call("PUT", "Payments", body: payment)) == [words])
  }

  @Test func warnsOfAnEarlyMarkAsSentAndARateOfOne() throws {
    let harness = try XeroHarness()
    let draft = try harness.invoice(["SentToContact": true], status: "DRAFT")
    #expect(
      draft["Warnings"]?[0]?["Message"]
        == "Only AUTHORISED invoices may have SentToContact updated.")
    let foreign = try harness.invoice(["CurrencyCode": "USD", "CurrencyRate": 1])
    #expect(foreign["Warnings"]?.array?.count == 1)
    #expect(foreign["CurrencyCode"] == "USD")
  }

  @Test func aBatchIsAllOrNothingUnlessErrorsAreNotSummarised() throws {
    let harness = try XeroHarness()
    let good: JSONValue = ["Type": "ACCREC", "Contact": ["Name": "Good"], "InvoiceNumber": "G"]
    let bad: JSONValue = ["Type": "ACCREC", "Contact": ["ContactID": "not-a-uuid"]]
    let body: JSONValue = ["Invoices": [good, bad]]
    let summarised = harness.call("PUT", "Invoices", body: body)
    #expect(summarised.status == 400)
    #expect(summarised.jsonBody?["Elements"]?.array?.count == 1)
    #expect(harness.list("Invoices").isEmpty)
    #expect(harness.list("Contacts").isEmpty)
    let single = harness.call("PUT", "Invoices", ["summarizeErrors": "false"], body: body)
    #expect(single.status == 200)
    let marks = single.jsonBody?["Invoices"]?.array?.map { $0["StatusAttributeString"] }
    #expect(marks == ["OK", "ERROR"])
    #expect(harness.list("Invoices").count == 1)
    harness.person("behaviour", ["keep_valid_of_failed_batch": true])
    let kept: JSONValue = [
      "Invoices": [["Type": "ACCREC", "Contact": ["Name": "Good"], "InvoiceNumber": "H"], bad]
    ]
    #expect(harness.call("PUT", "Invoices", body: kept).status == 400)
    #expect(harness.list("Invoices").count == 2)
  }

  @Test func planLimitStopsApproval() throws {
    let harness = try XeroHarness()
    harness.person("plan", ["approvals_left": 1])
    _ = try harness.invoice()
    let answer = harness.call(
      "PUT", "Invoices",
      body: [
        "Type": "ACCREC", "Contact": ["Name": "Acme Limited"], "Status": "AUTHORISED",
        "DueDate": "2026-02-01", "LineAmountTypes": "NoTax",
        "LineItems": [["Description": "x", "UnitAmount": 1, "AccountCode": "200"]],
      ])
    #expect(messages(answer) == ["You have reached the limit of invoices you can approve"])
  }
}
