internal import Domain
internal import Reconciler
internal import Snapshot

/// The invoices and templates of a deal, by link and by mark.
extension FactsBuilder {
  /// Seconds after which a refused email is tried again where a daily limit refused it.
  private static let emailRest: Int64 = 86_400

  /// Invoices linked to the deal, those that carry its mark although the link is lost, and those
  /// its templates generated.
  func addInvoices(to facts: inout DealFacts) throws {
    var seen: Set<ID<Invoice>> = []
    for stored in try reader.links(of: facts.subject) where stored.link.left == facts.subject {
      switch stored.link.role {
      case .invoice(let role):
        if let invoice = try reader.invoice(ID(stored.link.right.id), of: accounting) {
          facts.invoices.append(LinkedInvoice(role: role, invoice: invoice))
          seen.insert(invoice.id)
        }
      case .template:
        let template = try reader.cache(
          TemplateReader.key(ID(stored.link.right.id)), as: InvoiceTemplate.self)
        if let template { facts.templates.append(template.body) }
      case .party: break
      }
    }
    for deal in [facts.deal] + Self.forerunners(of: facts.deal) {
      let marked = try reader.invoices(
        source: deal.url, orBeginningWith: SourceMark.prefix(of: deal), in: accounting)
      for invoice in marked where seen.insert(invoice.id).inserted {
        let subject = Subject(system: accounting, kind: .invoice, id: invoice.id.rawValue)
        guard let role = SourceMark.role(of: invoice.sourceURL, for: deal),
          try !reader.isApart(facts.subject, subject)
        else { continue }
        facts.invoices.append(LinkedInvoice(role: role, invoice: invoice))
      }
    }
    for template in facts.templates {
      for invoice in try reader.invoices(generatedBy: template.id, in: accounting)
      where seen.insert(invoice.id).inserted {
        facts.invoices.append(
          LinkedInvoice(role: .generated(by: template.id), invoice: invoice))
      }
    }
    try showOnline(&facts)
    facts.invoices.sort { ($0.role, $0.invoice.id) < ($1.role, $1.invoice.id) }
    facts.emailsDue = try emailsDue(facts)
  }

  /// The deals merged into this one, as far as their marks go: their pages differ by their ids.
  private static func forerunners(of deal: Deal) -> [Deal] {
    guard !deal.url.isEmpty, deal.url.hasSuffix(deal.id.rawValue) else { return [] }
    let page = deal.url.dropLast(deal.id.rawValue.count)
    return deal.mergedFrom.filter { $0 != deal.id }.map { id in
      var forerunner = deal
      forerunner.id = id
      forerunner.url = page + id.rawValue
      return forerunner
    }
  }

  /// The customer's own page of an approved invoice, where it is known, in place of ours.
  private func showOnline(_ facts: inout DealFacts) throws {
    for index in facts.invoices.indices {
      let invoice = facts.invoices[index].invoice
      guard invoice.status == .authorised || invoice.status == .paid,
        let page = try reader.cache(OnlineLinks.key(invoice.id), as: String.self)?.body,
        !page.isEmpty
      else { continue }
      facts.invoices[index].invoice.url = page
    }
  }

  /// Templates the accounting system has for the deal's customer (or who may be it) and nobody
  /// claims.
  func addTemplates(to facts: inout DealFacts) throws {
    guard facts.deal.lines.contains(where: \.isRecurring) else { return }
    let contacts = Set(
      (facts.linkedContact.map { [$0] } ?? facts.candidates.map(\.contact)).map(\.id))
    guard !contacts.isEmpty else { return }
    let all = try reader.caches(
      beginningWith: TemplateReader.prefix, as: InvoiceTemplate.self)
    for template in all where template.isActive && contacts.contains(template.contactID) {
      let subject = Subject(system: accounting, kind: .template, id: template.id.rawValue)
      if try reader.links(of: subject).isEmpty { facts.freeTemplates.append(template) }
    }
  }

  /// Invoices whose draft asked for an email that was neither sent nor refused for good.
  private func emailsDue(_ facts: DealFacts) throws -> Set<ID<Invoice>> {
    guard policy.invoices.sendEmail, !facts.invoices.isEmpty else { return [] }
    let isReleased = try reader.dealState(facts.subject).released.contains(.emailRefused)
    var due: Set<ID<Invoice>> = []
    for entry in try reader.history(of: facts.subject) {
      switch entry.operation.effect {
      case .createInvoice(let draft) where draft.sendEmail && entry.state == .applied:
        if let id = entry.externalID { due.insert(ID(id)) }
      case .emailInvoice(let id) where entry.state == .applied:
        due.remove(id)
      case .emailInvoice(let id) where entry.state == .refused:
        let isOver = now.seconds(since: entry.settledAt ?? now) >= Self.emailRest
        let wasLimit = (entry.answer ?? "").lowercased().contains("limit")
        if !isReleased, !(wasLimit && isOver) { due.remove(id) }
      case .createContact, .createInvoice, .reviseInvoice, .cancelInvoice, .emailInvoice,
        .createTemplate, .endTemplate, .createItem, .reportOnDeal, .createParty, .updateParty,
        .notify, .link:
        continue
      }
    }
    return due
  }

  /// What an answer said and nothing has changed since.
  func addKept(to facts: inout DealFacts) throws {
    let standing = facts.invoices.map(\.invoice).filter { !$0.status.isTerminal }
    for stored in try reader.holds(of: facts.subject) {
      switch stored.hold.code {
      case .answerDiffers where !standing.isEmpty: facts.kept.append(stored.hold)
      case .emailRefused
      where standing.contains { $0.status == .authorised && !$0.sentToContact }
        && facts.emailsDue.isEmpty:
        facts.kept.append(stored.hold)
      case _: continue
      }
    }
  }
}

extension DealLine {
  fileprivate var isRecurring: Bool { recurrence != nil }
}
