package import Domain
import Transport

extension HubSpotConnector {
  package func report(_ reports: [DealReport]) async -> [WriteOutcome<[ReportField: String]>] {
    let context: HubSpotContext?
    do { context = reports.contains { $0.stage != nil } ? try await self.context() : nil } catch {
      return reports.map { _ in .failing(error, on: .deals) }
    }
    let inputs = reports.enumerated().map { index, report in
      HubSpotInput(
        key: "report-\(index)-\(report.deal)", id: report.deal.rawValue,
        properties: properties(report, context))
    }
    let written = inputs.indices.filter { !inputs[$0].properties.isEmpty }
    let elements = await write(.deals, .update, written.map { inputs[$0] }, priority: .money)
    var outcomes = [WriteOutcome<[ReportField: String]>](
      repeating: .applied([:]), count: reports.count)
    let told = await completed(elements, written.map { reports[$0] })
    for (position, outcome) in zip(written, told) { outcomes[position] = outcome }
    return outcomes
  }

  private func properties(_ report: DealReport, _ context: HubSpotContext?) -> [String: String] {
    var values: [String: String] = [:]
    for (field, text) in report.values {
      if let name = fields.reports[field] { values[name] = text }
    }
    if let stage = report.stage {
      values["dealstage"] = stage.id
      values["pipeline"] = context?.pipeline(ofStage: stage.id)?.choice.id
    }
    return values
  }

  /// The vendor need not repeat every property in its answer: what is missing is read once more.
  private func completed(
    _ elements: [HubSpotElement], _ reports: [DealReport]
  ) async -> [WriteOutcome<[ReportField: String]>] {
    let silent = zip(elements, reports).compactMap { element, report -> String? in
      guard case .done(let record) = element else { return nil }
      return names(report).allSatisfy(record.tells) ? nil : record.id
    }
    var again: [String: HubSpotRecord] = [:]
    var failure: String?
    if !silent.isEmpty {
      let properties = ReportField.allCases.compactMap { fields.reports[$0] }
      do {
        again = try await read(.deals, silent, properties: properties, priority: .money).records
      } catch { failure = error.description }
    }
    return zip(elements, reports).map { element, report in
      switch element {
      case .done(let record):
        let isSilent = !names(report).allSatisfy(record.tells)
        guard !isSilent || again[record.id] != nil else {
          return .unknown(
            reason: "written, but it could not be read back: \(failure ?? "no such record")")
        }
        return .applied(held(again[record.id] ?? record, report))
      case .refused(let failure):
        return .refused(HubSpotProblem.refusal(failure, on: .deals))
      case .unknown(let reason): return .unknown(reason: reason)
      case .notSent(let reason): return .notSent(reason: reason)
      }
    }
  }

  private func names(_ report: DealReport) -> [String] {
    report.values.keys.compactMap { fields.reports[$0] }
  }

  private func held(_ record: HubSpotRecord, _ report: DealReport) -> [ReportField: String] {
    var held: [ReportField: String] = [:]
    for (field, sent) in report.values {
      guard let text = fields.reports[field].flatMap({ record[$0] }) else {
        held[field] = ""
        continue
      }
      held[field] = HubSpotReportText.held(field, text, sent: sent)
    }
    return held
  }
}
