/// A sale in a CRM, as far as receivables are concerned.
package struct Deal: Hashable, Sendable, Codable {
  package var id: ID<Deal>
  /// The CRM's own page of the deal: the mark an invoice carries.
  package var url: String
  package var name: String
  /// The deal's amount in major units of its currency; nil when the salesperson left it out.
  package var amount: ExactDecimal?
  /// Nil when neither the deal nor the CRM names one.
  package var currency: Currency?
  package var pipeline: Choice
  package var stage: Choice
  /// The CRM's own notion of how the deal ended.
  package var outcome: Outcome
  /// The CRM's own day of winning; nil while open.
  package var wonOn: WonDay?
  package var ownerID: ID<Owner>?
  /// Companies of the deal, the primary one first.
  package var companyIDs: [ID<Party>]
  /// People of the deal in the CRM's order, the primary one first where the CRM has one.
  package var personIDs: [ID<Party>]
  package var lines: [DealLine]
  /// A digest of which lines, companies and people belong to the deal, as `CRMSystem.relations`
  /// gives it; empty where the CRM has no such listing.
  package var relations: String
  package var paymentTerms: String?
  /// A discount on the whole deal, where the CRM has one.
  package var discount: Discount?
  /// What our own fields on the deal say now.
  package var reported: [ReportField: String]
  /// Further properties by the CRM's own names, for `deal.<field>` in rules and templates.
  package var fields: [String: String]
  /// Ids of deals merged into this one.
  package var mergedFrom: [ID<Deal>]
  package var isArchived: Bool
  /// The CRM's own modified stamp.
  package var modifiedAt: Instant?
  /// False for a deal seen only in a listing: its lines and customers were not read yet.
  package var isComplete: Bool

  package enum Outcome: String, Hashable, Sendable, Codable { case open, won, lost }

  /// When a deal was won: some CRMs keep a day, some a moment.
  package enum WonDay: Hashable, Sendable, Codable {
    case day(CalendarDate)
    case moment(Instant)

    package func date(in zone: Zone) -> CalendarDate {
      switch self {
      case .day(let date): date
      case .moment(let instant): zone.date(at: instant)
      }
    }
  }

  package init(id: ID<Deal>, url: String, name: String, pipeline: Choice, stage: Choice) {
    self.id = id
    self.url = url
    self.name = name
    self.pipeline = pipeline
    self.stage = stage
    outcome = .open
    companyIDs = []
    personIDs = []
    lines = []
    relations = ""
    reported = [:]
    fields = [:]
    mergedFrom = []
    isArchived = false
    isComplete = false
  }
}

/// A picklist value: the id is what rules hold on to, the label is what people see.
package struct Choice: Hashable, Sendable, Codable {
  package var id: String
  package var label: String

  package init(id: String, label: String) {
    self.id = id
    self.label = label
  }

  /// Either the id or the label, without regard to letter case.
  package func matches(_ text: String) -> Bool {
    id == text || label.lowercased() == text.lowercased()
  }
}

/// A discount on a line or on a whole deal.
package enum Discount: Hashable, Sendable, Codable {
  /// 0…100.
  case percent(ExactDecimal)
  /// Money off the line's (or deal's) total, in major units of the deal's currency.
  case amount(ExactDecimal)
}

/// One product or service sold with a deal.
package struct DealLine: Hashable, Sendable, Codable {
  package var id: String
  /// The line's own modified stamp, as its listing shows it; empty where there is none.
  package var stamp: String
  package var name: String
  package var description: String?
  package var sku: String?
  package var productID: ID<Product>?
  /// Nil when the CRM holds none: a bad line, unless it is a text line (no price either).
  package var quantity: ExactDecimal?
  /// In major units of the deal's currency.
  package var unitPrice: ExactDecimal?
  package var discount: Discount?
  package var currency: Currency?
  /// The CRM's own name of the tax, for `crm_tax` in rules.
  package var tax: String?
  /// Nil for a one-off line.
  package var recurrence: Recurrence?
  package var fields: [String: String]
  /// What the CRM holds in a numeric field that is no number, in the words of its screen.
  package var problems: [String]

  package init(id: String, name: String) {
    self.id = id
    self.name = name
    stamp = ""
    fields = [:]
    problems = []
  }
}

/// How often a line is billed and for how long.
package struct Recurrence: Hashable, Sendable, Codable {
  package var every: Int
  package var unit: Unit
  /// Nil: from the won date.
  package var start: CalendarDate?
  /// Number of billing periods; nil with no `end` renews until cancelled.
  package var periods: Int?
  package var end: CalendarDate?

  package enum Unit: String, Hashable, Sendable, Codable { case week, month }

  package init(every: Int, unit: Unit) {
    self.every = every
    self.unit = unit
  }
}

/// Phantom type of product ids.
package enum Product {}

/// A CRM user who owns deals.
package struct Owner: Hashable, Sendable, Codable {
  package var id: ID<Owner>
  package var name: String
  package var email: String?
  package var isActive: Bool

  package init(id: ID<Owner>, name: String, email: String?, isActive: Bool) {
    self.id = id
    self.name = name
    self.email = email
    self.isActive = isActive
  }
}

/// What a CRM has to choose from: pipelines, stages, owners, our fields.
package struct CRMCatalogue: Hashable, Sendable, Codable {
  package var pipelines: [Pipeline]
  package var owners: [Owner]
  /// The CRM account's id, pinned at set-up so that a swapped token is refused.
  package var account: String
  package var homeCurrency: Currency?
  package var zone: Zone?
  /// Names of the deal properties the CRM has, each in every form that a configuration may use;
  /// nil where it cannot be asked.
  package var dealFields: [String]?
  /// Which of our fields a deal can hold; nil: all of them.
  package var reportable: Set<ReportField>?
  /// What the connector wants kept beside the catalogue for later passes: its own words.
  package var connectorNotes: String?

  package struct Pipeline: Hashable, Sendable, Codable {
    package var choice: Choice
    package var stages: [Stage]

    package init(choice: Choice, stages: [Stage]) {
      self.choice = choice
      self.stages = stages
    }
  }

  package struct Stage: Hashable, Sendable, Codable {
    package var choice: Choice
    package var outcome: Deal.Outcome

    package init(choice: Choice, outcome: Deal.Outcome) {
      self.choice = choice
      self.outcome = outcome
    }
  }

  package init(account: String, pipelines: [Pipeline], owners: [Owner]) {
    self.account = account
    self.pipelines = pipelines
    self.owners = owners
  }
}
