import Domain
import Foundation
import Transport

/// Reading records by id, and by query.
extension ZohoConnector {
  /// Records by the ids asked for; ids that name no visible record are missing. Unreadable ones
  /// are told apart, since they do exist.
  struct Found: Sendable {
    var records: [String: ZohoRecord] = [:]
    var unreadable: [String: String] = [:]
  }

  func records(
    _ module: ZohoModule, _ ids: [String], priority: CallPriority
  ) async throws(RemoteError) -> Found {
    var found = Found()
    // Anything but digits is no id of this system, and one such id would spoil its batch.
    for batch in ids.uniqued.filter(Self.isID).batches(of: ZohoLimit.ids) {
      let page = try await page(
        [module.rawValue],
        query: [
          "ids": batch.joined(separator: ","), "per_page": String(ZohoLimit.page),
          "fields": try await fieldNames(module).joined(separator: ","),
        ], priority: priority, label: "\(module.rawValue).read")
      for record in page.records { found.records[record.id] = record }
      for (id, reason) in page.unreadable { found.unreadable[id ?? ""] = reason }
    }
    return found
  }

  /// One record by its id with everything it has, subforms included; nil where there is none.
  func single(
    _ module: ZohoModule, _ id: String, priority: CallPriority
  ) async throws(RemoteError) -> ZohoRecord? {
    guard Self.isID(id) else { return nil }
    let page: ZohoPage
    do {
      page = try await self.page(
        [module.rawValue, id], query: [:], priority: priority, label: "\(module.rawValue).get")
    } catch {
      guard ZohoProblem.isMissing(error) else { throw error }
      return nil
    }
    return try page.whole("\(module.rawValue).get").first { $0.id == id }
  }

  /// Every row of a query that ends without a limit. Queries see what was written a moment ago,
  /// which a search does not.
  func query(
    _ select: String, priority: CallPriority, label: String
  ) async throws(RemoteError) -> [ZohoRecord] {
    var rows: [ZohoRecord] = []
    while true {
      let text = "\(select) limit \(rows.count), \(ZohoLimit.page)"
      let call = Call(
        .post, try url(["coql"]), headers: ["Content-Type": "application/json"],
        body: OutgoingJSON.fields([("select_query", .text(text))]).data, purpose: .read,
        priority: priority, label: label)
      let page = try await send(call, ZohoPage.self) ?? ZohoPage()
      let found = try page.whole(label)
      rows += found
      guard page.hasMore, !found.isEmpty else { return rows }
    }
  }

  static func isID(_ text: String) -> Bool {
    !text.isEmpty && text.count <= 20 && text.utf8.allSatisfy { (48...57).contains($0) }
  }
}

/// Texts in a query.
enum ZohoQuery {
  /// A text as a literal: nothing in it can end it.
  static func literal(_ text: String) -> String {
    var escaped = "'"
    for character in text {
      if character == "'" || character == "\\" { escaped.append("\\") }
      escaped.append(character)
    }
    return escaped + "'"
  }

  static func list(_ texts: some Sequence<String>) -> String {
    "(" + texts.map(literal).joined(separator: ", ") + ")"
  }
}
