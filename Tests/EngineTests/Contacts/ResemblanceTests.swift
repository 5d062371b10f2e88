import Domain
import Engine
import Foundation
import Sandbox
import Snapshot
import TestSupport
import Testing

/// A customer the books know under another spelling, before a contact is created for it.
struct ResemblanceTests {
  /// A contact typed by hand in the books, one pass before the deal is won.
  private func rig(_ name: String, phone: String = "") async throws -> Rig {
    let rig = Rig()
    var fields: JSONValue.Object = ["Name": .string(name)]
    if !phone.isEmpty {
      fields["Phones"] = [["PhoneType": "DEFAULT", "PhoneNumber": .string(phone)]]
    }
    try rig.person("xero", "create_contact", ["fields": .object(fields)])
    rig.clock.advance(minutes: 1)
    try await rig.settle("before")
    return rig
  }

  @Test func anotherSpellingIsAQuestionWithTheCommandThatAnswersIt() async throws {
    let rig = try await rig("Harbor Light Limited", phone: "095551234")
    let deal = try rig.deal()
    let company = try rig.company("Harbour Lights Ltd")
    try rig.editCompany(company, ["phone": "09 555 1234"])
    rig.clock.advance(minutes: 20)
    let held = try await rig.pass()
    let hold = try #require(
      held.holds.first { $0.subject == Rig.subject(deal) }, "\(held.brief)")
    #expect(hold.code == .customerUnsure)
    #expect(rig.invoices.isEmpty)
    let contact = try #require(rig.contacts.first { $0.name == "Harbor Light Limited" })
    let command = "xerosync link hubspot:company:\(company) xero:contact:\(contact.id)"
    #expect(hold.remedy.contains(command), "\(hold.remedy)")
    let store = try rig.store()
    _ = try Clerk(store: store, now: Instant(milliseconds: rig.clock.now)).link(
      Subject(system: "hubspot", kind: .company, id: company),
      Subject(system: "xero", kind: .contact, id: "\(contact.id)"))
    try store.close()
    rig.clock.advance(minutes: 5)
    try await rig.settle("linked")
    #expect(rig.invoices(of: deal).map(\.contact) == [contact.id])
  }

  @Test func aStrangerIsCreated() async throws {
    let rig = try await rig("Harwood Plumbing Ltd", phone: "095557777")
    let deal = try rig.deal()
    rig.clock.advance(minutes: 20)
    let report = try await rig.pass()
    #expect(report.holds.isEmpty, "\(report.brief)")
    #expect(rig.invoices(of: deal).count == 1)
    #expect(rig.contacts.count == 2)
  }
}
