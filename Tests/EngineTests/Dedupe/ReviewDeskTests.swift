import Engine
import Foundation
import Matcher
import Synchronization
import Testing

@Suite final class ReviewDeskTests: Sendable {
  private static let port = 4321
  private let kept = Mutex<[String]>([])

  private static func session(_ count: Int = 12) async -> ReviewSession {
    func side(_ side: MatchRecord.Side) -> PartyTable {
      let prefix = side == .left ? "left:party:" : "right:party:"
      let records = (0..<count).map { number in
        MatchRecord(
          key: "\(prefix)\(number)", side: side, kind: .organization,
          name: number == 0 ? "<script>alert(1)</script> Ltd" : "Harbour \(number) Joinery",
          emails: ["office@harbour\(number)joinery.nz"])
      }
      return PartyTable(records: records, notes: [])
    }
    let outcome = await Deduper(threshold: nil).compare(
      side(.left), named: "l", side(.right), named: "r", country: "NZ")
    return ReviewSession(list: outcome.list, records: outcome.records)
  }

  private func desk() async -> ReviewDesk {
    await ReviewDesk(
      session: Self.session(),
      door: ReviewDoor(port: Self.port, key: "the-key", token: "the-token"),
      keep: { left, right, verdict in
        self.keep("\(left) \(right) \(verdict?.rawValue ?? "-")")
      }, finish: {})
  }

  private func keep(_ line: String) { kept.withLock { $0.append(line) } }

  private static func get(
    _ path: String, query: [String: String] = [:], without: String? = nil,
    with changed: [String: String] = [:]
  ) -> ReviewRequest {
    request("GET", path, query: query, without: without, with: changed)
  }

  private static func request(
    _ method: String, _ path: String, query: [String: String] = [:],
    without: String? = nil, with changed: [String: String] = [:], body: String = ""
  ) -> ReviewRequest {
    var headers = [
      "host": "127.0.0.1:\(port)", "cookie": "a=b; xerosync_review_\(port)=the-token",
      "origin": "http://127.0.0.1:\(port)", "content-type": "application/json",
    ]
    headers.merge(changed) { $1 }
    if let without { headers[without] = nil }
    return ReviewRequest(
      method: method, path: path, query: query, headers: headers, body: Array(body.utf8))
  }

  @Test func theKeyOpensOnce() async {
    let desk = await desk()
    let bare = Self.get("/", query: ["key": "the-key"], without: "cookie")
    let wrong = await desk.answer(
      Self.get("/", query: ["key": "the-kez"], without: "cookie"))
    #expect(wrong.status == 403)
    let first = await desk.answer(bare)
    #expect(first.status == 303)
    #expect(
      first.headers["Set-Cookie"]
        == "xerosync_review_4321=the-token; HttpOnly; SameSite=Strict; Path=/")
    #expect(await desk.answer(bare).status == 403)
    #expect(await desk.answer(Self.get("/")).status == 200)
  }

  struct Stranger: Sendable, CustomTestStringConvertible {
    var name: String
    var request: ReviewRequest
    var testDescription: String { name }
  }

  static let strangers: [Stranger] = [
    Stranger(name: "no cookie", request: get("/pairs", without: "cookie")),
    Stranger(
      name: "a wrong cookie",
      request: get("/pairs", with: ["cookie": "xerosync_review_4321=the-tokem"])),
    Stranger(name: "a name pointed here", request: get("/pairs", with: ["host": "evil.test"])),
    Stranger(
      name: "a name pointed here, with the port",
      request: get("/pairs", with: ["host": "evil.test:4321"])),
    Stranger(name: "no host", request: get("/pairs", without: "host")),
    Stranger(
      name: "another site", request: get("/pairs", with: ["origin": "http://evil.test"])),
    Stranger(
      name: "another site, without origin",
      request: get("/pairs", without: "origin", with: ["sec-fetch-site": "cross-site"])),
    Stranger(
      name: "a change without origin",
      request: request("POST", "/undo", without: "origin", body: "{}")),
    Stranger(
      name: "a form",
      request: request("POST", "/undo", with: ["content-type": "text/plain"], body: "{}")),
    Stranger(name: "an opaque origin", request: request("POST", "/undo", with: ["origin": "null"])),
  ]

  @Test(arguments: strangers) func refuses(_ stranger: Stranger) async {
    let answer = await desk().answer(stranger.request)
    #expect(answer.status == 403)
    #expect(answer.headers["Content-Security-Policy"]?.hasPrefix("default-src 'none'") == true)
  }

  @Test func answersAreKeptAndTakenBack() async throws {
    let desk = await desk()
    let entry = try #require(await desk.session.list.entries.first)
    let linked = await desk.answer(
      Self.request("POST", "/answer", body: #"{"index":0,"answer":"link"}"#))
    #expect(linked.status == 200)
    #expect(await desk.session.decisions.map(\.verdict) == [.link])
    #expect(await desk.answer(Self.request("POST", "/undo", body: "{}")).status == 200)
    #expect(await desk.session.decisions.isEmpty)
    #expect(
      kept.withLock { $0 } == [
        "\(entry.left) \(entry.right) link", "\(entry.left) \(entry.right) -",
      ])
    for body in [#"{"index":99999,"answer":"link"}"#, #"{"index":0,"answer":"x"}"#, "[", ""] {
      #expect(await desk.answer(Self.request("POST", "/answer", body: body)).status == 400)
    }
  }

  @Test func pagesAndSearches() async throws {
    let desk = await desk()
    struct Pairs: Decodable {
      var total: Int
      var found: Int
      var pairs: [Pair]
      struct Pair: Decodable { var left: String }
    }
    func pairs(_ query: [String: String]) async throws -> Pairs {
      let answer = await desk.answer(Self.get("/pairs", query: query))
      return try JSONDecoder().decode(Pairs.self, from: Data(answer.body))
    }
    let all = try await pairs([:])
    #expect(all.total >= 12)
    #expect(try await pairs(["limit": "3", "offset": "1"]).pairs.count == 3)
    let one = try await pairs(["q": "HARBOUR7JOINERY"])
    #expect(one.pairs.contains { $0.left == "Harbour 7 Joinery" })
    #expect(one.found < all.found)
    #expect(try await pairs(["least": "0.5", "most": "0.4"]).found == 0)
  }

  /// Nothing of a record is in the page itself; JSON is typed as such.
  @Test func recordsArriveAsDataOnly() async {
    let desk = await desk()
    let page = await desk.answer(Self.get("/"))
    #expect(!String(decoding: page.body, as: UTF8.self).contains("alert(1)"))
    let data = await desk.answer(Self.get("/pairs"))
    #expect(String(decoding: data.body, as: UTF8.self).contains("alert(1)"))
    #expect(data.headers["Content-Type"] == "application/json")
    #expect(data.headers["X-Content-Type-Options"] == "nosniff")
    let script = await desk.answer(Self.get("/review.js"))
    let code = String(decoding: script.body, as: UTF8.self)
    #expect(!code.contains("innerHTML") && !code.contains("eval("))
    for asset in ["/", "/review.css", "/review.js"] {
      let answer = await desk.answer(Self.get(asset))
      #expect(!String(decoding: answer.body, as: UTF8.self).contains("//cdn"))
      #expect(!String(decoding: answer.body, as: UTF8.self).contains("https:"))
    }
  }
}
