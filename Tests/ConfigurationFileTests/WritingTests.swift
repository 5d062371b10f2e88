import ConfigurationFile
import Domain
import Foundation
import Testing

@Suite struct WritingTests {
  static let samples = ["every-key.yaml", "sandbox.yaml"]
  static let crms = ["hubspot", "pipedrive", "zoho", "salesforce", "rest"]

  private func date() throws -> CalendarDate { try #require(CalendarDate("2026-11-22")) }

  @Test(arguments: crms, ["xero", "quickbooks"])
  func aStartingFileLoadsOnceItsVariablesAreSet(crm: String, accounting: String) throws {
    let text = try StartingConfiguration.text(
      crms: [crm], accounting: accounting, startDate: date())
    let names = StartingConfiguration.environmentVariables(crms: [crm], accounting: accounting)
    let environment = Dictionary(uniqueKeysWithValues: names.map { ($0, "https://example.org") })
    let configuration = try World.load(text, environment: environment)
    #expect(configuration.crms.map(\.kind.value) == [crm])
    #expect(configuration.accounting.kind.value == accounting)
    #expect(configuration.policy.startDate == (try date()))
    for name in names {
      let error = #expect(throws: ConfigurationErrors.self) {
        _ = try World.load(text, environment: environment.filter { $0.key != name })
      }
      #expect(error?.problems.count == 1)
      #expect(error?.description.contains("the environment variable \(name) is not set") == true)
    }
  }

  @Test func aStartingFileMayHoldManyCRMs() throws {
    let kinds = Self.crms + ["hubspot"]
    let text = try StartingConfiguration.text(
      crms: kinds, accounting: "xero", startDate: date())
    let names = StartingConfiguration.environmentVariables(crms: kinds, accounting: "xero")
    let environment = Dictionary(uniqueKeysWithValues: names.map { ($0, "https://example.org") })
    let configuration = try World.load(text, environment: environment)
    #expect(configuration.crms.map(\.name.rawValue) == Self.crms + ["hubspot-2"])
  }

  @Test func withoutAKindItIsHubSpotAndUnknownKindsAreRefused() throws {
    let text = try StartingConfiguration.text(crms: [], accounting: "xero", startDate: date())
    #expect(text.contains("kind: hubspot"))
    #expect(
      throws: StartingConfiguration.UnknownKind(kind: "sage", known: ["xero", "quickbooks"])
    ) {
      try StartingConfiguration.text(crms: [], accounting: "sage", startDate: date())
    }
  }

  @Test(arguments: [
    ["xero", "hubspot"], ["quickbooks", "pipedrive", "zoho", "salesforce"], [],
  ])
  func theSandboxFileNeedsNothing(systems: [String]) throws {
    let text = SandboxConfiguration.text(port: 8480, startDate: try date(), systems: systems)
    let configuration = try World.load(text, environment: [:])
    for settings in [configuration.accounting] + configuration.crms {
      for url in settings.urls.values {
        #expect(url.value == "http://localhost:8480")
      }
    }
    #expect(configuration.accounting.auth.secrets["client_id"]?.reveal() == "sandbox-client")
  }

  @Test(arguments: samples) func shownHoldsNoSecret(sample: String) throws {
    let shown = try World.load(try Fixture.text(sample)).shown()
    for secret in [
      "xero-secret", "hubspot-token", "hook-secret", "slack-secret", "sandbox-secret",
      "sandbox-token",
    ] { #expect(!shown.contains(secret)) }
    #expect(shown.contains("\"[secret]\""))
  }

  /// The policy without the places of its rules, which differ from file to file.
  private static func unplaced(_ policy: Policy) -> Policy {
    var policy = policy
    for index in policy.rules.indices { policy.rules[index].origin = nil }
    return policy
  }

  /// What is shown is a configuration again, and means the same.
  @Test(arguments: samples + ["odd"]) func shownReadsBack(sample: String) throws {
    let odd =
      World.base + """
        invoices:
          reference: "NAME: \\"{deal.name}\\" # no comment, 'really' \\\\"
          account: "007 $${NAME}"
          branding_theme: "no"
          schedule: [{ percent: 50, on: won }, { percent: 50, on: won + 9 days }]
          due: { day_of_next_month: 20 }
        contacts: { conflict: { email: crm } }
        rules:
          - { when: { "deal.a b": ["*x", "- y"], crm_tax: "~" }, set: { hold: "yes: ask" } }
        """
    let text = sample == "odd" ? odd : try Fixture.text(sample)
    let configuration = try World.load(text)
    let shown = configuration.shown()
    let again = try World.load(
      shown.replacing("\"[secret]\"", with: "\"${SLACK_WEBHOOK}\""))
    #expect(Self.unplaced(again.policy) == Self.unplaced(configuration.policy))
    #expect(again.shown() == shown)
    #expect(again.statePath == configuration.statePath)
  }
}
