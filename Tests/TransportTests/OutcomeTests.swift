import Foundation
import Testing
import Transport

/// How a call may end, without its details.
enum Ending: String {
  case done, notSent, outcomeUnknown, refused, rateLimited, budgetExhausted, unreadable,
    signInNeeded, deadlinePassed

  init(_ error: RemoteError?) {
    switch error {
    case nil: self = .done
    case .notSent: self = .notSent
    case .outcomeUnknown: self = .outcomeUnknown
    case .refused: self = .refused
    case .rateLimited: self = .rateLimited
    case .budgetExhausted: self = .budgetExhausted
    case .unreadable: self = .unreadable
    case .signInNeeded: self = .signInNeeded
    case .deadlinePassed: self = .deadlinePassed
    }
  }
}

/// One fault of the catalogue, what a read and a write make of it, and how often each was sent.
struct Fault: CustomTestStringConvertible, Sendable {
  let id: String
  let steps: [Step]
  let read: (Ending, sent: Int)
  let write: (Ending, sent: Int)
  var testDescription: String { id }

  static let table: [Fault] = [
    Fault(
      id: "W01 refused", steps: [.fail(.notSent("refused"))], read: (.notSent, 3),
      write: (.notSent, 3)),
    Fault(
      id: "W01 refused once", steps: [.fail(.notSent("refused")), .json()], read: (.done, 2),
      write: (.done, 2)),
    Fault(
      id: "W02/W03 timeout", steps: [.fail(.interrupted("silent"))], read: (.unreadable, 4),
      write: (.outcomeUnknown, 1)),
    Fault(
      id: "W04 reset, then well", steps: [.fail(.interrupted("reset")), .json()], read: (.done, 2),
      write: (.outcomeUnknown, 1)),
    Fault(
      id: "W05 truncated", steps: [.json(200, #"{"a":[1,2"#)], read: (.unreadable, 2),
      write: (.outcomeUnknown, 1)),
    Fault(
      id: "W05 truncated once", steps: [.json(200, #"{"a":"#), .json()], read: (.done, 2),
      write: (.outcomeUnknown, 1)),
    Fault(
      id: "W05 empty", steps: [.json(200, "")], read: (.unreadable, 2), write: (.outcomeUnknown, 1)),
    Fault(
      id: "W06 web page", steps: [.page(200)], read: (.unreadable, 2), write: (.outcomeUnknown, 1)),
    Fault(id: "W07 502", steps: [.page(502)], read: (.unreadable, 4), write: (.outcomeUnknown, 1)),
    Fault(
      id: "W07 503 then well", steps: [.page(503), .page(504), .json()], read: (.done, 3),
      write: (.outcomeUnknown, 1)),
    Fault(id: "W08 500", steps: [.json(500)], read: (.unreadable, 4), write: (.outcomeUnknown, 1)),
    Fault(id: "408", steps: [.json(408)], read: (.unreadable, 4), write: (.outcomeUnknown, 1)),
    Fault(id: "530", steps: [.page(530)], read: (.unreadable, 4), write: (.outcomeUnknown, 1)),
    Fault(
      id: "W09 429 for ever", steps: [.json(429)], read: (.rateLimited, 4), write: (.rateLimited, 4)
    ),
    Fault(id: "W09 429 once", steps: [.json(429), .json()], read: (.done, 2), write: (.done, 2)),
    Fault(
      id: "W11 401 once", steps: [.json(401), .json()], read: (.done, 2), write: (.done, 2)),
    Fault(
      id: "W11 401 for ever", steps: [.json(401)], read: (.signInNeeded, 2),
      write: (.signInNeeded, 2)),
    Fault(id: "W12 403", steps: [.json(403)], read: (.refused, 1), write: (.refused, 1)),
    Fault(id: "W13 404", steps: [.json(404)], read: (.refused, 1), write: (.refused, 1)),
    Fault(id: "W13 410", steps: [.json(410)], read: (.refused, 1), write: (.refused, 1)),
    Fault(id: "W14 409", steps: [.json(409)], read: (.refused, 1), write: (.refused, 1)),
    Fault(id: "W14 412", steps: [.json(412)], read: (.refused, 1), write: (.refused, 1)),
    Fault(id: "400", steps: [.json(400)], read: (.refused, 1), write: (.refused, 1)),
    Fault(id: "W15 hang", steps: [.hang], read: (.unreadable, 1), write: (.outcomeUnknown, 1)),
    Fault(
      id: "W18 too large", steps: [.fail(.tooLarge(limit: 64 << 20))], read: (.unreadable, 2),
      write: (.outcomeUnknown, 1)),
    Fault(
      id: "W22 redirect",
      steps: [.json(302, "", ["Location": "https://evil.example/steal?token=x"])],
      read: (.refused, 1), write: (.refused, 1)),
    Fault(id: "207 mixed", steps: [.json(207, "[]")], read: (.done, 1), write: (.done, 1)),
    Fault(
      id: "204 no content", steps: [.answer(HTTPResponse(status: 204))], read: (.done, 1),
      write: (.done, 1)),
    Fault(
      id: "304", steps: [.answer(HTTPResponse(status: 304))], read: (.done, 1), write: (.done, 1)),
  ]
}

@Suite struct OutcomeTests {
  @Test(arguments: Fault.table)
  func readsAreRepeatedAsTheFaultAllows(_ fault: Fault) async throws {
    let rig = try Rig(fault.steps)
    let error = await rig.failure(of: try rig.read())
    #expect(Ending(error) == fault.read.0)
    #expect(rig.script.requests.count == fault.read.sent)
    #expect(error?.mayHaveBeenApplied != true)
  }

  @Test(arguments: Fault.table)
  func writesAreNeverRepeatedOnDoubt(_ fault: Fault) async throws {
    let rig = try Rig(fault.steps)
    let error = await rig.failure(of: try rig.write())
    #expect(Ending(error) == fault.write.0)
    #expect(rig.script.requests.count == fault.write.sent)
    #expect((error?.mayHaveBeenApplied ?? false) == (fault.write.0 == .outcomeUnknown))
  }

  @Test func requestsThatLeftAreCountedAndOthersAreNot() async throws {
    let rig = try Rig([.fail(.notSent("no")), .json(503), .json()])
    _ = try await rig.client.call(rig.read())
    #expect(rig.script.requests.count == 3)
    #expect(await rig.client.callCount == 2)
  }

  @Test func backOffGrowsAndStaysInsideItsBounds() async throws {
    let rig = try Rig([.json(500)])
    _ = await rig.failure(of: try rig.read())
    #expect(rig.time.sleeps.count == 3)
    for (index, wait) in rig.time.sleeps.enumerated() {
      let base = Duration.seconds(1 << index)
      #expect(wait >= base / 2 && wait <= base * 3 / 2)
    }
  }

  @Test func backOffIsTheSameForTheSameSeed() async throws {
    var waits: [[Duration]] = []
    for _ in 1...2 {
      let rig = try Rig([.json(500)])
      _ = await rig.failure(of: try rig.read())
      waits.append(rig.time.sleeps)
    }
    #expect(waits[0] == waits[1])
  }

  @Test func redirectNamesTheHostAndNothingElse() async throws {
    let rig = try Rig([.json(307, "", ["Location": "https://evil.example/steal?token=abc"])])
    guard case .refused(let refusal) = await rig.failure(of: try rig.write()) else {
      Issue.record("not refused")
      return
    }
    #expect(refusal.code == "redirect")
    #expect(refusal.message.contains("evil.example"))
    #expect(!refusal.message.contains("abc"))
  }

  @Test func refusalCarriesTheVendorsWords() async throws {
    let reader = AnswerReader(
      refusal: { _ in (code: "PERIOD_LOCKED", message: "locked until June") },
      correlationHeaders: ["X-Trace"])
    let rig = try Rig(
      [.json(400, #"{"x":1}"#, ["X-Trace": "a1-b2\r\nforged line"])], reader: reader)
    guard case .refused(let refusal) = await rig.failure(of: try rig.write()) else {
      Issue.record("not refused")
      return
    }
    #expect(refusal.code == "PERIOD_LOCKED" && refusal.message == "locked until June")
    #expect(refusal.body == Data(#"{"x":1}"#.utf8))
    #expect(refusal.correlationID == "a1-b2forgedline")
    #expect("\(refusal)" == "HTTP 400, PERIOD_LOCKED, request a1-b2forgedline")
  }

  @Test func refusalBodyIsCapped() {
    let refusal = Refusal(status: 400, code: "x", body: Data(count: 1 << 20))
    #expect(refusal.body.count == Refusal.bodyLimit)
  }

  @Test func a401ThatRenewalCannotCureIsNotRetried() async throws {
    let rig = try Rig([.json(401)], reader: AnswerReader(renewalHelps: { _ in false }))
    #expect(Ending(await rig.failure(of: try rig.read())) == .signInNeeded)
    #expect(rig.script.requests.count == 1)
  }

  @Test func renewedTokenIsUsedForTheRepeat() async throws {
    let rig = try Rig([.json(401), .json()])
    _ = try await rig.client.call(rig.write())
    let sent = rig.script.requests.map { $0.headers["Authorization"] }
    #expect(sent == ["Bearer token-number-1", "Bearer token-number-2"])
    #expect(await rig.keys.acceptances == [["Authorization": "Bearer token-number-2"]])
  }

  @Test func userAgentIsFixedAndAcceptIsSet() async throws {
    let rig = try Rig([.json()])
    _ = try await rig.client.call(rig.read())
    #expect(rig.script.requests.first?.headers["User-Agent"] == "unit/1")
    #expect(rig.script.requests.first?.headers["Accept"] == "application/json")
  }

  @Test func serverClockIsCompared() async throws {
    let rig = try Rig([.json(200, "{}", ["Date": "Sun, 06 Nov 1994 08:49:37 GMT"])])
    _ = try await rig.client.call(rig.read())
    let expected = Int64(784_111_777_000) - rig.time.wall
    #expect(await rig.client.serverClockSkew == .milliseconds(expected))
  }

  @Test(arguments: [
    ("Thu, 01 Jan 1970 00:00:00 GMT", Int64(0)), ("Tue, 29 Feb 2000 12:00:00 GMT", 951_825_600_000),
    ("Sat, 31 Dec 2016 23:59:60 GMT", 1_483_228_800_000),
    ("Sun, 22 Nov 2026 23:36:29 GMT", 1_795_390_589_000),
  ])
  func datesAreReadExactly(_ text: String, _ expected: Int64) async throws {
    let rig = try Rig([.json(200, "{}", ["Date": text])])
    _ = try await rig.client.call(rig.read())
    #expect(await rig.client.serverClockSkew == .milliseconds(expected - rig.time.wall))
  }

  @Test(arguments: [
    "", "yesterday", "Sun, 06 Nov 94 08:49:37 GMT", "Sun, 06 Foo 1994 08:49:37 GMT",
  ])
  func unreadableDatesAreIgnored(_ text: String) async throws {
    let rig = try Rig([.json(200, "{}", ["Date": text])])
    _ = try await rig.client.call(rig.read())
    #expect(await rig.client.serverClockSkew == nil)
  }
}
