import ConfigurationFile
import Domain
import Engine
import Foundation
import Reconciler
import Sandbox
import TestSupport
import Testing

/// The CRM's own fields on invoices: from the configuration file to the accounting system.
@Suite struct InvoicingFieldTests {
  /// An installation whose file says so; `description` is a field every deal has.
  private func installation(_ invoices: String, tail: String = "") throws -> Rig {
    let text = """
      version: 1
      start_date: 1970-01-01
      accounting:
        kind: xero
        auth: { flow: client_credentials, client_id: a, client_secret: b }
      crms:
        - name: hubspot
          kind: hubspot
          auth: { flow: token, access_token: c }
      invoices: \(invoices)
      \(tail)
      """
    let loader = ConfigurationLoader(
      environment: [:], readFile: { _ in Data(text.utf8) }, runCommand: { _ in "" })
    let configuration = try loader.load(path: "/test/xerosync.yaml")
    let start = SandboxTime(milliseconds: Rig.start - 86_400_000)
    return Rig(vendors: [
      XeroSandbox.demo(at: start), HubSpotSandbox.demo(withSyncFields: true, created: start),
    ]) { settings in
      settings.policy = configuration.policy
      settings.crms[0].extraDealFields = configuration.crms[0].extraDealFields
      settings.crms[0].extraLineFields = configuration.crms[0].extraLineFields
    }
  }

  private let fields = #"{ tax: OUTPUT2, reference: "PO {deal.description}" }"#

  /// What a template names in the file is fetched, and stands on the invoice.
  @Test func fromTheFileToTheInvoice() async throws {
    let rig = try installation(
      fields, tail: "rules: [{ when: { currency: AUD }, set: { number: \"N-{deal.dealname}\" } }]")
    let deal = try rig.won(
      lines: [item("Work", "1", "100")], properties: ["description": "4711"])
    let other = try rig.won(
      "Other", lines: [item("Work", "1", "100")], currency: "AUD",
      properties: ["description": "4712"])
    let report = try await rig.later()
    #expect(try rig.only(deal).reference == "PO 4711", "\(report.brief)")
    #expect(try rig.only(other).reference == "PO 4712")
    #expect(try rig.only(other).number == "N-Other")
  }

  /// A field that does not exist would read as empty for ever: it stops the pass.
  @Test func aFieldThatIsNotThere() async throws {
    let rig = try installation(#"{ tax: OUTPUT2, reference: "PO {deal.descripton}" }"#)
    _ = try rig.won(lines: [item("Work", "1", "100")])
    do {
      _ = try await rig.later()
      Issue.record("the pass went on")
    } catch EngineError.configuration(let problems) {
      let problem = try #require(problems.first)
      #expect(problem.message == "hubspot has no deal field “descripton”")
      #expect(problem.candidates.contains("description"))
      #expect(problem.origin?.line == 10)
    }
    #expect(rig.invoices.isEmpty)
  }

  @Test("policy: a change of a templated field rewrites nothing")
  func changeOfATemplatedField() async throws {
    let rig = try installation(fields)
    let deal = try rig.won(
      lines: [item("Work", "1", "100")], properties: ["description": "4711"])
    try await rig.later()
    try rig.edit("deals", deal, ["description": "4712"])
    for _ in 1...2 { try await rig.later(minutes: 40) }
    #expect(try rig.only(deal).reference == "PO 4711")
    #expect(try rig.codes(deal).isEmpty)
  }

  /// A held deal is read anew when the configuration begins to ask for another field.
  @Test func aFieldThatIsAskedForLater() async throws {
    let rig = try installation("{ tax: OUTPUT2, without_line_items: hold }")
    let deal = try rig.won(lines: [], amount: "100", properties: ["description": "4711"])
    try await rig.later()
    #expect(try rig.codes(deal) == [.noLines])
    let later = try installation(fields).settings
    rig.settings.policy = later.policy
    rig.settings.crms = later.crms
    try await rig.later()
    #expect(try rig.only(deal).reference == "PO 4711")
  }

  /// A reference is written as the accounting system keeps it, so that a repeating invoice whose
  /// answer was lost is known again.
  @Test func aReferenceWithMarksNobodyKeeps() async throws {
    let rig = try installation(fields)
    let deal = try rig.won(
      lines: [subscription("Hosting", "100")],
      properties: ["description": "47\u{202E}11\u{7} "])
    rig.world.setFaults([
      Fault(.dropAfter, vendor: "xero", method: "PUT", path: "/api.xro/2.0/RepeatingInvoices")
    ])
    try await rig.later()
    for _ in 1...3 { try await rig.later() }
    #expect(rig.templates.count == 1)
    #expect(try rig.codes(deal).isEmpty)
    #expect(rig.templates.first?.reference == "PO 47 11")
  }
}
