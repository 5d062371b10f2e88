extension XeroLedger {
  /// Applies the submitted status if the vendor's status machine has that step.
  func readStatus(
    _ element: inout XeroElement, _ invoice: inout XeroInvoice, before: XeroInvoice?
  ) {
    if before?.status == .voided || before?.status == .deleted {
      element.refuse("Invoice not of valid status for modification")
      return
    }
    guard let text = element.text("Status") else { return }
    guard let status = XeroInvoice.Status(rawValue: text.uppercased()) else {
      element.refuse("The Status '\(text)' is not valid")
      return
    }
    guard let before else {
      if [.draft, .submitted, .authorised].contains(status) {
        invoice.status = status
      } else {
        element.refuse("Invoice not of valid status for creation")
      }
      return
    }
    if before.allows(status) {
      invoice.status = status
    } else {
      element.refuse("Invoice not of valid status for modification")
    }
  }
}

extension XeroInvoice {
  /// Whether a client may write this status now.
  func allows(_ next: Status) -> Bool {
    switch (status, next) {
    case (.draft, .draft), (.draft, .submitted), (.draft, .authorised), (.draft, .deleted): true
    case (.submitted, .submitted), (.submitted, .authorised), (.submitted, .draft),
      (.submitted, .deleted):
      true
    case (.authorised, .authorised), (.paid, .paid): true
    case (.authorised, .voided): !isTouchedByMoney
    case (.draft, _), (.submitted, _), (.authorised, _), (.paid, _), (.voided, _), (.deleted, _):
      false
    }
  }

  /// Whether only what stays editable after a payment differs.
  func keepsMoney(of before: XeroInvoice) -> Bool {
    let contactIsFixed = before.amountCredited != .zero
    return date == before.date && amountsAre == before.amountsAre && currency == before.currency
      && currencyRate == before.currencyRate && totals == before.totals
      && (!contactIsFixed || contact == before.contact)
      && lines.map(\.frozenByMoney) == before.lines.map(\.frozenByMoney)
      && status == before.status
  }

  /// Whether an edit is one of the two kinds that leave the vendor's stamp alone.
  func differsOnlyInDueDateOrSent(from before: XeroInvoice) -> Bool {
    var reverted = self
    reverted.dueDate = before.dueDate
    reverted.sentToContact = before.sentToContact
    reverted.updated = before.updated
    let differs = dueDate != before.dueDate || sentToContact != before.sentToContact
    return reverted == before && differs
  }
}

extension XeroLine {
  /// The line without what may be edited on a paid document.
  fileprivate var frozenByMoney: XeroLine {
    var line = self
    line.description = nil
    line.accountCode = nil
    line.tracking = []
    return line
  }
}

extension XeroOrganisation {
  /// The later of the two lock dates.
  var lockDate: CivilDate? { [periodLockDate, endOfYearLockDate].compactMap { $0 }.max() }
}

extension CivilDate {
  /// `31 January 2026`.
  var longText: String {
    let months = [
      "January", "February", "March", "April", "May", "June", "July", "August", "September",
      "October", "November", "December",
    ]
    let (year, month, day) = parts
    return "\(day) \(months[month - 1]) \(year)"
  }
}
