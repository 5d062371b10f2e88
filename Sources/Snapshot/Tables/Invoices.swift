package import Domain
internal import GRDB

extension SnapshotWriter {
  /// Stores an invoice together with what it is found by.
  ///
  /// - Parameter readAt: when it was read, for the daily re-read of open invoices.
  package func store(
    invoice: Invoice, of system: SystemName, readAt: Instant
  ) throws -> StagedChange {
    let change = try store(invoice, of: system)
    guard change != .stale else { return change }
    try db.cachedStatement(
      sql: """
        INSERT INTO invoice_index
          (system, id, contact_id, number, reference, source_url, template_id, date, is_open,
           read_at)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (system, id) DO UPDATE SET
          contact_id = excluded.contact_id, number = excluded.number,
          reference = excluded.reference, source_url = excluded.source_url,
          template_id = excluded.template_id, date = excluded.date, is_open = excluded.is_open,
          read_at = excluded.read_at
        """
    ).execute(arguments: [
      system.rawValue, invoice.id.rawValue, invoice.contactID.rawValue, invoice.number,
      invoice.reference, invoice.sourceURL, invoice.templateID?.rawValue,
      invoice.date.description, invoice.isOpen, readAt.milliseconds,
    ])
    return change
  }
}

extension SnapshotWriter {
  /// Invoices that were asked for and are no longer shown: they take their turn again tomorrow
  /// instead of standing first in every pass.
  package func markInvoicesRead(
    _ ids: [ID<Invoice>], of system: SystemName, at now: Instant
  ) throws {
    let statement = try db.cachedStatement(
      sql: "UPDATE invoice_index SET read_at = ? WHERE system = ? AND id = ?")
    for id in ids {
      try statement.execute(arguments: [now.milliseconds, system.rawValue, id.rawValue])
    }
  }
}

extension SnapshotReader {
  /// Invoices of a contact dated inside the range, oldest first.
  package func invoices(
    of contact: ID<Party>, in system: SystemName, from first: CalendarDate, to last: CalendarDate
  ) throws -> [Invoice] {
    let ids = try String.fetchAll(
      db.cachedStatement(
        sql: """
          SELECT id FROM invoice_index
          WHERE contact_id = ? AND date BETWEEN ? AND ? AND system = ? ORDER BY date, id LIMIT 200
          """),
      arguments: [contact.rawValue, first.description, last.description, system.rawValue])
    return try ids.compactMap { try invoice(ID($0), of: system) }
  }

  /// Invoices that carry an address as their source, or one that begins with `prefix`.
  package func invoices(
    source url: String, orBeginningWith prefix: String, in system: SystemName
  ) throws -> [Invoice] {
    guard !url.isEmpty, !prefix.isEmpty else { return [] }
    // The two halves of the condition are ranges of the partial index on addresses.
    let ids = try String.fetchAll(
      db.cachedStatement(
        sql: """
          SELECT id FROM invoice_index
          WHERE source_url <> '' AND source_url = ?1 AND system = ?3
          UNION
          SELECT id FROM invoice_index
          WHERE source_url <> '' AND source_url >= ?2 AND source_url < ?2 || char(1114111)
            AND system = ?3
          ORDER BY 1
          """),
      arguments: [url, prefix, system.rawValue])
    return try ids.compactMap { try invoice(ID($0), of: system) }
  }

  /// Invoices of that number, whatever its letter case, by id.
  package func invoices(
    numbered number: String, in system: SystemName
  ) throws -> [ID<Invoice>] {
    try String.fetchAll(
      db,
      sql: """
        SELECT id FROM invoice_index
        WHERE number = ? COLLATE NOCASE AND number <> '' AND system = ? ORDER BY id
        """,
      arguments: [number, system.rawValue]
    ).map { ID($0) }
  }

  /// Invoices that a repeating template generated, by id.
  package func invoices(
    generatedBy template: ID<InvoiceTemplate>, in system: SystemName
  ) throws -> [Invoice] {
    let ids = try String.fetchAll(
      db.cachedStatement(
        sql: """
          SELECT id FROM invoice_index
          WHERE template_id IS NOT NULL AND template_id = ? AND system = ? ORDER BY id
          """),
      arguments: [template.rawValue, system.rawValue])
    return try ids.compactMap { try invoice(ID($0), of: system) }
  }

  /// Open linked invoices last read before the given moment, longest unread first.
  package func openInvoices(
    of system: SystemName, readBefore limit: Instant, most: Int
  ) throws -> [ID<Invoice>] {
    try String.fetchAll(
      db.cachedStatement(
        sql: """
          SELECT i.id FROM invoice_index i
          WHERE i.is_open = 1 AND i.read_at < ? AND i.system = ?
            AND EXISTS (SELECT 1 FROM link l WHERE l."right" = i.system || ':invoice:' || i.id)
          ORDER BY i.read_at, i.id LIMIT ?
          """),
      arguments: [limit.milliseconds, system.rawValue, most]
    ).map { ID($0) }
  }
}
