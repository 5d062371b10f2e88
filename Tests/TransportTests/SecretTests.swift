import Foundation
import Logging
import Synchronization
import Testing
import Transport

/// Everything that was logged, as text.
final class LogBook: Sendable {
  private let lines = Mutex<[String]>([])
  var text: String { lines.withLock { $0.joined(separator: "\n") } }

  struct Handler: LogHandler {
    let book: LogBook
    var metadata: Logger.Metadata = [:]
    var logLevel: Logger.Level = .trace
    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
      get { metadata[key] }
      set { metadata[key] = newValue }
    }
    func log(event: LogEvent) {
      book.lines.withLock { $0.append("\(event.level) \(event.message) \(event.metadata ?? [:])") }
    }
  }

  var logger: Logger { Logger(label: "test") { _ in Handler(book: self) } }
}

@Suite struct SecretTests {
  @Test func aSecretShowsNothing() {
    let secret = Secret("canary-value")
    var dumped = ""
    dump(secret, to: &dumped)
    dump(StoredToken(accessToken: secret), to: &dumped)
    for text in ["\(secret)", String(reflecting: secret), String(describing: [secret]), dumped] {
      #expect(!text.contains("canary"))
    }
    #expect(secret.reveal() == "canary-value")
  }

  @Test(arguments: [
    ("Bearer abcdefgh12345", "Bearer [secret]"),
    ("authorization: Basic dXNlcjpwYXNz==", "authorization: Basic [secret]"),
    ("Zoho-oauthtoken 1000.ab.cd", "Zoho-oauthtoken [secret]"),
    (#"{"access_token":"xyz","n":1}"#, #"{"access_token":"[secret]","n":1}"#),
    ("refresh_token=q1w2&a=b", "refresh_token=[secret]&a=b"),
    ("client_secret: hush", "client_secret: [secret]"), ("api_token=40hex", "api_token=[secret]"),
    ("jwt eyJhbGciOiJI.eyJzdWIi.c2ln end", "jwt [secret] end"),
    ("registered-secret here", "[secret] here"), ("encoded a%2Fb%2Bcdef", "encoded [secret]"),
    ("nothing to hide: 12.50 NZD", "nothing to hide: 12.50 NZD"),
  ])
  func credentialsAreScrubbed(_ text: String, _ expected: String) {
    let redactor = Redactor([Secret("registered-secret"), Secret("a/b+cdef")])
    #expect(redactor.scrub(text) == expected)
  }

  @Test func aTokenInsideATokenLeavesNoTail() {
    let redactor = Redactor([Secret("abcdef"), Secret("abcdef-tail-of-longer")])
    #expect(redactor.scrub("x abcdef-tail-of-longer y abcdef") == "x [secret] y [secret]")
  }

  /// I15: no outcome of any fault shows a token, a query or a body, in its error or in the log.
  @Test(arguments: Fault.table)
  func nothingLeaks(_ fault: Fault) async throws {
    let book = LogBook()
    let rig = try Rig(fault.steps, logger: book.logger)
    for base in [try rig.read("/c/CANARY-PATH?email=CANARY-QUERY"), try rig.write()] {
      var call = base
      call.body = call.purpose.isRead ? nil : Data("CANARY-BODY".utf8)
      call.headers["X-Note"] = "CANARY-HEADER"
      let error = await rig.failure(of: call)
      let text = "\(String(describing: error)) \(String(reflecting: error))"
      for shown in [text, book.text, "\(rig.script.requests)"] {
        #expect(!shown.contains("CANARY"))
        #expect(!shown.contains("token-number"))
      }
    }
    #expect(book.text.contains("request finished"))
  }

  @Test func tokenErrorsShowNoTokens() async throws {
    let (server, time) = (TokenServer(), VirtualTime())
    let book = LogBook()
    for step in [
      Step.json(400, #"{"error":"bad refresh-number-1 s3cret"}"#), .page(500), .json(200, "{}"),
    ] {
      server.fault(step, step, step)
      let stored = StoredToken(refreshToken: Secret("refresh-number-1"))
      let process = try Process(server, Disk(stored), time)
      let error = await failure { try await process.authorizer.headers() }
      let text = "\(String(describing: error)) \(String(reflecting: error)) \(book.text)"
      #expect(error != nil && !text.contains("refresh-number") && !text.contains("s3cret"))
      server.state.withLock { $0.faults = [] }
    }
  }

  @Test func refusalMessagesAreScrubbed() async throws {
    let reader = AnswerReader(refusal: { _ in
      (code: "x", message: "bad header Authorization: Bearer token-number-1")
    })
    let rig = try Rig([.json(400)], reader: reader)
    guard case .refused(let refusal) = await rig.failure(of: try rig.read()) else {
      Issue.record("not refused")
      return
    }
    #expect(!refusal.message.contains("token-number"))
  }
}
