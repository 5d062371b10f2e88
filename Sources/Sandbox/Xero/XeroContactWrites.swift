import Foundation

extension XeroLedger {
  /// PUT creates, POST matches and updates; a single path names the contact to update.
  mutating func writeContacts(_ call: XeroCall) throws(XeroRefusal) -> SandboxResponse {
    let named = call.parts.count > 1 ? contact(idOrNumber: call.parts[1]) : nil
    if call.parts.count > 1, named == nil { throw .notFound }
    return try write(call, "Contacts", idKey: "ContactID") { ledger, element in
      ledger.writeContact(element, named: named, call)
    }
  }

  func contact(idOrNumber text: String) -> XeroContact? {
    XeroID(text).flatMap { contacts[$0] } ?? contact(numbered: text)
  }

  private mutating func writeContact(
    _ submitted: XeroElement, named: XeroContact?, _ call: XeroCall
  ) -> XeroOutcome {
    var element = submitted
    let existing = named.flatMap { contacts[$0.id] } ?? matchingContact(&element)
    if call.method == "PUT", let existing { refuseCreation(&element, over: existing) }
    guard element.isValid else { return .refused(element) }
    guard var contact = existing ?? newContact(&element, call.now) else {
      return .refused(element)
    }
    readContact(&element, &contact)
    guard element.isValid else { return .refused(element) }
    contact.updated = call.now
    save(contact)
    note(contact.id, existing == nil ? "Created" : "Edited", "By API", at: call.now)
    return .saved(render(contact, .single), warnings: element.warnings)
  }

  private func refuseCreation(_ element: inout XeroElement, over existing: XeroContact) {
    if let number = element.text("ContactNumber"), number == existing.number {
      element.refuse(
        "The contact number \(number) is already assigned to another contact. "
          + "The contact number must be unique across all contacts.")
    } else {
      element.refuse(Self.nameTaken(existing.name))
    }
  }

  static func nameTaken(_ name: String) -> String {
    "The contact name \(name) is already assigned to another contact. "
      + "The contact name must be unique across all active contacts."
  }

  /// The contact that the submitted identity means; nil when it would be a new one.
  private func matchingContact(_ element: inout XeroElement) -> XeroContact? {
    if let id = element.id("ContactID") {
      if let found = contacts[id] { return found }
      element.refuse("The contact with the supplied id was not found")
      return nil
    }
    if let number = element.text("ContactNumber"), let found = contact(numbered: number) {
      return found
    }
    guard let name = element.text("Name") else {
      if !element.has("ContactNumber") {
        element.refuse(
          "The Contact must contain at least 1 of the following elements to identify the "
            + "contact: Name, ContactID, ContactNumber")
      }
      return nil
    }
    if name.isEmpty { element.refuse("Contact Name cannot be empty.") }
    return activeContact(named: name)
  }

  private mutating func newContact(
    _ element: inout XeroElement, _ now: SandboxTime
  ) -> XeroContact? {
    guard let name = element.text("Name"), !name.isEmpty else {
      element.refuse("Contact Name cannot be empty.")
      return nil
    }
    return XeroContact(id: ids.next(), name: name, updated: now)
  }

  /// The contact of a document: found by id, number or name, or made. Any further member
  /// changes that contact, as at the vendor. Nil when the document keeps its contact.
  mutating func readDocumentContact(
    _ element: inout XeroElement, current: XeroID?, isBill: Bool, _ now: SandboxTime
  ) -> XeroContact? {
    guard let object = element.object["Contact"]?.object else { return nil }
    var inner = XeroElement(object)
    let found = matchingContact(&inner)
    if inner.isValid, var contact = found ?? newContact(&inner, now) {
      if contact.status != .active, contact.id != current {
        element.refuse(
          "The contact with the specified contact details has been archived. The contact must "
            + "be un-archived before creating new invoices or credit notes.")
      }
      let before = contact
      readContact(&inner, &contact)
      if contact != before || found == nil { contact.updated = now }
      if let email = contact.email, !email.isEmpty, !Self.isEmail(email) {
        inner.refuse("Email address must be valid")
      }
      element.contactErrors = inner.errors
      return contact
    }
    element.contactErrors = inner.errors
    return nil
  }

  // MARK: Members

  /// What is left out keeps its value; an empty text clears.
  private func readContact(_ element: inout XeroElement, _ contact: inout XeroContact) {
    readName(&element, &contact)
    let texts: [(String, Int, WritableKeyPath<XeroContact, String?>)] = [
      ("ContactNumber", 50, \.number), ("AccountNumber", 50, \.accountNumber),
      ("FirstName", 255, \.firstName), ("LastName", 255, \.lastName),
      ("EmailAddress", 255, \.email), ("CompanyNumber", 50, \.companyNumber),
      ("TaxNumber", 50, \.taxNumber), ("DefaultCurrency", 3, \.defaultCurrency),
      ("AccountsReceivableTaxType", 50, \.accountsReceivableTaxType),
      ("SalesDefaultAccountCode", 10, \.salesDefaultAccountCode),
    ]
    for (key, limit, path) in texts {
      guard let text = element.text(key, atMost: limit) else { continue }
      contact[keyPath: path] = text.isEmpty ? nil : text
    }
    if let email = element.text("EmailAddress"), !email.isEmpty, !Self.isEmail(email) {
      element.refuse("Email address must be valid")
    }
    if let number = contact.number, let other = self.contact(numbered: number),
      other.id != contact.id
    {
      element.refuse(
        "The contact number \(number) is already assigned to another contact. "
          + "The contact number must be unique across all contacts.")
    }
    readStatus(&element, &contact)
    readPersons(&element, &contact)
    readPlaces(&element, &contact)
    readTerms(&element, &contact)
  }

  private func readName(_ element: inout XeroElement, _ contact: inout XeroContact) {
    if let name = element.text("Name", atMost: 255) {
      if name.isEmpty { element.refuse("Contact Name cannot be empty.") }
      if name.contains("<") || name.contains(">") {
        element.refuse("Contact Name cannot contain angle brackets.")
      }
      contact.name = name.split(separator: " ").joined(separator: " ")
    }
    if contact.status == .active, let other = activeContact(named: contact.name),
      other.id != contact.id
    {
      element.refuse(Self.nameTaken(contact.name))
    }
  }

  private func readStatus(_ element: inout XeroElement, _ contact: inout XeroContact) {
    guard let text = element.text("ContactStatus") else { return }
    guard let status = XeroContact.Status(rawValue: text.uppercased()) else {
      element.refuse("The ContactStatus '\(text)' is not valid")
      return
    }
    if status == .active, let other = activeContact(named: contact.name), other.id != contact.id {
      element.refuse(Self.nameTaken(contact.name))
    }
    contact.status = status
  }

  private func readPersons(_ element: inout XeroElement, _ contact: inout XeroContact) {
    guard let entries = element.object["ContactPersons"]?.array else { return }
    if entries.count > 5 { element.refuse("A contact may have at most 5 contact persons") }
    contact.persons = entries.map { entry in
      if let email = entry["EmailAddress"]?.string, !email.isEmpty, !Self.isEmail(email) {
        element.refuse("Email address must be valid")
      }
      return XeroContact.Person(
        firstName: entry["FirstName"]?.string, lastName: entry["LastName"]?.string,
        email: entry["EmailAddress"]?.string,
        includeInEmails: entry["IncludeInEmails"]?.bool ?? false)
    }
  }

  /// Addresses and phones are replaced by type; other types keep theirs.
  private func readPlaces(_ element: inout XeroElement, _ contact: inout XeroContact) {
    for entry in element.object["Addresses"]?.array ?? [] {
      guard let type = entry["AddressType"]?.string, XeroContact.Address.types.contains(type)
      else {
        element.refuse("The AddressType must be POBOX or STREET")
        continue
      }
      var address = XeroContact.Address()
      for name in XeroContact.Address.names {
        if let text = entry[name]?.string, !text.isEmpty { address.fields[name] = text }
      }
      if let country = address.fields["Country"],
        !country.allSatisfy({ $0.isLetter || $0 == " " || $0 == "-" || $0 == "'" })
      {
        element.refuse("The Country may hold letters only")
      }
      contact.addresses[type] = address
    }
    for entry in element.object["Phones"]?.array ?? [] {
      guard let type = entry["PhoneType"]?.string,
        XeroContact.Phone.types.contains(type) || type == "OFFICE"
      else {
        element.refuse("The PhoneType must be DEFAULT, DDI, MOBILE or FAX")
        continue
      }
      contact.phones[type] = XeroContact.Phone(
        number: entry["PhoneNumber"]?.string ?? "",
        areaCode: entry["PhoneAreaCode"]?.string ?? "",
        countryCode: entry["PhoneCountryCode"]?.string ?? "")
    }
  }

  private func readTerms(_ element: inout XeroElement, _ contact: inout XeroContact) {
    guard let terms = element.object["PaymentTerms"] else { return }
    let types = [
      "DAYSAFTERBILLDATE", "DAYSAFTERBILLMONTH", "OFCURRENTMONTH", "OFFOLLOWINGMONTH",
    ]
    for (key, path) in [
      ("Sales", \XeroContact.salesTerms), ("Bills", \XeroContact.billTerms),
    ] {
      guard let entry = terms[key] else { continue }
      guard let type = entry["Type"]?.string, types.contains(type),
        let day = entry["Day"]?.int, (0...31).contains(day)
      else {
        element.refuse("The payment terms are not valid")
        continue
      }
      contact[keyPath: path] = XeroContact.Terms(day: day, type: type)
    }
  }

  /// The vendor's idea of an address: ASCII, one `@`, a dot behind it.
  static func isEmail(_ text: String) -> Bool {
    let halves = text.split(separator: "@", omittingEmptySubsequences: false)
    guard halves.count == 2, !halves[0].isEmpty, text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
    else { return false }
    let labels = halves[1].split(separator: ".", omittingEmptySubsequences: false)
    return labels.count > 1 && labels.allSatisfy { !$0.isEmpty }
  }
}
