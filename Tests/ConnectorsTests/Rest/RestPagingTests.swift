import Connectors
import Domain
import Foundation
import Sandbox
import Testing
import Transport

/// Lists in every form a described API may have, and lists that would never end.
@Suite("Described CRM: paging") struct RestPagingTests {
  /// One way of paging, and a server that has five deals on three pages of it.
  struct Way: CustomTestStringConvertible, Sendable {
    var name: String
    var list: String
    var answer: RestScript.Rule
    var testDescription: String { name }
  }

  static func rows(_ range: Range<Int>) -> String {
    let rows = range.map {
      #"{"id": \#($0), "name": "D\#($0)", "at": "2026-11-01T00:00:0\#($0)Z"}"#
    }
    return "[" + rows.joined(separator: ",") + "]"
  }

  private static let sorted = "  changed: { strategy: client }"

  static let ways: [Way] = [
    Way(
      name: "none",
      list: "  list: { path: /deals, records: items }\n\(sorted)",
      answer: { _, _ in RestScript.json(#"{"items": \#(rows(0..<5))}"#) }),
    Way(
      name: "page",
      list: """
          list: { path: /deals, query: { page: "{{page}}" }, records: items, paging: { kind: page, first: 1, size: 2 } }
        \(sorted)
        """,
      answer: { request, _ in
        let page = Int(request.value("page") ?? "") ?? 0
        return RestScript.json(#"{"items": \#(rows((page - 1) * 2..<min(page * 2, 5)))}"#)
      }),
    Way(
      name: "page, with the number of pages",
      list: """
          list: { path: /deals, query: { page: "{{page}}" }, records: items, paging: { kind: page, first: 0, pages: meta.pages } }
        \(sorted)
        """,
      answer: { request, _ in
        let page = Int(request.value("page") ?? "") ?? 9
        return RestScript.json(
          #"{"items": \#(rows(page * 2..<min(page * 2 + 2, 5))), "meta": {"pages": 3}}"#)
      }),
    Way(
      name: "offset",
      list: """
          list: { path: /deals, query: { skip: "{{offset}}", top: "{{size}}" }, records: "", paging: { kind: offset, size: 2 } }
        \(sorted)
        """,
      answer: { request, _ in
        let skip = Int(request.value("skip") ?? "") ?? 9
        return RestScript.json(rows(skip..<min(skip + 2, 5)))
      }),
    Way(
      name: "cursor in the body, sent in the body",
      list: """
          list: { method: POST, path: /search, body: { after: "{{cursor}}" }, records: "data[*].rows", paging: { kind: cursor, path: next } }
        \(sorted)
        """,
      answer: { request, _ in
        let at = ["{}": 0, #"{"after":"c2"}"#: 2, #"{"after":"c4"}"#: 4][request.sentText] ?? 9
        let next = at < 4 ? #""c\#(at + 2)""# : "null"
        return RestScript.json(
          #"{"data": [{"rows": \#(rows(at..<min(at + 2, 5)))}], "next": \#(next)}"#)
      }),
    Way(
      name: "cursor in a header",
      list: """
          list: { path: /deals, query: { cursor: "{{cursor}}" }, records: "", paging: { kind: cursor_header, header: x-next, start: "-1" } }
        \(sorted)
        """,
      answer: { request, _ in
        let at = ["-1": 0, "b": 2, "c": 4][request.value("cursor") ?? ""] ?? 9
        let next = [0: "b", 2: "c"][at].map { [(name: "X-Next", value: $0)] } ?? []
        return RestScript.json(rows(at..<min(at + 2, 5)), next)
      }),
    Way(
      name: "address of the next page in the body",
      list: """
          list: { path: /deals, records: value, paging: { kind: next_url, path: "[\\"@odata.nextLink\\"]" } }
        \(sorted)
        """,
      answer: { request, _ in
        let at = Int(request.value("at") ?? "0") ?? 9
        let next = at < 4 ? #","@odata.nextLink": "/api/deals?at=\#(at + 2)""# : ""
        return RestScript.json(#"{"value": \#(rows(at..<min(at + 2, 5)))\#(next)}"#)
      }),
    Way(
      name: "Link header",
      list: "  list: { path: /deals, records: \"\", paging: { kind: link_header } }\n\(sorted)",
      answer: { request, _ in
        let at = Int(request.value("at") ?? "0") ?? 9
        let link =
          #"<https://crm.example/x>; rel="prev", <https://crm.example/api/deals?at=\#(at + 2)>; rel="next""#
        return RestScript.json(
          rows(at..<min(at + 2, 5)), at < 4 ? [(name: "Link", value: link)] : [])
      }),
  ]

  @Test(
    "every way of paging reads each record once, in as many calls as there are pages",
    arguments: ways)
  func everyWay(_ way: Way) async throws {
    let script = RestScript(way.answer)
    let connector = try script.connector(list: way.list)
    var cursor = FeedCursor.start
    var ids: [String] = []
    for _ in 0..<10 {
      let page = try await connector.page(.deals, from: cursor)
      ids += page.deals.map(\.id.rawValue)
      cursor = page.next
      if !page.hasMore { break }
    }
    #expect(ids == ["0", "1", "2", "3", "4"])
    #expect(script.requests.count == (way.name == "none" ? 1 : 3))
    #expect(cursor.highWater == Instant("2026-11-01T00:00:04Z"))
    #expect(cursor.position == nil)
  }

  /// A list that is wrong, and the words that say so.
  struct Wrong: CustomTestStringConvertible, Sendable {
    var name: String
    var list: String
    var words: String
    var answer: RestScript.Rule
    var testDescription: String { name }
  }

  static let wrongs: [Wrong] = [
    Wrong(
      name: "the page number is not heeded",
      list: """
          list: { path: /deals, query: { p: "{{page}}" }, records: items, paging: { kind: page, size: 2 } }
        \(sorted)
        """, words: "holds the same records as the one before",
      answer: { _, _ in RestScript.json(#"{"items": \#(rows(0..<2))}"#) }),
    Wrong(
      name: "the cursor stands still",
      list: """
          list: { path: /deals, query: { c: "{{cursor}}" }, records: items, paging: { kind: cursor, path: next } }
        \(sorted)
        """, words: "the cursor it was asked with",
      answer: { _, count in
        RestScript.json(#"{"items": \#(rows(count..<count + 1)), "next": "same"}"#)
      }),
    Wrong(
      name: "pages without end",
      list: """
          list: { path: /deals, query: { c: "{{cursor}}" }, records: items, paging: { kind: cursor, path: next } }
        \(sorted)
        """, words: "more than 3 pages",
      answer: { _, count in
        RestScript.json(#"{"items": [{"id": \#(count), "name": ""}], "next": "c\#(count)"}"#)
      }),
    Wrong(
      name: "the next page is on another host",
      list:
        "  list: { path: /deals, records: items, paging: { kind: next_url, path: next } }\n\(sorted)",
      words: "which is not crm",
      answer: { _, _ in
        RestScript.json(
          #"{"items": \#(rows(0..<2)), "next": "https://evil.example/api/deals?at=2"}"#)
      }),
    Wrong(
      name: "the records are elsewhere",
      list: "  list: { path: /deals, records: data.rows }\n\(sorted)",
      words: "the path “data.rows” leads nowhere in the answer; its keys are items, meta",
      answer: { _, _ in RestScript.json(#"{"items": [], "meta": {}}"#) }),
    Wrong(
      name: "the path leads to a number",
      list: "  list: { path: /deals, records: meta.count }\n\(sorted)",
      words: "leads to a number, not to records",
      answer: { _, _ in RestScript.json(#"{"items": [], "meta": {"count": 3}}"#) }),
    Wrong(
      name: "a list that should be sorted is not",
      list: "  list: { path: /deals, records: items }\n  changed: { strategy: sorted }",
      words: "not sorted by its time of change",
      answer: { _, _ in RestScript.json(#"{"items": \#(rows(0..<3))}"#) }),
  ]

  @Test(
    "a list that would never end, or lose records, is an error with a way out", arguments: wrongs)
  func wrong(_ wrong: Wrong) async throws {
    let script = RestScript(wrong.answer)
    let connector = try script.connector(list: wrong.list, connection: "limits: { pages: 3 }")
    var cursor = FeedCursor.start
    var message = ""
    for _ in 0..<10 {
      do {
        let page = try await connector.page(.deals, from: cursor)
        cursor = page.next
        if !page.hasMore { break }
      } catch {
        message = "\(error)"
        break
      }
    }
    #expect(message.contains(wrong.words), "\(message)")
    #expect(script.requests.allSatisfy { $0.url.host == "crm.example" })
    #expect(!message.contains("sandbox-token"))
  }

  @Test("a record without an id or with a bad amount is rejected alone")
  func rejected() async throws {
    let script = RestScript { _, _ in
      RestScript.json(
        #"{"items": [{"name": "no id"}, {"id": 2, "name": "bad", "amount": "many"}, {"id": 3, "name": "good", "amount": "12.345678901"}]}"#
      )
    }
    let connector = try script.connector(
      list: "  list: { path: /deals, records: items }\n  changed: { strategy: client }")
    let page = try await connector.page(.deals, from: .start)
    #expect(page.deals.map(\.id.rawValue) == ["3"])
    #expect(page.deals.first?.amount?.plain == "12.345678901")
    #expect(page.rejected.map(\.subject.id) == ["unknown", "2"])
    #expect(page.rejected[0].reason == "the deal has no id at “id”; its keys are name")
    #expect(page.rejected[1].reason == "amount (amount) is a text, not a number")
  }
}
