import Connectors
import CryptoExtras
import Domain
import Foundation
import Sandbox
import Testing
import Transport

@Suite("Salesforce: limits, errors, sign-in")
struct SalesforceJudgeTests {
  /// Signs in, and answers the same to everything else.
  private func connector(
    _ status: Int, _ body: String, _ headers: [String: String] = [:],
    _ change: (inout ConnectionSettings) -> Void = { _ in }
  ) throws -> SalesforceConnector {
    let exchange = HTTPExchange { request, _ throws(HTTPFailure) in
      if request.url.path.hasSuffix("/token") {
        let reply = #"{"access_token":"token-canary","instance_url":"http://localhost:1"}"#
        return HTTPResponse(status: 200, body: Data(reply.utf8))
      }
      return HTTPResponse(
        status: status,
        headers: HTTPHeaders(headers.map { (name: $0.key, value: $0.value) }),
        body: Data(body.utf8))
    }
    return try SalesforceConnector(
      settings: SalesforceFixture.settings(change),
      environment: SalesforceFixture.environment(exchange, SalesforceClock()))
  }

  private func failure(_ connector: SalesforceConnector) async -> RemoteError? {
    do {
      _ = try await connector.page(.lines, from: .start)
      return nil
    } catch { return error }
  }

  private static func body(_ code: String, _ message: String = "words") -> String {
    #"[{"message":"\#(message)","errorCode":"\#(code)"}]"#
  }

  @Test(
    "each answer ends as the one right error",
    arguments: [
      (401, body("INVALID_SESSION_ID"), "signInNeeded"),
      (401, body("INVALID_AUTH_HEADER"), "signInNeeded"),
      (
        401, body("INVALID_SESSION_ID", "This session is not valid for use with the REST API"),
        "signInNeeded"
      ),
      (403, body("REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded."), "rateLimited day"),
      (
        403, body("REQUEST_LIMIT_EXCEEDED", "ConcurrentRequests Limit exceeded."),
        "rateLimited concurrent"
      ),
      (403, body("API_DISABLED_FOR_ORG"), "signInNeeded"),
      (400, body("TXN_SECURITY_METERING_ERROR"), "signInNeeded"),
      (400, body("INVALID_TYPE"), "signInNeeded"), (400, body("INVALID_FIELD"), "signInNeeded"),
      (400, body("MALFORMED_QUERY"), "refused"), (404, body("NOT_FOUND"), "refused"),
      (406, "", "rateLimited load"), (420, "", "rateLimited load"),
      (429, "", "rateLimited unknown"), (500, "", "unreadable"), (503, "<html>", "unreadable"),
      (200, "<html>maintenance</html>", "unreadable"), (200, "", "unreadable"),
      (200, #"{"records":[{"Id":"#, "unreadable"), (200, #"{"done":true}"#, "unreadable"),
      (302, "", "refused"),
    ])
  func table(_ status: Int, _ body: String, _ expected: String) async throws {
    let error = try #require(
      await failure(try connector(status, body, ["Content-Type": "application/json"])))
    let name: String
    switch error {
    case .signInNeeded: name = "signInNeeded"
    case .rateLimited(let limit): name = "rateLimited \(limit.scope)"
    case .refused: name = "refused"
    case .unreadable: name = "unreadable"
    case .notSent, .outcomeUnknown, .budgetExhausted, .deadlinePassed: name = "\(error)"
    }
    #expect(name == expected, "\(error)")
    #expect(!"\(error)".contains("canary"))
  }

  @Test(
    "row errors become holds that say what to do",
    arguments: [
      ("INVALID_CROSS_REFERENCE_KEY", HoldCode.dealDeleted), ("ENTITY_IS_DELETED", .dealDeleted),
      ("STRING_TOO_LONG", .fieldRefused), ("INVALID_FIELD_FOR_INSERT_UPDATE", .fieldRefused),
      ("INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", .fieldRefused),
      ("FIELD_CUSTOM_VALIDATION_EXCEPTION", .refused), ("ENTITY_IS_LOCKED", .refused),
      ("CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", .refused),
      ("INSUFFICIENT_ACCESS_OR_READONLY", .refused), ("STORAGE_LIMIT_EXCEEDED", .planLimit),
      ("INACTIVE_OWNER_OR_USER", .ownerUnreachable), ("SOMETHING_NEW", .refused),
    ])
  func rows(_ code: String, _ hold: HoldCode) async throws {
    let body =
      #"[{"success":false,"errors":[{"statusCode":"\#(code)","message":"No.","fields":["F__c"]}]}]"#
    // All fields of ours are one here: what is written does not matter.
    let connector = try connector(200, body, ["Content-Type": "application/json"]) { settings in
      for field in ReportField.allCases { settings.fields[field.rawValue] = Sourced("F__c") }
    }
    var catalogue = CRMCatalogue(account: "a", pipelines: [], owners: [])
    let field =
      #"{"choices":[],"isExternalID":false,"label":"","length":80,"name":"F__c","type":"string"}"#
    catalogue.connectorNotes = #"{"fields":{"Opportunity":{"fields":[\#(field)]}}}"#
    await connector.adopt(catalogue)
    let outcome = await connector.report([
      DealReport(deal: ID("0065g0000000001AAA"), values: [.invoiceNumber: "INV-1"])
    ]).first
    guard case .refused(let refusal)? = outcome else {
      Issue.record("\(String(describing: outcome))")
      return
    }
    #expect(refusal.code == hold)
    #expect(refusal.message == "No. (F__c) [\(code)]")
    #expect(!refusal.remedy.isEmpty)
  }

  @Test("the day's budget is the organisation's own count, and its reserve is kept")
  func budget() async throws {
    let bench = SalesforceBench()
    let connector = try bench.connector()
    try bench.person("limits", ["used": 12_500])
    _ = try await connector.page(.lines, from: .start)
    // Less than a fifth of the day is left: customers wait, money goes on.
    await #expect(throws: RemoteError.self) {
      _ = try await connector.page(.companies, from: .start)
    }
    _ = try await connector.page(.lines, from: .start)
    try bench.person("limits", ["used": 15_000])
    await #expect(throws: RemoteError.self) {
      _ = try await connector.page(.lines, from: .start)
    }
  }

  @Test("a session that ended is renewed once; the token is kept for later passes")
  func renewal() async throws {
    let bench = SalesforceBench()
    _ = try await bench.connector().page(.lines, from: .start)
    _ = try await bench.connector().page(.lines, from: .start)
    #expect(bench.bodies("POST /services/oauth2/token").count == 1)
    try bench.person("expire_tokens")
    let connector = try bench.connector()
    _ = try await connector.page(.lines, from: .start)
    #expect(bench.bodies("POST /services/oauth2/token").count == 2)
    try bench.person(
      "expire_tokens", ["words": "Connected app is not attached to Agent"])
    await #expect(throws: RemoteError.self) {
      _ = try await connector.page(.lines, from: .start)
    }
    #expect(bench.bodies("POST /services/oauth2/token").count == 2, "a new token would not help")
  }

  @Test("a signed statement signs in; a wrong key, user or audience says what to look at")
  func bearer() async throws {
    let key = try _RSA.Signing.PrivateKey(keySize: .bits2048)
    let stranger = try _RSA.Signing.PrivateKey(keySize: .bits2048)
    for (signer, user, audience, works) in [
      (key, "sync@kauri.example", nil, true),
      (key, "sync@kauri.example", "https://test.salesforce.com", true),
      (stranger, "sync@kauri.example", nil, false), (key, "gone@kauri.example", nil, false),
      (key, "sync@kauri.example", "https://evil.example", false),
    ] as [(_RSA.Signing.PrivateKey, String, String?, Bool)] {
      let bench = SalesforceBench {
        $0.auth = .init(
          flow: Sourced("jwt_bearer"),
          secrets: [
            "client_id": SecretText("app-canary"), "username": SecretText(user),
            // As an environment variable may carry it.
            "private_key": SecretText(
              signer.pemRepresentation.replacingOccurrences(of: "\n", with: "\\n")),
          ])
        if let audience { $0.auth.secrets["audience"] = SecretText(audience) }
      }
      try bench.person(
        "oauth_client",
        ["id": "app-canary", "public_key": .string(key.publicKey.pemRepresentation)])
      do {
        _ = try await bench.connector().page(.lines, from: .start)
        #expect(works)
      } catch {
        #expect(!works, "\(error)")
        #expect("\(error)".contains("pre-authorised") && !"\(error)".contains("PRIVATE"))
      }
    }
  }

  @Test("a browser sign-in with PKCE; each renewal replaces the refresh token")
  func browser() async throws {
    let bench = SalesforceBench {
      $0.auth = .init(
        flow: Sourced("authorization_code"), secrets: ["client_id": SecretText("app")])
    }
    let signIn = try #require(
      try ConnectorRegistry.signIn(settings: bench.settings, environment: bench.environment))
    let redirect = "http://localhost:8484/callback"
    // The challenge of the verifier below.
    let page = try signIn.authorizePage(
      redirect, "s", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM")
    #expect(page.absoluteString.contains("scope=api%20refresh_token"))
    #expect(page.absoluteString.contains("code_challenge_method=S256"))
    let items = URLComponents(url: page, resolvingAgainstBaseURL: false)?.queryItems ?? []
    let consent = bench.world.respond(
      to: SandboxRequest(
        method: "GET", path: page.path,
        query: items.map { .init(name: $0.name, value: $0.value ?? "") }))
    let back = try #require(consent.header("Location").flatMap { URLComponents(string: $0) })
    let code = back.queryItems?.first { $0.name == "code" }?.value ?? ""
    let token = try await signIn.tokenEndpoint.request([
      "grant_type": "authorization_code", "code": code, "redirect_uri": redirect,
      "code_verifier": "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk",
    ])
    #expect(token.details["instance_url"] == "http://localhost:1")
    try bench.tokens.save("salesforce", token)
    _ = try await bench.connector().page(.lines, from: .start)
    try bench.person("expire_tokens")
    _ = try await bench.connector().page(.lines, from: .start)
    let renewed = try #require(try bench.tokens.load("salesforce"))
    #expect(renewed.refreshToken != token.refreshToken)
    #expect(renewed.details["instance_url"] == "http://localhost:1")
  }

  @Test(
    "a token is sent to its own organisation and nowhere else",
    arguments: [
      ("https://acme.my.salesforce.com", "https://acme.my.salesforce.com", true),
      ("https://acme.my.salesforce.com", "https://other.my.salesforce.com", false),
      ("https://acme.my.salesforce.com", "https://evil.example", false),
      (nil, "https://acme.my.salesforce.com", true), (nil, "https://evil.example", false),
      (nil, "http://acme.my.salesforce.com", false),
    ] as [(String?, String, Bool)])
  func pinned(_ configured: String?, _ told: String, _ works: Bool) async throws {
    let settings = SalesforceFixture.settings {
      $0.urls["api_url"] = configured.map { Sourced($0) }
    }
    let tokens = TokenStore.inMemory()
    try tokens.save(
      "salesforce",
      StoredToken(
        accessToken: Secret("token-canary"), details: ["instance_url": told],
        obtainedAt: SalesforceClock.start))
    let exchange = HTTPExchange { request, _ throws(HTTPFailure) in
      #expect(request.url.host == "acme.my.salesforce.com")
      return HTTPResponse(
        status: 200, headers: ["Content-Type": "application/json"],
        body: Data(#"{"totalSize":0,"done":true,"records":[]}"#.utf8))
    }
    do {
      let connector = try SalesforceConnector(
        settings: settings,
        environment: SalesforceFixture.environment(exchange, SalesforceClock(), tokens))
      _ = try await connector.page(.lines, from: .start)
      #expect(works)
    } catch {
      #expect(!works, "\(error)")
      #expect("\(error)".contains("api_url"))
    }
  }

  @Test("a next page on another host is not followed")
  func foreignPage() async throws {
    let next = "https://evil.example/services/data/v66.0/query/01g-2000"
    let connector = try connector(
      200, #"{"totalSize":1,"done":false,"nextRecordsUrl":"\#(next)","records":[]}"#,
      ["Content-Type": "application/json"])
    await #expect(throws: RemoteError.self) {
      _ = try await connector.dealsOwning(lines: ["00k5g0000000001AAA"])
    }
  }

  @Test("settings that cannot work are told before anything is sent")
  func settings() throws {
    let changes: [(inout ConnectionSettings) -> Void] = [
      { $0.auth.secrets = [:] }, { $0.urls["api_url"] = Sourced("http://example.org") },
      { $0.urls = [:] }, { $0.auth.flow = Sourced("token") },
      { $0.options["api_version"] = Sourced("latest") },
      { $0.options["api_version"] = Sourced("v31.0") },
      { $0.options["currency"] = Sourced("dollars") },
      {
        $0.auth = .init(
          flow: Sourced("jwt_bearer"),
          secrets: [
            "client_id": SecretText("a"), "username": SecretText("b"),
            "private_key": SecretText("-----BEGIN PRIVATE KEY-----\nno\n-----END PRIVATE KEY-----"),
          ])
      },
    ]
    for change in changes {
      #expect(throws: ConnectorSetupError.self) { try connector(200, "{}", [:], change) }
    }
  }

  @Test("the catalogue and what is kept of it for later passes")
  func catalogue() async throws {
    let bench = SalesforceBench()
    let catalogue = try await (try bench.connector()).catalogue()
    #expect(catalogue.account.hasPrefix("00D"))
    #expect(catalogue.homeCurrency?.code == "NZD")
    #expect(catalogue.zone?.name == "Pacific/Auckland")
    #expect(catalogue.pipelines.map(\.choice.id) == ["default"])
    #expect(
      catalogue.pipelines[0].stages.filter { $0.outcome == .won }.map(\.choice.id)
        == ["Closed Won", "Paid"])
    #expect(catalogue.owners.first { $0.email == "gone@kauri.example" }?.isActive == false)
    let text = try JSONEncoder().encode(catalogue)
    let kept = try JSONDecoder().decode(CRMCatalogue.self, from: text)
    let id = try bench.deal("A", ["properties": ["Xero_Invoice_Number__c": "INV-1"]])
    bench.world.clearLog()
    let second = try bench.connector()
    await second.adopt(kept)
    guard case .found(let deal)? = try await second.deals([ID(id)]).first else {
      Issue.record("not found")
      return
    }
    #expect(deal.reported[.invoiceNumber] == "INV-1")
    #expect(bench.calls == ["GET /queryAll", "GET /query", "GET /query"])
  }

  @Test(
    "what comes from outside cannot change a query",
    arguments: [
      "plain", "O'Neil", "' OR Name != '", "\\", "\\'", "a\\' OR 1=1 --", "%", "_", "\"",
      "line\nbreak\r\ttab", "\u{0}null", "😀 家", "' LIMIT 1 --", "c-1') OR (Id != '",
    ])
  func injection(_ mark: String) async throws {
    let bench = SalesforceBench()
    let connector = try bench.connector()
    var record = PartyRecord(
      subject: Subject(system: "xero", kind: .contact, id: "c"), name: "Own")
    record.website = "https://own.example"
    let own = (
      key: OperationID("op_1"), draft: PartyDraft(kind: .company, copying: record, mark: mark)
    )
    // Before it exists nothing is found, whatever the mark says; afterwards it alone is.
    #expect(try await connector.findParties([own]).isEmpty)
    guard mark.unicodeScalars.allSatisfy({ $0.value >= 0x20 }) else { return }
    guard case .applied? = await connector.createParties([own]).first else {
      Issue.record("not made")
      return
    }
    #expect(try await connector.findParties([own])[OperationID("op_1")]?.name == "Own")
  }
}
