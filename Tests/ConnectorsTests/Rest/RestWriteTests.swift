import ConfigurationFile
import Connectors
import Domain
import Foundation
import Sandbox
import Testing
import Transport

/// Writes to the CRM the starting description describes, and what becomes of lost answers.
@Suite("Described CRM: writing to the sandbox") struct RestWriteTests {
  private static let report: [ReportField: String] = [
    .invoiceNumber: "INV-0042", .invoiceStatus: "awaiting_payment", .amountDue: "1150.00",
    .amountPaid: "0.00", .dueDate: "2026-12-22", .paidDate: "",
    .invoiceURL: "https://accounting.example/INV-0042",
  ]

  private func applied<Value>(_ outcome: WriteOutcome<Value>?) -> Value? {
    if case .applied(let value)? = outcome { value } else { nil }
  }

  private func fields(_ bench: RestBench) throws -> JSONValue? {
    try bench.records("deals").first?["fields"]
  }

  @Test("a report is on the deal as the CRM keeps it, reads back the same, and twice does nothing")
  func reports() async throws {
    let bench = try RestBench()
    let id = try bench.deal("Won", ["stage": "won"])
    let connector = try bench.connector()
    let held = applied(await connector.report([DealReport(deal: id, values: Self.report)]).first)
    #expect(held?[.amountDue] == "1150")
    #expect(held?[.paidDate] == "")
    #expect(try fields(bench)?["invoice_due_cents"]?.int == 115_000)
    #expect(try fields(bench)?["invoice_due_on"]?.string == "2026-12-22")
    let stamp = try bench.records("deals")[0]["changed_at"]
    guard case .found(let deal)? = try await connector.deals([id]).first else {
      Issue.record("not found")
      return
    }
    #expect(deal.reported[.invoiceNumber] == "INV-0042")
    #expect(deal.reported[.amountDue] == "1150")
    #expect(deal.reported[.dueDate] == "2026-12-22")
    #expect(deal.reported[.paidDate] == nil)
    bench.clock.advance(.seconds(60))
    _ = await connector.report([DealReport(deal: id, values: Self.report)])
    #expect(try bench.records("deals")[0]["changed_at"] == stamp)
  }

  @Test("a report may move the deal, and clears what is empty")
  func stages() async throws {
    let bench = try RestBench()
    let id = try bench.deal("Won", ["stage": "won"])
    let connector = try bench.connector()
    _ = await connector.report([DealReport(deal: id, values: Self.report)])
    _ = await connector.report([
      DealReport(
        deal: id, values: [.invoiceNumber: ""], stage: Choice(id: "14", label: "Settled"))
    ])
    #expect(try bench.records("deals")[0]["stage_id"]?.int == 14)
    #expect(try fields(bench)?["invoice_number"] == .null)
    #expect(try fields(bench)?["invoice_status"]?.string == "awaiting_payment")
  }

  @Test("one bad report of several does not stop the others")
  func partialFailure() async throws {
    let bench = try RestBench()
    let good = try bench.deal("Good")
    let other = try bench.deal("Other")
    let long = String(repeating: "9", count: 61)
    let outcomes = try await bench.connector().report([
      DealReport(deal: good, values: [.invoiceNumber: "A"]),
      DealReport(deal: ID("9007199254740000"), values: [.invoiceNumber: "B"]),
      DealReport(deal: other, values: [.invoiceNumber: long]),
      DealReport(deal: other, values: [.invoiceNumber: "C"]),
    ])
    #expect(applied(outcomes[0]) != nil)
    guard case .refused(let gone) = outcomes[1], case .refused(let refused) = outcomes[2] else {
      Issue.record("\(outcomes)")
      return
    }
    #expect(gone.code == .dealDeleted)
    #expect(refused.code == .fieldRefused)
    #expect(refused.message == "fields.invoice_number: is longer than 60 characters")
    #expect(refused.remedy.contains("xerosync retry"))
    #expect(applied(outcomes[3]) != nil)
  }

  private func alert(_ deal: ID<Deal>, owner: String? = "501") throws -> AlertDraft {
    let due = try #require(CalendarDate("2026-11-18"))
    var invoice = Invoice(
      id: ID("i"), contactID: ID("c"), status: .authorised, date: due,
      currency: try #require(Currency("NZD")))
    invoice.number = "INV-0042"
    invoice.contactName = "O'Brien & Søn \"株\" <b>"
    return AlertDraft(
      deal: Subject(system: "crm", kind: .deal, id: deal.rawValue), invoice: invoice,
      dealName: "Website", dueDate: due, daysLate: 2,
      owner: owner.map { Owner(id: ID($0), name: "", email: nil, isActive: true) }, level: 1,
      channel: .crmTask)
  }

  @Test("a task whose answer is lost is sent again under its key, and there is one")
  func lostTask() async throws {
    let bench = try RestBench()
    let deal = try bench.deal()
    let key = OperationID("op_00000000000000aa")
    let alert = try alert(deal)
    bench.lose("POST", "/kahu/v1/tasks")
    let lost = try await bench.connector().createTasks([(key, alert)])
    guard case .unknown? = lost.first else {
      Issue.record("\(lost)")
      return
    }
    bench.world.setFaults([])
    let again = try await bench.connector().createTasks([(key, alert)])
    let tasks = try bench.records("tasks")
    #expect(tasks.count == 1)
    #expect(applied(again.first) == tasks[0]["id"]?.digits)
    #expect(tasks[0]["owner_id"]?.int == 501)
    #expect(tasks[0]["due_on"]?.string == "2026-11-20")
    #expect(tasks[0]["text"]?.string?.contains("O'Brien & Søn \"株\" <b>") == true)
  }

  @Test("a company and a person whose answers are lost are found by their mark, and there is one")
  func lostParties() async throws {
    for kind in [RecordKind.company, .person] {
      let bench = try RestBench()
      let path = kind == .person ? "people" : "companies"
      let before = try bench.records(path).count
      var record = PartyRecord(
        subject: Subject(system: "xero", kind: .contact, id: "m-1"), name: "Ana O’Brien")
      (record.firstName, record.lastName) = ("Ana", "O’Brien")
      record.emails = ["ana@brien.example"]
      let draft = PartyDraft(kind: kind, copying: record, mark: "m-1")
      let key = OperationID("op_00000000000000ab")
      bench.lose("POST", "/kahu/v1/\(path)")
      let lost = try await bench.connector().createParties([(key, draft)])
      guard case .unknown? = lost.first else {
        Issue.record("\(kind): \(lost)")
        return
      }
      bench.world.setFaults([])
      let found = try await bench.connector().findParties([(key, draft)])
      #expect(found[key]?.mark == "m-1")
      let again = try await bench.connector().createParties([(key, draft)])
      #expect(applied(again.first)?.subject == found[key]?.subject)
      #expect(try bench.records(path).count == before + 1)
    }
  }

  @Test("an update writes what it names and leaves the rest; an empty value clears")
  func updates() async throws {
    let bench = try RestBench()
    let subject = Subject(system: "crm", kind: .company, id: try bench.company())
    var patch = PartyPatch(subject: subject, texts: [.phone: "", .website: "https://x.example"])
    patch.addresses[.postal] = PostalAddress(
      lines: ["1 Main St", "Level 2"], city: "Ōtautahi", postalCode: "8011", country: "NZ")
    let party = applied(try await bench.connector().updateParties([patch]).first)
    #expect(party?.name == "Harbour Lights Ltd")
    #expect(party?.phones[.main] == nil)
    #expect(party?.website == "https://x.example")
    #expect(party?.addresses[.postal]?.city == "Ōtautahi")
  }

  @Test("what the update actions do not name is not ours to write")
  func traits() async throws {
    let traits = try RestBench().connector().capabilities.partyTraits
    #expect(traits.writable[.company]?.contains(.website) == true)
    #expect(traits.writable[.company]?.contains(.fax) == false)
    #expect(traits.writable[.person]?.contains(.postalAddress) == false)
    let text = StartingDescription.text.components(separatedBy: "\nactions:")[0] + "\n"
    let quiet = try RestBench(text).connector()
    #expect(quiet.capabilities.supportsTasks == false)
    #expect(quiet.capabilities.partyTraits.writable[.company] == [])
    #expect(try await quiet.catalogue().reportable == [])
  }

  @Test("without an action nothing is sent, and the person is told")
  func missingAction() async throws {
    let text = StartingDescription.text.components(separatedBy: "\nactions:")[0] + "\n"
    let bench = try RestBench(text)
    let id = try bench.deal()
    bench.world.clearLog()
    let outcomes = try await bench.connector().report([DealReport(deal: id, values: Self.report)])
    guard case .refused(let refusal)? = outcomes.first else {
      Issue.record("\(outcomes)")
      return
    }
    #expect(refusal.message == "the description of Kahu has no action report")
    #expect(bench.calls.isEmpty)
  }

  // MARK: Sign-in

  private static let oauth = StartingDescription.text.replacing(
    "  kind: bearer                     # bearer, basic, api_key, oauth2, client_credentials\n  token: \"{{secret.access_token}}\" # auth.access_token in xerosync.yaml\n",
    with:
      "  kind: oauth2\n  token_url: https://api.kahu.example/kahu/oauth/token\n  authorize_url: https://api.kahu.example/kahu/oauth/authorize\n"
  )

  private func signedIn(_ tokens: TokenStore) throws -> RestBench {
    try RestBench(Self.oauth, tokens: tokens) { settings in
      settings.auth = .init(
        flow: Sourced("refresh_token"),
        secrets: [
          "client_id": SecretText("id"), "client_secret": SecretText("secret"),
          "refresh_token": SecretText("sandbox-refresh-token"),
        ])
      settings.urls["identity_url"] = Sourced("http://localhost:1")
    }
  }

  @Test("an expired token is renewed; the rotated refresh token is kept for the next pass")
  func renews() async throws {
    let tokens = TokenStore.inMemory()
    let bench = try signedIn(tokens)
    _ = try await bench.connector().catalogue()
    let first = try tokens.load("crm")?.refreshToken
    #expect(first?.reveal() == "sandbox-kahu-refresh-1")
    bench.clock.advance(.seconds(3600))
    _ = try await bench.connector().catalogue()
    #expect(try tokens.load("crm")?.refreshToken?.reveal() == "sandbox-kahu-refresh-2")
    try bench.person("expire_tokens")
    _ = try await bench.connector().catalogue()
    #expect(try tokens.load("crm")?.refreshToken?.reveal() == "sandbox-kahu-refresh-3")
  }

  @Test("a revoked sign-in asks for a person and shows no token")
  func revoked() async throws {
    let bench = try signedIn(.inMemory())
    try bench.person("expire_tokens", ["refresh_tokens": true])
    let error = await #expect(throws: RemoteError.self) {
      try await bench.connector().catalogue()
    }
    guard case .signInNeeded(let reason)? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(reason.contains("xerosync auth login crm"))
    #expect(!reason.contains("sandbox-refresh-token"))
  }

  @Test("the consent page is the description's, with challenge and state")
  func consent() throws {
    let bench = try signedIn(.inMemory())
    var settings = bench.settings
    settings.auth.flow = Sourced("authorization_code")
    settings.urls["login_url"] = Sourced("http://localhost:1")
    let script = RestScript { _, _ in RestScript.json("{}") }
    let signIn = try #require(
      try ConnectorRegistry.signIn(
        settings: settings, environment: RestFixture.environment(script.exchange, RestClock())))
    let page = try signIn.authorizePage("http://localhost:8484/callback", "st", "ch").absoluteString
    #expect(
      page.hasPrefix("http://localhost:1/kahu/oauth/authorize?response_type=code&client_id=id"))
    #expect(page.contains("code_challenge=ch&code_challenge_method=S256"))
    #expect(signIn.tokenEndpoint.url.absoluteString == "http://localhost:1/kahu/oauth/token")
  }

  @Test("try: records as they would be understood, and what polling costs")
  func trial() async throws {
    let bench = try RestBench()
    _ = try bench.deal("Won", ["stage": "won", "amount": "10.00"])
    let trial = try await RestTrial.run(
      settings: bench.settings,
      environment: RestFixture.environment(
        HTTPExchange { request, _ throws(HTTPFailure) in
          let parts = URLComponents(url: request.url, resolvingAgainstBaseURL: false)
          let answer = bench.world.respond(
            to: SandboxRequest(
              method: request.method.rawValue, path: parts?.path ?? "",
              query: (parts?.queryItems ?? []).map { .init(name: $0.name, value: $0.value ?? "") },
              headers: Dictionary(request.headers.map { ($0.key.lowercased(), $0.value) }) { $1 }))
          return HTTPResponse(status: answer.status, body: answer.body)
        }, bench.clock), pages: 1, deals: 5)
    #expect(trial.feeds.map(\.name) == ["deals", "companies", "people"])
    #expect(trial.records.contains { $0.kind == "deal" && $0.fields["amount"] == "10" })
    #expect(trial.callsPerDay == 3 * 288 + 3 + 48 * 5 * 2)
    #expect(trial.dailyLimit == 20_000 && trial.minutesBetweenPasses == 5)
    #expect(bench.calls.allSatisfy { $0.hasPrefix("GET ") })
    var scarce = bench.settings
    scarce.limits.dailyCalls = 1000
    let tight = try await RestTrial.run(
      settings: scarce,
      environment: RestFixture.environment(
        RestScript { _, _ in
          RestScript.json(#"{"id": "a", "items": [], "next_cursor": null}"#)
        }.exchange, bench.clock), pages: 1, deals: 1)
    #expect(tight.minutesBetweenPasses == 9)
    #expect(tight.warnings.contains { $0.contains("run it every 9 minutes") })
  }
}
