package import Domain
import Transport

extension RestConnector {
  package func report(_ reports: [DealReport]) async -> [WriteOutcome<[ReportField: String]>] {
    guard let action = description.actions[.report] else {
      return reports.map { _ in .refused(undescribed("report")) }
    }
    var outcomes: [WriteOutcome<[ReportField: String]>] = []
    for report in reports { outcomes.append(await write(report, action)) }
    return outcomes
  }

  private func write(
    _ report: DealReport, _ action: RestAction
  ) async -> WriteOutcome<[ReportField: String]> {
    let own = description.deals.reported
    if report.stage != nil, !action.request.names("report.stage.id"),
      !action.request.names("report.stage.name")
    {
      return .refused(
        WriteRefusal(
          code: .fieldRefused,
          message: "the description of \(description.title) moves no deal to another stage",
          remedy: "write {{report.stage.id}} in actions.report, or leave out stages in the"
            + " configuration"))
    }
    var values: [String: RestValue?] = ["deal.id": .text(report.deal.rawValue)]
    for (field, text) in report.values where own[field] != nil {
      values["report.\(field.rawValue)"] = .text(OutgoingText.line(text, limit: 2000))
    }
    if let stage = report.stage {
      values["report.stage.id"] = .text(stage.id)
      values["report.stage.name"] = .text(stage.label)
    }
    guard values.count > 1 else { return .applied([:]) }
    do {
      let headers = try await precondition(action, description.deals.read, report.deal.rawValue)
      let answer = try await send(
        action.request, scope.with(values),
        RestErrand(
          // The same values twice do no harm; a POST may do more than it says.
          purpose: .write(idempotent: action.request.method != .post), priority: .money,
          label: "deals.report"), headers: headers)
      return .applied(await held(report, action, answer))
    } catch {
      return failing(error, on: .deal)
    }
  }

  /// What the answer says the deal now holds; where it says nothing, what was sent.
  private func held(
    _ report: DealReport, _ action: RestAction, _ answer: RestAnswer
  ) async -> [ReportField: String] {
    var held = report.values.filter { description.deals.reported[$0.key] != nil }
    guard !action.record.isEmpty,
      let record = try? Self.record(in: answer.value, action.record, scope, "deals.report"),
      let reader = try? await dealReader(), let deal = try? reader.listed(record)
    else { return held }
    for field in held.keys { held[field] = deal.reported[field] ?? "" }
    return held
  }
}
