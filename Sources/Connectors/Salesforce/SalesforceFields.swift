import Domain

/// The names of our custom fields. Those that end in `__c` are the organisation's own.
enum SalesforceFields {
  /// By key of `fields` in the configuration.
  static let defaults: [String: String] = [
    "payment_terms": "Payment_Terms__c", "invoice_number": "Xero_Invoice_Number__c",
    "invoice_status": "Xero_Invoice_Status__c", "amount_due": "Xero_Amount_Due__c",
    "amount_paid": "Xero_Amount_Paid__c", "due_date": "Xero_Due_Date__c",
    "paid_date": "Xero_Paid_Date__c", "invoice_url": "Xero_Invoice_Link__c",
    "accounting_id": "Xero_Contact_Id__c",
  ]

  /// Columns every organisation has. One that is hidden from the user is an error, never an empty
  /// value: an empty one would be taken for a deletion.
  static func certain(_ object: SalesforceObject) -> [String] {
    switch object {
    case .opportunity:
      [
        "Id", "IsDeleted", "SystemModstamp", "Name", "AccountId", "OwnerId", "StageName",
        "IsWon", "IsClosed", "Amount", "CloseDate",
      ]
    case .account:
      ["Id", "IsDeleted", "SystemModstamp", "MasterRecordId", "Name", "Phone", "Fax", "Website"]
        + address("Billing")
    case .contact:
      [
        "Id", "IsDeleted", "SystemModstamp", "MasterRecordId", "AccountId", "FirstName",
        "LastName", "Email", "Phone", "MobilePhone", "Fax",
      ] + address("Mailing")
    case .lineItem:
      [
        "Id", "OpportunityId", "Product2Id", "Product2.Name", "ProductCode", "Quantity",
        "UnitPrice", "TotalPrice", "Discount", "Description", "SortOrder", "SystemModstamp",
      ]
    case .task: ["Id", "WhatId", "Description"]
    }
  }

  /// Columns that depend on the edition and on what is switched on.
  static func optional(_ object: SalesforceObject) -> [String] {
    switch object {
    case .opportunity: ["ContactId", "CurrencyIsoCode", "RecordTypeId", "LastStageChangeDate"]
    case .account: ["BillingCountryCode", "IsPersonAccount", "PersonEmail"]
    case .contact: ["MailingCountryCode", "IsPersonAccount"]
    case .lineItem: ["CurrencyIsoCode"]
    case .task: []
    }
  }

  private static func address(_ prefix: String) -> [String] {
    ["Street", "City", "State", "PostalCode", "Country"].map { prefix + $0 }
  }
}

/// A field as a describe tells it.
struct SalesforceField: Sendable, Hashable, Codable {
  var name: String
  var label: String
  var type: String
  var length: Int
  var isExternalID: Bool
  /// Values of a choice by what people see.
  var choices: [Choice]

  struct Choice: Sendable, Hashable, Codable {
    var value: String
    var label: String
  }

  init(name: String, label: String, type: String) {
    self.name = name
    self.label = label
    self.type = type
    length = 0
    isExternalID = false
    choices = []
  }

  init?(_ value: SalesforceValue) {
    guard let name = value["name"]?.text, let type = value["type"]?.text else { return nil }
    self.init(name: name, label: value["label"]?.text ?? name, type: type)
    length = value["length"]?.number.flatMap { Int($0.plain) } ?? 0
    isExternalID = value["externalId"]?.flag ?? false
    choices = (value["picklistValues"]?.list ?? []).compactMap { choice in
      guard choice["active"]?.flag != false, let value = choice["value"]?.text else { return nil }
      return Choice(value: value, label: choice["label"]?.text ?? value)
    }
  }
}

/// The fields of one kind of record that the user sees.
struct SalesforceFieldList: Sendable, Hashable, Codable {
  var fields: [SalesforceField]

  subscript(name: String) -> SalesforceField? {
    let folded = name.lowercased()
    return fields.first { $0.name.lowercased() == folded }
  }

  /// A field's value on a record as a person reads it; nil where it holds nothing.
  func value(_ name: String, of record: SalesforceRecord) -> String? {
    guard let field = self[name], let text = record[field.name]?.plain, !text.isEmpty else {
      return nil
    }
    return field.choices.first { $0.value == text }?.label ?? text
  }
}
