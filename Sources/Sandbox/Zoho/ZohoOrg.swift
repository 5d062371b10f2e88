import Foundation

extension ZohoSandbox {
  /// The organisation's settings, and how it behaves where the vendor's documents leave it open.
  struct Org: Sendable, Hashable {
    var id = "5725767000000020001"
    var zgid = "60012345"
    var name = "Kauri Trading"
    var currency = "NZD"
    var timeZone = "Pacific/Auckland"
    var currencies = ["NZD", "AUD", "USD", "EUR", "GBP", "JPY"]
    var isMulticurrency = true
    /// Whether page tokens count records instead of naming the last one.
    var countsPages = false
    var taxes: [Tax] = [
      Tax(id: "5725767000000031001", name: "GST", percent: "15"),
      Tax(id: "5725767000000031002", name: "Export", percent: "0"),
    ]

    /// Seconds east of UTC at that moment.
    func offset(at milliseconds: Int64) -> Int {
      let moment = Date(timeIntervalSince1970: Double(milliseconds / 1000))
      return TimeZone(identifier: timeZone)?.secondsFromGMT(for: moment) ?? 0
    }
  }

  struct Tax: Sendable, Hashable {
    var id: String
    var name: String
    var percent: String
  }

  struct User: Sendable, Hashable {
    var id: String
    var name: String
    var email: String
    var isActive = true

    var short: JSONValue { ["name": .string(name), "id": .string(id)] }
  }

  /// Local time with the organisation's offset and without a fraction.
  func stamp(_ milliseconds: Int64) -> String {
    let offset = org.offset(at: milliseconds)
    let local = SandboxTime(milliseconds: milliseconds + Int64(offset) * 1000).secondsText
    let minutes = abs(offset) / 60
    return local + (offset < 0 ? "-" : "+") + padded(minutes / 60, 2) + ":"
      + padded(minutes % 60, 2)
  }

  func orgRoutes(_ call: Call, _ rest: [String]) throws(Refusal) -> SandboxResponse {
    guard call.method == "GET" else { throw .wrongMethod }
    try call.grant.require("org")
    switch rest {
    case []:
      return .json([
        "org": [
          [
            "id": .string(org.id), "zgid": .string(org.zgid), "company_name": .string(org.name),
            "currency": .string(org.currency), "iso_code": .string(org.currency),
            "currency_symbol": "$", "time_zone": .string(org.timeZone), "country_code": "NZ",
            "mc_status": .bool(org.isMulticurrency),
            "license_details": ["paid": true, "paid_type": "enterprise"],
          ]
        ]
      ])
    case ["currencies"]:
      return .json([
        "currencies": .array(
          org.currencies.enumerated().map { place, code in
            [
              "id": .string(String(5_725_767_000_000_040_001 + place)), "iso_code": .string(code),
              "name": .string(code), "symbol": .string(code), "is_active": true,
              "is_base": .bool(code == org.currency), "exchange_rate": "1.000000000",
            ]
          })
      ])
    case ["taxes"]:
      return .json([
        "org_taxes": [
          "taxes": .array(
            org.taxes.enumerated().map { place, tax in
              [
                "id": .string(tax.id), "name": .string(tax.name),
                "display_label": .string(tax.name), "value": .number(tax.percent),
                "sequence_number": .integer(place + 1),
              ]
            }), "preference": ["auto_populate_tax": false, "modify_tax_rates": true],
        ]
      ])
    default: throw .noRoute
    }
  }

  func userRoutes(_ call: Call, _ rest: [String]) throws(Refusal) -> SandboxResponse {
    guard call.method == "GET" else { throw .wrongMethod }
    if let id = rest.first {
      guard let user = users.first(where: { $0.id == id }) else { return .nothing }
      return .json(["users": [view(user)]])
    }
    let shown =
      switch call.request.queryValue("type") ?? "AllUsers" {
      case "CurrentUser": Array(users.prefix(1))
      case "ActiveUsers": users.filter(\.isActive)
      case "AllUsers": users
      default: throw Refusal(400, "INVALID_DATA", "type")
      }
    let size = try call.number("per_page", 1...200) ?? 200
    let page = try call.number("page", 1...1000) ?? 1
    let slice = shown.dropFirst((page - 1) * size).prefix(size)
    guard !slice.isEmpty else { return .nothing }
    return .json([
      "users": .array(slice.map(view)),
      "info": [
        "per_page": .integer(size), "count": .integer(slice.count), "page": .integer(page),
        "more_records": .bool(shown.count > page * size),
      ],
    ])
  }

  private func view(_ user: User) -> JSONValue {
    let words = user.name.split(separator: " ").map(String.init)
    return [
      "id": .string(user.id), "full_name": .string(user.name),
      "first_name": .string(words.dropLast().joined(separator: " ")),
      "last_name": .string(words.last ?? ""), "email": .string(user.email),
      "status": user.isActive ? "active" : "disabled",
      "role": ["name": "CEO", "id": "5725767000000026005"],
      "profile": ["name": "Administrator", "id": "5725767000000026011"],
      "time_zone": .string(org.timeZone), "zuid": .string("7" + user.id.suffix(8)),
    ]
  }
}
