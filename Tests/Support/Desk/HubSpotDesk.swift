import Domain
import Engine
import Sandbox

extension CRMDesk {
  package static let hubSpot = CRMDesk(
    system: "hubspot",
    vendor: { HubSpotSandbox.demo(withSyncFields: true, created: $0) },
    settings: RigSettings.hubSpot,
    paths: [
      "/crm/v3/objects/deals/batch/update", "/crm/v3/objects/deals", "/crm/v3/objects/tasks",
      "/crm/v4/associations",
    ],
    restoresOldStamp: true,
    company: { rig, name in try rig.company(name) },
    companyName: { rig, id in
      (rig.world.withVendor(HubSpotSandbox.self) { $0.company(id)?["name"] }) ?? nil
    },
    rename: { rig, id, name in
      try edit(rig, "companies", id, ["name": .string(name)])
    },
    sell: { rig, name, company, course, lines in
      let body: JSONValue.Object = [
        "name": .string(name), "currency": "NZD", "stage": .string(stage(course)),
        "company": .string(company), "lines": .array(lines.map(\.form)), "owner": "501",
      ]
      return try rig.person("hubspot", "create_deal", .object(body))["deal"]?.string ?? ""
    },
    move: { rig, deal, course in try rig.move(deal, to: stage(course)) },
    addLine: { rig, deal, line in
      try rig.person(
        "hubspot", "add_line", ["deal": .string(deal), "recalculate": true, "line": line.form])
    },
    editLine: { rig, line, price in
      try rig.person(
        "hubspot", "edit_line",
        ["line": .string(line), "price": .string(price), "recalculate": true])
    },
    overwrite: { rig, deal, status in
      try edit(
        rig, "deals", deal,
        ["xero_invoice_status": .string(status), "dealname": .string("Renamed \(deal)")])
    },
    archive: { rig, deal in
      try rig.person("hubspot", "archive", ["type": "deals", "id": .string(deal)])
    },
    restore: { rig, deal in
      try rig.person("hubspot", "restore", ["type": "deals", "id": .string(deal)])
    },
    merge: { rig, loser, survivor in
      try rig.person(
        "hubspot", "merge",
        ["type": "deals", "primary": .string(survivor), "secondary": .string(loser)])
    },
    deals: { rig in
      let views = rig.world.withVendor(HubSpotSandbox.self) { vendor in
        vendor.records(.deals, includingArchived: true).map { record in
          (record, vendor.linked(.deals, record.id, to: .lineItems))
        }
      }
      return Dictionary(
        (views ?? []).map { ($0.id, view($0, lines: $1)) }, uniquingKeysWith: { $1 })
    },
    tasks: { rig, deal in rig.tasks(deal).compactMap { $0["hs_task_body"] } })

  private static func stage(_ course: Course) -> String {
    switch course {
    case .won: "closedwon"
    case .lost: "closedlost"
    case .open: "contractsent"
    }
  }

  private static func edit(
    _ rig: Rig, _ type: String, _ id: String, _ properties: JSONValue
  ) throws {
    try rig.person(
      "hubspot", "edit", ["type": .string(type), "id": .string(id), "properties": properties])
  }

  private static func view(
    _ deal: HubSpotSandbox.RecordView, lines: [HubSpotSandbox.RecordView]
  ) -> DealView {
    let fields = ReportField.allCases.map { ($0, deal["xero_\($0.rawValue)"] ?? "") }
    return DealView(
      isWon: deal["dealstage"] == "closedwon", isArchived: deal.isArchived,
      said: Dictionary(uniqueKeysWithValues: fields),
      company: deal.links[.companies]?.first?.id ?? "",
      lines: lines.map {
        Line(
          id: $0.id, quantity: $0["quantity"] ?? "1", price: $0["price"] ?? "",
          discountPercentage: $0["hs_discount_percentage"] ?? "0")
      })
  }
}
