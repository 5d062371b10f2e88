import Domain
import Foundation
import Transport

/// A record that cannot be used as it stands; names the field, not the customer.
struct PipedriveUnreadable: Error, Hashable { var reason: String }

extension AnswerReader {
  /// Pipedrive's words for limits and refusals. The day is counted in the vendor's cost units.
  static let pipedrive = AnswerReader(
    limits: { headers in
      func number(_ name: String) -> Int? { headers[name].flatMap { Int($0) } }
      let reading = LimitReading(
        dayRemaining: number("x-daily-ratelimit-token-remaining"),
        dayLimit: number("x-daily-ratelimit-token-limit"),
        windowRemaining: number("x-ratelimit-remaining"),
        // Seconds left, no epoch.
        windowResetsIn: number("x-ratelimit-reset").map { .seconds(min(max($0, 0), 60)) })
      return reading == LimitReading() ? nil : reading
    },
    rateLimit: { PipedriveProblem.limit($0) },
    refusal: { response in
      guard let failure = PipedriveFailure.read(response.body) else { return nil }
      return (failure.code.isEmpty ? "http_\(response.status)" : failure.code, failure.error)
    },
    correlationHeaders: ["x-correlation-id", "X-Request-Id"])
}

/// What the vendor's refusals mean here.
enum PipedriveProblem {
  static func limit(_ response: HTTPResponse) -> RateLimitSign? {
    let isPage = response.headers["Content-Type"]?.lowercased().contains("html") == true
    // Going on after 429 brings a block page; calling again only makes it last longer.
    if response.status == 403, isPage { return RateLimitSign(scope: "blocked", endsPass: true) }
    guard response.status == 429 else { return nil }
    let left = response.headers["x-daily-ratelimit-token-remaining"].flatMap { Int($0) }
    let inBurst = response.headers["x-ratelimit-remaining"].flatMap { Int($0) }
    let words = PipedriveFailure.read(response.body)?.error.lowercased() ?? ""
    if left.map({ $0 <= 0 }) ?? (words.contains("daily") || (inBurst ?? 0) > 0) {
      return RateLimitSign(scope: "day", endsPass: true)
    }
    let seconds = response.headers["x-ratelimit-reset"].flatMap { Int($0) } ?? 2
    return RateLimitSign(scope: "two_seconds", retryAfter: .seconds(min(max(seconds, 1), 60)))
  }

  /// A missing scope and a closed account are matters of the sign-in, whatever the call was.
  static func understood(_ error: RemoteError, system: SystemName) -> RemoteError {
    guard case .refused(let refusal) = error else { return error }
    if refusal.status == 402 {
      return .signInNeeded(
        reason: "the Pipedrive account of \(system) is not open (its trial or plan has ended):"
          + " renew the plan in Pipedrive under Company settings, Billing")
    }
    let failure = failure(refusal)
    guard refusal.status == 403, failure.code.isEmpty || failure.code == "http_403",
      failure.error.lowercased().contains("scope")
    else { return error }
    return .signInNeeded(
      reason: "the sign-in of \(system) lacks a scope it needs: add it to the app in Pipedrive's"
        + " developer hub, then sign in again: xerosync auth login \(system)")
  }

  static func failure(_ refusal: Refusal) -> PipedriveFailure {
    PipedriveFailure.read(refusal.body)
      ?? PipedriveFailure(error: refusal.message, code: refusal.code)
  }

  static func isMissing(_ error: RemoteError) -> Bool {
    guard case .refused(let refusal) = error else { return false }
    return refusal.status == 404 || refusal.status == 410
  }

  /// A definite no on one record, as a hold. `names`: of custom fields by their keys.
  static func refusal(
    _ refusal: Refusal, on object: PipedriveObject, names: [String: String] = [:]
  ) -> WriteRefusal {
    let failure = failure(refusal)
    var message = failure.error.isEmpty ? "Pipedrive refused the record" : failure.error
    let key = names.keys.first { message.contains($0) }
    for (key, name) in names { message = message.replacing(key, with: name) }
    if failure.code.hasPrefix("feature_capping") {
      return WriteRefusal(
        code: .planLimit, message: message,
        remedy: "the plan's limit is reached: remove what is not needed, or raise the plan")
    }
    if isMissing(.refused(refusal)), object == .deals {
      return WriteRefusal(
        code: .dealDeleted, message: message,
        remedy: "restore the deal in Pipedrive, or void its invoice")
    }
    if object == .deals, message.lowercased().contains("archived") {
      return WriteRefusal(
        code: .fieldRefused, message: message,
        remedy: "the deal is archived and cannot be written to: unarchive it in Pipedrive")
    }
    if let name = key.flatMap({ names[$0] }) {
      return WriteRefusal(
        code: .fieldRefused, message: message,
        remedy: "check the type of the custom field “\(name)” in Pipedrive, or name another under"
          + " crms[].fields")
    }
    if object == .activities, message.contains("owner_id") {
      return WriteRefusal(
        code: .ownerUnreachable, message: message,
        remedy: "give the deal an active owner in Pipedrive")
    }
    return WriteRefusal(
      code: .refused, message: message,
      remedy: "mend the record in Pipedrive as the message says")
  }

  static func missingField(_ name: String, on object: PipedriveObject) -> WriteRefusal {
    WriteRefusal(
      code: .fieldRefused, message: "Pipedrive has no custom field “\(name)” of \(object.rawValue)",
      remedy: "create it: xerosync doctor --fix, or name another under crms[].fields")
  }
}

extension PipedriveFailure {
  init(error: String, code: String) {
    self.error = error
    self.code = code
    info = ""
  }
}

extension WriteOutcome {
  /// The outcome of a write whose call failed.
  static func failing(
    _ error: RemoteError, on object: PipedriveObject, names: [String: String] = [:]
  ) -> WriteOutcome {
    switch error {
    case .refused(let refusal):
      .refused(PipedriveProblem.refusal(refusal, on: object, names: names))
    case .outcomeUnknown(let reason): .unknown(reason: reason)
    case .notSent, .rateLimited, .budgetExhausted, .unreadable, .signInNeeded, .deadlinePassed:
      .notSent(reason: error.description)
    }
  }
}
