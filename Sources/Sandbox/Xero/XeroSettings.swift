/// The organisation itself and its slowly changing lists.
package struct XeroOrganisation: Sendable, Hashable {
  package var id: XeroID
  package var name: String
  package var region: XeroRegion
  package var baseCurrency: String
  package var countryCode: String
  package var timezone: String
  /// Minutes east of UTC, without daylight saving: the sandbox's idea of "today".
  package var minutesEast: Int
  package var shortCode: String
  package var plan: Plan = .paying
  package var periodLockDate: CivilDate?
  package var endOfYearLockDate: CivilDate?
  /// How many more invoices may be approved; nil for no limit.
  package var approvalsLeft: Int?
  package var isConnected = true
  package var connectionID: XeroID
  package var connectedAt: SandboxTime

  package enum Plan: String, Sendable, CaseIterable {
    case paying, trial, demo

    /// Invoices the organisation may send by e-mail in a day.
    package var emailsPerDay: Int {
      switch self {
      case .paying: 1000
      case .trial: 20
      case .demo: 0
      }
    }
  }
}

/// The vendor's editions, which differ in currency, tax rates and names.
package enum XeroRegion: String, Sendable, CaseIterable { case nz, au, uk, us, global }

/// An account of the ledger's chart.
package struct XeroAccount: Sendable, Hashable {
  package var id: XeroID
  package var code: String?
  package var name: String
  package var type: String
  package var accountClass: String
  package var taxType: String
  package var isArchived = false
  package var enablePayments = false
  package var systemAccount: String?
  package var currency: String?
  package var updated: SandboxTime
}

/// A rate of tax and where it may be used.
package struct XeroTaxRate: Sendable, Hashable {
  package var type: String
  package var name: String
  /// Percent, four decimal places at most.
  package var rate: ExactDecimal
  package var isActive = true
  package var canApplyToRevenue = true
  package var canApplyToExpenses = false
}

/// A currency the organisation deals in.
package struct XeroCurrency: Sendable, Hashable {
  package var code: String
  package var name: String
  /// Units of this currency for one unit of the base currency.
  package var rate: ExactDecimal
}

/// How invoices look.
package struct XeroBrandingTheme: Sendable, Hashable {
  package var id: XeroID
  package var name: String
  package var sortOrder: Int
}

/// A tracking category with its options.
package struct XeroTrackingCategory: Sendable, Hashable {
  package var id: XeroID
  package var name: String
  package var isArchived = false
  package var options: [Option]

  package struct Option: Sendable, Hashable {
    package var id: XeroID
    package var name: String
    package var isArchived = false
  }
}

/// A product or service that lines may name by its code.
package struct XeroItem: Sendable, Hashable {
  package var id: XeroID
  package var code: String
  package var name: String?
  package var description: String?
  package var unitPrice: ExactDecimal?
  package var accountCode: String?
  package var taxType: String?
  package var updated: SandboxTime
}

/// An entry of a document's history.
package struct XeroHistoryRecord: Sendable, Hashable {
  package var at: SandboxTime
  package var change: String
  package var details: String
}
