extension HubSpotSandbox {
  /// A property's value as a reader sees it: stored, or worked out now; nil means no value.
  func value(_ name: String, of record: Record, kind: Kind) -> String? {
    // What the vendor works out is never stored under its name.
    if let stored = record.values[name] { return stored }
    switch name {
    case "hs_object_id": return String(record.id)
    case kind.createdProperty: return Stamp.text(record.created)
    case kind.modifiedProperty: return Stamp.text(record.modified)
    case "hs_merged_object_ids":
      guard !record.ancestors.isEmpty else { return nil }
      return record.ancestors.map(String.init).joined(separator: ";")
    case "hs_object_source": return "INTEGRATION"
    default: break
    }
    switch kind {
    case .deals: return dealValue(name, of: record)
    case .lineItems: return lineItemValue(name, of: record)
    case .contacts where name == "hs_searchable_calculated_phone_number":
      return record.values["phone"]?.filter(\.isNumber)
    case .contacts where name == "associatedcompanyid":
      return primaryCompany(of: record.id, kind: .contacts)
    case .contacts, .companies, .products, .tasks, .notes: return nil
    }
  }

  func stage(of record: Record) -> Stage? {
    let pipelineID = record.values["pipeline"]
    let stageID = record.values["dealstage"]
    return pipelines.first { $0.id == pipelineID }?.stages.first { $0.id == stageID }
  }

  private func dealValue(_ name: String, of record: Record) -> String? {
    func flag(_ test: (Stage) -> Bool) -> String {
      stage(of: record).map(test) == true ? "true" : "false"
    }
    switch name {
    case "hs_is_closed": return flag(\.isClosed)
    case "hs_is_closed_won": return flag(\.isWon)
    case "hs_is_closed_lost": return flag(\.isLost)
    case "hs_deal_stage_probability": return stage(of: record)?.probability
    case "hs_num_of_associated_line_items": return count(of: record.id, to: .lineItems)
    case "num_associated_contacts": return count(of: record.id, to: .contacts)
    case "hs_primary_associated_company": return primaryCompany(of: record.id, kind: .deals)
    case "hs_exchange_rate": return rate(of: record)?.description
    case "amount_in_home_currency":
      guard let amount = record.values["amount"].flatMap(Self.bounded), let rate = rate(of: record)
      else { return nil }
      return (amount * rate).rounded(2).text(places: 0)
    default: return nil
    }
  }

  private func count(of id: Int, to kind: Kind) -> String {
    String(liveEnds(id, .deals, kind).count)
  }

  private func primaryCompany(of id: Int, kind: Kind) -> String? {
    let primary = kind == .deals ? 5 : 1
    return links.all(from: kind, id, to: .companies).first { $0.types.contains(primary) }
      .map { String($0.id) }
  }

  private func rate(of record: Record) -> ExactDecimal? {
    let code = record.values["deal_currency_code"] ?? account.companyCurrency
    if code == account.companyCurrency { return ExactDecimal(1) }
    return account.rates.first { $0.code == code }.flatMap { ExactDecimal($0.rate) }
  }

  /// Numbers small enough that three of them multiply exactly inside 128 bits.
  static func bounded(_ text: String) -> ExactDecimal? {
    guard let number = ExactDecimal(text), number.scale <= 6,
      number.magnitude < ExactDecimal(1_000_000_000)
    else { return nil }
    return number
  }

  private func lineItemValue(_ name: String, of record: Record) -> String? {
    switch name {
    case "hs_pre_discount_amount", "hs_total_discount", "amount", "hs_tax_amount",
      "hs_post_tax_amount":
      let totals = lineTotals(record)
      let places = Self.minorUnits(record.values["hs_line_item_currency_code"])
      let number: ExactDecimal? =
        switch name {
        case "hs_pre_discount_amount": totals?.gross
        case "hs_total_discount": totals?.discount
        case "amount": totals?.net
        case "hs_tax_amount": totals?.tax
        default: totals?.tax.map { (totals?.net ?? .zero) + $0 }
        }
      return number?.text(places: places)
    case "hs_tax_rate": return taxRate(of: record)?.rate
    case "hs_tax_label": return taxRate(of: record)?.name
    default: return nil
    }
  }

  private func taxRate(of record: Record) -> TaxRate? {
    record.values["hs_tax_rate_group_id"].flatMap { id in taxRates.first { $0.id == id } }
  }

  struct LineTotals: Sendable, Hashable {
    var gross: ExactDecimal
    var discount: ExactDecimal
    var net: ExactDecimal
    /// nil when the line has no tax rate.
    var tax: ExactDecimal?
  }

  /// A percentage is rounded once on the line; a money discount is per unit.
  func lineTotals(_ record: Record) -> LineTotals? {
    guard let price = record.values["price"].flatMap(Self.bounded) else { return nil }
    let quantity = record.values["quantity"].flatMap(Self.bounded) ?? ExactDecimal(1)
    let places = Self.minorUnits(record.values["hs_line_item_currency_code"])
    let gross = price * quantity
    var discount = ExactDecimal.zero
    if let percent = record.values["hs_discount_percentage"].flatMap(Self.bounded) {
      guard percent.magnitude <= ExactDecimal(100) else { return nil }
      discount = gross.rounded(10) * percent * ExactDecimal(mantissa: 1, scale: 2)
    } else if let perUnit = record.values["discount"].flatMap(Self.bounded) {
      discount = perUnit * quantity
    }
    let net = (gross - discount).rounded(places)
    let tax = taxRate(of: record).flatMap { ExactDecimal($0.rate) }
      .map { (net * $0 * ExactDecimal(mantissa: 1, scale: 2)).rounded(places) }
    return LineTotals(
      gross: gross.rounded(places), discount: discount.rounded(places), net: net, tax: tax)
  }

  static func minorUnits(_ currency: String?) -> Int {
    switch currency {
    case "JPY", "KRW", "VND", "CLP", "ISK", "UGX", "XPF", "XOF", "XAF": 0
    case "BHD", "KWD", "OMR", "JOD", "TND": 3
    default: 2
    }
  }
}
