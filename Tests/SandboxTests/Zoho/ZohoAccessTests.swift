import Foundation
import Sandbox
import Testing

@Suite("Zoho sandbox: tokens and limits")
struct ZohoAccessTests {
  private static let list = "/Deals?fields=Deal_Name"

  @Test(
    "only the vendor's own scheme is taken",
    arguments: [
      (["authorization": "Zoho-oauthtoken test"], 204),
      (["authorization": "Bearer test"], 401), (["authorization": "Zoho-oauthtoken x"], 401),
      ([:], 401),
    ] as [([String: String], Int)])
  func scheme(_ headers: [String: String], _ status: Int) {
    var client = ZohoClient()
    client.headers = headers
    let code = client.json("GET", Self.list, status: status)["code"]?.string
    #expect(status == 204 || code == "INVALID_TOKEN")
  }

  private func token(_ client: inout ZohoClient, _ form: String) -> JSONValue {
    let answer = client.world.handle(
      SandboxRequest(
        method: "POST", path: "/oauth/v2/token", headers: ["host": "localhost:8700"],
        body: Data((form + "&client_id=app&client_secret=secret").utf8)), at: client.now)
    #expect(answer.status == 200, "refusals come with 200, too")
    return answer.jsonBody ?? .null
  }

  @Test("OAuth: code once and for three minutes, an hour of access, a refresh token that stays")
  func oauth() {
    var client = ZohoClient()
    client.control("oauth_client", ["id": "app", "secret": "secret"])
    func code(_ client: inout ZohoClient, _ more: String = "&access_type=offline") -> String {
      let consent = client.call(
        "GET",
        "/oauth/v2/auth?response_type=code&client_id=app&scope=ZohoCRM.modules.ALL&state=s"
          + "&redirect_uri=http://localhost/cb\(more)")
      #expect(consent.status == 302)
      let target = consent.header("location") ?? ""
      return URLComponents(string: target)?.queryItems?.first { $0.name == "code" }?.value ?? ""
    }
    let grant = "grant_type=authorization_code&redirect_uri=http://localhost/cb&code="
    let first = code(&client)
    let reply = token(&client, grant + first)
    #expect(reply["api_domain"]?.string == "http://localhost:8700")
    #expect(reply["expires_in"]?.int == 3600)
    #expect(token(&client, grant + first)["error"]?.string == "invalid_code")
    let late = code(&client)
    client.advance(seconds: 181)
    #expect(token(&client, grant + late)["error"]?.string == "invalid_code")
    let online = code(&client, "")
    #expect(token(&client, grant + online)["refresh_token"] == nil)
    let refresh = reply["refresh_token"]?.string ?? ""
    client.headers = ["authorization": "Zoho-oauthtoken \(reply["access_token"]?.string ?? "")"]
    client.json("GET", Self.list, status: 204)
    client.json("GET", "/org", status: 401)
    client.advance(seconds: 3600)
    client.json("GET", Self.list, status: 401)
    let again = token(&client, "grant_type=refresh_token&refresh_token=\(refresh)")
    #expect(again["access_token"] != nil && again["refresh_token"] == nil)
    client.call("POST", "/oauth/v2/token/revoke?token=\(refresh)")
    #expect(
      token(&client, "grant_type=refresh_token&refresh_token=\(refresh)")["error"]?.string
        == "invalid_code")
  }

  @Test("ten tokens in ten minutes, and the sixteenth active one ends the first")
  func mints() {
    var client = ZohoClient()
    let form = "grant_type=refresh_token&refresh_token=sandbox-refresh-token"
    var made: [String] = []
    for _ in 0..<10 { made.append(token(&client, form)["access_token"]?.string ?? "") }
    #expect(token(&client, form)["error"]?.string == "Access Denied")
    client.advance(seconds: 601)
    for _ in 0..<6 { made.append(token(&client, form)["access_token"]?.string ?? "") }
    for (place, value) in made.enumerated() {
      client.headers = ["authorization": "Zoho-oauthtoken \(value)"]
      client.json("GET", Self.list, status: place == 0 ? 401 : 204)
    }
  }

  @Test("a scope that lacks is told apart from a token that is wrong")
  func scopes() {
    var client = ZohoClient()
    client.control("token", ["value": "narrow", "scopes": ["ZohoCRM.modules.deals.READ"]])
    client.headers = ["authorization": "Zoho-oauthtoken narrow"]
    client.json("GET", Self.list, status: 204)
    let other = client.json("GET", "/Accounts?fields=Phone", status: 401)
    #expect(other["code"]?.string == "OAUTH_SCOPE_MISMATCH")
    client.json("POST", "/Deals", ["data": [["Deal_Name": "A"]]], status: 401)
    client.json("POST", "/coql", ["select_query": "x"], status: 401)
  }

  @Test("credits end the day, too many at once pass by; no header tells of either")
  func limits() {
    var client = ZohoClient()
    client.control("limits", ["busy": 1])
    let busy = client.call("GET", Self.list)
    #expect(busy.status == 429)
    #expect(busy.header("retry-after") == nil)
    client.json("GET", Self.list, status: 204)
    client.control("limits", ["daily_used": 50_000])
    client.json("GET", Self.list, status: 429)
    client.advance(seconds: 25 * 3600)
    client.json("GET", Self.list, status: 204)
    let rows = (0..<25).map { JSONValue.object(["Last_Name": .string("P\($0)")]) }
    client.control("limits", ["daily_used": 0])
    client.json("POST", "/Contacts", ["data": .array(rows)], status: 201)
    #expect(client.control("limits")["daily_used"]?.int == 3)
  }

  @Test("what the vendor does not answer")
  func misuse() {
    var client = ZohoClient()
    let known = client.control("nonsense", status: 400)
    #expect(known["error"]?.string?.contains("create_deal") == true)
    client.control("create_deal", [:], status: 400)
    client.control("create", ["type": "Unicorns"], status: 400)
    client.control("edit", ["type": "Deals", "id": "5"], status: 400)
    #expect(
      client.json("GET", "/Unicorns?fields=A", status: 400)["code"]?.string == "INVALID_MODULE")
    let missing = client.json("GET", "/Deals", status: 400)
    #expect(missing["code"]?.string == "REQUIRED_PARAM_MISSING")
    #expect(missing["details"]?["param_name"]?.string == "fields")
    client.json("PATCH", "/Deals", status: 400)
    client.json("GET", "/Deals/x/y/z/w", status: 404)
    client.json("GET", "/Deals?fields=A&sort_by=Amount", status: 400)
    client.json("GET", "/Deals?fields=A&per_page=201", status: 400)
    client.json("GET", "/Deals?fields=A", status: 400, since: "2026-01-01")
    let names = (0..<51).map { "F\($0)" }.joined(separator: ",")
    client.json("GET", "/Deals?fields=\(names)", status: 400)
  }
}
