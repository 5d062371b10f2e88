import Domain
import Foundation
import Transport

/// Calls.
extension ZohoConnector {
  func url(_ path: [String], query: URLQuery = [:]) throws(RemoteError) -> URL {
    var url = base
    for segment in ["crm", "v8"] + path { url = try url.endpoint(segment) }
    guard !query.items.isEmpty else { return url }
    guard let full = URL(string: url.absoluteString + "?" + query.percentEncoded) else {
      throw .notSent(reason: "the address could not be built")
    }
    return full
  }

  /// A page of a list. Nothing found and nothing changed come without a body.
  func page(
    _ path: [String], query: URLQuery, since: Instant? = nil, priority: CallPriority,
    label: String
  ) async throws(RemoteError) -> ZohoPage {
    var headers: [String: String] = [:]
    if let since { headers["If-Modified-Since"] = Self.text(since) }
    let call = Call.read(
      try url(path, query: query), headers: headers, priority: priority, label: label)
    return try await send(call, ZohoPage.self) ?? ZohoPage()
  }

  /// Settings of the organisation; empty where it has none.
  func settingsList(
    _ path: [String], query: URLQuery = [:], label: String
  ) async throws(RemoteError) -> ZohoSettingsList? {
    try await send(
      .read(try url(path, query: query), priority: .money, label: label), ZohoSettingsList.self)
  }

  /// The answer, read; nil for one without content.
  func send<Answer: Decodable>(
    _ call: Call, _ type: Answer.Type
  ) async throws(RemoteError) -> Answer? {
    let response: HTTPResponse
    do { response = try await client.call(call) } catch {
      throw ZohoProblem.understood(
        error, system: name, isSelfClient: settings.auth.flow.value == "refresh_token")
    }
    if response.status == 204 || response.status == 304 { return nil }
    do { return try JSONReading.decode(type, from: response.body) } catch {
      let reason = "\(call.label): \(JSONReading.reason(error))"
      guard call.purpose.isRead else { throw .outcomeUnknown(reason: reason) }
      throw .unreadable(reason: reason)
    }
  }

  /// Whole seconds with an offset: what the vendor keeps, and never later than the moment.
  static func text(_ moment: Instant) -> String {
    let floor = moment.milliseconds >= 0 ? moment.milliseconds / 1000 * 1000 : 0
    return Instant(milliseconds: floor).description.replacing("Z", with: "+00:00")
  }

  /// All records of a list, page by page.
  func all(
    _ path: [String], query: URLQuery = [:], priority: CallPriority, label: String
  ) async throws(RemoteError) -> [ZohoRecord] {
    var records: [ZohoRecord] = []
    var token: String?
    repeat {
      var asked = query
      asked.add("per_page", String(ZohoLimit.page))
      if let token { asked.add("page_token", token) }
      let page = try await page(path, query: asked, priority: priority, label: label)
      records += try page.whole(label)
      guard page.hasMore else { return records }
      guard let next = page.token, next != token else {
        throw .unreadable(reason: "\(label): more was promised and no way to it")
      }
      token = next
    } while true
  }
}

extension ZohoPage {
  /// All of its records: a list that is needed whole must not lose an element in silence.
  func whole(_ label: String) throws(RemoteError) -> [ZohoRecord] {
    guard let first = unreadable.first else { return records }
    throw .unreadable(reason: "\(label): \(first.reason)")
  }
}

/// Writes.
extension ZohoConnector {
  /// Sends rows; one outcome a row, in order. Where the vendor turns a whole request down, its
  /// rows are sent one by one: a bad one must not stop the others.
  func write(
    _ method: HTTPMethod, _ module: ZohoModule, _ rows: [OutgoingJSON], label: String
  ) async -> [ZohoRowOutcome] {
    var outcomes: [ZohoRowOutcome] = []
    for batch in rows.batches(of: ZohoLimit.rows) {
      outcomes += await send(method, module, Array(batch), label)
    }
    return outcomes
  }

  private func send(
    _ method: HTTPMethod, _ module: ZohoModule, _ rows: [OutgoingJSON], _ label: String
  ) async -> [ZohoRowOutcome] {
    let answer: ZohoWriteAnswer?
    do {
      let body = OutgoingJSON.fields([
        ("data", .array(rows)), ("trigger", automation.trigger),
      ])
      // Setting the same values twice does no harm; creating has no key.
      let call = Call(
        method, try url([module.rawValue]), headers: ["Content-Type": "application/json"],
        body: body.data, purpose: .write(idempotent: method == .put), priority: module.priority,
        label: label)
      answer = try await send(call, ZohoWriteAnswer.self)
    } catch {
      return await judged(error, method, module, rows, label)
    }
    guard let answer, answer.rows.count == rows.count else {
      return rows.map { _ in .unknown(reason: "\(label): not one answer for each record") }
    }
    return answer.rows.map(ZohoRowOutcome.init)
  }

  private func judged(
    _ error: RemoteError, _ method: HTTPMethod, _ module: ZohoModule, _ rows: [OutgoingJSON],
    _ label: String
  ) async -> [ZohoRowOutcome] {
    guard case .refused(let refusal) = error else {
      return rows.map { _ in ZohoRowOutcome(error) }
    }
    if let answer = try? JSONReading.decode(ZohoWriteAnswer.self, from: refusal.body),
      answer.rows.count == rows.count
    {
      return answer.rows.map(ZohoRowOutcome.init)
    }
    guard rows.count > 1 else { return [ZohoRowOutcome(error)] }
    var outcomes: [ZohoRowOutcome] = []
    for row in rows { outcomes += await send(method, module, [row], label) }
    return outcomes
  }
}
