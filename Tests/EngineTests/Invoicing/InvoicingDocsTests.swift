import Foundation
import Testing

/// The tables of Docs/invoicing.md and the tests name each other.
@Suite struct InvoicingDocsTests {
  private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()

  private static func texts(
    between start: String, and end: Character, in text: String
  ) -> Set<String> {
    var found: Set<String> = []
    for part in text.components(separatedBy: start).dropFirst() {
      found.insert("policy: " + part.prefix { $0 != end })
    }
    return found
  }

  private func documented() throws -> Set<String> {
    var root = Self.folder
    for _ in 0..<3 { root.deleteLastPathComponent() }
    let page = root.appendingPathComponent("Docs/invoicing.md")
    return Self.texts(
      between: "`policy: ", and: "`", in: try String(contentsOf: page, encoding: .utf8))
  }

  private func tested() throws -> Set<String> {
    let files = try FileManager.default.contentsOfDirectory(
      at: Self.folder, includingPropertiesForKeys: nil)
    var names: Set<String> = []
    for file in files where file.pathExtension == "swift" && file.path != #filePath {
      let source = try String(contentsOf: file, encoding: .utf8)
      // The name may stand on the line after the attribute.
      for part in source.components(separatedBy: "@Test(").dropFirst() {
        let name = part.drop(while: \.isWhitespace)
        guard name.hasPrefix("\"policy: ") else { continue }
        names.insert(String(name.dropFirst().prefix { $0 != "\"" }))
      }
    }
    return names
  }

  @Test func everyRowHasItsTestAndEveryTestItsRow() throws {
    let documented = try documented()
    let tested = try tested()
    #expect(documented.count > 60)
    #expect(documented.subtracting(tested).sorted() == [])
    #expect(tested.subtracting(documented).sorted() == [])
  }
}
