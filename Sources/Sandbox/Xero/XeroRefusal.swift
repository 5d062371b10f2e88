import Foundation

/// Why a call as a whole is refused, with the body and headers the vendor sends for it.
enum XeroRefusal: Error, Sendable {
  case validation([JSONValue])
  case query(String)
  case badBody(String)
  case idempotencyMismatch(String)
  case badRequest(String)
  case unauthorized(String)
  case forbidden
  case notFound
  case tooLarge
  case rateLimited(problem: String, retryAfter: Int)

  /// One message without an element, as sub-resources send it.
  static func message(_ text: String) -> XeroRefusal {
    .validation([["ValidationErrors": [["Message": .string(text)]]]])
  }

  func response(instance: XeroID) -> SandboxResponse {
    switch self {
    case .validation(let elements):
      .json(
        [
          "ErrorNumber": 10, "Type": "ValidationException",
          "Message": "A validation exception occurred", "Elements": .array(elements),
        ], status: 400)
    case .query(let message): Self.exception(16, "QueryParseException", message)
    case .badBody(let message): Self.exception(14, "PostDataInvalidException", message)
    case .idempotencyMismatch(let key):
      Self.problem(
        400, "Bad Request", "The idempotency key \(key) is used with a different request",
        instance)
    case .badRequest(let detail): Self.problem(400, "Bad Request", detail, instance)
    case .unauthorized(let detail):
      Self.problem(
        401, "Unauthorized", detail, instance,
        headers: [.init(name: "WWW-Authenticate", value: "Bearer error=invalid_token")])
    case .forbidden: Self.problem(403, "Forbidden", "AuthenticationUnsuccessful", instance)
    case .notFound:
      Self.problem(404, "NotFound", "The resource you're looking for cannot be found", instance)
    case .tooLarge: Self.problem(413, "Request Entity Too Large", "Over 10 MB", instance)
    case .rateLimited(let problem, let seconds):
      SandboxResponse(
        status: 429,
        headers: [
          .init(name: "X-Rate-Limit-Problem", value: problem),
          .init(name: "Retry-After", value: String(seconds)),
        ])
    }
  }

  private static func exception(
    _ number: Int, _ type: String, _ message: String
  ) -> SandboxResponse {
    .json(
      ["ErrorNumber": .integer(number), "Type": .string(type), "Message": .string(message)],
      status: 400)
  }

  private static func problem(
    _ status: Int, _ title: String, _ detail: String, _ instance: XeroID,
    headers: [SandboxResponse.Header] = []
  ) -> SandboxResponse {
    .json(
      [
        "Type": .null, "Title": .string(title), "Status": .integer(status),
        "Detail": .string(detail), "Instance": instance.json, "Extensions": [:],
      ], status: status, headers: headers)
  }
}
