import Foundation

/// An error body, or one entry of a batch answer's `errors`; every field is optional.
struct HubSpotFailure: Decodable, Hashable, Sendable {
  var category: String
  var subCategory: String
  var message: String
  /// Which limit a 429 is about.
  var policy: String
  var context: [String: [String]]
  /// What is wrong with single properties, from wherever the answer says so.
  var problems: [Problem]
  /// Scopes any one of which would do.
  var scopes: [String]

  struct Problem: Hashable, Sendable {
    var code: String
    /// Empty where the answer does not name it.
    var property: String
    var message: String
  }

  private enum Keys: String, CodingKey {
    case category, subCategory, message, policyName, context, errors
  }

  private struct Detail: Decodable {
    var code: String?
    var message: String?
    var context: Context?
  }

  /// Values are lists by the documentation and single texts in places.
  private struct Context: Decodable {
    var values: [String: [String]] = [:]

    init(from decoder: any Decoder) throws {
      let fields = try decoder.container(keyedBy: AnyKey.self)
      for key in fields.allKeys {
        if let list = try? fields.decode([LenientText].self, forKey: key) {
          values[key.stringValue] = list.map(\.value)
        } else if let text = try? fields.decode(LenientText.self, forKey: key) {
          values[key.stringValue] = [text.value]
        }
      }
    }
  }

  init(category: String = "", message: String = "") {
    self.category = category
    self.message = message
    subCategory = ""
    policy = ""
    context = [:]
    problems = []
    scopes = []
  }

  init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: Keys.self)
    func text(_ key: Keys) -> String { (try? fields.decode(String.self, forKey: key)) ?? "" }
    category = text(.category)
    subCategory = text(.subCategory)
    policy = text(.policyName)
    let words = text(.message)
    message = words
    context = (try? fields.decode(Context.self, forKey: .context))?.values ?? [:]
    let details = (try? fields.decode([Detail].self, forKey: .errors)) ?? []
    scopes = details.flatMap { $0.context?.values["requiredGranularScopes"] ?? [] }.uniqued
    let told = details.flatMap(Self.problems)
    let embedded = Self.embedded(in: words)
    problems = embedded.isEmpty ? told : embedded
    if !embedded.isEmpty { message = embedded.map(\.message).joined(separator: "; ") }
  }

  private static func problems(_ detail: Detail) -> [Problem] {
    guard let code = detail.code, !code.isEmpty else { return [] }
    let context = detail.context?.values ?? [:]
    let names = context["propertyName"] ?? context["properties"] ?? [""]
    return names.map { Problem(code: code, property: $0, message: detail.message ?? "") }
  }

  private struct Embedded: Decodable {
    var error: String?
    var name: String?
    var message: String?
  }

  /// Property errors travel as a JSON array inside the message's text.
  private static func embedded(in message: String) -> [Problem] {
    guard let start = message.firstIndex(of: "["), let end = message.lastIndex(of: "]"),
      start < end,
      let list = try? JSONDecoder().decode(
        [Embedded].self, from: Data(message[start...end].utf8))
    else { return [] }
    return list.compactMap { entry in
      guard let code = entry.error else { return nil }
      return Problem(code: code, property: entry.name ?? "", message: entry.message ?? "")
    }
  }

  /// Nil where the bytes are no error body of the vendor's.
  static func read(_ body: Data) -> HubSpotFailure? {
    guard let failure = try? JSONReading.decode(HubSpotFailure.self, from: body),
      !failure.category.isEmpty || !failure.message.isEmpty || !failure.policy.isEmpty
    else { return nil }
    return failure
  }

  /// The ids of the inputs the failure is about, however the answer names them.
  var ids: [String] {
    ["ids", "id", "fromObjectId", "objectId"].flatMap { context[$0] ?? [] }
  }

  var traces: [String] { context["objectWriteTraceId"] ?? [] }

  /// Properties the account does not have.
  var unknownProperties: Set<String> {
    Set(problems.filter { $0.code == "PROPERTY_DOESNT_EXIST" }.map(\.property))
  }

  /// A record without any link of the asked type is told as an error.
  var meansNoLinks: Bool { subCategory.hasSuffix("NO_ASSOCIATIONS_FOUND") }
  var meansNotFound: Bool { category == "OBJECT_NOT_FOUND" }

  /// The id of the record that already holds a unique value: it is only told in words.
  var existingID: String? {
    guard let range = message.range(of: "Existing ID: ") else { return nil }
    let digits = message[range.upperBound...].prefix { $0.isASCII && $0.isNumber }
    return digits.isEmpty ? nil : String(digits)
  }
}
