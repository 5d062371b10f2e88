internal import Domain
internal import Foundation
internal import Transport

/// What QuickBooks' words mean to us.
enum QuickBooksErrors {
  /// How QuickBooks words limits and refusals.
  static var reader: AnswerReader {
    AnswerReader(
      rateLimit: rateLimit,
      refusal: { response in
        guard let fault = QuickBooksFault(response.body), let first = fault.errors.first else {
          return nil
        }
        return (String(first.code.prefix(80)), String(fault.words.prefix(1000)))
      },
      // Code 120: the person lost access to the company; no token cures that.
      renewalHelps: { response in
        QuickBooksFault(response.body)?.errors.contains { $0.code == "120" } != true
      },
      correlationHeaders: ["intuit_tid"])
  }

  private static func rateLimit(_ response: HTTPResponse) -> RateLimitSign? {
    let isThrottle =
      response.status == 429 || QuickBooksFault(response.body)?.isThrottle == true
    guard isThrottle else { return nil }
    let told = response.headers["Retry-After"] != nil
    return RateLimitSign(scope: "minute", retryAfter: told ? nil : .seconds(60))
  }
}

/// A fault, in either of the two shapes QuickBooks has: of a whole answer or of one element.
struct QuickBooksFault: Decodable, Hashable, Sendable {
  let type: String
  let errors: [Item]

  struct Item: Decodable, Hashable, Sendable {
    let message: String
    let detail: String
    let code: String

    init(from decoder: any Decoder) throws {
      let fields = try RecordFields(decoder)
      func either(_ name: String) throws -> String {
        let upper = try fields.text(name)
        return upper.isEmpty ? try fields.text(name.lowercased()) : upper
      }
      message = try either("Message")
      detail = try either("Detail")
      code = try either("code")
    }
  }

  init(from decoder: any Decoder) throws {
    let fields = try RecordFields(decoder)
    type = try fields.text("type")
    let upper = try fields.list("Error", of: Item.self)
    errors = upper.isEmpty ? try fields.list("error", of: Item.self) : upper
  }

  private struct Envelope: Decodable {
    let fault: QuickBooksFault?

    init(from decoder: any Decoder) throws {
      let fields = try RecordFields(decoder)
      let upper = try fields.one("Fault", QuickBooksFault.self)
      fault = try upper ?? fields.one("fault", QuickBooksFault.self)
    }
  }

  /// Nil for an answer without a fault.
  init?(_ body: Data) {
    // The word stands in the first bytes: a large page of records is not read twice for it.
    guard body.prefix(200).range(of: Data("ault\"".utf8)) != nil,
      let fault = (try? JSONReading.decode(Envelope.self, from: body))?.fault
    else { return nil }
    self = fault
  }

  /// The most telling words: the detail contains the message where both are there.
  var words: String {
    errors.map { $0.detail.isEmpty ? $0.message : $0.detail }.joined(separator: "; ")
  }

  var isStale: Bool { errors.contains { $0.code == "5010" } }

  var isThrottle: Bool { errors.contains { ["3001", "003001"].contains($0.code) } }

  /// Whether the service itself failed: then nobody knows what was done.
  var isBreakdown: Bool { type.lowercased() == "systemfault" || errors.isEmpty }

  var isSignIn: Bool {
    ["authenticationfault", "authorizationfault", "authentication"].contains(type.lowercased())
  }
}
