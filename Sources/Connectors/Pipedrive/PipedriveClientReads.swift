import Domain
import Transport

/// Reading records by id.
extension PipedriveConnector {
  /// Records by the ids asked for; ids that name no visible record are missing. Unreadable ones
  /// are told apart, since they do exist.
  struct Found: Sendable {
    var records: [String: PipedriveRecord] = [:]
    var unreadable: [String: String] = [:]
  }

  func records(
    _ object: PipedriveObject, _ ids: [String], priority: CallPriority
  ) async throws(RemoteError) -> Found {
    var found = Found()
    // Anything but digits is no id of this system, and one such id would spoil its batch.
    let numbers = ids.uniqued.filter(Self.isID)
    for batch in numbers.batches(of: PipedriveLimit.ids) {
      var query: URLQuery = [
        "ids": batch.joined(separator: ","), "limit": String(PipedriveLimit.ids),
      ]
      if object == .deals { query.add("status", "open,won,lost,deleted") }
      let page = try await get(
        PipedrivePage.self, [object.rawValue], query: query, priority: priority,
        label: "\(object.rawValue).read")
      for record in page.records { found.records[record.id] = record }
      for (id, reason) in page.unreadable { found.unreadable[id ?? ""] = reason }
    }
    return found
  }

  /// One record by its id, archived and lately deleted ones included; nil where there is none.
  func single(
    _ object: PipedriveObject, _ id: String, priority: CallPriority
  ) async throws(RemoteError) -> PipedriveRecord? {
    guard Self.isID(id) else { return nil }
    do {
      return try await get(
        PipedriveOne.self, [object.rawValue, id], priority: priority,
        label: "\(object.rawValue).get"
      ).data
    } catch {
      guard PipedriveProblem.isMissing(error) else { throw error }
      return nil
    }
  }

  static func isID(_ text: String) -> Bool {
    !text.isEmpty && text.count <= 18 && text.utf8.allSatisfy { (48...57).contains($0) }
  }
}

extension PipedrivePage {
  /// All of its records; one that cannot be read fails the page.
  func whole(_ label: String) throws(RemoteError) -> [PipedriveRecord] {
    guard let first = unreadable.first else { return records }
    throw .unreadable(reason: "\(label): \(first.reason)")
  }
}
