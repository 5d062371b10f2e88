/// Lines of the section `invoices` that differ between accounting systems.
struct StartingInvoices {
  var status =
    "status: draft                     # draft | submitted | authorised; begin with drafts"
  var account = "account: \"200\"                    # must exist in the organisation"
  var tax = "# tax: OUTPUT2                    # tax code of a line no rule decides; must exist"
}

/// How a starting file signs in to each kind of system.
struct StartingSystem {
  var kind: String
  /// The lines of `auth`, apart from `flow`, with the environment variables they take.
  var flow: String
  var auth: [(key: String, value: String)]
  /// Comment lines above `auth`.
  var advice: [String]
  /// Further lines, as they stand in the file.
  var options: [String] = []
  /// Whether customers must give the address because there is no common one.
  var address: String?
  /// What invoices begin with, where it is an accounting system.
  var invoices = StartingInvoices()

  static func of(_ kind: String) -> StartingSystem? {
    all.first { $0.kind == kind }
  }

  private static let all: [StartingSystem] = [
    StartingSystem(
      kind: "xero", flow: "authorization_code",
      auth: [("client_id", "${XERO_CLIENT_ID}"), ("client_secret", "${XERO_CLIENT_SECRET}")],
      advice: [
        "An app of yours at developer.xero.com; then: xerosync auth login xero.",
        "A custom connection signs in by itself: flow: client_credentials.",
        "Without client_secret the app is a public client (PKCE).",
      ]),
    StartingSystem(
      kind: "quickbooks", flow: "authorization_code",
      auth: [
        ("client_id", "${QUICKBOOKS_CLIENT_ID}"),
        ("client_secret", "${QUICKBOOKS_CLIENT_SECRET}"),
      ],
      advice: ["An app of yours at developer.intuit.com; then: xerosync auth login quickbooks."],
      options: ["# default_item: Services          # stands on lines without a product"],
      invoices: StartingInvoices(
        status: "status: authorised                # QuickBooks has no drafts: see --dry-run first",
        account: "account: Sales                    # number or name of an income account",
        tax: "# tax: GST                        # name or id of a sales tax code; must exist")),
    StartingSystem(
      kind: "hubspot", flow: "token", auth: [("access_token", "${HUBSPOT_TOKEN}")],
      advice: [
        "The access token of an app of your own HubSpot account.",
        "Signing in as a person instead: flow: authorization_code with client_id, client_secret.",
      ]),
    StartingSystem(
      kind: "pipedrive", flow: "token", auth: [("access_token", "${PIPEDRIVE_TOKEN}")],
      advice: ["The API token from Pipedrive's personal preferences."]),
    StartingSystem(
      kind: "zoho", flow: "refresh_token",
      auth: [
        ("client_id", "${ZOHO_CLIENT_ID}"), ("client_secret", "${ZOHO_CLIENT_SECRET}"),
        ("refresh_token", "${ZOHO_REFRESH_TOKEN}"),
      ],
      advice: ["A client of Zoho's API console and a refresh token made for it."],
      options: [
        "data_centre: us                 # us | eu | in | au | jp | cn | ca | sa",
        "line_items: quotes              # quotes | sales_orders | products | subform | amount",
      ]),
    StartingSystem(
      kind: "salesforce", flow: "client_credentials",
      auth: [
        ("client_id", "${SALESFORCE_CLIENT_ID}"),
        ("client_secret", "${SALESFORCE_CLIENT_SECRET}"),
      ],
      advice: [
        "An external client app with a run-as user. With a key pair instead: flow: jwt_bearer",
        "with client_id, username and private_key: { file: ./secrets/salesforce.pem }.",
      ], address: "${SALESFORCE_URL}"),
    StartingSystem(
      kind: "rest", flow: "token", auth: [("access_token", "${CRM_TOKEN}")],
      advice: ["What the description file calls a secret stands here under the same key."],
      options: [
        "description: ./\(StartingDescription.fileName)   # check it: xerosync connector check"
      ]),
  ]

  /// Names of the environment variables, in order.
  var variables: [String] {
    (auth.map(\.value) + [address].compactMap(\.self)).compactMap { value in
      value.hasPrefix("${") ? String(value.dropFirst(2).dropLast()) : nil
    }
  }
}
