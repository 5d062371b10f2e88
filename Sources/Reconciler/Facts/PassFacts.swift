package import Domain

/// Everything the planner may look at: read from the snapshot for the records that changed or
/// fell due, and nothing else.
package struct PassFacts: Sendable {
  /// The pass's clock.
  package var now: Instant
  /// The accounting system's name, for subjects.
  package var accounting: SystemName
  package var arithmetic: InvoiceArithmeticRule
  package var referenceLengthMax: Int
  package var contactNameLengthMax: Int
  /// Whether the item of a line decides its account: then a new item is made with one.
  package var itemsCarryAccounts = false
  package var ledger: Ledger
  package var catalogues: [SystemName: CRMCatalogue]
  /// Sorted by subject.
  package var deals: [DealFacts]
  /// What is known of each side, for brakes.
  package var census: Census

  /// Numbers of records for the brakes.
  package struct Census: Hashable, Sendable {
    /// Sides that had records before this pass and answered with none on a full reading.
    package var emptied: [SystemName]
    /// Live linked records.
    package var linked: Int

    package init(emptied: [SystemName] = [], linked: Int = 0) {
      self.emptied = emptied
      self.linked = linked
    }
  }

  package init(
    now: Instant, accounting: SystemName, arithmetic: InvoiceArithmeticRule,
    referenceLengthMax: Int, contactNameLengthMax: Int, ledger: Ledger,
    catalogues: [SystemName: CRMCatalogue], deals: [DealFacts], census: Census = Census()
  ) {
    self.now = now
    self.accounting = accounting
    self.arithmetic = arithmetic
    self.referenceLengthMax = referenceLengthMax
    self.contactNameLengthMax = contactNameLengthMax
    self.ledger = ledger
    self.catalogues = catalogues
    self.deals = deals
    self.census = census
  }
}

/// One deal with all that bears on it.
package struct DealFacts: Sendable {
  package var crm: SystemName
  package var deal: Deal
  /// The deal's primary company as the CRM holds it.
  package var company: PartyRecord?
  /// The deal's people, the primary one first.
  package var people: [PartyRecord]
  /// People of the customer's company who are not on the deal: their addresses are its own, too.
  package var colleagues: [PartyRecord]
  /// The contact linked to the deal's customer (followed through merges), archived or not.
  package var linkedContact: PartyRecord?
  /// Accounting contacts that might be the same customer, each once, strongest evidence first.
  package var candidates: [ContactCandidate]
  /// Names that active accounting contacts already have, in lower case, as far as they bear on
  /// this customer: ask for those of `CustomerMatch.nameProposals`.
  package var namesTaken: Set<String>
  /// The contacts that have those names.
  package var nameHolders: [String: Subject]
  /// Invoices linked to the deal with what each is to it.
  package var invoices: [LinkedInvoice]
  /// Invoices of ours that were to be emailed when they were made and have not been yet.
  package var emailsDue: Set<ID<Invoice>>
  /// Repeating templates linked to the deal.
  package var templates: [InvoiceTemplate]
  /// Active templates of the customer's contact, or of its candidates, that are linked to no
  /// deal.
  package var freeTemplates: [InvoiceTemplate]
  /// Holds that an answer of a system put on the deal and that are still true: no fact of the
  /// snapshot tells them anew.
  package var kept: [Hold]
  /// Invoices of the customer made by hand, dated within 30 days of the won date.
  package var lookalikes: [Invoice]
  /// What the deal looked like when its invoice was last made or revised; nil before that.
  package var invoicedContent: String?
  /// Creations for this deal whose outcome is still open: nothing is planned until it is known.
  package var unresolved: [OperationID]
  /// How many voided invoices and ended templates `retry` has let be replaced.
  package var revision: Int
  /// Set by `ignore`.
  package var isIgnored: Bool
  /// The last stage we moved the deal to; a person who moved it back wins.
  package var movedToStage: String?
  /// Alerts already sent: `invoice id|due date|level|channel`.
  package var alertsSent: Set<String>
  /// Alerts that are to be sent once more, because whether they arrived is not known.
  package var alertsInDoubt: Set<String>
  /// Hold codes a person released with `retry` or `ignore … ` decisions such as linking.
  package var released: Set<HoldCode>
  /// Deals that were merged into it, where their invoices and its own bill the same twice.
  package var mergedWithInvoices: [Subject]

  package init(crm: SystemName, deal: Deal) {
    self.crm = crm
    self.deal = deal
    people = []
    colleagues = []
    nameHolders = [:]
    candidates = []
    namesTaken = []
    invoices = []
    emailsDue = []
    templates = []
    freeTemplates = []
    kept = []
    lookalikes = []
    unresolved = []
    revision = 0
    isIgnored = false
    alertsSent = []
    alertsInDoubt = []
    released = []
    mergedWithInvoices = []
  }

  package var subject: Subject { Subject(system: crm, kind: .deal, id: deal.id.rawValue) }

  /// Whether several invoices stand that each bill the whole deal, or the same part of it.
  package var billsTwice: Bool {
    var wholes = 0
    var parts: [Int: Int] = [:]
    for linked in invoices where !linked.invoice.status.isTerminal {
      switch linked.role {
      case .whole: wholes += 1
      case .part(let number): parts[number, default: 0] += 1
      case .generated: continue
      }
    }
    return wholes > 1 || parts.values.contains { $0 > 1 } || wholes > 0 && !parts.isEmpty
  }

  /// The CRM record the invoice is for: the company, or the first person where there is none.
  /// Records that were archived or erased do not count while another is left.
  package var customer: PartyRecord? {
    let all = [company].compactMap { $0 } + people
    return all.first { $0.status == .active } ?? all.first
  }
}

/// An invoice and what it is to its deal.
package struct LinkedInvoice: Hashable, Sendable {
  package var role: InvoiceRole
  package var invoice: Invoice

  package init(role: InvoiceRole, invoice: Invoice) {
    self.role = role
    self.invoice = invoice
  }
}
