import Domain
import Engine
import Foundation
import Testing

@Suite struct NotifyMailTests {
  static func from() throws -> MailAddress {
    try #require(MailAddress("Accounts <ar@example.org>"))
  }

  static func mail(_ alerts: [AlertDraft]) throws -> MailMessage {
    MailNotifier.mail(
      NotifyFixture.message(alerts), from: try from(),
      fallback: try #require(MailAddress("desk@example.org")))
  }

  @Test func plainAlert() throws {
    try NotifyFixture.expect(try Self.mail([NotifyFixture.alert()]).text, equals: "alert.eml")
  }

  @Test func reminderWithLettersBeyondASCII() throws {
    let alert = try NotifyFixture.alert(
      customer: "Größe & Söhne — Ingenieurbüro für Wasserwirtschaft und Umwelttechnik",
      deal: "Brücke über die Wümme", owner: NotifyFixture.owner("Zoë Ångström"), level: 3, late: 15)
    try NotifyFixture.expect(try Self.mail([alert]).text, equals: "reminder.eml")
  }

  @Test func japanese() throws {
    let alert = try NotifyFixture.alert(
      customer: "株式会社みずほ設計事務所", deal: "本社ネットワーク更新工事（第二期）",
      owner: NotifyFixture.owner("山田 太郎"))
    try NotifyFixture.expect(try Self.mail([alert]).text, equals: "japanese.eml")
  }

  @Test func digest() throws {
    let alerts = try (1...5).map {
      try NotifyFixture.alert(
        "i\($0)", number: "INV-000\($0)", deal: "Deal \($0)", level: $0, late: 7 * $0,
        cents: Int64($0) * 10_000)
    }
    try NotifyFixture.expect(try Self.mail(alerts).text, equals: "digest.eml")
  }

  @Test func secondCopyWithoutOwner() throws {
    let alert = try NotifyFixture.alert(owner: nil, inDoubt: true)
    try NotifyFixture.expect(try Self.mail([alert]).text, equals: "second-copy.eml")
  }

  @Test func operatorNotice() throws {
    let notice = OperatorNotice(
      id: NotifyFixture.key(), topic: .passesFailing, organisation: "Harbour Works",
      sentAt: NotifyFixture.now, title: "xerosync: 3 passes in a row failed for Harbour Works",
      lines: ["3 passes in a row failed.", "The last one: xero cannot be reached."])
    let mail = MailNotifier.mail(notice, from: try Self.from(), to: try Self.from())
    try NotifyFixture.expect(mail.text, equals: "operator.eml")
  }

  /// Nothing in a record can begin a header or a body of its own.
  @Test(arguments: [
    "a\r\nBcc: everybody@example.org", "a\nBcc: x@example.org\n\nbody", "a\u{2028}Bcc: x@y.zz",
    "a\u{0B}Bcc: x@y.zz", "a\u{85}Bcc: x@y.zz", "\r\n\r\nhello", "=?UTF-8?Q?=0ABcc:?=",
    String(repeating: "x", count: 5000), "\u{0000}\u{0007}", "\"quoted\" <evil@example.org>",
  ])
  func headersCannotBeInjected(_ text: String) throws {
    let alert = try NotifyFixture.alert(
      number: text, customer: text, deal: text, owner: NotifyFixture.owner(text))
    let mail = try Self.mail([alert])
    let parsed = try ParsedMail(mail.text)
    #expect(
      parsed.headers.map(\.name) == [
        "From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type",
        "Content-Transfer-Encoding", "Auto-Submitted", "X-Auto-Response-Suppress",
      ])
    let to = try #require(parsed.value("To")?.split(separator: " ").last)
    #expect(to == "<mara@harbour.example>" || to == "mara@harbour.example")
    #expect(mail.text.utf8.allSatisfy { (0x20...0x7E).contains($0) || $0 == 0x0A })
  }

  /// What is read back is what was written, for any text, and no line is too long.
  @Test(arguments: 0..<60)
  func survivesTheWay(seed: UInt64) throws {
    var random = SeededGenerator(state: seed)
    let alphabet: [Character] = [
      "a", "B", " ", "é", "ß", "—", "=", "?", "_", ".", "漢", "😀", "e\u{301}", "\"", "\\", ",",
    ]
    func text(_ length: Int) -> String {
      String((0..<length).map { _ in alphabet.randomElement(using: &random) ?? "a" })
    }
    let line = text(Int.random(in: 1...400, using: &random))
    let subject = "s" + text(Int.random(in: 1...150, using: &random)) + "e"
    let name = "n" + text(Int.random(in: 0...60, using: &random)) + "e"
    let to = try #require(MailAddress(name: name, address: "to@example.org"))
    let mail = MailMessage(
      from: try Self.from(), to: to, subject: subject, paragraphs: [[line, "."], ["From here"]],
      id: NotifyFixture.key(), date: NotifyFixture.now)
    let parsed = try ParsedMail(mail.text)
    func plain(_ text: String) -> String {
      text.precomposedStringWithCanonicalMapping.split(separator: " ").joined(separator: " ")
    }
    #expect(parsed.decoded("Subject") == plain(subject), "seed \(seed)")
    #expect(parsed.displayName("To") == plain(name), "seed \(seed)")
    #expect(parsed.body == line + "\n.\n\nFrom here", "seed \(seed)")
    for row in mail.text.split(separator: "\n") {
      #expect(row.utf8.count <= 76 || !row.contains("=?"), "seed \(seed): \(row)")
      #expect(row.utf8.count <= 998)
      #expect(row != "." && !row.hasPrefix("From "), "seed \(seed)")
    }
  }

  @Test(arguments: [
    ("1970-01-01T00:00:00Z", "Thu, 01 Jan 1970 00:00:00 +0000"),
    ("2028-02-29T23:59:59Z", "Tue, 29 Feb 2028 23:59:59 +0000"),
    ("2026-12-22T08:00:00Z", "Tue, 22 Dec 2026 08:00:00 +0000"),
    ("1969-12-31T00:00:00Z", "Wed, 31 Dec 1969 00:00:00 +0000"),
  ])
  func dates(_ time: String, _ expected: String) throws {
    #expect(MailMessage.date(try #require(Instant(time))) == expected)
  }

  @Test func theSameAlertsMakeTheSameMessageID() throws {
    let first = try Self.mail([NotifyFixture.alert()])
    var again = try Self.mail([NotifyFixture.alert(inDoubt: true)])
    #expect(first.id == again.id)
    again = try Self.mail([NotifyFixture.alert(), NotifyFixture.alert("i2")])
    #expect(first.id != again.id)
  }

  @Test(arguments: [
    ("ar@example.org", "ar@example.org"), ("Accounts <ar@example.org>", "ar@example.org"),
    ("  \"A, B\" <a+b@ex-ample.co.nz> ", "a+b@ex-ample.co.nz"),
    ("root@localhost", "root@localhost"),
  ])
  func goodAddresses(_ text: String, _ address: String) throws {
    #expect(try #require(MailAddress(text)).address == address)
  }

  @Test(arguments: [
    "", "ar", "a@b@c", "a b@example.org", "a@example.org, b@example.org",
    "a@example.org\nBcc: b@c.d",
    "<a@example.org", "-f@example.org", ".a@example.org", "a..b@example.org", "a@-x.org",
    "a@example..org", "grüße@example.org", "a@bücher.example", "a@example.org>", "a@[127.0.0.1]",
    "\"a b\"@example.org", "a;b@example.org", "a@example.org\u{0}",
  ])
  func badAddresses(_ text: String) { #expect(MailAddress(text) == nil) }

  // MARK: Sending

  @Test(arguments: [
    (MailProgramOutcome.accepted, "applied"), (.refused(status: 75, words: "later"), "notSent"),
    (.notStarted(reason: "missing"), "notSent"), (.interrupted(reason: "slow"), "unknown"),
  ])
  func judges(_ outcome: MailProgramOutcome, _ word: String) async throws {
    let from = try Self.from()
    let mail = MailNotifier.make(from: from, fallback: from) { arguments, input in
      #expect(arguments == ["-t", "-i", "-f", "ar@example.org"])
      #expect(String(decoding: input, as: UTF8.self).hasPrefix("From: Accounts <ar@example.org>\n"))
      return outcome
    }
    let answer = await mail.deliver(NotifyFixture.message([try NotifyFixture.alert()]))
    #expect(answer.word == word)
  }

  /// A program that hangs or is missing is not tried for every alert; one that refuses is.
  @Test(arguments: [
    (MailProgramOutcome.refused(status: 67, words: ""), 3), (.notStarted(reason: ""), 1),
    (.interrupted(reason: ""), 1),
  ])
  func isLeftAloneAfterATrouble(_ outcome: MailProgramOutcome, _ runs: Int) async throws {
    let from = try Self.from()
    let count = Counter()
    let mail = MailNotifier.make(from: from, fallback: from) { _, _ in
      count.increment()
      return outcome
    }
    for _ in 1...3 { _ = await mail.deliver(NotifyFixture.message([try NotifyFixture.alert()])) }
    #expect(count.value == runs)
  }

  @Test(arguments: [
    ("cat > \"$OUT\"; exit 0", MailProgramOutcome.accepted),
    ("exit 0", .accepted),
    ("echo 'no such user' >&2; exit 67", .refused(status: 67, words: "no such user")),
    ("head -c 200000 /dev/zero >&2; exit 75", .refused(status: 75, words: "")),
    ("kill -9 $$", .interrupted(reason: "the mail program was killed")),
    ("exec sleep 60", .interrupted(reason: "the mail program did not end within 1 s")),
  ])
  func runsTheProgram(_ script: String, _ expected: MailProgramOutcome) async throws {
    let directory = FileManager.default.temporaryDirectory
      .appendingPathComponent("notify-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: directory) }
    let out = directory.appendingPathComponent("out")
    let program = directory.appendingPathComponent("sendmail")
    try Data("#!/bin/sh\nOUT='\(out.path)'\n\(script)\n".utf8).write(to: program)
    try FileManager.default.setAttributes(
      [.posixPermissions: 0o700], ofItemAtPath: program.path)
    let input = Data(String(repeating: "a line of the message\n", count: 10_000).utf8)
    let outcome = await MailProgram.run(
      path: program.path, arguments: ["-t"], input: input, seconds: 1)
    if case .refused(let status, let words) = outcome, words.contains("\u{0}") {
      #expect(expected == .refused(status: status, words: ""))
    } else {
      #expect(outcome == expected)
    }
    if script.hasPrefix("cat") { #expect(try Data(contentsOf: out) == input) }
  }

  @Test func aMissingProgramIsNotStarted() async {
    let outcome = await MailProgram.run(path: "/nonexistent/sendmail", arguments: [], input: Data())
    #expect(
      outcome == .notStarted(reason: "/nonexistent/sendmail is no program that may be run"))
  }
}
