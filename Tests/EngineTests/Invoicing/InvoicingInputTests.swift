import Domain
import Engine
import Foundation
import Sandbox
import Snapshot
import TestSupport
import Testing

/// Deals that cannot be invoiced as they are: held in the words of the salesperson's screen.
@Suite struct InvoicingInputTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var code: HoldCode
    var says: [String]
    var lines: [JSONValue.Object] = []
    var amount: String?
    var terms: String?
    var hasCustomer = true
  }

  static let cases = [
    Case(
      testDescription: "no customer", code: .noCustomer, says: ["no company and no contact"],
      lines: [item("Work", "1", "100")], hasCustomer: false),
    Case(
      testDescription: "neither lines nor amount", code: .noAmount,
      says: ["neither line items nor an amount", "Fill in the deal's amount"]),
    Case(
      testDescription: "a unit price and no quantity", code: .badLine,
      says: ["“Work”", "a unit price and no quantity", "Correct the line item"],
      lines: [item("Work", nil, "100")]),
    Case(
      testDescription: "a discount over 100 %", code: .badLine, says: ["“Work”", "over 100 %"],
      lines: [item("Work", "1", "100", ["discount_percentage": "120"])]),
    Case(
      testDescription: "a discount that is more than the line", code: .badLine,
      says: ["is more than the line's 100"],
      lines: [item("Work", "1", "100", ["discount": "130"])]),
    Case(
      testDescription: "terms nobody understands", code: .termsUnknown,
      says: ["“when the boat comes in”", "Net 30"], lines: [item("Work", "1", "100")],
      terms: "when the boat comes in"),
  ]

  @Test(arguments: cases)
  func isHeldAndMended(_ wrong: Case) async throws {
    let rig = Rig.with()
    var properties: JSONValue.Object = [:]
    if let terms = wrong.terms { properties["payment_terms"] = .string(terms) }
    var body: JSONValue.Object = [
      "name": "Website", "currency": "NZD", "stage": "closedwon", "owner": "501",
      "lines": .array(wrong.lines.map { .object($0) }), "properties": .object(properties),
    ]
    if wrong.hasCustomer { body["company"] = .string(try rig.company("Harbour Lights Ltd")) }
    let made = try rig.person("hubspot", "create_deal", .object(body))
    let deal = made["deal"]?.string ?? ""
    if wrong.testDescription.contains("no quantity") {
      try rig.person(
        "hubspot", "edit_line",
        ["line": made["lines"]?[0] ?? .null, "properties": ["quantity": ""]])
    }
    if wrong.lines.isEmpty {
      try rig.person(
        "hubspot", "edit",
        ["type": "deals", "id": .string(deal), "properties": ["amount": ""]])
    }
    let report = try await rig.later()
    let hold = try #require(try rig.hold(deal, wrong.code), "\(report.brief)")
    for words in wrong.says {
      #expect("\(hold.message) \(hold.remedy)".contains(words), "\(hold.message) \(hold.remedy)")
    }
    #expect(rig.invoices.isEmpty && report.exitCode == .done)
    // Looked at again with nothing changed, nothing happens.
    #expect(try await rig.later().isIdle)
  }

  @Test(arguments: ["price", "quantity", "discount"])
  func textWhereANumberShouldBe(property: String) async throws {
    let rig = Rig.with()
    let deal = try rig.won(lines: [item("Work", "7", "7", ["discount": "7"])])
    rig.settings.garble = { answer in
      let text = String(decoding: answer.body, as: UTF8.self)
      let wrong = text.replacing("\"\(property)\":\"7\"", with: "\"\(property)\":\"seven\"")
      answer.body = Data(wrong.utf8)
    }
    let report = try await rig.later()
    let hold = try #require(try rig.hold(deal, .badLine), "\(report.brief)")
    #expect(hold.message.contains("“Work”") && hold.message.contains("“seven” is not a number"))
    #expect(rig.invoices.isEmpty && report.exitCode == .done)
    rig.settings.garble = { _ in }
    try rig.person(
      "hubspot", "edit",
      ["type": "deals", "id": .string(deal), "properties": ["dealname": "Mended"]])
    try await rig.later()
    #expect(rig.invoices(of: deal).count == 1)
  }

  @Test func everyProblemOfADealIsToldAtOnce() async throws {
    let rig = Rig.with()
    let deal = try rig.won(lines: [
      item("First", "1", "100", ["discount_percentage": "120"]),
      item("Second", "1", "10", ["discount": "30"]),
    ])
    try await rig.later()
    let message = try #require(try rig.hold(deal, .badLine)).message
    #expect(message.contains("“First”") && message.contains("“Second”"))
  }

  @Test func namesThatTheOrganisationLacksStopThePassBeforeItsFirstWrite() async throws {
    let rig = Rig.with {
      $0.invoices.tax = Sourced("OUTPUT9", at: Origin(file: "xerosync.yaml", line: 41, column: 8))
    }
    _ = try rig.won(lines: [item("Work", "1", "100")])
    rig.clock.advance(minutes: 5)
    await #expect {
      try await rig.pass()
    } throws: { error in
      guard let error = error as? EngineError, case .configuration = error else { return false }
      return error.exitCode == .configuration && error.description.contains("xerosync.yaml:41")
        && error.description.contains("OUTPUT2")
    }
    #expect(rig.writes.isEmpty)
  }

  @Test(
    arguments: [
      ("tax", "4580.00", "contains the tax"),
      ("discount", "4200.00", "leaves out the discount"),
      ("line", "2000.00", "leaves out “Design”"),
      ("more", "5000.00", "a line item may be missing"),
    ])
  func aDifferentAmountIsExplained(_: String, amount: String, reason: String) async throws {
    let rig = Rig.with()
    let lines =
      amount == "4580.00"
      ? [item("Design", "1", "3982.61")]
      : [
        item("Design", "1", "2200.00"),
        item("Build", "1", "2000.00", amount == "4200.00" ? ["discount_percentage": "10"] : [:]),
      ]
    let deal = try rig.won(lines: lines, amount: amount)
    try await rig.later()
    let hold = try #require(try rig.hold(deal, .totalDiffers))
    #expect(hold.message.contains(reason), "\(hold.message)")
    #expect(rig.invoices(of: deal).count == 1)
    try rig.retry(deal)
    try await rig.later()
    #expect(try rig.codes(deal).isEmpty)
  }
}
