/// The list calls.
extension XeroLedger {
  mutating func envelope(
    _ plural: String, _ elements: [JSONValue], pagination: JSONValue? = nil, at now: SandboxTime
  ) -> SandboxResponse {
    var object: JSONValue.Object = [
      "Id": ids.next().json, "Status": "OK", "ProviderName": "Sandbox",
      "DateTimeUTC": .string("/Date(\(now.milliseconds))/"),
    ]
    if let pagination { object["pagination"] = pagination }
    object[plural] = .array(elements)
    return .json(.object(object))
  }

  mutating func listInvoices(_ call: XeroCall) throws(XeroRefusal) -> SandboxResponse {
    let summary = call.flag("summaryOnly") ?? false
    let statuses = call.values("Statuses")
    let listing = try XeroListing(
      call, fields: Self.invoiceFields, type: "Invoice",
      forcesPaging: summary || statuses != nil)
    let detail: XeroDetail = summary ? .summary : listing.page == nil ? .list : .page
    let page = try invoicePage(call, listing, statuses: statuses)
    let places = call.unitPlaces
    let elements = page.records.map { JSONValue.object(render($0, detail, unitPlaces: places)) }
    return envelope("Invoices", elements, pagination: page.pagination, at: call.now)
  }

  private func invoicePage(
    _ call: XeroCall, _ listing: XeroListing, statuses: [String]?
  ) throws(XeroRefusal) -> XeroPage<XeroInvoice> {
    let numbers = call.values("InvoiceNumbers")
    let wantedIDs = call.values("IDs")
    let contactIDs = call.values("ContactIDs")
    let search = call.request.queryValue("searchTerm").map(foldedText)
    let mine = call.flag("createdByMyApp") ?? false
    let isPlain =
      listing.filter == nil && listing.order == nil && statuses == nil && search == nil && !mine
    let narrowed = narrowedInvoices(listing, wantedIDs, numbers, contactIDs)
    if narrowed == nil, isPlain {
      try refuseBreadth(listing, rows: invoices.count(since: listing.since))
      return XeroPage(listing, table: invoices)
    }
    if narrowed == nil, let filter = listing.filter, invoices.count > XeroListing.mostRows,
      !Self.optimisedInvoiceFields.isSuperset(of: filter.fields)
    {
      throw .query("The filter is not optimised and the organisation is too large for it")
    }
    let numberSet = numbers.map { Set($0.map(foldedText)) }
    let statusSet = statuses.map { Set($0.map { $0.uppercased() }) }
    let matches = { (invoice: XeroInvoice) -> Bool in
      (listing.since.map { invoice.updated >= $0 } ?? true)
        && (statusSet.map { $0.contains(invoice.status.rawValue) } ?? true)
        && (wantedIDs.map { $0.contains(invoice.id.description) } ?? true)
        && (contactIDs.map { $0.contains(invoice.contact.description) } ?? true)
        && (numberSet.map { $0.contains(foldedText(invoice.number)) } ?? true)
        && (!mine || invoice.createdByApp)
        && (search.map { invoice.contains($0) } ?? true)
        && (listing.filter.map { $0.holds { field($0, of: invoice) } } ?? true)
    }
    if let narrowed {
      let sorted = narrowed.compactMap { invoices[$0] }.sorted {
        ($0.updated, $0.id) < ($1.updated, $1.id)
      }
      return XeroPage(listing, candidates: sorted, matches: matches) { field($0, of: $1) }
    }
    let all = invoices.listed(since: listing.since)
    return XeroPage(listing, candidates: all, matches: matches) { field($0, of: $1) }
  }

  /// A superset of the answer by index; nil when no index helps.
  private func narrowedInvoices(
    _ listing: XeroListing, _ wanted: [String]?, _ numbers: [String]?, _ contacts: [String]?
  ) -> Set<XeroID>? {
    if let wanted { return Set(wanted.compactMap { XeroID($0) }) }
    if let numbers { return Set(numbers.flatMap { invoicesByNumber[$0] }) }
    if let contacts { return Set(contacts.flatMap { invoicesByContact[$0.lowercased()] }) }
    guard let filter = listing.filter else { return nil }
    if case .text(let text)? = filter.required("reference"), !text.isEmpty {
      return Set(invoicesByReference[text])
    }
    if case .text(let text)? = filter.required("invoicenumber") {
      return Set(invoicesByNumber[text])
    }
    switch filter.required("invoiceid") {
    case .id(let id)?: return [id]
    case .text(let text)?: return Set(XeroID(text).map { [$0] } ?? [])
    case .number?, .date?, .flag?, .null?, nil: break
    }
    switch filter.required("contact.contactid") {
    case .id(let id)?: return Set(invoicesByContact[id.description])
    case .text(let text)?: return Set(invoicesByContact[text.lowercased()])
    case .number?, .date?, .flag?, .null?, nil: return nil
    }
  }

  mutating func listContacts(_ call: XeroCall) throws(XeroRefusal) -> SandboxResponse {
    let summary = call.flag("summaryOnly") ?? false
    let listing = try XeroListing(call, fields: Self.contactFields, type: "Contact")
    let page = try contactPage(call, listing)
    let detail: XeroDetail = summary ? .summary : listing.page == nil ? .list : .page
    let elements = page.records.map { JSONValue.object(render($0, detail)) }
    return envelope("Contacts", elements, pagination: page.pagination, at: call.now)
  }

  private func contactPage(
    _ call: XeroCall, _ listing: XeroListing
  ) throws(XeroRefusal) -> XeroPage<XeroContact> {
    let wanted = call.values("IDs")
    let archived = call.flag("includeArchived") ?? false
    let search = call.request.queryValue("searchTerm").map(foldedText)
    if wanted == nil, search == nil, archived, listing.filter == nil, listing.order == nil {
      try refuseBreadth(listing, rows: contacts.count(since: listing.since))
      return XeroPage(listing, table: contacts)
    }
    let matches = { (contact: XeroContact) -> Bool in
      (archived || contact.status != .archived)
        && (listing.since.map { contact.updated >= $0 } ?? true)
        && (search.map { contact.contains($0) } ?? true)
        && (listing.filter.map { $0.holds { field($0, of: contact) } } ?? true)
    }
    var narrowed: [XeroID]?
    if let wanted {
      narrowed = wanted.compactMap { XeroID($0) }
    } else if case .text(let text)? = listing.filter?.required("emailaddress"), !text.isEmpty {
      narrowed = contactsByEmail[text]
    } else if case .text(let text)? = listing.filter?.required("name") {
      narrowed = contactsByName[text]
    } else if case .text(let text)? = listing.filter?.required("contactnumber"), !text.isEmpty {
      narrowed = contactsByNumber[text]
    }
    if let narrowed {
      let sorted = Set(narrowed).compactMap { contacts[$0] }.sorted {
        ($0.updated, $0.id) < ($1.updated, $1.id)
      }
      return XeroPage(listing, candidates: sorted, matches: matches) { field($0, of: $1) }
    }
    if let filter = listing.filter, contacts.count > XeroListing.mostRows,
      !Self.optimisedContactFields.isSuperset(of: filter.fields)
    {
      throw .query("The filter is not optimised and the organisation is too large for it")
    }
    let all = contacts.listed(since: listing.since)
    return XeroPage(listing, candidates: all, matches: matches) { field($0, of: $1) }
  }

  mutating func listPayments(_ call: XeroCall) throws(XeroRefusal) -> SandboxResponse {
    let listing = try XeroListing(call, fields: Self.paymentFields, type: "Payment")
    let page = XeroPage(
      listing, candidates: payments.listed(since: listing.since),
      matches: { payment in
        listing.filter.map { $0.holds { field($0, of: payment) } } ?? true
      },
      field: { field($0, of: $1) })
    let elements = page.records.map { JSONValue.object(render($0)) }
    return envelope("Payments", elements, pagination: page.pagination, at: call.now)
  }

  mutating func listCredits(
    _ call: XeroCall, _ kind: XeroCredit.Kind
  ) throws(XeroRefusal) -> SandboxResponse {
    let type = String(kind.plural.dropLast())
    let listing = try XeroListing(call, fields: Self.creditFields, type: type)
    let references = call.values("References")
    let page = XeroPage(
      listing, candidates: credits.listed(since: listing.since),
      matches: { credit in
        credit.kind == kind && (references.map { $0.contains(credit.reference ?? "") } ?? true)
          && (listing.filter.map { $0.holds { field($0, of: credit) } } ?? true)
      },
      field: { field($0, of: $1) })
    let detail: XeroDetail = listing.page == nil ? .list : .page
    let places = call.unitPlaces
    let elements = page.records.map { JSONValue.object(render($0, detail, unitPlaces: places)) }
    return envelope(kind.plural, elements, pagination: page.pagination, at: call.now)
  }

  private func refuseBreadth(_ listing: XeroListing, rows: Int) throws(XeroRefusal) {
    guard listing.page == nil, rows > XeroListing.mostRows else { return }
    throw .query("The request would return more than 100000 rows; use paging")
  }
}

extension XeroInvoice {
  /// Whether the vendor's search box would find it; the term is already folded.
  func contains(_ term: String) -> Bool {
    foldedText(number).contains(term) || foldedText(reference ?? "").contains(term)
  }
}

extension XeroContact {
  /// Whether the vendor's search box would find it; the term is already folded.
  func contains(_ term: String) -> Bool {
    [name, firstName, lastName, number, companyNumber, email].contains {
      foldedText($0 ?? "").contains(term)
    }
  }
}
