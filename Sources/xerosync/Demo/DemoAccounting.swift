import Sandbox

/// One accounting system, as far as the demonstration needs to know it: what differs between
/// them is told here and nowhere else in it.
struct DemoAccounting: Sendable {
  /// The value of `kind:`, which is also the simulated vendor's name.
  var kind: String
  /// The vendor's name as people write it.
  var title: String
  /// The request that makes an invoice.
  var method: String
  var path: String
  /// A sign-in that a person would have given; nil where none is needed.
  var token: (refresh: String, account: String)?
  /// How many invoices there are.
  var invoices: @Sendable (SandboxWorld) -> Int

  /// Those the demonstration can be played with.
  static let all = [xero, quickBooks]

  static func of(_ kind: String) -> DemoAccounting? { all.first { $0.kind == kind } }

  private static let xero = DemoAccounting(
    kind: "xero", title: "Xero", method: "PUT", path: "/api.xro/2.0/Invoices",
    invoices: { world in
      world.withVendor(XeroSandbox.self) { $0.ledgers.first?.allInvoices.count ?? 0 } ?? 0
    })

  private static let quickBooks = DemoAccounting(
    kind: "quickbooks", title: "QuickBooks", method: "POST",
    path: "/v3/company/\(QuickBooksSandbox.demoRealm)/batch",
    token: (QuickBooksSandbox.knownRefreshToken, QuickBooksSandbox.demoRealm),
    invoices: { world in
      world.withVendor(QuickBooksSandbox.self) { $0.ledgers.first?.allInvoices.count ?? 0 } ?? 0
    })
}
