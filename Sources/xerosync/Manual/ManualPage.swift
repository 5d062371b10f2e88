/// The manual page in the language of man(7).
struct ManualPage {
  let tool: ManualTool
  let version: String

  private static let everywhere: Set<String> = [
    "config", "state", "log-level", "log-format", "no-color", "quiet", "version", "help",
  ]

  var text: String {
    let root = tool.command
    var lines = [
      ".TH XEROSYNC 1 \"\" \"xerosync \(Self.plain(version))\" \"User commands\"",
      ".SH NAME", "xerosync \\- \(Self.plain(Self.sentence(root.abstract)))",
      ".SH SYNOPSIS", ".B xerosync", "[options] command", ".SH DESCRIPTION",
    ]
    lines += paragraphs(root.discussion)
    lines.append(".SH COMMANDS")
    for command in root.shownSubcommands { lines += self.command(command, after: []) }
    lines.append(".SH OPTIONS OF EVERY COMMAND")
    let options = root.shownSubcommands.first?.shownArguments ?? []
    for option in options where isEverywhere(option) { lines += argument(option) }
    lines += files
    return lines.joined(separator: "\n")
  }

  private func command(_ entry: ManualTool.Entry, after path: [String]) -> [String] {
    let names = path + [entry.commandName]
    guard entry.shownSubcommands.isEmpty else {
      return entry.shownSubcommands.flatMap { command($0, after: names) }
    }
    let own = entry.shownArguments.filter { !isEverywhere($0) }
    let positional = own.filter { $0.kind == "positional" }.map { argument in
      let name = "\\fI\(Self.plain(argument.valueName ?? "value"))\\fR"
      return argument.isOptional ? "[\(name)]" : name
    }
    let title = Self.plain(names.joined(separator: " "))
    var lines = [".SS \(([title] + positional).joined(separator: " "))"]
    lines += paragraphs(entry.abstract)
    if let discussion = entry.discussion { lines += [".PP"] + paragraphs(discussion) }
    for one in own { lines += argument(one) }
    return lines
  }

  private func isEverywhere(_ argument: ManualTool.Argument) -> Bool {
    (argument.names ?? []).contains { Self.everywhere.contains($0.name) }
  }

  private func argument(_ argument: ManualTool.Argument) -> [String] {
    let value = argument.valueName.map { "\\fI\(Self.plain($0))\\fR" } ?? ""
    let names = (argument.names ?? []).map { "\\fB\(Self.plain($0.written))\\fR" }
    let head =
      argument.kind == "positional"
      ? value
      : names.joined(separator: ", ") + (argument.kind == "option" ? " \(value)" : "")
    var words = argument.abstract ?? ""
    if let standard = argument.defaultValue { words += " Default: \(standard)." }
    return [".TP", head] + paragraphs(words)
  }

  private var files: [String] {
    [
      ".SH FILES", ".TP", "\\fI/etc/xerosync/xerosync.yaml\\fR",
      "The configuration, where no other is named or found nearer.",
      ".TP", "\\fI/usr/share/doc/xerosync\\fR",
      "The documentation: exit codes are in operations.md.",
      ".SH ENVIRONMENT", ".TP", "XEROSYNC_CONFIG", "The configuration file.",
      ".TP", "NO_COLOR", "No colour, even on a terminal.", "",
    ]
  }

  private func paragraphs(_ text: String?) -> [String] {
    var lines: [String] = []
    for paragraph in (text ?? "").split(separator: "\n\n") {
      if !lines.isEmpty { lines.append(".PP") }
      lines.append(Self.plain(String(paragraph).replacing("\n", with: " ")))
    }
    return lines
  }

  private static func sentence(_ text: String?) -> String {
    var text = text ?? ""
    if text.hasSuffix(".") { text.removeLast() }
    return text
  }

  /// Text that no word of the language is hidden in.
  private static func plain(_ text: String) -> String {
    var escaped = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\\": escaped += "\\e"
      case "-": escaped += "\\-"
      case let scalar where scalar.isASCII: escaped.unicodeScalars.append(scalar)
      case let scalar:
        let digits = String(scalar.value, radix: 16, uppercase: true)
        escaped += "\\[u\(String(repeating: "0", count: max(0, 4 - digits.count)))\(digits)]"
      }
    }
    return escaped.hasPrefix(".") || escaped.hasPrefix("'") ? "\\&" + escaped : escaped
  }
}
