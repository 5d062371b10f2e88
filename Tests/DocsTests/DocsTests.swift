import ConfigurationFile
import Domain
import Foundation
import Testing

@Suite struct DocsTests {
  @Test func pagesAreThere() {
    let found = Set(Page.all.map(\.path))
    let wanted = [
      "README.md", "CHANGELOG.md", "Docs/architecture.md", "Docs/configuration.md",
      "Docs/accounting-xero.md", "Docs/crm-hubspot.md", "Docs/operations.md",
      "Docs/troubleshooting.md", "Docs/sandbox.md", "Docs/json.md", "Docs/security.md",
      "Docs/decisions.md", "Docs/connectors.md",
    ]
    for path in wanted { #expect(found.contains(path), "\(path) is missing") }
  }

  // MARK: - Configuration

  @Test(arguments: Page.blocks(["yaml"]))
  func configurationLoads(_ block: Page.Block) throws {
    let text = try #require(ShownConfiguration.whole(block), "\(block.place) shows no key")
    let problems = ShownConfiguration.problems(of: text, at: block.place)
    #expect(problems == nil, "\(block.place): \(problems ?? "")")
  }

  @Test(arguments: [
    ("fragment=invoices", "stattus: draft"), ("fragment=crm", "auth: { flow: token }"),
    ("", "invoices: { due: { days: -1 } }"), ("", "version: 1"),
  ])
  func wrongConfigurationIsNoticed(_ info: String, _ line: String) throws {
    let page = Page(path: "sample.md", text: "  ```yaml \(info)\n  \(line)\n  ```")
    let block = try #require(page.blocks.first)
    let text = try #require(ShownConfiguration.whole(block))
    #expect(ShownConfiguration.problems(of: text, at: block.place) != nil)
  }

  /// A key nobody can read about is a key nobody can use.
  @Test func everyConfigurationKeyIsDescribed() throws {
    let page = try #require(Page.all.first { $0.path == "Docs/configuration.md" })
    let schema = try JSONSerialization.jsonObject(with: Data(ConfigurationSchema.json().utf8))
    let code = page.codeSpans.map(\.text) + page.blocks.map(\.text)
    let words = Set(code.flatMap { $0.split { !$0.isLetter && !$0.isNumber && $0 != "_" } })
    let keys = Self.propertyNames(schema)
    #expect(keys.count > 80, "the schema was not understood")
    for key in keys.sorted() where !words.contains(Substring(key)) {
      Issue.record("Docs/configuration.md does not describe the key \(key)")
    }
  }

  private static func propertyNames(_ schema: Any) -> Set<String> {
    if let list = schema as? [Any] { return Set(list.flatMap(propertyNames)) }
    guard let object = schema as? [String: Any] else { return [] }
    var names: Set<String> = []
    if let properties = object["properties"] as? [String: Any] { names.formUnion(properties.keys) }
    for value in object.values { names.formUnion(propertyNames(value)) }
    return names
  }

  // MARK: - Commands

  @Test func everyCommandHasAHelpPage() throws {
    let root = try #require(HelpPage.page(""))
    var commands: Set<String> = [""]
    for name in root.subcommands {
      commands.insert(name)
      let page = try #require(HelpPage.page(name), "no Fixtures/help page of \(name)")
      commands.formUnion(page.subcommands.map { "\(name) \($0)" })
    }
    #expect(Set(HelpPage.all.map(\.command)) == commands)
  }

  @Test(arguments: CommandLine.inBlocks)
  func commandLineParses(_ line: CommandLine) {
    #expect(line.problem(isProse: false) == nil, "\(line.testDescription)")
  }

  @Test(arguments: CommandLine.inProse)
  func commandInProseIsKnown(_ line: CommandLine) {
    #expect(line.problem(isProse: true) == nil, "\(line.testDescription)")
  }

  @Test func commandLinesAreFound() {
    #expect(CommandLine.inBlocks.count > 20)
    let line = "FOO=1 xerosync --quiet run --json 2>err | jq . # xerosync no"
    let words = CommandLine.shellWords(line)
    #expect(
      words.prefix(5) == [
        .text("FOO=1"), .text("xerosync"), .text("--quiet"), .text("run"), .text("--json"),
      ])
    #expect(CommandLine(place: "", words: ["run", "--dryrun"]).problem(isProse: false) != nil)
    #expect(CommandLine(place: "", words: ["runn"]).problem(isProse: true) != nil)
    #expect(CommandLine(place: "", words: ["link", "a", "b", "c"]).problem(isProse: false) != nil)
    #expect(CommandLine(place: "", words: ["run", "--only"]).problem(isProse: false) != nil)
  }

  /// What has arrived is not still announced.
  @Test func awaitedCommandsAreNotThere() {
    #expect(Roadmap.rows > 5, "the table of the README was not understood")
    for command in Roadmap.commands {
      #expect(HelpPage.page(command) == nil, "\(command) is there")
    }
  }

  /// Every command has its line in the README.
  @Test func readmeNamesEveryCommand() throws {
    let readme = try #require(Page.all.first { $0.path == "README.md" })
    let words = (readme.codeSpans.map(\.text) + readme.blocks.map(\.text)).flatMap {
      $0.split { !$0.isLetter }
    }
    for name in HelpPage.page("")?.subcommands ?? [] {
      #expect(words.contains(Substring(name)), "README.md does not name \(name)")
    }
  }

  /// The stored help pages are the program's own, byte for byte.
  @Test func helpPagesAreTheProgramsOwn() throws {
    guard let program = Program.find() else {
      print("skipped: no xerosync beside the tests; `swift build` makes it")
      return
    }
    let isRecording = ProcessInfo.processInfo.environment["XEROSYNC_RECORD"] != nil
    var open = [""]
    while let command = open.popLast() {
      let text = try Program.help(program, command)
      let file = "\(HelpPage.folder)/\(HelpPage.fileName(command))"
      if isRecording {
        try Data(text.utf8).write(to: Project.root.appendingPathComponent(file))
      }
      let stored = try? Project.text(file)
      #expect(stored == text, "\(file) differs; XEROSYNC_RECORD=1 writes it anew")
      let inner = HelpPage(command: command, text: text).subcommands
      open += inner.map { command.isEmpty ? $0 : "\(command) \($0)" }
    }
  }

  // MARK: - Links

  @Test(arguments: Page.all)
  func internalLinksResolve(_ page: Page) {
    for link in page.links where !link.target.contains("://") && !link.target.hasPrefix("mailto:") {
      let parts = link.target.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
      let file = parts[0].isEmpty ? page.path : Self.resolve(String(parts[0]), from: page.path)
      #expect(Project.exists(file), "\(page.path):\(link.number): \(link.target) leads nowhere")
      guard parts.count == 2, let target = Page.all.first(where: { $0.path == file }) else {
        continue
      }
      #expect(
        target.anchors.contains(String(parts[1])),
        "\(page.path):\(link.number): \(file) has no heading for #\(parts[1])")
    }
  }

  private static func resolve(_ target: String, from page: String) -> String {
    var parts = page.split(separator: "/").dropLast().map(String.init)
    for part in target.split(separator: "/").map(String.init) {
      switch part {
      case ".": continue
      case "..": _ = parts.popLast()
      case let name: parts.append(name)
      }
    }
    return parts.joined(separator: "/")
  }

  // MARK: - Holds, codes, samples

  @Test(arguments: HoldCode.allCases)
  func holdHasItsSection(_ code: HoldCode) throws {
    let page = try #require(Page.all.first { $0.path == "Docs/troubleshooting.md" })
    let section = try #require(page.section(code.rawValue), "no section “## \(code.rawValue)”")
    for word in ["**Cause.**", "**Remedy.**"] {
      let after = section.components(separatedBy: word).dropFirst().first ?? ""
      #expect(after.trimmingCharacters(in: .whitespacesAndNewlines).count > 20, "\(code): \(word)")
    }
  }

  @Test func noSectionForAHoldThatIsNone() throws {
    let page = try #require(Page.all.first { $0.path == "Docs/troubleshooting.md" })
    let words = page.headings.filter { $0.level == 2 }.map(\.text)
      .filter { $0.wholeMatch(of: #/[a-z]+(_[a-z]+)*/#) != nil }
    for word in words { #expect(HoldCode(rawValue: word) != nil, "“\(word)” is no hold code") }
  }

  @Test(arguments: [0, 2, 3, 64, 65, 69, 70, 74, 75, 77, 78, 130, 143])
  func exitCodeIsInTheTable(_ code: Int) throws {
    let page = try #require(Page.all.first { $0.path == "Docs/operations.md" })
    #expect(page.prose.contains { $0.text.hasPrefix("| \(code) |") })
  }

  @Test(arguments: Page.blocks(["json"]))
  func sampleIsJSON(_ block: Page.Block) {
    #expect(throws: Never.self, "\(block.place)") {
      try JSONSerialization.jsonObject(with: Data(block.text.utf8), options: .fragmentsAllowed)
    }
  }

  @Test(arguments: ["make demo", "make test"])
  func readmeShowsTheTwoCommands(_ command: String) throws {
    let readme = try #require(Page.all.first { $0.path == "README.md" })
    #expect(readme.blocks.contains { $0.lines.contains(command) })
    let target = try #require(command.split(separator: " ").last)
    #expect(try Project.text("Makefile").contains("\n\(target):"))
  }

  @Test(arguments: Page.all)
  func pageNamesNoMachine(_ page: Page) {
    let text = page.prose.map(\.text).joined(separator: "\n") + page.blocks.map(\.text).joined()
    for word in ["/wo" + "rk/", "/tmp/bash", "/ro" + "ot/", "localhost:8731"] {
      #expect(!text.contains(word), "\(page.path) holds \(word)")
    }
  }
}

/// The built program, where there is one.
enum Program {
  static func find() -> URL? {
    let environment = ProcessInfo.processInfo.environment
    let beside = URL(fileURLWithPath: Swift.CommandLine.arguments[0]).deletingLastPathComponent()
    let places =
      [environment["XEROSYNC_BINARY"].map { URL(fileURLWithPath: $0) }].compactMap(\.self)
      + [beside.appendingPathComponent("xerosync")]
    return places.first {
      FileManager.default.isExecutableFile(atPath: $0.path)
        && (try? $0.resourceValues(forKeys: [.isRegularFileKey]))?.isRegularFile == true
    }
  }

  static func help(_ program: URL, _ command: String) throws -> String {
    let process = Process()
    let output = Pipe()
    process.executableURL = program
    process.arguments = command.split(separator: " ").map(String.init) + ["--help"]
    process.environment = ["COLUMNS": "80", "PATH": "/usr/bin:/bin", "LC_ALL": "C"]
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = output
    try process.run()
    let data = try output.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return String(decoding: data, as: UTF8.self)
  }
}
