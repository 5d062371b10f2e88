import Connectors
import Domain
import Foundation
import Sandbox
import Testing
import Transport

/// The connector against the simulated Xero, in process. The sandbox shares no code with it.
@Suite("Xero connector and sandbox")
struct XeroSandboxTests {
  /// One world, and the means to make a connector for each pass in it.
  private struct Bench {
    let world: SandboxWorld
    let tokens: TokenStore

    init(faults: [Fault] = []) throws {
      var xero = XeroSandbox.demo(name: "Demo Company (NZ)")
      let start = SandboxTime(milliseconds: XeroBench.now)
      let grant = xero.consent(client: "id", at: start)
      let refresh = try #require(grant["refresh_token"]?.string)
      world = SandboxWorld(vendors: [xero], faults: faults, startingAt: start)
      world.setTick(milliseconds: 1000)
      tokens = .inMemory(["xero": StoredToken(refreshToken: Secret(refresh))])
    }

    var exchange: HTTPExchange {
      HTTPExchange { (request, _) async throws(HTTPFailure) in
        let answer = world.respond(to: Self.request(request))
        switch answer.delivery {
        case .whole, .delayed: return Self.response(answer, answer.body)
        case .dropped: throw .interrupted("the connection was closed")
        case .truncated(let bytes):
          return Self.response(answer, answer.body.prefix(bytes))
        }
      }
    }

    func connector() throws -> XeroConnector {
      try XeroConnector(
        settings: XeroBench.settings(organisation: "Demo Company (NZ)"),
        environment: XeroBench.environment(exchange, tokens: tokens))
    }

    /// A person at work in Xero's own screens.
    func person(_ verb: String, _ body: String) throws {
      let answer = world.respond(
        to: SandboxRequest(
          method: "POST", path: "/_sandbox/xero/\(verb)", body: Data(body.utf8)))
      try #require(answer.status == 200, "\(String(decoding: answer.body, as: UTF8.self))")
    }

    var invoices: [XeroInvoice] {
      world.withVendor(XeroSandbox.self) { $0.ledgers[0].allInvoices } ?? []
    }

    private static func request(_ request: HTTPRequest) -> SandboxRequest {
      let parts = URLComponents(url: request.url, resolvingAgainstBaseURL: false)
      var headers: [String: String] = [:]
      for (name, value) in request.headers { headers[name.lowercased()] = value }
      return SandboxRequest(
        method: request.method.rawValue, path: parts?.path ?? "",
        query: (parts?.queryItems ?? []).map { .init(name: $0.name, value: $0.value ?? "") },
        headers: headers, body: request.body ?? Data())
    }

    private static func response(_ answer: SandboxResponse, _ body: Data) -> HTTPResponse {
      HTTPResponse(
        status: answer.status,
        headers: HTTPHeaders(answer.headers.map { (name: $0.name, value: $0.value) }),
        body: Data(body))
    }
  }

  private static func draft(
    _ contact: ID<Party>, reference: String = "Website", number: String? = nil,
    url: String = XeroDrafts.page
  ) throws -> InvoiceDraft {
    var draft = try XeroDrafts.invoice(
      number: number, reference: reference, url: url,
      lines: [
        XeroDrafts.line("Design", "3", "33.3333"), XeroDrafts.line("Hosting", "1", "10"),
        XeroDrafts.line("Thank you", account: nil, tax: nil),
      ],
      contact: .existing(contact))
    draft.unitPriceDecimals = 4
    return draft
  }

  private static func contact(_ connector: XeroConnector) async throws -> PartyRecord {
    var draft = XeroDrafts.party("Ridgeway <NZ> University")
    draft.email = "ap@ridgeway.example"
    draft.phones = [.main: "+64 4 555 0101"]
    draft.addresses = [.postal: PostalAddress(lines: ["PO Box 12"], city: "Wellington")]
    let outcomes = await connector.createContacts([KeyedWrite(key: "op_c", content: draft)])
    guard case .applied(let record)? = outcomes.first else {
      Issue.record("\(outcomes)")
      throw CancellationError()
    }
    return record
  }

  @Test func theLifeOfADeal() async throws {
    let bench = try Bench()
    let connector = try bench.connector()
    let ledger = try await connector.ledger()
    #expect(ledger.organisation.zone.name == "Pacific/Auckland")
    #expect(ledger.taxRates.contains { $0.code == "OUTPUT2" && $0.effectivePercent.plain == "15" })

    let contact = try await Self.contact(connector)
    #expect(contact.name == "Ridgeway (NZ) University" && contact.mark == "hubspot:company:9001")
    #expect(contact.phones == [.main: "+64 4 555 0101"])

    let outcomes = await connector.createInvoices([
      KeyedWrite(key: "op_i", content: try Self.draft(contact.id))
    ])
    guard case .applied(let invoice)? = outcomes.first else {
      Issue.record("\(outcomes)")
      return
    }
    // 3 × 33.3333 = 99.9999, to the cent per line; 15 % of 100.00 and of 10.00.
    #expect(invoice.subtotal.figure == "110.00" && invoice.totalTax.figure == "16.50")
    #expect(invoice.lines?.count == 3 && invoice.lines?[0].unitPrice?.plain == "33.3333")
    #expect(invoice.status == .authorised && invoice.sourceURL == XeroDrafts.page)

    let page = try await connector.page(.invoices, from: .start)
    #expect(page.invoices == [invoice])
    #expect(try await connector.invoices([invoice.id]) == [invoice])

    try bench.person("pay", #"{"invoice":"\#(invoice.number)","amount":26.50}"#)
    let later = try bench.connector()
    let changed = try await later.page(.invoices, from: page.next)
    #expect(changed.invoices.first?.amountPaid.figure == "26.50")
    #expect(changed.invoices.first?.amountDue.figure == "100.00")
    #expect(changed.rejected.isEmpty && !changed.hasMore)
    try bench.person("pay", #"{"invoice":"\#(invoice.number)"}"#)
    let paid = try await later.page(.invoices, from: changed.next)
    #expect(paid.invoices.first?.status == .paid && paid.invoices.first?.fullyPaidOn != nil)
    // An idle poll: one call a feed, sign-in and organisation known.
    #expect(await later.callCount() == 2)
  }

  @Test func aLostAnswerIsFoundByTheMark() async throws {
    let bench = try Bench()
    let connector = try bench.connector()
    let contact = try await Self.contact(connector)
    bench.world.setFaults([Fault(.dropAfter, method: "PUT", path: "/api.xro/2.0/Invoices")])
    for (number, reference) in [(nil, "Website"), ("HS-123", "x"), (nil, #"The "new" site"#)]
      as [(String?, String)]
    {
      let url = XeroDrafts.page + "/" + String(bench.invoices.count)
      bench.world.setFaults([Fault(.dropAfter, method: "PUT", path: "/api.xro/2.0/Invoices")])
      let draft = try Self.draft(contact.id, reference: reference, number: number, url: url)
      let outcomes = await connector.createInvoices([KeyedWrite(key: "op_\(url)", content: draft)])
      #expect(outcomes.map(kind) == ["unknown"])
      let found = try await connector.findInvoices([draft.mark])
      #expect(found.map(\.sourceURL) == [url], "\(reference)")
      // Sent again all the same (the look-up lied): the number refuses a second one, and the
      // first is recognised.
      if number != nil {
        bench.world.advance(seconds: 600)
        let again = await connector.createInvoices([
          KeyedWrite(key: "op_again", content: draft)
        ])
        #expect(again.map(kind) == ["applied"])
      }
    }
    #expect(bench.invoices.count == 3)
  }

  @Test func mixedBatchesArePartlySaved() async throws {
    let bench = try Bench()
    let connector = try bench.connector()
    let contact = try await Self.contact(connector)
    var badTax = try Self.draft(contact.id, url: XeroDrafts.page + "/2")
    badTax.lines[0].taxCode = "NOSUCHTAX"
    var euro = try Self.draft(contact.id, url: XeroDrafts.page + "/3")
    euro.currency = try #require(Currency("CHF"))
    let drafts = [try Self.draft(contact.id), badTax, euro]
    let outcomes = await connector.createInvoices(
      drafts.enumerated().map { KeyedWrite(key: "op_\($0)", content: $1) })
    #expect(outcomes.map(kind) == ["applied", "tax_code_unknown", "currency_not_enabled"])
    #expect(bench.invoices.count == 1)
  }

  @Test func namesInUseAndOurOwnContact() async throws {
    let bench = try Bench()
    let connector = try bench.connector()
    let contact = try await Self.contact(connector)
    bench.world.advance(seconds: 600)
    var ours = XeroDrafts.party("ridgeway (nz) university")
    let adopted = await connector.createContacts([KeyedWrite(key: "op_2", content: ours)])
    guard case .applied(let same)? = adopted.first else {
      Issue.record("\(adopted)")
      return
    }
    #expect(same.id == contact.id)
    ours.mark = "hubspot:company:77"
    let other = await connector.createContacts([KeyedWrite(key: "op_3", content: ours)])
    #expect(other.map(kind) == ["name_taken"])
    #expect(try await connector.findContacts([ours]).map(\.id) == [contact.id])
  }

  @Test func contactsAreChangedInPlace() async throws {
    let bench = try Bench()
    let connector = try bench.connector()
    let contact = try await Self.contact(connector)
    let patch = PartyPatch(
      subject: contact.subject, texts: [.email: "", .mobile: "021 555 010"],
      addresses: [.street: PostalAddress(lines: ["1 Quay"], city: "Wellington")])
    let outcomes = await connector.updateContacts([KeyedWrite(key: "op_u", content: patch)])
    guard case .applied(let after)? = outcomes.first else {
      Issue.record("\(outcomes)")
      return
    }
    #expect(after.emails.isEmpty && after.name == contact.name)
    #expect(after.phones == [.main: "+64 4 555 0101", .mobile: "021 555 010"])
    #expect(after.addresses.keys.sorted() == [.postal, .street])
    #expect(try await connector.contacts([contact.id]) == [after])
  }

  @Test func revisingAndCancelling() async throws {
    let bench = try Bench()
    let connector = try bench.connector()
    let contact = try await Self.contact(connector)
    var draft = try Self.draft(contact.id)
    draft.status = .draft
    let second = try Self.draft(contact.id, url: XeroDrafts.page + "/2")
    let made = await connector.createInvoices([
      KeyedWrite(key: "op_1", content: draft), KeyedWrite(key: "op_2", content: second),
    ]).compactMap { (outcome) -> Invoice? in
      if case .applied(let invoice) = outcome { return invoice }
      return nil
    }
    try #require(made.count == 2)
    var content = draft
    content.lines = [XeroDrafts.line("Design", "1", "50"), XeroDrafts.line("Extra", "2", "5")]
    let revised = await connector.reviseInvoices([
      KeyedWrite(
        key: "op_3",
        content: InvoiceRevision(
          invoice: made[0].id, content: content,
          presentLineIDs: (made[0].lines ?? []).compactMap(\.id)))
    ])
    guard case .applied(let invoice)? = revised.first else {
      Issue.record("\(revised)")
      return
    }
    #expect(invoice.subtotal.figure == "60.00" && invoice.status == .draft)
    #expect(invoice.lines?.map(\.id) == made[0].lines?.prefix(2).map(\.id))
    let cancelled = await connector.cancelInvoices([
      KeyedWrite(key: "op_4", content: made[0].id), KeyedWrite(key: "op_5", content: made[1].id),
    ])
    #expect(cancelled.map(kind) == ["applied", "applied"])
    #expect(Set(bench.invoices.map(\.status)) == [.deleted, .voided])
    let again = await connector.cancelInvoices([KeyedWrite(key: "op_6", content: made[1].id)])
    #expect(again.map(kind) == ["applied"])
  }

  @Test func templatesItemsAndEmail() async throws {
    let bench = try Bench()
    let connector = try bench.connector()
    let contact = try await Self.contact(connector)
    let draft = TemplateDraft(
      content: try Self.draft(contact.id, reference: "Retainer"), every: 1, unit: .month,
      start: try #require(CalendarDate("2026-12-01")), end: nil, terms: .days(20))
    let made = await connector.createTemplates([KeyedWrite(key: "op_t", content: draft)])
    guard case .applied(let template)? = made.first else {
      Issue.record("\(made)")
      return
    }
    #expect(try await connector.templates() == [template])
    #expect(template.total.figure == "126.50" && template.unit == .month)
    let ended = await connector.endTemplate(KeyedWrite(key: "op_e", content: template.id))
    #expect(kind(ended) == "applied")
    #expect(try await connector.templates().allSatisfy { !$0.isActive })

    let item = ItemDraft(code: "DES-1", name: "Design", description: "By the hour")
    for key in ["op_x", "op_y"] {
      let outcome = await connector.createItems([KeyedWrite(key: key, content: item)])
      #expect(outcome.map(kind) == ["applied"], "\(outcome)")
    }
    let invoices = await connector.createInvoices([
      KeyedWrite(key: "op_i", content: try Self.draft(contact.id))
    ])
    guard case .applied(let invoice)? = invoices.first else {
      Issue.record("\(invoices)")
      return
    }
    let sent = await connector.emailInvoice(KeyedWrite(key: "op_m", content: invoice.id))
    #expect(kind(sent) == "applied")
    try bench.person("plan", #"{"plan":"demo"}"#)
    let refused = await connector.emailInvoice(KeyedWrite(key: "op_n", content: invoice.id))
    #expect(kind(refused) == "email_refused")
  }

  @Test func manyPagesAreWalkedWhole() async throws {
    let bench = try Bench()
    try bench.person("bulk", #"{"contacts":2300,"invoices":1200}"#)
    let connector = try bench.connector()
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
    let invoices = try await connector.page(.invoices, from: .start)
    #expect(invoices.rejected == [] && invoices.hasMore && invoices.total == 1200)
  }

  @Test func aDisconnectedOrganisationIsNamed() async throws {
    let bench = try Bench()
    _ = try await bench.connector().page(.contacts, from: .start)
    try bench.person("disconnect_tenant", "{}")
    let connector = try bench.connector()
    do {
      _ = try await connector.page(.contacts, from: .start)
      Issue.record("it was let through")
    } catch {
      guard case .signInNeeded(let reason) = error else {
        Issue.record("\(error)")
        return
      }
      #expect(reason.contains("Demo Company (NZ)"))
    }
    let outcomes = await connector.createContacts([
      KeyedWrite(key: "op", content: XeroDrafts.party("A"))
    ])
    #expect(outcomes.map(kind) == ["not sent"])
  }

  @Test(arguments: [Fault.Kind.expireToken, .rateLimit(.seconds(2), problem: "minute")])
  func passingTroubleIsWeathered(_ trouble: Fault.Kind) async throws {
    let bench = try Bench()
    bench.world.setFaults([Fault(trouble, path: "/api.xro/2.0/Contacts")])
    let contact = try await Self.contact(try bench.connector())
    #expect(!contact.id.rawValue.isEmpty)
  }
}
