/// Deliberate bugs. Each is a mistake that a careless change could make in the engine, a
/// connector, the snapshot or the sign-in; a rig puts it into the running product from outside,
/// and the judges must notice. A proof whose judges pass these over proves nothing.
package enum Sabotage: String, CaseIterable, Sendable, Codable {
  // The journal and recovery.
  case lookUpsOff = "open invoices are never looked up"
  case contactLookUpsOff = "open contacts are never looked up"
  case partialLookUps = "a look-up overlooks what is there"
  case unknownTakenForNotSent = "a lost answer counts as nothing sent"
  case unknownTakenForRefused = "a lost answer counts as a definite no"
  case refusedRetried = "a definite no is tried again"
  case settleIgnored = "a look-up is trusted at once"
  case intentNotKept = "the request leaves before its intent is durable"
  case outcomeNotKept = "outcomes are not written to the journal"
  case planNotKept = "planned operations are not journalled"
  case oneKeyForAll = "every write carries the same idempotency key"
  case keyPerAttempt = "the mark of an invoice changes with each attempt"
  // Reading changes.
  case cursorBeforeData = "the cursor moves although records were not stored"
  case cursorTooFar = "the cursor runs an hour ahead"
  case cursorWithoutMargin = "a listing is never read again from before the cursor"
  case ledgerCursorTooFar = "the ledger's cursor runs an hour ahead"
  case localClockInCursor = "the local clock stands in the cursor"
  case lastOfPageSkipped = "the last record of each page is skipped"
  case lastInvoiceSkipped = "the last invoice of each page is skipped"
  case staleAccepted = "an older version overwrites a newer one"
  case linesUnwatched = "changed lines do not wake their deal"
  case deletionsIgnored = "deletions are not noticed"
  case paymentsIgnored = "money on an invoice is not read"
  case agendaForgotten = "what changed is not put before the planner"
  case wakesForgotten = "nothing is looked at again when its day comes"
  // What is written.
  case createdTwice = "an invoice is sent twice"
  case markLeftOut = "invoices do not carry their deal's mark"
  case contactMarkLeftOut = "contacts do not carry their customer's mark"
  case priceRounded = "prices are rounded to whole units"
  case discountForgotten = "discounts are left out"
  case centLost = "a cent is lost on every line"
  case lineDropped = "the last of several lines is left out"
  case wrongCustomer = "the invoice goes to another customer"
  case wrongCurrency = "the invoice is in another currency"
  case dueTooLate = "invoices fall due a day late"
  case leftAsDraft = "invoices are left as drafts"
  case foreignTouched = "an invoice of somebody else is changed"
  case revisionNotSent = "changes of an invoice are taken for done"
  // Back to the deal.
  case reportNotSent = "reports on deals are taken for done"
  case reportTwisted = "a deal is told of other amounts"
  case reportToOther = "a deal is told another deal's money"
  case echoNotKept = "our own report comes back as an edit"
  case tasksRepeated = "a task is made twice"
  case tasksForgotten = "tasks are taken for made"
  case alertsNotKept = "it is forgotten that an owner was told"
  // Memory.
  case linksForgotten = "links to invoices are not stored"
  case holdsNotKept = "holds are not stored"
  case holdsStay = "holds are never lifted"
  case partyMemoryForgotten = "what a customer's records agreed on is forgotten"
  case partyEditsLost = "changes of customers are taken for done"
  // Sign-in, clock, process.
  case newTokenNotKept = "a renewed token is not stored"
  case oldTokenDropped = "the old token is dropped before the new one is there"
  case accountNotPinned = "the organisation is not compared with the first pass's"
  case dryRunWrites = "a dry run works on the real snapshot"
  case dryRunSends = "a dry run is a real one"
  case diceInMarks = "references are drawn at random"
  case secretLogged = "the access token is logged"
  case endlessCalls = "a listing is read over and over"

  /// Statements that put the mistake into the snapshot: triggers that swallow what the product
  /// stores.
  var sql: String? {
    switch self {
    case .intentNotKept:
      Self.swallow("UPDATE OF state", "operation", when: "NEW.state = 'sent'")
    case .outcomeNotKept:
      Self.swallow("UPDATE OF state", "operation", when: "NEW.state = 'applied'")
    case .planNotKept: Self.swallow("INSERT", "operation", when: "NEW.action = 'update'")
    case .cursorBeforeData:
      Self.swallow("INSERT", "record", when: "NEW.kind = 'deal' AND NEW.id % 3 = 0")
    case .staleAccepted:
      Self.after("UPDATE", "record", "UPDATE record SET modified_at = 0 WHERE rowid = NEW.rowid")
        + Self.after(
          "INSERT", "record", "UPDATE record SET modified_at = 0 WHERE rowid = NEW.rowid")
    case .agendaForgotten: Self.swallow("INSERT", "dirty", when: "NEW.reason = 'invoice changed'")
    case .wakesForgotten: Self.swallow("INSERT", "wake", when: "1")
    case .alertsNotKept: Self.swallow("INSERT", "alert", when: "1")
    case .linksForgotten: Self.swallow("INSERT", "link", when: "NEW.role LIKE '%invoice%'")
    case .holdsNotKept: Self.swallow("INSERT", "hold", when: "1")
    case .holdsStay: Self.swallow("DELETE", "hold", when: "1")
    case .partyMemoryForgotten: Self.swallow("INSERT", "party_memory", when: "1")
    case .accountNotPinned:
      Self.swallow("INSERT", "meta", when: "NEW.key LIKE 'account%' OR NEW.key = 'organisation'")
    case .lookUpsOff, .contactLookUpsOff, .partialLookUps, .unknownTakenForNotSent,
      .unknownTakenForRefused, .refusedRetried, .settleIgnored, .oneKeyForAll, .keyPerAttempt,
      .cursorTooFar, .cursorWithoutMargin, .ledgerCursorTooFar, .localClockInCursor,
      .lastOfPageSkipped, .lastInvoiceSkipped, .linesUnwatched, .deletionsIgnored,
      .paymentsIgnored, .createdTwice, .markLeftOut, .contactMarkLeftOut, .priceRounded,
      .discountForgotten, .centLost, .lineDropped, .wrongCustomer, .wrongCurrency, .dueTooLate,
      .leftAsDraft, .foreignTouched, .revisionNotSent, .reportNotSent, .reportTwisted,
      .reportToOther, .echoNotKept, .tasksRepeated, .tasksForgotten, .partyEditsLost,
      .newTokenNotKept, .oldTokenDropped, .dryRunWrites, .dryRunSends,
      .diceInMarks, .secretLogged, .endlessCalls:
      nil
    }
  }

  private static func swallow(_ event: String, _ table: String, when: String) -> String {
    """
    CREATE TRIGGER IF NOT EXISTS "sabotage \(event)" BEFORE \(event) ON "\(table)"
    WHEN \(when) BEGIN SELECT RAISE(IGNORE); END;
    """
  }

  private static func after(_ event: String, _ table: String, _ statement: String) -> String {
    """
    CREATE TRIGGER IF NOT EXISTS "sabotage \(event)" AFTER \(event) ON "\(table)"
    BEGIN \(statement); END;
    """
  }
}
