extension ZohoSandbox {
  /// A field definition.
  struct Field: Sendable, Hashable {
    var id = ""
    var key: String
    var label: String
    var type: Kind
    var isCustom = false
    var isRequired = false
    var isReadOnly = false
    var isUnique = false
    var length = 255
    var decimals = 2
    var choices: [Choice] = []

    struct Choice: Sendable, Hashable {
      var value: String
      /// Of stages only: `Open`, `Closed Won`, `Closed Lost`, and its chance in percent.
      var forecast: String?
      var probability = 0
    }

    enum Kind: Sendable, Hashable {
      case text, textarea, email, phone, website, picklist, multiselect, currency, double
      case integer, date, datetime, boolean, owner, subform, rows
      case lookup(Module?)

      /// The vendor's word.
      var word: String {
        switch self {
        case .text: "text"
        case .textarea: "textarea"
        case .email: "email"
        case .phone: "phone"
        case .website: "website"
        case .picklist: "picklist"
        case .multiselect: "multiselectpicklist"
        case .currency: "currency"
        case .double: "double"
        case .integer: "integer"
        case .date: "date"
        case .datetime: "datetime"
        case .boolean: "boolean"
        case .owner: "ownerlookup"
        case .subform, .rows: "subform"
        case .lookup: "lookup"
        }
      }

      /// Those an application may make.
      static let creatable: [String: Kind] = [
        "text": .text, "textarea": .textarea, "email": .email, "phone": .phone,
        "website": .website, "picklist": .picklist, "currency": .currency, "double": .double,
        "integer": .integer, "date": .date, "datetime": .datetime, "boolean": .boolean,
      ]
    }

    init(_ key: String, _ type: Kind, required: Bool = false, length: Int = 255) {
      self.key = key
      self.type = type
      self.length = length
      label = key.replacing("__s", with: "").replacing("_", with: " ")
      isRequired = required
    }

    static func readOnly(_ key: String, _ type: Kind) -> Field {
      var field = Field(key, type)
      field.isReadOnly = true
      return field
    }

    static func choice(_ key: String, _ values: [String], required: Bool = false) -> Field {
      var field = Field(key, .picklist, required: required)
      field.choices = values.map { Choice(value: $0) }
      return field
    }
  }

  static let stages: [Field.Choice] = [
    .init(value: "Qualification", forecast: "Open", probability: 10),
    .init(value: "Needs Analysis", forecast: "Open", probability: 20),
    .init(value: "Proposal/Price Quote", forecast: "Open", probability: 75),
    .init(value: "Negotiation/Review", forecast: "Open", probability: 90),
    .init(value: "Closed Won", forecast: "Closed Won", probability: 100),
    .init(value: "Closed Lost", forecast: "Closed Lost", probability: 0),
    .init(value: "Paid", forecast: "Closed Won", probability: 100),
  ]

  static let quoteStages = [
    "Draft", "Negotiation", "Delivered", "On Hold", "Confirmed", "Closed Won", "Closed Lost",
  ]
}

extension ZohoSandbox.Field {
  /// The vendor's own fields, as far as a client looks at them.
  static func standard(_ module: ZohoSandbox.Module) -> [Self] {
    var fields = own(module)
    if module != .notes { fields.append(.init("Owner", .owner)) }
    fields += [
      .readOnly("Created_Time", .datetime), .readOnly("Modified_Time", .datetime),
      .readOnly("Created_By", .owner), .readOnly("Modified_By", .owner),
      .readOnly("Record_Status__s", .text),
    ]
    for place in fields.indices {
      fields[place].id = String(5_725_767_000_000_002_000 + module.place * 100 + place)
    }
    return fields
  }

  private static func own(_ module: ZohoSandbox.Module) -> [Self] {
    switch module {
    case .deals: deals
    case .accounts:
      [
        .init("Account_Name", .text, required: true, length: 200),
        .init("Phone", .phone, length: 30),
        .init("Fax", .text, length: 30), .init("Website", .website),
        .init("Account_Number", .text), .init("Description", .textarea, length: 32_000),
      ] + address("Billing", "Code") + address("Shipping", "Code")
    case .contacts:
      [
        .init("First_Name", .text, length: 40),
        .init("Last_Name", .text, required: true, length: 80), .readOnly("Full_Name", .text),
        .init("Email", .email, length: 100), .init("Secondary_Email", .email, length: 100),
        .init("Phone", .phone, length: 50), .init("Mobile", .phone, length: 30),
        .init("Fax", .text, length: 30), .init("Account_Name", .lookup(.accounts)),
        .init("Description", .textarea, length: 32_000),
      ] + address("Mailing", "Zip") + address("Other", "Zip")
    case .products:
      [
        .init("Product_Name", .text, required: true, length: 200),
        .init("Product_Code", .text, length: 40), .init("Unit_Price", .currency),
        .init("Taxable", .boolean), .init("Tax", .multiselect), .init("Product_Active", .boolean),
        .init("Description", .textarea, length: 32_000),
      ]
    case .quotes:
      [.choice("Quote_Stage", ZohoSandbox.quoteStages), .init("Valid_Till", .date)]
        + inventory("Quoted_Items")
    case .salesOrders:
      [
        .choice("Status", ["Created", "Approved", "Delivered", "Cancelled"]),
        .init("Due_Date", .date), .init("Quote_Name", .lookup(.quotes)),
      ] + inventory("Ordered_Items")
    case .tasks: tasks
    case .notes:
      [
        .init("Note_Title", .text, length: 120),
        .init("Note_Content", .textarea, required: true, length: 32_000),
        .init("Parent_Id", .lookup(nil)),
      ]
    }
  }

  private static var deals: [Self] {
    var stage = Self("Stage", .picklist, required: true)
    stage.choices = ZohoSandbox.stages
    return [
      .init("Deal_Name", .text, required: true, length: 120), stage,
      .choice("Pipeline", ["Standard (Standard)", "Renewals"]), .init("Amount", .currency),
      .init("Closing_Date", .date), .init("Probability", .integer),
      .init("Account_Name", .lookup(.accounts)), .init("Contact_Name", .lookup(.contacts)),
      .init("Currency", .picklist), .init("Type", .text), .init("Next_Step", .text, length: 100),
      .init("Description", .textarea, length: 32_000),
    ]
  }

  private static var tasks: [Self] {
    [
      .init("Subject", .text, required: true), .init("Due_Date", .date),
      .choice("Status", ["Not Started", "Deferred", "In Progress", "Completed"]),
      .choice("Priority", ["High", "Highest", "Low", "Lowest", "Normal"]),
      .init("Who_Id", .lookup(.contacts)), .init("What_Id", .lookup(nil)),
      .init("Send_Notification_Email", .boolean),
      .init("Description", .textarea, length: 32_000),
    ]
  }

  private static func inventory(_ rows: String) -> [Self] {
    [
      .init("Subject", .text, required: true, length: 255), .init("Deal_Name", .lookup(.deals)),
      .init("Account_Name", .lookup(.accounts)), .init("Contact_Name", .lookup(.contacts)),
      .init(rows, .rows, required: true), .init("Discount", .double), .init("Adjustment", .double),
      .readOnly("Tax", .double), .readOnly("Sub_Total", .double),
      .readOnly("Grand_Total", .double), .init("Currency", .picklist),
      .init("Terms_and_Conditions", .textarea, length: 32_000),
    ]
  }

  private static func address(_ prefix: String, _ code: String) -> [Self] {
    [
      .init("\(prefix)_Street", .text, length: 250), .init("\(prefix)_City", .text, length: 100),
      .init("\(prefix)_State", .text, length: 100), .init("\(prefix)_\(code)", .text, length: 30),
      .init("\(prefix)_Country", .text, length: 100),
    ]
  }
}
