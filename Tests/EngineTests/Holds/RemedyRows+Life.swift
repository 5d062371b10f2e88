import Domain
import Sandbox
import TestSupport
import Testing

extension RemedyCase {
  /// Two deals with an invoice each become one; the survivor's id.
  static func merged(_ rig: Rig) async throws -> String {
    let first = try await rig.invoicedDeal("73.37")
    let second = try rig.won("Website again", lines: [item("Design", "1", "300")])
    try await rig.later()
    let survivor = try rig.person(
      "hubspot", "merge",
      ["type": "deals", "primary": .string(first), "secondary": .string(second)])
    try await rig.later(minutes: 40)
    return survivor["id"]?.string ?? ""
  }

  /// Voids the live invoice that was made `position`th.
  private static func void(_ position: Int, _ rig: Rig) throws {
    let live = rig.liveInvoices.sorted { $0.number < $1.number }
    try rig.person("xero", "void", ["invoice": .string(live[position].number)])
  }

  /// What becomes of a deal after it was invoiced.
  static let life: [RemedyCase] = [
    RemedyCase(
      code: .dealChanged,
      provoke: { rig in
        let deal = try await rig.invoicedDeal()
        try rig.pay(rig.only(deal).number, "10")
        try rig.person(
          "hubspot", "add_line",
          ["deal": .string(deal), "line": ["name": "More", "price": "7"]])
        try await rig.later(minutes: 40)
        return deal
      },
      ways: [
        Way(name: "leave the invoice as it is", command: "retry", then: .asBefore),
        Way(
          name: "undo the change",
          screens: { rig, deal in
            let lines = rig.world.withVendor(HubSpotSandbox.self) {
              $0.linked(.deals, deal, to: .lineItems)
            }
            for line in lines ?? [] where line["name"] == "More" {
              try rig.person("hubspot", "remove_line", ["line": .string(line.id)])
            }
            rig.clock.advance(minutes: 40)
          }, then: .asBefore),
      ]),
    RemedyCase(
      code: .dealReopened,
      provoke: { rig in
        let deal = try await rig.invoicedDeal()
        try rig.move(deal, to: "closedlost")
        return deal
      },
      ways: [
        Way(
          name: "win it again", screens: { try $0.move($1, to: "closedwon") }, then: .asBefore),
        Way(name: "void the invoice", screens: { rig, _ in try void(0, rig) }, then: .asBefore),
        Way(name: "leave it so", command: "ignore", then: .asBefore),
      ]),
    RemedyCase(
      code: .dealDeleted,
      provoke: { rig in
        let deal = try await rig.invoicedDeal()
        try rig.person("hubspot", "archive", ["type": "deals", "id": .string(deal)])
        try await rig.later(minutes: 40)
        return deal
      },
      ways: [
        Way(
          name: "restore it",
          screens: { rig, deal in
            try rig.person("hubspot", "restore", ["type": "deals", "id": .string(deal)])
            rig.clock.advance(minutes: 40)
          }, then: .asBefore),
        Way(name: "void the invoice", screens: { rig, _ in try void(0, rig) }, then: .asBefore),
        Way(name: "leave it so", command: "ignore", then: .asBefore),
      ]),
    RemedyCase(
      code: .dealsMerged, provoke: merged,
      ways: [
        Way(
          name: "link the first, void the other", screens: { rig, _ in try void(1, rig) },
          then: .asBefore),
        Way(name: "link the first", command: "link", then: .asBefore),
        Way(name: "both stand", command: "retry", then: .asBefore),
      ]),
    RemedyCase(
      code: .fieldConflict, policy: { $0.contacts.defaultConflict = .hold },
      provoke: { rig in
        let deal = try await rig.invoicedDeal()
        try await rig.later(minutes: 20)
        try rig.edit("companies", try rig.company("Harbour Lights Ltd"), ["name": "From the CRM"])
        let contact = rig.contacts.first?.id.description ?? ""
        try rig.person(
          "xero", "edit_contact",
          ["contact": .string(contact), "set": ["Name": "From the books"]])
        try await rig.later(minutes: 20)
        return deal
      },
      ways: [Way(name: "one side wins", command: "resolve", then: .asBefore)]),
    RemedyCase(
      code: .stageMovedBack,
      policy: { $0.crms["hubspot"]?.paidStage = Sourced("contractsent") },
      provoke: { rig in
        let deal = try await rig.invoicedDeal()
        try rig.pay(rig.only(deal).number)
        try await rig.later()
        try rig.move(deal, to: "closedwon")
        return deal
      },
      ways: [Way(name: "leave it", command: "retry", then: .asBefore)]),
  ]
}
