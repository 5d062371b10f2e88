internal import Domain
internal import Foundation
internal import Transport

/// A kind of batched write: what it does, how an answered element is read and recognised.
struct QuickBooksBatch<Content: Sendable, Record: QuickBooksRecord, Value: Sendable>: Sendable {
  /// `create` or `update`.
  var operation: String
  var priority: CallPriority
  var label: String
  var value: @Sendable (Record) throws(ConversionError) -> Value
  /// Whether an answered element can be the one that was sent under its number.
  var fits: @Sendable (Content, Value) -> Bool
}

/// How one element of a batch ended, before a stale version is looked at again.
enum QuickBooksVerdict<Value: Sendable>: Sendable {
  case settled(WriteOutcome<Value>)
  /// Somebody changed the record since it was read.
  case stale
}

/// One write on its way, with its place among the caller's writes.
struct QuickBooksPending<Content: Sendable>: Sendable {
  var index: Int
  var write: KeyedWrite<Content>
  var body: OutgoingJSON
}

extension QuickBooksConnector {
  typealias Built = Result<OutgoingJSON, WriteRefusal>

  /// Sends new records in batches and judges each alone.
  func create<Content, Record, Value>(
    _ batch: QuickBooksBatch<Content, Record, Value>, _ writes: [KeyedWrite<Content>],
    body: (Content) -> Built
  ) async -> [WriteOutcome<Value>] {
    var outcomes: [WriteOutcome<Value>] = Array(
      repeating: .notSent(reason: "not reached"), count: writes.count)
    var pending: [QuickBooksPending<Content>] = []
    for (index, write) in writes.enumerated() {
      switch body(write.content) {
      case .success(let body):
        pending.append(QuickBooksPending(index: index, write: write, body: body))
      case .failure(let refusal): outcomes[index] = .refused(refusal)
      }
    }
    for (index, verdict) in await send(pending, batch) {
      switch verdict {
      case .settled(let outcome): outcomes[index] = outcome
      case .stale:
        outcomes[index] = .refused(
          QuickBooksRefusals.refusal(.refused, "QuickBooks calls a new record outdated"))
      }
    }
    return outcomes
  }

  /// Sends elements in batches of the size QuickBooks advises.
  func send<Content, Record, Value>(
    _ pending: [QuickBooksPending<Content>], _ batch: QuickBooksBatch<Content, Record, Value>
  ) async -> [(Int, QuickBooksVerdict<Value>)] {
    var verdicts: [(Int, QuickBooksVerdict<Value>)] = []
    for chunk in pending.batches(of: capabilities.writesPerCall) {
      verdicts += await send(chunk: Array(chunk), batch)
    }
    return verdicts
  }

  private func send<Content, Record, Value>(
    chunk: [QuickBooksPending<Content>], _ batch: QuickBooksBatch<Content, Record, Value>
  ) async -> [(Int, QuickBooksVerdict<Value>)] {
    func all(_ outcome: WriteOutcome<Value>) -> [(Int, QuickBooksVerdict<Value>)] {
      chunk.map { ($0.index, .settled(outcome)) }
    }
    let elements = chunk.enumerated().map { place, entry in
      OutgoingJSON.fields([
        ("bId", .text(String(place))), ("operation", .text(batch.operation)),
        (Record.entity, entry.body),
      ])
    }
    let body = OutgoingJSON.fields([("BatchItemRequest", .array(elements))]).data
    do {
      let call = try await write(
        ["batch"], body, keys: chunk.map(\.write.key), keyLength: 36, batch.priority, batch.label)
      return judged(chunk, batch, try await company.call(call))
    } catch {
      switch error {
      case .outcomeUnknown(let reason), .unreadable(let reason):
        return all(.unknown(reason: reason))
      case .refused(let refusal):
        return all(.refused(Self.refusal(refusal)))
      case let other: return all(.notSent(reason: "\(other)"))
      }
    }
  }

  /// A write. QuickBooks answers a request id it has seen with its first answer, for how long is
  /// not told, and whatever the body: so the id is made of keys and body, and belongs to one
  /// attempt alone.
  func write(
    _ path: [String], _ body: Data, query: URLQuery = [:], keys: [String], keyLength: Int = 50,
    _ priority: CallPriority, _ label: String,
    type: String = "application/json; charset=utf-8", expects: ExpectedBody = .json
  ) async throws(RemoteError) -> Call {
    let id = StableHash.hex(
      [try await company.id()] + path + query.items.map { "\($0.name)=\($0.value)" } + keys
        + [StableHash.hex(bytes: Array(body))])
    var query = query
    query.add("requestid", String(id.prefix(keyLength)))
    let url = try await company.address(path, query)
    return Call(
      .post, url, headers: ["Content-Type": type, "Accept": "application/json"], body: body,
      purpose: .write(idempotent: true), priority: priority, expects: expects, label: label)
  }

  /// The answer of a batch, paired by the numbers of its elements. One that is missing proves
  /// nothing.
  private func judged<Content, Record, Value>(
    _ chunk: [QuickBooksPending<Content>], _ batch: QuickBooksBatch<Content, Record, Value>,
    _ body: Data
  ) -> [(Int, QuickBooksVerdict<Value>)] {
    let answer = try? JSONReading.decode(QuickBooksBatchAnswer<Record>.self, from: body)
    let elements = Dictionary(
      (answer?.elements ?? []).map { ($0.number, $0) }, uniquingKeysWith: { first, _ in first })
    return chunk.enumerated().map { place, entry in
      guard let element = elements[String(place)] else {
        return (entry.index, .settled(.unknown(reason: "the answer does not name this record")))
      }
      return (entry.index, verdict(element, entry.write.content, batch))
    }
  }

  private func verdict<Content, Record, Value>(
    _ element: QuickBooksBatchAnswer<Record>.Element, _ content: Content,
    _ batch: QuickBooksBatch<Content, Record, Value>
  ) -> QuickBooksVerdict<Value> {
    if let fault = element.fault { return Self.verdict(fault) }
    guard case .read(let record)? = element.slot else {
      return .settled(.unknown(reason: "the answer for this record could not be read"))
    }
    do {
      let value = try batch.value(record)
      guard batch.fits(content, value) else {
        return .settled(.unknown(reason: "the answer names another record than was sent"))
      }
      return .settled(.applied(value))
    } catch {
      return .settled(.unknown(reason: "the answer for this record: \(error.reason)"))
    }
  }

  private static func verdict<Value>(_ fault: QuickBooksFault) -> QuickBooksVerdict<Value> {
    if fault.isStale { return .stale }
    if fault.isThrottle || fault.isSignIn { return .settled(.notSent(reason: fault.words)) }
    if fault.isBreakdown { return .settled(.unknown(reason: fault.words)) }
    return .settled(.refused(QuickBooksRefusals.refusal(fault)))
  }

  /// The hold for a refusal of a whole request.
  static func refusal(_ refusal: Refusal, fallback: HoldCode = .refused) -> WriteRefusal {
    if let fault = QuickBooksFault(refusal.body) {
      return QuickBooksRefusals.refusal(fault, fallback: fallback)
    }
    let words = refusal.message.isEmpty ? "\(refusal)" : refusal.message
    return QuickBooksRefusals.refusal(fallback, words)
  }
}

/// The answer of a batch.
struct QuickBooksBatchAnswer<Record: QuickBooksRecord>: Decodable {
  let elements: [Element]

  init(from decoder: any Decoder) throws {
    elements = try RecordFields(decoder).list("BatchItemResponse", of: Element.self)
  }

  struct Element: Decodable {
    let number: String
    let fault: QuickBooksFault?
    /// Nil where the element carries no record.
    let slot: EachRecord<Record>.Slot?

    init(from decoder: any Decoder) throws {
      let fields = try RecordFields(decoder)
      number = try fields.text("bId")
      fault = try fields.one("Fault", QuickBooksFault.self)
      do { slot = try fields.one(Record.entity, Record.self).map { .read($0) } } catch {
        slot = .unreadable(id: nil, reason: JSONReading.reason(error))
      }
    }
  }
}
