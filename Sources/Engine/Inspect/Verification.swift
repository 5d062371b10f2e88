package import Domain
internal import Reconciler

/// One promise that does not hold, and about what.
package struct BrokenPromise: Hashable, Sendable, Codable {
  package var subject: Subject
  package var code: Code
  package var message: String

  package enum Code: String, Hashable, Sendable, Codable, CaseIterable {
    /// A won deal has neither an invoice nor a hold.
    case notInvoiced = "not_invoiced"
    case invoicedTwice = "invoiced_twice"
    /// An invoice's total is not what its deal came to.
    case totalDiffers = "total_differs"
    /// What the deal says of its invoices is not so.
    case statusUntrue = "status_untrue"
    /// The deal changed, and its invoice was not brought up to date yet.
    case invoiceOutdated = "invoice_outdated"
    /// The deal is no longer won, and its invoice still stands although it should not.
    case invoiceStands = "invoice_stands"
    case linkBroken = "link_broken"
  }
}

/// The proof, or what stands against it.
package struct Verification: Sendable {
  /// By subject and code.
  package var failures: [BrokenPromise] = []
  /// Won deals this configuration is about.
  package var deals = 0
  /// Of these, those a person has to look at.
  package var held = 0
  package var invoices = 0
  package var links = 0
}

/// Compares one deal's live facts with what was promised of them.
struct DealProof {
  var facts: DealFacts
  var plan: Plan
  /// By invoice: the figures it was made or last revised with; nil where we made none.
  var expected: [ID<Invoice>: InvoiceTotals]
  /// Whether an invoice is due by today at all.
  var isDue: Bool

  private var standing: [LinkedInvoice] {
    facts.invoices.filter { !$0.invoice.status.isTerminal }
  }

  func failures() -> [BrokenPromise] { pending() + missing() + doubles() + totals() }

  private func broken(_ code: BrokenPromise.Code, _ message: String) -> BrokenPromise {
    BrokenPromise(subject: facts.subject, code: code, message: message)
  }

  /// What a pass would still do: everything that is true needs nothing done.
  private func pending() -> [BrokenPromise] {
    plan.operations.compactMap { operation in
      switch operation.effect {
      case .createInvoice, .createTemplate:
        return broken(.notInvoiced, "not made yet: \(operation.summary)")
      case .reviseInvoice:
        return broken(.invoiceOutdated, "the deal changed: \(operation.summary)")
      case .cancelInvoice, .endTemplate:
        return broken(.invoiceStands, "should not stand any more: \(operation.summary)")
      case .reportOnDeal where operation.waitsFor.isEmpty:
        let changes = operation.changes.map {
          "\($0.field) says “\($0.from ?? "")”, it is “\($0.to ?? "")”"
        }
        return broken(.statusUntrue, changes.joined(separator: "; "))
      case .reportOnDeal, .createContact, .emailInvoice, .createItem, .createParty,
        .updateParty, .notify, .link:
        return nil
      }
    }
  }

  private func missing() -> [BrokenPromise] {
    guard isDue, !facts.isIgnored, standing.isEmpty, facts.templates.isEmpty,
      plan.holds.isEmpty, plan.operations.isEmpty
    else { return [] }
    return [broken(.notInvoiced, "the deal is won, and neither an invoice nor a hold is there")]
  }

  private func doubles() -> [BrokenPromise] {
    // Invoices of merged deals: a person is asked, or has said that they all stand.
    guard facts.mergedWithInvoices.isEmpty else { return [] }
    var byRole: [InvoiceRole: [Invoice]] = [:]
    for linked in standing {
      switch linked.role {
      case .whole, .part: byRole[linked.role, default: []].append(linked.invoice)
      case .generated: continue
      }
    }
    var broken: [BrokenPromise] = []
    for (role, invoices) in byRole.sorted(by: { $0.key < $1.key }) where invoices.count > 1 {
      let names = invoices.map(Self.name).joined(separator: ", ")
      broken.append(self.broken(.invoicedTwice, "\(names) bill the same (\(role))"))
    }
    if let whole = byRole[.whole]?.first, byRole.count > 1 {
      broken.append(
        self.broken(.invoicedTwice, "\(Self.name(whole)) bills the whole deal beside its parts"))
    }
    return broken
  }

  private func totals() -> [BrokenPromise] {
    // A difference that a person is told of already is held, not hidden.
    let isTold = plan.holds.contains { $0.code == .answerDiffers || $0.code == .dealChanged }
    guard !isTold else { return [] }
    return standing.compactMap { linked in
      let invoice = linked.invoice
      guard let expected = expected[invoice.id], expected.total != invoice.total else {
        return nil
      }
      return broken(
        .totalDiffers,
        "\(Self.name(invoice)) comes to \(invoice.total), its deal to \(expected.total)")
    }
  }

  private static func name(_ invoice: Invoice) -> String {
    invoice.number.isEmpty ? "invoice \(invoice.id)" : invoice.number
  }
}
