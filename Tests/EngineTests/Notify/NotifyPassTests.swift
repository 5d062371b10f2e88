import Domain
import Engine
import Foundation
import Sandbox
import Snapshot
import Testing
import Transport

/// Alerts through the whole engine: poll, plan, journal, send, remember.
@Suite struct NotifyPassTests {
  static let hook = """
    overdue: { notify: [webhook] }
    notify: { failed_passes: 0, webhook: { url: https://hook.example/x, secret: top-secret } }
    """
  static let slack = """
    overdue: { notify: [slack] }
    notify: { failed_passes: 0, slack: { webhook_url: https://hook.example/slack } }
    """
  static let email = """
    overdue: { notify: [email] }
    notify:
      failed_passes: 0
      email: { from: "Accounts <ar@example.org>", fallback: desk@example.org }
    """

  /// A bench with one won and invoiced deal whose invoice is overdue since yesterday.
  static func overdue(
    _ settings: String, owner: String? = "hana@kauri.example"
  ) async throws -> (bench: NotifyBench, deal: String) {
    let bench = try NotifyBench(settings)
    let deal = try bench.win(owner: owner)
    let first = try await bench.pass()
    try #require(first.operations.contains { $0.object == .invoice && $0.outcome == .applied })
    bench.advance(days: 31)
    return (bench, deal)
  }

  @Test(arguments: [hook, slack])
  func tellsOnceAndGoesQuietWhenPaid(_ settings: String) async throws {
    let (bench, deal) = try await Self.overdue(settings, owner: nil)
    let report = try await bench.pass()
    #expect(report.outcome == .ok)
    #expect(bench.status(deal) == "overdue")
    #expect(bench.posts().count == 1)
    for _ in 1...3 { #expect(try await bench.pass().operations.isEmpty) }
    #expect(bench.posts().isEmpty)
    bench.advance(days: 7)
    _ = try await bench.pass()
    #expect(bench.posts().count == 1)
    let invoice = try #require(report.operations.first { $0.action == .notify }).subject
    #expect(invoice.kind == .deal)
    try bench.payEverything()
    bench.advance(days: 7)
    _ = try await bench.pass()
    #expect(bench.status(deal) == "paid")
    #expect(bench.posts().isEmpty)
  }

  /// The pass goes on, the alert waits, the exit code says so; then it goes out once.
  @Test(arguments: [hook, slack])
  func waitsWhileTheReceiverAnswers500(_ settings: String) async throws {
    let (bench, deal) = try await Self.overdue(settings)
    bench.receiver.answer([.status(500)])
    for _ in 1...4 {
      let report = try await bench.pass()
      #expect(report.exitCode == .unavailable)
      #expect(bench.status(deal) == "overdue")
      let queued = try #require(try bench.queue().first)
      #expect(queued.state == .planned)
      #expect(queued.answer == "it answered HTTP 500")
    }
    #expect(bench.posts().count == 4)
    bench.receiver.answer([.status(200)])
    #expect(try await bench.pass().outcome == .ok)
    #expect(try bench.queue().isEmpty)
    let posts = bench.posts()
    #expect(posts.count == 1)
    // A definite no leaves nothing in doubt.
    #expect(!posts.joined().contains("second copy") && !posts.joined().contains("repeated\":true"))
    _ = try await bench.pass()
    #expect(bench.posts().isEmpty)
  }

  /// No answer: one copy more, marked; a receiver that knows ids gets it until it answers.
  @Test func hangingSlackGetsOneMarkedCopyMore() async throws {
    let (bench, deal) = try await Self.overdue(Self.slack)
    bench.receiver.answer([.silence])
    let first = try await bench.pass()
    #expect(first.operations.contains { $0.action == .notify && $0.outcome == .unknown })
    #expect(bench.status(deal) == "overdue")
    for _ in 1...3 { _ = try await bench.pass() }
    let posts = bench.posts()
    #expect(posts.count == 2)
    #expect(posts.map { $0.contains("second copy") } == [false, true])
    #expect(try bench.holds() == [.outcomeUnknown])
    // The next level is a new alert, and the doubt about the old one is past.
    bench.receiver.answer([.status(200)])
    bench.advance(days: 7)
    _ = try await bench.pass()
    #expect(bench.posts().count == 1)
    #expect(try bench.holds().isEmpty)
  }

  @Test func hangingWebhookGetsTheSameIDUntilItAnswers() async throws {
    let (bench, _) = try await Self.overdue(Self.hook)
    bench.receiver.answer([.silence])
    for _ in 1...3 { _ = try await bench.pass() }
    bench.receiver.answer([.status(200)])
    for _ in 1...2 { _ = try await bench.pass() }
    let posts = bench.posts()
    #expect(posts.map { $0.contains("\"repeated\":true") } == [false, true, true, true])
    let ids = Set(posts.compactMap { $0.firstMatch(of: #/"id":"(op_[0-9a-f]+)"/#)?.output.1 })
    #expect(ids.count == 1)
    #expect(try bench.queue().isEmpty)
  }

  /// A pass that died between sending and recording.
  @Test func aCrashAfterSendingMakesOneMarkedCopy() async throws {
    let (bench, _) = try await Self.overdue(Self.slack)
    bench.receiver.answer([.failure(.interrupted("the machine stopped"))])
    _ = try await bench.pass()
    let entry = try #require(try bench.queue().first)
    try bench.store.write { try $0.markSent([entry.operation.id], at: bench.now) }
    bench.receiver.answer([.status(200)])
    for _ in 1...2 { _ = try await bench.pass() }
    #expect(bench.posts().map { $0.contains("second copy") } == [false, true])
  }

  @Test func mailGoesToTheOwner() async throws {
    let (bench, _) = try await Self.overdue(Self.email)
    #expect(try await bench.pass().outcome == .ok)
    let mail = try #require(try bench.mail.open().first)
    #expect(mail.value("To")?.hasSuffix("<hana@kauri.example>") == true)
    #expect(mail.value("From") == "Accounts <ar@example.org>")
    #expect(mail.value("Date") == MailMessage.date(bench.now))
    #expect(try bench.holds().isEmpty)
  }

  @Test(arguments: [
    MailProgramOutcome.refused(status: 75, words: "queue is full"), .notStarted(reason: "gone"),
  ])
  func mailWaitsWhileTheProgramFails(_ outcome: MailProgramOutcome) async throws {
    let (bench, deal) = try await Self.overdue(Self.email)
    bench.mail.answer(outcome)
    for _ in 1...3 {
      #expect(try await bench.pass().exitCode == .unavailable)
      #expect(bench.status(deal) == "overdue")
      #expect(try bench.queue().count == 1)
    }
    _ = try bench.mail.open()
    bench.mail.answer(.accepted)
    #expect(try await bench.pass().outcome == .ok)
    #expect(try bench.mail.open().count == 1)
    #expect(try await bench.pass().operations.isEmpty)
  }

  @Test func withoutOwnerTheFallbackHearsAndAHoldShows() async throws {
    let (bench, _) = try await Self.overdue(Self.email, owner: nil)
    _ = try await bench.pass()
    #expect(try bench.mail.open().map { $0.value("To") } == ["desk@example.org"])
    #expect(try bench.holds() == [.ownerUnreachable])
    bench.advance(days: 1)
    _ = try await bench.pass()
    #expect(try bench.holds() == [.ownerUnreachable])
    #expect(try bench.mail.open().isEmpty)
  }

  /// A task of a deactivated owner would be nobody's: the fallback address hears too.
  @Test func aDeactivatedOwnersTaskIsDoubledByMail() async throws {
    let settings = """
      notify: { email: { from: ar@example.org, fallback: desk@example.org } }
      """
    let (bench, _) = try await Self.overdue(settings)
    try bench.person("hubspot", "archive_owner", ["id": "501"])
    bench.advance(days: 1)
    _ = try await bench.pass()
    #expect(try bench.mail.open().map { $0.value("To") } == ["desk@example.org"])
    #expect(try bench.holds() == [.ownerUnreachable])
  }

  @Test func manyAlertsOfOneOwnerAreOneMail() async throws {
    let bench = try NotifyBench(Self.email)
    for number in 1...6 { try bench.win("Deal \(number)", owner: "hana@kauri.example") }
    _ = try await bench.pass()
    bench.advance(days: 31)
    #expect(try await bench.pass().outcome == .ok)
    let mails = try bench.mail.open()
    #expect(mails.count == 1)
    #expect(mails.first?.value("Subject")?.hasPrefix("Overdue: 6 invoices, NZD ") == true)
    #expect(try await bench.pass().operations.isEmpty)
    #expect(try bench.mail.open().isEmpty)
  }

  /// A due date that moves makes the deal quiet, and the new date begins anew.
  @Test func aMovedDueDateIsQuietThenBeginsAnew() async throws {
    let (bench, deal) = try await Self.overdue(Self.slack)
    _ = try await bench.pass()
    #expect(bench.posts().count == 1)
    for id in bench.openInvoices {
      try bench.person(
        "xero", "edit_invoice",
        ["invoice": .string(id), "set": ["DueDate": "2027-03-01"]])
    }
    let moved = try await bench.pass()
    #expect(moved.operations.contains { $0.action == .unflag && $0.outcome == .applied })
    #expect(bench.status(deal) == "awaiting_payment")
    bench.advance(days: 40)
    _ = try await bench.pass()
    #expect(bench.posts().isEmpty)
    bench.advance(days: 40)
    let late = try await bench.pass()
    #expect(late.operations.contains { $0.action == .flag && $0.outcome == .applied })
    #expect(bench.posts().count == 1)
  }

  @Test(arguments: ["void", "credit", "pay"])
  func settledIsQuiet(_ verb: String) async throws {
    let (bench, deal) = try await Self.overdue(Self.slack)
    _ = try await bench.pass()
    _ = bench.posts()
    for id in bench.openInvoices { try bench.person("xero", verb, ["invoice": .string(id)]) }
    bench.advance(days: 30)
    _ = try await bench.pass()
    let expected = ["void": "voided", "credit": "credited", "pay": "paid"][verb]
    #expect(bench.status(deal) == expected)
    #expect(bench.posts().isEmpty)
  }

  @Test func aReversedPaymentIsOverdueAgain() async throws {
    let (bench, deal) = try await Self.overdue(Self.slack)
    try bench.payEverything()
    _ = try await bench.pass()
    #expect(bench.status(deal) == "paid")
    let paid = bench.paidInvoices
    for id in paid { try bench.person("xero", "unpay", ["invoice": .string(id)]) }
    _ = try await bench.pass()
    #expect(bench.status(deal) == "overdue")
    #expect(bench.posts().count == 1)
  }

  @Test func aRehearsalTellsNobody() async throws {
    let (bench, _) = try await Self.overdue(Self.slack)
    var options = PassOptions()
    options.isDryRun = true
    let report = try await bench.pass(options)
    #expect(report.operations.contains { $0.action == .notify && $0.outcome == .planned })
    #expect(bench.posts().isEmpty)
  }
}

extension NotifyBench {
  /// The bookkeeper records full payment of every open invoice.
  func payEverything() throws {
    for id in openInvoices { try person("xero", "pay", ["invoice": .string(id)]) }
  }

  var openInvoices: [String] { ours("AUTHORISED") }
  var paidInvoices: [String] { ours("PAID") }

  /// Invoices that were made from a deal.
  private func ours(_ status: String) -> [String] {
    world.withVendor(XeroSandbox.self) { vendor in
      vendor.ledgers[0].allInvoices.filter {
        "\($0.status)".uppercased() == status && $0.url != nil
      }.map(\.id.description)
    } ?? []
  }
}
