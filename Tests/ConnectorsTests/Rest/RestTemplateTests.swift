import Connectors
import Domain
import Foundation
import Testing
import Transport

/// What leaves in a request: typed, escaped, absent where there is nothing.
@Suite("Described CRM: templates") struct RestTemplateTests {
  private func sent(
    _ action: String, _ report: [ReportField: String] = [.invoiceNumber: "INV-7"],
    deal: String = "7"
  ) async throws -> (request: HTTPRequest?, outcome: String) {
    let script = RestScript { _, _ in RestScript.json("{}") }
    let list = "  list: { path: /deals, records: items }\n  changed: { strategy: client }"
    let text = RestScript.description(list: list).replacing(
      #"{ method: PATCH, path: "/deals/{{deal.id}}", body: { number: "{{report.invoice_number}}" } }"#,
      with: action)
    let connector = try RestConnector(
      settings: RestFixture.settings(text, url: "https://crm.example/api"),
      environment: RestFixture.environment(script.exchange, RestClock()))
    let outcomes = await connector.report([DealReport(deal: ID(deal), values: report)])
    let words =
      switch outcomes.first {
      case .applied?: "applied"
      case .refused(let refusal)?: refusal.message
      case .unknown(let reason)?, .notSent(let reason)?: reason
      case nil: "nothing"
      }
    return (script.requests.first, words)
  }

  struct Case: CustomTestStringConvertible, Sendable {
    var name: String
    var body: String
    var number: String
    /// The body that leaves; nil: nothing leaves.
    var expected: String?
    var testDescription: String { name }
  }

  static let cases = [
    Case(
      name: "a text stays a text, whatever it holds", body: #"{ n: "{{report.invoice_number}}" }"#,
      number: #"A"},{"x": "ü 🎉"#, expected: #"{"n":"A\"},{\"x\": \"ü 🎉"}"#),
    Case(
      name: "a number keeps its digits", body: #"{ n: "{{report.invoice_number | number}}" }"#,
      number: "12345678901234567.89", expected: #"{"n":12345678901234567.89}"#),
    Case(
      name: "cents are whole", body: #"{ n: "{{report.invoice_number | cents}}" }"#,
      number: "1150.05", expected: #"{"n":115005}"#),
    Case(
      name: "an amount with three decimals is no cents",
      body: #"{ n: "{{report.invoice_number | cents}}" }"#, number: "1.005", expected: nil),
    Case(
      name: "an empty text clears with null", body: #"{ n: "{{report.invoice_number}}" }"#,
      number: "", expected: #"{"n":null}"#),
    Case(
      name: "or with an empty text", body: #"{ n: "{{report.invoice_number | text}}" }"#,
      number: "", expected: #"{"n":""}"#),
    Case(
      name: "beside other text only harmless characters",
      body: #"{ q: "name = {{report.invoice_number}}" }"#, number: "x' OR 'a'='a", expected: nil),
    Case(
      name: "a quoted one cannot break out",
      body: #"{ q: "name eq {{report.invoice_number | quoted}}" }"#, number: "O'Brien",
      expected: #"{"q":"name eq 'O''Brien'"}"#),
    Case(
      name: "plain words beside words",
      body: #"{ q: "Number: {{report.invoice_number | plain}}" }"#,
      number: "a\nb(c)", expected: #"{"q":"Number: a b(c)"}"#),
    Case(
      name: "an absent value takes its member along",
      body:
        #"{ a: "{{report.invoice_number}}", b: { c: "{{report.stage.id}}" }, d: [{ id: 1, v: "{{report.stage.id}}" }] }"#,
      number: "x", expected: #"{"a":"x"}"#),
    Case(
      name: "constants stay as they are written",
      body: #"{ a: 1, b: true, c: null, d: "1", e: [], f: {}, n: "{{report.invoice_number}}" }"#,
      number: "x", expected: #"{"a":1,"b":true,"c":null,"d":"1","e":[],"f":{},"n":"x"}"#),
    Case(
      name: "JSON in a text", body: #"{ v: { $json: { n: "{{report.invoice_number}}" } } }"#,
      number: #"a"b"#, expected: #"{"v":"{\"n\":\"a\\\"b\"}"}"#),
  ]

  @Test("values stand in a body as what they are", arguments: cases)
  func bodies(_ test: Case) async throws {
    let action = #"{ method: PATCH, path: "/deals/{{deal.id}}", body: \#(test.body) }"#
    let (request, outcome) = try await sent(action, [.invoiceNumber: test.number])
    #expect(request.map(\.sentText) == test.expected, "\(outcome)")
    if test.expected == nil { #expect(outcome.contains("{{report.invoice_number}}")) }
  }

  @Test(
    "an id cannot leave its place in an address",
    arguments: [
      ("a/../b", "/api/deals/a%2F..%2Fb"), ("x?y=1#z", "/api/deals/x%3Fy%3D1%23z"),
      ("é", "/api/deals/%C3%A9"),
    ])
  func paths(_ id: String, _ path: String) async throws {
    let action =
      #"{ method: PATCH, path: "/deals/{{deal.id}}", body: { number: "{{report.invoice_number}}" } }"#
    let (request, _) = try await sent(action, deal: id)
    #expect(request?.url.absoluteString == "https://crm.example\(path)")
  }

  @Test("an id that would name another record is not sent", arguments: ["..", ".", ""])
  func badPaths(_ id: String) async throws {
    let action =
      #"{ method: PATCH, path: "/deals/{{deal.id}}", body: { number: "{{report.invoice_number}}" } }"#
    let (request, outcome) = try await sent(action, deal: id)
    #expect(request == nil)
    #expect(outcome.contains("not usable in an address"))
  }

  @Test("inside a part of an address a value needs quotes of its own")
  func keys() async throws {
    let bare =
      #"{ method: PATCH, path: "/deals({{deal.id}})", body: { number: "{{report.invoice_number}}" } }"#
    #expect(try await sent(bare, deal: "7)/x(").request == nil)
    #expect(try await sent(bare, deal: "7-a").request?.url.path == "/api/deals(7-a)")
    let quoted =
      #"{ method: PATCH, path: "/deals(key={{deal.id | quoted}})", body: { number: "{{report.invoice_number}}" } }"#
    let url = try await sent(quoted, deal: "O'B").request?.url.absoluteString
    #expect(url == "https://crm.example/api/deals(key=%27O%27%27B%27)")
  }

  @Test("a header takes no line break")
  func headers() async throws {
    let action =
      #"{ method: PATCH, path: "/deals/{{deal.id}}", headers: { X-Number: "{{report.invoice_number}}" }, body: {} }"#
    #expect(try await sent(action, [.invoiceNumber: "a\u{e9}"]).request == nil)
    #expect(try await sent(action).request?.headers["X-Number"] == "INV-7")
  }
}
