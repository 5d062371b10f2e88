import Domain
import Engine
import Sandbox
import TestSupport
import Testing

extension RemedyCase {
  private static func isTracked(_ policy: inout Policy) {
    policy.invoices.tracking = [
      TrackingRule(category: Sourced("Region"), option: Template("{deal.pipeline}"))
    ]
  }

  private static let region = "Sales Pipeline"

  /// What the organisation has, and lacks.
  static let ledger: [RemedyCase] = [
    RemedyCase(
      code: .currencyNotEnabled,
      provoke: { rig in
        try rig.person("hubspot", "account", ["currencies": ["CHF": "1.1"]])
        return try rig.won(lines: [item("Work", "1", "100")], currency: "CHF")
      },
      ways: [
        Way(
          name: "add it",
          screens: { rig, _ in
            try rig.person("xero", "add_currency", ["code": "CHF", "rate": "0.6"])
          }, command: "retry"),
        Way(
          name: "another currency on the deal",
          screens: { rig, deal in
            try rig.edit("deals", deal, ["deal_currency_code": "NZD"])
            try rig.edit(
              "line_items", rig.line(of: deal), ["hs_line_item_currency_code": "NZD"])
          }),
      ]),
    RemedyCase(
      code: .taxCodeUnknown, policy: { $0.invoices.tax = nil },
      provoke: { rig in
        try rig.person("xero", "add_item", ["code": "RT-9", "tax_type": "GONE"])
        return try rig.won(lines: [item("Router", "1", "100", ["sku": "RT-9"])])
      },
      ways: [
        Way(
          name: "choose another in the configuration",
          screens: { rig, _ in rig.settings.policy.invoices.tax = Sourced("OUTPUT2") }),
        Way(
          name: "add it",
          screens: { rig, _ in
            try rig.person("xero", "add_tax_rate", ["type": "GONE", "rate": "15"])
          }, command: "retry"),
      ]),
    RemedyCase(
      code: .accountUnknown,
      provoke: { rig in
        try rig.person("xero", "add_item", ["code": "RT-9", "account": "999"])
        return try rig.won(lines: [item("Router", "1", "100", ["sku": "RT-9"])])
      },
      ways: [
        Way(
          name: "add it",
          screens: { rig, _ in
            try rig.person("xero", "add_account", ["code": "999", "name": "Routers"])
          }, command: "retry")
      ]),
    RemedyCase(
      code: .itemUnknown, policy: { $0.invoices.createItems = true },
      provoke: {
        try $0.won(lines: [item("R", "1", "1", ["sku": "0123456789012345678901234567890"])])
      },
      ways: [
        Way(
          name: "shorten the SKU",
          screens: { try $0.edit("line_items", $0.line(of: $1), ["hs_sku": "0123"]) })
      ]),
    RemedyCase(
      code: .trackingUnknown, policy: isTracked,
      provoke: { try $0.won(lines: [item("Work", "1", "100")]) },
      ways: [
        Way(
          name: "add the option",
          screens: { rig, _ in
            rig.world.withVendor(XeroSandbox.self) { vendor in
              for index in vendor.ledgers[0].trackingCategories.indices
              where vendor.ledgers[0].trackingCategories[index].name == "Region" {
                let option = vendor.ledgers[0].trackingCategories[index].options.first
                guard var option else { continue }
                option.name = region
                vendor.ledgers[0].trackingCategories[index].options.append(option)
              }
            }
          }, command: "retry"),
        Way(
          name: "change the configuration",
          screens: { rig, _ in rig.settings.policy.invoices.tracking = [] }),
      ]),
    RemedyCase(
      code: .periodLocked,
      provoke: { rig in
        let deal = try rig.won(lines: [item("Work", "1", "100")])
        try rig.person("xero", "lock", ["period": "2026-02-10"])
        rig.clock.advance(days: 20)
        return deal
      },
      ways: [
        Way(
          name: "move the lock date",
          screens: { rig, _ in try rig.person("xero", "lock") }, command: "retry"),
        Way(
          name: "date it today",
          screens: { rig, _ in rig.settings.policy.invoices.date = .runDate }),
      ]),
    RemedyCase(
      code: .periodLocked, note: "locked after the lists were read",
      provoke: { rig in
        let deal = try await rig.invoicedDeal()
        try rig.person("xero", "void", ["invoice": .string(rig.only(deal).number)])
        try rig.person("xero", "lock", ["period": "2026-02-10"])
        rig.clock.advance(minutes: 60)
        return try rig.won("Second", lines: [item("Work", "1", "70")])
      },
      ways: [
        Way(
          name: "move the lock date",
          screens: { rig, _ in try rig.person("xero", "lock") }, command: "retry")
      ]),
    RemedyCase(
      code: .planLimit,
      provoke: { rig in
        try rig.person("xero", "plan", ["approvals_left": 0])
        return try rig.won(lines: [item("Work", "1", "100")])
      },
      ways: [
        Way(
          name: "raise the plan",
          screens: { rig, _ in try rig.person("xero", "plan", ["approvals_left": .null]) },
          command: "retry"),
        Way(
          name: "make drafts",
          screens: { rig, _ in rig.settings.policy.invoices.status = .draft }),
      ]),
    RemedyCase(
      code: .refused,
      provoke: { rig in
        rig.world.setFaults([
          Fault(
            .status(
              .init(
                status: 400, contentType: "application/json",
                body:
                  #"{"ErrorNumber":10,"Type":"ValidationException","Message":"no","Elements":[]}"#
              )),
            vendor: "xero", method: "PUT", path: "/api.xro/2.0/Contacts", times: nil)
        ])
        return try rig.won(lines: [item("Work", "1", "100")])
      },
      ways: [
        Way(
          name: "mend what it names", screens: { rig, _ in rig.world.setFaults([]) },
          command: "retry")
      ]),
  ]

  /// What stands in the books already.
  static let invoices: [RemedyCase] = [
    RemedyCase(
      code: .possibleDuplicate,
      provoke: { rig in
        let contact = try rig.contactByHand(["Name": "Harbour Lights Ltd"])
        try rig.invoiceByHand(contact, "100")
        return try rig.won(lines: [item("Work", "1", "100")])
      },
      ways: [
        Way(name: "it bills the deal", command: "link"),
        Way(name: "it does not", command: "retry"),
      ]),
    RemedyCase(
      code: .numberTaken, policy: { $0.invoices.number = Template("A-{deal.name}") },
      provoke: { rig in
        let contact = try rig.contactByHand(["Name": "Somebody Else"])
        try rig.invoiceByHand(contact, "7", number: "A-Website")
        return try rig.won(lines: [item("Work", "1", "100")])
      },
      ways: [
        Way(
          name: "another number for the other",
          screens: { rig, _ in
            try rig.person(
              "xero", "edit_invoice",
              ["invoice": "A-Website", "set": ["InvoiceNumber": "B-1"]])
          }, command: "retry"),
        Way(
          name: "another template",
          screens: { rig, _ in
            rig.settings.policy.invoices.number = Template("B-{deal.name}")
          }),
      ]),
    RemedyCase(
      code: .answerDiffers,
      provoke: { rig in
        _ = try await rig.invoicedDeal("10")
        rig.world.withVendor(XeroSandbox.self) { vendor in
          for index in vendor.ledgers[0].taxRates.indices
          where vendor.ledgers[0].taxRates[index].type == "OUTPUT2" {
            vendor.ledgers[0].taxRates[index].rate = Sandbox.ExactDecimal(10)
          }
        }
        return try rig.won("Second", lines: [item("Work", "1", "100")])
      },
      ways: [Way(name: "accept it", command: "retry")]),
    RemedyCase(
      code: .invoiceVoided,
      provoke: { rig in
        let deal = try await rig.invoicedDeal()
        try rig.person("xero", "void", ["invoice": .string(rig.only(deal).number)])
        return deal
      },
      ways: [
        Way(name: "invoice it anew", command: "retry"),
        Way(name: "leave it so", command: "ignore", then: .asBefore),
      ]),
    RemedyCase(
      code: .emailRefused, policy: { $0.invoices.sendEmail = true },
      provoke: { try $0.won(lines: [item("Work", "1", "100")]) },
      ways: [
        Way(
          name: "give the contact an address",
          screens: { rig, _ in
            let contact = rig.contacts.first?.id.description ?? ""
            try rig.person(
              "xero", "edit_contact",
              ["contact": .string(contact), "set": ["EmailAddress": "ap@harbour.example"]])
          }, command: "retry")
      ]),
  ]
}
