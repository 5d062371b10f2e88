extension SalesforceSandbox {
  /// The kinds of record the simulated organisation has, by their names in addresses and queries.
  enum Kind: String, CaseIterable, Sendable {
    case account = "Account"
    case contact = "Contact"
    case opportunity = "Opportunity"
    case lineItem = "OpportunityLineItem"
    case contactRole = "OpportunityContactRole"
    case product = "Product2"
    case pricebook = "Pricebook2"
    case pricebookEntry = "PricebookEntry"
    case task = "Task"
    case user = "User"
    case stage = "OpportunityStage"
    case organization = "Organization"
    case permissionSet = "PermissionSet"
    case permissionSetAssignment = "PermissionSetAssignment"
    case fieldPermissions = "FieldPermissions"

    var name: String { rawValue }

    /// Names are taken in any letter case.
    init?(named text: String) {
      let folded = text.lowercased()
      guard let kind = Self.allCases.first(where: { $0.rawValue.lowercased() == folded }) else {
        return nil
      }
      self = kind
    }

    /// The first three characters of its ids.
    var prefix: String {
      switch self {
      case .account: "001"
      case .contact: "003"
      case .opportunity: "006"
      case .lineItem: "00k"
      case .contactRole: "00K"
      case .product: "01t"
      case .pricebook: "01s"
      case .pricebookEntry: "01u"
      case .task: "00T"
      case .user: "005"
      case .stage: "01J"
      case .organization: "00D"
      case .permissionSet: "0PS"
      case .permissionSetAssignment: "0Pa"
      case .fieldPermissions: "01k"
      }
    }

    /// The reference under which its records are looked for most.
    var parentField: String? {
      switch self {
      case .lineItem, .contactRole: "OpportunityId"
      case .task: "WhatId"
      case .contact, .opportunity: "AccountId"
      case .permissionSetAssignment: "PermissionSetId"
      case .fieldPermissions: "ParentId"
      case .account, .product, .pricebook, .pricebookEntry, .user, .stage, .organization,
        .permissionSet:
        nil
      }
    }

    /// What an API client may do with its records.
    var isCreateable: Bool {
      switch self {
      case .user, .stage, .organization: false
      case .account, .contact, .opportunity, .lineItem, .contactRole, .product, .pricebook,
        .pricebookEntry, .task, .permissionSet, .permissionSetAssignment, .fieldPermissions:
        true
      }
    }

    var isMergeable: Bool { self == .account || self == .contact }

    /// Whether fields of one's own can be added.
    var takesCustomFields: Bool {
      switch self {
      case .account, .contact, .opportunity, .lineItem, .product, .user, .pricebookEntry: true
      case .contactRole, .pricebook, .task, .stage, .organization, .permissionSet,
        .permissionSetAssignment, .fieldPermissions:
        false
      }
    }
  }
}
