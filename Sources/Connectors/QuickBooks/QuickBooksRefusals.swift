internal import Domain

/// From a fault to a hold with its remedy.
enum QuickBooksRefusals {
  static func refusal(_ fault: QuickBooksFault, fallback: HoldCode = .refused) -> WriteRefusal {
    let known = fault.errors.lazy.compactMap(code).first
    let words = fault.words.isEmpty ? "QuickBooks gave no reason" : fault.words
    return refusal(known ?? fallback, words)
  }

  static func refusal(_ code: HoldCode, _ words: String) -> WriteRefusal {
    WriteRefusal(code: code, message: String(words.prefix(1000)), remedy: remedy(code))
  }

  /// Nil for a fault we do not know.
  static func code(_ error: QuickBooksFault.Item) -> HoldCode? {
    switch error.code {
    case "6140": return .numberTaken
    case "6240": return .nameTaken
    case "6210": return .periodLocked
    case "6070": return .badLine
    case "5020", "5030": return .planLimit
    default: return code(inWords: "\(error.message) \(error.detail)")
    }
  }

  private static func code(inWords text: String) -> HoldCode? {
    let words = text.lowercased()
    return table.first { entry in
      entry.fragments.contains { $0.allSatisfy { words.contains($0) } }
    }?.code
  }

  /// Any of the fragments; each asks for all of its words. The narrower ones come first.
  private static let table: [(code: HoldCode, fragments: [[String]])] = [
    (.periodLocked, [["books", "closed"], ["period", "closed"], ["closing date"]]),
    (.numberTaken, [["duplicate document number"]]),
    (
      .nameTaken,
      [["name", "already exists"], ["duplicate name"], ["another", "using this name"]]
    ),
    (
      .currencyNotEnabled,
      [
        ["currency", "customer"], ["currency", "not"], ["currency", "invalid"], ["multicurrency"],
      ]
    ),
    (.taxCodeUnknown, [["tax code"], ["taxcode"], ["tax rate"], ["gst"], ["vat"], ["sales tax"]]),
    (.contactArchived, [["customer", "inactive"], ["customer", "deleted"], ["names element"]]),
    (.itemUnknown, [["item", "inactive"], ["items element"], ["product/service"], ["itemref"]]),
    (.accountUnknown, [["account"]]),
    (.trackingUnknown, [["class"]]),
    (.termsUnknown, [["term"]]),
    (.emailRefused, [["email"]]),
    (.badLine, [["amount", "qty"], ["unitprice"], ["unit price"], ["line"]]),
    (.fieldRefused, [["length"], ["too long"], ["invalid", "character"], ["property"]]),
  ]

  /// What the person does now, in the words of QuickBooks' screens.
  static func remedy(_ code: HoldCode) -> String {
    switch code {
    case .numberTaken:
      "Give the other document another number in QuickBooks, or change the number template;"
        + " then retry."
    case .nameTaken:
      "Names are unique across customers, vendors and employees: rename one of them, or link the"
        + " deal's customer to the QuickBooks customer of that name."
    case .periodLocked:
      "Move the closing date in QuickBooks (Account and settings > Advanced > Accounting), or date"
        + " the invoice after it."
    case .contactArchived:
      "Make the customer active in QuickBooks again, or link the deal's customer to another one."
    case .currencyNotEnabled:
      "A QuickBooks customer has one currency for ever: make a second customer in the deal's"
        + " currency and link it, or change the deal's currency."
    case .planLimit:
      "The QuickBooks plan or the rights of the person who signed in do not allow this."
    case .emailRefused: "Write an e-mail address on the customer in QuickBooks, then retry."
    case .taxCodeUnknown:
      "Choose a sales tax code of the company: rules[].set.tax or invoices.tax."
    case .accountUnknown:
      "Choose an active income account: rules[].set.account or invoices.account."
    case .itemUnknown:
      "Every QuickBooks line needs a product or service: set accounting.default_item, name one in"
        + " rules[].set.item, or make the missing one in QuickBooks."
    case .trackingUnknown: "Add the class in QuickBooks, or change invoices.tracking."
    case .termsUnknown: "Add terms of this length in QuickBooks (Account and settings > All lists)."
    case .badLine: "Correct the deal's line: its text, quantity, price and discount."
    case .fieldRefused: "Correct the field in the CRM: QuickBooks does not take this value."
    case .noCustomer, .customerUnsure, .noLines, .noAmount, .currencyMissing, .currencyMixed,
      .themeUnknown, .wonDateMissing, .possibleDuplicate, .totalNegative, .totalDiffers,
      .answerDiffers, .heldByRule, .recurringUnsupported, .scheduleInvalid, .invoiceVoided,
      .dealChanged, .dealReopened, .dealDeleted, .dealsMerged, .fieldConflict, .flipFlop,
      .ownerUnreachable, .stageMovedBack, .recordUnreadable, .outcomeUnknown, .refused:
      "Mend what QuickBooks names, then retry."
    }
  }
}
