import Domain
import Transport

/// Merges. Nothing in a list tells of one: the loser is deleted, the survivor changes in the same
/// moment, and neither names the other.
extension PipedriveConnector {
  /// How far the stamps of the two may lie apart where only a title tells, in seconds.
  private static let gap: Int64 = 2

  /// The deal this deleted one was merged into, as far as it can be told: exactly one deal of the
  /// same customer that changed since and carries what we wrote on the loser, or that changed in
  /// the same moment and has its title. Nil: it was deleted, or nobody can tell.
  func survivor(
    of loser: PipedriveRecord, among page: [PipedriveRecord]
  ) async throws(RemoteError) -> PipedriveRecord? {
    guard let moment = loser.modified else { return nil }
    let list = try await fieldList(.deals)
    let heirs = page.filter { isHeir($0, of: loser, at: moment, list) }
    var found = heirs
    if heirs.isEmpty {
      let customer =
        ["org_id", "person_id"].lazy.compactMap { name in loser[name]?.id.map { (name, $0) } }.first
      guard let (name, id) = customer else { return nil }
      found = try await get(
        PipedrivePage.self, ["deals"],
        query: [
          name: id, "status": "open,won,lost", "sort_by": "update_time", "sort_direction": "asc",
          "updated_since": Self.text(moment.advanced(seconds: -Self.gap)), "limit": "100",
        ], priority: .money, label: "deals.survivors"
      ).records.filter { isHeir($0, of: loser, at: moment, list) }
    }
    guard found.count == 1 else { return nil }
    await memory.note(loser.id, mergedInto: found[0].id)
    return found[0]
  }

  private func isHeir(
    _ record: PipedriveRecord, of loser: PipedriveRecord, at moment: Instant,
    _ list: PipedriveFieldList
  ) -> Bool {
    guard record.id != loser.id, !record.isDeleted, let changed = record.modified,
      changed.seconds(since: moment) >= -Self.gap
    else { return false }
    let sharesCustomer = ["org_id", "person_id"].contains { name in
      loser[name]?.id != nil && loser[name]?.id == record[name]?.id
    }
    guard sharesCustomer else { return false }
    let carriesMark = [ReportField.invoiceNumber, .invoiceURL].contains { field in
      let name = fields.reports[field] ?? ""
      let own = list.value(name, of: loser)
      return own != nil && own == list.value(name, of: record)
    }
    if carriesMark { return true }
    let title = loser.text("title")
    return title != nil && title == record.text("title")
      && changed.seconds(since: moment) <= Self.gap
  }
}
