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
    var reader = Reader(bytes: Array(text.utf8))
    reader.read()
    return String(decoding: reader.out, as: UTF8.self)
  }

  private struct Reader {
    let bytes: [UInt8]
    var out: [UInt8] = []
    private var at = 0

    init(bytes: [UInt8]) { self.bytes = bytes }

    private func starts(_ word: StaticString) -> Bool {
      guard at + word.utf8CodeUnitCount <= bytes.count else { return false }
      return (0..<word.utf8CodeUnitCount).allSatisfy { bytes[at + $0] == word.utf8Start[$0] }
    }

    mutating func read() {
      out.reserveCapacity(bytes.count)
      while at < bytes.count {
        if starts("//") {
          while at < bytes.count, bytes[at] != UInt8(ascii: "\n") { at += 1 }
        } else if starts("/*") {
          skip(2, to: "*/")
        } else if starts("\"\"\"") {
          skip(3, to: "\"\"\"")
        } else if starts("#\"") {
          skip(2, to: "\"#")
        } else if bytes[at] == UInt8(ascii: "\"") {
          at += 1
          skipString()
          out += Array("\"\"".utf8)
        } else {
          out.append(bytes[at])
          at += 1
        }
      }
    }

    /// Keeps line breaks, so that line numbers stay right.
    private mutating func skip(_ count: Int, to end: StaticString) {
      at += count
      while at < bytes.count, !starts(end) {
        if bytes[at] == UInt8(ascii: "\n") { out.append(bytes[at]) }
        at += 1
      }
      at += end.utf8CodeUnitCount
    }

    /// Interpolations may hold strings of their own.
    private mutating func skipString() {
      while at < bytes.count, bytes[at] != UInt8(ascii: "\n") {
        if starts("\\(") {
          at += 2
          skipInterpolation()
        } else if bytes[at] == UInt8(ascii: "\\") {
          at += 2
        } else {
          at += 1
          if bytes[at - 1] == UInt8(ascii: "\"") { return }
        }
      }
    }

    private mutating func skipInterpolation() {
      var depth = 1
      while at < bytes.count, depth > 0 {
        let byte = bytes[at]
        at += 1
        if byte == UInt8(ascii: "\"") { skipString() }
        if byte == UInt8(ascii: "(") { depth += 1 }
        if byte == UInt8(ascii: ")") { depth -= 1 }
      }
    }
  }
}
