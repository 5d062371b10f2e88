import Foundation
import Testing

/// Rules every file of the project keeps.
struct StyleTests {
  private let tree = Tree()

  /// Clock, randomness, sleep and crashes have no place in a library.
  @Test func bannedCalls() throws {
    let banned = [
      "Date()", "Date.now", "try!", "fatalError", "preconditionFailure", "Task.sleep", ".random(",
      ".randomElement", ".shuffled()", "UUID()", "@unchecked", "nonisolated(unsafe)", "as!",
      "SystemRandomNumberGenerator", "arc4random", "unowned(unsafe)",
    ]
    // The one place where the machine's own clock is taken.
    let live = "Sources/Transport/HTTP/TimeSource.swift"
    for file in try tree.swift("Sources") where file.module != "xerosync" && file.path != live {
      let code = file.code
      for call in banned where code.contains(call) { Issue.record("\(file): \(call)") }
    }
  }

  /// Money never passes through binary floating point.
  @Test(arguments: ["Domain", "Reconciler"])
  func noFloatingPoint(module: String) throws {
    let word = try Regex(#"\b(Double|Float|CGFloat|NSDecimalNumber|NSNumber)\b"#)
    // How alike two names are is no money.
    for file in try tree.swift("Sources/" + module) where !file.path.contains("/Contacts/") {
      let found = file.code.firstMatch(of: word)?.output[0].substring
      #expect(found == nil, "\(file)")
    }
  }

  @Test func linesAndFilesAreShort() throws {
    for file in try tree.swift("Sources", "Tests") {
      let lines = file.lines
      #expect(lines.count <= 401, "\(file) has \(lines.count - 1) lines")
      for (index, line) in lines.enumerated() where line.count > 100 {
        #expect(line.contains("\"") || line.contains("http"), "\(file):\(index + 1) is too long")
      }
      let isClean = !file.text.contains("\t") && !file.text.contains("\r")
      #expect(isClean, "\(file) holds a tab or a carriage return")
      let isEnded = file.text.isEmpty || file.text.hasSuffix("\n")
      #expect(isEnded, "\(file) does not end its last line")
    }
  }

  @Test func functionsAreShort() throws {
    for file in try tree.swift("Sources") {
      for function in Functions.of(file.code) where function.length > 70 {
        Issue.record("\(file):\(function.line) \(function.name) has \(function.length) lines")
      }
    }
  }

  /// What other modules use is explained where it is declared.
  @Test func packageDeclarationsAreDocumented() throws {
    let declaration = try Regex(
      #"^\s*package (?:static |final |indirect |mutating |actor |nonisolated )*(?:func|struct|enum|class|protocol|actor) \w+"#
    )
    for file in try tree.swift("Sources") {
      let lines = file.lines
      for (index, line) in lines.enumerated()
      where line.hasPrefix("package ") && line.firstMatch(of: declaration) != nil {
        if Self.needsNoWords(line) { continue }
        var above = index - 1
        while above >= 0, lines[above].trimmingCharacters(in: .whitespaces).hasPrefix("@") {
          above -= 1
        }
        let isDocumented =
          above >= 0 && lines[above].trimmingCharacters(in: .whitespaces).hasPrefix("///")
        #expect(isDocumented, "\(file):\(index + 1)\(line)")
      }
    }
  }

  /// What the language or a protocol of ours explains already.
  private static func needsNoWords(_ line: Substring) -> Bool {
    [" func encode(", " func hash(", " enum CodingKeys"].contains { line.contains($0) }
  }

  @Test func nothingIsLeftOpen() throws {
    let marks = ["TO" + "DO", "FIX" + "ME"]
    let comments = ["//", "#", "<!--", "- [ ]"]
    for file in try tree.files(["Sources", "Tests", "Docs"], "swift", "md", "yaml", "sh") {
      for mark in marks where file.text.contains(mark) {
        let isOpen = file.lines.contains { line in
          guard let place = line.range(of: mark) else { return false }
          return comments.contains { line[..<place.lowerBound].contains($0) }
        }
        #expect(!isOpen, "\(file): \(mark)")
      }
    }
  }

  /// Nothing in the project knows the machine it was written on.
  @Test func noMachinePaths() throws {
    let paths = ["/wo" + "rk/", "/Us" + "ers/", "/ro" + "ot/"]
    for file in try tree.files(
      ["Sources", "Tests", "Docs", ".ci"], "swift", "md", "yaml", "yml", "sh", "py", "json")
    {
      // They hold the same rule for the documents.
      if file.module == "DocsTests" { continue }
      for path in paths where file.text.contains(path) { Issue.record("\(file): \(path)") }
    }
  }

  /// Every reason to hold a record is explained to the person who meets it.
  @Test func holdsAreExplained() throws {
    let page = tree.root.appendingPathComponent("Docs/troubleshooting.md")
    guard let text = try? String(contentsOf: page, encoding: .utf8) else { return }
    let source = try String(
      contentsOf: tree.root.appendingPathComponent("Sources/Domain/Plan/Hold.swift"),
      encoding: .utf8)
    let cases = try Regex(#"case (\w+)(?: = "(\w+)")?"#)
    let head = source.components(separatedBy: "enum HoldCode").last ?? ""
    let body = head.components(separatedBy: "\n}").first ?? ""
    var count = 0
    for match in body.matches(of: cases) {
      guard let code = match.output[2].substring ?? match.output[1].substring else { continue }
      count += 1
      let isExplained = text.split(separator: "\n").contains {
        $0.hasPrefix("#") && $0.contains(code)
      }
      #expect(isExplained, "Docs/troubleshooting.md has no section \(code)")
    }
    #expect(count > 30)
  }
}

/// Functions and how many lines they have.
enum Functions {
  struct Found {
    var name: String
    var line: Int
    var length: Int
  }

  static func of(_ code: String) -> [Found] {
    let lines = code.split(separator: "\n", omittingEmptySubsequences: false)
    var found: [Found] = []
    for (index, line) in lines.enumerated() {
      guard let range = line.range(of: "func ") ?? line.range(of: "init("),
        !line.trimmingCharacters(in: .whitespaces).hasPrefix("case")
      else { continue }
      guard let end = end(of: lines, from: index) else { continue }
      let name = line[range.lowerBound...].prefix { $0 != "(" }
      found.append(Found(name: String(name), line: index + 1, length: end - index + 1))
    }
    return found
  }

  /// The line of the brace that closes the body; nil for a requirement without one.
  private static func end(of lines: [Substring], from start: Int) -> Int? {
    let indent = lines[start].prefix { $0 == " " }
    for index in start..<lines.count {
      let line = lines[index]
      if index > start, line.hasPrefix(indent + "}") { return index }
      if index > start, line.hasPrefix(indent), !line.dropFirst(indent.count).hasPrefix(" "),
        !line.dropFirst(indent.count).hasPrefix(")"), !line.dropFirst(indent.count).hasPrefix("{"),
        !line.trimmingCharacters(in: .whitespaces).isEmpty
      {
        return nil
      }
    }
    return nil
  }
}
