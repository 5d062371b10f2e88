import Domain
import Foundation
import Testing

@Suite struct SubjectTests {
  @Test(arguments: [
    "hubspot:deal:123", "xero:invoice:9f-1", "my crm:person:a:b", "xero:credit_note:1",
    "hubspot:line:7",
  ])
  func survivesWriting(_ text: String) { #expect(Subject(text)?.description == text) }

  @Test(arguments: ["", "hubspot", "hubspot:deal", "hubspot:deal:", ":deal:1", "hubspot:dael:1"])
  func refuses(_ text: String) { #expect(Subject(text) == nil) }

  @Test func sortsBySystemKindAndId() {
    let sorted = ["a:deal:2", "a:deal:1", "a:company:9", "b:alert:1"].compactMap { Subject($0) }
      .sorted()
    #expect(sorted.map(\.description) == ["a:company:9", "a:deal:1", "a:deal:2", "b:alert:1"])
  }
}

@Suite struct StableHashTests {
  @Test func separatesItsParts() {
    #expect(StableHash.hex(["a", "bc"]) != StableHash.hex(["ab", "c"]))
    #expect(StableHash.hex([]) != StableHash.hex([""]))
    #expect(
      StableHash.hex(bytes: Array("abc".utf8))
        == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
  }

  @Test func operationIdsAreShortAndStable() {
    let id = OperationID(hashing: ["createInvoice", "hubspot:deal:1", "whole", "0"])
    #expect(id.rawValue.hasPrefix("op_") && id.rawValue.count == 19)
    #expect(id == OperationID(hashing: ["createInvoice", "hubspot:deal:1", "whole", "0"]))
  }
}

@Suite struct TemplateTests {
  struct RenderCase: Sendable {
    var text: String
    var names: [String]?
    var rendered: String
  }

  @Test(arguments: [
    RenderCase(text: "{crm}-{deal.number}", names: ["crm", "deal.number"], rendered: "hubspot-7"),
    RenderCase(text: "plain", names: [], rendered: "plain"),
    RenderCase(text: "", names: [], rendered: ""),
    RenderCase(text: "{unknown}!", names: ["unknown"], rendered: "!"),
    RenderCase(text: "{crm", names: nil, rendered: "{crm"),
    RenderCase(text: "a{crm}b{crm}c", names: ["crm", "crm"], rendered: "ahubspotbhubspotc"),
    RenderCase(text: "}{crm}{", names: nil, rendered: "}hubspot{"),
  ])
  func renders(_ c: RenderCase) {
    let template = Template(c.text)
    let values = ["crm": "hubspot", "deal.number": "7"]
    #expect(template.placeholders == c.names)
    #expect(template.rendered { values[$0] } == c.rendered)
  }

  @Test func originTakesNoPart() {
    let place = Origin(file: "f", line: 1, column: 1)
    #expect(Template("a", at: place) == Template("a"))
    #expect(Sourced("a", at: place) == Sourced("a"))
  }
}

@Suite struct PatternTests {
  @Test(arguments: [
    ("CONS-*", "cons-day", true), ("CONS-*", "CONS", false), ("*", "", true), ("", "", true),
    ("", "x", false), ("a*b*c", "aXXbYYc", true), ("a*b*c", "aXXbYY", false),
    ("*end", "the END", true),
    ("a*", "A", true), ("**", "anything", true), ("a?c", "abc", false), ("a.c", "abc", false),
    ("*ab*ab", "xabab", true), ("*aab", "aaaab", true), ("Ärger*", "ärgerlich", true),
    ("[a]", "a", false),
  ])
  func matches(_ pattern: String, _ text: String, _ expected: Bool) {
    #expect(Pattern(pattern).matches(text) == expected)
  }
}

@Suite struct PartyKeysTests {
  @Test(arguments: [
    ("Ridgeway University", "ridgeway university"),
    ("  RIDGEWAY   University ", "ridgeway university"),
    ("Smith & Sons Limited", "smith and sons ltd"), ("Smith and Sons Ltd.", "smith and sons ltd"),
    ("O'Brien's", "obriens"), ("O’Brien’s", "obriens"), ("Café Zoë", "cafe zoe"),
    ("A.B.C. Company", "abc co"), ("ＡＢＣ", "abc"), ("Acme, Inc.", "acme inc"),
    ("Acme Incorporated", "acme inc"), ("", ""), ("!!!", ""), ("7-Eleven", "7 eleven"),
    ("Proprietary Foods Pty Limited", "pty foods pty ltd"),
  ])
  func names(_ text: String, _ key: String) { #expect(PartyKeys.name(text) == key) }

  @Test(arguments: [
    (" Ana@Silva.Example ", "ana@silva.example"), ("ana@silva.example\n", "ana@silva.example"),
    ("not an address", ""), ("", ""), ("two words@x.example", ""),
  ])
  func emails(_ text: String, _ key: String) { #expect(PartyKeys.email(text) == key) }
}

@Suite struct SecretTextTests {
  @Test func neverShowsItself() {
    let secret = SecretText("hunter2")
    var dumped = ""
    dump(secret, to: &dumped)
    let shown = ["\(secret)", String(reflecting: secret), String(describing: [secret]), dumped]
    #expect(shown.allSatisfy { !$0.contains("hunter2") })
    #expect(secret.reveal() == "hunter2")
  }
}
