import Connectors
import Domain
import Foundation
import Sandbox
import Testing
import Transport

/// The connector against the simulated QuickBooks, in process. The two share no code.
@Suite("QuickBooks connector and sandbox")
struct QuickBooksSandboxTests {
  @Test func theLifeOfADeal() async throws {
    let stage = QuickBooksStage()
    let connector = try stage.connector()
    let ledger = try await connector.ledger()
    #expect(ledger.organisation.zone.name == "Pacific/Auckland")
    #expect(ledger.accounts.contains { $0.code == "200" && $0.acceptsSales })
    let gst = try #require(ledger.taxRates.first { $0.name == "GST" })
    #expect(gst.effectivePercent.plain == "15" && gst.appliesToSales)
    #expect(ledger.taxRates.first { $0.name == "GST on purchases" }?.appliesToSales == false)
    #expect(ledger.items.contains { $0.code == "DESIGN" && $0.account == "260" })

    let contact = try await stage.contact(connector)
    #expect(contact.name == "Ridgeway NZ" && contact.mark == "hubspot:company:9001")
    #expect(contact.phones == [.main: "+64 4 555 0101"] && contact.isCustomer)

    let draft = try QuickBooksBench.draft(contact.id, tax: gst.code)
    let invoice = try applied(
      await connector.createInvoices([KeyedWrite(key: "op_i", content: draft)]).first)
    // 3 × 33.33 and 10.00; 15 % of 109.99 once.
    #expect(invoice.subtotal.figure == "109.99" && invoice.totalTax.figure == "16.50")
    #expect(invoice.lines?.count == 3 && invoice.reference == "Website")
    #expect(invoice.status == .authorised && invoice.sourceURL == XeroDrafts.page)
    #expect(!invoice.number.isEmpty)

    let page = try await connector.page(.invoices, from: .start)
    #expect(page.invoices == [invoice])
    #expect(try await connector.invoices([invoice.id]) == [invoice])

    stage.world.advance(seconds: 3600)
    try stage.person("pay", #"{"invoice":"\#(invoice.number)","amount":"26.49"}"#)
    let later = try stage.connector()
    let changed = try await later.page(.invoices, from: page.next)
    #expect(changed.invoices.first?.amountPaid.figure == "26.49")
    #expect(changed.invoices.first?.amountDue.figure == "100.00")
    #expect(changed.rejected.isEmpty && !changed.hasMore)
    try stage.person("pay", #"{"invoice":"\#(invoice.number)"}"#)
    let paid = try await later.page(.invoices, from: changed.next)
    #expect(paid.invoices.first?.status == .paid && paid.invoices.first?.fullyPaidOn != nil)
    // What changed within the overlap is read once more, and then no more.
    stage.world.advance(seconds: 3600)
    let settled = try await later.page(.invoices, from: paid.next)
    #expect(settled.invoices == paid.invoices)
    let calls = await later.callCount()
    // Less than the life of an access token.
    stage.world.advance(seconds: 1800)
    let idle = try await later.page(.invoices, from: settled.next)
    let now = await later.callCount()
    #expect(idle.invoices.isEmpty)
    #expect(now == calls + 1)
  }

  @Test func aLostAnswerIsFoundByTheMark() async throws {
    let stage = QuickBooksStage()
    let tax = try await stage.tax()
    let connector = try stage.connector()
    let contact = try await stage.contact(connector)
    for number in [nil, "HS-1", nil] as [String?] {
      let url = XeroDrafts.page + "/" + String(stage.invoices.count)
      stage.world.setFaults([
        Fault(.dropAfter, method: "POST", path: "/v3/company/\(QuickBooksBench.realm)/batch")
      ])
      let draft = try QuickBooksBench.draft(contact.id, url: url, number: number, tax: tax)
      let outcomes = await connector.createInvoices([KeyedWrite(key: "op_\(url)", content: draft)])
      #expect(outcomes.map(kind) == ["unknown"])
      #expect(try await connector.findInvoices([draft.mark]).map(\.sourceURL) == [url])
      // Sent again all the same: the request id answers with the first answer, and a number of
      // ours is seen to be in use by ourselves.
      let again = await connector.createInvoices([KeyedWrite(key: "op_\(url)", content: draft)])
      #expect(again.map(kind) == ["applied"])
      let anew = await connector.createInvoices([KeyedWrite(key: "op_new", content: draft)])
      #expect(number == nil || anew.map(kind) == ["applied"])
      if number == nil { try stage.person("delete", #"{"invoice":"\#(newest(stage))"}"#) }
    }
    #expect(stage.invoices.count == 3)
  }

  private func newest(_ stage: QuickBooksStage) -> String {
    stage.invoices.last?["Id"]?.string ?? ""
  }

  @Test func mixedBatchesArePartlySaved() async throws {
    let stage = QuickBooksStage()
    let tax = try await stage.tax()
    let connector = try stage.connector()
    let contact = try await stage.contact(connector)
    let good = try QuickBooksBench.draft(contact.id, tax: tax)
    let badTax = try QuickBooksBench.draft(contact.id, url: XeroDrafts.page + "/2", tax: "999")
    var franc = try QuickBooksBench.draft(contact.id, url: XeroDrafts.page + "/3", tax: tax)
    franc.currency = try #require(Currency("EUR"))
    var draft = good
    draft.status = .draft
    let unknownItem = try QuickBooksBench.draft(
      contact.id, lines: [XeroDrafts.line("A", "1", "1", account: "310", tax: tax)])
    let outcomes = await connector.createInvoices(
      [good, badTax, franc, draft, unknownItem].enumerated().map {
        KeyedWrite(key: "op_\($0)", content: $1)
      })
    #expect(
      outcomes.map(kind) == [
        "applied", "tax_code_unknown", "currency_not_enabled", "field_refused", "item_unknown",
      ])
    #expect(stage.invoices.count == 1)
  }

  @Test func namesAreUniqueAcrossCustomersVendorsAndEmployees() async throws {
    let stage = QuickBooksStage()
    let connector = try stage.connector()
    let contact = try await stage.contact(connector)
    var ours = XeroDrafts.party("ridgeway nz")
    let adopted = try applied(
      await connector.createContacts([KeyedWrite(key: "op_2", content: ours)]).first)
    #expect(adopted.id == contact.id)
    ours.mark = "hubspot:company:77"
    var vendor = XeroDrafts.party("paper & co", mark: "hubspot:company:78")
    vendor.email = "a@b.example"
    let employee = XeroDrafts.party("Hana Ngata", mark: "hubspot:company:79")
    let others = await connector.createContacts(
      [ours, vendor, employee].enumerated().map { KeyedWrite(key: "op_x\($0)", content: $1) })
    #expect(others.map(kind) == ["name_taken", "name_taken", "name_taken"])
    let words = others.map { outcome in
      if case .refused(let refusal) = outcome { refusal.message } else { "" }
    }
    #expect(words[1].contains("a vendor") && words[2].contains("an employee"))
  }

  @Test func aStaleVersionIsReadAgain() async throws {
    let stage = QuickBooksStage()
    let tax = try await stage.tax()
    let connector = try stage.connector()
    let contact = try await stage.contact(connector)
    let draft = try QuickBooksBench.draft(contact.id, tax: tax)
    let invoice = try applied(
      await connector.createInvoices([KeyedWrite(key: "op_i", content: draft)]).first)
    var content = draft
    content.lines = [XeroDrafts.line("Design", "1", "50", tax: tax)]
    let revision = InvoiceRevision(
      invoice: invoice.id, content: content,
      presentLineIDs: (invoice.lines ?? []).compactMap(\.id))
    // Somebody edits between our read and our write: every change of a message does no harm.
    let harmless = QuickBooksMeddler(stage) {
      try stage.person(
        "edit_invoice",
        #"{"invoice":"\#(invoice.id)","set":{"BillEmail":{"Address":"a@b.example"}}}"#)
    }
    let revised = try applied(
      await (try harmless.connector()).reviseInvoices([KeyedWrite(key: "op_r", content: revision)])
        .first)
    #expect(revised.total.figure == "57.50" && revised.lines?.map(\.id) == ["1"])
    // Money that came in meanwhile does.
    let harmful = QuickBooksMeddler(stage) {
      try stage.person("pay", #"{"invoice":"\#(invoice.id)","amount":"10.00"}"#)
    }
    let outcome = await (try harmful.connector()).reviseInvoices([
      KeyedWrite(key: "op_s", content: revision)
    ])
    #expect(outcome.map(kind) == ["not sent"])
    #expect(try await connector.invoices([invoice.id]).first?.amountDue.figure == "47.50")
  }

  @Test func contactsAreChangedInPlace() async throws {
    let stage = QuickBooksStage()
    let connector = try stage.connector()
    let contact = try await stage.contact(connector)
    let patch = PartyPatch(
      subject: contact.subject, texts: [.email: "", .mobile: "021 555 010"],
      addresses: [.street: PostalAddress(lines: ["1 Quay"], city: "Wellington")])
    let after = try applied(
      await connector.updateContacts([KeyedWrite(key: "op_u", content: patch)]).first)
    #expect(after.emails.isEmpty && after.name == contact.name && after.mark == contact.mark)
    #expect(after.phones == [.main: "+64 4 555 0101", .mobile: "021 555 010"])
    #expect(after.addresses.keys.sorted() == [.postal, .street])
    #expect(try await connector.contacts([contact.id]) == [after])
  }

  @Test func voidingDeletingAndCredits() async throws {
    let stage = QuickBooksStage()
    let tax = try await stage.tax()
    let connector = try stage.connector()
    let contact = try await stage.contact(connector)
    let made = await connector.createInvoices(
      try (1...3).map { number in
        KeyedWrite(
          key: "op_\(number)",
          content: try QuickBooksBench.draft(
            contact.id, url: "\(XeroDrafts.page)/\(number)", tax: tax))
      })
    let invoices = try made.map { try applied($0) }
    let cursor = try await connector.page(.invoices, from: .start).next
    let voided = try applied(
      await connector.cancelInvoices([KeyedWrite(key: "op_v", content: invoices[0].id)]).first)
    #expect(voided.status == .voided && voided.total.isZero)
    #expect(voided.sourceURL == invoices[0].sourceURL)
    let again = await connector.cancelInvoices([KeyedWrite(key: "op_w", content: voided.id)])
    #expect(again.map(kind) == ["applied"])
    try stage.person("credit", #"{"invoice":"\#(invoices[1].id)"}"#)
    try stage.person("delete", #"{"invoice":"\#(invoices[2].id)"}"#)
    let page = try await connector.page(.invoices, from: cursor)
    let credited = try #require(page.invoices.first { $0.id == invoices[1].id })
    #expect(credited.amountCredited == credited.total && credited.amountPaid.isZero)
    #expect(page.deleted.map(\.id) == [invoices[2].id.rawValue])
    #expect(try await connector.invoices([invoices[2].id]).isEmpty)
  }

  @Test func templatesItemsAndMail() async throws {
    let stage = QuickBooksStage()
    let tax = try await stage.tax()
    let connector = try stage.connector()
    let contact = try await stage.contact(connector)
    var draft = TemplateDraft(
      content: try QuickBooksBench.draft(contact.id, reference: "Retainer", tax: tax), every: 1,
      unit: .month, start: try #require(CalendarDate("2026-12-01")), end: nil, terms: .days(15))
    let template = try applied(
      await connector.createTemplates([KeyedWrite(key: "op_t", content: draft)]).first)
    #expect(try await connector.templates() == [template])
    #expect(template.total.figure == "126.49" && template.reference == "Retainer")
    try stage.person("generate_recurring", #"{"until":"2027-01-15"}"#)
    let page = try await connector.page(.invoices, from: .start)
    #expect(page.invoices.map(\.templateID) == [template.id, template.id])
    draft.terms = .days(20)
    let odd = await connector.createTemplates([KeyedWrite(key: "op_u", content: draft)])
    #expect(odd.map(kind) == ["terms_unknown"])
    let ended = await connector.endTemplate(KeyedWrite(key: "op_e", content: template.id))
    #expect(kind(ended) == "applied")
    #expect(try await connector.templates().isEmpty)

    var item = ItemDraft(code: "DES-1", name: "Design", description: "By the hour")
    let homeless = await connector.createItems([KeyedWrite(key: "op_w", content: item)])
    #expect(homeless.map(kind) == ["account_unknown"])
    item.account = "260"
    for key in ["op_x", "op_y"] {
      let made = try applied(
        await connector.createItems([KeyedWrite(key: key, content: item)]).first)
      #expect(made.code == "DES-1" && made.account == "260")
    }
    let sent = await connector.emailInvoice(
      KeyedWrite(key: "op_m", content: page.invoices[0].id))
    #expect(kind(sent) == "applied")
    #expect(try await connector.invoices([page.invoices[0].id]).first?.sentToContact == true)
  }

  @Test func numbersByHandAndNumbersInUse() async throws {
    let stage = QuickBooksStage()
    let tax = try await stage.tax()
    try stage.person("preferences", #"{"custom_numbers":true,"warn_duplicates":false}"#)
    let connector = try stage.connector()
    let contact = try await stage.contact(connector)
    let numbers = [nil, "HS-1", "HS-123456789-123456789-1"] as [String?]
    let outcomes = await connector.createInvoices(
      try numbers.enumerated().map { place, number in
        KeyedWrite(
          key: "op_\(place)",
          content: try QuickBooksBench.draft(
            contact.id, url: "\(XeroDrafts.page)/\(place)", number: number, tax: tax))
      })
    #expect(outcomes.map(kind) == ["field_refused", "applied", "field_refused"])
    // QuickBooks itself would take the number a second time.
    let other = try QuickBooksBench.draft(contact.id, url: "x", number: "hs-1", tax: tax)
    let taken = await connector.createInvoices([KeyedWrite(key: "op_o", content: other)])
    #expect(taken.map(kind) == ["number_taken"])
  }

  @Test func aCustomerKeepsItsCurrency() async throws {
    let stage = QuickBooksStage()
    let tax = try await stage.tax("Zero rated")
    let connector = try stage.connector()
    var draft = XeroDrafts.party("Overseas Inc")
    draft.currency = Currency("USD")
    let contact = try applied(
      await connector.createContacts([KeyedWrite(key: "op_c", content: draft)]).first)
    var dollars = try QuickBooksBench.draft(contact.id, tax: tax)
    dollars.currency = try #require(Currency("USD"))
    let invoice = try applied(
      await connector.createInvoices([KeyedWrite(key: "op_i", content: dollars)]).first)
    #expect(invoice.total.description == "USD 109.99")
    // The rate is home units for one unit: 1.70 of ours for each of theirs.
    #expect(stage.invoices.first?["HomeTotalAmt"]?.digits == "186.98")
  }

  @Test func manyPagesAreWalkedWhole() async throws {
    let stage = QuickBooksStage()
    try stage.person("bulk", #"{"customers":2300,"invoices":1200}"#)
    let connector = try stage.connector()
    var cursor = FeedCursor.start
    var seen: Set<String> = []
    var pages = 0
    repeat {
      let page = try await connector.page(.contacts, from: cursor)
      for contact in page.contacts { seen.insert(contact.subject.id) }
      #expect(page.rejected.isEmpty)
      cursor = page.next
      pages += 1
    } while cursor.position != nil && pages < 10
    #expect(pages == 3 && seen.count == 2300)
    // More than change data capture can show: it falls back on a walk.
    let all = try await connector.page(.invoices, from: FeedCursor(highWater: cursor.highWater))
    #expect(all.invoices.count == 1000 && all.hasMore)
  }

  @Test func aLongPauseIsWalked() async throws {
    let stage = QuickBooksStage()
    let connector = try stage.connector()
    let contact = try await stage.contact(connector)
    let cursor = try await connector.page(.contacts, from: .start).next
    stage.world.advance(seconds: 40 * 86_400)
    try stage.person(
      "edit_customer", #"{"customer":"\#(contact.id)","set":{"GivenName":"Mere"}}"#)
    let page = try await connector.page(.contacts, from: cursor)
    #expect(page.contacts.map(\.firstName) == ["Mere"] && !page.hasMore)
  }

  @Test func unicodeComesBackAsItWas() async throws {
    let stage = QuickBooksStage()
    let tax = try await stage.tax()
    let connector = try stage.connector()
    let name = "Ōtāhuhu 日本 “Žluť” O'Neill & Søn 🏗"
    let contact = try await stage.contact(connector, name)
    #expect(contact.name == name)
    var draft = try QuickBooksBench.draft(contact.id, reference: name, tax: tax)
    draft.lines[0].description = name
    let invoice = try applied(
      await connector.createInvoices([KeyedWrite(key: "op_i", content: draft)]).first)
    #expect(invoice.reference == name && invoice.lines?.first?.description == name)
    #expect(try await connector.findContacts([XeroDrafts.party(name)]).map(\.id) == [contact.id])
  }

  @Test(arguments: [Fault.Kind.expireToken, .rateLimit(.absent, problem: nil)])
  func passingTroubleIsWeathered(_ trouble: Fault.Kind) async throws {
    let stage = QuickBooksStage()
    stage.world.setFaults([Fault(trouble, path: "/v3/company/\(QuickBooksBench.realm)/batch")])
    let contact = try await stage.contact(try stage.connector())
    #expect(!contact.id.rawValue.isEmpty)
  }

  @Test func anotherCompanyThanAskedForIsNeverWrittenTo() async throws {
    let stage = QuickBooksStage()
    for wrong in ["Other Company", "9130350000000000"] {
      let outcomes = await (try stage.connector(organisation: wrong)).createContacts([
        KeyedWrite(key: "op", content: XeroDrafts.party("A"))
      ])
      #expect(outcomes.map(kind) == ["not sent"])
    }
    try stage.person("disconnect", "{}")
    let outcomes = await (try stage.connector()).createContacts([
      KeyedWrite(key: "op", content: XeroDrafts.party("A"))
    ])
    #expect(outcomes.map(kind) == ["not sent"])
  }
}

/// Somebody who is at work between our read and our write.
struct QuickBooksMeddler {
  let stage: QuickBooksStage
  let act: @Sendable () throws -> Void

  init(_ stage: QuickBooksStage, _ act: @escaping @Sendable () throws -> Void) {
    self.stage = stage
    self.act = act
  }

  func connector() throws -> QuickBooksConnector {
    let exchange = stage.exchange
    let once = XeroElapsed()
    let act = act
    let meddled = HTTPExchange { (request, idle) async throws(HTTPFailure) in
      if request.url.path.hasSuffix("/batch"), once.value == .zero {
        once.add(.seconds(1))
        do { try act() } catch { Issue.record("\(error)") }
      }
      return try await exchange.send(request, idle)
    }
    return try QuickBooksConnector(
      settings: QuickBooksBench.settings(),
      environment: XeroBench.environment(meddled, tokens: stage.tokens))
  }
}
