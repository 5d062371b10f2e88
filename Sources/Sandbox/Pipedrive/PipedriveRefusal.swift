extension PipedriveSandbox {
  /// A request the vendor turns down.
  struct Refusal: Error, Sendable {
    var status: Int
    var message: String
    var code: String?
    var errorCode: Int?
    var info = "Please check developers.pipedrive.com for more information."

    var body: JSONValue {
      var object: JSONValue.Object = ["success": false, "error": .string(message)]
      if let code { object["code"] = .string(code) }
      if let errorCode { object["errorCode"] = .integer(errorCode) }
      object["error_info"] = .string(info)
      object["data"] = .null
      object["additional_data"] = .null
      return .object(object)
    }

    static func badRequest(_ message: String) -> Self {
      Self(status: 400, message: message, code: "ERR_BAD_REQUEST")
    }

    static func schema(_ message: String) -> Self {
      Self(status: 400, message: message, code: "ERR_SCHEMA_VALIDATION_FAILED")
    }

    static func notAllowed(_ name: String) -> Self {
      schema("Parameter '\(name)' is not allowed for this request")
    }

    static func notFound(_ what: String) -> Self {
      Self(status: 404, message: "\(what) not found", code: "ERR_NOT_FOUND")
    }

    static func gone(_ what: String) -> Self {
      Self(status: 410, message: "\(what) was deleted", code: "ERR_GONE")
    }

    static func forbidden(_ message: String, code: String? = nil) -> Self {
      Self(status: 403, message: message, code: code)
    }

    static let noRoute = Self(status: 404, message: "Unknown method .")

    static let wrongMethod = Self(status: 405, message: "Method not allowed")

    /// v1 calls that have a v2 twin left support on 2026-08-01.
    static let removed = Self(
      status: 410, message: "This endpoint is out of support; use API v2.", code: "ERR_GONE")

    static let unauthorized = Self(
      status: 401, message: "unauthorized access", errorCode: 401,
      info: "Please check developers.pipedrive.com")
  }
}
