import Domain
import Foundation
import Sandbox
import Snapshot
import TestSupport
import Testing
import Transport

/// Text that means something in a query, a page, a table or a terminal stands in every field that
/// people fill in; it must come out as what it is: text. The answer to each creation is lost, so
/// that what was made must be looked for by that very text.
struct InjectionTests {
  private static let texts = [
    #"") OR Type=="ACCREC" OR ("#, "' OR 1=1 --", #""; DROP TABLE link; --"#,
    "<script>alert(1)</script>", #"=HYPERLINK("http://elsewhere.example","x")"#, "a,b;c\td",
    "one\r\nBcc: someone@elsewhere.example", "{{7*7}} ${HOME} $(id) `id`", "%22%27%00&x=y#z",
    "\u{202E}txet\u{202C} \u{200B}\u{FEFF}", "👨‍👩‍👧 Ünï – naïve", #"back\slash \" \u0000"#,
    String(repeating: "long ", count: 40),
  ]

  @Test(arguments: [0, 1], texts.indices)
  func textStaysText(which: Int, index: Int) async throws {
    let desk = CRMDesk.all[which]
    let text = Self.texts[index]
    let rig = desk.rig()
    let company = try desk.company(rig, "Customer \(text)")
    let line = Rig.Line("Line \(text)", "2", "10.00")
    let deal = try desk.sell(rig, "Deal \(text)", company, .won, [line])
    rig.clock.advance(minutes: 1)
    _ = try await rig.run { _, seam in
      if case .didSend(let request, _) = seam, request.method == "PUT",
        request.path.hasSuffix("/Contacts")
      {
        return .fail(.interrupted("lost"))
      }
      return .go
    }
    for _ in 0..<5 {
      rig.clock.advance(minutes: 10)
      _ = try await rig.run { _, seam in
        if case .didSend(let request, _) = seam, request.method == "PUT",
          request.path.hasSuffix("/Invoices")
        {
          return .fail(.interrupted("lost"))
        }
        return .go
      }
    }
    #expect(rig.doubledMarks.isEmpty)
    #expect(rig.doubledContacts.isEmpty)
    #expect(rig.contacts.count == 1)
    let holds = try rig.holds().map { "\($0.hold.code.rawValue): \($0.hold.message)" }
    let invoice = try #require(rig.invoices(of: deal).first, "\(holds)")
    #expect(invoice.totals.subTotal.text(places: 2) == "20.00")
    #expect(try rig.open().isEmpty)
    let said = try desk.deals(rig)[deal]?.said[.invoiceNumber]
    #expect(said == invoice.number)
  }
}
