import Domain
import Foundation
import Transport

/// One record to be written. `key` comes back with the answer and tells which input it is about;
/// it does not make the write idempotent.
struct HubSpotInput: Sendable, Hashable {
  var key: String
  /// The record's id, or the value of `idProperty`; nil: to be created.
  var id: String?
  var idProperty: String?
  var properties: [String: String]
  /// Ids of deals that a new task belongs to.
  var deals: [String] = []
  /// The id of the company a new person belongs to.
  var company: String?

  var json: OutgoingJSON {
    .fields([
      ("id", id.map { .text($0) }), ("idProperty", idProperty.map { .text($0) }),
      ("properties", Self.object(properties)),
      ("associations", associations.isEmpty ? nil : .array(associations)),
      ("objectWriteTraceId", .text(key)),
    ])
  }

  static func object(_ values: [String: String]) -> OutgoingJSON {
    .object(
      values.sorted { $0.key < $1.key }.map { OutgoingJSON.Member($0.key, .text($0.value)) })
  }

  private var associations: [OutgoingJSON] {
    deals.map { Self.association($0, HubSpotLink.taskOfDeal) }
      + [company].compactMap { $0 }.map { Self.association($0, HubSpotLink.employer) }
  }

  private static func association(_ id: String, _ type: Int) -> OutgoingJSON {
    .fields([
      ("to", .fields([("id", .text(id))])),
      (
        "types",
        .array([
          .fields([
            ("associationCategory", .text("HUBSPOT_DEFINED")),
            ("associationTypeId", .integer(type)),
          ])
        ])
      ),
    ])
  }
}

/// What became of one input.
enum HubSpotElement: Sendable {
  case done(HubSpotRecord)
  case refused(HubSpotFailure)
  /// May have been written.
  case unknown(reason: String)
  case notSent(reason: String)
}

/// Batch writes, judged record by record.
extension HubSpotConnector {
  enum Verb: String { case create, update, upsert }

  /// Writes any number of inputs. One bad record never stops the others: a batch that is refused
  /// as a whole is taken apart until the bad one is alone.
  func write(
    _ object: HubSpotObject, _ verb: Verb, _ inputs: [HubSpotInput], priority: CallPriority
  ) async -> [HubSpotElement] {
    var elements = [HubSpotElement?](repeating: nil, count: inputs.count)
    for round in Self.rounds(inputs) {
      for batch in round.batches(of: HubSpotLimit.batch) {
        let written = await writeBatch(
          object, verb, batch.map { inputs[$0] }, priority: priority)
        for (index, element) in zip(batch, written) { elements[index] = element }
      }
    }
    return elements.map { $0 ?? .notSent(reason: "nothing was sent for this record") }
  }

  /// Positions of the inputs, so grouped that no batch names the same record twice.
  private static func rounds(_ inputs: [HubSpotInput]) -> [[Int]] {
    var seen: [String: Int] = [:]
    var rounds: [[Int]] = []
    for (index, input) in inputs.enumerated() {
      let round = input.id.map { seen[$0, default: 0] } ?? 0
      if let id = input.id { seen[id] = round + 1 }
      if rounds.count <= round { rounds.append([]) }
      rounds[round].append(index)
    }
    return rounds
  }

  private func writeBatch(
    _ object: HubSpotObject, _ verb: Verb, _ inputs: [HubSpotInput], priority: CallPriority
  ) async -> [HubSpotElement] {
    guard !inputs.isEmpty else { return [] }
    let answer: HubSpotBatch
    do {
      answer = try await post(
        HubSpotBatch.self, .objects, [object.rawValue, "batch", verb.rawValue],
        .fields([("inputs", .array(inputs.map(\.json)))]), purpose: .write(idempotent: false),
        priority: priority, label: "\(object.rawValue).batch.\(verb.rawValue)")
    } catch {
      switch error {
      case .refused(let refusal):
        return await takeApart(object, verb, inputs, refusal, priority: priority)
      case .outcomeUnknown(let reason): return inputs.map { _ in .unknown(reason: reason) }
      case .notSent, .rateLimited, .budgetExhausted, .unreadable, .signInNeeded, .deadlinePassed:
        return inputs.map { _ in .notSent(reason: error.description) }
      }
    }
    return await judge(object, verb, inputs, answer, priority: priority)
  }

  /// A whole batch was refused, so nothing was written.
  private func takeApart(
    _ object: HubSpotObject, _ verb: Verb, _ inputs: [HubSpotInput], _ refusal: Refusal,
    priority: CallPriority
  ) async -> [HubSpotElement] {
    let failure = HubSpotProblem.failure(refusal)
    guard inputs.count > 1 else {
      guard verb == .update, let input = inputs.first, failure.meansNotFound else {
        return [.refused(failure)]
      }
      return [await patch(object, input, priority: priority)]
    }
    // A property the account lacks fails every record that has it: no need to try each.
    let lacking = failure.unknownProperties
    let isHit = { (input: HubSpotInput) in !lacking.isDisjoint(with: input.properties.keys) }
    if !lacking.isEmpty, inputs.contains(where: isHit) {
      let others = inputs.filter { !isHit($0) }
      var written = await writeBatch(object, verb, others, priority: priority)[...]
      return inputs.map { input in
        isHit(input)
          ? .refused(failure)
          : written.popFirst() ?? .notSent(reason: "nothing was sent for this record")
      }
    }
    let middle = inputs.count / 2
    let left = await writeBatch(object, verb, Array(inputs[..<middle]), priority: priority)
    return left
      + (await writeBatch(object, verb, Array(inputs[middle...]), priority: priority))
  }

  private func judge(
    _ object: HubSpotObject, _ verb: Verb, _ inputs: [HubSpotInput], _ answer: HubSpotBatch,
    priority: CallPriority
  ) async -> [HubSpotElement] {
    var elements: [HubSpotElement] = []
    for input in inputs {
      if let record = Self.result(of: input, in: answer, among: inputs.count) {
        elements.append(.done(record))
      } else if let failure = Self.error(of: input, in: answer, among: inputs.count) {
        // A record that was merged away is still known under its old id, alone.
        elements.append(
          verb == .update && failure.meansNotFound
            ? await patch(object, input, priority: priority) : .refused(failure))
      } else if verb == .update {
        // Setting the same values once more does no harm, and alone the answer is clear.
        elements.append(await patch(object, input, priority: priority))
      } else {
        elements.append(.unknown(reason: "the answer does not say what became of the record"))
      }
    }
    return elements
  }

  private static func result(
    of input: HubSpotInput, in answer: HubSpotBatch, among count: Int
  ) -> HubSpotRecord? {
    let records = answer.records
    if let traced = records.first(where: { $0.trace == input.key }) { return traced }
    if let id = input.id {
      return records.first { record in
        guard let name = input.idProperty else { return record.id == id }
        return record[name] == id
      }
    }
    if count == 1, answer.errors.isEmpty, records.count == 1 { return records.first }
    // Our own mark in what was written.
    return records.first { record in
      record.trace == nil
        && input.properties
          == record.properties.filter { pair in
            input.properties[pair.key] != nil
          }
    }
  }

  private static func error(
    of input: HubSpotInput, in answer: HubSpotBatch, among count: Int
  ) -> HubSpotFailure? {
    answer.errors.first { failure in
      failure.traces.contains(input.key) || input.id.map(failure.ids.contains) == true
    } ?? (count == 1 ? answer.errors.first : nil)
  }

  private func patch(
    _ object: HubSpotObject, _ input: HubSpotInput, priority: CallPriority
  ) async -> HubSpotElement {
    do {
      let address = try url(.objects, [object.rawValue, input.id ?? ""])
      let body = OutgoingJSON.fields([("properties", HubSpotInput.object(input.properties))])
      let call = request(
        .patch, address, body, purpose: .write(idempotent: true), priority: priority,
        label: "\(object.rawValue).update")
      return .done(try await send(call, HubSpotRecord.self))
    } catch {
      switch error {
      case .refused(let refusal): return .refused(HubSpotProblem.failure(refusal))
      case .outcomeUnknown(let reason): return .unknown(reason: reason)
      case .notSent, .rateLimited, .budgetExhausted, .unreadable, .signInNeeded, .deadlinePassed:
        return .notSent(reason: error.description)
      }
    }
  }
}
