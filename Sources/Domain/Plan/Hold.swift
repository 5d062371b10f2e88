/// A subject that is not touched until something changes.
package struct Hold: Hashable, Sendable, Codable {
  package var subject: Subject
  package var code: HoldCode
  /// What is wrong, in the words of the screen where it can be mended.
  package var message: String
  /// What the person does now.
  package var remedy: String

  package init(subject: Subject, code: HoldCode, message: String, remedy: String) {
    self.subject = subject
    self.code = code
    self.message = message
    self.remedy = remedy
  }
}

/// The stable words of holds; each has a section of the same name in Docs/troubleshooting.md.
package enum HoldCode: String, Hashable, Sendable, Codable, CaseIterable {
  case noCustomer = "no_customer"
  case customerUnsure = "customer_unsure"
  case contactArchived = "contact_archived"
  case nameTaken = "name_taken"
  case noLines = "no_lines"
  case noAmount = "no_amount"
  case badLine = "bad_line"
  case currencyMissing = "currency_missing"
  case currencyNotEnabled = "currency_not_enabled"
  case currencyMixed = "currency_mixed"
  case termsUnknown = "terms_unknown"
  case taxCodeUnknown = "tax_code_unknown"
  case accountUnknown = "account_unknown"
  case itemUnknown = "item_unknown"
  case trackingUnknown = "tracking_unknown"
  case themeUnknown = "theme_unknown"
  case wonDateMissing = "won_date_missing"
  case periodLocked = "period_locked"
  case possibleDuplicate = "possible_duplicate"
  case totalNegative = "total_negative"
  case totalDiffers = "total_differs"
  case answerDiffers = "answer_differs"
  case numberTaken = "number_taken"
  case heldByRule = "held_by_rule"
  case recurringUnsupported = "recurring_unsupported"
  case scheduleInvalid = "schedule_invalid"
  case invoiceVoided = "invoice_voided"
  case dealChanged = "deal_changed"
  case dealReopened = "deal_reopened"
  case dealDeleted = "deal_deleted"
  case dealsMerged = "deals_merged"
  case fieldConflict = "field_conflict"
  case flipFlop = "flip_flop"
  case fieldRefused = "field_refused"
  case ownerUnreachable = "owner_unreachable"
  case stageMovedBack = "stage_moved_back"
  case recordUnreadable = "record_unreadable"
  case outcomeUnknown = "outcome_unknown"
  case refused
  case planLimit = "plan_limit"
  case emailRefused = "email_refused"
}

/// Both sides changed the same field since the last pass.
package struct Conflict: Hashable, Sendable, Codable {
  package var subject: Subject
  package var field: String
  package var values: [SystemName: String]
  /// For example `newest:hubspot`, or `hold`.
  package var resolution: String

  package init(
    subject: Subject, field: String, values: [SystemName: String], resolution: String
  ) {
    self.subject = subject
    self.field = field
    self.values = values
    self.resolution = resolution
  }
}

extension SystemName: CodingKeyRepresentable {
  package var codingKey: any CodingKey { rawValue.codingKey }

  package init?(codingKey: some CodingKey) { self.init(codingKey.stringValue) }
}
