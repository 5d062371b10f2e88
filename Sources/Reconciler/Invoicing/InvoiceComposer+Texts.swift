internal import Domain

/// Number and reference.
extension InvoiceComposer {
  /// Our own number where the configuration chooses one: printable ASCII, at most 240.
  mutating func number() -> String? {
    guard let template = ruled(\.number, "number", \.text) ?? policy.invoices.number else {
      return nil
    }
    let text = template.rendered { context.placeholder($0, line: nil) }
    let ascii = text.unicodeScalars.filter { (32...126).contains($0.value) }
    let printable = String(ascii.map(Character.init)).split(separator: " ")
      .joined(separator: " ")
    return printable.isEmpty ? fallbackName : String(printable.prefix(240))
  }

  /// Never empty, and as the accounting system keeps it: it is how the invoice is found again.
  mutating func reference() -> String {
    let template = ruled(\.reference, "reference", \.text) ?? policy.invoices.reference
    let text = oneLine(template.rendered { context.placeholder($0, line: nil) })
    let cut = (text.isEmpty ? fallbackName : text).prefix(pass.referenceLengthMax)
    return cut.hasSuffix(" ") ? String(cut.dropLast()) : String(cut)
  }

  private var fallbackName: String { "\(facts.crm)-\(facts.deal.id)" }

  /// Without what no system keeps: control characters and marks that turn the direction of text.
  private func oneLine(_ text: String) -> String {
    let scalars = text.unicodeScalars.map { scalar in
      Self.isKept(scalar) ? String(scalar) : " "
    }
    return scalars.joined().split(whereSeparator: \.isWhitespace).joined(separator: " ")
  }

  private static func isKept(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .lineSeparator, .paragraphSeparator, .surrogate: false
    case _:
      ![0xFFFD, 0xFEFF].contains(scalar.value) && !(0x202A...0x202E).contains(scalar.value)
        && !(0x2066...0x2069).contains(scalar.value)
    }
  }
}
