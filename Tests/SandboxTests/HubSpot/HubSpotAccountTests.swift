import Foundation
import Sandbox
import Testing

@Suite struct HubSpotAccountTests {
  @Test func searchIsLimitedPerSecond() {
    var client = HubSpotClient.limited()
    for _ in 0..<5 {
      let answer = client.call("POST", "/crm/v3/objects/deals/search", [:])
      #expect(answer.status == 200)
      #expect(!answer.headers.contains { $0.name.contains("RateLimit") })
    }
    let refused = client.call("POST", "/crm/v3/objects/companies/search", [:])
    #expect(refused.status == 429)
    #expect(refused.jsonBody?["policyName"]?.string == "SECONDLY")
    #expect(refused.jsonBody?["errorType"]?.string == "RATE_LIMIT")
    client.advance(milliseconds: 1000)
    #expect(client.call("POST", "/crm/v3/objects/deals/search", [:]).status == 200)
  }

  @Test func tenSecondWindowHasHeaders() {
    var client = HubSpotClient.limited()
    client.control("limits", ["ten_secondly": 3])
    let path = "/crm/v3/objects/deals"
    let remaining = (0..<3).map { _ in
      client.call("GET", path).header("X-HubSpot-RateLimit-Remaining")
    }
    #expect(remaining == ["2", "1", "0"])
    let refused = client.call("GET", path)
    #expect(refused.status == 429)
    #expect(refused.jsonBody?["policyName"]?.string == "TEN_SECONDLY_ROLLING")
    #expect(
      refused.jsonBody?["message"]?.string == "You have reached your ten_secondly_rolling limit.")
    #expect(refused.header("X-HubSpot-RateLimit-Max") == "3")
    client.advance(milliseconds: 10_000)
    #expect(client.call("GET", path).status == 200)
  }

  @Test func associationsHaveTheirOwnBurst() {
    var client = HubSpotClient.limited()
    let path = "/crm/v4/associations/deals/companies/batch/read"
    let statuses = (0..<151).map { _ in client.call("POST", path, ["inputs": []]).status }
    #expect(statuses.dropLast().allSatisfy { $0 == 200 })
    #expect(statuses.last == 429)
    #expect(client.call("GET", "/crm/v3/objects/deals").status == 200)
  }

  @Test func aLongAddressIsRefused() {
    var client = HubSpotClient()
    let names = Array(repeating: "dealname", count: 2000).joined(separator: ",")
    client.json("GET", "/crm/v3/objects/deals?properties=\(names)", status: 414)
  }

  @Test(arguments: [
    ("/crm/v3/objects/deals", true), ("/crm/v8/Deals", false), ("/crm/owners/2026-03", true),
    ("/oauth/v1/token", true), ("/oauth/2026-09/token/introspect", true),
    ("/oauth/v2/token", false),
    ("/api.xro/2.0/Invoices", false), ("/account-info/v3/details", true), ("/", false),
  ])
  func claimsOnlyItsOwnPaths(_ path: String, _ expected: Bool) {
    #expect(HubSpotSandbox.empty().claims(path: path) == expected)
  }

  @Test(arguments: [
    ("POST", "/crm/v3/objects/deals/search", false), ("POST", "/oauth/v1/token", false),
    ("POST", "/crm/v4/associations/deals/companies/batch/read", false),
    ("POST", "/crm/v3/objects/deals", true), ("PATCH", "/crm/v3/objects/deals/1", true),
    ("DELETE", "/crm/v3/objects/deals/1", true), ("GET", "/crm/v3/objects/deals", false),
  ])
  func tellsReadsFromWrites(_ method: String, _ path: String, _ expected: Bool) {
    #expect(
      HubSpotSandbox.empty().isWrite(SandboxRequest(method: method, path: path)) == expected)
  }

  @Test func dailyLimitEndsAtTheAccountsMidnight() {
    var client = HubSpotClient()
    // 2027-01-15 in Auckland is UTC+13: midnight there is 11:00 UTC.
    client.now = SandboxTime(milliseconds: 1_800_010_800_000 - 1)
    client.control("limits", ["daily": 100, "daily_used": 100])
    let refused = client.call("GET", "/account-info/v3/details")
    #expect(refused.status == 429)
    #expect(refused.jsonBody?["policyName"]?.string == "DAILY")
    client.advance(milliseconds: 1)
    let usage = client.json("GET", "/account-info/2026-09/api-usage/daily/private-apps")
    #expect(usage["results"]?[0]?["currentUsage"]?.int == 1)
    #expect(usage["results"]?[0]?["resetsAt"]?.string == "2027-01-16T11:00:00.000Z")
  }

  @Test(arguments: ["/account-info/v3/details", "/account-info/2026-03/details"])
  func details(_ path: String) {
    var client = HubSpotClient()
    let details = client.json("GET", path)
    #expect(details["timeZone"]?.string == "Pacific/Auckland")
    #expect(details["companyCurrency"]?.string == "NZD")
    #expect(details["additionalCurrencies"] == ["AUD", "USD", "JPY"])
    #expect(details["utcOffset"]?.string == "+13:00")
    #expect(details["utcOffsetMilliseconds"]?.int == 46_800_000)
    #expect(details["portalId"]?.int != nil)
  }

  @Test(arguments: ["/crm/v3/owners/", "/crm/owners/2026-03", "/crm/owners/2026-09"])
  func owners(_ path: String) {
    var client = HubSpotClient()
    let reply = client.json("GET", path + "?limit=2&archived=False")
    let owner = reply["results"]?[0]
    for key in ["id", "type", "createdAt", "updatedAt", "archived"] {
      #expect(owner?[key] != nil, "\(key)")
    }
    let after = reply["paging"]?["next"]?["after"]?.string ?? ""
    #expect(client.ids(client.json("GET", path + "?limit=2&after=\(after)")) == ["503"])
    #expect(client.ids(client.json("GET", path + "?email=TOM@kauri.example")) == ["502"])
    let gone = client.json("GET", path + "?archived=true")["results"]?[0]
    #expect(gone?["id"]?.string == "504")
    #expect(gone?["userId"] == .null)
    #expect(gone?["userIdIncludingInactive"]?.int == 9504)
    let base = path.hasSuffix("/") ? String(path.dropLast()) : path
    #expect(client.json("GET", base + "/9502?idProperty=userId")["id"]?.string == "502")
  }

  @Test(arguments: ["/crm/v3/pipelines/deals", "/crm/pipelines/2026-09/0-3/"])
  func pipelines(_ path: String) {
    var client = HubSpotClient()
    let reply = client.json("GET", path)
    #expect(client.ids(reply) == ["default", "88001"])
    let won = reply["results"]?[0]?["stages"]?.array?.first { $0["id"]?.string == "closedwon" }
    #expect(won?["metadata"] == ["isClosed": "true", "probability": "1.0"])
    for key in ["createdAt", "updatedAt", "archived", "displayOrder", "label"] {
      #expect(won?[key] != nil, "\(key)")
    }
    client.control("rename_stage", ["stage": "closedwon", "label": "Gewonnen"])
    let again = client.json("GET", path)["results"]?[0]?["stages"]?[5]
    #expect(again?["label"]?.string == "Gewonnen")
    _ = client.deal("x", more: ["stage": "closedlost"])
    client.control("delete_stage", ["stage": "closedlost"], status: 400)
    client.control("delete_stage", ["stage": "closedlost", "move_to": "contractsent"])
  }

  @Test func propertiesAndGroups() {
    var client = HubSpotClient()
    let group: JSONValue = ["name": "books", "label": "Books"]
    let path = "/crm/properties/2026-09/0-3"
    client.json("POST", path + "/groups", group, status: 201)
    client.json("POST", path + "/groups", group, status: 409)
    var property: JSONValue.Object = [
      "name": "invoice_state", "label": "State", "type": "enumeration", "fieldType": "select",
      "groupName": "books",
      "options": [["label": "Paid", "value": "paid"], ["label": "Open", "value": "open"]],
    ]
    let made = client.json("POST", path, .object(property), status: 201)
    for key in ["name", "label", "type", "fieldType", "description", "groupName", "options"] {
      #expect(made[key] != nil, "\(key)")
    }
    client.json("POST", path, .object(property), status: 409)
    let id = client.deal()
    client.json(
      "PATCH", "/crm/v3/objects/deals/\(id)", ["properties": ["invoice_state": "Paid"]],
      status: 400)
    client.json(
      "PATCH", "/crm/v3/objects/deals/\(id)", ["properties": ["invoice_state": "paid"]])
    for (key, value) in [
      ("name", "Bad Name"), ("groupName", "nogroup"), ("type", "money"), ("fieldType", "number"),
    ] {
      property["name"] = "another"
      var wrong = property
      wrong[key] = .string(value)
      client.json("POST", path, .object(wrong), status: 400)
    }
    let list = client.json("GET", path)["results"]?.array?.compactMap { $0["name"]?.string }
    #expect(list?.contains("invoice_state") == true)
    #expect(client.call("DELETE", path + "/invoice_state").status == 204)
    client.json("GET", path + "/invoice_state", status: 404)
  }

  @Test(arguments: ["v1", "2026-03", "2026-09"])
  func taxRates(_ version: String) {
    var client = HubSpotClient()
    let rates = client.json("GET", "/tax-rates/\(version)/tax-rates?active=true")
    #expect(client.ids(rates) == ["701", "702"])
    #expect(rates["results"]?[0]?["percentageRate"]?.digits == "15")
  }

  @Test func missingScopesAreNamed() {
    var client = HubSpotClient()
    client.control("token", ["value": "narrow", "scopes": ["crm.objects.deals.read"]])
    client.token = "narrow"
    client.json("GET", "/crm/v3/objects/deals")
    let reply = client.json("GET", "/crm/v3/objects/line_items", status: 403)
    #expect(reply["category"]?.string == "MISSING_SCOPES")
    #expect(
      reply["errors"]?[0]?["context"]?["requiredGranularScopes"]
        == ["crm.objects.line_items.read", "e-commerce"])
    #expect(reply["links"]?["scopes"] != nil)
    for (method, path) in [
      ("POST", "/crm/v3/objects/deals"), ("GET", "/crm/v3/owners"),
      ("POST", "/crm/v3/properties/deals"), ("GET", "/crm/v3/objects/tasks"),
    ] {
      client.json(method, path, [:], status: 403)
    }
    client.token = "unknown"
    let denied = client.json("GET", "/crm/v3/objects/deals", status: 401)
    #expect(denied["category"]?.string == "INVALID_AUTHENTICATION")
  }

  @Test(arguments: ["v1", "v3", "2026-03", "2026-09"])
  func oauthRoundTrip(_ version: String) {
    var client = HubSpotClient()
    let page = client.call(
      "GET",
      "/oauth/authorize?client_id=app&redirect_uri=http://localhost:1/cb"
        + "&scope=crm.objects.deals.read&state=s%261")
    #expect(page.status == 302)
    let target = page.header("Location") ?? ""
    #expect(target.hasPrefix("http://localhost:1/cb?code=sandbox-code-"))
    let code = target.split(separator: "=")[1].split(separator: "&")[0]
    let path = "/oauth/\(version)/token"
    func fields(_ redirect: String) -> [(String, String)] {
      [
        ("grant_type", "authorization_code"), ("client_id", "app"), ("client_secret", "s"),
        ("redirect_uri", redirect), ("code", String(code)),
      ]
    }
    let reply = client.form(path, fields("http%3A%2F%2Flocalhost%3A1%2Fcb")).jsonBody
    for key in ["access_token", "refresh_token", "expires_in", "token_type", "hub_id"] {
      #expect(reply?[key] != nil, "\(key)")
    }
    #expect(client.form(path, fields("http://localhost:1/cb")).status == 400)
    client.token = reply?["access_token"]?.string ?? ""
    let answer = client.call("GET", "/crm/v3/objects/deals")
    #expect(answer.status == 200)
    client.advance(milliseconds: 1_800_000 + 7000)
    let expired = client.json("GET", "/crm/v3/objects/deals", status: 401)
    #expect(expired["category"]?.string == "EXPIRED_AUTHENTICATION")
    #expect(expired["message"]?.string?.contains("expired 7 second(s) ago") == true)
    let refresh = reply?["refresh_token"]?.string ?? ""
    func renew(_ token: String) -> [(String, String)] {
      [
        ("grant_type", "refresh_token"), ("client_id", "app"), ("client_secret", "s"),
        ("refresh_token", token),
      ]
    }
    let renewed = client.form(path, renew(refresh)).jsonBody
    client.token = renewed?["access_token"]?.string ?? ""
    client.json("GET", "/crm/v3/objects/deals")
    let bad = client.form(path, renew("nope"))
    #expect(bad.status == 400)
    #expect(bad.jsonBody?["status"]?.string == "BAD_REFRESH_TOKEN")
    #expect(bad.jsonBody?["error"]?.string == "invalid_grant")
    client.world.expireAccessTokens(at: client.now)
    client.json("GET", "/crm/v3/objects/deals", status: 401)
  }

  @Test func describesARefreshTokenByItsClient() throws {
    var client = HubSpotClient()
    client.control("oauth_client", ["id": "app", "secret": "s", "refresh_token": "known"])
    let token = client.json("GET", "/oauth/v1/refresh-tokens/known")
    #expect(token["token"]?.string == "known")
    #expect(token["client_id"]?.string == "")
    #expect(token["app_id"] == nil)
    #expect(token["expires_in"] == nil)
    client.json("GET", "/oauth/v1/refresh-tokens/other", status: 404)
  }

  @Test func controlNamesWhatItExpected() {
    var client = HubSpotClient()
    #expect(
      client.control("nosuch", status: 400)["error"]?.string?.contains("create_deal") == true)
    client.control("create_deal", ["name": "x", "stage": "nope"], status: 400)
    let count = client.world.count(.deals)
    client.control(
      "create_deal", ["name": "x", "lines": [["name": "y", "price": "-1"]]], status: 400)
    #expect(client.world.count(.deals) == count)
    #expect(client.control("summary")["deals"]?.array?.count == count)
  }
}
