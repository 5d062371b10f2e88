import Foundation
import Testing

/// One `xerosync …` of a shell block or of the prose.
struct CommandLine: Sendable, CustomTestStringConvertible {
  var place: String
  /// What follows the program's name.
  var words: [String]

  var testDescription: String { "\(place): xerosync \(words.joined(separator: " "))" }

  /// Every use of the program in the shell blocks of all pages.
  static let inBlocks: [CommandLine] = Page.blocks(["sh", "bash", "shell", "console"]).flatMap {
    block in
    joined(block.lines).flatMap { line in
      uses(of: line).map { CommandLine(place: block.place, words: $0) }
    }
  }

  /// Every `xerosync …` the prose shows as code.
  static let inProse: [CommandLine] = Page.all.flatMap { page in
    page.codeSpans.filter { $0.text.hasPrefix("xerosync ") }.flatMap { span in
      uses(of: span.text).map { CommandLine(place: "\(page.path):\(span.number)", words: $0) }
    }
  }

  /// Lines ended by a backslash go on.
  private static func joined(_ lines: [String]) -> [String] {
    var whole: [String] = []
    var part = ""
    for line in lines {
      if line.hasSuffix("\\") {
        part += line.dropLast() + " "
      } else {
        whole.append(part + line)
        part = ""
      }
    }
    return part.isEmpty ? whole : whole + [part]
  }

  private static func uses(of line: String) -> [[String]] {
    var uses: [[String]] = []
    var current: [String]?
    var isCopying = false
    for word in shellWords(line) {
      switch word {
      case .end:
        if let done = current { uses.append(done) }
        current = nil
        isCopying = false
      case .text(let text):
        // There the program is a file among others.
        isCopying = isCopying || ["install", "cp", "mv", "strip"].contains(text)
        if current != nil {
          current?.append(text)
        } else if isProgram(text), !isCopying {
          current = []
        }
      }
    }
    if let done = current { uses.append(done) }
    return uses
  }

  private static func isProgram(_ word: String) -> Bool {
    ["xerosync", "./xerosync"].contains(word)
      || ["bin", "debug", "release"].contains { word.hasSuffix("/\($0)/xerosync") }
  }

  enum Word: Equatable {
    case text(String)
    /// A pipe, a redirection, `;`, `&` or a comment.
    case end
  }

  static func shellWords(_ line: String) -> [Word] {
    var words: [Word] = []
    var word: String?
    var quote: Character?
    func take() {
      if let done = word { words.append(.text(done)) }
      word = nil
    }
    for character in line {
      if let open = quote {
        if character == open { quote = nil } else { word = (word ?? "") + String(character) }
      } else if character == "\"" || character == "'" {
        quote = character
        word = word ?? ""
      } else if character == " " || character == "\t" {
        take()
      } else if character == "#", word == nil {
        break
      } else if "|;&<>()".contains(character) {
        // `2>file`: the number belongs to the redirection.
        if "<>".contains(character), word.map({ $0.allSatisfy(\.isNumber) }) == true { word = nil }
        take()
        words.append(.end)
      } else {
        word = (word ?? "") + String(character)
      }
    }
    take()
    return words
  }
}

/// The commands that the README says are not there yet: pages may speak of them.
enum Roadmap {
  static let title = "What it does and does not do yet"

  private static let cells: [Substring] = {
    guard let section = Page.all.first(where: { $0.path == "README.md" })?.section(title) else {
      return []
    }
    return section.split(separator: "\n").compactMap { row in
      let parts = row.split(separator: "|", omittingEmptySubsequences: false)
      return parts.count == 5 ? parts[3] : nil
    }
  }()

  /// Rows of the table, head and rule included.
  static let rows = cells.count

  static let commands = Set(
    cells.flatMap { $0.matches(of: #/`([a-z]+)[^`]*`/#).map { String($0.output.1) } })
}

/// The stored help pages of the program, one for each command.
struct HelpPage: Sendable {
  /// `run`, or `config check`; empty for the program itself.
  let command: String
  let text: String

  static let folder = "Fixtures/help"

  static func fileName(_ command: String) -> String {
    (command.isEmpty ? "xerosync" : command.replacing(" ", with: "-")) + ".txt"
  }

  static let all: [HelpPage] = Project.files(in: folder, ending: ".txt").compactMap { name in
    guard let text = try? Project.text("\(folder)/\(name)") else { return nil }
    let stem = String(name.dropLast(4))
    return HelpPage(
      command: stem == "xerosync" ? "" : stem.replacing("-", with: " "), text: text)
  }

  static func page(_ command: String) -> HelpPage? { all.first { $0.command == command } }

  /// How many values an option takes.
  enum Values: Equatable { case none, one, some }

  /// Each option with the values it takes.
  var options: [String: Values] {
    var options: [String: Values] = [:]
    for line in text.split(separator: "\n") {
      guard
        let found = line.prefixMatch(
          of: #/\s{2}(?:(-\w), )?(--[a-z][a-z-]*)( <[^>]+>)?( \.\.\.)?/#)
      else { continue }
      var values: Values = found.output.3 == nil ? .none : .one
      if found.output.4 != nil { values = .some }
      options[String(found.output.2)] = values
      if let short = found.output.1 { options[String(short)] = values }
    }
    return options
  }

  var subcommands: [String] {
    guard let start = text.range(of: "SUBCOMMANDS:\n") else { return [] }
    return text[start.upperBound...].split(separator: "\n").compactMap { line in
      line.prefixMatch(of: #/\s{2}([a-z][a-z-]*)(?:\s|$)/#).map { String($0.output.1) }
    }
  }

  /// The names of the arguments; one in brackets may be left out.
  var arguments: [String] {
    guard let usage = text.split(separator: "\n").first(where: { $0.hasPrefix("USAGE:") }) else {
      return []
    }
    let plain = String(usage).replacing(#/\[--?[a-z][^\]]*\]/#, with: "")
      .replacing(#/--[a-z-]+ <[^>]+>/#, with: "")
    return plain.matches(of: #/\[?<([^>]+)>/#).map { String($0.output.1) }
      .filter { $0 != "subcommand" && $0 != "options" }
  }
}

extension CommandLine {
  /// What the program would not understand; nil when it understands all.
  /// - Parameter isProse: placeholders may stand for arguments, and arguments may be missing.
  func problem(isProse: Bool) -> String? {
    var rest = words[...]
    guard let root = HelpPage.page("") else { return "there is no help page of the program" }
    guard let global = HelpPage.page("run")?.options else { return "there is no help page of run" }
    if let problem = Self.takeOptions(&rest, global.merging(root.options) { $1 }) {
      return problem
    }
    guard let name = rest.popFirst() else { return nil }
    if name == "help" { return nil }
    guard var page = HelpPage.page(name) else {
      return isProse && Roadmap.commands.contains(name) ? nil : "“\(name)” is no command"
    }
    if let sub = rest.first, page.subcommands.contains(sub) {
      rest.removeFirst()
      guard let inner = HelpPage.page("\(name) \(sub)") else {
        return "there is no help page of \(name) \(sub)"
      }
      page = inner
    } else if !page.subcommands.isEmpty {
      return isProse && rest.isEmpty ? nil : "\(name) needs one of \(page.subcommands)"
    }
    var values = 0
    while !rest.isEmpty {
      if let problem = Self.takeOptions(&rest, page.options) { return problem }
      if rest.popFirst() != nil { values += 1 }
    }
    // The usage line of a command with very many options shows none of them.
    guard !page.text.contains("USAGE: xerosync \(page.command) <options>") || values == 0 else {
      return "\(page.command) takes no argument"
    }
    if values > page.arguments.count { return "too many arguments for \(page.command)" }
    return nil
  }

  private static func takeOptions(
    _ rest: inout ArraySlice<String>, _ known: [String: HelpPage.Values]
  ) -> String? {
    while let word = rest.first, word.hasPrefix("-"), word != "-" {
      rest.removeFirst()
      let parts = word.split(separator: "=", maxSplits: 1).map(String.init)
      guard let values = known[parts[0]] else { return "there is no option \(parts[0]) here" }
      if values != .none, parts.count == 1, rest.popFirst() == nil {
        return "\(parts[0]) needs a value"
      }
      while values == .some, let next = rest.first, !next.hasPrefix("-") { rest.removeFirst() }
    }
    return nil
  }
}
