import Domain
import Foundation
import Transport

/// An answer with what paging needs of it.
struct RestAnswer: Sendable {
  var value: RestValue
  var headers: HTTPHeaders
  var url: URL
}

/// Who asks, and what for.
struct RestErrand: Sendable {
  var purpose = CallPurpose.read
  var priority: CallPriority
  /// A constant name for logs and messages, such as `deals.list`.
  var label: String

  static func read(_ label: String, _ priority: CallPriority) -> RestErrand {
    RestErrand(priority: priority, label: label)
  }
}

extension RestConnector {
  /// Longest wait for a limit that an answer of 200 tells of, and how often it is waited for.
  private static let longestWait: Duration = .seconds(60)
  private static let waits = 3

  /// Sends one request. `url`: the address of a next page, in place of the request's own.
  func send(
    _ request: RestRequest, _ scope: RestScope, _ errand: RestErrand, at url: URL? = nil,
    headers: [String: String] = [:]
  ) async throws(RemoteError) -> RestAnswer {
    var rendered: RestRendered
    do { rendered = try request.rendered(base: base, common: common, scope) } catch {
      throw .notSent(reason: "\(errand.label): \(error.reason)")
    }
    if let url { rendered.url = try client.checked(nextPage: url) }
    rendered.headers.merge(headers) { $1 }
    let call = Call(
      rendered.method, rendered.url, headers: rendered.headers, body: rendered.body,
      purpose: errand.purpose, priority: errand.priority,
      expects: errand.purpose.isRead ? .json : .any, label: errand.label)
    let judge = RestJudge(
      rules: request.rules.before(description.connection.answers), scope: self.scope)
    for _ in 0..<Self.waits {
      let response = try await exchanged(call, judge)
      let value = try decoded(response, call)
      switch judge.verdict(status: response.status, value) {
      case .fine: return RestAnswer(value: value, headers: response.headers, url: rendered.url)
      case .failed(.rateLimited, let retryAfter):
        try await wait(retryAfter ?? .seconds(5), errand)
      case .failed(let kind, _): throw error(kind, response.status, value, call, judge)
      }
    }
    throw .rateLimited(RateLimit(retryAfter: nil, scope: "window"))
  }

  /// The call; what the description calls no error is an answer like any other.
  private func exchanged(
    _ call: Call, _ judge: RestJudge
  ) async throws(RemoteError) -> HTTPResponse {
    do { return try await client.call(call) } catch {
      guard case .refused(let refusal) = error else { throw error }
      let body = (try? RestValue.decode(refusal.body)) ?? .null
      switch judge.verdict(status: refusal.status, body) {
      case .fine:
        let isIgnored = judge.rules.errors.contains {
          $0.kind == .ignore && ($0.status == nil || $0.status == refusal.status)
            && ($0.when?.holds(for: body, judge.scope) ?? true)
        }
        if isIgnored { return HTTPResponse(status: 200, body: refusal.body) }
        // What may not be read at all is a matter of the sign-in.
        if refusal.status == 403, call.purpose.isRead {
          throw .signInNeeded(
            reason: "\(name) may not read \(call.label): give the sign-in the rights it needs")
        }
        throw worded(refusal, body, judge)
      case .failed(let kind, _):
        throw self.error(kind, refusal.status, body, call, judge)
      }
    }
  }

  /// The refusal in the words of rules that only this request has.
  private func worded(
    _ refusal: Refusal, _ body: RestValue, _ judge: RestJudge
  ) -> RemoteError {
    var refusal = refusal
    if refusal.message.isEmpty { refusal.message = judge.message(body) ?? "" }
    return .refused(refusal)
  }

  private func decoded(
    _ response: HTTPResponse, _ call: Call
  ) throws(RemoteError) -> RestValue {
    guard !response.body.isEmpty else { return .null }
    do { return try RestValue.decode(response.body) } catch {
      // A word of thanks is as good as nothing; a page or half a document is not.
      let first = response.body.first { $0 > 32 }
      let isPlain =
        first != UInt8(ascii: "<") && first != UInt8(ascii: "{") && first != UInt8(ascii: "[")
      if !call.purpose.isRead, isPlain { return .null }
      let reason = "\(call.label): the answer cannot be read"
      throw call.purpose.isRead ? .unreadable(reason: reason) : .outcomeUnknown(reason: reason)
    }
  }

  private func error(
    _ kind: RestErrorKind, _ status: Int, _ body: RestValue, _ call: Call, _ judge: RestJudge
  ) -> RemoteError {
    let code = judge.code(body) ?? "http_\(status)"
    switch kind {
    case .retry:
      let reason = "\(call.label): \(description.title) has trouble (\(code))"
      return call.purpose.isRead ? .unreadable(reason: reason) : .outcomeUnknown(reason: reason)
    case .rateLimited: return .rateLimited(RateLimit(retryAfter: nil, scope: "window"))
    case .dayLimit: return .rateLimited(RateLimit(retryAfter: .seconds(3600), scope: "day"))
    case .signIn:
      return .signInNeeded(
        reason: "\(description.title) refuses the sign-in of \(name) (\(code)); check auth")
    case .notFound:
      return .refused(Refusal(status: 404, code: code, message: judge.message(body) ?? ""))
    case .refused, .ignore:
      return .refused(Refusal(status: status, code: code, message: judge.message(body) ?? ""))
    }
  }

  private func wait(_ duration: Duration, _ errand: RestErrand) async throws(RemoteError) {
    guard duration <= Self.longestWait else {
      throw .rateLimited(RateLimit(retryAfter: duration, scope: "window"))
    }
    do { try await time.sleep(duration) } catch {
      throw .notSent(reason: "\(errand.label): cancelled while waiting for a limit")
    }
  }
}
