import Domain
import Foundation
import Synchronization
import Transport

/// Answers recorded beside a description: what the system says to which request.
final class RestRecording: Sendable {
  struct Exchange: Sendable {
    var method: String
    var path: String
    /// Nil: any query, any body.
    var query: [String: String]?
    var body: RestValue?
    /// The variables of a GraphQL request, whose query is not repeated.
    var variables: RestValue?
    var status: Int
    var headers: [(name: String, value: String)]
    var answer: Data
    var origin: Domain.Origin
  }

  private struct State {
    var used: Set<Int> = []
    var strangers: [String] = []
  }

  private let exchanges: [Exchange]
  private let prefix: String
  private let state = Mutex(State())

  /// `prefix`: the path of the base address, which requests begin with.
  init(_ exchanges: [Exchange], prefix: String) {
    self.exchanges = exchanges
    self.prefix = prefix
  }

  /// Answers in the order they are recorded; the last of equal ones stays.
  var exchange: HTTPExchange {
    HTTPExchange { request, _ throws(HTTPFailure) in
      guard let answer = self.answer(to: request) else {
        throw .notSent("no recorded answer")
      }
      return answer
    }
  }

  /// Requests nobody recorded an answer for, each once.
  var strangers: [String] { state.withLock { $0.strangers } }

  /// Exchanges nothing asked for.
  var unused: [Exchange] {
    let used = state.withLock { $0.used }
    return exchanges.indices.filter { !used.contains($0) }.map { exchanges[$0] }
  }

  private func answer(to request: HTTPRequest) -> HTTPResponse? {
    let parts = URLComponents(url: request.url, resolvingAgainstBaseURL: false)
    var path = parts?.percentEncodedPath ?? ""
    if path.hasPrefix(prefix) { path.removeFirst(prefix.count) }
    var query: [String: String] = [:]
    for item in parts?.queryItems ?? [] { query[item.name] = item.value ?? "" }
    let body = request.body.flatMap { try? RestValue.decode($0) }
    return state.withLock { state in
      let fitting = exchanges.indices.filter {
        exchanges[$0].fits(request.method.rawValue, path, query, body)
      }
      guard let index = fitting.first(where: { !state.used.contains($0) }) ?? fitting.last else {
        let text = Self.words(request, path, query)
        if !state.strangers.contains(text) { state.strangers.append(text) }
        return nil
      }
      state.used.insert(index)
      let found = exchanges[index]
      return HTTPResponse(
        status: found.status, headers: HTTPHeaders(found.headers), body: found.answer)
    }
  }

  private static func words(
    _ request: HTTPRequest, _ path: String, _ query: [String: String]
  ) -> String {
    let asked = query.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
    let body = request.body.map { " with " + String(decoding: $0, as: UTF8.self) } ?? ""
    return "\(request.method.rawValue) \(path)"
      + (asked.isEmpty ? "" : "?" + asked.joined(separator: "&")) + body
  }
}

extension RestRecording.Exchange {
  func fits(
    _ method: String, _ path: String, _ query: [String: String], _ body: RestValue?
  ) -> Bool {
    guard self.method == method, Self.same(self.path, path) else { return false }
    if let wanted = self.query, wanted != query { return false }
    if let wanted = self.body, wanted != body { return false }
    if let wanted = variables, wanted != body?["variables"] { return false }
    return true
  }

  private static func same(_ left: String, _ right: String) -> Bool {
    left == right || left.removingPercentEncoding == right.removingPercentEncoding
  }
}

extension RestReader {
  /// The exchanges of a file of recorded answers.
  mutating func exchanges(_ section: RestSection) -> [RestRecording.Exchange] {
    guard let node = section["exchanges"], case .list(let items) = node.content else {
      report(section.origin, "exchanges is required", "list requests with their answers")
      return []
    }
    return items.enumerated().compactMap { index, item in
      exchange(item, "exchanges[\(index)]")
    }
  }

  private mutating func exchange(
    _ node: DocumentNode, _ path: String
  ) -> RestRecording.Exchange? {
    let known = ["method", "path", "query", "send", "variables", "status", "headers", "answer"]
    guard let section = section(node, path, known: known, required: ["path"]) else { return nil }
    let words = HTTPMethod.allCases.map(\.rawValue)
    var exchange = RestRecording.Exchange(
      method: choice(section, "method", words) ?? "GET", path: text(section, "path") ?? "",
      query: nil, body: nil, variables: nil, status: integer(section, "status", 200...599) ?? 200,
      headers: [],
      answer: Data(), origin: node.origin)
    if section["query"] != nil {
      var query: [String: String] = [:]
      for pair in pairs(section, "query", .plain) { query[pair.name] = pair.value.text }
      exchange.query = query
    }
    exchange.body = section["send"].map(RestValue.init)
    exchange.variables = section["variables"].map(RestValue.init)
    exchange.headers = pairs(section, "headers", .plain).map { ($0.name, $0.value.text) }
    if let answer = section["answer"] {
      exchange.answer = RestValue(answer).outgoing.data
      exchange.headers.append((name: "Content-Type", value: "application/json"))
    }
    return exchange
  }
}
