internal import Domain

extension Effect {
  /// Whether doing it twice leaves the same state as doing it once.
  var isRepeatable: Bool {
    switch self {
    case .reviseInvoice, .cancelInvoice, .emailInvoice, .endTemplate, .createItem,
      .reportOnDeal, .updateParty, .link:
      true
    case .createContact, .createInvoice, .createTemplate, .createParty, .notify: false
    }
  }

  /// The existing invoice it changes.
  var invoiceID: ID<Invoice>? {
    switch self {
    case .reviseInvoice(let revision): revision.invoice
    case .cancelInvoice(let id), .emailInvoice(let id): id
    case .createContact, .createInvoice, .createTemplate, .endTemplate, .createItem,
      .reportOnDeal, .createParty, .updateParty, .notify, .link:
      nil
    }
  }

  /// The alert it sends.
  var alert: AlertDraft? {
    if case .notify(let alert) = self { alert } else { nil }
  }

  /// The deal it reports on.
  var reportedDeal: ID<Deal>? {
    if case .reportOnDeal(let report) = self { report.deal } else { nil }
  }
}
