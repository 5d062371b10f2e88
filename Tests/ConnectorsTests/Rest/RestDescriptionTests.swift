import ConfigurationFile
import Connectors
import Domain
import Foundation
import Testing

/// What is wrong with a description is told with its place, what was found and what to write.
@Suite("Described CRM: the description") struct RestDescriptionTests {
  /// A whole description in which one thing is changed, and what is said of it.
  struct Wrong: CustomTestStringConvertible, Sendable {
    var name: String
    /// A line of the starting description, and what stands in its place.
    var line: String
    var instead: String
    /// Line and column count from the changed line.
    var expected: [String]
    var testDescription: String { name }
  }

  static let wrongs: [Wrong] = [
    Wrong(
      name: "unknown key", line: "version: 1", instead: "version: 1\nconection: {}",
      expected: ["2:1: conection is not a known key; did you mean “connection”?"]),
    Wrong(
      name: "unknown key far down", line: "    won_on: won_at", instead: "    wonon: won_at",
      expected: ["1:5: deals.fields.wonon is not a known key; did you mean “won_on”?"]),
    Wrong(
      name: "repeated key", line: "    name: title",
      instead: "    name: title\n      name: titel",
      expected: ["2:5: deals.fields.name appears more than once; keep one of them"]),
    Wrong(
      name: "version", line: "version: 1", instead: "version: 2",
      expected: [
        "1:10: version must be a whole number from 1 to 1, found “2”; write a whole number from 1 to 1"
      ]),
    Wrong(
      name: "kind of paging",
      line: "    paging: { kind: page, first: 1, size: 50, pages: pages }",
      instead: "    paging: { kind: pages, first: 1, size: 50, pages: pages }",
      expected: [
        "1:23: deals.lines.list.paging.kind must be one of none, page, offset, cursor, cursor_header, next_url or link_header, found “pages”; did you mean “page”?"
      ]),
    Wrong(
      name: "a page number that is never sent",
      line: "        query: { page: \"{{page}}\", page_size: \"{{size}}\" }",
      instead: "        query: { page_size: \"{{size}}\" }",
      expected: [
        "3:15: deals.lines.list.paging is of kind page, but the request never names {{page}}; put \"{{page}}\" where the API takes it: without it every page is the first"
      ]),
    Wrong(
      name: "a filter that is never sent",
      line:
        "      query: { changed_since: \"{{since}}\", limit: \"{{size}}\", cursor: \"{{cursor}}\" }",
      instead: "      query: { limit: \"{{size}}\", cursor: \"{{cursor}}\" }",
      expected: [
        "4:12: deals.changed is a filter, but deals.list never names {{since}}; put \"{{since}}\" where the API takes it, or choose sorted or client"
      ]),
    Wrong(
      name: "unknown placeholder", line: "    url: https://app.kahu.example/deals/{{deal.id}}",
      instead: "    url: https://app.kahu.example/deals/{{deal.ids}}",
      expected: [
        "1:8: deals.url: {{deal.ids}} means nothing here; did you mean {{deal.id}}?",
        "deals.url never names {{deal.id}}",
      ]),
    Wrong(
      name: "unknown filter",
      line: "            \"{{field.amount_due}}\": \"{{report.amount_due | cents}}\"",
      instead: "            \"{{field.amount_due}}\": \"{{report.amount_due | cent}}\"",
      expected: ["“cent” is no filter; did you mean cents?"]),
    Wrong(
      name: "a secret outside the sign-in", line: "        name: \"{{draft.name}}\"",
      instead: "        name: \"{{secret.access_token}}\"",
      expected: [
        "1:13: actions.create_company.body.name: {{secret.access_token}} may not stand here; secrets go under auth or connection.headers only"
      ]),
    Wrong(
      name: "bad path", line: "      companies: company_id", instead: "      companies: company[id",
      expected: ["1:16: deals.fields.companies: “company[id” is no path: a ] is missing"]),
    Wrong(
      name: "bad time format",
      line: "      due_date: { path: \"fields.{{field.due_date}}\", format: date }",
      instead: "      due_date: { path: \"fields.{{field.due_date}}\", format: day }",
      expected: ["1:60: deals.reported.due_date.format must be rfc3339"]),
    Wrong(
      name: "a create that could be made twice",
      line: "        idempotency: { header: Idempotency-Key }",
      instead: "",
      expected: [
        "actions.create_task.idempotency is required: after a lost answer the record would be made twice; add { header: NAME }, { lookup: … } or { natural_key: true }"
      ]),
    Wrong(
      name: "a natural key that is none", line: "        idempotency: { header: Idempotency-Key }",
      instead: "        idempotency: { natural_key: true }",
      expected: [
        "actions.create_task.idempotency.natural_key needs PUT or PATCH with our mark in the path"
      ]),
    Wrong(
      name: "written but never read",
      line: "        invoice_url: \"fields.{{field.invoice_url}}\"", instead: "",
      expected: ["actions.report writes {{report.invoice_url}}, which is never read"]),
    Wrong(
      name: "a write that names no record", line: "        path: /companies/{{id}}",
      instead: "        path: /companies/all",
      expected: ["actions.update_company never names {{id}}"]),
    Wrong(
      name: "a mark that is never written", line: "          external_ref: \"{{draft.mark}}\"",
      instead: "", expected: ["actions.create_company never writes {{draft.mark}}"]),
    Wrong(
      name: "a body with GET", line: "        method: PATCH", instead: "        method: GET",
      expected: ["actions.report sends a body with GET; set method: POST", "writes with GET"]),
    Wrong(
      name: "a query in the path", line: "    path: /account", instead: "    path: /account?x=1",
      expected: ["1:9: account.path holds characters an address path does not have"]),
    Wrong(
      name: "auth of another kind",
      line:
        "      kind: bearer                     # bearer, basic, api_key, oauth2, client_credentials",
      instead: "      kind: basic",
      expected: [
        "2:10: auth.token means nothing for the kind basic; leave it out; basic takes user, password"
      ]),
    Wrong(
      name: "a list where a mapping stands", line: "    account:",
      instead: "    account: [a]\n    x-y:",
      expected: ["1:10: account must be a mapping of keys, found a list"]),
  ]

  private static func trimmed(_ line: String) -> String { line.drop { $0 == " " }.description }

  @Test("every mistake is named with its place and a remedy", arguments: wrongs)
  func wrong(_ wrong: Wrong) throws {
    var lines = StartingDescription.text.split(separator: "\n", omittingEmptySubsequences: false)
      .map(String.init)
    let index = try #require(
      lines.firstIndex { Self.trimmed($0) == Self.trimmed(wrong.line) }, "\(wrong.line)")
    let indent = String(lines[index].prefix { $0 == " " })
    lines[index] = wrong.instead.split(separator: "\n").map { indent + Self.trimmed(String($0)) }
      .joined(separator: "\n")
    let document = try RestFixture.document(lines.joined(separator: "\n"))
    var said: [String] = []
    do { _ = try RestDescription(document) } catch {
      said = error.problems.map { problem in
        let line = problem.origin.line - index
        return "\(line):\(problem.origin.column): \(problem.message); \(problem.remedy)"
      }
    }
    for expected in wrong.expected {
      #expect(said.contains { $0.contains(expected) }, "\(said.joined(separator: "\n"))")
    }
    #expect(!said.isEmpty && said.count <= wrong.expected.count + 2)
  }

  @Test("the starting description is sound")
  func starting() throws {
    _ = try RestDescription(RestFixture.document(StartingDescription.text))
  }

  @Test("a value in the text of a GraphQL query is refused: it belongs in a variable")
  func graphQL() throws {
    let text = StartingDescription.text.replacing(
      "  path: /account\n",
      with: "  path: /graphql\n      graphql: { query: \"query { me(id: {{value.x}}) { id } }\" }\n"
        .replacing("      graphql", with: "  graphql"))
    do {
      _ = try RestDescription(RestFixture.document(text))
      Issue.record("it was taken")
    } catch let error as RestDescriptionErrors {
      #expect(error.description.contains("account.graphql.query holds a placeholder"))
    }
  }

  @Test("a secret of the description that the configuration lacks is named before anything is sent")
  func missingSecret() throws {
    let text = StartingDescription.text.replacing(
      "{{secret.access_token}}", with: "{{secret.api_key}}")
    let settings = try RestFixture.settings(text)
    let script = RestScript { _, _ in RestScript.json("{}") }
    let error = #expect(throws: ConnectorSetupError.self) {
      try RestConnector(
        settings: settings, environment: RestFixture.environment(script.exchange, RestClock()))
    }
    #expect(error?.message == "the description of Kahu uses auth.api_key")
    #expect(script.requests.isEmpty)
  }

  @Test("a flow that does not fit the description is refused")
  func wrongFlow() throws {
    let settings = try RestFixture.settings {
      $0.auth = .init(
        flow: Sourced("client_credentials"),
        secrets: [
          "client_id": SecretText("a"), "client_secret": SecretText("b"),
          "access_token": SecretText("c"),
        ])
    }
    let error = #expect(throws: ConnectorSetupError.self) {
      try RestConnector(
        settings: settings,
        environment: RestFixture.environment(
          RestScript { _, _ in RestScript.json("{}") }.exchange, RestClock()))
    }
    #expect(error?.remedy == "set auth.flow to token, headers or basic")
  }
}

/// The twelve CRMs the descriptions were drawn from, each against its recorded answers.
@Suite("Described CRM: twelve of them") struct RestTwelveTests {
  static let names = [
    "activecampaign", "capsule", "close", "copper", "dynamics", "freshsales", "insightly", "jobber",
    "keap", "monday", "servicem8", "zendesk-sell",
  ]

  @Test("reads, changes and writes of the description are those of the recording", arguments: names)
  func agrees(_ name: String) async throws {
    let report = try await RestRehearsal.run(
      RestFixture.file("\(name).yaml"), answers: RestFixture.file("\(name).answers.yaml"))
    #expect(
      report.problems.isEmpty, "\(report.problems.map(\.description).joined(separator: "\n"))")
    #expect(report.records.contains { $0.kind == "deal" && $0.fields["outcome"] == "won" })
    #expect(report.calls > 6)
  }

  @Test("a description that reads the wrong field does not agree")
  func disagrees() async throws {
    let url = RestFixture.root.appendingPathComponent("Fixtures/connectors/copper.yaml")
    let text = try String(contentsOf: url, encoding: .utf8)
      .replacing("monetary_value", with: "monetary_worth")
    let report = try await RestRehearsal.run(
      RestFixture.document(text), answers: RestFixture.file("copper.answers.yaml"))
    #expect(report.problems.contains { $0.message.contains("amount of 27140359") })
  }

  @Test("no description is without its row here")
  func allAreListed() throws {
    let folder = RestFixture.root.appendingPathComponent("Fixtures/connectors")
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    let found = files.filter { $0.hasSuffix(".yaml") && !$0.hasSuffix(".answers.yaml") }
    #expect(found.map { String($0.dropLast(5)) }.sorted() == Self.names)
  }
}
