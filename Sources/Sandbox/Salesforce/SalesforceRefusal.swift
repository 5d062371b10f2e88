extension SalesforceSandbox {
  /// The organisation's definite no.
  struct Refusal: Error, Sendable {
    var status = 400
    var code: String
    var message: String
    var fields: [String] = []
    /// Records a duplicate rule found.
    var duplicates: [(kind: Kind, id: String)] = []

    init(
      _ code: String, _ message: String, fields: [String] = [], status: Int = 400,
      duplicates: [(kind: Kind, id: String)] = []
    ) {
      self.code = code
      self.message = message
      self.fields = fields
      self.status = status
      self.duplicates = duplicates
    }

    /// As the body of an answer: always a list.
    var body: JSONValue {
      var object: JSONValue.Object = [
        "message": .string(message), "errorCode": .string(code),
      ]
      if !fields.isEmpty { object["fields"] = .array(fields.map { .string($0) }) }
      if !duplicates.isEmpty { object["duplicateResult"] = duplicateResult }
      return [.object(object)]
    }

    /// As the error of one row of a collection, where the code has another name.
    var row: JSONValue {
      var object: JSONValue.Object = [
        "statusCode": .string(code), "message": .string(message),
        "fields": .array(fields.map { .string($0) }),
      ]
      if !duplicates.isEmpty { object["duplicateResult"] = duplicateResult }
      return .object(object)
    }

    private var duplicateResult: JSONValue {
      let records = duplicates.map { kind, id -> JSONValue in
        ["record": ["attributes": ["type": .string(kind.name)], "Id": .string(id)]]
      }
      return ["allowSave": false, "matchResults": [["matchRecords": .array(records)]]]
    }

    static let noResource = Refusal(
      "NOT_FOUND", "The requested resource does not exist", status: 404)

    static let sessionOver = Refusal(
      "INVALID_SESSION_ID", "Session expired or invalid", status: 401)

    static let noAuthHeader = Refusal("INVALID_AUTH_HEADER", "INVALID_HEADER_TYPE", status: 401)

    static func wrongMethod(_ method: String) -> Refusal {
      Refusal("METHOD_NOT_ALLOWED", "HTTP Method '\(method)' not allowed.", status: 405)
    }

    static func deleted() -> Refusal {
      Refusal("ENTITY_IS_DELETED", "entity is deleted", status: 404)
    }

    static func parser(_ message: String) -> Refusal { Refusal("JSON_PARSER_ERROR", message) }

    static func unknownField(_ name: String, on kind: Kind) -> Refusal {
      Refusal(
        "INVALID_FIELD", "No such column '\(name)' on sobject of type \(kind.name)")
    }

    static func notWritable(_ names: [String]) -> Refusal {
      Refusal(
        "INVALID_FIELD_FOR_INSERT_UPDATE",
        "Unable to create/update fields: \(names.joined(separator: ", ")). Please check the"
          + " security settings of this field and verify that it is read/write for your profile"
          + " or permission set.", fields: names)
    }
  }
}
