import Foundation

/// The books of one organisation: records, their indexes, and the way back from a failed batch.
package struct XeroLedger: Sendable {
  package var organisation: XeroOrganisation
  package var accounts: [XeroAccount] = []
  package var taxRates: [XeroTaxRate] = []
  package var currencies: [XeroCurrency] = []
  package var brandingThemes: [XeroBrandingTheme] = []
  package var trackingCategories: [XeroTrackingCategory] = []
  package var items: [XeroItem] = []
  package var repeatingInvoices: [XeroRepeatingInvoice] = []
  var history: [XeroID: [XeroHistoryRecord]] = [:]
  var emailsSent: [Int: Int] = [:]
  var ids: XeroIDSource
  private var nextInvoiceNumber = 1
  private var nextCreditNumber = 1

  private(set) var contacts = XeroTable<XeroContact>()
  private(set) var invoices = XeroTable<XeroInvoice>()
  private(set) var credits = XeroTable<XeroCredit>()
  private(set) var payments = XeroTable<XeroPayment>()
  private(set) var invoicesByNumber = XeroIndex()
  private(set) var invoicesByReference = XeroIndex()
  private(set) var invoicesByContact = XeroIndex()
  private(set) var contactsByName = XeroIndex()
  private(set) var contactsByNumber = XeroIndex()
  private(set) var contactsByEmail = XeroIndex()
  private(set) var creditsByNumber = XeroIndex()
  /// Whether the valid elements of a batch survive when another one fails and the answer is a 400;
  /// the vendor does not say, so a client must stand both.
  package var keepsValidOfFailedBatch = false
  private var undo: [UndoStep]?
  private var listsBefore: (repeating: [XeroRepeatingInvoice], items: [XeroItem]) = ([], [])

  private enum UndoStep: Sendable {
    case contact(XeroID, before: XeroContact?)
    case invoice(XeroID, before: XeroInvoice?)
    case credit(XeroID, before: XeroCredit?)
    case payment(XeroID, before: XeroPayment?)
  }

  init(organisation: XeroOrganisation, ids: XeroIDSource) {
    self.organisation = organisation
    self.ids = ids
  }

  mutating func reserve(contacts: Int, invoices: Int) {
    self.contacts.reserve(contacts)
    self.invoices.reserve(invoices)
  }

  // MARK: Saving, with the indexes kept

  mutating func save(_ contact: XeroContact) {
    let before = contacts[contact.id]
    undo?.append(.contact(contact.id, before: before))
    contacts.save(contact)
    reindex(before, contact)
  }

  mutating func save(_ invoice: XeroInvoice) {
    let before = invoices[invoice.id]
    undo?.append(.invoice(invoice.id, before: before))
    invoices.save(invoice)
    reindex(before, invoice)
  }

  mutating func save(_ credit: XeroCredit) {
    let before = credits[credit.id]
    undo?.append(.credit(credit.id, before: before))
    credits.save(credit)
    creditsByNumber.move(credit.id, from: before?.number, to: credit.number)
  }

  mutating func save(_ payment: XeroPayment) {
    undo?.append(.payment(payment.id, before: payments[payment.id]))
    payments.save(payment)
  }

  private mutating func reindex(_ before: XeroContact?, _ after: XeroContact?) {
    guard let id = (after ?? before)?.id else { return }
    contactsByName.move(id, from: before?.name, to: after?.name)
    contactsByNumber.move(id, from: before?.number, to: after?.number)
    contactsByEmail.move(id, from: before?.email, to: after?.email)
  }

  private mutating func reindex(_ before: XeroInvoice?, _ after: XeroInvoice?) {
    guard let id = (after ?? before)?.id else { return }
    invoicesByNumber.move(id, from: before?.number, to: after?.number)
    invoicesByReference.move(id, from: before?.reference, to: after?.reference)
    invoicesByContact.move(
      id, from: before?.contact.description, to: after?.contact.description)
  }

  // MARK: All or nothing

  /// From now until `keep` or `rollBack`, each change can be taken back.
  mutating func beginBatch() {
    undo = []
    listsBefore = (repeatingInvoices, items)
  }

  mutating func keep() { undo = nil }

  mutating func rollBack() {
    let steps = undo ?? []
    undo = nil
    (repeatingInvoices, items) = listsBefore
    for step in steps.reversed() {
      switch step {
      case .contact(let id, let before):
        reindex(contacts[id], before)
        if let before { contacts.save(before) } else { contacts.remove(id) }
      case .invoice(let id, let before):
        reindex(invoices[id], before)
        if let before { invoices.save(before) } else { invoices.remove(id) }
      case .credit(let id, let before):
        creditsByNumber.move(id, from: credits[id]?.number, to: before?.number)
        if let before { credits.save(before) } else { credits.remove(id) }
      case .payment(let id, let before):
        if let before { payments.save(before) } else { payments.remove(id) }
      }
    }
  }

  // MARK: Finding

  /// The sale or bill of that number; sales first, since only their numbers are unique.
  func invoice(numbered number: String) -> XeroInvoice? {
    let found = invoicesByNumber[number].compactMap { invoices[$0] }
    return found.first { $0.kind == .sale } ?? found.first
  }

  /// The sale that holds this number, whatever became of it.
  func sale(numbered number: String) -> XeroInvoice? {
    invoicesByNumber[number].compactMap { invoices[$0] }.first { $0.kind == .sale }
  }

  func invoice(idOrNumber text: String) -> XeroInvoice? {
    XeroID(text).flatMap { invoices[$0] } ?? invoice(numbered: text)
  }

  /// The active contact of that name, compared without regard to case and accents.
  func activeContact(named name: String) -> XeroContact? {
    contactsByName[name].compactMap { contacts[$0] }.first { $0.status == .active }
  }

  func contact(numbered number: String) -> XeroContact? {
    contactsByNumber[number].compactMap { contacts[$0] }.first
  }

  func credit(idOrNumber text: String, _ kind: XeroCredit.Kind) -> XeroCredit? {
    let found =
      XeroID(text).flatMap { credits[$0] }
      ?? creditsByNumber[text].compactMap { credits[$0] }.first
    return found?.kind == kind ? found : nil
  }

  func account(code: String) -> XeroAccount? { accounts.first { $0.code == code } }

  func taxRate(_ type: String) -> XeroTaxRate? { taxRates.first { $0.type == type } }

  /// The calendar date in the organisation's zone.
  func today(_ now: SandboxTime) -> CivilDate {
    CivilDate(now.advanced(seconds: Int64(organisation.minutesEast) * 60))
  }

  /// The next free number of the series INV-0001.
  mutating func takeInvoiceNumber() -> String {
    while true {
      let number = "INV-" + padded(nextInvoiceNumber, 4)
      nextInvoiceNumber += 1
      if invoicesByNumber[number].isEmpty { return number }
    }
  }

  /// The next free number of the series CN-0001.
  mutating func takeCreditNumber() -> String {
    while true {
      let number = "CN-" + padded(nextCreditNumber, 4)
      nextCreditNumber += 1
      if creditsByNumber[number].isEmpty { return number }
    }
  }

  mutating func note(_ id: XeroID, _ change: String, _ details: String, at now: SandboxTime) {
    history[id, default: []].append(
      XeroHistoryRecord(at: now, change: change, details: details))
  }
}

/// Ids by a text that is compared without regard to case and accents.
struct XeroIndex: Sendable {
  private var ids: [String: [XeroID]] = [:]

  subscript(text: String) -> [XeroID] { ids[foldedText(text)] ?? [] }

  mutating func move(_ id: XeroID, from old: String?, to new: String?) {
    guard old != new else { return }
    if let old, !old.isEmpty {
      let key = foldedText(old)
      ids[key]?.removeAll { $0 == id }
      if ids[key]?.isEmpty == true { ids[key] = nil }
    }
    if let new, !new.isEmpty { ids[foldedText(new), default: []].append(id) }
  }
}

/// The form in which the vendor compares texts: case and accents aside.
func foldedText(_ text: String) -> String {
  if text.utf8.allSatisfy({ $0 < 128 }) { return text.lowercased() }
  return text.folding(options: [.caseInsensitive, .diacriticInsensitive], locale: nil)
}
