extension SalesforceSandbox.Field {
  private typealias Field = SalesforceSandbox.Field
  private typealias Kind = SalesforceSandbox.Kind

  /// The fields a kind has from the start.
  static func standard(_ kind: SalesforceSandbox.Kind) -> [SalesforceSandbox.Field] {
    [Field("Id", .id, 18).readOnly()] + own(kind) + [
      Field("IsDeleted", .boolean).readOnly(), Field("CreatedDate", .datetime).readOnly(),
      Field("LastModifiedDate", .datetime).readOnly(),
      Field("SystemModstamp", .datetime).readOnly(),
    ]
  }

  private static func own(_ kind: SalesforceSandbox.Kind) -> [SalesforceSandbox.Field] {
    switch kind {
    case .account: account
    case .contact: contact
    case .opportunity: opportunity
    case .lineItem: lineItem
    case .contactRole:
      [
        .to("OpportunityId", .opportunity).required().fixed(),
        .to("ContactId", .contact).required().fixed(),
        .choice("Role", ["Decision Maker", "Business User", "Other"]),
        Field("IsPrimary", .boolean),
      ]
    case .product:
      [
        Field("Name", .string, 255).required(), Field("ProductCode", .string, 255),
        Field("Description", .textarea, 4000).unfilterable(), Field("IsActive", .boolean),
        .choice("Family", ["Services", "Hardware"]), Field("StockKeepingUnit", .string, 180),
        Field("QuantityUnitOfMeasure", .string, 255),
      ]
    case .pricebook:
      [
        Field("Name", .string, 255).required(), Field("IsActive", .boolean),
        Field("IsStandard", .boolean).readOnly(),
      ]
    case .pricebookEntry:
      [
        .to("Pricebook2Id", .pricebook).required().fixed(),
        .to("Product2Id", .product).required().fixed(), Field("UnitPrice", .currency).required(),
        Field("IsActive", .boolean), Field("UseStandardPrice", .boolean),
      ]
    case .task: task
    case .user:
      [
        Field("Name", .string, 121).readOnly(), Field("Username", .string, 80),
        Field("Email", .email, 128), Field("IsActive", .boolean),
        Field("UserType", .string, 40).readOnly(),
      ]
    case .stage:
      [
        Field("MasterLabel", .string, 255), Field("ApiName", .string, 255),
        Field("IsActive", .boolean), Field("IsClosed", .boolean), Field("IsWon", .boolean),
        Field("SortOrder", .int), Field("DefaultProbability", .percent),
      ]
    case .organization:
      [
        Field("Name", .string, 80), Field("TimeZoneSidKey", .string, 40),
        Field("IsSandbox", .boolean).readOnly(), Field("InstanceName", .string, 5).readOnly(),
        Field("OrganizationType", .string, 40).readOnly(),
      ]
    case .permissionSet:
      [
        Field("Name", .string, 80).required(), Field("Label", .string, 80).required(),
        Field("Description", .string, 255),
      ]
    case .permissionSetAssignment:
      [
        .to("PermissionSetId", .permissionSet).required().fixed(),
        .to("AssigneeId", .user).required().fixed(),
      ]
    case .fieldPermissions:
      [
        .to("ParentId", .permissionSet).required().fixed(),
        Field("SobjectType", .string, 40).required().fixed(),
        Field("Field", .string, 80).required().fixed(), Field("PermissionsRead", .boolean),
        Field("PermissionsEdit", .boolean),
      ]
    }
  }

  private static func address(_ prefix: String) -> [SalesforceSandbox.Field] {
    [
      Field("\(prefix)Street", .textarea, 255), Field("\(prefix)City", .string, 40),
      Field("\(prefix)State", .string, 80), Field("\(prefix)PostalCode", .string, 20),
      Field("\(prefix)Country", .string, 80),
    ]
  }

  private static var account: [SalesforceSandbox.Field] {
    [
      .to("MasterRecordId", .account).readOnly(), Field("Name", .string, 255).required(),
      .to("ParentId", .account),
    ] + address("Billing") + [
      Field("Phone", .phone, 40), Field("Fax", .phone, 40), Field("Website", .url, 255),
      Field("AccountNumber", .string, 40), .to("OwnerId", .user),
      Field("Description", .textarea, 32_000).unfilterable(),
    ]
  }

  private static var contact: [SalesforceSandbox.Field] {
    [
      .to("MasterRecordId", .contact).readOnly(), .to("AccountId", .account),
      Field("FirstName", .string, 40), Field("LastName", .string, 80).required(),
      Field("Name", .string, 121).readOnly(),
    ] + address("Mailing") + [
      Field("Phone", .phone, 40), Field("MobilePhone", .phone, 40), Field("Fax", .phone, 40),
      Field("Email", .email, 80), Field("EmailBouncedDate", .datetime).readOnly(),
      .to("OwnerId", .user), Field("Description", .textarea, 32_000).unfilterable(),
    ]
  }

  private static var opportunity: [SalesforceSandbox.Field] {
    [
      .to("AccountId", .account), .to("ContactId", .contact).fixed(),
      Field("Name", .string, 120).required(), Field("StageName", .picklist, 255).required(),
      Field("Amount", .currency), Field("Probability", .percent),
      Field("CloseDate", .date).required(), .choice("Type", ["New Customer", "Renewal"]),
      Field("NextStep", .string, 255), Field("IsClosed", .boolean).readOnly(),
      Field("IsWon", .boolean).readOnly(), .to("Pricebook2Id", .pricebook),
      .to("OwnerId", .user), Field("HasOpportunityLineItem", .boolean).readOnly(),
      Field("LastStageChangeDate", .datetime).readOnly(),
      Field("Description", .textarea, 32_000).unfilterable(),
    ]
  }

  private static var lineItem: [SalesforceSandbox.Field] {
    [
      .to("OpportunityId", .opportunity).required().fixed(), Field("SortOrder", .int),
      .to("PricebookEntryId", .pricebookEntry).fixed(), .to("Product2Id", .product).fixed(),
      Field("ProductCode", .string, 255).readOnly(), Field("Name", .string, 376).readOnly(),
      Field("Quantity", .double).required(), Field("TotalPrice", .currency),
      Field("UnitPrice", .currency), Field("ListPrice", .currency).readOnly(),
      Field("Subtotal", .currency).readOnly(), Field("Discount", .percent),
      Field("ServiceDate", .date), Field("Description", .string, 255),
    ]
  }

  private static var task: [SalesforceSandbox.Field] {
    [
      .to("WhoId", .contact), .to("WhatId", .opportunity, .account),
      Field("Subject", .string, 255), Field("ActivityDate", .date),
      .choice("Status", ["Not Started", "In Progress", "Completed"]),
      .choice("Priority", ["High", "Normal", "Low"]), .to("OwnerId", .user),
      Field("Description", .textarea, 32_000).unfilterable(),
      Field("IsReminderSet", .boolean), Field("ReminderDateTime", .datetime),
      Field("IsArchived", .boolean).readOnly(),
    ]
  }
}
