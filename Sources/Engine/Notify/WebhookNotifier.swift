import Crypto
package import Domain
package import Foundation
package import Transport

/// A webhook of the user's own: one signed JSON document for each alert.
package enum WebhookNotifier {
  /// `accounting` is the accounting system's name, for subjects; `secret` nil: unsigned.
  package static func make(
    address: String, secret: Secret?, accounting: SystemName, exchange: HTTPExchange,
    time: TimeSource
  ) -> Notifier {
    let hook = HookPost(address: address, exchange: exchange, time: time)
    @Sendable func post(_ body: Data, _ id: OperationID) async -> WriteOutcome<String> {
      let headers = secret.map { ["X-Xerosync-Signature": signature(of: body, key: $0)] }
      return await hook.post(body, headers: headers ?? [:], id: id)
    }
    return Notifier(
      recognisesRepeats: true, tell: { await post(WebhookBody.data($0), $0.id) },
      deliver: { message in
        var outcome = WriteOutcome<String>.notSent(reason: "there was nothing to send")
        for one in message.alerts {
          let body = WebhookBody.data(one, of: accounting, sentAt: message.sentAt)
          outcome = await post(body, one.key)
        }
        return outcome
      })
  }

  /// `sha256=` and the HMAC-SHA256 of the body in lower-case hexadecimal.
  package static func signature(of body: Data, key: Secret) -> String {
    let code = HMAC<SHA256>.authenticationCode(
      for: body, using: SymmetricKey(data: Data(key.reveal().utf8)))
    let digits = Array("0123456789abcdef")
    return code.reduce(into: "sha256=") {
      $0.append(digits[Int($1 >> 4)])
      $0.append(digits[Int($1 & 15)])
    }
  }
}

/// The JSON documents of the webhook. Keys are sorted: the same alert is the same bytes.
package enum WebhookBody {
  /// The document of one overdue invoice.
  package static func data(
    _ one: KeyedAlert, of accounting: SystemName, sentAt: Instant
  ) -> Data {
    let alert = one.alert
    return encoded(
      OverdueEvent(
        invoice: .init(
          subject: Subject(system: accounting, kind: .invoice, id: alert.invoice.rawValue),
          id: alert.invoice.rawValue, number: alert.invoiceNumber, url: alert.invoiceURL,
          customer: alert.customerName, dueDate: alert.dueDate, daysLate: alert.daysLate,
          amountDue: alert.amountDue.figure, currency: alert.amountDue.currency.code),
        deal: .init(
          subject: alert.deal, id: alert.deal.id, name: alert.dealName, url: alert.dealURL,
          crm: alert.deal.system),
        owner: alert.owner.map { .init(id: $0.id.rawValue, name: $0.name, email: $0.email) },
        level: alert.level, id: one.key.rawValue, sentAt: sentAt, repeated: alert.mayBeRepeat))
  }

  /// The document of word to the operator.
  package static func data(_ notice: OperatorNotice) -> Data {
    encoded(
      OperatorEvent(
        event: notice.topic.event, organisation: notice.organisation, title: notice.title,
        lines: notice.lines, id: notice.id.rawValue, sentAt: notice.sentAt,
        repeated: notice.mayBeRepeat))
  }

  private static func encoded(_ event: some Encodable) -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return (try? encoder.encode(event)) ?? Data()
  }
}

private struct OverdueEvent: Encodable {
  var schema = 1
  var event = "invoice_overdue"
  var invoice: InvoiceBody
  var deal: DealBody
  /// `null` when the deal has no owner who could be told.
  var owner: OwnerBody?
  var level: Int
  var id: String
  var sentAt: Instant
  var repeated: Bool

  struct InvoiceBody: Encodable {
    var subject: Subject
    var id, number, url, customer: String
    var dueDate: CalendarDate
    var daysLate: Int
    var amountDue, currency: String

    enum CodingKeys: String, CodingKey {
      case subject, id, number, url, customer, currency
      case dueDate = "due_date"
      case daysLate = "days_late"
      case amountDue = "amount_due"
    }
  }

  struct DealBody: Encodable {
    var subject: Subject
    var id, name, url: String
    var crm: SystemName
  }

  struct OwnerBody: Encodable {
    var id, name: String
    var email: String?
  }

  enum CodingKeys: String, CodingKey {
    case schema, event, invoice, deal, owner, level, id, repeated
    case sentAt = "sent_at"
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(schema, forKey: .schema)
    try container.encode(event, forKey: .event)
    try container.encode(invoice, forKey: .invoice)
    try container.encode(deal, forKey: .deal)
    try container.encode(owner, forKey: .owner)
    try container.encode(level, forKey: .level)
    try container.encode(id, forKey: .id)
    try container.encode(sentAt, forKey: .sentAt)
    try container.encode(repeated, forKey: .repeated)
  }
}

private struct OperatorEvent: Encodable {
  var schema = 1
  var event, organisation, title: String
  var lines: [String]
  var id: String
  var sentAt: Instant
  var repeated: Bool

  enum CodingKeys: String, CodingKey {
    case schema, event, organisation, title, lines, id, repeated
    case sentAt = "sent_at"
  }
}
