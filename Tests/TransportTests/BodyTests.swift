import Foundation
import Testing
import Transport

@Suite struct BodyTests {
  private func outcome(_ body: Data, _ expects: ExpectedBody = .json) async throws -> RemoteError? {
    let answer = HTTPResponse(
      status: 200, headers: ["Content-Type": "application/json"], body: body)
    let rig = try Rig([.answer(answer)])
    return await rig.failure(of: try rig.read(expects: expects))
  }

  @Test(arguments: [
    "{}", "[]", " \n{\"a\" : [1, -2.50, 3e+7, 0.07], \"b\":{\"c\":null}} \r\n", "true", "\"x\"",
    "0",
    #"{"t":"\u00e9 \ud83d\ude00 \\ \" \/ é 日本"}"#, "[[[[]]]]", #"{"a":1,"a":2}"#, "-0.0E-1",
  ])
  func wholeDocumentsPass(_ text: String) async throws {
    #expect(try await outcome(Data(text.utf8)) == nil)
  }

  @Test(arguments: [
    "", " ", "{", "[1,", "[1,]", "{\"a\"}", "{\"a\":}", "{a:1}", "{}{}", "[1] x", "tru", "nul",
    "01",
    "1.", "-", "1e", "\"open", "\"bad \\x escape\"", "\"\\u12g4\"", "\"line\nbreak\"", "<html>",
    "<?xml version=\"1.0\"?>", "NaN", "'a'", "{\"a\":1,}",
  ])
  func everythingElseIsUnreadable(_ text: String) async throws {
    #expect(Ending(try await outcome(Data(text.utf8))) == .unreadable)
  }

  /// Every proper prefix of an object is a truncation, wherever the line broke.
  @Test func noPrefixPasses() async throws {
    let whole = Array(#"{"id":"é1","lines":[{"net":-12.50,"tax":true},null],"x":{}}"#.utf8)
    for length in 0..<whole.count {
      let error = try await outcome(Data(whole.prefix(length)))
      #expect(Ending(error) == .unreadable, "length \(length)")
    }
    #expect(try await outcome(Data(whole)) == nil)
  }

  @Test func invalidTextIsUnreadable() async throws {
    #expect(Ending(try await outcome(Data([0x22, 0xFF, 0xFE, 0x22]))) == .unreadable)
    #expect(Ending(try await outcome(Data([0x22, 0xED, 0xA0, 0x80, 0x22]))) == .unreadable)
    #expect(Ending(try await outcome(Data([0x22, 0x00, 0x22]))) == .unreadable)
  }

  @Test func byteOrderMarkIsRemoved() async throws {
    let body = Data([0xEF, 0xBB, 0xBF]) + Data("{}".utf8)
    let rig = try Rig([.answer(HTTPResponse(status: 200, body: body))])
    #expect(try await rig.client.call(rig.read()).body == Data("{}".utf8))
  }

  @Test func nestingIsBounded() async throws {
    let deep = String(repeating: "[", count: 200) + String(repeating: "]", count: 200)
    #expect(try await outcome(Data(deep.utf8)) == nil)
    let bomb = String(repeating: "[", count: 100_000)
    #expect(Ending(try await outcome(Data(bomb.utf8))) == .unreadable)
  }

  @Test func otherExpectationsTakeAnything() async throws {
    #expect(try await outcome(Data("<html>".utf8), .any) == nil)
    let rig = try Rig([.page(200)])
    #expect(try await rig.client.call(rig.read(expects: .empty)).body.isEmpty)
  }

  @Test func sizeIsCapped() async throws {
    let body = Data("[".utf8) + Data(repeating: 0x20, count: 2000) + Data("]".utf8)
    let limits = ClientLimits(maxConcurrent: 1, maxBodyBytes: 1000)
    let rig = try Rig([.answer(HTTPResponse(status: 200, body: body))], limits: limits)
    #expect(Ending(await rig.failure(of: try rig.read())) == .unreadable)
  }
}
