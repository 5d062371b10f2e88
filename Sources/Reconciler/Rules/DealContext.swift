package import Domain

/// What rules and templates may ask of a deal, its customer and its lines.
package struct DealContext: Sendable {
  package var crm: SystemName
  package var deal: Deal
  /// The CRM record the invoice is for; nil when unknown or absent.
  package var customer: PartyRecord?
  /// The accounting contact, for an address the CRM record lacks.
  package var contact: PartyRecord?
  package var owner: Owner?
  /// False before the deal's customer was read: conditions on it then count as met.
  package var knowsCustomer: Bool

  package init(
    crm: SystemName, deal: Deal, customer: PartyRecord?, contact: PartyRecord? = nil,
    owner: Owner?, knowsCustomer: Bool = true
  ) {
    self.crm = crm
    self.deal = deal
    self.customer = customer
    self.contact = contact
    self.owner = owner
    self.knowsCustomer = knowsCustomer
  }

  init(_ facts: DealFacts, in pass: PassFacts) {
    let owners = pass.catalogues[facts.crm]?.owners ?? []
    self.init(
      crm: facts.crm, deal: facts.deal, customer: facts.customer,
      contact: facts.linkedContact,
      owner: owners.first { $0.id == facts.deal.ownerID })
  }

  /// The texts of which one must match a condition's pattern; nil when not known yet. A field
  /// without value reads as the empty text.
  func values(of field: Condition.Field, line: DealLine?) -> [String]? {
    switch field {
    case .crm: [crm.rawValue]
    case .pipeline: [deal.pipeline.id, deal.pipeline.label]
    case .stage: [deal.stage.id, deal.stage.label]
    case .owner: [deal.ownerID?.rawValue ?? "", owner?.name ?? "", owner?.email ?? ""]
    case .currency: [deal.currency?.code ?? ""]
    case .country: knowsCustomer ? Country.names(of: address?.country ?? "") : nil
    case .region: knowsCustomer ? [address?.region ?? ""] : nil
    case .partyKind: knowsCustomer ? [customer?.subject.kind.rawValue ?? ""] : nil
    case .deal(let name): [dealField(name) ?? ""]
    case .sku: [line?.sku ?? ""]
    case .product: [line?.name ?? "", line?.productID?.rawValue ?? ""]
    case .crmTax: [line?.tax ?? ""]
    case .line(let name): [line.flatMap { lineField(name, of: $0) } ?? ""]
    }
  }

  /// The address that decides country and region: the CRM record's, else the contact's.
  private var address: PostalAddress? {
    let addresses = [customer, contact].compactMap { $0?.addresses }
    let ordered = addresses.flatMap { [$0[.postal], $0[.street]] }.compactMap { $0 }
    return ordered.first { !$0.country.isEmpty } ?? ordered.first { !$0.isEmpty }
  }

  /// The text of a template placeholder; nil when there is none of that name.
  func placeholder(_ name: String, line: DealLine?) -> String? {
    if name == "crm" { return crm.rawValue }
    if let field = name.dropping(prefix: "deal.") { return dealField(field) }
    if let field = name.dropping(prefix: "line.") {
      if let line { return lineField(field, of: line) }
      return deal.lines.lazy.compactMap { lineField(field, of: $0) }.first { !$0.isEmpty }
    }
    return nil
  }

  private func dealField(_ name: String) -> String? {
    switch name {
    case "name": deal.name
    case "id", "number": deal.id.rawValue
    case "pipeline": deal.pipeline.label.isEmpty ? deal.pipeline.id : deal.pipeline.label
    case "stage": deal.stage.label.isEmpty ? deal.stage.id : deal.stage.label
    case "owner": owner?.name ?? deal.ownerID?.rawValue
    case "currency": deal.fields[name] ?? deal.currency?.code
    case "amount": deal.fields[name] ?? deal.amount?.plain
    case "url": deal.url
    case "payment_terms": deal.fields[name] ?? deal.paymentTerms
    default: deal.fields[name]
    }
  }

  private func lineField(_ name: String, of line: DealLine) -> String? {
    switch name {
    case "name": line.name
    case "description": line.description
    case "sku": line.sku
    case "product": line.productID?.rawValue
    case "tax": line.fields[name] ?? line.tax
    default: line.fields[name]
    }
  }
}

extension String {
  fileprivate func dropping(prefix: String) -> String? {
    hasPrefix(prefix) ? String(dropFirst(prefix.count)) : nil
  }
}
