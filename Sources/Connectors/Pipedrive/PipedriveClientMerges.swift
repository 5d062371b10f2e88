import Domain
import Transport

/// Merges. Nothing in a list tells of one: the loser is deleted, the survivor changes in the same
/// moment, and neither names the other.
extension PipedriveConnector {
  /// How far the stamps of the two may lie apart, in seconds.
  private static let gap: Int64 = 2

  /// The deal this deleted one was merged into, as far as it can be told: exactly one deal of the
  /// same customer that changed in the same moment and carries the loser's title or what we wrote
  /// on it. Nil: it was deleted, or nobody can tell.
  func survivor(
    of loser: PipedriveRecord, among page: [PipedriveRecord]
  ) async throws(RemoteError) -> PipedriveRecord? {
    guard let moment = loser.modified else { return nil }
    let known = page.filter { isSurvivor($0, of: loser, at: moment) }
    if known.count == 1 {
      return try await carries(known[0], loser) ? known[0] : nil
    }
    guard known.isEmpty else { return nil }
    var customers: [(String, String)] = []
    if let id = loser["org_id"]?.id { customers.append(("org_id", id)) }
    if customers.isEmpty, let id = loser["person_id"]?.id { customers.append(("person_id", id)) }
    guard let (name, id) = customers.first else { return nil }
    let found = try await get(
      PipedrivePage.self, ["deals"],
      query: [
        name: id, "status": "open,won,lost", "sort_by": "update_time", "sort_direction": "asc",
        "updated_since": Self.text(moment.advanced(seconds: -Self.gap)), "limit": "100",
      ], priority: .money, label: "deals.survivors"
    ).records.filter { isSurvivor($0, of: loser, at: moment) }
    guard found.count == 1 else { return nil }
    return try await carries(found[0], loser) ? found[0] : nil
  }

  private func isSurvivor(
    _ record: PipedriveRecord, of loser: PipedriveRecord, at moment: Instant
  ) -> Bool {
    guard record.id != loser.id, !record.isDeleted, let changed = record.modified,
      abs(changed.seconds(since: moment)) <= Self.gap
    else { return false }
    func shares(_ name: String) -> Bool {
      loser[name]?.id != nil && loser[name]?.id == record[name]?.id
    }
    return shares("org_id") || shares("person_id")
  }

  private func carries(
    _ record: PipedriveRecord, _ loser: PipedriveRecord
  ) async throws(RemoteError) -> Bool {
    if let title = loser.text("title"), title == record.text("title") { return true }
    let list = try await fieldList(.deals)
    return [ReportField.invoiceNumber, .invoiceURL].contains { field in
      let name = fields.reports[field] ?? ""
      let own = list.value(name, of: loser)
      return own != nil && own == list.value(name, of: record)
    }
  }
}
