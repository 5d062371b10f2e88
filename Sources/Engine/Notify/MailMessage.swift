package import Domain
package import Foundation

/// One plain-text email as a mail program takes it on standard input: LF line ends, ASCII only.
package struct MailMessage: Hashable, Sendable {
  package var from: MailAddress
  package var to: MailAddress
  package var subject: String
  /// Paragraphs of lines.
  package var paragraphs: [[String]]
  /// The same for every copy: what the recipient's system tells repeats by.
  package var id: OperationID
  package var date: Instant

  package init(
    from: MailAddress, to: MailAddress, subject: String, paragraphs: [[String]], id: OperationID,
    date: Instant
  ) {
    self.from = from
    self.to = to
    self.subject = subject
    self.paragraphs = paragraphs
    self.id = id
    self.date = date
  }

  package var data: Data { Data(text.utf8) }

  package var text: String {
    let plain = paragraphs.map { $0.joined(separator: "\n") }.joined(separator: "\n\n")
    let body = MailEncoding.encoded(body: plain)
    let headers = [
      MailEncoding.folded("From", MailEncoding.mailbox(from)),
      MailEncoding.folded("To", MailEncoding.mailbox(to)),
      MailEncoding.header("Subject", OutgoingSubject.text(subject)),
      "Date: \(Self.date(date))",
      "Message-ID: <\(id)@\(from.domain)>",
      "MIME-Version: 1.0",
      "Content-Type: text/plain; charset=utf-8",
      "Content-Transfer-Encoding: \(body.name)",
      // No out-of-office notes in answer to a machine.
      "Auto-Submitted: auto-generated",
      "X-Auto-Response-Suppress: All",
    ]
    return (headers + [""] + body.lines).joined(separator: "\n") + "\n"
  }

  /// RFC 5322, in UTC: `Tue, 22 Dec 2026 08:00:00 +0000`.
  package static func date(_ instant: Instant) -> String {
    let (day, milliseconds) = instant.utcParts
    let weekdays = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
    let months = [
      "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
    let weekday = weekdays[(day.dayNumber % 7 + 7) % 7]
    let seconds = Int(milliseconds / 1000)
    let clock = [seconds / 3600, seconds / 60 % 60, seconds % 60].map(two)
      .joined(separator: ":")
    return "\(weekday), \(two(day.day)) \(months[day.month - 1]) \(day.year) \(clock) +0000"
  }

  private static func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
}

/// A subject line short enough to be read whole.
enum OutgoingSubject {
  static func text(_ text: String) -> String { AlertText.line(text, 180) }
}
