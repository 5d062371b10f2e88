extension HoldCode {
  /// What a person decides who accepts the hold, as the rest of a sentence about the deal; nil
  /// where there is nothing to decide: the cause is mended, and the deal looked at again.
  package var acceptance: String? {
    switch self {
    case .customerUnsure: "a new contact is made for its customer, and it is invoiced to it"
    case .possibleDuplicate: "it is invoiced although an invoice made by hand looks like its own"
    case .invoiceVoided: "it is invoiced anew"
    case .totalDiffers: "the difference between its amount and its line items is accepted"
    case .answerDiffers: "the figures of its invoice are accepted as they are"
    case .dealChanged: "its invoice stays as it is until the deal changes again"
    case .dealReopened: "its invoice stands although the deal is not won"
    case .dealDeleted: "its invoice stands although the deal was deleted"
    case .dealsMerged: "all its invoices stand: together they bill the merged deal"
    case .stageMovedBack: "its stage stays where somebody moved it"
    case .outcomeUnknown: "the alert counts as delivered"
    case .noCustomer, .contactArchived, .nameTaken, .noLines, .noAmount, .badLine,
      .currencyMissing, .currencyNotEnabled, .currencyMixed, .termsUnknown, .taxCodeUnknown,
      .accountUnknown, .itemUnknown, .trackingUnknown, .themeUnknown, .wonDateMissing,
      .periodLocked, .totalNegative, .numberTaken, .heldByRule, .recurringUnsupported,
      .scheduleInvalid, .fieldConflict, .flipFlop, .fieldRefused, .ownerUnreachable,
      .recordUnreadable, .refused, .planLimit, .emailRefused:
      nil
    }
  }
}

/// The commands that remedies end with, ready to be pasted.
package enum Remedy {
  /// Looks again, once the cause is mended. Decides nothing.
  package static func retry(_ subject: Subject) -> String { "`xerosync retry \(subject)`" }

  /// Decides what the hold is about. The code stands in the command because a subject may be
  /// held for several reasons, and accepting one must not accept another.
  package static func accept(_ code: HoldCode, _ subject: Subject) -> String {
    "`xerosync retry \(subject) --accept \(code.rawValue)`"
  }

  /// A connector's remedy as a sentence, with the command that sends the write again.
  package static func resend(_ remedy: String, _ subject: Subject) -> String {
    guard !remedy.contains("xerosync retry \(subject)") else { return remedy }
    var words = remedy.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    for ending in ["then: xerosync retry", "then retry.", "then retry"] {
      if words.hasSuffix(ending) { words.removeLast(ending.count) }
    }
    let bare = words.reversed().drop { ".,:; ".contains($0) }
    let sentence = String(bare.reversed())
    guard let first = sentence.first else { return "Then \(retry(subject))." }
    return "\(first.uppercased())\(sentence.dropFirst()). Then \(retry(subject))."
  }
}
