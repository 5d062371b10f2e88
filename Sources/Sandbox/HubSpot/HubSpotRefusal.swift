extension HubSpotSandbox {
  /// A request the vendor turns down; `render` adds what every error body carries.
  struct Refusal: Error, Sendable {
    var status: Int
    var category: String
    var message: String
    var subCategory: String?
    var errors: [JSONValue] = []
    var context: JSONValue?
    var links: JSONValue?

    func body(correlationID: String) -> JSONValue {
      var object = JSONValue.Object()
      object["status"] = "error"
      object["message"] = .string(message)
      object["correlationId"] = .string(correlationID)
      if let context { object["context"] = context }
      if !errors.isEmpty { object["errors"] = .array(errors) }
      if let links { object["links"] = links }
      object["category"] = .string(category)
      if let subCategory { object["subCategory"] = .string(subCategory) }
      return .object(object)
    }

    /// The same failure as one entry of a batch reply's `errors`.
    func batchEntry(traceID: String?) -> JSONValue {
      var fields = context?.object ?? [:]
      if let traceID { fields["objectWriteTraceId"] = [.string(traceID)] }
      var object: JSONValue.Object = [
        "status": "error", "category": .string(category), "message": .string(message),
        "context": .object(fields), "errors": .array(errors), "links": [:],
      ]
      if let subCategory { object["subCategory"] = .string(subCategory) }
      return .object(object)
    }

    static func validation(_ message: String, context: JSONValue? = nil) -> Self {
      Self(status: 400, category: "VALIDATION_ERROR", message: message, context: context)
    }

    static let badJSON = validation("Invalid input JSON on line 1, column 1: the body is not JSON")

    static func shape(_ expected: String) -> Self {
      validation("Invalid input JSON: \(expected)")
    }

    static func noObject(_ id: String) -> Self {
      Self(
        status: 404, category: "OBJECT_NOT_FOUND",
        message: "Object not found.  objectId are usually numeric.",
        context: ["id": [.string(id)]])
    }

    static let noRoute = Self(
      status: 404, category: "OBJECT_NOT_FOUND", message: "Resource not found")

    static let longAddress = Self(
      status: 414, category: "VALIDATION_ERROR", message: "The request address is too long")

    static let wrongMethod = Self(
      status: 405, category: "METHOD_NOT_ALLOWED", message: "HTTP method not allowed here")

    static func conflict(_ message: String) -> Self {
      Self(status: 409, category: "CONFLICT", message: message)
    }

    /// Property errors travel as a JSON array inside the message text.
    static func properties(_ problems: [PropertyProblem], portal: Int) -> Self {
      let list = problems.map { $0.json(portal: portal) }
      let text = String(decoding: JSONValue.array(list).serialized(), as: UTF8.self)
      return Self(
        status: 400, category: "VALIDATION_ERROR",
        message: "Property values were not valid: \(text)",
        errors: problems.map { $0.detail })
    }
  }

  /// Why one property value was refused.
  struct PropertyProblem: Sendable {
    var name: String
    var code: String
    var message: String

    func json(portal: Int) -> JSONValue {
      [
        "isValid": false, "message": .string(message), "error": .string(code),
        "name": .string(name), "localizedErrorMessage": .string(message),
        "portalId": .integer(portal),
      ]
    }

    var detail: JSONValue {
      [
        "message": .string(message), "code": .string(code),
        "context": ["propertyName": [.string(name)]],
      ]
    }
  }
}
