package import Domain
import Foundation
import Transport

extension SalesforceConnector {
  package func report(_ reports: [DealReport]) async -> [WriteOutcome<[ReportField: String]>] {
    var list: SalesforceFieldList
    do {
      list = try await fieldList(.opportunity)
      let needed = Set(reports.flatMap(\.values.keys)).compactMap { fields.reports[$0] }
      // One that is missing may have been made a moment ago.
      if needed.contains(where: { list[$0] == nil }) {
        list = try await freshFields(.opportunity)
      }
    } catch {
      return reports.map { _ in .failing(error, on: .opportunity) }
    }
    var outcomes = [WriteOutcome<[ReportField: String]>](
      repeating: .applied([:]), count: reports.count)
    var sent: [Int] = []
    var rows: [OutgoingJSON] = []
    for (place, report) in reports.enumerated() {
      switch Self.members(report, fields, list) {
      case .failure(let refused): outcomes[place] = refused.outcome
      case .success(let members) where members.isEmpty: break
      case .success(let members):
        sent.append(place)
        rows.append(Self.row(.opportunity, id: report.deal.rawValue, members))
      }
    }
    let results = await write(.patch, .opportunity, rows)
    for (place, outcome) in zip(sent, await told(results, sent.map { reports[$0] }, list)) {
      outcomes[place] = outcome
    }
    return outcomes
  }

  /// Why a report is not sent.
  private struct Unsent: Error {
    var outcome: WriteOutcome<[ReportField: String]>
  }

  private static func members(
    _ report: DealReport, _ fields: CRMFields, _ list: SalesforceFieldList
  ) -> Result<[Member], Unsent> {
    guard SOQL.isID(report.deal.rawValue) else {
      return .failure(Unsent(outcome: .notSent(reason: "the deal has no usable id")))
    }
    var members: [Member] = []
    for (field, text) in report.values.sorted(by: { $0.key < $1.key }) {
      let name = fields.reports[field] ?? field.rawValue
      guard let target = list[name] else {
        return .failure(
          Unsent(outcome: .refused(SalesforceProblem.missingField(name, on: .opportunity))))
      }
      guard let value = value(text, for: target) else {
        return .failure(Unsent(outcome: .refused(unfitting(text, target))))
      }
      members.append(Member(target.name, value))
    }
    if let stage = report.stage { members.append(Member("StageName", .text(stage.id))) }
    return .success(members)
  }

  /// The text in the form the field's type takes; nil where the type cannot hold it.
  private static func value(_ text: String, for field: SalesforceField) -> OutgoingJSON? {
    guard !text.isEmpty else { return .null }
    let most = field.length > 0 ? field.length : 255
    switch field.type {
    case "string", "url", "phone", "combobox", "encryptedstring":
      return .text(OutgoingText.line(text, limit: most))
    case "textarea": return .text(OutgoingText.block(text, limit: most))
    case "double", "currency", "int", "percent":
      return (try? ExactDecimal(parsing: text)).map { .number($0) }
    case "date": return CalendarDate(text).map { .text($0.description) }
    case "picklist", "multipicklist":
      let wanted = text.lowercased()
      let spaced = wanted.replacing("_", with: " ")
      return field.choices.first {
        [wanted, spaced].contains($0.value.lowercased())
          || [wanted, spaced].contains($0.label.lowercased())
      }.map { .text($0.value) }
    default: return nil
    }
  }

  private static func unfitting(_ text: String, _ field: SalesforceField) -> WriteRefusal {
    let isChoice = field.type.hasSuffix("picklist")
    return WriteRefusal(
      code: .fieldRefused,
      message: isChoice
        ? "the field \(field.name) has no value “\(text)”"
        : "the field \(field.name) of type \(field.type) cannot hold “\(text)”",
      remedy: isChoice
        ? "add the value to the picklist \(field.name) in Salesforce, or make it a text field"
        : "name another field under crms[].fields")
  }

  /// The vendor does not repeat what it wrote: it is read back, for all rows together.
  private func told(
    _ results: [SalesforceRow], _ reports: [DealReport], _ list: SalesforceFieldList
  ) async -> [WriteOutcome<[ReportField: String]>] {
    let written = zip(results, reports).compactMap { result, report -> String? in
      if case .done = result, !report.values.isEmpty { report.deal.rawValue } else { nil }
    }
    var held: [String: SalesforceRecord] = [:]
    var failure = "no such record"
    if !written.isEmpty {
      do { held = try await found(.opportunity, written, priority: .money).records } catch {
        failure = error.description
      }
    }
    return zip(results, reports).map { result, report in
      if let failing: WriteOutcome<[ReportField: String]> = result.failing(on: .opportunity) {
        return failing
      }
      if report.values.isEmpty { return .applied([:]) }
      guard let record = held[report.deal.rawValue] else {
        return .unknown(reason: "written, but it could not be read back: \(failure)")
      }
      return .applied(Self.held(record, report, fields, list))
    }
  }

  private static func held(
    _ record: SalesforceRecord, _ report: DealReport, _ fields: CRMFields,
    _ list: SalesforceFieldList
  ) -> [ReportField: String] {
    var held: [ReportField: String] = [:]
    for (field, sent) in report.values {
      let text = fields.reports[field].flatMap { list.value($0, of: record) } ?? ""
      held[field] = text.isEmpty ? "" : ReportText.held(field, text, sent: sent)
    }
    return held
  }
}
