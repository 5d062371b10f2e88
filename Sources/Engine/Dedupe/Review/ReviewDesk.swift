internal import Foundation
internal import Matcher

/// A request as the review page's server hands it on.
package struct ReviewRequest: Sendable {
  package var method: String
  /// Without the query.
  package var path: String
  package var query: [String: String]
  /// Names in lower case.
  package var headers: [String: String]
  package var body: [UInt8]

  package init(
    method: String, path: String, query: [String: String] = [:], headers: [String: String] = [:],
    body: [UInt8] = []
  ) {
    self.method = method
    self.path = path
    self.query = query
    self.headers = headers
    self.body = body
  }
}

/// What is answered.
package struct ReviewResponse: Sendable {
  package var status: Int
  package var headers: [String: String]
  package var body: [UInt8]
}

/// The review page behind its door: reachable only from this machine, only with the key, and
/// only by the page itself.
package actor ReviewDesk {
  package private(set) var session: ReviewSession
  private let door: ReviewDoor
  private var isKeyUsed = false
  private var isFinished = false
  /// Keeps an answer beyond this process; nil: it was taken back.
  private let keep: @Sendable (_ left: String, _ right: String, Decision.Verdict?) throws -> Void
  private let finish: @Sendable () -> Void

  package init(
    session: ReviewSession, door: ReviewDoor,
    keep: @escaping @Sendable (_ left: String, _ right: String, Decision.Verdict?) throws -> Void,
    finish: @escaping @Sendable () -> Void
  ) {
    self.session = session
    self.door = door
    self.keep = keep
    self.finish = finish
  }

  package func answer(_ request: ReviewRequest) -> ReviewResponse {
    var response = admitted(request)
    response.headers.merge(ReviewDoor.headers) { own, _ in own }
    return response
  }

  private func admitted(_ request: ReviewRequest) -> ReviewResponse {
    guard door.isOwnHost(request), door.isOwnOrigin(request) else {
      return .text(403, "Forbidden.")
    }
    if request.path == "/", let key = request.query["key"] {
      guard !isKeyUsed, door.isKey(key) else {
        return door.hasCookie(request)
          ? .redirect(cookie: nil)
          : .text(403, "This address was used already. Start the review again for a new one.")
      }
      isKeyUsed = true
      return .redirect(cookie: door.cookie)
    }
    guard door.hasCookie(request) else {
      return .text(403, "Open the address that the program printed.")
    }
    switch (request.method, request.path) {
    case ("GET", "/"): return .page(ReviewPage.html, "text/html; charset=utf-8")
    case ("GET", "/review.css"): return .page(ReviewPage.css, "text/css; charset=utf-8")
    case ("GET", "/review.js"):
      return .page(ReviewPage.script, "text/javascript; charset=utf-8")
    case ("GET", "/pairs"): return .json(pairs(request.query))
    case ("GET", "/pair"): return pair(request.query)
    case ("POST", "/answer"), ("POST", "/undo"), ("POST", "/finish"): return change(request)
    case ("GET", _): return .text(404, "Not found.")
    case _: return .text(405, "Not allowed.")
    }
  }

  // MARK: reading

  private struct PairsDocument: Encodable {
    var total: Int
    var answered: Int
    var decided: Int
    var found: Int
    var undoable: Bool
    var pairs: [Line]
  }

  private struct Line: Encodable {
    var index: Int
    var score: Float
    var band: String
    var inside: Bool
    var left: String
    var right: String
    var answer: String?
  }

  private static let pageMax = 200

  private func pairs(_ query: [String: String]) -> PairsDocument {
    var filter = ReviewSession.Filter()
    filter.text = query["q"] ?? ""
    filter.least = query["least"].flatMap(Float.init) ?? 0
    filter.most = query["most"].flatMap(Float.init) ?? 1
    filter.status = query["status"].flatMap(ReviewSession.Filter.Status.init) ?? .open
    let found = session.indices(filter)
    let offset = max(0, query["offset"].flatMap { Int($0) } ?? 0)
    let limit = min(Self.pageMax, max(1, query["limit"].flatMap { Int($0) } ?? 50))
    let lines = found.dropFirst(offset).prefix(limit).map { index in
      let entry = session.list.entries[index]
      return Line(
        index: index, score: entry.score, band: entry.band.rawValue, inside: entry.isInside,
        left: name(entry.left), right: name(entry.right),
        answer: session.answer(at: index)?.rawValue)
    }
    return PairsDocument(
      total: session.list.entries.count, answered: session.answered, decided: session.decided,
      found: found.count, undoable: session.isUndoable, pairs: lines)
  }

  private func name(_ subject: String) -> String {
    let name = session.record(subject)?.name ?? ""
    return name.isEmpty ? subject : name
  }

  private struct PairDocument: Encodable {
    var index: Int
    var left: String
    var right: String
    var score: String
    var band: String
    var inside: Bool
    var answer: String?
    var rows: [PairComparison.Row]
    var reasons: [Evidence]
  }

  private struct Evidence: Encodable {
    var evidence: String
    var weight: Double
  }

  private func pair(_ query: [String: String]) -> ReviewResponse {
    guard let index = query["index"].flatMap({ Int($0) }),
      session.list.entries.indices.contains(index)
    else { return .text(404, "There is no such pair.") }
    let entry = session.list.entries[index]
    let comparison = PairComparison(session.record(entry.left), session.record(entry.right))
    let reasons = session.list.reasons(of: entry).map {
      Evidence(evidence: $0.evidence, weight: $0.weight)
    }
    return .json(
      PairDocument(
        index: index, left: entry.left, right: entry.right,
        score: String(DedupeList.text(of: entry.score).prefix(8)), band: entry.band.rawValue,
        inside: entry.isInside, answer: session.answer(at: index)?.rawValue,
        rows: comparison.rows, reasons: reasons))
  }

  // MARK: changing

  private struct Order: Decodable {
    var index: Int?
    var answer: String?
  }

  private struct Done: Encodable {
    var index: Int?
    var finished: Bool
  }

  private func change(_ request: ReviewRequest) -> ReviewResponse {
    guard door.isOwnChange(request) else { return .text(403, "Forbidden.") }
    guard !isFinished else { return .text(409, "The review is finished.") }
    guard let order = try? JSONDecoder().decode(Order.self, from: Data(request.body)) else {
      return .text(400, "Not understood.")
    }
    do {
      switch request.path {
      case "/answer":
        guard let index = order.index,
          let answer = order.answer.flatMap(ReviewSession.Answer.init),
          session.answer(answer, at: index)
        else { return .text(400, "There is no such pair or answer.") }
        try save(index)
        return .json(Done(index: index, finished: false))
      case "/undo":
        let index = session.undo()
        if let index { try save(index) }
        return .json(Done(index: index, finished: false))
      case _:
        isFinished = true
        finish()
        return .json(Done(index: nil, finished: true))
      }
    } catch {
      return .text(500, "The answer could not be kept. Is the disk full?")
    }
  }

  private func save(_ index: Int) throws {
    let entry = session.list.entries[index]
    try keep(entry.left, entry.right, session.verdict(at: index))
  }
}

extension ReviewResponse {
  static func text(_ status: Int, _ text: String) -> ReviewResponse {
    ReviewResponse(
      status: status, headers: ["Content-Type": "text/plain; charset=utf-8"],
      body: Array((text + "\n").utf8))
  }

  static func page(_ text: String, _ type: String) -> ReviewResponse {
    ReviewResponse(status: 200, headers: ["Content-Type": type], body: Array(text.utf8))
  }

  static func json(_ value: some Encodable) -> ReviewResponse {
    guard let data = try? JSONEncoder().encode(value) else { return .text(500, "Not encodable.") }
    return ReviewResponse(
      status: 200, headers: ["Content-Type": "application/json"], body: Array(data))
  }

  static func redirect(cookie: String?) -> ReviewResponse {
    var headers = ["Location": "/"]
    headers["Set-Cookie"] = cookie
    return ReviewResponse(status: 303, headers: headers, body: [])
  }
}
