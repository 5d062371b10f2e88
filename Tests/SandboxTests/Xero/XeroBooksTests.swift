import Foundation
import Sandbox
import Testing

@Suite struct XeroPaymentTests {
  private func pay(_ harness: XeroHarness, _ amount: String, account: String = "090")
    -> SandboxResponse
  {
    harness.call(
      "PUT", "Payments",
      body: [
        "Invoice": ["InvoiceNumber": "INV-0001"], "Account": ["Code": .string(account)],
        "Amount": .number(amount), "Date": "2026-01-10",
      ])
  }

  @Test func settlesAndReopensAnInvoice() throws {
    let harness = try XeroHarness()
    let invoice = try harness.invoice()
    harness.world.advance(seconds: 5)
    let first = pay(harness, "40").jsonBody?["Payments"]?[0]
    #expect(first?["PaymentType"] == "ACCRECPAYMENT")
    #expect(first?["UpdatedDateUTC"] == first?["Invoice"]?["UpdatedDateUTC"])
    #expect(harness.read(invoice)["Status"] == "AUTHORISED")
    _ = pay(harness, "60")
    let paid = harness.read(invoice)
    #expect(paid["Status"] == "PAID")
    #expect(paid["FullyPaidOnDate"] == "/Date(1768003200000+0000)/")
    harness.world.advance(seconds: 5)
    let id = first?["PaymentID"]?.string ?? ""
    let deleted = harness.call("POST", "Payments/\(id)", body: ["Status": "DELETED"])
    #expect(deleted.jsonBody?["Payments"]?[0]?["Status"] == "DELETED")
    let open = harness.read(invoice)
    #expect(open["Status"] == "AUTHORISED")
    #expect(open["AmountDue"]?.digits == "40.00")
    #expect(open["FullyPaidOnDate"] == nil)
    #expect(open["UpdatedDateUTCString"] == "2026-01-01T00:00:10Z")
    let since = ["if-modified-since": "2026-01-01T00:00:10"]
    #expect(harness.list("Payments", ["page": "1"], headers: since).count == 1)
    #expect(harness.call("POST", "Payments/\(id)", body: ["Status": "DELETED"]).status == 400)
    #expect(harness.call("POST", "Payments/\(id)", body: ["Amount": 1]).status == 400)
  }

  @Test(arguments: [
    ("100.01", "090", "Payment amount exceeds the amount outstanding on this document"),
    ("0", "090", "Payment amount must be greater than zero"),
    ("10", "200", "Account is not of a type that payments may be made to"),
    ("10", "nope", "Account could not be found"),
  ])
  func refuses(amount: String, account: String, message: String) throws {
    let harness = try XeroHarness()
    _ = try harness.invoice()
    #expect(messages(pay(harness, amount, account: account)) == [message])
    #expect(harness.list("Payments").isEmpty)
  }

  @Test func draftsCannotBePaid() throws {
    let harness = try XeroHarness()
    _ = try harness.invoice(status: "DRAFT")
    #expect(
      messages(pay(harness, "10"))
        == ["Payments can only be made against Authorised documents"])
  }

  @Test func aForeignPaymentIsConvertedForTheBank() throws {
    let harness = try XeroHarness()
    _ = try harness.invoice(["CurrencyCode": "USD", "CurrencyRate": .number("0.5")])
    let payment = pay(harness, "100").jsonBody?["Payments"]?[0]
    #expect(payment?["BankAmount"]?.digits == "200.00")
  }

  @Test func creditNotesAreAllocatedAndTakenBack() throws {
    let harness = try XeroHarness()
    let invoice = try harness.invoice()
    let contact = try #require(invoice["Contact"]?["ContactID"])
    let note = harness.call(
      "PUT", "CreditNotes",
      body: [
        "Type": "ACCRECCREDIT", "Contact": ["ContactID": contact], "Status": "AUTHORISED",
        "LineAmountTypes": "NoTax",
        "LineItems": [["Description": "back", "UnitAmount": 30, "AccountCode": "200"]],
      ])
    let id = try #require(note.jsonBody?["CreditNotes"]?[0]?["CreditNoteID"]?.string)
    let body = { (amount: JSONValue) -> JSONValue in
      ["Allocations": [["Amount": amount, "Invoice": ["InvoiceNumber": "INV-0001"]]]]
    }
    let path = "CreditNotes/\(id)/Allocations"
    #expect(harness.call("PUT", path, body: body(.number("30.01"))).status == 400)
    let made = harness.call("PUT", path, body: body(30)).jsonBody?["Allocations"]?[0]
    let credited = harness.read(invoice)
    #expect(credited["AmountCredited"]?.digits == "30.00")
    #expect(credited["AmountDue"]?.digits == "70.00")
    #expect(credited["CreditNotes"]?[0]?["AppliedAmount"]?.digits == "30.00")
    let read = harness.call("GET", "CreditNotes/CN-0001").jsonBody?["CreditNotes"]?[0]
    #expect(read?["Status"] == "PAID")
    #expect(harness.call("POST", "Invoices/INV-0001", body: ["Status": "VOIDED"]).status == 400)
    let allocation = made?["AllocationID"]?.string ?? ""
    let undone = harness.call("DELETE", path + "/" + allocation)
    #expect(undone.jsonBody?["IsDeleted"] == true)
    #expect(harness.read(invoice)["AmountDue"]?.digits == "100.00")
    #expect(
      harness.call("GET", "CreditNotes/\(id)").jsonBody?["CreditNotes"]?[0]?["RemainingCredit"]?
        .digits == "30.00")
  }

  @Test func fullyCreditedIsPaidWithNothingPaid() throws {
    let harness = try XeroHarness()
    let invoice = try harness.invoice()
    #expect(harness.person("credit", ["invoice": "INV-0001"]).status == 200)
    let read = harness.read(invoice)
    #expect(read["Status"] == "PAID")
    #expect(read["AmountPaid"]?.digits == "0.00")
  }

  @Test func peoplePayUnpayAndOverpay() throws {
    let harness = try XeroHarness()
    let invoice = try harness.invoice()
    #expect(harness.person("pay", ["invoice": "INV-0001"]).status == 200)
    #expect(harness.read(invoice)["Status"] == "PAID")
    #expect(harness.person("unpay", ["invoice": "INV-0001"]).status == 200)
    #expect(harness.read(invoice)["AmountDue"]?.digits == "100.00")
    #expect(harness.person("overpay", ["invoice": "INV-0001", "amount": 130]).status == 200)
    #expect(harness.read(invoice)["Status"] == "PAID")
    #expect(harness.list("Overpayments")[0]["RemainingCredit"]?.digits == "30.00")
    let second = try harness.invoice()
    let id = harness.list("Overpayments")[0]["OverpaymentID"]?.string ?? ""
    let allocated = harness.call(
      "PUT", "Overpayments/\(id)/Allocations",
      body: ["Amount": 30, "Invoice": ["InvoiceID": second["InvoiceID"] ?? .null]])
    #expect(allocated.status == 200, "\(messages(allocated))")
    #expect(harness.read(second)["AmountCredited"]?.digits == "30.00")
  }
}

@Suite struct XeroContactTests {
  private func create(_ harness: XeroHarness, _ body: JSONValue) -> JSONValue? {
    harness.call("PUT", "Contacts", body: body).jsonBody?["Contacts"]?[0]
  }

  @Test func namesAreUniqueAmongActiveContacts() throws {
    let harness = try XeroHarness()
    _ = create(harness, ["Name": "Café Ltd", "ContactNumber": "deal:1"])
    let taken = harness.call("PUT", "Contacts", body: ["Name": "CAFE LTD"])
    #expect(
      messages(taken) == [
        "The contact name Café Ltd is already assigned to another contact. "
          + "The contact name must be unique across all active contacts."
      ])
    let number = harness.call("PUT", "Contacts", body: ["Name": "B", "ContactNumber": "deal:1"])
    #expect(number.status == 400)
    harness.person("archive_contact", ["contact": "Café Ltd"])
    #expect(harness.call("PUT", "Contacts", body: ["Name": "CAFE LTD"]).status == 200)
    #expect(harness.person("restore_contact", ["contact": "deal:1"]).status == 400)
  }

  @Test func postMatchesAndKeepsWhatIsLeftOut() throws {
    let harness = try XeroHarness()
    let first = create(
      harness,
      [
        "Name": "Acme", "EmailAddress": "a@example.com", "FirstName": "Ann",
        "ContactPersons": [["FirstName": "P", "EmailAddress": "p@example.com"]],
        "Addresses": [["AddressType": "POBOX", "City": "Ōtaki", "Country": "New Zealand"]],
        "Phones": [["PhoneType": "MOBILE", "PhoneNumber": "555", "PhoneCountryCode": "64"]],
      ])
    let answer = harness.call(
      "POST", "Contacts", body: ["Name": "acme", "FirstName": "", "LastName": "Lee"])
    let second = try #require(answer.jsonBody?["Contacts"]?[0])
    #expect(second["ContactID"] == first?["ContactID"])
    #expect(second["FirstName"] == nil)
    #expect(second["LastName"] == "Lee")
    #expect(second["EmailAddress"] == "a@example.com")
    #expect(second["ContactPersons"]?.array?.count == 1)
    #expect(second["Addresses"]?.array?.map { $0["AddressType"] } == ["STREET", "POBOX"])
    #expect(second["Addresses"]?[1]?["City"] == "Ōtaki")
    #expect(second["Phones"]?.array?.count == 4)
    let replaced = harness.call(
      "POST", "Contacts", body: ["Name": "Acme", "ContactPersons": []])
    #expect(replaced.jsonBody?["Contacts"]?[0]?["ContactPersons"]?.array?.isEmpty == true)
  }

  @Test(arguments: [
    (#"{"FirstName":"x"}"#, "The Contact must contain at least 1 of the following elements"),
    (#"{"Name":""}"#, "Contact Name cannot be empty."),
    (#"{"Name":"A","EmailAddress":"x@y"}"#, "Email address must be valid"),
    (#"{"Name":"A<b>"}"#, "Contact Name cannot contain angle brackets."),
    (#"{"ContactID":"00000000-0000-4000-8000-000000000000","Name":"A"}"#, "The contact with"),
    (#"{"Name":"A","Addresses":[{"AddressType":"DELIVERY"}]}"#, "The AddressType must be"),
    (#"{"Name":"A","Addresses":[{"AddressType":"POBOX","Country":"NZ1"}]}"#, "The Country may"),
    (#"{"Name":"A","PaymentTerms":{"Sales":{"Day":40,"Type":"OFCURRENTMONTH"}}}"#, "The payment"),
  ])
  func refuses(body: String, message: String) throws {
    let harness = try XeroHarness()
    let value = try JSONValue.parse(Data(body.utf8))
    let answer = harness.call("POST", "Contacts", body: value)
    #expect(messages(answer).first?.hasPrefix(message) == true, "\(messages(answer))")
    #expect(harness.list("Contacts", ["includeArchived": "true"]).isEmpty)
  }

  @Test func archivedContactsHideAndRefuseDocuments() throws {
    let harness = try XeroHarness()
    let contact = try #require(create(harness, ["Name": "Acme"])?["ContactID"])
    harness.world.advance(seconds: 3)
    harness.person("archive_contact", ["contact": contact])
    let since = ["if-modified-since": "2026-01-01T00:00:03"]
    #expect(harness.list("Contacts", headers: since).isEmpty)
    let archived = harness.list("Contacts", ["includeArchived": "True"], headers: since)
    #expect(archived.first?["ContactStatus"] == "ARCHIVED")
    let answer = harness.call(
      "PUT", "Invoices", body: ["Type": "ACCREC", "Contact": ["ContactID": contact]])
    #expect(messages(answer).first?.contains("has been archived") == true)
  }

  @Test func mergingMovesDocumentsAndLeavesAPointer() throws {
    let harness = try XeroHarness()
    let invoice = try harness.invoice(["Contact": ["Name": "Loser"]])
    let winner = try #require(create(harness, ["Name": "Winner"])?["ContactID"])
    harness.world.advance(seconds: 3)
    #expect(harness.person("merge_contacts", ["from": "Loser", "to": "Winner"]).status == 200)
    let loser = invoice["Contact"]?["ContactID"]?.string ?? ""
    let read = harness.call("GET", "Contacts/\(loser)").jsonBody?["Contacts"]?[0]
    #expect(read?["MergedToContactID"] == winner)
    #expect(read?["ContactStatus"] == "ARCHIVED")
    #expect(harness.read(invoice)["Contact"]?["ContactID"] == winner)
    #expect(harness.read(invoice)["UpdatedDateUTCString"] == "2026-01-01T00:00:03Z")
  }

  @Test func theFirstInvoiceMakesACustomerWithoutTouchingTheStamp() throws {
    let harness = try XeroHarness()
    let contact = create(harness, ["Name": "Acme Limited"])
    harness.world.advance(seconds: 9)
    _ = try harness.invoice()
    let read = harness.list("Contacts", ["page": "1"])[0]
    #expect(read["IsCustomer"] == true)
    #expect(read["UpdatedDateUTC"] == contact?["UpdatedDateUTC"])
    #expect(read["Balances"]?["AccountsReceivable"]?["Outstanding"]?.digits == "100.00")
  }

  @Test func contactDetailsOnAnInvoiceOverwriteTheContact() throws {
    let harness = try XeroHarness()
    let contact = try #require(create(harness, ["Name": "Old"])?["ContactID"])
    _ = try harness.invoice(["Contact": ["ContactID": contact, "Name": "New"]])
    #expect(harness.list("Contacts")[0]["Name"] == "New")
  }
}

@Suite struct XeroRepeatingAndMailTests {
  @Test func templatesMakeInvoicesOnTheirDates() throws {
    let harness = try XeroHarness()
    let template = harness.call(
      "PUT", "RepeatingInvoices",
      body: [
        "Type": "ACCREC", "Contact": ["Name": "Acme"], "Status": "AUTHORISED",
        "LineAmountTypes": "Exclusive", "Reference": "Rent [Month] [Year]",
        "Schedule": [
          "Period": 1, "Unit": "MONTHLY", "DueDate": 20, "DueDateType": "OFFOLLOWINGMONTH",
          "StartDate": "2026-01-31",
        ],
        "LineItems": [["Description": "Rent", "UnitAmount": 100, "AccountCode": "200"]],
      ])
    let id = try #require(
      template.jsonBody?["RepeatingInvoices"]?[0]?["RepeatingInvoiceID"]?.string,
      "\(messages(template))")
    harness.person("generate_repeating", ["until": "2026-03-31"])
    harness.person("generate_repeating", ["until": "2026-03-31"])
    let invoices = harness.list("Invoices", ["page": "1", "order": "Date"])
    #expect(
      invoices.map { $0["DateString"]?.string?.prefix(10) }
        == ["2026-01-31", "2026-02-28", "2026-03-31"])
    #expect(invoices[1]["DueDateString"] == "2026-03-20T00:00:00")
    #expect(invoices[1]["Reference"] == "Rent February 2026")
    #expect(invoices[1]["Status"] == "AUTHORISED")
    #expect(invoices[1]["Total"]?.digits == "115.00")
    #expect(invoices[1]["RepeatingInvoiceID"]?.string == id)
    let path = "RepeatingInvoices/\(id)"
    #expect(harness.call("POST", path, body: ["Reference": "x"]).status == 400)
    #expect(harness.call("POST", path, body: ["Status": "DELETED"]).status == 200)
    harness.person("generate_repeating", ["until": "2026-06-30"])
    #expect(harness.list("Invoices").count == 3)
  }

  @Test func mailIsLimitedByTheKindOfOrganisation() throws {
    let harness = try XeroHarness()
    let invoice = try harness.invoice([
      "Contact": ["Name": "Acme", "EmailAddress": "a@example.com"]
    ])
    harness.world.advance(seconds: 2)
    #expect(harness.call("POST", "Invoices/INV-0001/Email", body: [:]).status == 204)
    #expect(harness.read(invoice)["SentToContact"] == true)
    #expect(harness.read(invoice)["UpdatedDateUTCString"] == "2026-01-01T00:00:02Z")
    harness.person("plan", ["plan": "demo"])
    #expect(harness.call("POST", "Invoices/INV-0001/Email").status == 400)
    harness.person("plan", ["plan": "trial"])
    let draft = try harness.invoice(status: "DRAFT")
    let id = draft["InvoiceID"]?.string ?? ""
    #expect(harness.call("POST", "Invoices/\(id)/Email").status == 400)
    #expect(harness.call("GET", "Invoices/\(id)/OnlineInvoice").status == 400)
    let online = harness.call("GET", "Invoices/INV-0001/OnlineInvoice").jsonBody
    #expect(
      online?["OnlineInvoices"]?[0]?["OnlineInvoiceUrl"]?.string?
        .hasPrefix("https://in.xero.com/") == true)
  }

  @Test func notesStayInTheHistory() throws {
    let harness = try XeroHarness()
    _ = try harness.invoice()
    let path = "Invoices/INV-0001/History"
    let note: JSONValue = ["HistoryRecords": [["Details": "From deal 7"]]]
    #expect(harness.call("PUT", path, body: note).status == 200)
    let records = harness.call("GET", path).jsonBody?["HistoryRecords"]
    #expect(records?[0]?["Details"] == "From deal 7")
    #expect(records?[0]?["User"] == "System Generated")
    let long: JSONValue = [
      "HistoryRecords": [["Details": .string(String(repeating: "x", count: 2501))]]
    ]
    #expect(harness.call("PUT", path, body: long).status == 400)
  }

  @Test func itemsFillWhatALineLeavesEmpty() throws {
    let harness = try XeroHarness(
      scopes: XeroSandbox.usualScopes + ["accounting.settings"])
    let body: JSONValue = [
      "Code": "SUP", "Name": "Support",
      "Description": "Support hour",
      "SalesDetails": ["UnitPrice": 120, "AccountCode": "260", "TaxType": "ZERORATED"],
    ]
    #expect(harness.call("PUT", "Items", body: body).status == 200)
    #expect(
      messages(harness.call("PUT", "Items", body: body))
        == ["Price List Item with Code ''SUP'' already exists"])
    let invoice = try harness.invoice([
      "LineAmountTypes": "Exclusive", "LineItems": [["ItemCode": "SUP", "Quantity": 2]],
    ])
    let line = invoice["LineItems"]?[0]
    #expect(line?["Description"] == "Support hour")
    #expect(line?["AccountCode"] == "260")
    #expect(line?["TaxType"] == "ZERORATED")
    #expect(invoice["Total"]?.digits == "240.00")
  }

  @Test(arguments: [
    ("nonsense", "{}", "unknown verb"), ("pay", "{}", "missing member \"invoice\""),
    ("pay", #"{"invoice":"X"}"#, "no invoice has"), ("pay", "[", "pay expects"),
    ("pay", #"{"invoice":"X","sum":1}"#, "unknown member \"sum\""),
    ("lock", #"{"period":"soon"}"#, "\"period\" must be a date"),
  ])
  func controlIsStrict(verb: String, body: String, message: String) throws {
    let answer = try XeroHarness().world.respond(
      to: SandboxRequest(
        method: "POST", path: "/_sandbox/xero/\(verb)", body: Data(body.utf8)))
    #expect(answer.status == 400)
    #expect(answer.jsonBody?["error"]?.string?.hasPrefix(message) == true)
  }

  @Test func stateIsServedForJudges() throws {
    let harness = try XeroHarness()
    _ = try harness.invoice(["Reference": "deal 7", "Url": "https://crm.example/deal/7"])
    let answer = harness.world.respond(to: SandboxRequest(method: "GET", path: "/_sandbox/state"))
    let state = answer.jsonBody?["vendors"]?["xero"]?["organisations"]?[0]
    #expect(state?["counts"]?["invoices"]?.int == 1)
    #expect(state?["invoices"]?[0]?["url"] == "https://crm.example/deal/7")
    #expect(state?["invoices"]?[0]?["amount_due"]?.digits == "100.00")
    #expect(state?["contacts"]?[0]?["name"] == "Acme Limited")
    let count = harness.world.withVendor(XeroSandbox.self) { $0.ledgers[0].allInvoices.count }
    #expect(count == 1)
  }
}
