import Foundation

/// What one attempt means, before counting how often it was tried.
enum Verdict: Hashable {
  case answer(HTTPResponse)
  case refused(Refusal)
  case rateLimited(RateLimit, endsPass: Bool)
  case unauthorized(renewalHelps: Bool)
  /// The server or the line failed; a write may have been applied.
  case failed(reason: String, retryAfter: Duration?)
  /// A success without a readable body; a write was most likely applied.
  case garbled(reason: String)
  case notSent(reason: String)
}

extension Verdict {
  /// Pure: the whole table of what an answer means.
  static func on(
    _ result: Result<HTTPResponse, HTTPFailure>, to call: Call, limits: ClientLimits,
    reader: AnswerReader, redactor: Redactor, now: Int64
  ) -> Verdict {
    switch result {
    case .failure(.notSent(let reason)): .notSent(reason: reason)
    case .failure(.cancelledBeforeSending): .notSent(reason: "cancelled")
    case .failure(.interrupted(let reason)): .failed(reason: reason, retryAfter: nil)
    case .failure(.tooLarge(let limit)):
      .garbled(reason: "the answer exceeds \(limit >> 20) MiB")
    case .success(let response):
      on(response, to: call, limits: limits, reader: reader, redactor: redactor, now: now)
    }
  }

  private static func on(
    _ response: HTTPResponse, to call: Call, limits: ClientLimits, reader: AnswerReader,
    redactor: Redactor, now: Int64
  ) -> Verdict {
    let status = response.status
    let retryAfter = RetryAfter.read(response.headers, now: now)
    if 200...299 ~= status || status == 304 {
      return success(response, call, limits)
    }
    if let sign = reader.rateLimit(response) ?? (status == 429 ? .init(scope: "unknown") : nil) {
      let limit = RateLimit(retryAfter: sign.retryAfter ?? retryAfter, scope: sign.scope)
      return .rateLimited(limit, endsPass: sign.endsPass || limit.isDeferred)
    }
    if [301, 302, 303, 307, 308].contains(status) {
      return .refused(redirect(response, reader))
    }
    switch status {
    case 401: return .unauthorized(renewalHelps: reader.renewalHelps(response))
    case 408, 425, 500...:
      return .failed(reason: "HTTP \(status) from the server", retryAfter: retryAfter)
    default: return .refused(refusal(response, reader, redactor))
    }
  }

  private static func success(
    _ response: HTTPResponse, _ call: Call, _ limits: ClientLimits
  ) -> Verdict {
    guard response.body.count <= limits.maxBodyBytes else {
      return .garbled(reason: "the answer exceeds \(limits.maxBodyBytes >> 20) MiB")
    }
    var answer = response
    switch call.expects {
    case .any: return .answer(answer)
    case .empty:
      answer.body = Data()
      return .answer(answer)
    case .json:
      if [204, 205, 304].contains(response.status) { return .answer(answer) }
      answer.body = JSONShape.withoutByteOrderMark(response.body)
      if response.headers["Content-Type"]?.lowercased().contains("html") == true {
        return .garbled(reason: "HTML instead of JSON")
      }
      return JSONShape.problem(in: answer.body).map { .garbled(reason: $0) } ?? .answer(answer)
    }
  }

  /// Names the host only: the rest of the address may carry data or a token.
  private static func redirect(_ response: HTTPResponse, _ reader: AnswerReader) -> Refusal {
    let target = response.headers["Location"].flatMap { URL(string: $0) }?.host
    return Refusal(
      status: response.status, code: "redirect",
      message: "redirected to \(target ?? "the same host"), which is never followed",
      correlationID: correlationID(response, reader))
  }

  private static func refusal(
    _ response: HTTPResponse, _ reader: AnswerReader, _ redactor: Redactor
  ) -> Refusal {
    let words = reader.refusal(response)
    return Refusal(
      status: response.status, code: words?.code ?? "http_\(response.status)",
      message: redactor.scrub(words?.message ?? ""), body: response.body,
      correlationID: correlationID(response, reader))
  }

  /// Letters, digits and `-_.` of it, so that a header cannot write lines into a log.
  private static func correlationID(_ response: HTTPResponse, _ reader: AnswerReader) -> String? {
    let id = reader.correlationHeaders.lazy.compactMap { response.headers[$0] }.first
    let safe = id?.filter { $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0)) }
    return safe.map { String($0.prefix(80)) }
  }
}
