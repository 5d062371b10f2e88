extension PipedriveSandbox {
  static let demoUsers = [
    User(id: 9001, name: "Hana Ngata", email: "hana@kauri.example", isAdmin: true),
    User(id: 9002, name: "Tom Fielding", email: "tom@kauri.example"),
    User(id: 9003, name: "Priya Raman", email: "priya@kauri.example"),
    User(id: 9004, name: "Les Gone", email: "gone@kauri.example", isActive: false),
  ]

  static let demoPipelines = [
    Pipeline(id: 1, name: "Sales", order: 1), Pipeline(id: 2, name: "Renewals", order: 2),
  ]

  static let demoStages = [
    Stage(id: 11, pipeline: 1, name: "Qualified", order: 1),
    Stage(id: 12, pipeline: 1, name: "Contact Made", order: 2),
    Stage(id: 13, pipeline: 1, name: "Proposal Made", order: 3),
    Stage(id: 14, pipeline: 1, name: "Negotiations Started", order: 4),
    Stage(id: 15, pipeline: 1, name: "Paid", order: 5),
    Stage(id: 21, pipeline: 2, name: "Up for Renewal", order: 1),
    Stage(id: 22, pipeline: 2, name: "Renewed", order: 2),
  ]

  /// The custom fields that `xerosync doctor --fix` makes, under its default names.
  private static let syncFields: [(Kind, String, String)] = [
    (.deals, "Xero invoice number", "varchar"), (.deals, "Xero invoice status", "varchar"),
    (.deals, "Xero amount due", "double"), (.deals, "Xero amount paid", "double"),
    (.deals, "Xero due date", "date"), (.deals, "Xero paid date", "date"),
    (.deals, "Xero invoice link", "varchar"), (.deals, "Payment terms", "varchar"),
    (.organizations, "Xero contact id", "varchar"), (.persons, "Xero contact id", "varchar"),
  ]

  mutating func addSyncFields() {
    for (kind, name, type) in Self.syncFields {
      _ = try? addField(["field_name": .string(name), "field_type": .string(type)], kind)
    }
  }

  /// The company that demonstrations and tests start from: organisations with their people, and
  /// products; no deals. Its records are as old as `created`.
  package static func demo(
    withSyncFields: Bool = false,
    created: SandboxTime = SandboxTime(milliseconds: 1_767_600_000_000)
  ) -> PipedriveSandbox {
    var world = PipedriveSandbox.empty(withSyncFields: withSyncFields)
    world.addDemoRecords(now: created.milliseconds)
    return world
  }

  private mutating func addDemoRecords(now: Int64) {
    for (name, address, people) in Self.demoOrganizations {
      let organization = add(
        .organizations, ["name": .string(name), "address": address], now: now)
      for (person, email, phone) in people {
        _ = add(
          .persons,
          [
            "name": .string(person), "org_id": .integer(organization),
            "emails": [["value": .string(email), "primary": true, "label": "work"]],
            "phones": [["value": .string(phone), "primary": true, "label": "work"]],
          ], now: now)
      }
    }
    for (name, code, price) in Self.demoProducts {
      _ = add(
        .products,
        [
          "name": .string(name), "code": .string(code), "tax": 15,
          "prices": [["price": .number(price), "currency": "NZD"]],
        ], now: now)
    }
  }

  /// The demo's own records are right by construction; 0 would mean that one is not.
  private mutating func add(_ kind: Kind, _ body: JSONValue.Object, now: Int64) -> Int {
    (try? create(kind, body, users.first?.id ?? 0, now: now))?.id ?? 0
  }

  private static let demoOrganizations: [(String, JSONValue, [(String, String, String)])] = [
    (
      "Harbour Lights Ltd",
      [
        "value": "12 Quay Street, Auckland 1010, New Zealand", "route": "Quay Street",
        "street_number": "12", "locality": "Auckland", "postal_code": "1010",
        "country": "New Zealand",
      ],
      [
        ("Mere Tahu", "mere@harbourlights.example", "+64 21 555 010"),
        ("Owen Blake", "owen@harbourlights.example", "+64 21 555 011"),
      ]
    ),
    (
      "Southern Fern Nurseries",
      [
        "value": "88 Port Hills Road, Christchurch 8022, New Zealand",
        "route": "Port Hills Road", "street_number": "88", "locality": "Christchurch",
        "postal_code": "8022", "country": "New Zealand",
      ],
      [("Isla McRae", "isla@southernfern.example", "+64 27 555 044")]
    ),
    (
      "Redgum Analytics Pty Ltd",
      [
        "value": "4 Wattle Lane, Sydney NSW 2000, Australia", "route": "Wattle Lane",
        "street_number": "4", "locality": "Sydney", "admin_area_level_1": "NSW",
        "postal_code": "2000", "country": "Australia",
      ],
      [("Noah Castellano", "noah@redgum.example", "+61 400 555 019")]
    ),
  ]

  private static let demoProducts = [
    ("Support plan", "SUP-1", "250"), ("Installation", "INST", "1200"),
    ("Consulting hour", "CONS-H", "185.5"),
  ]
}
