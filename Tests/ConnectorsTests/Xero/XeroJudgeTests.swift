import Connectors
import Domain
import Foundation
import Testing
import Transport

/// How the answer to a batch is judged, element by element.
@Suite("Xero write outcomes")
struct XeroJudgeTests {
  private static func saved(_ id: Int, url: String = XeroDrafts.page, more: String = "") -> String {
    #"{"Type":"ACCREC","InvoiceID":"i\#(id)","Contact":{"ContactID":"c"},"Status":"AUTHORISED","#
      + #""Date":"2026-11-22","CurrencyCode":"NZD","Total":115.00,"AmountDue":115.00,"#
      + #""Url":"\#(url)"\#(more)}"#
  }

  private static func create(_ count: Int, _ fake: FakeXero) async throws -> [String] {
    let draft = try XeroDrafts.invoice()
    let writes = (0..<count).map { KeyedWrite(key: "op_\($0)", content: draft) }
    return await (try XeroBench.connector(fake)).createInvoices(writes).map(kind)
  }

  @Test func eachElementIsJudgedAlone() async throws {
    let elements = [
      Self.saved(1, more: #","StatusAttributeString":"OK""#),
      Self.saved(
        2,
        more: #","StatusAttributeString":"WARNING","Warnings":[{"Message":"Only AUTHORISED"}]"#),
      #"{"StatusAttributeString":"ERROR","ValidationErrors":[{"Message":"The document date cannot"#
        + #" be before the period lock date, currently set at 31 Oct 2026"}]}"#,
      #"{"StatusAttributeString":"ERROR","ValidationErrors":[],"Contact":{"ContactID":"c","#
        + #""HasValidationErrors":true,"ValidationErrors":[{"Message":"#
        + #""Email address must be valid"}]}}"#,
      #"{"HasErrors":true,"ValidationErrors":[{"Description":"A discount is odd"}]}"#,
      Self.saved(6, more: #","HasErrors":false"#),
      Self.saved(7, url: "https://elsewhere.example/1", more: #","StatusAttributeString":"OK""#),
      #"{"StatusAttributeString":"OK","InvoiceID":""}"#,
      Self.saved(
        9,
        more: #","StatusAttributeString":"OK","ValidationErrors":[{"Message":"not quite"}]"#),
      #"{"StatusAttributeString":"OK","InvoiceID":"x","Total":"many"}"#,
    ]
    let fake = FakeXero(json: #"{"Invoices":[\#(elements.joined(separator: ","))]}"#)
    let outcomes = try await Self.create(elements.count, fake)
    #expect(
      outcomes == [
        "applied", "applied", "period_locked", "email_refused", "bad_line", "applied", "unknown",
        "unknown", "unknown", "unknown",
      ])
    #expect(fake.requests.count == 1)
  }

  @Test(arguments: [
    ("too few", FakeXero.json(#"{"Invoices":[]}"#), "unknown"),
    ("another shape", FakeXero.json(#"{"Invoices":{}}"#), "unknown"),
    ("cut off", FakeXero.json(#"{"Invoices":[{"#), "unknown"),
    ("HTML", .success(.init(status: 200, headers: ["Content-Type": "text/html"])), "unknown"),
    ("reset", .failure(.interrupted("reset")), "unknown"),
    ("500", FakeXero.json("{}", status: 500), "unknown"),
    ("503", FakeXero.json("{}", status: 503), "unknown"),
    ("refused connection", .failure(.notSent("refused")), "not sent"),
    (
      "429 of the day",
      FakeXero.json(
        "", status: 429, headers: ["X-Rate-Limit-Problem": "Day", "Retry-After": "3600"]),
      "not sent"
    ),
    (
      "403",
      FakeXero.json(#"{"Title":"Forbidden","Detail":"AuthenticationUnsuccessful"}"#, status: 403),
      "not sent"
    ),
    ("404", FakeXero.json(#"{"Title":"NotFound"}"#, status: 404), "refused"),
    (
      "errors of some, saying not of which",
      FakeXero.json(
        #"{"Type":"ValidationException","Elements":[{"ValidationErrors":[{"Message":"No"}]}]}"#,
        status: 400), "unknown"
    ),
    (
      "the key was used otherwise",
      FakeXero.json(
        #"{"Detail":"The idempotency key is used with a different request"}"#, status: 400),
      "unknown"
    ),
  ])
  func aBatchWithoutVerdicts(_ name: String, _ answer: FakeXero.Answer, _ expected: String)
    async throws
  {
    let fake = FakeXero { $0.url.path == "/connections" ? FakeXero.json("[]") : answer }
    #expect(try await Self.create(3, fake) == Array(repeating: expected, count: 3), "\(name)")
    #expect(fake.requests.filter { $0.method == .put }.count <= 3, "\(name)")
  }

  @Test func aLostAnswerIsNeverSentAgain() async throws {
    let fake = FakeXero { _ in .failure(.interrupted("reset")) }
    #expect(try await Self.create(2, fake) == ["unknown", "unknown"])
    #expect(fake.requests.count == 1)
  }

  @Test func oneBadElementDoesNotStopTheRest() async throws {
    let fake = FakeXero { request in
      let count = request.text.components(separatedBy: "\"LineItems\"").count - 1
      if request.text.contains("poison") {
        return FakeXero.json(
          #"{"ErrorNumber":14,"Type":"PostDataInvalidException","Message":"JSON for post data was"#
            + #" invalid"}"#, status: 400)
      }
      let good = Self.saved(1, more: #","StatusAttributeString":"OK""#)
      return FakeXero.json(
        #"{"Invoices":[\#(Array(repeating: good, count: count).joined(separator: ","))]}"#)
    }
    let drafts = try (0..<10).map { number in
      try XeroDrafts.invoice(lines: [XeroDrafts.line(number == 6 ? "poison" : "ok", "1", "1")])
    }
    let outcomes = await (try XeroBench.connector(fake)).createInvoices(
      drafts.enumerated().map { KeyedWrite(key: "op_\($0)", content: $1) })
    #expect(
      outcomes.indices.filter { kind(outcomes[$0]) == "applied" } == [0, 1, 2, 3, 4, 5, 7, 8, 9])
    #expect(kind(outcomes[6]) == "refused")
    guard case .refused(let refusal) = outcomes[6] else { return }
    #expect(refusal.message == "JSON for post data was invalid")
  }

  @Test func batchesHoldFifty() async throws {
    let fake = FakeXero { request in
      let count = request.text.components(separatedBy: "\"LineItems\"").count - 1
      let good = Self.saved(1, more: #","StatusAttributeString":"OK""#)
      return FakeXero.json(
        #"{"Invoices":[\#(Array(repeating: good, count: count).joined(separator: ","))]}"#)
    }
    #expect(try await Self.create(120, fake).allSatisfy { $0 == "applied" })
    #expect(fake.requests.count == 3)
  }

  @Test(arguments: [
    ("Invoice # must be unique.", "number_taken"),
    ("Invoice not of valid status for modification", "number_taken"),
    (
      "The contact name Ridgeway is already assigned to another contact. The contact name must be"
        + " unique across all active contacts.", "name_taken"
    ),
    (
      "The document date cannot be before the period lock date, currently set at 31 Oct",
      "period_locked"
    ),
    ("The contact is archived and cannot be used", "contact_archived"),
    ("Organisation is not subscribed to currency EUR", "currency_not_enabled"),
    ("The TaxType code 'GST on Income' is not valid", "tax_code_unknown"),
    ("The TaxType code 'xxx' cannot be used with account code 'xxx'.", "tax_code_unknown"),
    ("Account code '999' is not a valid code for this document.", "account_unknown"),
    ("You have reached the limit of invoices you can approve", "plan_limit"),
    ("Email address must be valid", "email_refused"),
    ("The line total -0.01 does not match the expected line total 0.00", "bad_line"),
    (
      "The discount rate '27.83' is invalid. Discount must not be greater than the line total.",
      "bad_line"
    ),
    ("The invoice total does not equal the sum of the lines.", "bad_line"),
    ("Item code 'X' is not valid", "item_unknown"),
    ("Price List Item with Code ''abc'' already exists", "item_unknown"),
    ("Contact Name cannot be empty.", "field_refused"),
    ("Something Xero has never said before", "refused"),
  ])
  func wordsBecomeHolds(_ message: String, _ code: String) async throws {
    let fake = FakeXero { request in
      request.method == .put
        ? FakeXero.json(
          #"{"Invoices":[{"StatusAttributeString":"ERROR","ValidationErrors":[{"Message":"#
            + "\"\(message)\"" + "}]}]}")
        : FakeXero.json(#"{"Invoices":[]}"#)
    }
    let outcomes = await (try XeroBench.connector(fake)).createInvoices([
      KeyedWrite(key: "op", content: try XeroDrafts.invoice(number: "HS-1"))
    ])
    guard case .refused(let refusal) = try #require(outcomes.first) else {
      Issue.record("\(outcomes)")
      return
    }
    #expect(refusal.code.rawValue == code)
    #expect(refusal.message == message && !refusal.remedy.isEmpty)
  }

  @Test(arguments: [(XeroDrafts.page, "applied"), ("https://x.example/other", "number_taken")])
  func aNumberInUseIsLookedUp(_ url: String, _ expected: String) async throws {
    let fake = FakeXero { request in
      request.method == .put
        ? FakeXero.json(
          #"{"Invoices":[{"StatusAttributeString":"ERROR","ValidationErrors":[{"Message":"#
            + #""Invoice # must be unique."}]}]}"#)
        : FakeXero.json(
          #"{"Invoices":[\#(Self.saved(5, url: url, more: #","InvoiceNumber":"HS-1""#))]}"#)
    }
    let outcomes = await (try XeroBench.connector(fake)).createInvoices([
      KeyedWrite(key: "op", content: try XeroDrafts.invoice(number: "HS-1"))
    ])
    #expect(outcomes.map(kind) == [expected])
    #expect(fake.requests.last?.query("InvoiceNumbers") == "HS-1")
  }

  @Test(arguments: [("DRAFT", "DELETED"), ("SUBMITTED", "DELETED"), ("AUTHORISED", "VOIDED")])
  func cancellingVoidsOrDeletes(_ status: String, _ target: String) async throws {
    let id = "8c1e7a62-0b5c-4c0b-9a55-77d8d0f0a001"
    let invoice = { @Sendable (status: String) in
      Self.saved(1).replacing("\"i1\"", with: "\"\(id)\"")
        .replacing("AUTHORISED", with: status)
    }
    let fake = FakeXero { request in
      FakeXero.json(
        #"{"Invoices":[\#(invoice(request.method == .get ? status : target))]}"#)
    }
    let outcomes = await (try XeroBench.connector(fake)).cancelInvoices([
      KeyedWrite(key: "op", content: ID(id))
    ])
    #expect(outcomes.map(kind) == ["applied"])
    #expect(
      fake.requests.last?.text
        == #"{"Invoices":[{"InvoiceID":"\#(id)","Status":"\#(target)"}]}"#)
  }

  @Test(arguments: [
    (FakeXero.Answer.success(HTTPResponse(status: 204)), "applied"),
    (
      FakeXero.json(#"{"Message":"You are over your daily email limit"}"#, status: 400),
      "email_refused"
    ),
    (FakeXero.json(#"{"Message":"No"}"#, status: 400), "email_refused"),
    (FakeXero.Answer.failure(.interrupted("reset")), "unknown"),
    (FakeXero.Answer.failure(.notSent("dns")), "not sent"),
  ])
  func emailing(_ answer: FakeXero.Answer, _ expected: String) async throws {
    let fake = FakeXero { _ in answer }
    let outcome = await (try XeroBench.connector(fake)).emailInvoice(
      KeyedWrite(key: "op", content: ID("i-1")))
    #expect(kind(outcome) == expected)
    #expect(fake.requests.first?.url.path == "/api.xro/2.0/Invoices/i-1/Email")
  }
}
