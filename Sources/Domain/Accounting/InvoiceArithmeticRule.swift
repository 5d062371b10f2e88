/// How an accounting system computes an invoice's figures from its lines.
package struct InvoiceArithmeticRule: Hashable, Sendable, Codable {
  package var tax: TaxRounding
  package var rounding: Rounding
  /// Digits every figure is rounded to, whatever the currency; nil: the currency's own.
  package var decimals: Int?

  package enum TaxRounding: String, Hashable, Sendable, Codable {
    /// Tax is rounded on each line, then summed.
    case perLine = "per_line"
    /// Lines of one tax code are summed, then the tax is rounded once; of a code made of several
    /// rates, each rate by itself, with the lines of other codes that have the same rate.
    case perTaxCode = "per_tax_code"
  }

  package init(tax: TaxRounding, rounding: Rounding, decimals: Int? = nil) {
    self.tax = tax
    self.rounding = rounding
    self.decimals = decimals
  }

  /// Digits of an amount of the given currency.
  package func decimals(of currency: Currency) -> Int { decimals ?? currency.exponent }
}
