/// What the configuration may say of each kind of system.
package struct ConnectorVocabulary: Hashable, Sendable {
  package var accounting: [Kind]
  package var crms: [Kind]

  package init(accounting: [Kind], crms: [Kind]) {
    self.accounting = accounting
    self.crms = crms
  }

  /// One value of `kind:`.
  package struct Kind: Hashable, Sendable {
    package var name: String
    /// The sign-in flows; the first is the usual one.
    package var flows: [Flow]
    /// The address keys and the vendor's own address; nil where there is none to fall back on.
    package var urls: [URLKey]
    /// The keys of `fields` with the default name; nil where the connector knows no default.
    package var fields: [FieldKey]
    /// Keys that only this kind has.
    package var options: [Option]

    package init(
      _ name: String, flows: [Flow], urls: [URLKey], fields: [FieldKey] = [],
      options: [Option] = []
    ) {
      self.name = name
      self.flows = flows
      self.urls = urls
      self.fields = fields
      self.options = options
    }
  }

  /// One way to sign in.
  package struct Flow: Hashable, Sendable {
    package var name: String
    /// Keys of `auth` that must be there.
    package var required: [String]
    /// Keys of `auth` that may be there.
    package var optional: [String]
    /// Whether any other key of `auth` is taken as a secret of the user's own naming.
    package var takesOtherKeys: Bool

    package init(
      _ name: String, required: [String], optional: [String] = [], takesOtherKeys: Bool = false
    ) {
      self.name = name
      self.required = required
      self.optional = optional
      self.takesOtherKeys = takesOtherKeys
    }
  }

  /// A base address.
  package struct URLKey: Hashable, Sendable {
    package var key: String
    /// The default; nil: none that is fixed.
    package var standard: String?

    package init(_ key: String, standard: String?) {
      self.key = key
      self.standard = standard
    }
  }

  /// A field of the CRM that may have another name there.
  package struct FieldKey: Hashable, Sendable {
    package var key: String
    /// The default; nil: none that is fixed.
    package var standard: String?

    package init(_ key: String, standard: String?) {
      self.key = key
      self.standard = standard
    }
  }

  /// A key that only this kind has.
  package struct Option: Hashable, Sendable {
    package var key: String
    package var form: Form
    package var isRequired: Bool
    package var about: String

    /// What the value may be.
    package enum Form: Hashable, Sendable {
      case text(example: String)
      case choice([String])
      /// A path, made absolute from the configuration file's directory.
      case path
    }

    package init(_ key: String, _ form: Form, isRequired: Bool = false, about: String) {
      self.key = key
      self.form = form
      self.isRequired = isRequired
      self.about = about
    }
  }

  /// Keys of `auth` that are no secrets.
  static let openAuthKeys: Set<String> = [
    "client_id", "redirect_uri", "scopes", "username", "audience",
  ]
}

extension ConnectorVocabulary {
  /// The kinds of the documentation.
  package static let documented = ConnectorVocabulary(
    accounting: [xero, quickbooks], crms: [hubspot, pipedrive, zoho, salesforce, rest])

  private static let signInExtras = ["redirect_uri", "scopes"]

  private static let publicSignIn = Flow(
    "authorization_code", required: ["client_id"], optional: ["client_secret"] + signInExtras)

  private static let confidentialSignIn = Flow(
    "authorization_code", required: ["client_id", "client_secret"], optional: signInExtras)

  private static let xero = Kind(
    "xero",
    flows: [
      publicSignIn,
      Flow("client_credentials", required: ["client_id", "client_secret"], optional: ["scopes"]),
    ],
    urls: [
      URLKey("api_url", standard: "https://api.xero.com"),
      URLKey("identity_url", standard: "https://identity.xero.com"),
      URLKey("login_url", standard: "https://login.xero.com"),
    ])

  private static let quickbooks = Kind(
    "quickbooks", flows: [confidentialSignIn],
    urls: [
      URLKey("api_url", standard: "https://quickbooks.api.intuit.com"),
      URLKey("identity_url", standard: "https://oauth.platform.intuit.com"),
      URLKey("login_url", standard: "https://appcenter.intuit.com"),
    ],
    options: [
      Option(
        "default_item", .text(example: "Services"),
        about: "The product or service of lines that have none.")
    ])

  private static let hubspot = Kind(
    "hubspot", flows: [Flow("token", required: ["access_token"]), confidentialSignIn],
    urls: [
      URLKey("api_url", standard: "https://api.hubapi.com"),
      // Tokens come from wherever the API is.
      URLKey("identity_url", standard: nil),
      URLKey("login_url", standard: "https://app.hubspot.com"),
      URLKey("app_url", standard: "https://app.hubspot.com"),
    ],
    fields: fields(paymentTerms: "payment_terms", written: { "xero_\($0)" }),
    options: [
      Option(
        "api_version", .choice(["v3", "2026-03", "2026-09"]), about: "The edition of the API.")
    ])

  private static let pipedrive = Kind(
    "pipedrive", flows: [Flow("token", required: ["access_token"]), confidentialSignIn],
    urls: [
      URLKey("api_url", standard: "https://api.pipedrive.com"),
      URLKey("identity_url", standard: "https://oauth.pipedrive.com"),
      URLKey("login_url", standard: "https://oauth.pipedrive.com"),
    ],
    fields: fields(paymentTerms: "Payment terms", written: { shownNames[$0] }))

  /// Names as people see them: keys differ in every company.
  private static let shownNames = [
    "invoice_number": "Xero invoice number", "invoice_status": "Xero invoice status",
    "amount_due": "Xero amount due", "amount_paid": "Xero amount paid",
    "due_date": "Xero due date", "paid_date": "Xero paid date",
    "invoice_url": "Xero invoice link", "contact_id": "Xero contact id",
  ]

  private static let zoho = Kind(
    "zoho",
    flows: [
      Flow("refresh_token", required: ["client_id", "client_secret", "refresh_token"]),
      confidentialSignIn,
    ],
    urls: [
      // Each data centre has its own.
      URLKey("api_url", standard: nil), URLKey("identity_url", standard: nil),
      URLKey("login_url", standard: nil), URLKey("app_url", standard: nil),
    ],
    fields: fields(paymentTerms: "Payment terms", written: { shownNames[$0] }),
    options: [
      Option(
        "data_centre", .choice(["us", "eu", "in", "au", "jp", "cn", "ca", "sa"]),
        about: "The Zoho data centre of the account; decides the default addresses."),
      Option(
        "line_items", .choice(["quotes", "sales_orders", "products", "subform", "amount"]),
        about: "Where the deals' products are kept; quotes unless set."),
      Option(
        "line_subform", .text(example: "Deal_Items"),
        about: "The API name of the deals' subform, for line_items: subform."),
      Option(
        "line_columns", .text(example: "name=Item, quantity=Qty, price=Rate"),
        about: "The subform's columns, where they have unusual names."),
      Option(
        "automation", .choice(["none", "workflow", "all"]),
        about: "Which automation of the organisation our writes start; none unless set."),
    ])

  private static let salesforce = Kind(
    "salesforce",
    flows: [
      Flow("client_credentials", required: ["client_id", "client_secret"]),
      Flow(
        "jwt_bearer", required: ["client_id", "username", "private_key"], optional: ["audience"]),
      publicSignIn,
    ],
    // Every organisation has an address of its own, which takes sign-ins, too.
    urls: [
      URLKey("api_url", standard: nil), URLKey("identity_url", standard: nil),
      URLKey("login_url", standard: nil),
    ],
    fields: fields(paymentTerms: "Payment_Terms__c", written: { salesforceNames[$0] }),
    options: [
      Option("api_version", .text(example: "v66.0"), about: "The version of the REST API."),
      Option(
        "currency", .text(example: "NZD"),
        about: "The currency of an organisation that has only one, where it does not tell it."),
    ])

  private static let salesforceNames = [
    "invoice_number": "Xero_Invoice_Number__c", "invoice_status": "Xero_Invoice_Status__c",
    "amount_due": "Xero_Amount_Due__c", "amount_paid": "Xero_Amount_Paid__c",
    "due_date": "Xero_Due_Date__c", "paid_date": "Xero_Paid_Date__c",
    "invoice_url": "Xero_Invoice_Link__c", "contact_id": "Xero_Contact_Id__c",
  ]

  private static let rest = Kind(
    "rest",
    flows: [
      Flow("token", required: ["access_token"], takesOtherKeys: true),
      Flow("basic", required: ["username"], optional: ["password"], takesOtherKeys: true),
      Flow("headers", required: [], takesOtherKeys: true),
      Flow(
        "client_credentials", required: ["client_id", "client_secret"], optional: ["scopes"],
        takesOtherKeys: true),
      Flow(
        "refresh_token", required: ["client_id", "client_secret", "refresh_token"],
        takesOtherKeys: true),
      Flow(
        "authorization_code", required: ["client_id"],
        optional: ["client_secret"] + signInExtras, takesOtherKeys: true),
    ],
    urls: [
      URLKey("api_url", standard: nil), URLKey("identity_url", standard: nil),
      URLKey("login_url", standard: nil),
    ],
    fields: fields(paymentTerms: nil, written: { _ in nil }),
    options: [
      Option(
        "description", .path, isRequired: true,
        about: "The file that describes the API, relative to this file.")
    ])

  /// The fields every CRM has: payment terms and tax number are read, the others written.
  private static func fields(
    paymentTerms: String?, written: (String) -> String?
  ) -> [FieldKey] {
    let keys = [
      "invoice_number", "invoice_status", "amount_due", "amount_paid", "due_date", "paid_date",
      "invoice_url",
    ]
    return [FieldKey("payment_terms", standard: paymentTerms)]
      + keys.map { FieldKey($0, standard: written($0)) } + [
        FieldKey("accounting_id", standard: written("contact_id")),
        FieldKey("tax_number", standard: nil),
      ]
  }
}
