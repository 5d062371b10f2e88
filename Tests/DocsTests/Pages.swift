import Foundation
import Testing

/// The project's own files, found from where this file is.
enum Project {
  static let root = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  static func text(_ path: String) throws -> String {
    try String(contentsOf: root.appendingPathComponent(path), encoding: .utf8)
  }

  static func exists(_ path: String) -> Bool {
    FileManager.default.fileExists(atPath: root.appendingPathComponent(path).path)
  }

  /// Names of the files in a folder, sorted.
  static func files(in folder: String, ending suffix: String) -> [String] {
    let path = root.appendingPathComponent(folder).path
    let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    return names.filter { $0.hasSuffix(suffix) }.sorted()
  }
}

/// One page of documentation, taken apart into lines of prose and fenced blocks.
struct Page: Sendable, CustomTestStringConvertible {
  /// Relative to the project's root.
  let path: String
  let prose: [Line]
  let blocks: [Block]

  var testDescription: String { path }

  struct Line: Sendable {
    var number: Int
    var text: String
  }

  struct Block: Sendable, CustomTestStringConvertible {
    var page: String
    /// The line of the opening fence, from 1.
    var number: Int
    /// The first word after the fence.
    var language: String
    /// The words after it, such as `fragment=invoices`.
    var info: [String]
    var lines: [String]

    var text: String { lines.joined(separator: "\n") + "\n" }
    var place: String { "\(page):\(number)" }
    var testDescription: String { place }

    func option(_ name: String) -> String? {
      info.lazy.compactMap { word in
        let parts = word.split(separator: "=", maxSplits: 1)
        return parts.count == 2 && parts[0] == name ? String(parts[1]) : nil
      }.first
    }
  }

  static let all: [Page] = {
    let docs = Project.files(in: "Docs", ending: ".md").map { "Docs/\($0)" }
    return (["README.md", "CHANGELOG.md"] + docs).compactMap { path in
      (try? Project.text(path)).map { Page(path: path, text: $0) }
    }
  }()

  static func blocks(_ languages: Set<String>) -> [Block] {
    all.flatMap(\.blocks).filter { languages.contains($0.language) }
  }

  init(path: String, text: String) {
    self.path = path
    var prose: [Line] = []
    var blocks: [Block] = []
    var open: (block: Block, fence: String, indent: Int)?
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    for (index, line) in lines.enumerated() {
      let trimmed = line.drop { $0 == " " }
      if let current = open {
        if trimmed.hasPrefix(current.fence), trimmed.allSatisfy({ $0 == "`" || $0 == " " }) {
          blocks.append(current.block)
          open = nil
        } else {
          // A block in a list is indented as a whole.
          let spaces = line.prefix(current.indent).prefix { $0 == " " }.count
          open?.block.lines.append(String(line.dropFirst(spaces)))
        }
      } else if trimmed.hasPrefix("```") {
        let fence = String(trimmed.prefix { $0 == "`" })
        let words = trimmed.dropFirst(fence.count).split(separator: " ").map(String.init)
        let block = Block(
          page: path, number: index + 1, language: words.first ?? "",
          info: Array(words.dropFirst()), lines: [])
        open = (block, fence, line.count - trimmed.count)
      } else {
        prose.append(Line(number: index + 1, text: String(line)))
      }
    }
    self.prose = prose
    self.blocks = blocks
  }

  /// The headings with their level, as written.
  var headings: [(level: Int, text: String)] {
    prose.compactMap { line in
      let level = line.text.prefix { $0 == "#" }.count
      guard (1...6).contains(level), line.text.dropFirst(level).first == " " else { return nil }
      return (level, line.text.dropFirst(level).trimmingCharacters(in: .whitespaces))
    }
  }

  /// The anchors that headings get on the usual hosts.
  var anchors: Set<String> {
    var seen: [String: Int] = [:]
    var anchors: Set<String> = []
    for heading in headings {
      let slug = Self.slug(heading.text)
      let count = seen[slug, default: 0]
      seen[slug] = count + 1
      anchors.insert(count == 0 ? slug : "\(slug)-\(count)")
    }
    return anchors
  }

  static func slug(_ heading: String) -> String {
    String(
      heading.lowercased().compactMap { character -> Character? in
        if character.isLetter || character.isNumber { return character }
        if character == " " || character == "-" { return "-" }
        return character == "_" ? "_" : nil
      })
  }

  /// The text below a heading of level two, up to the next one; nil where there is none.
  func section(_ title: String) -> String? {
    guard let start = prose.firstIndex(where: { $0.text == "## \(title)" }) else { return nil }
    let rest = prose[(start + 1)...].prefix { !$0.text.hasPrefix("## ") }
    return rest.map(\.text).joined(separator: "\n")
  }

  /// Targets of links and images.
  var links: [(number: Int, target: String)] {
    prose.flatMap { line in
      Self.withoutCode(line.text).matches(of: #/\]\(([^)\s]+)(?:\s+"[^"]*")?\)/#).map {
        (line.number, String($0.output.1))
      }
    }
  }

  /// Texts between single backquotes.
  var codeSpans: [(number: Int, text: String)] {
    prose.flatMap { line in
      line.text.matches(of: #/`([^`]+)`/#).map { (line.number, String($0.output.1)) }
    }
  }

  private static func withoutCode(_ line: String) -> String {
    line.replacing(#/`[^`]*`/#, with: "")
  }
}
