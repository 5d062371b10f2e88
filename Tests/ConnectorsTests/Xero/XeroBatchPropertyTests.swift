import Connectors
import Domain
import Foundation
import Testing
import Transport

/// Whatever the mixture, every write gets the outcome that is its own.
@Suite("Xero batches at random")
struct XeroBatchPropertyTests {
  private enum Fate: String, CaseIterable {
    case saved, invalid, poison, unsendable

    var outcome: String {
      switch self {
      case .saved: "applied"
      case .invalid: "tax_code_unknown"
      case .poison: "refused"
      case .unsendable: "no_customer"
      }
    }
  }

  private struct Dice: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var mixed = state
      mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
      mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
      return mixed ^ (mixed >> 31)
    }
  }

  /// Answers as Xero does: one unreadable element spoils the whole request.
  private static func answer(_ request: HTTPRequest) -> FakeXero.Answer {
    if request.text.contains("poison") {
      return FakeXero.json(
        #"{"Type":"PostDataInvalidException","Message":"Not readable"}"#, status: 400)
    }
    let sent = request.text.components(separatedBy: #""Url":""#).dropFirst()
    let elements = sent.map { part in
      let url = part.prefix { $0 != "\"" }
      if part.contains("\"invalid\"") {
        return #"{"StatusAttributeString":"ERROR","ValidationErrors":[{"Message":"#
          + #""The TaxType code 'X' is not valid"}]}"#
      }
      return
        #"{"StatusAttributeString":"OK","Type":"ACCREC","InvoiceID":"\#(url)","Url":"\#(url)","#
        + #""Contact":{"ContactID":"c"},"Status":"AUTHORISED","Date":"2026-11-22","#
        + #""CurrencyCode":"NZD","Total":1.00,"AmountDue":1.00}"#
    }
    return FakeXero.json(#"{"Invoices":[\#(elements.joined(separator: ","))]}"#)
  }

  @Test(arguments: 0..<UInt64(25))
  func everyWriteIsJudgedInItsPlace(_ seed: UInt64) async throws {
    var dice = Dice(state: seed)
    let count = Int.random(in: 1...130, using: &dice)
    // Poison is rare, as in life: each one costs a dozen calls.
    let fates = (0..<count).map { _ -> Fate in
      switch Int.random(in: 0..<40, using: &dice) {
      case 0: .poison
      case 1...9: .invalid
      case 10...13: .unsendable
      default: .saved
      }
    }
    let writes = try fates.enumerated().map { index, fate in
      KeyedWrite(
        key: "op_\(index)",
        content: try XeroDrafts.invoice(
          url: "https://crm.example/\(index)",
          lines: [XeroDrafts.line(fate.rawValue, "1", "1")],
          contact: fate == .unsendable ? .created(by: ID("op")) : .existing(XeroDrafts.contact)))
    }
    let fake = FakeXero { Self.answer($0) }
    let outcomes = await (try XeroBench.connector(fake)).createInvoices(writes)
    #expect(outcomes.map(kind) == fates.map(\.outcome), "seed \(seed)")
    for (index, outcome) in outcomes.enumerated() {
      guard case .applied(let invoice) = outcome else { continue }
      #expect(invoice.sourceURL == "https://crm.example/\(index)", "seed \(seed)")
    }
  }
}
