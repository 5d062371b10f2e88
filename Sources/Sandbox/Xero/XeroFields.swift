/// What filters and orders may name, and which of those the vendor answers quickly.
extension XeroLedger {
  /// Lower-case names; the vendor knows no such filter on `Url`, so it is not among them.
  static let invoiceFields: Set<String> = optimisedInvoiceFields.union([
    "updateddateutc", "total", "subtotal", "totaltax", "amountcredited", "currencycode",
    "senttocontact", "fullypaidondate", "contact.emailaddress", "hasattachments",
  ])
  static let optimisedInvoiceFields: Set<String> = [
    "status", "type", "reference", "invoicenumber", "invoiceid", "contact.contactid",
    "contact.name", "contact.contactnumber", "amountpaid", "date", "duedate", "amountdue",
    "updateddateutc",
  ]
  static let contactFields: Set<String> = [
    "name", "emailaddress", "accountnumber", "contactid", "contactnumber", "contactstatus",
    "firstname", "lastname", "issupplier", "iscustomer", "updateddateutc", "companynumber",
    "taxnumber",
  ]
  static let optimisedContactFields: Set<String> = [
    "name", "emailaddress", "accountnumber", "contactid", "updateddateutc",
  ]
  static let paymentFields: Set<String> = [
    "paymenttype", "status", "date", "invoice.invoiceid", "reference", "paymentid", "amount",
    "updateddateutc", "isreconciled",
  ]
  static let optimisedPaymentFields: Set<String> = [
    "paymenttype", "status", "date", "invoice.invoiceid", "reference", "paymentid",
    "updateddateutc",
  ]
  static let creditFields: Set<String> = [
    "status", "date", "reference", "type", "contact.contactid", "contact.name",
    "contact.contactnumber", "creditnoteid", "creditnotenumber", "overpaymentid", "prepaymentid",
    "total", "remainingcredit", "updateddateutc",
  ]

  func field(_ name: String, of invoice: XeroInvoice) -> XeroField {
    switch name {
    case "status": .text(invoice.status.rawValue)
    case "type": .text(invoice.kind.rawValue)
    case "reference": .text(invoice.reference)
    case "invoicenumber": .text(invoice.number)
    case "invoiceid": .id(invoice.id)
    case "contact.contactid": .id(invoice.contact)
    case "contact.name": .text(contacts[invoice.contact]?.name)
    case "contact.contactnumber": .text(contacts[invoice.contact]?.number)
    case "contact.emailaddress": .text(contacts[invoice.contact]?.email)
    case "amountpaid": .number(invoice.amountPaid)
    case "amountdue": .number(invoice.amountDue)
    case "amountcredited": .number(invoice.amountCredited)
    case "date": .date(invoice.date)
    case "duedate": .date(invoice.dueDate)
    case "fullypaidondate": .date(invoice.fullyPaidOn)
    case "total": .number(invoice.totals.total)
    case "subtotal": .number(invoice.totals.subTotal)
    case "totaltax": .number(invoice.totals.totalTax)
    case "currencycode": .text(invoice.currency)
    case "senttocontact": .flag(invoice.sentToContact)
    case "hasattachments": .flag(false)
    default: .time(invoice.updated)
    }
  }

  func field(_ name: String, of contact: XeroContact) -> XeroField {
    switch name {
    case "name": .text(contact.name)
    case "emailaddress": .text(contact.email)
    case "accountnumber": .text(contact.accountNumber)
    case "contactid": .id(contact.id)
    case "contactnumber": .text(contact.number)
    case "contactstatus": .text(contact.status.rawValue)
    case "firstname": .text(contact.firstName)
    case "lastname": .text(contact.lastName)
    case "companynumber": .text(contact.companyNumber)
    case "taxnumber": .text(contact.taxNumber)
    case "issupplier": .flag(contact.isSupplier)
    case "iscustomer": .flag(contact.isCustomer)
    default: .time(contact.updated)
    }
  }

  func field(_ name: String, of payment: XeroPayment) -> XeroField {
    switch name {
    case "paymenttype": .text(paymentType(payment))
    case "status": .text(payment.isDeleted ? "DELETED" : "AUTHORISED")
    case "date": .date(payment.date)
    case "reference": .text(payment.reference)
    case "paymentid": .id(payment.id)
    case "amount": .number(payment.amount)
    case "isreconciled": .flag(payment.isReconciled)
    case "invoice.invoiceid":
      switch payment.target {
      case .invoice(let id): .id(id)
      case .credit: .id(nil)
      }
    default: .time(payment.updated)
    }
  }

  func field(_ name: String, of credit: XeroCredit) -> XeroField {
    switch name {
    case "status": .text(credit.status.rawValue)
    case "date": .date(credit.date)
    case "reference": .text(credit.reference)
    case "type": .text(credit.kind.type)
    case "contact.contactid": .id(credit.contact)
    case "contact.name": .text(contacts[credit.contact]?.name)
    case "contact.contactnumber": .text(contacts[credit.contact]?.number)
    case "creditnoteid", "overpaymentid", "prepaymentid": .id(credit.id)
    case "creditnotenumber": .text(credit.number)
    case "total": .number(credit.totals.total)
    case "remainingcredit": .number(credit.remaining)
    default: .time(credit.updated)
    }
  }
}
