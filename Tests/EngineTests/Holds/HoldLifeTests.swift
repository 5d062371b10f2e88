import Domain
import Engine
import Reconciler
import Sandbox
import Snapshot
import TestSupport
import Testing

/// What lifts holds besides their remedies, and what must not.
@Suite struct HoldLifeTests {
  private func explain(_ rig: Rig, _ subject: Subject) throws -> Explainer.Answer {
    let store = try rig.store()
    defer { try? store.close() }
    let traits = Explainer.AccountingTraits(
      name: "xero",
      arithmetic: InvoiceArithmeticRule(tax: .perLine, rounding: .halfAwayFromZero, decimals: 2),
      referenceLengthMax: 255, contactNameLengthMax: 255)
    let explainer = Explainer(
      store: store, policy: rig.settings.policy, accounting: traits,
      now: Instant(milliseconds: rig.clock.now))
    return try #require(try explainer.explain(subject))
  }

  // MARK: a pass that was stopped

  @Test func aStoppedPassSaysWhy() async throws {
    let rig = Rig.with { $0.crms["hubspot"]?.won = [.init(pipeline: nil, stage: Sourced("Won!"))] }
    let deal = try rig.won(lines: [item("Work", "1", "100")])
    await #expect(throws: EngineError.self) { try await rig.later() }
    let store = try rig.store()
    let last = try store.read { try $0.lastEndedRun() }
    try store.close()
    #expect(last?.outcome == "aborted" && last?.reason?.contains("Won!") == true)
    #expect(last?.stopped?.contains("Won!") == true)
    // Mended in the CRM a minute later: the next pass reads the lists anew and goes on.
    try rig.person(
      "hubspot", "rename_stage", ["stage": "closedwon", "label": "Won!"])
    try await rig.later()
    #expect(rig.invoices(of: deal).count == 1)
    let again = try rig.store()
    #expect(try again.read { try $0.lastEndedRun() }?.stopped == nil)
    try again.close()
  }

  @Test func anAccountThatWasAddedIsSeenAtOnce() async throws {
    let rig = Rig.with()
    let first = try await rig.invoicedDeal()
    #expect(!first.isEmpty)
    rig.settings.policy.invoices.account = Sourced(
      "275", at: Origin(file: "x.yaml", line: 1, column: 1))
    let deal = try rig.won("Second", lines: [item("Work", "1", "100")])
    await #expect(throws: EngineError.self) { try await rig.later() }
    try rig.person("xero", "add_account", ["code": "275", "name": "Service"])
    try await rig.later()
    #expect(try rig.only(deal).lines[0].accountCode == "275")
  }

  // MARK: merged deals

  /// Each choice ends with one bill for what the merged deal comes to.
  @Test(arguments: [0, 1])
  func mergedDealsAreBilledOnce(choice: Int) async throws {
    let rig = Rig.with()
    let survivor = try await RemedyCase.merged(rig)
    let hold = try #require(try rig.hold(survivor, .dealsMerged))
    for invoice in rig.liveInvoices { #expect(hold.message.contains(invoice.number)) }
    let commands = Rig.commands(in: hold.remedy).filter { $0.contains("link") }
    #expect(commands.count == 2)
    let numbers = rig.liveInvoices.map(\.number).sorted()
    try rig.type(commands[choice])
    let other = try #require(rig.liveInvoices.first { !commands[choice].contains("\($0.id)") })
    try rig.person("xero", "void", ["invoice": .string(other.number)])
    for _ in 1...3 { try await rig.later(minutes: 40) }
    // The CRM keeps the amount of one of the two: that it differs is told, and nothing else.
    #expect(try Set(rig.codes(survivor)).isSubset(of: [.totalDiffers]))
    let only = try #require(rig.liveInvoices.first)
    #expect(rig.liveInvoices.count == 1 && numbers.contains(only.number))
    // Both deals' lines: 73.37 and 300, with 15 %.
    #expect(only.total == "429.38")
    let store = try rig.store()
    defer { try? store.close() }
    let links = try store.read { try $0.links(of: Rig.subject(survivor)) }
      .filter { $0.link.role != .party }
    #expect(links.map(\.by) == ["hand"])
  }

  /// A merged deal whose memory was lost is not invoiced again, and the one merged away is never
  /// held or invoiced whatever happens to its invoice.
  @Test func theDealMergedAwayIsGone() async throws {
    let rig = Rig.with()
    let survivor = try await RemedyCase.merged(rig)
    try rig.type("xerosync retry \(Rig.subject(survivor)) --accept deals_merged")
    for _ in 1...2 { try await rig.later(minutes: 40) }
    #expect(rig.liveInvoices.count == 2)
    #expect(Set(rig.liveInvoices.map(\.total)) == ["84.38", "345.00"])
    let failures = try await rig.verify().failures
    #expect(failures.isEmpty, "\(failures)")
    rig.forget()
    for _ in 1...3 { try await rig.later(minutes: 40) }
    #expect(rig.liveInvoices.count == 2, "known again by the marks of the deals it was made of")
    #expect(try Set(rig.holds().map(\.hold.subject)) == [Rig.subject(survivor)])
  }

  // MARK: deletions

  /// A full reading misses nothing that is gone.
  @Test func aDeletedDealIsFoundByAFullReading() async throws {
    let rig = Rig.with()
    let deal = try await rig.invoicedDeal()
    _ = try rig.won("Another", lines: [item("Work", "1", "1")])
    try await rig.later()
    try rig.person("hubspot", "archive", ["type": "deals", "id": .string(deal)])
    #expect(try await !rig.verify().failures.contains { $0.code == .linkBroken })
    var options = PassOptions()
    options.isFull = true
    try await rig.later(minutes: 1, options)
    #expect(try rig.codes(deal) == [.dealDeleted])
  }

  // MARK: explain

  @Test func whileHeldNothingIsPromised() async throws {
    let rig = Rig.with { $0.invoices.withoutLines = .hold }
    let deal = try rig.won(lines: [], amount: "100")
    try await rig.later()
    rig.settings.policy.invoices.withoutLines = .singleLine
    let answer = try explain(rig, Rig.subject(deal))
    let topics = answer.reasoning.map(\.topic)
    #expect(!topics.contains("next") && !topics.contains("status") && !topics.contains("hold"))
    #expect(answer.holds.count == 1)
    #expect(answer.facts.contains { $0.hasPrefix("company: Harbour Lights Ltd (") })
  }

  @Test func anOpenDealSaysWhy() async throws {
    let rig = Rig.with { $0.startDate = CalendarDate("2026-02-01") ?? $0.startDate }
    let open = try rig.deal("Open", stage: "contractsent")
    try await rig.later()
    let answer = try explain(rig, Rig.subject(open))
    #expect(answer.reasoning.first?.text.contains("is not won (stage Contract Sent") == true)
    #expect(answer.facts.contains { $0.hasPrefix("lines: not read") })
  }

  /// The hold of a customer is shown with its deal and with every record of the customer.
  @Test func theHoldOfACustomerIsShownEverywhere() async throws {
    let row = try #require(RemedyCase.all.first { $0.code == .fieldConflict })
    let rig = Rig.with { row.policy(&$0) }
    let deal = try await row.provoke(rig)
    let company = Subject(
      system: "hubspot", kind: .company, id: try rig.company("From the CRM"))
    for subject in [Rig.subject(deal), company] {
      #expect(try explain(rig, subject).holds.map(\.hold.code) == [.fieldConflict], "\(subject)")
    }
  }

  // MARK: links

  /// A second contact of a customer is a branch: linked once, and not again in every pass.
  @Test func aBranchIsLinkedOnce() async throws {
    let rig = Rig.with()
    _ = try await rig.invoicedDeal()
    let company = try rig.company("Harbour Lights Ltd")
    let branch = try rig.contactByHand(["Name": "Harbour Lights South"])
    try await rig.later()
    try rig.type("xerosync link hubspot:company:\(company) xero:contact:\(branch)")
    try await rig.later()
    for _ in 1...3 { #expect(try await rig.later().operations.isEmpty) }
  }

  /// The mail address of the company's people counts, whoever is on the deal.
  @Test func theCompanysPeopleAreItsAddresses() async throws {
    let rig = Rig.with()
    let company = try rig.company("Southern Fern Nurseries")
    let person =
      try rig.person(
        "hubspot", "create",
        [
          "type": "contacts",
          "properties": ["email": "moana@fern.example", "firstname": "Moana", "lastname": "Tau"],
        ])["id"]?.string ?? ""
    try rig.person(
      "hubspot", "associate",
      [
        "from_type": "contacts", "from": .string(person), "to_type": "companies",
        "to": .string(company), "typeId": 1,
      ])
    let known = try rig.contactByHand(
      ["Name": "Southern Fern Limited", "EmailAddress": "moana@fern.example"])
    let deal = try rig.won(
      lines: [item("Work", "1", "100")], company: "Southern Fern Nurseries")
    let report = try await rig.later()
    #expect(rig.contacts.count == 1, "\(report.brief)")
    let messages = try rig.holds().map(\.hold.message)
    #expect(messages.isEmpty, "\(messages)")
    #expect(try rig.only(deal).contact.description == known)
  }
}
