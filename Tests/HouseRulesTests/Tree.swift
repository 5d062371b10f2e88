import Foundation

/// The project's own files, found from where this file lies.
struct Tree {
  let root: URL

  init() {
    root = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
  }

  /// A source file with what the rules ask of it.
  struct File: CustomStringConvertible {
    /// From the root, for example `Sources/Domain/Plan/Hold.swift`.
    var path: String
    var text: String

    var description: String { path }
    var lines: [Substring] { text.split(separator: "\n", omittingEmptySubsequences: false) }
    /// The folder below `Sources` or `Tests`.
    var module: String { path.split(separator: "/").dropFirst().first.map(String.init) ?? "" }
    /// Without comments and the contents of strings.
    var code: String { Code.bare(text) }
  }

  /// Every Swift file below the folders.
  func swift(_ folders: String...) throws -> [File] { try files(folders, "swift") }

  func files(_ folders: [String], _ kinds: String...) throws -> [File] {
    var all: [File] = []
    for folder in folders {
      let top = root.appendingPathComponent(folder)
      let walk = FileManager.default.enumerator(atPath: top.path)
      while let name = walk?.nextObject() as? String {
        guard kinds.contains(where: { name.hasSuffix("." + $0) }) else { continue }
        let text = try String(
          contentsOf: top.appendingPathComponent(name), encoding: .utf8)
        all.append(File(path: folder + "/" + name, text: text))
      }
    }
    return all.sorted { $0.path < $1.path }
  }
}

/// Reads Swift well enough for the rules.
enum Code {
  /// The text with comments and the contents of string literals taken out, line for line.
  static func bare(_ text: String) -> String {
    var out = ""
    out.reserveCapacity(text.utf8.count)
    var rest = Substring(text)
    while let character = rest.first {
      if rest.hasPrefix("//") {
        rest = rest.drop { $0 != "\n" }
      } else if rest.hasPrefix("/*") {
        rest = skip(rest.dropFirst(2), to: "*/", into: &out)
      } else if rest.hasPrefix("\"\"\"") {
        out += "\"\""
        rest = skip(rest.dropFirst(3), to: "\"\"\"", into: &out)
      } else if rest.hasPrefix("#\"") {
        out += "\"\""
        rest = skip(rest.dropFirst(2), to: "\"#", into: &out)
      } else if character == "\"" {
        out += "\"\""
        rest = afterString(rest.dropFirst())
      } else {
        out.append(character)
        rest = rest.dropFirst()
      }
    }
    return out
  }

  /// Keeps line breaks, so that line numbers stay right.
  private static func skip(
    _ rest: Substring, to end: String, into out: inout String
  ) -> Substring {
    var rest = rest
    while !rest.isEmpty, !rest.hasPrefix(end) {
      if rest.first == "\n" { out.append("\n") }
      rest = rest.dropFirst()
    }
    return rest.dropFirst(end.count)
  }

  /// Interpolations may hold strings of their own.
  private static func afterString(_ rest: Substring) -> Substring {
    var rest = rest
    while let character = rest.first, character != "\n" {
      if rest.hasPrefix("\\(") {
        rest = afterParenthesis(rest.dropFirst(2))
      } else if character == "\\" {
        rest = rest.dropFirst(2)
      } else if character == "\"" {
        return rest.dropFirst()
      } else {
        rest = rest.dropFirst()
      }
    }
    return rest
  }

  private static func afterParenthesis(_ rest: Substring) -> Substring {
    var rest = rest
    var depth = 1
    while let character = rest.first, depth > 0 {
      if character == "\"" {
        rest = afterString(rest.dropFirst())
        continue
      }
      if character == "(" { depth += 1 }
      if character == ")" { depth -= 1 }
      rest = rest.dropFirst()
    }
    return rest
  }
}
