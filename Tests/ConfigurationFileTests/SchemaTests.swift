import ConfigurationFile
import Domain
import Foundation
import Testing

/// A place in the schema where keys may stand, with the file that leads there.
struct SchemaSection: Sendable, CustomTestStringConvertible {
  /// Where it is, for people.
  var path: String
  var keys: Set<String>
  /// A file whose innermost mapping is `@`.
  var file: String

  var testDescription: String { path }
}

/// Walks the schema as an editor would, knowing nothing of how it was made.
struct SchemaWalk {
  let definitions: [String: Any]
  var sections: [SchemaSection] = []

  static func sections() throws -> [SchemaSection] {
    let data = Data(ConfigurationSchema.json().utf8)
    let root = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    var walk = SchemaWalk(definitions: root["$defs"] as? [String: Any] ?? [:])
    walk.visit(root, path: "", around: "@", siblings: "")
    return walk.sections
  }

  /// `around` is the file with `@` in place of the value at hand.
  private mutating func visit(
    _ schema: [String: Any], path: String, around: String, siblings: String
  ) {
    if let reference = schema["$ref"] as? String {
      let name = String(reference.split(separator: "/").last ?? "")
      guard name != "secret", name != "variable" else { return }
      visit(
        definitions[name] as? [String: Any] ?? [:], path: path, around: around,
        siblings: siblings)
    }
    for alternative in schema["anyOf"] as? [[String: Any]] ?? [] {
      visit(alternative, path: path, around: around, siblings: siblings)
    }
    for branch in schema["allOf"] as? [[String: Any]] ?? [] {
      guard let then = branch["then"] as? [String: Any],
        let condition = (branch["if"] as? [String: Any])?["properties"] as? [String: Any],
        let (key, value) = condition.first, let word = (value as? [String: Any])?["const"]
      else { continue }
      visit(
        then, path: "\(path)<\(word)>", around: around, siblings: "\(key): \(word), ")
    }
    if let items = schema["items"] as? [String: Any] {
      visit(
        items, path: path + "[]", around: around.replacing("@", with: "[@]"), siblings: "")
    }
    if schema["allOf"] == nil, let properties = schema["properties"] as? [String: Any] {
      add(schema, properties, path: path, around: around, siblings: siblings)
    }
  }

  /// `^deal\..` as the reader lists it: `deal.<field>`.
  private static func example(_ pattern: String) -> String {
    let prefix = pattern.filter { $0 != "^" && $0 != "\\" }.dropLast()
    return String(prefix) + "<field>"
  }

  private mutating func add(
    _ schema: [String: Any], _ properties: [String: Any], path: String, around: String,
    siblings: String
  ) {
    if schema["additionalProperties"] as? Bool == false {
      let patterns = schema["patternProperties"] as? [String: Any] ?? [:]
      let others = patterns.keys.filter { !$0.hasPrefix("^x-") }.map { Self.example($0) }
      sections.append(
        SchemaSection(
          path: path, keys: Set(properties.keys).union(others),
          file: around.replacing("@", with: "{ \(siblings)@ }")))
    }
    for (key, value) in properties {
      // The deciding key itself is among the siblings already.
      guard !siblings.hasPrefix("\(key):"), let value = value as? [String: Any] else { continue }
      visit(
        value, path: "\(path).\(key)",
        around: around.replacing("@", with: "{ \(siblings)\(key): @ }"), siblings: "")
    }
  }
}

@Suite struct SchemaTests {
  @Test(arguments: try SchemaWalk.sections())
  func theReaderKnowsExactlyTheKeysOfTheSchema(_ section: SchemaSection) throws {
    let messages = World.messages(section.file.replacing("@", with: "zzzzzzzzzzzz: 1"))
    let lines = messages.components(separatedBy: "\n")
    let unknown = lines.first { $0.contains("zzzzzzzzzzzz is not a known key") }
    let line = try #require(unknown, Comment(rawValue: messages))
    let list = try #require(line.components(separatedBy: "known keys here: ").last)
    #expect(Set(list.components(separatedBy: ", ")) == section.keys)
  }

  @Test func everySectionIsReached() throws {
    let paths = Set(try SchemaWalk.sections().map(\.path))
    for expected in [
      "", ".accounting<xero>", ".accounting<quickbooks>.auth<authorization_code>",
      ".crms[]<salesforce>.auth<jwt_bearer>", ".crms[]<hubspot>.fields",
      ".crms[]<zoho>.only", ".invoices.due", ".invoices.schedule[]", ".rules[].when",
      ".rules[].set.due", ".notify.email", ".contacts.conflict", ".limits", ".metrics",
    ] { #expect(paths.contains(expected), "\(expected)") }
  }

  @Test func everyKeyOfTheSampleIsInTheSchema() throws {
    let schema = ConfigurationSchema.json()
    let keys = try Fixture.text("every-key.yaml").matches(of: /(?m)(?:^ *(?:- )?|[{,] )([a-z_]+):/)
      .map { String($0.output.1) }
    #expect(keys.count > 70)
    for key in Set(keys) { #expect(schema.contains("\"\(key)\": {"), "\(key)") }
  }
}
