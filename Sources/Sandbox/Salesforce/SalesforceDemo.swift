extension SalesforceSandbox {
  static let integrationUser = "sync@kauri.example"

  private static let demoUsers: [(name: String, mail: String, isActive: Bool)] = [
    ("Sync Integration", integrationUser, true), ("Hana Ngata", "hana@kauri.example", true),
    ("Tom Fielding", "tom@kauri.example", true), ("Priya Raman", "priya@kauri.example", true),
    ("Les Gone", "gone@kauri.example", false),
  ]

  private static let demoStages: [(name: String, percent: Int, isClosed: Bool, isWon: Bool)] = [
    ("Prospecting", 10, false, false), ("Qualification", 10, false, false),
    ("Proposal/Price Quote", 75, false, false), ("Negotiation/Review", 90, false, false),
    ("Closed Won", 100, true, true), ("Paid", 100, true, true), ("Closed Lost", 0, true, false),
  ]

  /// Users, stages, the organisation and its price book.
  mutating func addSettings() {
    let now: Int64 = 1_767_600_000_000
    add(
      .organization,
      [
        "Name": .string(org.name), "TimeZoneSidKey": .string(org.zone), "IsSandbox": false,
        "InstanceName": "AUS1", "OrganizationType": "Enterprise Edition",
      ], now: now)
    for user in Self.demoUsers {
      add(
        .user,
        [
          "Name": .string(user.name), "Username": .string(user.mail),
          "Email": .string(user.mail), "IsActive": .bool(user.isActive),
          "UserType": "Standard",
        ], now: now)
    }
    for (place, stage) in Self.demoStages.enumerated() {
      add(
        .stage,
        [
          "MasterLabel": .string(stage.name), "ApiName": .string(stage.name), "IsActive": true,
          "IsClosed": .bool(stage.isClosed), "IsWon": .bool(stage.isWon),
          "SortOrder": .integer(place + 1), "DefaultProbability": .integer(stage.percent),
        ], now: now)
    }
    add(
      .pricebook, ["Name": "Standard Price Book", "IsActive": true, "IsStandard": true], now: now)
    tokens.access["sandbox-token"] = Tokens.Grant(user: runAs)
  }

  @discardableResult
  private mutating func add(
    _ kind: Kind, _ values: [String: JSONValue], now: Int64
  ) -> String {
    let record = Record(
      id: freshID(kind), kind: kind, values: values, created: now, stamp: now - now % 1000,
      touched: now)
    put(record)
    return record.id
  }

  /// The custom fields that `xerosync doctor --fix` makes, under its default names.
  mutating func addSyncFields() {
    let text: JSONValue.Object = ["type": "Text", "length": 80]
    let amount: JSONValue.Object = ["type": "Currency", "precision": 18, "scale": 2]
    let mark: JSONValue.Object = [
      "type": "Text", "length": 64, "externalId": true, "unique": true,
    ]
    let fields: [(Kind, String, JSONValue.Object)] = [
      (.opportunity, "Xero_Invoice_Number", text), (.opportunity, "Xero_Invoice_Status", text),
      (.opportunity, "Xero_Amount_Due", amount), (.opportunity, "Xero_Amount_Paid", amount),
      (.opportunity, "Xero_Due_Date", ["type": "Date"]),
      (.opportunity, "Xero_Paid_Date", ["type": "Date"]),
      (.opportunity, "Xero_Invoice_Link", ["type": "Url"]),
      (.opportunity, "Payment_Terms", text), (.account, "Xero_Contact_Id", mark),
      (.contact, "Xero_Contact_Id", mark),
    ]
    for (kind, name, metadata) in fields {
      var wanted = metadata
      wanted["label"] = .string(name.replacing("_", with: " "))
      _ = try? addField(name + "__c", kind, wanted, isOpen: true)
    }
  }

  /// The organisation that demonstrations and tests start from: accounts with their people, and
  /// products; no deals. Its records are as old as `created`.
  package static func demo(
    withSyncFields: Bool = false,
    created: SandboxTime = SandboxTime(milliseconds: 1_767_600_000_000)
  ) -> SalesforceSandbox {
    var world = SalesforceSandbox.empty(withSyncFields: withSyncFields)
    world.addDemoRecords(now: created.milliseconds)
    return world
  }

  /// The demo's own records are right by construction.
  private mutating func addDemoRecords(now: Int64) {
    for (name, address, people) in Self.demoAccounts {
      var body: JSONValue.Object = ["Name": .string(name)]
      for (part, text) in zip(["Street", "City", "State", "PostalCode", "Country"], address)
      where !text.isEmpty {
        body["Billing" + part] = .string(text)
      }
      let account = (try? create(.account, body, user: runAs, now: now))?.id ?? ""
      for person in people {
        _ = try? create(
          .contact,
          [
            "FirstName": .string(person.0), "LastName": .string(person.1),
            "Email": .string(person.2), "Phone": .string(person.3),
            "AccountId": .string(account),
          ], user: runAs, now: now)
      }
    }
    let book = self[store: .pricebook].records.keys.min() ?? ""
    for (name, code, price) in Self.demoProducts {
      let product = try? create(
        .product, ["Name": .string(name), "ProductCode": .string(code), "IsActive": true],
        user: runAs, now: now)
      _ = try? create(
        .pricebookEntry,
        [
          "Pricebook2Id": .string(book), "Product2Id": .string(product?.id ?? ""),
          "UnitPrice": .number(price), "IsActive": true,
        ], user: runAs, now: now)
    }
  }

  private static let demoAccounts: [(String, [String], [(String, String, String, String)])] = [
    (
      "Harbour Lights Ltd", ["12 Quay Street", "Auckland", "", "1010", "New Zealand"],
      [
        ("Mere", "Tahu", "mere@harbourlights.example", "+64 21 555 010"),
        ("Owen", "Blake", "owen@harbourlights.example", "+64 21 555 011"),
      ]
    ),
    (
      "Southern Fern Nurseries",
      ["88 Port Hills Road", "Christchurch", "", "8022", "New Zealand"],
      [("Isla", "McRae", "isla@southernfern.example", "+64 27 555 044")]
    ),
    (
      "Redgum Analytics Pty Ltd", ["4 Wattle Lane", "Sydney", "NSW", "2000", "Australia"],
      [("Noah", "Castellano", "noah@redgum.example", "+61 400 555 019")]
    ),
  ]

  private static let demoProducts = [
    ("Support plan", "SUP-1", "250"), ("Installation", "INST", "1200"),
    ("Consulting hour", "CONS-H", "185.5"),
  ]
}
