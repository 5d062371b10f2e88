import Domain
import Engine
import Foundation
import Sandbox
import Snapshot
import TestSupport
import Testing
import Transport

/// `doctor`: every kind of trouble has its line, its status and a remedy.
struct CheckupTests {
  private func check(
    _ rig: Rig, fixing: Bool = false, _ memory: CheckupMemory = CheckupMemory()
  ) async throws -> [Check] {
    try await OneThread.run {
      let store = try rig.store()
      defer { try? store.close() }
      let environment = try rig.environment(on: store)
      return await Checkup(
        systems: environment.systems, policy: environment.policy, memory: memory,
        now: Instant(milliseconds: rig.clock.now)
      ).run(fixing: fixing)
    }
  }

  private func lines(_ checks: [Check]) -> String {
    checks.map { "\($0.status) \($0.system?.rawValue ?? "") \($0.code): \($0.message)" }
      .joined(separator: "\n")
  }

  @Test func allIsWell() async throws {
    let rig = Rig()
    let checks = try await check(rig)
    #expect(checks.allSatisfy { $0.status == .ok && $0.remedy == nil }, "\(lines(checks))")
    let codes = Set(checks.map(\.code))
    #expect(
      codes.isSuperset(of: [
        .signIn, .scopes, .organisation, .currencies, .accounts, .taxCodes, .brandingThemes,
        .tracking, .items, .pipelines, .fields, .calls, .clock,
      ]))
    #expect(rig.writes.isEmpty)
  }

  /// The CRM has none of our fields: an error, until they are made; then never again.
  @Test func missingFieldsAreMade() async throws {
    let start = SandboxTime(milliseconds: Rig.start - 86_400_000)
    let rig = Rig(vendors: [XeroSandbox.demo(at: start), HubSpotSandbox.demo(created: start)])
    func fields(_ fixing: Bool) async throws -> Check? {
      try await check(rig, fixing: fixing).first { $0.code == .fields }
    }
    let missing = try #require(try await fields(false))
    #expect(missing.status == .error)
    #expect(missing.message.contains("xero_invoice_status"))
    #expect(missing.remedy?.contains("xerosync doctor --fix") == true)
    #expect(rig.writes.isEmpty)
    #expect(try await fields(true)?.status == .ok)
    let made = rig.writes.count
    #expect(made >= 10)
    #expect(try await fields(true)?.message == "all fields are there")
    #expect(rig.writes.count == made)
    let deal = try rig.deal()
    rig.clock.advance(minutes: 1)
    try await rig.pass()
    #expect(rig.status(deal) == "awaiting_payment")
  }

  @Test(arguments: [
    ("account", Check.Code.accounts), ("tax", .taxCodes), ("theme", .brandingThemes),
    ("tracking", .tracking), ("stage", .pipelines),
  ])
  func unknownName(kind: String, code: Check.Code) async throws {
    let rig = Rig()
    rig.settings.policy.invoices.name(kind)
    if kind == "stage" {
      rig.settings.policy.crms["hubspot"]?.won = [.init(pipeline: nil, stage: Sourced("Wonn"))]
    }
    let checks = try await check(rig)
    let wrong = checks.filter { $0.status == .error }
    #expect(wrong.map(\.code) == [code], "\(lines(checks))")
    #expect(wrong.first?.remedy?.isEmpty == false)
  }

  @Test func noTaxCodeIsAWarning() async throws {
    let rig = Rig()
    rig.settings.policy.invoices.tax = nil
    let tax = try await check(rig).first { $0.code == .taxCodes }
    #expect(tax?.status == .warning)
    #expect(tax?.remedy?.contains("OUTPUT2") == true)
  }

  /// A sign-in that is gone is told with its command, and the other system is still looked at.
  @Test func revokedToken() async throws {
    let rig = Rig()
    rig.settings.crms[0].auth.secrets["access_token"] = SecretText("revoked")
    let checks = try await check(rig)
    let wrong = try #require(checks.first { $0.system == "hubspot" })
    #expect(wrong.status == .error && wrong.code == .signIn, "\(lines(checks))")
    #expect(wrong.remedy?.contains("xerosync auth login hubspot") == true)
    #expect(checks.contains { $0.system == "xero" && $0.code == .accounts && $0.status == .ok })
    #expect(checks.count { $0.system == "hubspot" && $0.code == .signIn } == 1)
  }

  @Test func systemThatIsDown() async throws {
    let rig = Rig()
    rig.world.setFaults([Fault(.status(.init(status: 503)), vendor: "xero", times: nil)])
    let checks = try await check(rig)
    let wrong = try #require(checks.first { $0.system == "xero" })
    #expect(wrong.status == .error && wrong.message.contains("cannot be reached"))
    #expect(checks.contains { $0.system == "hubspot" && $0.code == .signIn && $0.status == .ok })
  }

  @Test func anotherAccount() async throws {
    let rig = Rig()
    var memory = CheckupMemory()
    memory.accounts = ["xero": "another", "hubspot": "another"]
    memory.missingScopes = ["xero": ["accounting.contacts"]]
    memory.signInEnds = ["hubspot": Instant(milliseconds: rig.clock.now + 3 * 86_400_000)]
    let checks = try await check(rig, memory)
    let wrong = checks.filter { $0.status != .ok }.map { "\($0.system?.rawValue ?? "") \($0.code)" }
    #expect(
      wrong == ["xero scopes", "xero organisation", "hubspot signIn", "hubspot organisation"],
      "\(lines(checks))")
  }

  @Test(
    arguments: [
      (0, Check.Status.ok), (-100, .ok), (600, .warning), (-600, .warning), (7200, .error),
      (-31_536_000, .error),
    ] as [(Int64, Check.Status)])
  func clock(ahead: Int64, status: Check.Status) async throws {
    let rig = Rig.elsewhere()
    rig.settings.serverClock = ahead
    let clock = try await check(rig).first { $0.code == .clock }
    #expect(clock?.status == status, "\(clock?.message ?? "")")
  }

  // MARK: Calls

  @Test(
    arguments: [
      (2000, 1000, 4), (2000, 5000, 1), (4000, 1000, 10), (8000, 1000, 15), (2000, 60, nil),
      (4000, 250_000, 1),
    ] as [(Int, Int, Int?)])
  func interval(perPass: Int, limit: Int, shortest: Int?) {
    let estimate = CallEstimate(perPassThousandths: perPass, fixedPerDay: 20, limit: limit)
    #expect(estimate.shortest == shortest)
    let check = estimate.check(of: "xero")
    #expect(check.status == (shortest.map { $0 <= 5 ? .ok : .warning } ?? .error))
    #expect((check.remedy == nil) == (check.status == .ok))
  }

  @Test func measuredCallsNeedEnoughPasses() {
    let report = #"{"api_calls":{"xero":3,"hubspot":5},"run":1}"#
    #expect(CallRecord.average(Array(repeating: report, count: 11)).isEmpty)
    let average = CallRecord.average(
      Array(repeating: report, count: 12) + ["nonsense"] + [#"{"api_calls":{"xero":16}}"#])
    #expect(average == ["xero": 4000, "hubspot": 4615])
  }
}

extension InvoicePolicy {
  /// Names something the organisation does not have.
  fileprivate mutating func name(_ kind: String) {
    switch kind {
    case "account": account = Sourced("999")
    case "tax": tax = Sourced("OUTPUT9")
    case "theme": brandingTheme = Sourced("Standart")
    case "tracking":
      tracking = [TrackingRule(category: Sourced("Regoin"), option: Template("North"))]
    default: return
    }
  }
}

extension Rig {
  /// An installation whose systems are not on this machine.
  static func elsewhere() -> Rig {
    let rig = Rig()
    for key in ["api_url", "identity_url", "login_url"] {
      rig.settings.accounting.urls[key] = Sourced("https://ledger.example")
      if rig.settings.crms[0].urls[key] != nil {
        rig.settings.crms[0].urls[key] = Sourced("https://crm.example")
      }
    }
    return rig
  }
}
