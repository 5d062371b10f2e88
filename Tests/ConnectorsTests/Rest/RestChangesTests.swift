import Connectors
import Domain
import Foundation
import Testing
import Transport

/// How a listing is read again: since when, until where, and what is kept.
@Suite("Described CRM: what changed") struct RestChangesTests {
  private static func row(_ id: Int, _ at: String?) -> String {
    let stamp = at.map { "\"\($0)\"" } ?? "null"
    return #"{"id": \#(id), "name": "D\#(id)", "at": \#(stamp)}"#
  }

  /// The since that a second reading sends, after records of these stamps.
  struct Since: CustomTestStringConvertible, Sendable {
    var name: String
    var parameter: String
    var changed: String
    var stamps: [String]
    var expected: String
    var testDescription: String { name }
  }

  static let sinces = [
    Since(
      name: "the newest stamp less the lag", parameter: "{{since}}",
      changed: "{ strategy: filter }",
      stamps: ["2026-11-10T10:00:00Z", "2026-11-10T12:00:00.789Z"],
      expected: "2026-11-10T11:58:00Z"),
    Since(
      name: "a strict filter: one second more", parameter: "{{since}}",
      changed: "{ strategy: filter, inclusive: false }", stamps: ["2026-11-10T12:00:00Z"],
      expected: "2026-11-10T11:57:59Z"),
    Since(
      name: "days: a day more, for zones", parameter: "{{since | time(date)}}",
      changed: "{ strategy: filter }", stamps: ["2026-11-10T12:00:00Z"], expected: "2026-11-09"),
    Since(
      name: "seconds since 1970", parameter: "{{since | time(epoch_s)}}",
      changed: "{ strategy: filter }", stamps: ["2026-11-10T12:00:00Z"], expected: "1794311880"),
    Since(
      name: "further back", parameter: "{{since}}",
      changed: "{ strategy: filter, lookback_seconds: 3600 }", stamps: ["2026-11-10T12:00:00Z"],
      expected: "2026-11-10T10:58:00Z"),
    Since(
      name: "a record from the future does not hide what comes before it", parameter: "{{since}}",
      changed: "{ strategy: filter }", stamps: ["2026-11-10T12:00:00Z", "2031-01-01T00:00:00Z"],
      expected: "2026-11-19T23:58:00Z"),
  ]

  @Test("the next reading begins where it must", arguments: sinces)
  func since(_ test: Since) async throws {
    let rows = test.stamps.enumerated().map { Self.row($0.offset, $0.element) }
    let script = RestScript { _, _ in
      RestScript.json(#"{"items": [\#(rows.joined(separator: ","))]}"#)
    }
    let connector = try script.connector(
      list: """
          list: { path: /deals, query: { since: "\(test.parameter)" }, records: items }
          changed: \(test.changed)
        """)
    let first = try await connector.page(.deals, from: .start)
    _ = try await connector.page(.deals, from: first.next)
    #expect(script.requests[0].value("since") == nil)
    #expect(script.requests[1].value("since") == test.expected)
  }

  @Test("sorted: reading ends where the known begins; records without a stamp are always new")
  func sorted() async throws {
    let script = RestScript { request, _ in
      let page = Int(request.value("page") ?? "") ?? 0
      let rows =
        page == 1
        ? [
          Self.row(9, "2026-11-19T09:00:00Z"), Self.row(8, nil),
          Self.row(7, "2026-11-10T00:00:00Z"),
        ]
        : [Self.row(6, "2026-11-09T00:00:00Z"), Self.row(5, "2026-11-08T00:00:00Z")]
      return RestScript.json(page < 3 ? "[\(rows.joined(separator: ","))]" : "[]")
    }
    let connector = try script.connector(
      list: """
          list: { path: /deals, query: { page: "{{page}}" }, records: "", paging: { kind: page } }
          changed: { strategy: sorted }
        """)
    var cursor = FeedCursor.start
    var ids: [String] = []
    repeat {
      let page = try await connector.page(.deals, from: cursor)
      ids += page.deals.map(\.id.rawValue)
      cursor = page.next
      if !page.hasMore { break }
    } while true
    #expect(ids == ["9", "8", "7", "6", "5"])
    let again = try await connector.page(.deals, from: cursor)
    #expect(again.deals.map(\.id.rawValue) == ["9", "8"])
    #expect(!again.hasMore)
  }

  @Test("client: the whole list, of which the new is kept; a sweep keeps all")
  func client() async throws {
    let clock = RestClock()
    let rows = [Self.row(1, "2026-11-01T00:00:00Z"), Self.row(2, "2026-11-19T00:00:00Z")]
    let script = RestScript { _, _ in RestScript.json("[\(rows.joined(separator: ","))]") }
    let connector = try script.connector(
      list: """
          list: { path: /deals, records: "" }
          changed: { strategy: client, sweep_hours: 24 }
        """, clock: clock)
    let first = try await connector.page(.deals, from: .start)
    #expect(first.deals.count == 2)
    let second = try await connector.page(.deals, from: first.next)
    #expect(second.deals.map(\.id.rawValue) == ["2"])
    clock.advance(.seconds(25 * 3600))
    let swept = try await connector.page(.deals, from: second.next)
    #expect(swept.deals.count == 2)
  }

  @Test("delta link: goes on at the address it was given; one that is too old begins anew")
  func delta() async throws {
    let script = RestScript { request, count in
      switch request.value("token") {
      case nil:
        RestScript.json(
          #"{"value": [\#(Self.row(1, nil))], "delta": "https://crm.example/api/deals?token=a"}"#)
      case "a":
        RestScript.json(
          #"{"value": [\#(Self.row(2, nil))], "delta": "https://crm.example/api/deals?token=b"}"#)
      default: RestScript.json(#"{"error": "gone"}"#, status: 410)
      }
    }
    let connector = try script.connector(
      list: """
          list: { path: /deals, records: value }
          changed: { strategy: delta_link, link: delta }
        """)
    var page = try await connector.page(.deals, from: .start)
    #expect(page.deals.map(\.id.rawValue) == ["1"])
    page = try await connector.page(.deals, from: page.next)
    #expect(page.deals.map(\.id.rawValue) == ["2"])
    page = try await connector.page(.deals, from: page.next)
    #expect(page.deals.map(\.id.rawValue) == ["1"])
  }

  @Test("long ids, zone-less times and cents pass without a binary fraction")
  func exactness() async throws {
    let script = RestScript { _, _ in
      RestScript.json(
        #"[{"id": 92233720368547758079, "name": "x", "amount": 0.1, "at": "2026-11-01T00:00:00Z"}]"#
      )
    }
    let connector = try script.connector(
      list: "  list: { path: /deals, records: \"\" }\n  changed: { strategy: client }")
    let deal = try await connector.page(.deals, from: .start).deals.first
    #expect(deal?.id.rawValue == "92233720368547758079")
    #expect(deal?.amount?.plain == "0.1")
    #expect(deal?.url == "https://crm.example/deals/92233720368547758079")
  }
}
