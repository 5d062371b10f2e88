package import Domain
internal import Foundation

/// What recent passes cost in calls.
package enum CallRecord {
  /// The average of stored reports by system, in thousandths of a call; too few tell nothing.
  package static func average(_ reports: [String]) -> [SystemName: Int] {
    let decoded = reports.compactMap {
      try? JSONDecoder().decode(Calls.self, from: Data($0.utf8))
    }
    guard decoded.count >= fewest else { return [:] }
    var sums: [SystemName: Int] = [:]
    for report in decoded { sums.merge(report.apiCalls, uniquingKeysWith: +) }
    return sums.mapValues { $0 * 1000 / decoded.count }
  }

  private static let fewest = 12

  private struct Calls: Decodable {
    var apiCalls: [SystemName: Int]

    private enum CodingKeys: String, CodingKey { case apiCalls = "api_calls" }
  }
}
