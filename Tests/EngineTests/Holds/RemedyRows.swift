import Domain
import Sandbox
import TestSupport
import Testing

extension RemedyCase {
  static let all: [RemedyCase] = customers + content + ledger + invoices + life

  /// Who the invoice is for.
  private static let customers: [RemedyCase] = [
    RemedyCase(
      code: .noCustomer,
      provoke: { rig in
        try rig.person(
          "hubspot", "create_deal",
          [
            "name": "Nobody", "currency": "NZD", "stage": "closedwon", "owner": "501",
            "lines": [["name": "Work", "quantity": "1", "price": "100"]],
          ])["deal"]?.string ?? ""
      },
      ways: [
        Way(
          name: "add the customer, and wait for the next pass",
          screens: { rig, deal in
            try rig.person(
              "hubspot", "associate",
              [
                "from_type": "deals", "from": .string(deal), "to_type": "companies",
                "to": .string(try rig.company("Harbour Lights Ltd")),
              ])
          })
      ]),
    RemedyCase(
      code: .noCustomer, note: "contacts are made by hand",
      policy: { $0.contacts.createInAccounting = .never },
      provoke: { try $0.won(lines: [item("Work", "1", "100")]) },
      ways: [
        Way(
          name: "add it under its own name",
          screens: { rig, _ in try rig.contactByHand(["Name": "Harbour Lights Ltd"]) }),
        Way(
          name: "add it under another name and link",
          screens: { rig, _ in try rig.contactByHand(["Name": "H. L. Trading"]) },
          command: "link", id: { $0.contacts.last?.id.description ?? "" }),
        Way(
          name: "let contacts be made",
          screens: { rig, _ in rig.settings.policy.contacts.createInAccounting = .withWonDeal }),
      ]),
    RemedyCase(
      code: .customerUnsure,
      provoke: { rig in
        try rig.edit(
          "companies", try rig.company("Harbour Lights Ltd"), ["domain": "harbour.example"])
        try rig.contactByHand(
          ["Name": "Harbour Lights Ltd", "EmailAddress": "ap@elsewhere.example"])
        return try rig.won(lines: [item("Work", "1", "100")])
      },
      ways: [Way(name: "link", command: "link"), Way(name: "none is", command: "retry")]),
    RemedyCase(
      code: .contactArchived,
      provoke: { rig in
        _ = try await rig.invoicedDeal()
        let contact = rig.contacts.first?.id.description ?? ""
        try rig.person("xero", "archive_contact", ["contact": .string(contact)])
        return try rig.won("Second", lines: [item("Work", "1", "70")])
      },
      ways: [
        Way(
          name: "restore it",
          screens: { rig, _ in
            let contact = rig.contacts.first?.id.description ?? ""
            try rig.person("xero", "restore_contact", ["contact": .string(contact)])
          }),
        Way(
          name: "link another",
          screens: { rig, _ in try rig.contactByHand(["Name": "Harbour Lights Again"]) },
          command: "link", id: { $0.contacts.last?.id.description ?? "" }),
      ]),
  ]

  /// What is on the invoice.
  private static let content: [RemedyCase] = [
    RemedyCase(
      code: .noLines, policy: { $0.invoices.withoutLines = .hold },
      provoke: { try $0.won(lines: [], amount: "100") },
      ways: [
        Way(
          name: "add line items",
          screens: { rig, deal in
            try rig.person(
              "hubspot", "add_line",
              ["deal": .string(deal), "line": ["name": "Work", "price": "100"]])
          }),
        Way(
          name: "bill the amount",
          screens: { rig, _ in rig.settings.policy.invoices.withoutLines = .singleLine }),
      ]),
    RemedyCase(
      code: .noAmount, provoke: { try $0.won(lines: []) },
      ways: [
        Way(
          name: "fill in the amount",
          screens: { try $0.edit("deals", $1, ["amount": "100"]) })
      ]),
    RemedyCase(
      code: .badLine,
      provoke: { try $0.won(lines: [item("Odd", "1", "1", ["discount_percentage": "101"])]) },
      ways: [
        Way(
          name: "correct the line",
          screens: { rig, deal in
            try rig.edit("line_items", rig.line(of: deal), ["hs_discount_percentage": "10"])
          })
      ]),
    RemedyCase(
      code: .termsUnknown,
      provoke: { try $0.won(lines: [item("Work", "1", "1")], terms: "whenever") },
      ways: [
        Way(
          name: "write them so that they are understood",
          screens: { try $0.edit("deals", $1, ["payment_terms": "Net 30"]) })
      ]),
    RemedyCase(
      code: .heldByRule,
      policy: { policy in
        var settings = Rule.Settings()
        settings.hold = "ask Ann"
        policy.rules = [Rule(conditions: [], set: settings)]
      },
      provoke: { try $0.won(lines: [item("Work", "1", "100")]) },
      ways: [
        Way(name: "change the rule", screens: { rig, _ in rig.settings.policy.rules = [] })
      ]),
    RemedyCase(
      code: .recurringUnsupported, policy: { $0.recurring.mode = .hold },
      provoke: { try $0.won(lines: [subscription("Hosting", "100")]) },
      ways: [
        Way(
          name: "set recurring.mode",
          screens: { rig, _ in rig.settings.policy.recurring.mode = .invoiceFirstPeriod }),
        Way(name: "bill by hand", command: "ignore", then: .asBefore),
      ]),
    RemedyCase(
      code: .scheduleInvalid,
      policy: {
        $0.invoices.schedule = [
          SchedulePart(percent: Domain.ExactDecimal(significand: 30, scale: 0), daysAfterWon: 0)
        ]
      },
      provoke: { try $0.won(lines: [item("Work", "1", "100")]) },
      ways: [
        Way(
          name: "correct the schedule",
          screens: { rig, _ in rig.settings.policy.invoices.schedule = [] })
      ]),
    RemedyCase(
      code: .totalNegative,
      provoke: { try $0.won(lines: [item("Credit", "-1", "100")]) },
      ways: [
        Way(
          name: "correct the lines",
          screens: { rig, deal in
            try rig.edit("line_items", rig.line(of: deal), ["quantity": "1"])
          }),
        Way(name: "make a credit note by hand", command: "ignore", then: .asBefore),
      ]),
    RemedyCase(
      code: .totalDiffers,
      provoke: { try $0.won(lines: [item("Work", "1", "10")], amount: "12") },
      ways: [
        Way(name: "correct the amount", screens: { try $0.edit("deals", $1, ["amount": "10"]) }),
        Way(name: "accept", command: "retry"),
      ]),
  ]
}
