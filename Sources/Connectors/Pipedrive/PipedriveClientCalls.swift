import Domain
import Foundation
import Transport

/// Calls.
extension PipedriveConnector {
  func url(
    _ version: PipedriveVersion, _ path: [String], query: URLQuery = [:]
  ) throws(RemoteError) -> URL {
    var url = base
    for segment in version.path + path { url = try url.endpoint(segment) }
    guard !query.items.isEmpty else { return url }
    guard let full = URL(string: url.absoluteString + "?" + query.percentEncoded) else {
      throw .notSent(reason: "the address could not be built")
    }
    return full
  }

  func get<Answer: Decodable>(
    _ type: Answer.Type, _ path: [String], version: PipedriveVersion = .v2,
    query: URLQuery = [:], priority: CallPriority, label: String
  ) async throws(RemoteError) -> Answer {
    let address = try url(version, path, query: query)
    return try await send(.read(address, priority: priority, label: label), type)
  }

  /// Creates (POST) are never idempotent here: the vendor has no key for it. Setting the same
  /// values twice (PATCH) does no harm.
  func write(
    _ method: HTTPMethod, _ path: [String], _ body: OutgoingJSON, priority: CallPriority,
    label: String
  ) async throws(RemoteError) -> PipedriveRecord {
    let call = Call(
      method, try url(.v2, path), headers: ["Content-Type": "application/json"], body: body.data,
      purpose: .write(idempotent: method == .patch), priority: priority, label: label)
    return try await send(call, PipedriveOne.self).data
  }

  func send<Answer: Decodable>(
    _ call: Call, _ type: Answer.Type
  ) async throws(RemoteError) -> Answer {
    let response: HTTPResponse
    do { response = try await client.call(call) } catch {
      throw PipedriveProblem.understood(error, system: name)
    }
    do { return try JSONReading.decode(type, from: response.body) } catch {
      let reason = "\(call.label): \(JSONReading.reason(error))"
      guard call.purpose.isRead else { throw .outcomeUnknown(reason: reason) }
      throw .unreadable(reason: reason)
    }
  }

  /// All records of a list, page by page.
  func all(
    _ path: [String], query: URLQuery = [:], priority: CallPriority, label: String
  ) async throws(RemoteError) -> [PipedriveRecord] {
    var records: [PipedriveRecord] = []
    var cursor: String?
    repeat {
      var asked = query
      asked.add("limit", String(PipedriveLimit.page))
      if let cursor { asked.add("cursor", cursor) }
      let page = try await get(
        PipedrivePage.self, path, query: asked, priority: priority, label: label)
      // A list that is needed whole must not lose an element in silence.
      guard page.unreadable.isEmpty else {
        throw .unreadable(reason: "\(label): \(page.unreadable[0].reason)")
      }
      records += page.records
      cursor = page.next == cursor ? nil : page.next
    } while cursor != nil
    return records
  }
}

/// Keeps searches apart: their limit is one for the whole company.
actor PipedrivePace {
  private let time: TimeSource
  private var next: Duration?

  init(time: TimeSource) { self.time = time }

  /// Returns when the next search may start.
  func turn() async throws(RemoteError) {
    let now = time.monotonic()
    let start = max(now, next ?? now)
    next = start + PipedriveLimit.searchInterval
    guard start > now else { return }
    do { try await time.sleep(start - now) } catch {
      throw .notSent(reason: "cancelled while waiting for the search limit")
    }
  }
}
