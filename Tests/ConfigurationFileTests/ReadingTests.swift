import ConfigurationFile
import Domain
import Foundation
import Testing

@Suite struct ReadingTests {
  @Test func variablesAreReplacedInsideStrings() throws {
    let environment = World.environment.merging(["V": "x: [y] # \"z\""]) { $1 }
    let text = World.base + "invoices: { account: \"a ${V} b ${V}\" }"
    let configuration = try World.load(text, environment: environment)
    // Replaced after parsing: nothing in the value is read as YAML.
    #expect(configuration.policy.invoices.account.value == #"a x: [y] # "z" b x: [y] # "z""#)
  }

  @Test func aVariableMayStandForANumberADateAndAWord() throws {
    let environment = World.environment.merging(
      ["N": "7", "D": "2026-12-24", "W": "draft", "B": "true"]) { $1 }
    let configuration = try World.load(
      World.base.replacing("2026-11-01", with: "${D}")
        + """
        invoices: { status: "${W}", send_email: "${B}" }
        limits: { max_creates_per_run: "${N}" }
        """, environment: environment)
    #expect(configuration.policy.startDate == CalendarDate("2026-12-24"))
    #expect(configuration.policy.invoices.status == .draft)
    #expect(configuration.policy.invoices.sendEmail)
    #expect(configuration.limits.maxCreatesPerRun == 7)
  }

  @Test func escapesStayLiteral() throws {
    let text = World.base + "invoices: { account: \"$${S} $S $\" }"
    #expect(try World.load(text).policy.invoices.account.value == "${S} $S $")
  }

  @Test func secretsFromFilesAndPrograms() throws {
    let notify = try World.loadBase(
      adding: """
        notify:
          webhook: { url: "https://example.org", secret: { file: ./token } }
        """
    ).notify
    #expect(notify.webhook?.secret?.reveal() == "from-file")
    let home = try World.loadBase(
      adding: """
        notify: { webhook: { url: "https://example.org", secret: { file: ~/token } } }
        """
    ).notify
    #expect(home.webhook?.secret?.reveal() == "from-home")
    let program = try World.loadBase(
      adding: """
        notify: { webhook: { url: "https://example.org", secret: { command: [pass, show, k] } } }
        """
    ).notify
    #expect(program.webhook?.secret?.reveal() == "from-k")
  }

  @Test func aKeyFileKeepsItsLines() throws {
    let configuration = try World.load(
      """
      version: 1
      start_date: 2026-11-01
      accounting: { kind: xero, auth: { flow: authorization_code, client_id: a } }
      crms:
        - name: sf
          kind: salesforce
          auth:
            flow: jwt_bearer
            client_id: a
            username: u@example.org
            private_key: { file: key.pem }
      """)
    let key = configuration.crms[0].auth.secrets["private_key"]
    #expect(key?.reveal() == "line one\nline two")
  }

  @Test func anchorsAndMerges() throws {
    let configuration = try World.loadBase(
      adding: """
        x-defaults: &defaults { status: draft, send_email: true }
        invoices:
          <<: *defaults
          status: submitted
          due: &net { days: 14 }
        rules:
          - { when: { country: AU }, set: { due: *net } }
        """)
    #expect(configuration.policy.invoices.status == .submitted)
    #expect(configuration.policy.invoices.sendEmail)
    #expect(configuration.policy.rules[0].set.due == .terms(.days(14)))
  }

  @Test func marksOfWindowsEditorsAreFine() throws {
    let plain = try World.loadBase(adding: "invoices: { status: draft }\n")
    let text = "\u{FEFF}" + World.base + "invoices: { status: draft }\n"
    let other = try World.load(text.replacing("\n", with: "\r\n"))
    #expect(other == plain)
    #expect(
      World.messages((World.base + "invoces: 1\n").replacing("\n", with: "\r\n"))
        .hasPrefix("xerosync.yaml:11:1: invoces"))
  }

  struct NoText: Sendable, CustomTestStringConvertible {
    var bytes: Data
    var message: String

    init(_ bytes: [UInt8], _ message: String) {
      self.bytes = Data(bytes)
      self.message = "xerosync.yaml:" + message
    }

    init(_ text: String, _ message: String) { self.init(Array(text.utf8), message) }

    var testDescription: String { message }
  }

  static let empty =
    "1:1: the file is empty; write a starting configuration with `xerosync init --force`"
  static let deep = "the file is nested too deeply; close the brackets that were opened before"

  static let noTexts: [NoText] = [
    NoText(
      [0x61, 0x3A, 0x0A, 0x62, 0xFF],
      "2:2: the file is not UTF-8 text; save it in the encoding UTF-8"),
    NoText(
      [0xFF, 0xFE, 0x61, 0x00],
      "1:1: the file is not UTF-8 text; save it in the encoding UTF-8"),
    NoText("a: \u{0}", "1:4: the file holds the control character U+0000; delete it"),
    NoText("", empty), NoText(" \n\n", empty),
    NoText(
      String(repeating: "#", count: 300_000),
      "1:1: the file is larger than 256 KB; check that this is the configuration file"),
    NoText("a: " + String(repeating: "[", count: 100_000), "1:68: " + deep),
    NoText(String(repeating: "- ", count: 100_000), "1:129: " + deep),
  ]

  @Test(arguments: noTexts) func bytesThatAreNoText(_ noText: NoText) {
    #expect(World.messages(noText.bytes) == noText.message)
  }

  @Test func aliasesThatMultiplyAreRefused() {
    var text = "x-0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
    for level in 1...12 {
      let items = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
      text += "x-\(level): &a\(level) [\(items)]\n"
    }
    #expect(World.messages(text).contains("the aliases of the file expand to too many values"))
  }

  @Test func aMissingFileIsNamed() {
    let error = #expect(throws: ConfigurationErrors.self) {
      _ = try World.loader().load(path: "/nowhere.yaml")
    }
    #expect(
      error?.description == """
        /nowhere.yaml:1:1: the configuration file does not exist; name a readable file with \
        --config, or write one with `xerosync init`
        """)
  }

  @Test func problemsCarryTheirParts() throws {
    let error = #expect(throws: ConfigurationErrors.self) {
      _ = try World.loadBase(adding: "invoices: { due: { days: x } }\n")
    }
    let problem = try #require(error?.problems.first)
    #expect(problem.path == "invoices.due.days")
    #expect(problem.origin == Origin(file: "xerosync.yaml", line: 11, column: 26))
    #expect(error?.problems.count == 1)
  }
}

@Suite struct DiscoveryTests {
  static let environment = [
    "XEROSYNC_CONFIG": "/srv/x.yaml", "XDG_CONFIG_HOME": "/home/ann/cfg", "HOME": "/home/ann",
  ]

  @Test func namedFilesAreTheOnlyPlace() {
    let explicit = ConfigurationLoader.locate(
      explicit: "a.yaml", environment: Self.environment, exists: { _ in true })
    #expect(explicit.path == "a.yaml")
    let missing = ConfigurationLoader.locate(
      explicit: "a.yaml", environment: Self.environment, exists: { $0 != "a.yaml" })
    #expect(missing.path == nil && missing.lookedAt.map(\.path) == ["a.yaml"])
    let named = ConfigurationLoader.locate(
      explicit: nil, environment: Self.environment, exists: { _ in true })
    #expect(named.path == "/srv/x.yaml")
  }

  @Test func otherwiseTheDocumentedOrder() {
    var environment = Self.environment
    environment["XEROSYNC_CONFIG"] = nil
    let none = ConfigurationLoader.locate(
      explicit: nil, environment: environment, exists: { _ in false })
    let places = [
      "./xerosync.yaml", "/home/ann/cfg/xerosync/xerosync.yaml", "/etc/xerosync/xerosync.yaml",
    ]
    #expect(none.path == nil && none.lookedAt.map(\.path) == places)
    #expect(none.explanation.contains("  /etc/xerosync/xerosync.yaml (system)"))
    for place in places {
      let found = ConfigurationLoader.locate(
        explicit: nil, environment: environment, exists: { $0 == place })
      #expect(found.path == place && found.lookedAt.last?.path == place)
    }
    environment["XDG_CONFIG_HOME"] = nil
    let home = ConfigurationLoader.locate(
      explicit: nil, environment: environment, exists: { _ in false })
    #expect(home.lookedAt[1].path == "/home/ann/.config/xerosync/xerosync.yaml")
  }
}

@Suite struct SystemAccessTests {
  @Test func programsGiveTheirOutputOrAReason() throws {
    let environment = ["PATH": "/usr/bin:/bin", "WORD": "b"]
    func run(_ words: String..., seconds: Double = 60) throws -> String {
      try SystemAccess.runCommand(words, environment: environment, seconds: seconds)
    }
    #expect(try run("sh", "-c", "printf 'a\\n'; printf $WORD") == "a\nb")
    #expect(throws: CommandFailure.exited(status: 4)) {
      try run("sh", "-c", "exit 4")
    }
    #expect(throws: CommandFailure.missing) {
      try run("no-such-program-anywhere")
    }
    #expect(throws: CommandFailure.missing) { try run() }
    #expect(throws: CommandFailure.timedOut) { try run("sleep", "30", seconds: 0.05) }
  }

  @Test func filesGiveTheirBytesOrAReason() throws {
    #expect(try !SystemAccess.readFile(#filePath).isEmpty)
    #expect(throws: FileAccessFailure.missing) {
      try SystemAccess.readFile(#filePath + ".missing")
    }
    #expect(throws: FileAccessFailure.isDirectory) {
      try SystemAccess.readFile(Fixture.directory.path)
    }
  }
}
