import Foundation
import Sandbox
import Testing

@Suite("Salesforce sandbox: tokens and limits")
struct SalesforceAccessTests {
  private func token(
    _ client: inout SalesforceClient, _ form: String, host: String = "localhost:8700",
    basic: String? = nil
  ) -> SandboxResponse {
    var headers = ["host": host]
    headers["authorization"] = basic.map { "Basic " + Data($0.utf8).base64EncodedString() }
    return client.world.handle(
      SandboxRequest(
        method: "POST", path: "/services/oauth2/token", headers: headers, body: Data(form.utf8)),
      at: client.now)
  }

  @Test("client credentials: either place, the organisation's own host, no word about the end")
  func credentials() {
    var client = SalesforceClient()
    client.control("oauth_client", ["id": "app", "secret": "s"])
    let grant = "grant_type=client_credentials"
    let reply = token(&client, grant + "&client_id=app&client_secret=s").jsonBody
    #expect(reply?["instance_url"]?.string == "http://localhost:8700")
    #expect(reply?["expires_in"] == nil && reply?["refresh_token"] == nil)
    #expect(token(&client, grant, basic: "app:s").status == 200)
    #expect(
      token(&client, grant, basic: "app:wrong").jsonBody?["error"]?.string == "invalid_client")
    #expect(
      token(&client, grant, basic: "other:s").jsonBody?["error"]?.string == "invalid_client_id")
    #expect(token(&client, grant, host: "login.salesforce.com", basic: "app:s").status == 400)
    client.headers["authorization"] = "Bearer \(reply?["access_token"]?.string ?? "")"
    for _ in 0..<3 {
      client.advance(seconds: 7000)
      client.query("SELECT Id FROM Account")
    }
    client.advance(seconds: 7200)
    #expect(
      client.query("SELECT Id FROM Account", status: 401)[0]?["errorCode"]?.string
        == "INVALID_SESSION_ID")
    client.headers["authorization"] = nil
    #expect(
      client.query("SELECT Id FROM Account", status: 401)[0]?["errorCode"]?.string
        == "INVALID_AUTH_HEADER")
  }

  @Test("an old refresh token ends the whole sign-in")
  func rotation() {
    var client = SalesforceClient()
    client.control("oauth_client", ["id": "app", "secret": "s"])
    let consent = client.call(
      "GET", "/services/oauth2/authorize",
      query: [
        "response_type": "code", "client_id": "app", "redirect_uri": "http://localhost/cb",
        "code_challenge": "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", "state": "s",
      ])
    let code = consent.header("location")?.split(separator: "=")[1].split(separator: "&")[0] ?? ""
    let grant =
      "grant_type=authorization_code&client_id=app&redirect_uri=http://localhost/cb&code=\(code)"
    #expect(token(&client, grant + "&code_verifier=wrong").status == 400)
    // A code is good for one try.
    let right = "&code_verifier=dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    #expect(token(&client, grant + right).status == 400)
    client.control("oauth_client", ["id": "app", "secret": "s", "refresh_token": "first"])
    func renew(_ value: String) -> JSONValue? {
      token(&client, "grant_type=refresh_token&client_id=app&refresh_token=\(value)").jsonBody
    }
    let second = renew("first")
    let third = renew(second?["refresh_token"]?.string ?? "")
    #expect(third?["access_token"] != nil)
    client.headers["authorization"] = "Bearer \(third?["access_token"]?.string ?? "")"
    client.query("SELECT Id FROM Account")
    #expect(renew("first")?["error"]?.string == "invalid_grant")
    #expect(renew(third?["refresh_token"]?.string ?? "")?["error"]?.string == "invalid_grant")
    client.query("SELECT Id FROM Account", status: 401)
  }

  @Test(
    "statements that are not signed by the app's key are not believed",
    arguments: ["", "a.b.c", "eyJhbGciOiJub25lIn0.eyJpc3MiOiJhcHAifQ."])
  func assertions(_ assertion: String) {
    var client = SalesforceClient()
    client.control("oauth_client", ["id": "app", "secret": "s"])
    let form =
      "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion=\(assertion)"
    #expect(token(&client, form).status == 400)
  }

  @Test("the day is counted on every answer and ends with its own word")
  func limits() {
    var client = SalesforceClient()
    client.control("limits", ["daily": 100, "used": 98])
    let first = client.call("GET", "/limits")
    #expect(first.header("sforce-limit-info") == "api-usage=99/100")
    #expect(first.jsonBody?["DailyApiRequests"]?["Remaining"]?.int == 1)
    client.query("SELECT Id FROM Account")
    #expect(
      client.query("SELECT Id FROM Account", status: 403)[0]?["errorCode"]?.string
        == "REQUEST_LIMIT_EXCEEDED")
    client.advance(seconds: 86_400)
    client.query("SELECT Id FROM Account")
  }

  @Test("versions, replication, and what is not there")
  func various() {
    var client = SalesforceClient()
    client.headers["authorization"] = nil
    #expect(client.json("GET", "/services/data").array?.last?["version"]?.string == "66.0")
    client.headers["authorization"] = "OAuth sandbox-token"
    client.json("GET", "/services/data/v99.0/limits", status: 404)
    client.json("GET", "/nope", status: 404)
    client.json("GET", "/sobjects/Account/describe/")
    let start = "2027-01-15T07:00:00+00:00"
    let id = client.deal()
    let window = ["start": start, "end": "2027-01-15T09:00:00+00:00"]
    let changed = client.json("GET", "/sobjects/Opportunity/updated/", query: window)
    #expect(changed["ids"]?.array?.map(\.string) == [id])
    client.json("DELETE", "/sobjects/Opportunity/\(id)", status: 204)
    let gone = client.json("GET", "/sobjects/Opportunity/deleted/", query: window)
    #expect(gone["deletedRecords"]?[0]?["id"]?.string == id)
    client.json(
      "GET", "/sobjects/Opportunity/updated/", query: ["start": start, "end": start], status: 400)
    client.control("nonsense", status: 400)
    client.control("create", ["type": "Nope"], status: 400)
  }
}
