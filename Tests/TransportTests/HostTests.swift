import Foundation
import Testing
import Transport

@Suite struct HostTests {
  @Test(arguments: [
    "https://evil.example/x", "https://api.example.test:444/x", "http://api.example.test/x",
    "https://api.example.test.evil.example/x", "https://user:pass@api.example.test/x",
    "https://sub.api.example.test/x", "ftp://api.example.test/x",
  ])
  func foreignAddressesGetNoRequest(_ text: String) async throws {
    let rig = try Rig([.json()])
    let call = Call.read(try address(text), priority: .money)
    #expect(Ending(await rig.failure(of: call)) == .notSent)
    #expect(rig.script.requests.isEmpty)
  }

  @Test(arguments: [
    "https://api.example.test/x", "https://API.example.test/x", "https://api.example.test:443/x",
  ])
  func ownAddressesPass(_ text: String) async throws {
    let rig = try Rig([.json()])
    #expect(await rig.failure(of: Call.read(try address(text), priority: .money)) == nil)
  }

  @Test(arguments: [
    ("http://127.0.0.1:8080", true), ("http://localhost:1", true), ("http://[::1]:1", true),
    ("http://127.9.9.9", true), ("http://10.0.0.1", false),
    ("http://127.0.0.1.evil.example", false),
    ("http://localhost.evil.example", false), ("https://10.0.0.1", true),
  ])
  func plainTextOnlyOnThisMachine(_ text: String, _ isAllowed: Bool) throws {
    #expect((Origin(try address(text)) != nil) == isAllowed)
  }

  @Test(arguments: [
    ("https://api.example.test/next?page=2", true), ("http://api.example.test/next", false),
    ("https://other.example/next", false), ("/next", false),
  ])
  func nextPagesStayAtHome(_ text: String, _ isAllowed: Bool) throws {
    let rig = try Rig([.json()])
    let page = try address(text)
    if isAllowed {
      #expect(try rig.client.checked(nextPage: page) == page)
    } else {
      #expect(throws: RemoteError.self) { try rig.client.checked(nextPage: page) }
    }
  }

  @Test func queriesAreEscapedStrictly() throws {
    let query: URLQuery = ["a b": "1+1=2&c", "d": "x,y/é;'\"#?%", "e": "-._~"]
    #expect(
      query.percentEncoded
        == "a%20b=1%2B1%3D2%26c&d=x%2Cy%2F%C3%A9%3B%27%22%23%3F%25&e=-._~")
    let url = try address("https://h.example/base/").endpoint("a/b", "ü", query: query)
    #expect(
      url.absoluteString == "https://h.example/base/a%2Fb/%C3%BC?\(query.percentEncoded)")
  }

  @Test(arguments: ["", ".", ".."])
  func segmentsThatChangeTheMeaningAreRefused(_ segment: String) throws {
    #expect(throws: RemoteError.self) {
      try address("https://h.example").endpoint("invoices", segment)
    }
  }

  /// Decoding what was encoded gives back the text, for any text.
  @Test(arguments: 1...20)
  func escapingLosesNothing(_ seed: UInt64) {
    var state = seed
    for _ in 0..<200 {
      var text = ""
      for _ in 0..<8 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        if let scalar = Unicode.Scalar(UInt32((state >> 33) % 0x11_0000)) {
          text.unicodeScalars.append(scalar)
        }
      }
      let escaped = URLQuery.escape(text)
      #expect(escaped.utf8.allSatisfy { $0 < 0x80 && $0 > 0x20 }, "seed \(seed)")
      #expect(escaped.removingPercentEncoding == text, "seed \(seed)")
    }
  }
}
