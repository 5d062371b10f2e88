import Sandbox

/// How a person works at the screens of one CRM, as far as the demonstration goes: what differs
/// between CRMs is told here and nowhere else in it.
struct DemoCRM: Sendable {
  /// The value of `kind:`, which is also the simulated vendor's name.
  var kind: String
  /// The vendor's name as people write it.
  var title: String
  /// Most calls of a pass in which nothing changed.
  var idleCalls: Int
  /// The body of the control verb `create` that makes the customer.
  var company: JSONValue
  /// What a new deal needs to be won at once, beside name, customer, owner and lines.
  var won: JSONValue.Object

  /// Those the demonstration can be played with.
  static let all = [hubSpot, pipedrive, zoho, salesforce, rest]

  static func of(_ kind: String) -> DemoCRM? { all.first { $0.kind == kind } }

  /// The body of the control verb `create_deal`.
  func deal(
    _ name: String, amount: String, company: String, lines: [JSONValue]
  ) -> JSONValue {
    var body: JSONValue.Object = [
      "name": .string(name), "amount": .string(amount), "currency": "NZD",
      "company": .string(company), "owner": "hana@kauri.example", "lines": .array(lines),
    ]
    for (key, value) in won { body[key] = value }
    return .object(body)
  }

  private static let hubSpot = DemoCRM(
    kind: "hubspot", title: "HubSpot", idleCalls: 5,
    company: [
      "type": "companies",
      "properties": [
        "name": "Ridgeway University", "domain": "ridgeway.example", "city": "Dunedin",
        "country": "New Zealand", "phone": "+64 3 555 0142",
      ],
    ],
    won: ["stage": "closedwon"])

  private static let pipedrive = DemoCRM(
    kind: "pipedrive", title: "Pipedrive", idleCalls: 4,
    company: [
      "type": "organizations",
      "properties": [
        "name": "Ridgeway University",
        "address": [
          "value": "362 Leith Street, Dunedin, New Zealand", "route": "Leith Street",
          "street_number": "362", "locality": "Dunedin", "country": "New Zealand",
        ],
      ],
    ],
    won: ["status": "won"])

  private static let zoho = DemoCRM(
    kind: "zoho", title: "Zoho CRM", idleCalls: 7,
    company: [
      "type": "Accounts",
      "properties": [
        "Account_Name": "Ridgeway University", "Phone": "+64 3 555 0142",
        "Billing_Street": "362 Leith Street", "Billing_City": "Dunedin",
        "Billing_Country": "New Zealand",
      ],
    ],
    won: ["stage": "Closed Won"])

  private static let salesforce = DemoCRM(
    kind: "salesforce", title: "Salesforce", idleCalls: 5,
    company: [
      "type": "Account",
      "properties": [
        "Name": "Ridgeway University", "BillingStreet": "362 Leith Street",
        "BillingCity": "Dunedin", "BillingCountry": "New Zealand", "Phone": "+64 3 555 0142",
      ],
    ],
    won: ["stage": "Closed Won"])

  private static let rest = DemoCRM(
    kind: "rest", title: "Kahu, described in YAML", idleCalls: 4,
    company: [
      "type": "companies",
      "properties": [
        "name": "Ridgeway University", "website": "https://ridgeway.example",
        "phone": "+64 3 555 0142",
        "address": [
          "street": "362 Leith Street", "city": "Dunedin", "postcode": "9016",
          "country": "New Zealand",
        ],
      ],
    ],
    won: ["stage": "won"])
}
