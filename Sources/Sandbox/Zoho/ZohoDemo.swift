extension ZohoSandbox {
  static let demoUsers = [
    User(id: "5725767000000411901", name: "Hana Ngata", email: "hana@kauri.example"),
    User(id: "5725767000000411902", name: "Tom Fielding", email: "tom@kauri.example"),
    User(id: "5725767000000411903", name: "Priya Raman", email: "priya@kauri.example"),
    User(
      id: "5725767000000411904", name: "Les Gone", email: "gone@kauri.example", isActive: false),
  ]

  /// The custom fields that `xerosync doctor --fix` makes, under its default names.
  private static let syncFields: [(Module, String, String)] = [
    (.deals, "Xero invoice number", "text"), (.deals, "Xero invoice status", "text"),
    (.deals, "Xero amount due", "double"), (.deals, "Xero amount paid", "double"),
    (.deals, "Xero due date", "date"), (.deals, "Xero paid date", "date"),
    (.deals, "Xero invoice link", "text"), (.deals, "Payment terms", "text"),
    (.accounts, "Xero contact id", "text"), (.contacts, "Xero contact id", "text"),
  ]

  mutating func addSyncFields() {
    for (module, name, type) in Self.syncFields {
      _ = try? addField(["field_label": .string(name), "data_type": .string(type)], module)
    }
  }

  /// The organisation that demonstrations and tests start from: accounts with their contacts, and
  /// products; no deals. Its records are as old as `created`.
  package static func demo(
    withSyncFields: Bool = false,
    created: SandboxTime = SandboxTime(milliseconds: 1_767_600_000_000)
  ) -> ZohoSandbox {
    var world = ZohoSandbox.empty(withSyncFields: withSyncFields)
    world.addDemoRecords(now: created.milliseconds)
    return world
  }

  private mutating func addDemoRecords(now: Int64) {
    for (account, people) in Self.demoAccounts {
      let id = add(account, .accounts, now: now)
      for (first, last, email, phone) in people {
        _ = add(
          [
            "First_Name": .string(first), "Last_Name": .string(last), "Email": .string(email),
            "Mobile": .string(phone), "Account_Name": ["id": .string(id)],
          ], .contacts, now: now)
      }
    }
    for (name, code, price) in Self.demoProducts {
      _ = add(
        [
          "Product_Name": .string(name), "Product_Code": .string(code),
          "Unit_Price": .number(price), "Tax": ["GST"], "Product_Active": true,
        ], .products, now: now)
    }
  }

  /// The demo's own records are right by construction; an empty id would mean that one is not.
  private mutating func add(_ body: JSONValue.Object, _ module: Module, now: Int64) -> String {
    (try? create(body, module, 0, now: now))?.id ?? ""
  }

  private static let demoAccounts: [(JSONValue.Object, [(String, String, String, String)])] = [
    (
      [
        "Account_Name": "Harbour Lights Ltd", "Phone": "+64 9 555 0110",
        "Website": "harbourlights.example", "Billing_Street": "12 Quay Street",
        "Billing_City": "Auckland", "Billing_Code": "1010", "Billing_Country": "New Zealand",
      ],
      [
        ("Mere", "Tahu", "mere@harbourlights.example", "+64 21 555 010"),
        ("Owen", "Blake", "owen@harbourlights.example", "+64 21 555 011"),
      ]
    ),
    (
      [
        "Account_Name": "Southern Fern Nurseries", "Phone": "+64 3 555 0144",
        "Billing_Street": "88 Port Hills Road", "Billing_City": "Christchurch",
        "Billing_Code": "8022", "Billing_Country": "New Zealand",
      ],
      [("Isla", "McRae", "isla@southernfern.example", "+64 27 555 044")]
    ),
    (
      [
        "Account_Name": "Redgum Analytics Pty Ltd", "Billing_Street": "4 Wattle Lane",
        "Billing_City": "Sydney", "Billing_State": "NSW", "Billing_Code": "2000",
        "Billing_Country": "Australia",
      ],
      [("Noah", "Castellano", "noah@redgum.example", "+61 400 555 019")]
    ),
  ]

  private static let demoProducts = [
    ("Support plan", "SUP-1", "250"), ("Installation", "INST", "1200"),
    ("Consulting hour", "CONS-H", "185.5"),
  ]
}
