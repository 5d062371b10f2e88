package import Domain
import Foundation
import Transport

extension ZohoConnector {
  package func report(_ reports: [DealReport]) async -> [WriteOutcome<[ReportField: String]>] {
    var list: ZohoFieldList
    do {
      list = try await fieldList(.deals)
      let needed = Set(reports.flatMap(\.values.keys)).compactMap { fields.reports[$0] }
      // One that is missing may have been made a moment ago.
      if needed.contains(where: { list[$0] == nil }) { list = try await freshFields(.deals) }
    } catch {
      return reports.map { _ in .unprepared(error) }
    }
    var outcomes: [WriteOutcome<[ReportField: String]>?] = reports.map { _ in nil }
    var rows: [(place: Int, row: ZohoReportRow)] = []
    for (place, report) in reports.enumerated() {
      guard Self.isID(report.deal.rawValue) else {
        outcomes[place] = .notSent(reason: "the deal has no usable id")
        continue
      }
      switch ZohoReportRow.of(report, fields, list) {
      case .success(let row) where row.members.isEmpty: outcomes[place] = .applied([:])
      case .success(let row): rows.append((place, row))
      case .failure(let refusal): outcomes[place] = .refused(refusal.refusal)
      }
    }
    let verdicts = await write(
      .put, .deals, rows.map { .object($0.row.members) }, label: "deals.update")
    for ((place, row), verdict) in zip(rows, verdicts) {
      // Zoho names the record it changed, not what it now holds.
      outcomes[place] = .unapplied(verdict, in: .deals) ?? .applied(row.held)
    }
    return outcomes.map { $0 ?? .unknown(reason: "nobody knows what became of the deal") }
  }
}

/// One deal's row of a write-back.
struct ZohoReportRow: Sendable {
  var members: [OutgoingJSON.Member] = []
  /// What the fields hold once it is applied.
  var held: [ReportField: String] = [:]

  struct Unfit: Error { var refusal: WriteRefusal }

  static func of(
    _ report: DealReport, _ fields: CRMFields, _ list: ZohoFieldList
  ) -> Result<ZohoReportRow, Unfit> {
    var row = ZohoReportRow()
    for (field, text) in report.values.sorted(by: { $0.key < $1.key }) {
      let name = fields.reports[field] ?? field.rawValue
      guard let target = list[name] else {
        return .failure(Unfit(refusal: ZohoProblem.missingField(name, in: .deals)))
      }
      guard let value = value(text, for: target) else {
        return .failure(Unfit(refusal: unfitting(text, target)))
      }
      row.members.append(.init(target.key, value))
      if case .text(let kept) = value {
        row.held[field] = ReportText.held(field, kept, sent: text)
      } else {
        row.held[field] = text
      }
    }
    if let stage = report.stage { row.members.append(.init("Stage", .text(stage.id))) }
    if !row.members.isEmpty {
      row.members.insert(.init("id", .text(report.deal.rawValue)), at: 0)
    }
    return .success(row)
  }

  /// The text in the form the field's type takes; nil where the type cannot hold it.
  private static func value(_ text: String, for field: ZohoField) -> OutgoingJSON? {
    guard !text.isEmpty else { return .null }
    switch field.type {
    case "text", "website", "phone":
      return .text(OutgoingText.line(text, limit: field.length > 0 ? field.length : 255))
    case "textarea":
      return .text(OutgoingText.block(text, limit: field.length > 0 ? field.length : 2000))
    case "currency", "double":
      return (try? ExactDecimal(parsing: text)).map { .number($0) }
    case "integer", "bigint":
      guard let number = try? ExactDecimal(parsing: text), number.rounded(0) == number else {
        return nil
      }
      return .number(number.rounded(0))
    case "date": return CalendarDate(text).map { .text($0.description) }
    case "picklist":
      let wanted = text.lowercased()
      let spaced = wanted.replacing("_", with: " ")
      return field.choices.first {
        [wanted, spaced].contains($0.value.lowercased())
          || [wanted, spaced].contains($0.label.lowercased())
      }.map { .text($0.value) }
    default: return nil
    }
  }

  private static func unfitting(_ text: String, _ field: ZohoField) -> WriteRefusal {
    let isChoice = field.type == "picklist"
    return WriteRefusal(
      code: .fieldRefused,
      message: isChoice
        ? "the field “\(field.label)” has no choice “\(text)”"
        : "the field “\(field.label)” of type \(field.type) cannot hold “\(text)”",
      remedy: isChoice
        ? "add the choice to “\(field.label)” in Zoho CRM, or make it a single-line field"
        : "name another field under crms[].fields")
  }
}
