import Domain
import Transport

/// What was sold with deals.
extension ZohoConnector {
  /// What was sold with each of the deals; every deal has an entry.
  func sold(
    _ deals: [ZohoRecord], priority: CallPriority, withRows: Bool
  ) async throws(RemoteError) -> [String: ZohoSold] {
    switch lines {
    case .amount: return [:]
    case .quotes, .salesOrders:
      return try await documents(deals.map(\.id), priority, withRows: withRows)
    case .products: return try await linked(deals.map(\.id), priority)
    case .subform(let name, _):
      guard withRows else { return [:] }
      return try await subforms(deals, name, priority)
    }
  }

  var columns: ZohoColumns {
    if case .subform(_, let columns) = lines { columns } else { ZohoColumns() }
  }

  // MARK: Quotes and sales orders

  private func documents(
    _ deals: [String], _ priority: CallPriority, withRows: Bool
  ) async throws(RemoteError) -> [String: ZohoSold] {
    guard let module = lines.module else { return [:] }
    let stage = lines.stageField
    var heads: [String: [ZohoRecord]] = [:]
    for batch in deals.batches(of: ZohoLimit.values) {
      let rows = try await query(
        "select id, Subject, \(stage), Deal_Name, Modified_Time from \(module.rawValue)"
          + " where Deal_Name in \(ZohoQuery.list(batch)) order by id asc",
        priority: priority, label: "\(module.rawValue).query")
      for row in rows {
        if let deal = row["Deal_Name"]?.id { heads[deal, default: []].append(row) }
      }
    }
    var found: [String: ZohoSold] = [:]
    for deal in deals {
      let own = heads[deal] ?? []
      var sold = ZohoSold(stamps: own.flatMap { stamp($0, stage) })
      if withRows { sold.content = try await content(own, module, priority) }
      found[deal] = sold
    }
    return found
  }

  private func stamp(_ head: ZohoRecord, _ stage: String) -> [String] {
    [head.id, head.text(stage) ?? "", head.modified?.description ?? ""]
  }

  private func content(
    _ heads: [ZohoRecord], _ module: ZohoModule, _ priority: CallPriority
  ) async throws(RemoteError) -> ZohoSold.Content {
    let usable = ZohoDocumentChoice(field: lines.stageField).usable(heads)
    guard let head = usable.first else { return .nothing }
    guard usable.count == 1 else {
      let names = usable.map { "“\($0.text("Subject") ?? $0.id)”" }.joined(separator: ", ")
      return .undecided(
        "the deal has \(usable.count) \(module.rawValue.replacing("_", with: " ")) that could be"
          + " the one to invoice: \(names); leave one of them accepted, or close the others")
    }
    var document = await memory.document(head.id, at: head.modified)
    if document == nil { document = try await single(module, head.id, priority: priority) }
    guard let document else { return .nothing }
    await memory.keep(document: document)
    let rows = document[module == .quotes ? "Quoted_Items" : "Ordered_Items"]?.list ?? []
    return .document(document, ZohoLineReader.ordered(try Self.rows(rows, of: document.id)))
  }

  // MARK: Linked products and subforms

  private func linked(
    _ deals: [String], _ priority: CallPriority
  ) async throws(RemoteError) -> [String: ZohoSold] {
    guard let list = try await relatedLists(of: .products).first else {
      throw .unreadable(reason: "the deals of this organisation have no related list of products")
    }
    var found: [String: ZohoSold] = [:]
    let names = (ZohoModule.products.standardFields + fields.extraLine).uniqued
    for deal in deals {
      let products = try await all(
        [ZohoModule.deals.rawValue, deal, list],
        query: ["fields": names.prefix(ZohoLimit.fields).joined(separator: ",")],
        priority: priority, label: "deals.products"
      ).sorted { ($0.id.count, $0.id) < ($1.id.count, $1.id) }
      let stamps = products.flatMap { product in
        [product.id, product["Unit_Price"]?.plain { _ in nil } ?? ""]
      }
      found[deal] = ZohoSold(content: .products(products), stamps: stamps)
    }
    return found
  }

  /// A list may leave out columns of a subform: each deal is read by itself.
  private func subforms(
    _ deals: [ZohoRecord], _ name: String, _ priority: CallPriority
  ) async throws(RemoteError) -> [String: ZohoSold] {
    var found: [String: ZohoSold] = [:]
    for deal in deals {
      guard let whole = try await single(.deals, deal.id, priority: priority) else { continue }
      let rows = try Self.rows(whole[name]?.list ?? [], of: deal.id)
      found[deal.id] = ZohoSold(content: .rows(rows))
    }
    return found
  }

  private static func rows(
    _ list: [WireValue], of id: String
  ) throws(RemoteError) -> [ZohoRecord] {
    var rows: [ZohoRecord] = []
    for element in list {
      guard case .object(let members) = element, let row = element["id"]?.id else {
        throw .unreadable(reason: "a row of the record \(id) has no id")
      }
      rows.append(ZohoRecord(id: row, fields: members))
    }
    return rows
  }

  /// Products that rows name without their codes.
  func products(
    _ sold: some Sequence<ZohoSold>, _ priority: CallPriority
  ) async throws(RemoteError) -> [String: ZohoRecord] {
    var ids: [String] = []
    for case .rows(let rows) in sold.map(\.content) { ids += rows.compactMap(Self.codeless) }
    for case .document(_, let rows) in sold.map(\.content) {
      ids += rows.compactMap(Self.codeless)
    }
    var known: [String: ZohoRecord] = [:]
    var missing: [String] = []
    for id in ids.uniqued {
      if let product = await memory.product(id) { known[id] = product } else { missing.append(id) }
    }
    guard !missing.isEmpty else { return known }
    let found = try await records(.products, missing, priority: priority).records
    await memory.keep(products: Array(found.values))
    return known.merging(found) { $1 }
  }

  private static func codeless(_ row: ZohoRecord) -> String? {
    guard let product = row["Product_Name"], product["Product_Code"]?.text == nil else {
      return nil
    }
    return product.id
  }
}

/// Which of a deal's quotes or orders is invoiced: the accepted one; with none accepted, the only
/// one that was not turned down.
struct ZohoDocumentChoice: Sendable {
  /// The field that tells how far one is.
  var field: String

  private static let refused = ["lost", "cancel", "reject", "declin", "void"]
  private static let accepted = ["won", "confirm", "accept", "approv", "deliver", "complete"]

  func usable(_ heads: [ZohoRecord]) -> [ZohoRecord] {
    let alive = heads.filter { !tells($0, Self.refused) }
    let taken = alive.filter { tells($0, Self.accepted) }
    return taken.isEmpty ? alive : taken
  }

  private func tells(_ head: ZohoRecord, _ words: [String]) -> Bool {
    let stage = (head.text(field) ?? "").lowercased()
    return words.contains { stage.contains($0) }
  }
}
