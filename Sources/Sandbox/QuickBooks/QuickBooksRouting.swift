import Foundation

extension QuickBooksLedger {
  /// Answers one call of this company.
  mutating func answer(_ call: QuickBooksCall) throws(QuickBooksFault) -> JSONValue {
    let request = call.request
    let method = request.method.uppercased()
    guard (request.headers["accept"] ?? "").contains("json") else {
      throw QuickBooksFault("500", "Unsupported Operation", "only JSON is simulated")
    }
    switch (method, call.parts.first, call.parts.count) {
    case ("GET", "query", 1):
      return timed(try query(request.queryValue("query") ?? "", at: call.now), call)
    case ("POST", "query", 1):
      let type = request.headers["content-type"] ?? ""
      guard type.hasPrefix("application/text") || type.hasPrefix("text/plain") else {
        throw .query("the statement must be sent as application/text")
      }
      let text = String(decoding: request.body, as: UTF8.self)
      return timed(try query(text, at: call.now), call)
    case ("GET", "cdc", 1): return try changes(request, at: call.now)
    case ("POST", "batch", 1): return try batch(call)
    case ("GET", "companyinfo", 2):
      return ["CompanyInfo": companyInfo, "time": .string(call.now.pacific)]
    case ("GET", "preferences", 1):
      return ["Preferences": preferences, "time": .string(call.now.pacific)]
    case (_, let word?, _):
      guard let entity = Self.entity(word) else {
        throw QuickBooksFault("500", "Unsupported Operation", "Operation \(word) is not supported")
      }
      return try record(entity, method, call)
    case (_, nil, _): throw QuickBooksFault("500", "Unsupported Operation")
    }
  }

  private func timed(_ found: JSONValue, _ call: QuickBooksCall) -> JSONValue {
    ["QueryResponse": found, "time": .string(call.now.pacific)]
  }

  private mutating func record(
    _ entity: String, _ method: String, _ call: QuickBooksCall
  ) throws(QuickBooksFault) -> JSONValue {
    func answer(_ json: JSONValue) -> JSONValue {
      [entity: json, "time": .string(call.now.pacific)]
    }
    if method == "GET", call.parts.count == 2 {
      guard let row = row(entity, call.parts[1]) else {
        throw .notFound("Object not found: \(entity) \(call.parts[1])")
      }
      return answer(answered(entity, row))
    }
    if method == "POST", call.parts.count == 3, call.parts[2] == "send" {
      return answer(try send(entity, call))
    }
    guard method == "POST", call.parts.count == 1 else {
      throw QuickBooksFault("500", "Unsupported Operation", "\(method) is not supported")
    }
    guard let body = try? JSONValue.parse(call.request.body), let object = body.object else {
      throw QuickBooksFault("500", "Unsupported Operation", "the body is no JSON in UTF-8")
    }
    switch call.request.queryValue("operation") {
    case "delete": return answer(try delete(entity, object, at: call.now))
    case "void": return answer(try void(entity, object, at: call.now))
    case nil, "update":
      return answer(
        try write(entity, body, allowsDuplicates: Self.allows(call.request), at: call.now))
    case let other?:
      throw QuickBooksFault("500", "Unsupported Operation", "Operation \(other)")
    }
  }

  private static func allows(_ request: SandboxRequest) -> Bool {
    request.queryValue("include")?.lowercased() == "allowduplicatedocnum"
  }

  /// Sends a document by mail: to the given address, else to its own.
  private mutating func send(
    _ entity: String, _ call: QuickBooksCall
  ) throws(QuickBooksFault) -> JSONValue {
    guard let row = row(entity, call.parts[1]) else { throw .notFound(entity) }
    let address =
      call.request.queryValue("sendTo") ?? row.object["BillEmail"]?["Address"]?.string ?? ""
    guard address.contains("@"), address.contains(".") else {
      throw .missing("BillEmail.Address")
    }
    change(entity, row.id, at: call.now) { row in
      row.object["EmailStatus"] = "EmailSent"
      row.object["BillEmail"] = ["Address": .string(address)]
      row.object["DeliveryInfo"] = [
        "DeliveryType": "Email", "DeliveryTime": .string(call.now.pacific),
      ]
    }
    guard let sent = self.row(entity, row.id) else { throw .notFound(entity) }
    return sent.json
  }

  // MARK: batch

  private static let batchMost = 30

  private mutating func batch(_ call: QuickBooksCall) throws(QuickBooksFault) -> JSONValue {
    guard let body = try? JSONValue.parse(call.request.body),
      let elements = body["BatchItemRequest"]?.array
    else { throw .missing("BatchItemRequest") }
    guard elements.count <= Self.batchMost else {
      throw QuickBooksFault(
        "1040", "Batch limit exceeded", "a batch has at most \(Self.batchMost) operations")
    }
    var answers: [JSONValue] = []
    for element in elements {
      let number = element["bId"]?.string ?? ""
      // Together with a request id the two must not be longer than 46 characters.
      let most = call.request.queryValue("requestid") == nil ? 50 : 10
      guard number.count <= most, !number.isEmpty else { throw .tooLong("bId", most) }
      do throws(QuickBooksFault) {
        var answer = try perform(element, at: call.now)
        answer["bId"] = .string(number)
        answers.append(.object(answer))
      } catch {
        answers.append(["Fault": error.json, "bId": .string(number)])
      }
    }
    return ["BatchItemResponse": .array(answers), "time": .string(call.now.pacific)]
  }

  private mutating func perform(
    _ element: JSONValue, at now: SandboxTime
  ) throws(QuickBooksFault) -> JSONValue.Object {
    if let statement = element["Query"]?.string {
      return ["QueryResponse": try query(statement, at: now)]
    }
    guard let entity = Self.entities.first(where: { element[$0] != nil }),
      let body = element[entity], let object = body.object
    else { throw .missing("entity") }
    switch element["operation"]?.string {
    case "create":
      var created = object
      created["Id"] = nil
      return [entity: try write(entity, .object(created), at: now)]
    case "update": return [entity: try write(entity, body, at: now)]
    case "delete": return [entity: try delete(entity, object, at: now)]
    default: throw .missing("operation")
    }
  }
}
