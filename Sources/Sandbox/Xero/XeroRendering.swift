/// How much of a record an answer carries.
enum XeroDetail: Sendable {
  case list
  case page
  case single
  case summary
}

extension XeroLedger {
  // MARK: Invoices

  func render(
    _ invoice: XeroInvoice, _ detail: XeroDetail, unitPlaces: Int = 2
  ) -> JSONValue.Object {
    var object: JSONValue.Object = [
      "Type": .string(invoice.kind.rawValue), "InvoiceID": invoice.id.json,
      "InvoiceNumber": .string(invoice.number),
    ]
    object["Reference"] = .string(invoice.reference ?? "")
    if detail != .summary { putMoneyTrail(of: invoice, detail, into: &object) }
    object["AmountDue"] = XeroWire.money(invoice.amountDue)
    object["AmountPaid"] = XeroWire.money(invoice.amountPaid)
    object["AmountCredited"] = XeroWire.money(invoice.amountCredited)
    object.put("Url", invoice.url)
    object["CurrencyRate"] = .decimal(invoice.currencyRate, places: 6)
    object["SentToContact"] = .bool(invoice.sentToContact)
    object["IsDiscounted"] = .bool(invoice.totals.totalDiscount != .zero)
    if invoice.totals.totalDiscount != .zero {
      object["TotalDiscount"] = XeroWire.money(invoice.totals.totalDiscount)
    }
    if detail != .summary { object["HasAttachments"] = false }
    object["HasErrors"] = false
    object.put("RepeatingInvoiceID", invoice.repeatingInvoice)
    object["Contact"] = contactStub(invoice.contact, full: detail == .single)
    object.put("Date", date: invoice.date)
    object.put("DueDate", date: invoice.dueDate)
    if let expected = invoice.expectedPaymentDate {
      object["ExpectedPaymentDate"] = XeroWire.date(expected)
    }
    object.put("BrandingThemeID", invoice.brandingTheme)
    object["Status"] = .string(invoice.status.rawValue)
    object["LineAmountTypes"] = .string(invoice.amountsAre.rawValue)
    if detail != .summary {
      let lines = detail == .list ? [] : invoice.lines
      object["LineItems"] = .array(lines.map { render($0, unitPlaces: unitPlaces) })
    }
    object["SubTotal"] = XeroWire.money(invoice.totals.subTotal)
    object["TotalTax"] = XeroWire.money(invoice.totals.totalTax)
    object["Total"] = XeroWire.money(invoice.totals.total)
    object.put(updated: invoice.updated)
    object["CurrencyCode"] = .string(invoice.currency)
    if let paidOn = invoice.fullyPaidOn { object["FullyPaidOnDate"] = XeroWire.date(paidOn) }
    return object
  }

  private func putMoneyTrail(
    of invoice: XeroInvoice, _ detail: XeroDetail, into object: inout JSONValue.Object
  ) {
    // A plain list says "[]" even where there are payments: the vendor warns of it.
    let shown = detail != .list
    let paid = shown ? invoice.payments.compactMap { payments[$0] } : []
    object["Payments"] = .array(paid.filter { !$0.isDeleted }.map { paymentStub($0) })
    object["CreditNotes"] = .array(shown ? creditStubs(of: invoice, .creditNote) : [])
    object["Prepayments"] = .array(shown ? creditStubs(of: invoice, .prepayment) : [])
    object["Overpayments"] = .array(shown ? creditStubs(of: invoice, .overpayment) : [])
  }

  private func paymentStub(_ payment: XeroPayment) -> JSONValue {
    var object: JSONValue.Object = ["PaymentID": payment.id.json]
    object["Date"] = XeroWire.date(payment.date)
    object["Amount"] = XeroWire.money(payment.amount)
    object.put("Reference", payment.reference)
    object["CurrencyRate"] = .decimal(payment.currencyRate, places: 6)
    object["HasAccount"] = false
    object["HasValidationErrors"] = false
    return .object(object)
  }

  private func creditStubs(of invoice: XeroInvoice, _ kind: XeroCredit.Kind) -> [JSONValue] {
    invoice.allocations.compactMap { allocation in
      guard let credit = credits[allocation.credit], credit.kind == kind else { return nil }
      var object: JSONValue.Object = [kind.idKey: credit.id.json]
      if kind == .creditNote { object.put("CreditNoteNumber", credit.number) }
      object["Date"] = XeroWire.date(credit.date)
      object["Total"] = XeroWire.money(credit.totals.total)
      object["AppliedAmount"] = XeroWire.money(allocation.amount)
      object["HasErrors"] = false
      return .object(object)
    }
  }

  func render(_ line: XeroLine, unitPlaces: Int) -> JSONValue {
    var object: JSONValue.Object = ["LineItemID": line.id.json]
    object.put("ItemCode", line.itemCode)
    object.put("Description", line.description)
    if let unit = line.unitAmount {
      object["UnitAmount"] = .decimal(unit.rounded(unitPlaces), places: 2)
    }
    object.put("TaxType", line.taxType)
    object["TaxAmount"] = XeroWire.money(line.taxAmount)
    object["LineAmount"] = XeroWire.money(line.lineAmount)
    object.put("AccountCode", line.accountCode)
    if let code = line.accountCode, let account = account(code: code) {
      object["AccountID"] = account.id.json
    }
    if let rate = line.discountRate { object["DiscountRate"] = .decimal(rate, places: 2) }
    object.put("DiscountAmount", money: line.discountAmount)
    if line.discountRate != nil || line.discountAmount != nil {
      object["DiscountEnteredAsPercent"] = .bool(line.discountRate != nil)
    }
    object["Tracking"] = .array(
      line.tracking.map { choice in
        [
          "Name": .string(choice.categoryName), "Option": .string(choice.optionName),
          "TrackingCategoryID": choice.category.json, "TrackingOptionID": choice.option.json,
        ]
      })
    if let quantity = line.quantity { object["Quantity"] = .decimal(quantity, places: 4) }
    return .object(object)
  }

  // MARK: Contacts

  func contactStub(_ id: XeroID, full: Bool = false) -> JSONValue {
    guard let contact = contacts[id] else { return ["ContactID": id.json] }
    if full { return .object(render(contact, .single)) }
    return [
      "ContactID": id.json, "Name": .string(contact.name), "Addresses": [], "Phones": [],
      "ContactGroups": [], "ContactPersons": [], "HasValidationErrors": false,
    ]
  }

  func render(_ contact: XeroContact, _ detail: XeroDetail) -> JSONValue.Object {
    var object: JSONValue.Object = ["ContactID": contact.id.json]
    object.put("ContactNumber", contact.number)
    object.put("AccountNumber", contact.accountNumber)
    object["ContactStatus"] = .string(contact.status.rawValue)
    object["Name"] = .string(contact.name)
    object.put("FirstName", contact.firstName)
    object.put("LastName", contact.lastName)
    object["EmailAddress"] = .string(contact.email ?? "")
    object.put("CompanyNumber", contact.companyNumber)
    object.put("TaxNumber", contact.taxNumber)
    object["BankAccountDetails"] = ""
    object.put("AccountsReceivableTaxType", contact.accountsReceivableTaxType)
    object["Phones"] = .array(XeroContact.Phone.types.map { phone(contact, $0) })
    object.put(updated: contact.updated, twin: false)
    object.put("DefaultCurrency", contact.defaultCurrency)
    object["HasAttachments"] = false
    object["HasValidationErrors"] = false
    if detail == .summary { return object }
    object["Addresses"] = .array(XeroContact.Address.types.map { address(contact, $0) })
    object["IsSupplier"] = .bool(contact.isSupplier)
    object["IsCustomer"] = .bool(contact.isCustomer)
    let persons = detail == .list ? [] : contact.persons
    object["ContactPersons"] = .array(persons.map(person))
    object["ContactGroups"] = []
    guard detail != .list else { return object }
    object.put("SalesDefaultAccountCode", contact.salesDefaultAccountCode)
    object.put("Website", contact.website)
    object.put("MergedToContactID", contact.mergedTo)
    object["SalesTrackingCategories"] = []
    object["PurchasesTrackingCategories"] = []
    putTerms(of: contact, into: &object)
    putBalances(of: contact, into: &object)
    return object
  }

  private func putTerms(of contact: XeroContact, into object: inout JSONValue.Object) {
    var terms: JSONValue.Object = [:]
    for (key, value) in [("Bills", contact.billTerms), ("Sales", contact.salesTerms)] {
      guard let value else { continue }
      terms[key] = ["Day": .integer(value.day), "Type": .string(value.type)]
    }
    if !terms.isEmpty { object["PaymentTerms"] = .object(terms) }
  }

  private func putBalances(of contact: XeroContact, into object: inout JSONValue.Object) {
    guard contact.isCustomer || contact.isSupplier else { return }
    var sales = ExactDecimal.zero
    var bills = ExactDecimal.zero
    for id in invoicesByContact[contact.id.description] {
      guard let invoice = invoices[id], invoice.status == .authorised else { continue }
      switch invoice.kind {
      case .sale: sales += invoice.amountDue
      case .bill: bills += invoice.amountDue
      }
    }
    object["Balances"] = [
      "AccountsReceivable": ["Outstanding": XeroWire.money(sales), "Overdue": 0],
      "AccountsPayable": ["Outstanding": XeroWire.money(bills), "Overdue": 0],
    ]
  }

  private func person(_ person: XeroContact.Person) -> JSONValue {
    var object: JSONValue.Object = [:]
    object.put("FirstName", person.firstName)
    object.put("LastName", person.lastName)
    object.put("EmailAddress", person.email)
    object["IncludeInEmails"] = .bool(person.includeInEmails)
    return .object(object)
  }

  private func address(_ contact: XeroContact, _ type: String) -> JSONValue {
    var object: JSONValue.Object = ["AddressType": .string(type)]
    let fields = contact.addresses[type]?.fields ?? [:]
    for name in XeroContact.Address.names where fields[name]?.isEmpty == false {
      object.put(name, fields[name])
    }
    for name in ["City", "Region", "PostalCode", "Country"] where object[name] == nil {
      object[name] = ""
    }
    return .object(object)
  }

  private func phone(_ contact: XeroContact, _ type: String) -> JSONValue {
    let phone = contact.phones[type] ?? XeroContact.Phone()
    return [
      "PhoneType": .string(type), "PhoneNumber": .string(phone.number),
      "PhoneAreaCode": .string(phone.areaCode), "PhoneCountryCode": .string(phone.countryCode),
    ]
  }
}
