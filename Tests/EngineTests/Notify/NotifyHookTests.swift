import Domain
import Engine
import Foundation
import Testing
import Transport

@Suite struct NotifyHookTests {
  static func webhook(
    _ receiver: NotifyReceiver, address: String = "https://hook.example/x",
    time: TimeSource = .patient
  ) -> Notifier {
    WebhookNotifier.make(
      address: address, secret: Secret("top-secret"), accounting: "xero",
      exchange: receiver.exchange, time: time)
  }

  static func slack(_ receiver: NotifyReceiver) -> Notifier {
    SlackNotifier.make(
      address: Secret("https://hooks.example/services/T0/B0/abc"), exchange: receiver.exchange,
      time: .patient)
  }

  @Test(arguments: [
    (NotifyReceiver.Answer.status(200), "applied"), (.status(204), "applied"),
    (.status(302), "notSent"), (.status(404), "notSent"), (.status(429), "notSent"),
    (.status(500), "notSent"), (.status(503), "notSent"),
    (.failure(.notSent("refused")), "notSent"), (.failure(.interrupted("reset")), "unknown"),
    (.failure(.cancelledBeforeSending), "notSent"), (.failure(.tooLarge(limit: 1)), "unknown"),
  ])
  func judges(_ answer: NotifyReceiver.Answer, _ word: String) async throws {
    let receiver = NotifyReceiver([answer])
    let outcome = await Self.webhook(receiver)
      .deliver(NotifyFixture.message([try NotifyFixture.alert()]))
    #expect(outcome.word == word)
    #expect(receiver.requests.count == 1)
  }

  @Test func silenceEndsAfterTenSecondsAndIsUnknown() async throws {
    let receiver = NotifyReceiver([.silence])
    let hook = Self.webhook(receiver, time: .standing)
    let outcome = await hook.deliver(NotifyFixture.message([try NotifyFixture.alert()]))
    guard case .unknown(let reason) = outcome else {
      Issue.record("\(outcome)")
      return
    }
    #expect(reason == "it may have arrived: no complete answer in 10 s")
    // Nobody waits ten seconds for each of a hundred alerts.
    let next = await hook.deliver(NotifyFixture.message([try NotifyFixture.alert("i2")]))
    #expect(next.word == "notSent")
    #expect(receiver.requests.count == 1)
  }

  @Test(arguments: [
    (NotifyReceiver.Answer.status(500), 3), (.status(429), 1),
    (.failure(.notSent("no route")), 1), (.status(200), 8),
  ])
  func aDeadReceiverIsLeftAlone(_ answer: NotifyReceiver.Answer, _ requests: Int) async throws {
    let receiver = NotifyReceiver([answer])
    let hook = Self.webhook(receiver)
    for number in 1...8 {
      _ = await hook.deliver(NotifyFixture.message([try NotifyFixture.alert("i\(number)")]))
    }
    #expect(receiver.requests.count == requests)
  }

  @Test(arguments: ["ftp://hook.example", "file:///etc/passwd", "hook.example", ""])
  func otherSchemesAreNotSent(_ address: String) async throws {
    let receiver = NotifyReceiver([.status(200)])
    let outcome = await Self.webhook(receiver, address: address)
      .deliver(NotifyFixture.message([try NotifyFixture.alert()]))
    #expect(outcome.word == "notSent")
    #expect(receiver.requests.isEmpty)
  }

  @Test func webhookBodyAndSignature() async throws {
    let receiver = NotifyReceiver([.status(200)])
    let alert = try NotifyFixture.alert(customer: "A \"B\" / <C>", level: 2)
    _ = await Self.webhook(receiver).deliver(NotifyFixture.message([alert]))
    let request = try #require(receiver.requests.first)
    let body = try #require(request.body)
    #expect(request.method == .post)
    #expect(!request.isRepeatable)
    try NotifyFixture.expect(String(decoding: body, as: UTF8.self) + "\n", equals: "webhook.json")
    #expect(
      request.headers["X-Xerosync-Signature"]
        == WebhookNotifier.signature(of: body, key: Secret("top-secret")))
  }

  /// RFC 4231, test case 2.
  @Test func signatureOfAKnownText() {
    #expect(
      WebhookNotifier.signature(
        of: Data("what do ya want for nothing?".utf8), key: Secret("Jefe"))
        == "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
  }

  @Test func anUnsignedWebhookHasNoSignature() async throws {
    let receiver = NotifyReceiver([.status(200)])
    let hook = WebhookNotifier.make(
      address: "https://hook.example", secret: nil, accounting: "xero",
      exchange: receiver.exchange, time: .patient)
    _ = await hook.deliver(NotifyFixture.message([try NotifyFixture.alert(owner: nil)]))
    let request = try #require(receiver.requests.first)
    #expect(request.headers["X-Xerosync-Signature"] == nil)
    let body = String(decoding: request.body ?? Data(), as: UTF8.self)
    #expect(body.contains("\"owner\":null"))
  }

  @Test func theSameAlertHasTheSameIDWhenSentAgain() async throws {
    let receiver = NotifyReceiver([.status(500), .status(200)])
    let hook = Self.webhook(receiver)
    for inDoubt in [false, true] {
      _ = await hook.deliver(
        NotifyFixture.message([try NotifyFixture.alert(inDoubt: inDoubt)]))
    }
    let bodies = receiver.requests.map { String(decoding: $0.body ?? Data(), as: UTF8.self) }
    let id = "\"id\":\"\(NotifyFixture.key("0"))\""
    #expect(bodies.allSatisfy { $0.contains(id) })
    #expect(bodies.map { $0.contains("\"repeated\":true") } == [false, true])
  }

  @Test func slackText() throws {
    let alert = try NotifyFixture.alert(
      customer: "Smith & <Sons> @channel", deal: "<!everyone> hi\nthere", level: 2, inDoubt: true)
    try NotifyFixture.expect(
      SlackText.text(NotifyFixture.message([alert])) + "\n", equals: "slack.txt")
  }

  @Test func slackDigest() async throws {
    let receiver = NotifyReceiver([.status(200)])
    let alerts = try (1...120).map { try NotifyFixture.alert("i\($0)", late: $0) }
    _ = await Self.slack(receiver).deliver(NotifyFixture.message(alerts))
    let body = String(decoding: receiver.requests.first?.body ?? Data(), as: UTF8.self)
    #expect(body.contains("Overdue: 120 invoices, NZD 138,000.00"))
    #expect(body.contains("… and 70 more."))
    #expect(body.utf8.count < 16_000)
  }

  @Test func noMessageHoldsTheAddress() async throws {
    for answer in [NotifyReceiver.Answer.status(500), .failure(.notSent("no route"))] {
      let outcome = await Self.slack(NotifyReceiver([answer]))
        .deliver(NotifyFixture.message([try NotifyFixture.alert()]))
      #expect(!"\(outcome)".contains("T0"))
    }
  }
}
