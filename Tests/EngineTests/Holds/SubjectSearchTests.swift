import Domain
import Engine
import Sandbox
import Snapshot
import TestSupport
import Testing

/// What may be typed in place of a subject.
@Suite struct SubjectSearchTests {
  @Test func numbersAndAddresses() async throws {
    let rig = Rig.with()
    let deal = try await rig.invoicedDeal()
    let invoice = try rig.only(deal)
    let store = try rig.store()
    defer { try? store.close() }
    func find(_ text: String) throws -> [Subject] {
      try store.read {
        try SubjectSearch.find(text, crms: ["hubspot"], accounting: "xero", in: $0)
      }
    }
    let made = Subject(system: "xero", kind: .invoice, id: invoice.id.description)
    #expect(try find(invoice.number.lowercased()) == [made])
    let page = try #require(invoice.url)
    for address in [page, page + "/", page + "?interaction=note"] {
      #expect(try find(address) == [Rig.subject(deal)], "\(address)")
    }
    #expect(try find("hubspot:deal:7") == [Rig.subject("7")])
    for nothing in ["", "INV-9", "https://", "https://elsewhere.example/\(deal)", "deal \(deal)"] {
      #expect(try find(nothing).isEmpty, "\(nothing)")
    }
  }
}
