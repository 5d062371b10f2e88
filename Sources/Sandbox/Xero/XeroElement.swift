import Foundation

/// One submitted element under validation: its members, and what was found wrong with it.
struct XeroElement: Sendable {
  let object: JSONValue.Object
  var errors: [String] = []
  var warnings: [String] = []
  /// Errors of the contact inside a document stay inside that contact.
  var contactErrors: [String] = []

  init(_ object: JSONValue.Object) { self.object = object }

  var isValid: Bool { errors.isEmpty && contactErrors.isEmpty }

  mutating func refuse(_ message: String) { errors.append(message) }

  func has(_ key: String) -> Bool { object[key].map { !$0.isNull } ?? false }

  /// Text of a member; null counts as absent.
  func text(_ key: String) -> String? { object[key]?.string }

  mutating func text(_ key: String, atMost limit: Int) -> String? {
    guard let value = text(key) else { return nil }
    if value.count > limit { refuse("The \(key) field must not exceed \(limit) characters") }
    return value
  }

  mutating func number(_ key: String) -> ExactDecimal? {
    guard let value = object[key], !value.isNull else { return nil }
    guard let number = value.decimal else {
      refuse("The \(key) is not a valid number")
      return nil
    }
    return number
  }

  mutating func date(_ key: String) -> CivilDate? {
    guard let text = text(key) else { return nil }
    guard let date = XeroWire.parseDate(text) else {
      refuse("The \(key) is not a valid date")
      return nil
    }
    return date
  }

  mutating func id(_ key: String) -> XeroID? {
    guard let text = text(key), !text.isEmpty else { return nil }
    guard let id = XeroID(text) else {
      refuse("The \(key) is not a valid identifier")
      return nil
    }
    return id
  }

  /// The submitted object with what was wrong, as error answers echo it.
  func echo() -> JSONValue.Object {
    var echoed = object
    echoed["ValidationErrors"] = Self.messages(errors)
    if !contactErrors.isEmpty {
      var contact = object["Contact"]?.object ?? [:]
      contact["HasValidationErrors"] = true
      contact["ValidationErrors"] = Self.messages(contactErrors)
      echoed["Contact"] = .object(contact)
    }
    if !warnings.isEmpty { echoed["Warnings"] = Self.messages(warnings) }
    return echoed
  }

  static func messages(_ texts: [String]) -> JSONValue {
    .array(texts.map { ["Message": .string($0)] })
  }
}

/// The outcome of one element of a write.
enum XeroOutcome: Sendable {
  case saved(JSONValue.Object, warnings: [String])
  case refused(XeroElement)
}

extension XeroLedger {
  /// Runs a write over all elements under the two rules for errors: with `summarizeErrors` one
  /// bad element makes the call a 400 (and by default nothing is kept); without it each element
  /// is judged alone in a 200.
  mutating func write(
    _ call: XeroCall, _ plural: String, idKey: String,
    _ body: (inout XeroLedger, XeroElement) -> XeroOutcome
  ) throws(XeroRefusal) -> SandboxResponse {
    let elements = try call.elements(plural)
    let summarizes = call.summarizesErrors
    beginBatch()
    let outcomes = elements.map { body(&self, XeroElement($0)) }
    let refused = outcomes.compactMap { outcome -> JSONValue? in
      if case .refused(let element) = outcome { .object(element.echo()) } else { nil }
    }
    if summarizes, !refused.isEmpty {
      if keepsValidOfFailedBatch { keep() } else { rollBack() }
      throw .validation(refused)
    }
    keep()
    let answers = outcomes.map { Self.answer($0, marked: !summarizes, idKey: idKey) }
    return envelope(plural, answers, at: call.now)
  }

  private static func answer(_ outcome: XeroOutcome, marked: Bool, idKey: String) -> JSONValue {
    switch outcome {
    case .saved(var object, let warnings):
      if !warnings.isEmpty { object["Warnings"] = XeroElement.messages(warnings) }
      if marked { object["StatusAttributeString"] = warnings.isEmpty ? "OK" : "WARNING" }
      return .object(object)
    case .refused(let element):
      var object = element.echo()
      if object[idKey] == nil { object[idKey] = "00000000-0000-0000-0000-000000000000" }
      object["HasErrors"] = true
      object["StatusAttributeString"] = "ERROR"
      return .object(object)
    }
  }
}
