extension HubSpotSandbox {
  static let demoOwners = [
    Owner(
      id: "501", email: "hana@kauri.example", firstName: "Hana", lastName: "Ngata",
      userID: 9_501),
    Owner(
      id: "502", email: "tom@kauri.example", firstName: "Tom", lastName: "Fielding",
      userID: 9_502),
    Owner(
      id: "503", email: "priya@kauri.example", firstName: "Priya", lastName: "Raman",
      userID: 9_503),
    Owner(
      id: "504", email: "gone@kauri.example", firstName: "Les", lastName: "Gone",
      userID: 9_504, isArchived: true),
  ]

  static let demoTaxRates = [
    TaxRate(id: "701", name: "GST on Income", rate: "15"),
    TaxRate(id: "702", name: "Zero rated", rate: "0"),
    TaxRate(id: "703", name: "Old GST", rate: "12.5", isActive: false),
  ]

  static let demoPipelines = [
    Pipeline(
      id: "default", label: "Sales Pipeline",
      stages: [
        Stage(
          id: "appointmentscheduled", label: "Appointment Scheduled", probability: "0.2",
          isClosed: false),
        Stage(
          id: "qualifiedtobuy", label: "Qualified To Buy", probability: "0.4",
          isClosed: false),
        Stage(
          id: "presentationscheduled", label: "Presentation Scheduled", probability: "0.6",
          isClosed: false),
        Stage(
          id: "decisionmakerboughtin", label: "Decision Maker Bought-In", probability: "0.8",
          isClosed: false),
        Stage(id: "contractsent", label: "Contract Sent", probability: "0.9", isClosed: false),
        Stage(id: "closedwon", label: "Closed Won", probability: "1.0", isClosed: true),
        Stage(id: "closedlost", label: "Closed Lost", probability: "0.0", isClosed: true),
      ]),
    Pipeline(
      id: "88001", label: "Renewals",
      stages: [
        Stage(id: "88002", label: "Up for Renewal", probability: "0.5", isClosed: false),
        Stage(id: "88003", label: "Renewed", probability: "1.0", isClosed: true),
        Stage(id: "88004", label: "Not Renewed", probability: "0.0", isClosed: true),
      ]),
  ]

  /// The account that demonstrations and tests start from: companies with their people, and
  /// products; no deals. Its records are as old as `created`.
  package static func demo(
    withSyncFields: Bool = false,
    created: SandboxTime = SandboxTime(milliseconds: 1_767_600_000_000)
  ) -> HubSpotSandbox {
    var world = HubSpotSandbox.empty(withSyncFields: withSyncFields)
    world.addDemoRecords(now: created.milliseconds)
    return world
  }

  private mutating func addDemoRecords(now: Int64) {
    for company in Self.demoCompanies {
      let id = add(company.values, .companies, now: now)
      for (index, person) in company.people.enumerated() {
        let contact = add(person, .contacts, now: now)
        let types = index == 0 ? [279, 1] : [279]
        links.add(
          from: .contacts, contact, to: .companies, id,
          types: types.compactMap { links.type($0, from: .contacts, to: .companies) })
      }
    }
    for product in Self.demoProducts { _ = add(product, .products, now: now) }
  }

  private mutating func add(_ values: [String: String], _ kind: Kind, now: Int64) -> Int {
    let record = Record(id: freshID(), values: values, created: now, modified: now)
    store(record, kind, now: now)
    return record.id
  }

  private struct DemoCompany: Sendable {
    var values: [String: String]
    var people: [[String: String]]
  }

  private static let demoCompanies = [
    DemoCompany(
      values: [
        "name": "Harbour Lights Ltd", "domain": "harbourlights.example",
        "phone": "+64 9 555 0101", "address": "12 Quay Street", "city": "Auckland",
        "zip": "1010", "country": "New Zealand",
      ],
      people: [
        [
          "firstname": "Mere", "lastname": "Tahu", "email": "mere@harbourlights.example",
          "phone": "+64 21 555 010", "jobtitle": "Accounts",
        ],
        [
          "firstname": "Owen", "lastname": "Blake", "email": "owen@harbourlights.example",
          "jobtitle": "Director",
        ],
      ]),
    DemoCompany(
      values: [
        "name": "Southern Fern Nurseries", "domain": "southernfern.example",
        "phone": "+64 3 555 0144", "address": "88 Port Hills Road", "city": "Christchurch",
        "zip": "8022", "country": "New Zealand",
      ],
      people: [
        [
          "firstname": "Isla", "lastname": "McRae", "email": "isla@southernfern.example",
          "phone": "+64 27 555 044",
        ]
      ]),
    DemoCompany(
      values: [
        "name": "Redgum Analytics Pty Ltd", "domain": "redgum.example",
        "phone": "+61 2 5550 0190", "address": "4 Wattle Lane", "city": "Sydney",
        "state": "NSW", "zip": "2000", "country": "Australia",
      ],
      people: [
        [
          "firstname": "Noah", "lastname": "Castellano", "email": "noah@redgum.example",
          "phone": "+61 400 555 019",
        ]
      ]),
    DemoCompany(
      values: [
        "name": "Mizuno Kikai KK", "domain": "mizunokikai.example",
        "phone": "+81 3 5555 0170", "city": "Tokyo", "country": "Japan",
      ],
      people: [
        [
          "firstname": "Aiko", "lastname": "Mizuno", "email": "aiko@mizunokikai.example",
          "phone": "+81 90 5555 0170",
        ]
      ]),
  ]

  private static let demoProducts: [[String: String]] = [
    [
      "name": "Support plan", "hs_sku": "SUP-1", "price": "250.00",
      "description": "Monthly support", "recurringbillingfrequency": "monthly",
    ],
    ["name": "Installation", "hs_sku": "INST", "price": "1200.00"],
    ["name": "Consulting hour", "hs_sku": "CONS-H", "price": "185.50"],
  ]
}
