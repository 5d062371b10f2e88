import Domain
import Engine
import Sandbox
import Snapshot
import TestSupport
import Testing
import Transport

/// A customer known to both systems, through passes of the real engine.
struct ContactPassTests {
  private struct Customer {
    var rig: Rig
    var company: String
    var contact: XeroContact
  }

  private func customer(
    _ change: (inout RigSettings) -> Void = { _ in }
  ) async throws -> Customer {
    let rig = Rig(change)
    try rig.deal()
    let company = try rig.company("Harbour Lights Ltd")
    rig.clock.advance(minutes: 1)
    try await rig.settle("start")
    return Customer(rig: rig, company: company, contact: try #require(rig.contacts.first))
  }

  private func contact(_ rig: Rig, _ id: XeroID) throws -> XeroContact {
    try #require(rig.contacts.first { $0.id == id })
  }

  @Test func anEditInTheCRMReachesTheBooks() async throws {
    let customer = try await customer()
    let rig = customer.rig
    try rig.editCompany(
      customer.company, ["name": "Harbour Lights (2026) Ltd", "phone": "09 555 1234"])
    rig.clock.advance(minutes: 20)
    let report = try await rig.pass()
    let now = try contact(rig, customer.contact.id)
    #expect(now.name == "Harbour Lights (2026) Ltd", "\(report.brief)")
    #expect(now.phones["DEFAULT"]?.number == "09 555 1234", "\(report.brief)")
    #expect(report.operations.filter { $0.object == .contact }.map(\.action) == [.update])
    try await rig.settle("echo")
  }

  @Test func anEditInTheBooksReachesTheCRM() async throws {
    let customer = try await customer()
    let rig = customer.rig
    try rig.editContact(customer.contact, ["Name": "Harbour Lights Group Ltd"])
    rig.clock.advance(minutes: 5)
    let report = try await rig.pass()
    #expect(
      rig.companyRecord(customer.company)?["name"] == "Harbour Lights Group Ltd", "\(report.brief)")
    try await rig.settle("echo")
  }

  @Test func bothEditedIsAConflictThatIsShown() async throws {
    let customer = try await customer()
    let rig = customer.rig
    try rig.editCompany(customer.company, ["name": "From the CRM"])
    rig.clock.advance(minutes: 1)
    try rig.editContact(customer.contact, ["Name": "From the books"])
    rig.clock.advance(minutes: 20)
    let report = try await rig.pass()
    #expect(report.conflicts.map(\.resolution) == ["newest:xero"], "\(report.brief)")
    #expect(
      report.conflicts.first?.values == ["xero": "From the books", "hubspot": "From the CRM"])
    #expect(rig.companyRecord(customer.company)?["name"] == "From the books")
    try await rig.settle("conflict")
  }

  @Test func aHeldConflictIsResolvedByHand() async throws {
    let customer = try await customer { $0.policy.contacts.defaultConflict = .hold }
    let rig = customer.rig
    try rig.editCompany(customer.company, ["name": "From the CRM"])
    try rig.editContact(customer.contact, ["Name": "From the books"])
    rig.clock.advance(minutes: 20)
    let report = try await rig.pass()
    let hold = try #require(report.holds.first { $0.code == .fieldConflict }, "\(report.brief)")
    let store = try rig.store()
    let clerk = Clerk(store: store, now: Instant(milliseconds: rig.clock.now))
    let nowhere = try clerk.resolve(hold.subject, use: "zoho", accounting: "xero")
    #expect(nowhere == .notThere(["hubspot", "xero"]))
    let noted = try clerk.resolve(hold.subject, use: "hubspot", accounting: "xero")
    #expect(noted == .noted(holds: 1))
    try store.close()
    rig.clock.advance(minutes: 5)
    let next = try await rig.pass()
    #expect(try contact(rig, customer.contact.id).name == "From the CRM", "\(next.brief)")
    #expect(next.holds.allSatisfy { $0.code != .fieldConflict })
    try await rig.settle("resolved")
  }

  @Test func aLostAnswerIsReadBackAndNotSentTwice() async throws {
    let customer = try await customer()
    let rig = customer.rig
    try rig.editCompany(customer.company, ["phone": "09 555 1234"])
    rig.clock.advance(minutes: 20)
    rig.world.clearLog()
    _ = try await rig.run(rule: { _, seam in
      guard case .didSend(let request, _) = seam, request.method == "POST",
        request.path.hasSuffix("/Contacts")
      else { return .go }
      return .fail(.interrupted("the answer is lost"))
    })
    try await rig.settle("lost answer", passes: 6)
    #expect(try contact(rig, customer.contact.id).phones["DEFAULT"]?.number == "09 555 1234")
    #expect(rig.contacts.count == 1)
  }

  @Test func aMergeInTheBooksIsFollowed() async throws {
    let customer = try await customer()
    let rig = customer.rig
    let made = try rig.person(
      "xero", "create_contact", ["fields": ["Name": "Harbour Lights Trading"]])
    _ = made
    let winner = try #require(rig.contacts.first { $0.name == "Harbour Lights Trading" })
    try rig.person(
      "xero", "merge_contacts",
      [
        "from": .string(customer.contact.id.description), "to": .string(winner.id.description),
      ])
    rig.clock.advance(minutes: 5)
    try await rig.settle("merged")
    let store = try rig.store()
    let links = try store.read { try $0.allLinks() }.filter { $0.link.role == .party }
    try store.close()
    #expect(links.map(\.link.right.id) == [winner.id.description])
    #expect(try contact(rig, customer.contact.id).status == .archived)
  }

  @Test func anArchivedContactIsNeverRevived() async throws {
    let customer = try await customer()
    let rig = customer.rig
    try rig.person(
      "xero", "archive_contact", ["contact": .string(customer.contact.id.description)])
    try rig.editCompany(customer.company, ["phone": "09 555 1234"])
    rig.clock.advance(minutes: 20)
    try await rig.settle("archived")
    #expect(try contact(rig, customer.contact.id).status == .archived)
    #expect(rig.contacts.count == 1)
    try rig.person(
      "xero", "restore_contact", ["contact": .string(customer.contact.id.description)])
    rig.clock.advance(minutes: 20)
    try await rig.settle("restored")
    #expect(try contact(rig, customer.contact.id).phones["DEFAULT"]?.number == "09 555 1234")
  }

  @Test func aCustomerOfTheBooksIsMadeInTheCRMOnce() async throws {
    let rig = Rig()
    try rig.person(
      "xero", "create_contact",
      [
        "fields": [
          "Name": "Fern & Co", "FirstName": "Ann", "LastName": "Kelly",
          "EmailAddress": "ann@fern.example",
        ]
      ])
    rig.clock.advance(minutes: 1)
    try await rig.settle("not a customer yet")
    #expect(rig.companies(named: "Fern & Co").isEmpty)
    let contact = try #require(rig.contacts.first)
    try rig.person(
      "xero", "create_invoice",
      [
        "fields": [
          "Type": "ACCREC", "Status": "AUTHORISED",
          "Contact": ["ContactID": .string(contact.id.description)], "Date": "2026-02-02",
          "DueDate": "2026-03-02",
          "LineItems": [
            ["Description": "By hand", "Quantity": "1", "UnitAmount": "10", "AccountCode": "200"]
          ],
        ]
      ])
    rig.clock.advance(minutes: 5)
    try await rig.settle("customer")
    #expect(rig.companies(named: "Fern & Co").count == 1)
    try await rig.settle("once")
    #expect(rig.companies(named: "Fern & Co").count == 1)
  }

  @Test func undoPutsAContactFieldBack() async throws {
    let customer = try await customer()
    let rig = customer.rig
    let before = customer.contact.name
    try rig.editCompany(customer.company, ["name": "Wrongly renamed"])
    rig.clock.advance(minutes: 20)
    let report = try await rig.pass()
    #expect(try contact(rig, customer.contact.id).name == "Wrongly renamed", "\(report.brief)")
    let undone = try await rig.undo(report.run)
    #expect(undone.operations.count == 1, "\(undone.kept)")
    #expect(try contact(rig, customer.contact.id).name == before)
    let again = try await rig.undo(report.run)
    #expect(again.operations.isEmpty)
    #expect(again.kept.count == 1)
    rig.clock.advance(minutes: 20)
    try await rig.settle("after undo")
    #expect(try contact(rig, customer.contact.id).name == before)
  }

  /// Edits on both sides, archives, lost answers; then quiet: at most three passes to agreement.
  @Test(arguments: UInt64(1)...6)
  func randomLife(_ seed: UInt64) async throws {
    var random = Seeded(seed: seed)
    let customer = try await customer()
    let rig = customer.rig
    for step in 0..<6 {
      for _ in 0..<random.int(0...2) {
        let number = "09 555 \(1000 + step * 10 + random.int(0...9))"
        if random.int(0...1) == 0 {
          try rig.editCompany(
            customer.company,
            random.int(0...1) == 0
              ? ["phone": .string(number)] : ["name": .string("Name \(number)")])
        } else {
          try rig.editContact(
            customer.contact,
            random.int(0...1) == 0
              ? ["Name": .string("Book \(number)")]
              : ["Phones": [["PhoneType": "DEFAULT", "PhoneNumber": .string(number)]]])
        }
        rig.clock.advance(minutes: 1)
      }
      rig.clock.advance(minutes: 20)
      let isLost = random.int(0...2) == 0
      _ = try await rig.run(rule: { _, seam in
        guard isLost, case .didSend(let request, _) = seam, request.method != "GET",
          request.path.contains("ontacts") || request.path.contains("companies/batch/update")
        else { return .go }
        return .fail(.interrupted("the answer is lost"))
      })
      rig.clock.advance(days: 8)
    }
    try await rig.settle("seed \(seed)", passes: 4)
    let now = try contact(rig, customer.contact.id)
    let company = try #require(rig.companyRecord(customer.company))
    #expect(now.name == company["name"], "seed \(seed)")
    #expect((now.phones["DEFAULT"]?.number ?? "") == (company["phone"] ?? ""), "seed \(seed)")
    rig.clock.advance(minutes: 20)
    rig.world.clearLog()
    try await rig.pass()
    #expect(rig.writes.isEmpty, "seed \(seed)")
  }
}

extension Rig {
  func editCompany(_ id: String, _ properties: JSONValue.Object) throws {
    try person(
      "hubspot", "edit",
      ["type": "companies", "id": .string(id), "properties": .object(properties)])
  }

  func editContact(_ contact: XeroContact, _ fields: JSONValue.Object) throws {
    try person(
      "xero", "edit_contact",
      ["contact": .string(contact.id.description), "set": .object(fields)])
  }

  func companyRecord(_ id: String) -> HubSpotSandbox.RecordView? {
    world.withVendor(HubSpotSandbox.self) { $0.company(id) }.flatMap { $0 }
  }

  func companies(named name: String) -> [HubSpotSandbox.RecordView] {
    (world.withVendor(HubSpotSandbox.self) { $0.records(.companies) } ?? [])
      .filter { $0["name"] == name }
  }
}

/// A small generator whose whole sequence follows from its seed.
private struct Seeded: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  mutating func int(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &self) }
}
