import Connectors
import Domain
import Foundation
import Testing
import Transport

@Suite("Connector registry")
struct ConnectorRegistryTests {
  private let environment = XeroBench.environment(
    FakeXero(json: "{}").exchange, tokens: .inMemory())

  @Test func kindsMakeTheirConnectors() throws {
    let xero = try ConnectorRegistry.accounting(
      settings: XeroBench.settings(), environment: environment)
    #expect(xero.name == "xero" && xero.capabilities.feeds == [.contacts, .invoices])
    var settings = ConnectionSettings(
      name: "sales", kind: Sourced("hubspot"),
      auth: .init(flow: Sourced("token"), secrets: ["access_token": SecretText("pat-canary")]))
    #expect(
      try ConnectorRegistry.crm(settings: settings, environment: environment).name == "sales")
    let signIn = try ConnectorRegistry.signIn(settings: settings, environment: environment)
    #expect(signIn == nil, "a token needs no browser")
    settings.auth.secrets = [:]
    #expect(throws: ConnectorSetupError.self) {
      try ConnectorRegistry.crm(settings: settings, environment: environment)
    }
  }

  @Test func anUnknownKindNamesItsPlaceAndTheChoices() {
    var settings = XeroBench.settings()
    settings.kind = Sourced("sage", at: Domain.Origin(file: "xerosync.yaml", line: 9, column: 9))
    do {
      _ = try ConnectorRegistry.accounting(settings: settings, environment: environment)
      Issue.record("accepted")
    } catch {
      #expect(
        error.description
          == "xerosync.yaml:9:9: xero: this version has no connector for “sage”; use xero")
    }
  }

  @Test func everyKindSaysWhatItNeeds() {
    for kind in ConnectorRegistry.accountingKinds + ConnectorRegistry.crmKinds {
      #expect(!kind.flows.isEmpty && kind.urls.values.allSatisfy { $0.hasPrefix("https://") })
      #expect(Set(kind.flows.map(\.name)).count == kind.flows.count)
    }
  }

  @Test func browserSignIn() throws {
    let signIn = try #require(
      try ConnectorRegistry.signIn(
        settings: XeroBench.settings(), environment: environment))
    let page = try signIn.authorizePage("http://localhost:8484/callback", "s", "c")
    #expect(page.absoluteString.hasPrefix("https://login.xero.com/identity/connect/authorize?"))
  }
}
