internal import Domain
internal import Foundation
internal import Transport

/// What Xero's words mean to us.
enum XeroErrors {
  /// How Xero words limits and refusals.
  static var reader: AnswerReader {
    AnswerReader(
      limits: limits, rateLimit: rateLimit, refusal: refusal, renewalHelps: renewalHelps,
      correlationHeaders: ["Xero-Correlation-Id"])
  }

  private static func limits(_ headers: HTTPHeaders) -> LimitReading? {
    let reading = LimitReading(
      dayRemaining: headers["X-DayLimit-Remaining"].flatMap(Int.init),
      windowRemaining: headers["X-MinLimit-Remaining"].flatMap(Int.init))
    return reading == LimitReading() ? nil : reading
  }

  /// The limit's name is spelled in several ways; an unknown one is taken for a short one, unless
  /// its waiting time says otherwise.
  private static func rateLimit(_ response: HTTPResponse) -> RateLimitSign? {
    guard response.status == 429 else { return nil }
    let scope = response.headers["X-Rate-Limit-Problem"]?.lowercased() ?? "unknown"
    return RateLimitSign(scope: scope, endsPass: scope.contains("day"))
  }

  /// Only a token that is stale can be cured by a new one.
  private static func renewalHelps(_ response: HTTPResponse) -> Bool {
    let challenge = response.headers["WWW-Authenticate"]?.lowercased() ?? ""
    return !challenge.contains("insufficient_scope")
  }

  private static func refusal(_ response: HTTPResponse) -> (code: String, message: String)? {
    guard let body = try? JSONReading.decode(XeroRefusalBody.self, from: response.body) else {
      return nil
    }
    let code = body.type.isEmpty ? "http_\(response.status)" : body.type
    return (String(code.prefix(80)), String(body.words.prefix(1000)))
  }
}

/// The body of a refusal: either a validation document or a problem document.
struct XeroRefusalBody: Decodable {
  let type: String
  let message: String
  /// The errors of each element, in the order of the answer.
  let elements: [[String]]

  init(from decoder: any Decoder) throws {
    let fields = try XeroFields(decoder)
    type = (try? fields.text("Type")) ?? ""
    elements = ((try? fields.list("Elements", of: Element.self)) ?? []).map(\.messages)
    let candidates = ["Message", "Detail", "detail", "Title", "title"]
    message = candidates.lazy.compactMap { try? fields.text($0) }.first { !$0.isEmpty } ?? ""
  }

  /// The most telling words there are: those of the elements, else the document's own.
  var words: String {
    let inner = elements.flatMap { $0 }
    return inner.isEmpty ? message : inner.joined(separator: "; ")
  }

  private struct Element: Decodable {
    let messages: [String]

    init(from decoder: any Decoder) throws {
      let fields = try XeroFields(decoder)
      let own = try XeroVerdict(from: decoder).errors
      let contact = try? fields.one("Contact", XeroContactStub.self)
      messages = own + (contact?.verdict.errors ?? [])
    }
  }
}

/// From a validation message to a hold with its remedy.
enum XeroRefusals {
  /// The first message that we know decides the code; all of them are shown.
  static func refusal(_ messages: [String], fallback: HoldCode = .refused) -> WriteRefusal {
    let known = messages.lazy.compactMap(code).first
    let words = messages.isEmpty ? "Xero gave no reason" : messages.joined(separator: "; ")
    let code = known ?? fallback
    return WriteRefusal(
      code: code, message: String(words.prefix(1000)), remedy: remedy(code))
  }

  /// Nil for words we do not know.
  static func code(_ message: String) -> HoldCode? {
    let words = message.lowercased()
    return table.first { entry in
      entry.fragments.contains { fragment in
        fragment.allSatisfy { words.contains($0) }
      }
    }?.code
  }

  private struct Entry {
    let code: HoldCode
    /// Any of these; each asks for all of its words.
    let fragments: [[String]]

    init(_ code: HoldCode, _ fragments: [String]...) {
      self.code = code
      self.fragments = fragments
    }
  }

  /// Read from top to bottom: the narrower words come first.
  private static let table: [Entry] = [
    Entry(
      .numberTaken, ["invoice #", "unique"], ["invoice number", "unique"],
      ["not of valid status for modification"]),
    Entry(
      .nameTaken, ["already assigned to another contact"], ["contact name", "unique"],
      ["contact number", "already"], ["contactnumber", "already"], ["contact number", "unique"]),
    Entry(
      .periodLocked, ["lock date"], ["period is locked"], ["locked period"],
      ["period has been locked"]),
    Entry(
      .contactArchived, ["contact", "archived"], ["contact", "not active"],
      ["contact", "gdpr"]),
    Entry(
      .currencyNotEnabled, ["not subscribed to currency"], ["currency", "not enabled"],
      ["currency", "not valid"], ["multicurrency"], ["multi-currency"], ["currencycode"]),
    Entry(
      .planLimit, ["reached the limit"], ["exceeded", "limit", "plan"], ["pricing plan"],
      ["upgrade", "plan"]),
    Entry(.emailRefused, ["email", "limit"], ["email", "must be valid"], ["email address"]),
    Entry(.taxCodeUnknown, ["taxtype"], ["tax type"], ["tax rate"]),
    Entry(
      .accountUnknown, ["account code"], ["accountcode"],
      ["account", "not a valid code"], ["account", "archived"]),
    Entry(.itemUnknown, ["item code"], ["itemcode"], ["price list item"]),
    Entry(.trackingUnknown, ["tracking"]),
    Entry(.themeUnknown, ["branding theme"], ["brandingtheme"]),
    Entry(
      .badLine, ["line total"], ["lineamount"], ["discount"], ["line item"], ["lineitem"],
      ["quantity"], ["unitamount"], ["unit amount"], ["sum of the lines"], ["description"]),
    Entry(
      .fieldRefused, ["contact name cannot be empty"], ["elements to identify the contact"],
      ["exceeds the maximum length"], ["must not exceed"], ["maximum length"]),
  ]

  /// What the person does now, in the words of Xero's screens.
  static func remedy(_ code: HoldCode) -> String {
    switch code {
    case .numberTaken:
      "Give the other invoice another number in Xero, or change the number template."
    case .nameTaken:
      "Link the deal's customer to the Xero contact of that name, or rename one of them."
    case .periodLocked:
      "Move the lock date in Xero (Accounting > Advanced > Financial settings), or date the"
        + " invoice after it."
    case .contactArchived:
      "Restore the contact in Xero, or link the customer to another one with `xerosync link`."
    case .currencyNotEnabled:
      "Add the currency in Xero (Settings > Currencies), or change the deal's currency."
    case .planLimit:
      "The Xero plan allows no more of these for now: approve later, or change the plan."
    case .emailRefused:
      "Check the e-mail address of the contact in Xero and the organisation's daily e-mail limit."
    case .taxCodeUnknown:
      "Choose a tax code that the account accepts: rules[].set.tax or invoices.tax."
    case .accountUnknown:
      "Choose an active account: rules[].set.account or invoices.account."
    case .itemUnknown: "Create the item in Xero, or set invoices.create_items."
    case .trackingUnknown:
      "Add the tracking category or option in Xero, or change invoices.tracking."
    case .themeUnknown: "Choose a branding theme that exists in Xero."
    case .badLine: "Correct the deal's line: its text, quantity, price and discount."
    case .fieldRefused: "Correct the field in the CRM: Xero does not take this value."
    case .noCustomer, .customerUnsure, .noLines, .noAmount, .currencyMissing, .currencyMixed,
      .termsUnknown, .wonDateMissing, .possibleDuplicate, .totalNegative, .totalDiffers,
      .answerDiffers, .heldByRule, .recurringUnsupported, .scheduleInvalid, .invoiceVoided,
      .dealChanged, .dealReopened, .dealDeleted, .dealsMerged, .fieldConflict, .flipFlop,
      .ownerUnreachable, .stageMovedBack, .recordUnreadable, .outcomeUnknown, .refused:
      "Mend what Xero names."
    }
  }
}
