/// One thing a pass does to a system, or a link it makes locally.
package struct Operation: Hashable, Sendable, Codable {
  /// A hash of what it is (effect, subject, revision): planned twice, it is the same operation.
  package var id: OperationID
  package var action: Action
  package var system: SystemName
  package var object: ObjectKind
  /// The record the operation is for: for an invoice, its deal.
  package var subject: Subject
  package var effect: Effect
  /// One line for a person, without secrets.
  package var summary: String
  package var changes: [FieldChange]
  /// Operations of the same plan that must be applied first.
  package var waitsFor: [OperationID]

  package init(
    id: OperationID, action: Action, system: SystemName, object: ObjectKind, subject: Subject,
    effect: Effect, summary: String, changes: [FieldChange] = [], waitsFor: [OperationID] = []
  ) {
    self.id = id
    self.action = action
    self.system = system
    self.object = object
    self.subject = subject
    self.effect = effect
    self.summary = summary
    self.changes = changes
    self.waitsFor = waitsFor
  }

  /// The verbs of the contract.
  package enum Action: String, Hashable, Sendable, Codable, CaseIterable {
    case create, update, void, flag, unflag, notify, link
  }

  /// The objects of the contract.
  package enum ObjectKind: String, Hashable, Sendable, Codable, CaseIterable {
    case invoice
    case repeatingInvoice = "repeating_invoice"
    case contact, company, person, item, deal, task, alert, link
  }
}

/// `op_` and sixteen hexadecimal digits.
package typealias OperationID = ID<Operation>

extension ID where Entity == Operation {
  /// The id of an operation from the parts that make it what it is.
  package init(hashing parts: [String]) {
    self.init("op_" + StableHash.hex(parts).prefix(16))
  }
}

/// What an operation does, with everything needed to do it: the journal keeps it, so that a
/// later pass can finish or look up what this one began.
package enum Effect: Hashable, Sendable, Codable {
  case createContact(PartyDraft)
  case createInvoice(InvoiceDraft)
  case reviseInvoice(InvoiceRevision)
  /// Voids an approved invoice, deletes a draft.
  case cancelInvoice(ID<Invoice>)
  case emailInvoice(ID<Invoice>)
  case createTemplate(TemplateDraft)
  case endTemplate(ID<InvoiceTemplate>)
  case createItem(ItemDraft)
  case reportOnDeal(DealReport)
  /// A company or person in a CRM, from an accounting contact.
  case createParty(PartyDraft)
  /// New values for a contact, company or person.
  case updateParty(PartyPatch)
  case notify(AlertDraft)
  case link(Link)
}

/// A field's old and new value, as text a person reads.
package struct FieldChange: Hashable, Sendable, Codable {
  package var field: String
  package var from: String?
  package var to: String?

  package init(field: String, from: String?, to: String?) {
    self.field = field
    self.from = from
    self.to = to
  }
}

/// The stored fact that two records of two systems are the same thing.
package struct Link: Hashable, Sendable, Codable {
  package var left: Subject
  package var right: Subject
  package var role: Role

  package enum Role: Hashable, Sendable, Codable {
    /// A CRM record and an accounting contact are the same party.
    case party
    /// The invoice bills the deal.
    case invoice(InvoiceRole)
    /// The repeating template bills the deal.
    case template
  }

  package init(left: Subject, right: Subject, role: Role) {
    self.left = left
    self.right = right
    self.role = role
  }
}

/// One message to one person about one overdue invoice.
package struct AlertDraft: Hashable, Sendable, Codable {
  package var deal: Subject
  package var invoice: ID<Invoice>
  package var invoiceNumber: String
  package var invoiceURL: String
  package var dealName: String
  package var customerName: String
  package var dueDate: CalendarDate
  package var daysLate: Int
  package var amountDue: Money
  package var ownerID: ID<Owner>?
  package var owner: Owner?
  /// 1 for the first alert, then one more at each reminder.
  package var level: Int
  package var channel: AlertChannel
  /// The deal's page in the CRM; empty when it has none.
  package var dealURL: String
  /// An earlier copy was sent and its outcome is not known: this one says so.
  package var mayBeRepeat: Bool

  package init(
    deal: Subject, invoice: Invoice, dealName: String, dueDate: CalendarDate, daysLate: Int,
    owner: Owner?, level: Int, channel: AlertChannel, dealURL: String = "",
    mayBeRepeat: Bool = false
  ) {
    self.dealURL = dealURL
    self.mayBeRepeat = mayBeRepeat
    self.deal = deal
    self.invoice = invoice.id
    invoiceNumber = invoice.number
    invoiceURL = invoice.url
    self.dealName = dealName
    customerName = invoice.contactName
    self.dueDate = dueDate
    self.daysLate = daysLate
    amountDue = invoice.amountDue
    ownerID = owner?.id
    self.owner = owner
    self.level = level
    self.channel = channel
  }
}

/// The ways to reach a deal owner.
package enum AlertChannel: String, Hashable, Sendable, Codable, CaseIterable {
  case crmTask = "crm_task"
  case slack, webhook, email
}

extension AlertDraft {
  /// What makes an alert the one it is: sent once per invoice, due date, level and channel.
  package var key: String { "\(invoice)|\(dueDate)|\(level)|\(channel.rawValue)" }

  /// Recorded beside `key` for an alert that was sent twice without an answer.
  package static func unconfirmed(_ key: String) -> String { "\(key)|unconfirmed" }
}
