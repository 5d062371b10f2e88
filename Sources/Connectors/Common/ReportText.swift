import Domain

/// How our own fields on a deal read and compare.
enum ReportText {
  /// A value as it stands on the record, in the form it is written in: amounts with the
  /// currency's decimals, dates without a time.
  static func read(_ field: ReportField, _ text: String, exponent: Int) -> String {
    switch field {
    case .amountDue, .amountPaid:
      guard let number = try? ExactDecimal(parsing: text) else { return text }
      return number.rounded(exponent) == number ? number.fixed(decimals: exponent) : number.plain
    case .dueDate, .paidDate: return CalendarDate(String(text.prefix(10)))?.description ?? text
    case .invoiceStatus:
      // The label of a choice may be written as people write it: “Awaiting payment”.
      let word = text.lowercased().replacing(" ", with: "_")
      return ReceivableStatus(rawValue: word) == nil ? text : word
    case .invoiceNumber, .invoiceURL: return text
    }
  }

  /// What the record now holds, in the writing of what was sent where both mean the same.
  static func held(_ field: ReportField, _ text: String, sent: String) -> String {
    switch field {
    case .amountDue, .amountPaid:
      guard let value = try? ExactDecimal(parsing: text),
        let asked = try? ExactDecimal(parsing: sent), value == asked
      else { return read(field, text, exponent: 2) }
      return sent
    case .dueDate, .paidDate, .invoiceNumber, .invoiceStatus, .invoiceURL:
      return read(field, text, exponent: 2)
    }
  }
}
