/// A customer or supplier of the simulated ledger.
package struct XeroContact: XeroRecord, Hashable {
  package var id: XeroID
  package var name: String
  package var number: String?
  package var accountNumber: String?
  package var firstName: String?
  package var lastName: String?
  package var email: String?
  package var companyNumber: String?
  package var taxNumber: String?
  package var defaultCurrency: String?
  package var accountsReceivableTaxType: String?
  package var salesDefaultAccountCode: String?
  package var website: String?
  package var salesTerms: Terms?
  package var billTerms: Terms?
  package var persons: [Person] = []
  package var addresses: [String: Address] = [:]
  package var phones: [String: Phone] = [:]
  package var status: Status = .active
  package var isCustomer = false
  package var isSupplier = false
  package var mergedTo: XeroID?
  package var updated: SandboxTime

  package enum Status: String, Sendable {
    case active = "ACTIVE"
    case archived = "ARCHIVED"
    case erasureRequested = "GDPRREQUEST"
  }

  package struct Person: Sendable, Hashable {
    package var firstName: String?
    package var lastName: String?
    package var email: String?
    package var includeInEmails: Bool
  }

  package struct Terms: Sendable, Hashable {
    package var day: Int
    package var type: String
  }

  /// Text by field name, for example `AddressLine1`, `City`, `PostalCode`.
  package struct Address: Sendable, Hashable {
    package var fields: [String: String] = [:]
    static let names = [
      "AddressLine1", "AddressLine2", "AddressLine3", "AddressLine4", "City", "Region",
      "PostalCode", "Country", "AttentionTo",
    ]
    static let types = ["STREET", "POBOX"]
  }

  package struct Phone: Sendable, Hashable {
    package var number = ""
    package var areaCode = ""
    package var countryCode = ""
    static let types = ["DDI", "DEFAULT", "FAX", "MOBILE"]
  }

  init(id: XeroID, name: String, updated: SandboxTime) {
    self.id = id
    self.name = name
    self.updated = updated
  }
}
