import Foundation
import Sandbox
import Testing

/// A vendor that counts what it executes.
private struct Counter: SimulatedVendor {
  static let name = "counter"
  var executed = 0
  var tokensExpired = 0

  func claims(path: String) -> Bool { path.hasPrefix("/count") }

  mutating func handle(_ request: SandboxRequest, at now: SandboxTime) -> SandboxResponse {
    executed += 1
    return .json(["executed": .integer(executed), "at": .string(now.iso())])
  }

  mutating func control(_ verb: String, body: Data, at now: SandboxTime) -> SandboxResponse {
    if verb == "expire_tokens" { tokensExpired += 1 }
    return .json(["verb": .string(verb)])
  }

  func stateSummary() -> JSONValue { ["executed": .integer(executed)] }
}

private func world(_ faults: String = "[]") throws -> SandboxWorld {
  SandboxWorld(
    vendors: [Counter()], faults: try Fault.list(from: Data(faults.utf8)),
    startingAt: SandboxTime(milliseconds: 1_767_225_600_000))
}

private func post(_ path: String, _ body: String = "") -> SandboxRequest {
  SandboxRequest(method: "POST", path: path, body: Data(body.utf8))
}

private func executed(_ world: SandboxWorld) -> Int {
  world.withVendor(Counter.self) { $0.executed } ?? -1
}

@Suite struct WorldTests {
  @Test(arguments: [
    (#"{"fault":"refuse_connection"}"#, 0, 0, SandboxResponse.Delivery.dropped),
    (#"{"fault":"drop_before"}"#, 0, 0, .dropped),
    (#"{"fault":"drop_after"}"#, 200, 1, .dropped),
    (#"{"fault":"status","status":503}"#, 503, 0, .whole),
    (#"{"fault":"status_after","status":502}"#, 502, 1, .whole),
    (#"{"fault":"truncate","bytes":5}"#, 200, 1, .truncated(bytes: 5)),
    (#"{"fault":"html"}"#, 200, 0, .whole),
    (#"{"fault":"html","applied":true,"status":502}"#, 502, 1, .whole),
    (#"{"fault":"delay","seconds":9}"#, 200, 1, .delayed(seconds: 9)),
    (#"{"fault":"rate_limit","retry_after":30}"#, 429, 0, .whole),
    (#"{"fault":"expire_token"}"#, 200, 1, .whole),
    (#"{"fault":"redirect","location":"http://elsewhere.example/"}"#, 302, 0, .whole),
    (#"{"fault":"bad_json"}"#, 200, 1, .whole),
    (#"{"fault":"bad_json","applied":false}"#, 200, 0, .whole),
    (#"{"fault":"duplicate"}"#, 200, 2, .whole),
  ])
  func eachFaultAppliesAndAnswersAsNamed(
    fault: String, status: Int, count: Int, delivery: SandboxResponse.Delivery
  ) throws {
    let world = try world("[\(fault)]")
    let answer = world.respond(to: post("/count/one"))
    #expect(answer.status == status)
    #expect(answer.delivery == delivery)
    #expect(executed(world) == count)
    #expect(world.log.first?.executions == count)
    let second = world.respond(to: post("/count/one"))
    #expect(second.status == 200)
    #expect(second.delivery == .whole)
  }

  @Test func faultsWaitTheirTurn() throws {
    let world = try world(
      #"""
      [{"fault":"status","status":500,"method":"post","path":"/COUNT/a","skip":1,"times":2},
       {"fault":"status","status":503,"vendor":"other","times":null}]
      """#)
    let statuses = (0..<5).map { _ in world.respond(to: post("/count/a")).status }
    #expect(statuses == [200, 500, 500, 200, 200])
    #expect(world.respond(to: post("/count/b")).status == 200)
    #expect(world.respond(to: SandboxRequest(method: "GET", path: "/count/a")).status == 200)
  }

  @Test func rateLimitSaysWhenInThreeWays() throws {
    let world = try world(
      #"""
      [{"fault":"rate_limit","retry_after":30,"problem":"minute"},
       {"fault":"rate_limit","retry_after_date":90},{"fault":"rate_limit"}]
      """#)
    let answers = (0..<3).map { _ in world.respond(to: post("/count")) }
    #expect(answers[0].header("retry-after") == "30")
    #expect(answers[0].header("X-Rate-Limit-Problem") == "minute")
    #expect(answers[1].header("Retry-After") == "Thu, 01 Jan 2026 00:01:30 GMT")
    #expect(answers[2].header("Retry-After") == nil)
  }

  @Test func expiringTokensAsksTheVendor() throws {
    let world = try world(#"[{"fault":"expire_token"}]"#)
    _ = world.respond(to: post("/count"))
    #expect(world.withVendor(Counter.self) { $0.tokensExpired } == 1)
  }

  @Test(arguments: [
    (#"[{"fault":"nonsense"}]"#, "fault 0: unknown fault \"nonsense\"; known: bad_json"),
    (
      #"[{"fault":"delay","seconds":1},{"fault":"status","status":1,"colour":2}]"#,
      "fault 1: unknown key \"colour\" for status; known: fault, vendor"
    ),
    (#"[{"fault":"status"}]"#, "fault 0: \"status\" is missing"),
    (#"[{"fault":"delay","seconds":"1"}]"#, "fault 0: \"seconds\" must be a whole number"),
    (#"{}"#, "faults: expected an array"), (#"["#, "faults: invalid JSON"),
    (#"[7]"#, "fault 0: expected an object"),
  ])
  func faultFilesAreReadStrictly(text: String, message: String) {
    let error = #expect(throws: FaultFileError.self) { try Fault.list(from: Data(text.utf8)) }
    #expect(error?.description.hasPrefix(message) == true, "\(String(describing: error))")
  }

  @Test func controlsTheClock() throws {
    let world = try world()
    let body = #"{"now":"2027-05-06T07:08:09Z"}"#
    #expect(world.respond(to: post("/_sandbox/clock", body)).status == 200)
    #expect(world.now.iso() == "2027-05-06T07:08:09Z")
    _ = world.respond(to: post("/_sandbox/clock", #"{"advance_seconds":-9}"#))
    #expect(world.now.iso() == "2027-05-06T07:08:00Z")
    _ = world.respond(to: post("/_sandbox/clock", #"{"tick_milliseconds":1000}"#))
    let answer = world.respond(to: post("/count")).jsonBody
    #expect(answer?["at"] == "2027-05-06T07:08:01Z")
    #expect(world.respond(to: post("/_sandbox/clock", #"{"then":1}"#)).status == 400)
  }

  @Test func faultsAndLogAreServed() throws {
    let world = try world()
    let set = post("/_sandbox/faults", #"[{"fault":"drop_after","vendor":"counter"}]"#)
    #expect(world.respond(to: set).jsonBody?["faults"]?[0]?["fired"]?.int == 0)
    _ = world.respond(to: post("/count"))
    let list = world.respond(to: SandboxRequest(method: "GET", path: "/_sandbox/faults"))
    #expect(list.jsonBody?["faults"]?[0]?["fired"]?.int == 1)
    let log = world.respond(to: SandboxRequest(method: "GET", path: "/_sandbox/log")).jsonBody
    #expect(log?["log"]?.array?.count == 1)
    #expect(log?["log"]?[0]?["fault"] == "drop_after")
    #expect(log?["log"]?[0]?["write"] == true)
    let state = world.respond(to: SandboxRequest(method: "GET", path: "/_sandbox/state")).jsonBody
    #expect(state?["vendors"]?["counter"]?["executed"]?.int == 1)
    #expect(state?["writes"]?.int == 1)
    _ = world.respond(to: SandboxRequest(method: "DELETE", path: "/_sandbox/log"))
    #expect(world.log.isEmpty)
    #expect(world.respond(to: post("/_sandbox/counter/hello")).jsonBody?["verb"] == "hello")
    #expect(world.respond(to: post("/_sandbox/nobody/hello")).status == 404)
  }

  @Test func aCopyLivesByItself() throws {
    let world = try world()
    _ = world.respond(to: post("/count"))
    let copy = world.copy()
    _ = copy.respond(to: post("/count"))
    copy.advance(seconds: 60)
    #expect(executed(world) == 1)
    #expect(executed(copy) == 2)
    #expect(copy.now == world.now.advanced(seconds: 60))
  }
}
