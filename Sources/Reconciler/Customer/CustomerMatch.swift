package import Domain

/// Which accounting contact a deal's customer is: by link, mark, email, name; unsure is a hold.
package struct CustomerMatch {
  var policy: ContactPolicy
  var accounting: SystemName
  var contactNameLengthMax: Int

  package init(policy: ContactPolicy, accounting: SystemName, contactNameLengthMax: Int) {
    self.policy = policy
    self.accounting = accounting
    self.contactNameLengthMax = contactNameLengthMax
  }

  /// What was found.
  package enum Decision: Hashable, Sendable {
    /// Linked already.
    case linked(PartyRecord)
    /// One clear candidate: to be linked.
    case match(PartyRecord, ContactCandidate.Evidence)
    /// Nothing near: to be created.
    case create(PartyDraft)
    case hold(Hold)
  }

  /// The decision for one deal. `madeInPass` are contacts that earlier deals of the same pass
  /// are about to create, as if they existed.
  package func decide(_ facts: DealFacts, madeInPass: [ContactCandidate] = []) -> Decision {
    guard let customer = facts.customer else {
      return .hold(
        hold(
          facts, .noCustomer, "The deal has no company and no contact.",
          "Add the customer to the deal in \(facts.crm)."))
    }
    guard customer.status == .active else {
      return .hold(
        hold(
          facts, .noCustomer, "The deal's customer “\(customer.name)” was deleted in \(facts.crm).",
          "Restore it, or add another customer to the deal."))
    }
    if let contact = facts.linkedContact {
      return contact.status == .active
        ? .linked(contact) : .hold(archived(facts, customer, contact))
    }
    let candidates = (facts.candidates + madeInPass).sorted(by: Self.order)
    return Judgement(facts: facts, customer: customer, candidates: candidates, match: self)
      .decision()
  }

  static func order(_ left: ContactCandidate, _ right: ContactCandidate) -> Bool {
    (left.evidence, left.contact.subject) < (right.evidence, right.contact.subject)
  }

  func hold(_ facts: DealFacts, _ code: HoldCode, _ message: String, _ remedy: String) -> Hold {
    Hold(subject: facts.subject, code: code, message: message, remedy: remedy)
  }

  /// No new one is offered in its place: the accounting system would take what carries the mark
  /// of the archived contact for that contact.
  func archived(_ facts: DealFacts, _ customer: PartyRecord, _ contact: PartyRecord) -> Hold {
    let state =
      contact.status == .erased ? "was erased on a privacy request" : "is archived"
    let restore =
      contact.status == .erased
      ? "Link another contact" : "Restore the contact in \(accounting); or link another"
    return hold(
      facts, .contactArchived,
      "The customer's contact “\(contact.name)” \(state) in \(accounting).",
      "\(restore), which may be one that you add there: "
        + "`xerosync link \(customer.subject) \(accounting):contact:ID`.")
  }
}
