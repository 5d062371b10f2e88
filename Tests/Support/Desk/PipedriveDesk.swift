import Domain
import Engine
import Sandbox

extension CRMDesk {
  package static let pipedrive = CRMDesk(
    system: "pipedrive",
    vendor: { PipedriveSandbox.demo(withSyncFields: true, created: $0) },
    settings: pipedriveSettings,
    paths: ["/api/v2/deals", "/api/v2/activities", "/v1/recents", "/api/v2/organizations"],
    restoresOldStamp: false,
    company: { rig, name in
      let known = try records(rig, "organizations").first { $0["name"]?.string == name }
      if let id = known?["id"]?.int { return String(id) }
      let made = try rig.person(
        "pipedrive", "create", ["type": "organizations", "properties": ["name": .string(name)]])
      return made["id"]?.int.map(String.init) ?? ""
    },
    companyName: { rig, id in
      try records(rig, "organizations").first { $0["id"]?.int.map(String.init) == id }?["name"]?
        .string
    },
    rename: { rig, id, name in
      try edit(rig, "organizations", id, ["name": .string(name)])
    },
    sell: { rig, name, company, course, lines in
      let body: JSONValue.Object = [
        "name": .string(name), "currency": "NZD", "status": .string(status(course)),
        "company": .string(company), "owner": "hana@kauri.example",
        "lines": .array(lines.map(\.form)),
      ]
      let made = try rig.person("pipedrive", "create_deal", .object(body))
      return made["deal"]?.int.map(String.init) ?? ""
    },
    move: { rig, deal, course in
      try rig.person("pipedrive", verb(course), ["deal": .string(deal)])
    },
    addLine: { rig, deal, line in
      try rig.person("pipedrive", "add_line", ["deal": .string(deal), "line": line.form])
    },
    editLine: { rig, line, price in
      try rig.person("pipedrive", "edit_line", ["line": .string(line), "price": .string(price)])
    },
    overwrite: { rig, deal, status in
      try edit(
        rig, "deals", deal,
        ["Xero invoice status": .string(status), "title": .string("Renamed \(deal)")])
    },
    archive: { rig, deal in
      try rig.person("pipedrive", "delete", ["type": "deals", "id": .string(deal)])
    },
    restore: { rig, deal in
      try rig.person("pipedrive", "restore", ["type": "deals", "id": .string(deal)])
    },
    merge: { rig, loser, survivor in
      try rig.person(
        "pipedrive", "merge",
        ["type": "deals", "loser": .string(loser), "survivor": .string(survivor)])
    },
    deals: { rig in
      let views = try records(rig, "deals").map { deal in
        (deal["id"]?.int.map(String.init) ?? "", view(deal))
      }
      return Dictionary(views, uniquingKeysWith: { $1 })
    },
    tasks: { rig, deal in
      try records(rig, "activities").filter { $0["deal_id"]?.int.map(String.init) == deal }
        .compactMap { $0["note"]?.string }
    })

  private static var pipedriveSettings: ConnectionSettings {
    var settings = ConnectionSettings(
      name: "pipedrive", kind: Sourced("pipedrive"),
      auth: .init(
        flow: Sourced("token"), secrets: ["access_token": SecretText(Canary.token)]))
    settings.urls = [
      "api_url": Sourced("http://localhost:1"), "login_url": Sourced("http://localhost:1"),
    ]
    return settings
  }

  private static func status(_ course: Course) -> String {
    switch course {
    case .won: "won"
    case .lost: "lost"
    case .open: "open"
    }
  }

  private static func verb(_ course: Course) -> String {
    switch course {
    case .won: "win"
    case .lost: "lose"
    case .open: "reopen"
    }
  }

  private static func records(_ rig: Rig, _ type: String) throws -> [JSONValue] {
    try rig.person("pipedrive", "summary", ["types": [.string(type)]])[type]?.array ?? []
  }

  private static func edit(
    _ rig: Rig, _ type: String, _ id: String, _ properties: JSONValue
  ) throws {
    try rig.person(
      "pipedrive", "edit", ["type": .string(type), "id": .string(id), "properties": properties])
  }

  private static let fieldNames: [ReportField: String] = [
    .invoiceNumber: "Xero invoice number", .invoiceStatus: "Xero invoice status",
    .amountDue: "Xero amount due", .amountPaid: "Xero amount paid",
    .dueDate: "Xero due date", .paidDate: "Xero paid date", .invoiceURL: "Xero invoice link",
  ]

  private static func view(_ deal: JSONValue) -> DealView {
    let said = fieldNames.mapValues { name -> String in
      let value = deal["custom_fields"]?[name]
      return value?.string ?? value?.digits ?? ""
    }
    return DealView(
      isWon: deal["status"]?.string == "won",
      isArchived: deal["is_deleted"]?.bool == true || deal["status"]?.string == "deleted",
      said: said, company: deal["org_id"]?.int.map(String.init) ?? "",
      lines: (deal["products"]?.array ?? []).map { row in
        Line(
          id: row["id"]?.int.map(String.init) ?? "", quantity: row["quantity"]?.digits ?? "1",
          price: row["item_price"]?.digits ?? "",
          discountPercentage: row["discount"]?.digits ?? "0")
      })
  }
}
