/// Why a request was not carried out, in the vendor's words.
struct QuickBooksFault: Error, Sendable, Hashable {
  var status = 400
  var type = "ValidationFault"
  var code: String
  var message: String
  var detail: String
  var element = ""

  init(_ code: String, _ message: String, _ detail: String? = nil, element: String = "") {
    self.code = code
    self.message = message
    self.detail = detail.map { "\(message) : \($0)" } ?? message
    self.element = element
  }

  static func missing(_ name: String) -> QuickBooksFault {
    QuickBooksFault(
      "2020", "Required param missing, need to supply the required value for the API",
      "Required parameter \(name) is missing in the request", element: name)
  }

  static func unknownProperty(_ name: String) -> QuickBooksFault {
    QuickBooksFault(
      "2010", "Request has invalid or unsupported property",
      "Property Name:\(name) specified is unsupported or invalid", element: name)
  }

  static func tooLong(_ name: String, _ most: Int) -> QuickBooksFault {
    QuickBooksFault(
      "2050", "String length is either shorter or longer than supported by specification",
      "Max length allowed for \(name) is \(most)", element: name)
  }

  static func notFound(_ what: String) -> QuickBooksFault {
    QuickBooksFault(
      "610", "Object Not Found",
      "Something you're trying to use has been made inactive. \(what)")
  }

  static let stale = QuickBooksFault(
    "5010", "Stale Object Error",
    "You and another person were working on this at the same time. The other person finished"
      + " before you did, so your work was not saved.")

  static func business(_ detail: String) -> QuickBooksFault {
    QuickBooksFault(
      "6000",
      "A business validation error has occurred while processing your"
        + " request", "Business Validation Error: \(detail)")
  }

  static func query(_ detail: String) -> QuickBooksFault {
    QuickBooksFault("4000", "Error parsing query", "QueryParserError: \(detail)")
  }

  static let throttled: QuickBooksFault = {
    var fault = QuickBooksFault(
      "003001", "ThrottleExceeded", "Throttled: too many requests; statusCode=429")
    (fault.status, fault.type) = (429, "THROTTLED")
    return fault
  }()

  static let forbidden: QuickBooksFault = {
    var fault = QuickBooksFault("3100", "ApplicationAuthorizationFailed", "errorCode=003100")
    (fault.status, fault.type) = (403, "AuthorizationFault")
    return fault
  }()

  /// The document of a fault; of a failed sign-in it has another shape.
  func response(at now: SandboxTime) -> SandboxResponse {
    .json(["Fault": json, "time": .string(now.pacific)], status: status)
  }

  var json: JSONValue {
    [
      "Error": [
        [
          "Message": .string(message), "Detail": .string(detail), "code": .string(code),
          "element": .string(element),
        ]
      ],
      "type": .string(type),
    ]
  }

  static func signIn(_ words: String, code: String = "3200") -> SandboxResponse {
    .json(
      [
        "warnings": nil,
        "fault": [
          "error": [
            [
              "message": .string("message=\(words); errorCode=00\(code); statusCode=401"),
              "detail": .string(words), "code": .string(code), "element": nil,
            ]
          ],
          "type": "AUTHENTICATION",
        ],
      ], status: 401)
  }
}

extension SandboxTime {
  /// As the vendor writes every stamp: whole seconds of the United States' Pacific time.
  var pacific: String {
    SandboxTime(milliseconds: milliseconds - 8 * 3_600_000).secondsText + "-08:00"
  }
}
