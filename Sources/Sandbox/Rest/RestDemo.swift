extension RestSandbox {
  static let demoOwners = [
    Owner(id: 501, name: "Hana Ngata", email: "hana@kauri.example"),
    Owner(id: 502, name: "Tom Fielding", email: "tom@kauri.example"),
    Owner(id: 503, name: "Les Gone", email: "gone@kauri.example", isActive: false),
  ]

  static let demoPipelines = [
    Pipeline(
      id: 1, name: "Sales",
      stages: [
        Stage(id: 11, name: "Enquiry", means: "open"),
        Stage(id: 12, name: "Quoted", means: "open"),
        Stage(id: 13, name: "Sold", means: "won"),
        Stage(id: 14, name: "Settled", means: "won"),
        Stage(id: 15, name: "Declined", means: "lost"),
      ]),
    Pipeline(
      id: 2, name: "Renewals",
      stages: [
        Stage(id: 21, name: "Due", means: "open"), Stage(id: 22, name: "Renewed", means: "won"),
        Stage(id: 23, name: "Lapsed", means: "lost"),
      ]),
  ]

  /// The account that demonstrations and tests start from: companies with their people, no deals.
  /// Its records are as old as `created`.
  package static func demo(
    at created: SandboxTime = SandboxTime(milliseconds: 1_767_600_000_000)
  ) -> RestSandbox {
    var world = RestSandbox.empty()
    for (company, person) in demoRecords {
      let made = try? world.create(.companies, company, now: created.milliseconds)
      var body = person
      body["company_id"] = made.map { .integer($0.id) }
      _ = try? world.create(.people, body, now: created.milliseconds)
    }
    return world
  }

  private static let demoRecords: [(company: JSONValue.Object, person: JSONValue.Object)] = [
    (
      [
        "name": "Harbour Lights Ltd", "phone": "+64 9 555 0110",
        "website": "https://harbourlights.example",
        "address": [
          "street": "12 Quay Street", "city": "Auckland", "postcode": "1010",
          "country": "New Zealand",
        ],
      ],
      [
        "first_name": "Mere", "last_name": "Tahu", "email": "mere@harbourlights.example",
        "mobile": "+64 21 555 010",
      ]
    ),
    (
      [
        "name": "Southern Fern Nurseries", "phone": "+64 3 555 0188",
        "address": [
          "street": "88 Port Hills Road", "city": "Christchurch", "postcode": "8022",
          "country": "New Zealand",
        ],
      ],
      [
        "first_name": "Isla", "last_name": "McRae", "email": "isla@southernfern.example",
        "phone": "+64 27 555 044",
      ]
    ),
  ]
}
