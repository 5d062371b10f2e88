extension XeroLedger {
  mutating func createRepeatingInvoices(_ call: XeroCall) throws(XeroRefusal) -> SandboxResponse {
    try write(call, "RepeatingInvoices", idKey: "RepeatingInvoiceID") { ledger, element in
      ledger.createRepeatingInvoice(element, call)
    }
  }

  private mutating func createRepeatingInvoice(
    _ submitted: XeroElement, _ call: XeroCall
  ) -> XeroOutcome {
    var element = submitted
    if element.text("Type") != "ACCREC" { element.refuse("The Type must be ACCREC") }
    let contact = readDocumentContact(&element, current: nil, isBill: false, call.now)
    if contact == nil, element.isValid { element.refuse("A Contact must be specified") }
    let status = element.text("Status").flatMap { XeroInvoice.Status(rawValue: $0) } ?? .draft
    if status != .draft, status != .authorised {
      element.refuse("The Status of a repeating invoice must be DRAFT or AUTHORISED")
    }
    let schedule = readSchedule(&element, call.now)
    let amountsAre =
      element.text("LineAmountTypes").flatMap { XeroAmounts(rawValue: $0) } ?? .exclusive
    let rules = LineRules(
      amountsAre: amountsAre, unitPlaces: call.unitPlaces, mustBeComplete: status == .authorised,
      allowsDiscounts: true)
    let lines = readLines(&element, existing: [], rules)
    if lines.isEmpty { element.refuse("One or more line items must be specified") }
    let (currency, _) = readCurrency(&element, organisation.baseCurrency, ExactDecimal(1))
    guard element.isValid, let contact, let schedule else { return .refused(element) }
    save(contact)
    let template = XeroRepeatingInvoice(
      id: ids.next(), contact: contact.id, amountsAre: amountsAre, lines: lines,
      reference: element.text("Reference"), brandingTheme: element.id("BrandingThemeID"),
      currency: currency, status: status, schedule: schedule,
      approvedForSending: element.object["ApprovedForSending"]?.bool ?? false,
      sendCopy: element.object["SendCopy"]?.bool ?? false,
      markAsSent: element.object["MarkAsSent"]?.bool ?? false,
      includePDF: element.object["IncludePDF"]?.bool ?? false,
      totals: XeroArithmetic.totals(of: lines, amountsAre))
    repeatingInvoices.append(template)
    return .saved(render(template), warnings: element.warnings)
  }

  private func readSchedule(
    _ element: inout XeroElement, _ now: SandboxTime
  ) -> XeroRepeatingInvoice.Schedule? {
    var schedule = XeroElement(element.object["Schedule"]?.object ?? [:])
    let types = [
      "DAYSAFTERBILLDATE", "DAYSAFTERBILLMONTH", "OFCURRENTMONTH", "OFFOLLOWINGMONTH",
    ]
    guard let unit = schedule.text("Unit").flatMap({ XeroRepeatingInvoice.Unit(rawValue: $0) }),
      let period = schedule.object["Period"]?.int, (1...120).contains(period),
      let dueDate = schedule.object["DueDate"]?.int, (0...366).contains(dueDate),
      let type = schedule.text("DueDateType"), types.contains(type)
    else {
      element.refuse("The Schedule needs Period, Unit, DueDate and DueDateType")
      return nil
    }
    let start = schedule.date("StartDate") ?? today(now)
    let end = schedule.date("EndDate")
    element.errors += schedule.errors
    return .init(
      period: period, unit: unit, dueDate: dueDate, dueDateType: type, start: start, next: start,
      end: end)
  }

  /// `POST /RepeatingInvoices/{id}` with Status DELETED; nothing else can be changed.
  mutating func postRepeatingInvoice(_ call: XeroCall) throws(XeroRefusal) -> SandboxResponse {
    guard
      let index = repeatingInvoices.firstIndex(where: {
        $0.id.description == call.parts[1].lowercased()
      })
    else { throw .notFound }
    let element = try call.elements("RepeatingInvoices")[0]
    guard element["Status"]?.string == "DELETED" else {
      throw .message("Repeating invoices can only be deleted: send the Status DELETED")
    }
    repeatingInvoices[index].status = .deleted
    return envelope(
      "RepeatingInvoices", [.object(render(repeatingInvoices[index]))], at: call.now)
  }

  func render(_ template: XeroRepeatingInvoice) -> JSONValue.Object {
    var schedule: JSONValue.Object = [
      "Period": .integer(template.schedule.period),
      "Unit": .string(template.schedule.unit.rawValue),
      "DueDate": .integer(template.schedule.dueDate),
      "DueDateType": .string(template.schedule.dueDateType),
      "StartDate": XeroWire.date(template.schedule.start),
      "NextScheduledDate": XeroWire.date(template.schedule.next),
    ]
    if let end = template.schedule.end { schedule["EndDate"] = XeroWire.date(end) }
    var object: JSONValue.Object = [
      "ID": template.id.json, "RepeatingInvoiceID": template.id.json, "Type": "ACCREC",
      "Status": .string(template.status.rawValue), "Schedule": .object(schedule),
      "Contact": contactStub(template.contact), "HasAttachments": false,
      "LineAmountTypes": .string(template.amountsAre.rawValue),
      "LineItems": .array(template.lines.map { render($0, unitPlaces: 2) }),
      "SubTotal": XeroWire.money(template.totals.subTotal),
      "TotalTax": XeroWire.money(template.totals.totalTax),
      "Total": XeroWire.money(template.totals.total),
      "CurrencyCode": .string(template.currency),
      "ApprovedForSending": .bool(template.approvedForSending),
      "SendCopy": .bool(template.sendCopy), "MarkAsSent": .bool(template.markAsSent),
      "IncludePDF": .bool(template.includePDF),
    ]
    object.put("Reference", template.reference)
    object.put("BrandingThemeID", template.brandingTheme)
    return object
  }

  // MARK: Making invoices

  /// Makes every invoice that is due up to the date, and moves the templates on.
  mutating func generateRepeating(until: CivilDate, _ now: SandboxTime) -> [XeroID] {
    var made: [XeroID] = []
    for index in repeatingInvoices.indices {
      var template = repeatingInvoices[index]
      guard template.status == .draft || template.status == .authorised else { continue }
      // A century is enough, and keeps a careless year 9999 from filling the memory.
      let horizon = template.schedule.start.adding(months: 1200)
      let last = min(until, template.schedule.end ?? until, horizon)
      var steps = 0
      while template.schedule.next <= last {
        made.append(generate(template, now))
        steps += 1
        template.schedule.next = template.schedule.following
      }
      if steps > 0 { repeatingInvoices[index] = template }
    }
    return made
  }

  private mutating func generate(
    _ template: XeroRepeatingInvoice, _ now: SandboxTime
  ) -> XeroID {
    let date = template.schedule.next
    var invoice = XeroInvoice(
      id: ids.next(), kind: .sale, number: takeInvoiceNumber(),
      reference: template.reference.map { Self.expanded($0, on: date) },
      contact: template.contact, date: date, dueDate: template.schedule.dueDate(for: date),
      amountsAre: template.amountsAre, currency: template.currency,
      currencyRate: currencies.first { $0.code == template.currency }?.rate ?? ExactDecimal(1),
      status: template.status, brandingTheme: template.brandingTheme, createdByApp: false,
      repeatingInvoice: template.id, updated: now)
    invoice.lines = template.lines.map { line in
      var copy = line
      copy.id = ids.next()
      copy.description = line.description.map { Self.expanded($0, on: date) }
      return copy
    }
    invoice.totals = template.totals
    settle(&invoice, on: date)
    save(invoice)
    markUse(of: invoice.contact, by: invoice)
    return invoice.id
  }

  private static func expanded(_ text: String, on date: CivilDate) -> String {
    let words = date.longText.split(separator: " ")
    let week =
      (date.dayNumber
        - (CivilDate(year: date.parts.year, month: 1, day: 1)?.dayNumber
          ?? date.dayNumber))
      / 7 + 1
    return text.replacing("[Month]", with: words[1]).replacing("[Year]", with: words[2])
      .replacing("[Week]", with: String(week))
  }
}

extension XeroRepeatingInvoice.Schedule {
  /// The date after the next one, counted from the start so that a 31st stays a 31st.
  var following: CivilDate {
    switch unit {
    case .weekly: return next.adding(days: 7 * period)
    case .monthly:
      var steps = 1
      while start.adding(months: steps * period) <= next { steps += 1 }
      return start.adding(months: steps * period)
    }
  }

  func dueDate(for date: CivilDate) -> CivilDate {
    let (year, month, _) = date.parts
    guard let first = CivilDate(year: year, month: month, day: 1) else { return date }
    let followingFirst = first.adding(months: 1)
    let lastOfMonth = followingFirst.adding(days: -1)
    return switch dueDateType {
    case "DAYSAFTERBILLMONTH": lastOfMonth.adding(days: dueDate)
    case "OFCURRENTMONTH": min(first.adding(days: max(0, dueDate - 1)), lastOfMonth)
    case "OFFOLLOWINGMONTH":
      min(
        followingFirst.adding(days: max(0, dueDate - 1)),
        followingFirst.adding(months: 1).adding(days: -1))
    default: date.adding(days: dueDate)
    }
  }
}
