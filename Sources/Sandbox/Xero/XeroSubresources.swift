extension XeroLedger {
  // MARK: What hangs below an invoice

  mutating func email(_ call: XeroCall) throws(XeroRefusal) -> SandboxResponse {
    guard var invoice = invoice(idOrNumber: call.parts[1]) else { throw .notFound }
    guard invoice.kind == .sale,
      [.submitted, .authorised, .paid].contains(invoice.status)
    else { throw .message("Invoice is not of valid status to be emailed") }
    let contact = contacts[invoice.contact]
    let recipients =
      [contact?.email] + (contact?.persons.filter(\.includeInEmails).map(\.email) ?? [])
    guard recipients.contains(where: { $0?.isEmpty == false }) else {
      throw .message("The contact has no email address")
    }
    let day = CivilDate(call.now).dayNumber
    let sent = emailsSent[day] ?? 0
    guard sent < organisation.plan.emailsPerDay else {
      throw .message("The daily limit of invoice emails has been reached")
    }
    emailsSent[day] = sent + 1
    invoice.sentToContact = true
    if !invoice.isTouchedByMoney { invoice.updated = call.now }
    save(invoice)
    note(invoice.id, "Invoice sent", "By email", at: call.now)
    return SandboxResponse(status: 204)
  }

  func onlineInvoice(_ call: XeroCall) throws(XeroRefusal) -> SandboxResponse {
    guard let invoice = invoice(idOrNumber: call.parts[1]) else { throw .notFound }
    guard invoice.kind == .sale, invoice.status != .draft else {
      throw .message("The invoice has no online version")
    }
    let address = "https://in.xero.com/" + invoice.id.description.replacing("-", with: "")
    return .json(["OnlineInvoices": [["OnlineInvoiceUrl": .string(address)]]])
  }

  mutating func listHistory(_ call: XeroCall, of id: XeroID) -> SandboxResponse {
    let records = (history[id] ?? []).reversed().map { historyJSON($0) }
    return envelope("HistoryRecords", Array(records), at: call.now)
  }

  mutating func addHistory(
    _ call: XeroCall, of id: XeroID
  ) throws(XeroRefusal) -> SandboxResponse {
    var added: [XeroHistoryRecord] = []
    for object in try call.elements("HistoryRecords") {
      guard let details = object["Details"]?.string, !details.isEmpty, details.count <= 2500
      else { throw .message("The Details must be between 1 and 2500 characters") }
      added.append(XeroHistoryRecord(at: call.now, change: "Note", details: details))
    }
    history[id, default: []] += added
    return envelope("HistoryRecords", added.map(historyJSON), at: call.now)
  }

  private func historyJSON(_ record: XeroHistoryRecord) -> JSONValue {
    [
      "Changes": .string(record.change), "DateUTCString": .string(record.at.secondsText),
      "DateUTC": XeroWire.timestamp(record.at), "User": "System Generated",
      "Details": .string(record.details),
    ]
  }
}
