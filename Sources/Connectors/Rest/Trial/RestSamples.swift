import Domain

/// What the actions of a description are rehearsed with.
enum RestSamples {
  static let key = OperationID("op_00000000000000a1")
  static let mark = "5f3c0f0e-1c1b-4f0e-9d77-0123456789ab"

  static func report(_ deal: String, _ fields: Set<ReportField>) -> DealReport {
    let values: [ReportField: String] = [
      .invoiceNumber: "INV-0042", .invoiceStatus: ReceivableStatus.awaitingPayment.rawValue,
      .amountDue: "1150.00", .amountPaid: "0.00", .dueDate: "2026-12-22", .paidDate: "",
      .invoiceURL: "https://accounting.example/INV-0042",
    ]
    return DealReport(deal: ID(deal), values: values.filter { fields.contains($0.key) })
  }

  static func draft(_ kind: RecordKind) -> PartyDraft {
    var record = PartyRecord(
      subject: Subject(system: "accounting", kind: .contact, id: mark),
      name: kind == .person ? "Mere O’Brien" : "Ridgeway University")
    if kind == .person { (record.firstName, record.lastName) = ("Mere", "O’Brien") }
    record.emails = ["accounts@ridgeway.example"]
    record.phones = [.main: "+64 3 555 0142"]
    record.addresses[.postal] = PostalAddress(
      lines: ["362 Leith Street"], city: "Dunedin", postalCode: "9016", country: "New Zealand")
    return PartyDraft(kind: kind, copying: record, mark: mark)
  }

  static func patch(_ subject: Subject) -> PartyPatch {
    PartyPatch(
      subject: subject,
      texts: subject.kind == .person
        ? [.firstName: "Mere", .lastName: "Tahu", .email: "mere@ridgeway.example", .mark: mark]
        : [.name: "Ridgeway University", .phone: "+64 3 555 0143", .mark: mark])
  }

  static func alert(_ deal: Subject, owner: String?, currency: Currency) -> AlertDraft? {
    guard let due = CalendarDate("2026-11-20") else { return nil }
    var invoice = Invoice(
      id: ID("inv-1"), contactID: ID("c-1"), status: .authorised, date: due.adding(days: -30),
      currency: currency)
    invoice.number = "INV-0042"
    invoice.contactName = "Ridgeway University"
    let person = owner.map { Owner(id: ID($0), name: "", email: nil, isActive: true) }
    return AlertDraft(
      deal: deal, invoice: invoice, dealName: "Website", dueDate: due, daysLate: 2, owner: person,
      level: 1, channel: .crmTask)
  }
}
