import Sandbox
import TestSupport

/// What an invoice must come to, worked out from the deal by another way than the product's: whole
/// numbers of a millionth, line by line.
enum Oracle {
  /// Subtotal and tax in cents at a tax of 15 %; nil where a line cannot be read.
  static func cents(of deal: CRMDesk.DealView) -> (subtotal: Int, tax: Int)? {
    var subtotal = 0
    var tax = 0
    for line in deal.lines {
      guard let quantity = millionths(line.quantity), let price = millionths(line.price),
        let percent = millionths(line.discountPercentage)
      else { return nil }
      let gross = quantity / 1_000_000 * price
      let net = gross * (100_000_000 - percent) / 100_000_000
      let cents = rounded(net, by: 10_000)
      subtotal += cents
      tax += rounded(cents * 15, by: 100)
    }
    return (subtotal, tax)
  }

  /// What a deal must say of its invoice on a day.
  static func status(of invoice: XeroInvoice, isLate: Bool) -> String {
    let hasMoney = invoice.amountPaid != .zero
    let hasCredit = invoice.amountCredited != .zero
    if invoice.amountDue == .zero { return hasCredit && !hasMoney ? "credited" : "paid" }
    if isLate { return "overdue" }
    return hasMoney || hasCredit ? "partially_paid" : "awaiting_payment"
  }

  /// Half away from zero; amounts are never negative here.
  private static func rounded(_ value: Int, by unit: Int) -> Int { (value + unit / 2) / unit }

  /// Nil for what is no decimal number of at most six places.
  static func millionths(_ text: String) -> Int? {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count <= 2, let whole = Int(parts[0]) else { return nil }
    let fraction = parts.count == 2 ? parts[1].prefix(6) : ""
    let padded = fraction + String(repeating: "0", count: 6 - fraction.count)
    return Int(padded).map { whole * 1_000_000 + $0 }
  }
}
