package import Domain
import Foundation
import Transport

extension PipedriveConnector {
  package func report(_ reports: [DealReport]) async -> [WriteOutcome<[ReportField: String]>] {
    var list: PipedriveFieldList
    do {
      list = try await fieldList(.deals)
      let needed = Set(reports.flatMap(\.values.keys)).compactMap { fields.reports[$0] }
      // One that is missing may have been made a moment ago.
      if needed.contains(where: { list[$0] == nil }) { list = try await freshFields(.deals) }
    } catch {
      return reports.map { _ in .failing(error, on: .deals) }
    }
    var outcomes: [WriteOutcome<[ReportField: String]>] = []
    for report in reports { outcomes.append(await write(report, list)) }
    return outcomes
  }

  private func write(
    _ report: DealReport, _ list: PipedriveFieldList
  ) async -> WriteOutcome<[ReportField: String]> {
    let id = report.deal.rawValue
    guard Self.isID(id) else { return .notSent(reason: "the deal has no usable id") }
    var custom: [OutgoingJSON.Member] = []
    for (field, text) in report.values.sorted(by: { $0.key < $1.key }) {
      let name = fields.reports[field] ?? field.rawValue
      guard let target = list[name] else {
        return .refused(PipedriveProblem.missingField(name, on: .deals))
      }
      let value: OutgoingJSON?
      do { value = try await self.value(text, for: target, of: id) } catch {
        return .failing(error, on: .deals)
      }
      guard let value else { return .refused(Self.unfitting(text, target)) }
      custom.append(OutgoingJSON.Member(target.key, value))
    }
    var body: [OutgoingJSON.Member] = []
    if let stage = report.stage.flatMap({ Int($0.id) }) {
      body.append(OutgoingJSON.Member("stage_id", .integer(stage)))
    }
    if !custom.isEmpty { body.append(OutgoingJSON.Member("custom_fields", .object(custom))) }
    guard !body.isEmpty else { return .applied([:]) }
    do {
      let record = try await write(
        .patch, ["deals", id], .object(body), priority: .money, label: "deals.update")
      return .applied(held(record, report, list))
    } catch {
      return .failing(error, on: .deals, names: list.names)
    }
  }

  /// What the answer says the record now holds.
  private func held(
    _ record: PipedriveRecord, _ report: DealReport, _ list: PipedriveFieldList
  ) -> [ReportField: String] {
    var held: [ReportField: String] = [:]
    for (field, sent) in report.values {
      let text = fields.reports[field].flatMap { list.value($0, of: record) } ?? ""
      held[field] = text.isEmpty ? "" : ReportText.held(field, text, sent: sent)
    }
    return held
  }

  /// A money field holds its currency with it: the deal's.
  private func currency(_ id: String) async throws(RemoteError) -> String? {
    try await single(.deals, id, priority: .money)?.text("currency")
  }

  /// The text in the form the field's type takes; nil where the type cannot hold it.
  private func value(
    _ text: String, for field: PipedriveField, of deal: String
  ) async throws(RemoteError) -> OutgoingJSON? {
    guard !text.isEmpty else { return .null }
    switch field.type {
    case "varchar", "varchar_auto", "phone": return .text(OutgoingText.line(text, limit: 255))
    case "text": return .text(OutgoingText.block(text, limit: 65_000))
    case "double":
      guard let number = try? ExactDecimal(parsing: text) else { return nil }
      return .number(number)
    case "monetary":
      guard let number = try? ExactDecimal(parsing: text),
        let code = try await currency(deal)
      else { return nil }
      return .fields([("value", .number(number)), ("currency", .text(code))])
    case "date": return CalendarDate(text).map { .text($0.description) }
    case "enum", "set":
      let wanted = text.lowercased()
      let spaced = wanted.replacing("_", with: " ")
      let option = field.options.first {
        $0.value.lowercased() == wanted || $0.value.lowercased() == spaced
      }
      guard let id = option.flatMap({ Int($0.key) }) else { return nil }
      return field.type == "set" ? .array([.integer(id)]) : .integer(id)
    default: return nil
    }
  }

  private static func unfitting(_ text: String, _ field: PipedriveField) -> WriteRefusal {
    let isChoice = field.type == "enum" || field.type == "set"
    return WriteRefusal(
      code: .fieldRefused,
      message: isChoice
        ? "the custom field “\(field.name)” has no option “\(text)”"
        : "the custom field “\(field.name)” of type \(field.type) cannot hold “\(text)”",
      remedy: isChoice
        ? "add the option to “\(field.name)” in Pipedrive, or make it a text field"
        : "name another field under crms[].fields")
  }
}
