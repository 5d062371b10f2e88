import Domain
import Engine
import Foundation

/// A plan saved for approval: the report of a dry run.
struct PlanFile {
  private let report: PassReport

  var planDigest: String { report.planDigest }

  static func write(_ report: PassReport, to path: String) throws {
    let data = try PassReport.encoder.encode(report)
    do {
      try data.write(to: URL(fileURLWithPath: path), options: .atomic)
    } catch {
      throw Failure(
        .snapshotUnusable,
        "The plan cannot be written to \(path). Name a place this user may write.")
    }
  }

  static func read(_ path: String) throws -> PlanFile {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw Failure(.malformedInput, "The plan \(path) cannot be read.")
    }
    guard let report = try? JSONDecoder().decode(PassReport.self, from: data), report.schema == 1
    else {
      throw Failure(
        .malformedInput,
        "\(path) is no plan of this version. Make one with `xerosync run --dry-run --plan-out`.")
    }
    return PlanFile(report: report)
  }

  /// What the present plan has more, less or otherwise than the approved one, a line each.
  func differences(from present: PassReport) -> [String] {
    let approved = Dictionary(
      report.operations.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    let now = Dictionary(
      present.operations.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    var lines = report.operations.filter { now[$0.id] == nil }.map {
      "no longer planned: \($0.action.rawValue) \($0.object.words) \($0.summary) (\($0.subject))"
    }
    lines += present.operations.filter { approved[$0.id] == nil }.map {
      "new: \($0.action.rawValue) \($0.object.words) \($0.summary) (\($0.subject))"
    }
    lines += present.operations.compactMap { operation in
      guard let old = approved[operation.id], old != operation else { return nil }
      return "changed: \(old.summary) → \(operation.summary) (\(operation.subject))"
    }
    return lines.isEmpty ? ["the holds or conflicts differ"] : lines
  }
}
