import Foundation
import Sandbox
import Testing

@Suite("Pipedrive sandbox: tokens and limits")
struct PipedriveAccessTests {
  @Test(
    "a token is taken in three places, a wrong one nowhere",
    arguments: [
      (["x-api-token": "sandbox-token"], "", 200), ([:], "?api_token=sandbox-token", 200),
      (["x-api-token": "other"], "", 401), ([:], "", 401),
      (["authorization": "Bearer sandbox-token"], "", 401),
    ] as [([String: String], String, Int)])
  func tokens(_ headers: [String: String], _ query: String, _ status: Int) {
    var client = PipedriveClient()
    client.headers = headers
    client.json("GET", "/api/v2/deals\(query)", status: status)
  }

  private func token(
    _ client: inout PipedriveClient, _ body: String, path: String = "/oauth/token",
    basic: String = "app:secret"
  ) -> SandboxResponse {
    client.world.handle(
      SandboxRequest(
        method: "POST", path: path,
        headers: [
          "authorization": "Basic " + Data(basic.utf8).base64EncodedString(),
          "host": "localhost:8700",
        ], body: Data(body.utf8)), at: client.now)
  }

  @Test("OAuth: code once, the same refresh token, an hour of access, sixty days of rest")
  func oauth() {
    var client = PipedriveClient()
    client.control("oauth_client", ["id": "app", "secret": "secret"])
    let consent = client.call(
      "GET", "/oauth/authorize?client_id=app&redirect_uri=http://localhost/cb&state=s")
    #expect(consent.status == 302)
    let code = consent.header("location")?.split(separator: "=")[1].split(separator: "&")[0] ?? ""
    let grant = "grant_type=authorization_code&redirect_uri=http://localhost/cb&code=\(code)"
    #expect(token(&client, grant, path: "/oauth/token/").status == 301)
    let reply = token(&client, grant).jsonBody
    #expect(reply?["api_domain"]?.string == "http://localhost:8700")
    #expect(reply?["expires_in"]?.int == 3600)
    #expect(token(&client, grant).status == 400)
    #expect(token(&client, grant, basic: "app:wrong").status == 401)
    let refresh = reply?["refresh_token"]?.string ?? ""
    client.headers = ["authorization": "Bearer \(reply?["access_token"]?.string ?? "")"]
    client.json("GET", "/api/v2/deals")
    client.advance(seconds: 3600)
    client.json("GET", "/api/v2/deals", status: 401)
    let again = token(&client, "grant_type=refresh_token&refresh_token=\(refresh)").jsonBody
    #expect(again?["refresh_token"]?.string == refresh)
    client.advance(seconds: 61 * 86_400)
    #expect(token(&client, "grant_type=refresh_token&refresh_token=\(refresh)").status == 400)
  }

  @Test("scopes bind OAuth tokens only")
  func scopes() {
    var client = PipedriveClient()
    client.control("token", ["value": "narrow", "scopes": ["base", "deals:read"]])
    client.headers = ["authorization": "Bearer narrow"]
    client.json("GET", "/api/v2/deals")
    client.json("POST", "/api/v2/deals", ["title": "A"], status: 403)
    client.json("GET", "/v1/users", status: 403)
  }

  @Test("calls cost what the vendor says, and the day's budget ends them")
  func costs() {
    var client = PipedriveClient(limited: true)
    let deal = client.deal()
    let prices: [(String, String, JSONValue?, Int)] = [
      ("GET", "/api/v2/deals", nil, 10), ("GET", "/api/v2/deals/\(deal)", nil, 1),
      ("PATCH", "/api/v2/deals/\(deal)", ["title": "B"], 5), ("GET", "/v1/users", nil, 20),
      ("GET", "/v1/users/me", nil, 2), ("GET", "/api/v2/stages", nil, 5),
      ("GET", "/api/v2/deals/archived", nil, 20),
      ("GET", "/api/v2/persons/search?term=ab", nil, 20),
      ("GET", "/api/v2/deals/products?deal_ids=\(deal)", nil, 10),
      ("DELETE", "/api/v2/deals/\(deal)", nil, 3),
    ]
    var spent = 0
    for (method, address, body, cost) in prices {
      client.json(method, address, body)
      spent += cost
      #expect(client.control("limits")["daily_used"]?.int == spent, "\(method) \(address)")
      client.advance(seconds: 1)
    }
    client.control("limits", ["daily_used": 30_000])
    let refused = client.call("GET", "/api/v2/deals")
    #expect(refused.status == 429)
    #expect(refused.header("x-daily-ratelimit-token-remaining") == "0")
    #expect(refused.header("x-ratelimit-remaining") != "0")
    client.advance(seconds: 86_400)
    client.json("GET", "/api/v2/deals")
  }

  @Test("a burst is refused with seconds to wait; going on brings a block page")
  func burst() {
    var client = PipedriveClient(limited: true)
    client.control("limits", ["burst": 3, "block_after": 2])
    for _ in 0..<3 { client.json("GET", "/api/v2/deals/1", status: 404) }
    let refused = client.call("GET", "/api/v2/deals/1")
    #expect(refused.status == 429)
    #expect(refused.header("x-ratelimit-remaining") == "0")
    #expect(refused.header("x-ratelimit-reset") == "2")
    client.call("GET", "/api/v2/deals/1")
    let blocked = client.call("GET", "/api/v2/deals/1")
    #expect(blocked.status == 403)
    #expect(blocked.header("content-type")?.contains("html") == true)
    client.advance(seconds: 2)
    client.json("GET", "/api/v2/deals/1", status: 404)
  }

  @Test("an unknown verb and a bad body say what was expected")
  func misuse() {
    var client = PipedriveClient()
    let known = client.control("nonsense", status: 400)
    #expect(known["error"]?.string?.contains("create_deal") == true)
    client.control("create_deal", [:], status: 400)
    client.control("win", ["deal": 5], status: 400)
    client.control("create", ["type": "unicorns"], status: 400)
  }

  @Test("a closed company account answers 402")
  func closed() {
    var client = PipedriveClient()
    client.control("company", ["closed": true])
    client.json("GET", "/api/v2/deals", status: 402)
  }
}
