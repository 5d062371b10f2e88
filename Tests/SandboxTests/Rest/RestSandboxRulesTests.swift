import Foundation
import Sandbox
import Testing

/// The small CRM of the sandbox keeps its own rules.
@Suite("Kahu sandbox: its rules") struct KahuRulesTests {
  /// One CRM with a clock and a token.
  struct Client {
    var world = RestSandbox.demo()
    var now = SandboxTime(milliseconds: 1_795_132_800_000)
    var token = "sandbox-token"

    mutating func call(
      _ method: String, _ path: String, _ body: JSONValue? = nil,
      headers more: [String: String] = [:]
    ) -> SandboxResponse {
      let parts = URLComponents(string: path)
      var headers = ["authorization": "Bearer \(token)", "content-type": "application/json"]
      headers.merge(more) { $1 }
      return world.handle(
        SandboxRequest(
          method: method, path: "/kahu/v1" + (parts?.path ?? ""),
          query: (parts?.queryItems ?? []).map { .init(name: $0.name, value: $0.value ?? "") },
          headers: headers, body: body?.serialized() ?? Data()), at: now)
    }

    @discardableResult
    mutating func control(_ verb: String, _ body: JSONValue) -> JSONValue {
      let answer = world.control(verb, body: body.serialized(), at: now)
      #expect(answer.status == 200, "\(String(decoding: answer.body, as: UTF8.self))")
      return answer.jsonBody ?? .null
    }
  }

  /// A request and how it is answered.
  struct Case: CustomTestStringConvertible, Sendable {
    var method: String
    var path: String
    var body: JSONValue?
    var status: Int
    var code: String?
    var testDescription: String { "\(method) \(path) \(status)" }
  }

  static let cases = [
    Case(method: "GET", path: "/deals", status: 200),
    Case(method: "GET", path: "/deals?limit=101", status: 400, code: "bad_parameter"),
    Case(method: "GET", path: "/deals?foo=1", status: 400, code: "unknown_parameter"),
    Case(
      method: "GET", path: "/deals?changed_since=2026-11-20", status: 400, code: "bad_parameter"),
    Case(method: "GET", path: "/deals?cursor=x", status: 400, code: "bad_cursor"),
    Case(method: "GET", path: "/deals/1", status: 404, code: "not_found"),
    Case(method: "GET", path: "/deals/abc", status: 400, code: "bad_id"),
    Case(method: "GET", path: "/invoices", status: 404, code: "no_route"),
    Case(method: "DELETE", path: "/deals", status: 405, code: "method_not_allowed"),
    Case(method: "POST", path: "/deals", body: ["title": "x"], status: 403, code: "forbidden"),
    Case(method: "POST", path: "/companies", body: [:], status: 422, code: "invalid"),
    Case(method: "POST", path: "/companies", body: ["name": "x"], status: 201),
    Case(
      method: "POST", path: "/companies", body: ["name": "x", "nam": "y"], status: 422,
      code: "invalid"),
    Case(
      method: "POST", path: "/companies", body: ["name": "a\nb"], status: 422, code: "invalid"),
    Case(
      method: "POST", path: "/people", body: ["last_name": "x", "company_id": 7], status: 422,
      code: "invalid"),
    Case(
      method: "POST", path: "/tasks", body: ["subject": "x", "deal_id": "7"], status: 422,
      code: "invalid"),
  ]

  @Test("nothing unknown or malformed is taken", arguments: cases)
  func strict(_ test: Case) {
    var client = Client()
    let answer = client.call(test.method, test.path, test.body)
    #expect(answer.status == test.status, "\(String(decoding: answer.body, as: UTF8.self))")
    #expect(answer.jsonBody?["error"]?["code"]?.string == test.code)
  }

  @Test("lists go by time of change and id; a cursor continues behind the last one")
  func cursors() {
    var client = Client()
    client.control("bulk", ["companies": 30])
    let first = client.call("GET", "/companies?limit=20").jsonBody
    let cursor = first?["next_cursor"]?.string ?? ""
    let rest = client.call("GET", "/companies?limit=20&cursor=\(cursor)").jsonBody
    let ids = [first, rest].flatMap { $0?["items"]?.array ?? [] }.compactMap { $0["id"]?.digits }
    #expect(ids.count == 32 && Set(ids).count == 32)
    #expect(rest?["next_cursor"]?.isNull == true)
    #expect(ids.allSatisfy { $0.count == 16 }, "ids are longer than a binary fraction holds")
  }

  @Test("what was deleted is listed as such since then, and nowhere else")
  func deleted() {
    var client = Client()
    let id = client.call("GET", "/companies").jsonBody?["items"]?[0]?["id"] ?? .null
    client.control("delete", ["type": "companies", "id": id])
    let since = client.call("GET", "/companies?changed_since=2026-11-20T00:00:00Z").jsonBody
    #expect(since?["items"]?[0]?["state"]?.string == "deleted")
    #expect(client.call("GET", "/companies").jsonBody?["items"]?.array?.count == 1)
    #expect(client.call("GET", "/companies/\(id.digits ?? "")").status == 404)
  }

  @Test("an idempotency key repeats its answer for a day, and takes no other body")
  func keys() {
    var client = Client()
    let deal = client.control("create_deal", ["name": "x"])["deal"] ?? .null
    let body: JSONValue = ["subject": "Call", "deal_id": deal]
    let key = ["idempotency-key": "k1"]
    let first = client.call("POST", "/tasks", body, headers: key)
    #expect(first.status == 201)
    #expect(client.call("POST", "/tasks", body, headers: key).body == first.body)
    let other: JSONValue = ["subject": "Write", "deal_id": deal]
    #expect(client.call("POST", "/tasks", other, headers: key).status == 409)
    client.now = client.now.advanced(seconds: 86_401)
    #expect(client.call("POST", "/tasks", body, headers: key).body != first.body)
  }

  @Test("a change moves the stamp, and what comes to nothing does not")
  func stamps() {
    var client = Client()
    let item = client.call("GET", "/companies").jsonBody?["items"]?[0]
    let path = "/companies/\(item?["id"]?.digits ?? "")"
    client.now = client.now.advanced(seconds: 60)
    let same = client.call("PATCH", path, ["name": item?["name"] ?? .null]).jsonBody?["item"]
    #expect(same?["changed_at"] == item?["changed_at"])
    let other = client.call("PATCH", path, ["name": " Trimmed  "]).jsonBody?["item"]
    #expect(other?["name"]?.string == "Trimmed")
    #expect(other?["changed_at"]?.string == "2026-11-20T00:01:00Z")
  }

  @Test("winning stamps the day of winning; leaving the stage takes it away")
  func winning() {
    var client = Client()
    let deal = client.control("create_deal", ["name": "x", "amount": "10.05"])["deal"] ?? .null
    let path = "/deals/\(deal.digits ?? "")"
    client.control("win", ["deal": deal])
    let won = client.call("GET", path).jsonBody?["item"]
    #expect(won?["won_at"]?.string == "2026-11-20T00:00:00Z")
    #expect(won?["amount_cents"]?.int == 1005)
    client.control("reopen", ["deal": deal])
    #expect(client.call("GET", path).jsonBody?["item"]?["won_at"]?.isNull == true)
  }

  @Test("the window and the day are limited, each in its own words")
  func limits() {
    var client = Client()
    client.control("limits", ["window": 2, "day": 3])
    #expect(client.call("GET", "/account").status == 200)
    #expect(client.call("GET", "/account").header("X-Limit-Remaining") == "0")
    let full = client.call("GET", "/account")
    #expect(full.status == 429 && full.header("Retry-After") == "10")
    client.now = client.now.advanced(seconds: 11)
    #expect(client.call("GET", "/account").status == 200)
    let over = client.call("GET", "/account")
    #expect(over.jsonBody?["error"]?["code"]?.string == "day_limit")
    client.now = client.now.advanced(seconds: 86_400)
    #expect(client.call("GET", "/account").status == 200)
  }

  @Test("a refresh token works once; used again it ends the sign-in")
  func rotation() {
    var client = Client()
    func token(_ client: inout Client, _ refresh: String) -> JSONValue? {
      let body = "grant_type=refresh_token&refresh_token=\(refresh)&client_id=a&client_secret=b"
      return client.world.handle(
        SandboxRequest(method: "POST", path: "/kahu/oauth/token", body: Data(body.utf8)),
        at: client.now
      ).jsonBody
    }
    let first = token(&client, "sandbox-refresh-token")
    client.token = first?["access_token"]?.string ?? ""
    #expect(client.call("GET", "/account").status == 200)
    client.now = client.now.advanced(seconds: 1801)
    #expect(client.call("GET", "/account").status == 401)
    let second = token(&client, first?["refresh_token"]?.string ?? "")
    client.token = second?["access_token"]?.string ?? ""
    #expect(client.call("GET", "/account").status == 200)
    #expect(token(&client, "sandbox-refresh-token")?["error"]?.string == "invalid_grant")
    #expect(client.call("GET", "/account").status == 401)
  }

  @Test("lists lag, single records do not")
  func lag() {
    var client = Client()
    client.control("lag", ["seconds": 30])
    let deal = client.control("create_deal", ["name": "x"])["deal"]?.digits ?? ""
    #expect(client.call("GET", "/deals").jsonBody?["items"]?.array?.isEmpty == true)
    #expect(client.call("GET", "/deals/\(deal)").status == 200)
    client.now = client.now.advanced(seconds: 31)
    #expect(client.call("GET", "/deals").jsonBody?["items"]?.array?.count == 1)
  }

  @Test("an unknown verb names those that are known")
  func verbs() {
    var client = Client()
    let answer = client.world.control("dance", body: Data(), at: client.now)
    #expect(answer.status == 400)
    #expect(String(decoding: answer.body, as: UTF8.self).contains("create_deal"))
  }
}
