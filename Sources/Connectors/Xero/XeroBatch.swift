internal import Domain
internal import Foundation
internal import Transport

/// A kind of batched write: where it goes, how an element is built, read and recognised.
struct XeroBatch<Content: Sendable, Record: XeroRecord, Value: Sendable>: Sendable {
  var method: HTTPMethod
  var query: URLQuery
  var priority: CallPriority
  var label: String
  var body: @Sendable (Content) -> XeroBody.Built
  var value: @Sendable (Record) throws(ConversionError) -> Value
  /// The verdict of an element, and the errors inside it.
  var verdict: @Sendable (Record) -> (XeroVerdict, errors: [String])
  /// Whether an answered element can be the one that was sent in its place.
  var fits: @Sendable (Content, Value) -> Bool
}

/// One write on its way, with its place among the caller's writes.
private struct Pending<Content: Sendable> {
  var index: Int
  var write: KeyedWrite<Content>
  var body: OutgoingJSON
}

extension XeroConnector {
  /// Sends the writes in batches and judges each alone.
  func perform<Content, Record, Value>(
    _ batch: XeroBatch<Content, Record, Value>, _ writes: [KeyedWrite<Content>]
  ) async -> [WriteOutcome<Value>] {
    var outcomes: [WriteOutcome<Value>] = Array(
      repeating: .notSent(reason: "not reached"), count: writes.count)
    var pending: [Pending<Content>] = []
    for (index, write) in writes.enumerated() {
      switch batch.body(write.content) {
      case .success(let body): pending.append(Pending(index: index, write: write, body: body))
      case .failure(let refusal): outcomes[index] = .refused(refusal)
      }
    }
    guard !pending.isEmpty else { return outcomes }
    let tenant: XeroSession.Tenant
    do { tenant = try await session.current() } catch {
      for entry in pending { outcomes[entry.index] = .notSent(reason: "\(error)") }
      return outcomes
    }
    for chunk in pending.batches(of: capabilities.writesPerCall) {
      for (index, outcome) in await send(Array(chunk), batch, tenant) { outcomes[index] = outcome }
    }
    return outcomes
  }

  private func send<Content, Record, Value>(
    _ chunk: [Pending<Content>], _ batch: XeroBatch<Content, Record, Value>,
    _ tenant: XeroSession.Tenant
  ) async -> [(Int, WriteOutcome<Value>)] {
    func all(_ outcome: WriteOutcome<Value>) -> [(Int, WriteOutcome<Value>)] {
      chunk.map { ($0.index, outcome) }
    }
    let body = OutgoingJSON.fields([
      (Record.listKey, .array(chunk.map(\.body)))
    ]).data
    // The vendor advises about 3.5 MB a request.
    if chunk.count > 1, body.count > 3_000_000 { return await halves(chunk, batch, tenant) }
    do {
      let response = try await client.call(
        call(batch, body, chunk.map(\.write.key), tenant))
      return judged(chunk, batch, response.body)
    } catch {
      switch await session.explained(error) {
      case .outcomeUnknown(let reason), .unreadable(let reason):
        return all(.unknown(reason: reason))
      case .refused(let refusal):
        return await refused(chunk, batch, tenant, refusal)
      case let other:
        return all(.notSent(reason: "\(other)"))
      }
    }
  }

  private func call<Content, Record, Value>(
    _ batch: XeroBatch<Content, Record, Value>, _ body: Data, _ keys: [String],
    _ tenant: XeroSession.Tenant
  ) throws(RemoteError) -> Call {
    var query = batch.query
    query.add("summarizeErrors", "false")
    let url = try api.endpoint(Record.listKey, query: query)
    return write(batch.method, url, body, keys, tenant, batch.priority, batch.label)
  }

  /// A write of any kind. Another body is another request, so it is part of the key; Xero keeps
  /// a key for minutes only, so it protects this pass and nothing later.
  func write(
    _ method: HTTPMethod, _ url: URL, _ body: Data, _ keys: [String],
    _ tenant: XeroSession.Tenant, _ priority: CallPriority, _ label: String,
    expects: ExpectedBody = .json
  ) -> Call {
    var headers = Self.headers(tenant)
    headers["Content-Type"] = "application/json; charset=utf-8"
    headers["Accept"] = "application/json"
    headers["Idempotency-Key"] = StableHash.hex(
      [tenant.id, method.rawValue, url.absoluteString] + keys
        + [StableHash.hex(bytes: Array(body))])
    return Call(
      method, url, headers: headers, body: body, purpose: .write(idempotent: true),
      priority: priority, expects: expects, label: label)
  }

  /// The answer of a batch. One that does not pair up with what was sent proves nothing.
  private func judged<Content, Record, Value>(
    _ chunk: [Pending<Content>], _ batch: XeroBatch<Content, Record, Value>, _ body: Data
  ) -> [(Int, WriteOutcome<Value>)] {
    guard let answer = try? JSONReading.decode(XeroAnswer<Record>.self, from: body),
      answer.slots.count == chunk.count
    else {
      return chunk.map {
        ($0.index, .unknown(reason: "the answer does not match what was sent"))
      }
    }
    return zip(chunk, answer.slots).map { entry, slot in
      (entry.index, Self.outcome(slot, entry.write.content, batch))
    }
  }

  private static func outcome<Content, Record, Value>(
    _ slot: EachRecord<Record>.Slot, _ content: Content,
    _ batch: XeroBatch<Content, Record, Value>
  ) -> WriteOutcome<Value> {
    guard case .read(let record) = slot else {
      return .unknown(reason: "the answer for this record could not be read")
    }
    let (verdict, errors) = batch.verdict(record)
    let saysError = verdict.status == "ERROR"
    if saysError || (verdict.status.isEmpty && (verdict.hasErrors || !errors.isEmpty)) {
      return .refused(XeroRefusals.refusal(errors))
    }
    guard errors.isEmpty else {
      return .unknown(reason: "Xero calls this record saved and names errors of it")
    }
    do {
      let value = try batch.value(record)
      guard batch.fits(content, value) else {
        return .unknown(reason: "the answer names another record than was sent")
      }
      return .applied(value)
    } catch {
      return .unknown(reason: "the answer for this record: \(error.reason)")
    }
  }

  /// A no to the whole batch. Where Xero does not say which element is to blame, the halves are
  /// sent apart, so that one bad record does not stop the rest.
  private func refused<Content, Record, Value>(
    _ chunk: [Pending<Content>], _ batch: XeroBatch<Content, Record, Value>,
    _ tenant: XeroSession.Tenant, _ refusal: Refusal
  ) async -> [(Int, WriteOutcome<Value>)] {
    let body = try? JSONReading.decode(XeroRefusalBody.self, from: refusal.body)
    let words = body?.words ?? refusal.message
    if words.lowercased().contains("different request") {
      // Our key with other content: some earlier request of ours may have been carried out.
      return chunk.map { ($0.index, .unknown(reason: words)) }
    }
    let messages = body.map { $0.elements.flatMap { $0 } } ?? []
    if chunk.count > 1, !messages.isEmpty {
      // Verdicts without saying on what: whether the good ones were saved is not documented.
      let reason = "Xero refused some of the batch: \(words)"
      return chunk.map { ($0.index, .unknown(reason: reason)) }
    }
    if chunk.count > 1, refusal.status == 400 || refusal.status == 413 {
      return await halves(chunk, batch, tenant)
    }
    let shown = messages.isEmpty ? [words].filter { !$0.isEmpty } : messages
    let outcome = WriteOutcome<Value>.refused(
      XeroRefusals.refusal(shown.isEmpty ? ["\(refusal)"] : shown))
    return chunk.map { ($0.index, outcome) }
  }

  private func halves<Content, Record, Value>(
    _ chunk: [Pending<Content>], _ batch: XeroBatch<Content, Record, Value>,
    _ tenant: XeroSession.Tenant
  ) async -> [(Int, WriteOutcome<Value>)] {
    let middle = chunk.count / 2
    let first = await send(Array(chunk[..<middle]), batch, tenant)
    return first + (await send(Array(chunk[middle...]), batch, tenant))
  }
}
