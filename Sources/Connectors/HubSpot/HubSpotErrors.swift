import Domain
import Foundation
import Transport

/// A record that cannot be used as it stands; names the field, not the customer.
struct HubSpotUnreadable: Error, Hashable { var reason: String }

extension AnswerReader {
  /// HubSpot's words for limits and refusals.
  static let hubSpot = AnswerReader(
    limits: { headers in
      func number(_ name: String) -> Int? {
        headers["X-HubSpot-RateLimit-\(name)"].flatMap { Int($0) }
      }
      let reading = LimitReading(
        dayRemaining: number("Daily-Remaining"), dayLimit: number("Daily"),
        windowRemaining: number("Remaining"))
      return reading == LimitReading() ? nil : reading
    },
    rateLimit: { response in
      switch response.status {
      case 423: RateLimitSign(scope: "locked", retryAfter: .seconds(2))
      // The account is moving to another data centre, which takes hours.
      case 477: RateLimitSign(scope: "migration", endsPass: true)
      case 429: HubSpotProblem.limit(HubSpotFailure.read(response.body)?.policy ?? "")
      default: nil
      }
    },
    refusal: { response in
      guard let failure = HubSpotFailure.read(response.body) else { return nil }
      let code = failure.problems.first?.code ?? failure.category
      return (code.isEmpty ? "http_\(response.status)" : code, failure.message)
    },
    correlationHeaders: ["X-HubSpot-Correlation-Id", "X-Request-Id"])
}

/// What the vendor's refusals mean here.
enum HubSpotProblem {
  static func limit(_ policy: String) -> RateLimitSign {
    switch policy.uppercased() {
    case "DAILY": RateLimitSign(scope: "day", endsPass: true)
    case "TEN_SECONDLY_ROLLING": RateLimitSign(scope: "ten_seconds", retryAfter: .seconds(10))
    case "SECONDLY": RateLimitSign(scope: "second", retryAfter: .seconds(1))
    case "": RateLimitSign(scope: "unknown")
    default: RateLimitSign(scope: policy.lowercased(), retryAfter: .seconds(10))
    }
  }

  /// A missing scope is a matter of the sign-in, whatever the call was.
  static func understood(_ error: RemoteError, system: SystemName) -> RemoteError {
    guard case .refused(let refusal) = error, refusal.status == 403 else { return error }
    let failure = HubSpotFailure.read(refusal.body)
    // Other categories are about the single record: a person's permission, for example.
    guard ["", "MISSING_SCOPES"].contains(failure?.category ?? "") else { return error }
    let scopes = failure?.scopes ?? []
    let wanted = scopes.isEmpty ? "a scope it needs" : scopes.joined(separator: " or ")
    return .signInNeeded(
      reason: "the sign-in of \(system) lacks \(wanted): add it to the app or key in HubSpot,"
        + " then sign in again: xerosync auth login \(system)")
  }

  static func failure(_ refusal: Refusal) -> HubSpotFailure {
    HubSpotFailure.read(refusal.body)
      ?? HubSpotFailure(category: refusal.code, message: refusal.message)
  }

  /// A definite no on one record, as a hold.
  static func refusal(_ failure: HubSpotFailure, on object: HubSpotObject) -> WriteRefusal {
    let message = failure.message.isEmpty ? "HubSpot refused the record" : failure.message
    if let problem = failure.problems.first(where: { !$0.property.isEmpty }) {
      let words = problem.message.isEmpty ? message : problem.message
      return WriteRefusal(
        code: .fieldRefused, message: words, remedy: remedy(problem, on: object))
    }
    if failure.meansNotFound, object == .deals {
      return WriteRefusal(
        code: .dealDeleted, message: message,
        remedy: "restore the deal in HubSpot, or void its invoice")
    }
    return WriteRefusal(
      code: .refused, message: message,
      remedy: "mend the record in HubSpot as the message says")
  }

  private static func remedy(
    _ problem: HubSpotFailure.Problem, on object: HubSpotObject
  ) -> String {
    let name = "\"\(problem.property)\""
    switch problem.code {
    case "PROPERTY_DOESNT_EXIST":
      return "create the property \(name) of \(object.rawValue): xerosync doctor --fix"
    case "INVALID_OPTION":
      return "add the value to the options of \(name) in HubSpot, or make it a text property"
    case "READ_ONLY_VALUE":
      return "name another property than \(name) under crms[].fields"
    case "MISSING_REQUIRED_PROPERTIES":
      return "fill in \(name) in HubSpot, or make it optional there"
    default:
      return "check the type of the property \(name) in HubSpot, or name another under"
        + " crms[].fields"
    }
  }
}

extension WriteOutcome {
  /// The outcome of a write whose call failed as a whole.
  static func failing(_ error: RemoteError, on object: HubSpotObject) -> WriteOutcome {
    switch error {
    case .refused(let refusal):
      .refused(HubSpotProblem.refusal(HubSpotProblem.failure(refusal), on: object))
    case .outcomeUnknown(let reason): .unknown(reason: reason)
    case .notSent, .rateLimited, .budgetExhausted, .unreadable, .signInNeeded, .deadlinePassed:
      .notSent(reason: error.description)
    }
  }
}
