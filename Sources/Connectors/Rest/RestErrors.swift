import Domain
import Foundation
import Transport

/// A record that cannot be used as it stands; names the field, not the customer.
struct RestUnreadable: Error, Hashable { var reason: String }

/// What the rules of a description say of an answer.
struct RestJudge: Sendable {
  var rules: RestAnswerRules
  var scope: RestScope

  /// What an answer means, before it is asked for records.
  enum Verdict: Hashable {
    case fine
    case failed(RestErrorKind, retryAfter: Duration?)
  }

  func verdict(status: Int, _ body: RestValue) -> Verdict {
    for rule in rules.errors where rule.status == nil || rule.status == status {
      if let when = rule.when, !when.holds(for: body, scope) { continue }
      if rule.kind == .ignore { return .fine }
      let seconds = rule.retryAfter?.values(in: body, scope).first?.number.flatMap {
        Int($0.rounded(0).plain)
      }
      return .failed(rule.kind, retryAfter: seconds.map { .seconds(min(max($0, 0), 86_400)) })
    }
    if 200...299 ~= status, let success = rules.success, !success.holds(for: body, scope) {
      return .failed(.refused, retryAfter: nil)
    }
    return .fine
  }

  /// The system's own words: a text, or the texts of a list.
  func message(_ body: RestValue) -> String? {
    for path in rules.messages {
      let texts = path.values(in: body, scope).flatMap { value -> [String] in
        if case .list(let list) = value { return list.compactMap(\.plain) }
        return [value.plain].compactMap { $0 }
      }.filter { !$0.isEmpty }
      if !texts.isEmpty { return OutgoingText.line(texts.joined(separator: "; "), limit: 500) }
    }
    return nil
  }

  func code(_ body: RestValue) -> String? {
    rules.code?.values(in: body, scope).first?.plain.flatMap { $0.isEmpty ? nil : $0 }
  }
}

extension AnswerReader {
  /// The words of a described system for limits and refusals.
  static func rest(_ description: RestDescription, _ time: TimeSource) -> AnswerReader {
    let limits = description.limits
    let judge = RestJudge(rules: description.connection.answers, scope: RestScope())
    return AnswerReader(
      limits: { headers in limits.reading(headers) },
      rateLimit: { response in
        let body = (try? RestValue.decode(response.body)) ?? .null
        switch judge.verdict(status: response.status, body) {
        case .failed(.rateLimited, let retryAfter):
          return RateLimitSign(
            scope: "window",
            retryAfter: retryAfter ?? limits.wait(response.headers, now: time.now()))
        case .failed(.dayLimit, let retryAfter):
          return RateLimitSign(scope: "day", retryAfter: retryAfter, endsPass: true)
        case .failed(.retry, _), .failed(.signIn, _), .failed(.notFound, _), .failed(.refused, _),
          .failed(.ignore, _), .fine:
          guard response.status == 429 else { return nil }
          return RateLimitSign(
            scope: "window", retryAfter: limits.wait(response.headers, now: time.now()))
        }
      },
      refusal: { response in
        guard let body = try? RestValue.decode(response.body) else { return nil }
        let message = judge.message(body) ?? ""
        return (judge.code(body) ?? "http_\(response.status)", message)
      })
  }
}

extension RestLimits {
  func reading(_ headers: HTTPHeaders) -> LimitReading? {
    func number(_ name: String?) -> Int? { name.flatMap { headers[$0] }.flatMap { Int($0) } }
    let reading = LimitReading(
      dayRemaining: number(dayRemainingHeader), windowRemaining: number(remainingHeader),
      windowResetsIn: reset?.kind == .seconds
        ? number(reset?.header).map { .seconds(min(max($0, 0), 3600)) } : nil)
    return reading == LimitReading() ? nil : reading
  }

  /// How long a limit lasts by the system's own header; nil: `Retry-After` decides.
  func wait(_ headers: HTTPHeaders, now: Int64) -> Duration? {
    guard headers["Retry-After"] == nil, let reset, let text = headers[reset.header],
      let number = Int64(text)
    else { return nil }
    let seconds: Int64 =
      switch reset.kind {
      case .seconds: number
      case .epochSeconds: number - now / 1000
      case .epochMilliseconds: (number - now) / 1000
      }
    return .seconds(min(max(seconds + 1, 1), 3600))
  }
}

/// What refusals of a described system mean here.
enum RestProblem {
  static func isMissing(_ error: RemoteError) -> Bool {
    guard case .refused(let refusal) = error else { return false }
    return refusal.status == 404 || refusal.status == 410
  }

  /// A definite no on one record, as a hold.
  static func refusal(
    _ refusal: Refusal, on kind: RecordKind, title: String
  ) -> WriteRefusal {
    let message =
      refusal.message.isEmpty
      ? "\(title) refused the record (HTTP \(refusal.status), \(refusal.code))" : refusal.message
    if isMissing(.refused(refusal)), kind != .alert {
      return WriteRefusal(
        code: kind == .deal ? .dealDeleted : .contactArchived, message: message,
        remedy: kind == .deal
          ? "restore the deal in \(title), or void its invoice"
          : "restore the record in \(title), or unlink it: xerosync unlink")
    }
    if refusal.status == 409 || refusal.status == 412 {
      return WriteRefusal(
        code: .refused, message: message,
        remedy:
          "somebody changed the record meanwhile; the next change of it is tried again, or: xerosync retry"
      )
    }
    return WriteRefusal(
      code: kind == .deal ? .fieldRefused : .refused, message: message,
      remedy: "mend the record in \(title) as the message says, or the action in the description,"
        + " then: xerosync retry")
  }
}

extension RestConnector {
  /// The outcome of a write whose call failed.
  func failing<Value>(_ error: RemoteError, on kind: RecordKind) -> WriteOutcome<Value> {
    switch error {
    case .refused(let refusal):
      .refused(RestProblem.refusal(refusal, on: kind, title: description.title))
    case .outcomeUnknown(let reason): .unknown(reason: reason)
    case .notSent, .rateLimited, .budgetExhausted, .unreadable, .signInNeeded, .deadlinePassed:
      .notSent(reason: error.description)
    }
  }

  /// For something the description cannot do.
  func undescribed(_ what: String) -> WriteRefusal {
    WriteRefusal(
      code: .refused, message: "the description of \(description.title) has no action \(what)",
      remedy: "add it to the description (Docs/crm-rest.md), or switch it off in the configuration")
  }
}
