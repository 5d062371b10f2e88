import Domain
import Foundation
import Transport

/// Calls.
extension SalesforceConnector {
  func url(_ path: [String], query: URLQuery = [:]) throws(RemoteError) -> URL {
    var url = base
    for segment in ["services", "data", version] + path { url = try url.endpoint(segment) }
    guard !query.items.isEmpty else { return url }
    guard let full = URL(string: url.absoluteString + "?" + query.percentEncoded) else {
      throw .notSent(reason: "the address could not be built")
    }
    return full
  }

  func get<Answer: Decodable>(
    _ type: Answer.Type, _ path: [String], query: URLQuery = [:], priority: CallPriority,
    label: String
  ) async throws(RemoteError) -> Answer {
    let address = try url(path, query: query)
    return try await send(.read(address, priority: priority, label: label), type)
  }

  func send<Answer: Decodable>(
    _ call: Call, _ type: Answer.Type
  ) async throws(RemoteError) -> Answer {
    let response = try await client.call(call)
    do { return try JSONReading.decode(type, from: response.body) } catch {
      let reason = "\(call.label): \(JSONReading.reason(error))"
      guard call.purpose.isRead else { throw .outcomeUnknown(reason: reason) }
      throw .unreadable(reason: reason)
    }
  }

  /// One page of a query. `isAll`: deleted rows, too.
  func query(
    _ text: String, isAll: Bool, priority: CallPriority, label: String
  ) async throws(RemoteError) -> SalesforcePage {
    try await get(
      SalesforcePage.self, [isAll ? "queryAll" : "query"], query: ["q": text],
      priority: priority, label: label)
  }

  /// All rows of a query, page by page. A row that cannot be read fails it: a list that is needed
  /// whole must not lose one in silence.
  func rows(
    _ text: String, isAll: Bool = false, priority: CallPriority, label: String
  ) async throws(RemoteError) -> [SalesforceRecord] {
    let found: Rows
    do {
      found = try await pages(text, isAll: isAll, priority: priority, label: label)
    } catch { throw SalesforceProblem.understood(error, system: name) }
    guard found.unreadable.isEmpty else {
      throw .unreadable(reason: "\(label): \(found.unreadable[0].reason)")
    }
    return found.records
  }

  typealias Rows = (
    records: [SalesforceRecord], unreadable: [(id: String?, reason: String)]
  )

  /// All rows, with those that cannot be read told apart. Errors are the vendor's own.
  func pages(
    _ text: String, isAll: Bool, priority: CallPriority, label: String
  ) async throws(RemoteError) -> Rows {
    do {
      return try await walked(text, isAll: isAll, priority: priority, label: label)
    } catch {
      // The vendor keeps few cursors open and closes the oldest: the query starts again.
      guard SalesforceProblem.has("INVALID_QUERY_LOCATOR", error) else { throw error }
    }
    return try await walked(text, isAll: isAll, priority: priority, label: label)
  }

  /// A read of columns that a list of fields named: where a field was taken away or hidden since,
  /// the lists are read anew, once.
  func learning<Value: Sendable>(
    _ read: () async throws(RemoteError) -> Value
  ) async throws(RemoteError) -> Value {
    do { return try await read() } catch {
      guard SalesforceProblem.has("INVALID_FIELD", error) else {
        throw SalesforceProblem.understood(error, system: name)
      }
    }
    await memory.forgetFields()
    do { return try await read() } catch {
      throw SalesforceProblem.understood(error, system: name)
    }
  }

  private func walked(
    _ text: String, isAll: Bool, priority: CallPriority, label: String
  ) async throws(RemoteError) -> Rows {
    var page = try await query(text, isAll: isAll, priority: priority, label: label)
    var rows: Rows = (page.records, page.unreadable)
    while !page.isDone {
      guard let next = page.next else {
        throw .unreadable(reason: "\(label): the next page is not named")
      }
      let address = try nextPage(next)
      page = try await send(.read(address, priority: priority, label: label), SalesforcePage.self)
      rows.records += page.records
      rows.unreadable += page.unreadable
    }
    return rows
  }

  /// The next page's address: a path of the organisation's own, never another host.
  private func nextPage(_ text: String) throws(RemoteError) -> URL {
    let isPath = text.hasPrefix("/services/data/")
    guard let url = URL(string: isPath ? Self.trimmed(base) + text : text) else {
      throw .unreadable(reason: "the next page's address makes no sense")
    }
    return try client.checked(nextPage: url)
  }

  private static func trimmed(_ url: URL) -> String {
    var text = url.absoluteString
    while text.hasSuffix("/") { text.removeLast() }
    return text
  }

  /// The organisation's own page of a record: the form that leads there in either interface.
  func page(of id: String) -> String { "\(Self.trimmed(base))/\(id)" }

  func post(
    _ method: HTTPMethod, _ path: [String], _ body: OutgoingJSON, priority: CallPriority,
    label: String
  ) throws(RemoteError) -> Call {
    Call(
      method, try url(path), headers: ["Content-Type": "application/json"], body: body.data,
      purpose: .write(idempotent: method == .patch), priority: priority, label: label)
  }
}

/// Waits between repeats of a locked row: longer each time, and not in step with others.
struct SalesforcePatience: Sendable {
  var time: TimeSource
  var passDeadline: Duration
  var seed: UInt64

  /// False where the wait does not fit the pass.
  func wait(_ tries: Int) async -> Bool {
    let mixed = (seed &+ UInt64(tries)) &* 6_364_136_223_846_793_005
    let length = Duration.milliseconds((500 << tries) + Int((mixed >> 33) % 500))
    guard time.monotonic() + length < passDeadline else { return false }
    do { try await time.sleep(length) } catch { return false }
    return true
  }
}
