import ConfigurationFile
import Connectors
import Domain
import Foundation
import Testing

/// The samples of Docs/crm-rest.md: the whole one is played through, the others are laid over it.
@Suite("Described CRM: the page that teaches it") struct RestDocsTests {
  struct Block: CustomTestStringConvertible, Sendable {
    var line: Int
    var kind: String
    var text: String
    var testDescription: String { "Docs/crm-rest.md:\(line)" }
  }

  static let blocks: [Block] = {
    let url = RestFixture.root.appendingPathComponent("Docs/crm-rest.md")
    guard let page = try? String(contentsOf: url, encoding: .utf8) else { return [] }
    var blocks: [Block] = []
    var open: Block?
    for (index, line) in page.components(separatedBy: "\n").enumerated() {
      if let block = open, line == "```" {
        blocks.append(block)
        open = nil
      } else if open != nil {
        open?.text += line + "\n"
      } else if line.hasPrefix("```yml ") {
        open = Block(line: index + 1, kind: String(line.dropFirst(7)), text: "")
      }
    }
    return blocks
  }()

  private static func whole() throws -> DocumentNode {
    let block = try #require(blocks.first { $0.kind == "whole" })
    return try RestFixture.document(block.text)
  }

  @Test("the whole sample agrees with its answers")
  func wholeSample() async throws {
    let answers = try #require(Self.blocks.first { $0.kind == "answers" })
    let report = try await RestRehearsal.run(
      Self.whole(), answers: RestFixture.document(answers.text))
    #expect(report.problems.map(\.description) == [])
  }

  static let fragments = blocks.filter { $0.kind == "fragment" }

  @Test("every other sample stands in a description", arguments: fragments)
  func fragment(_ block: Block) throws {
    let merged = Self.laid(try RestFixture.document(block.text), over: try Self.whole())
    do { _ = try RestDescription(merged) } catch { Issue.record("\(error)") }
  }

  @Test func theSamplesAreFound() {
    #expect(Self.fragments.count >= 7)
  }

  /// Mappings are merged key by key; everything else, and an empty mapping, replaces.
  private static func laid(_ top: DocumentNode, over base: DocumentNode) -> DocumentNode {
    guard case .mapping(let new) = top.content, case .mapping(let old) = base.content, !new.isEmpty
    else { return top }
    var members = old
    for member in new {
      if let index = members.firstIndex(where: { $0.key == member.key }) {
        // A sign-in or a paging of another kind is another one.
        let isWhole = ["auth", "paging", "lines"].contains(member.key)
        let old = members[index].value
        members[index].value = isWhole ? member.value : laid(member.value, over: old)
      } else {
        members.append(member)
      }
    }
    return DocumentNode(.mapping(members), at: top.origin)
  }
}
