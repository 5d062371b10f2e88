import ConfigurationFile
import Domain
import Foundation
import Testing

@Suite struct GoldenTests {
  static let date = CalendarDate(year: 2026, month: 11, day: 22)

  @Test func shown() throws {
    let configuration = try World.load(try Fixture.text("every-key.yaml"))
    try Fixture.expect(configuration.shown(), equals: "every-key.shown.yaml")
  }

  @Test func shownDefaults() throws {
    try Fixture.expect(try World.loadBase().shown(), equals: "defaults.shown.yaml")
  }

  @Test func schema() throws {
    try Fixture.expect(ConfigurationSchema.json(), equals: "schema.json")
  }

  @Test(arguments: ["hubspot", "pipedrive", "zoho", "salesforce", "rest"], ["xero", "quickbooks"])
  func startingFile(crm: String, accounting: String) throws {
    let date = try #require(Self.date)
    let text = try StartingConfiguration.text(
      crms: [crm], accounting: accounting, startDate: date)
    try Fixture.expect(text, equals: "starting-\(crm)-\(accounting).yaml")
  }

  @Test func sandboxFile() throws {
    let date = try #require(Self.date)
    try Fixture.expect(
      SandboxConfiguration.text(port: 8480, startDate: date), equals: "sandbox.yaml")
  }
}
