import Engine
import Sandbox
import Transport

/// Makes the simulated vendors a user asks for by name.
struct SandboxFactory {
  let time: TimeSource

  static let known = ["xero", "quickbooks", "hubspot", "pipedrive", "zoho", "salesforce", "rest"]

  /// A world with demo records, its clock the machine's.
  func world(_ systems: [String]) throws -> SandboxWorld {
    for name in systems where !Self.known.contains(name) {
      throw Failure(
        .wrongUsage,
        "The sandbox does not simulate “\(name)”; it simulates \(Self.known.joined(separator: ", "))."
      )
    }
    let now = SandboxTime(milliseconds: time.now())
    var vendors: [any SimulatedVendor] = []
    if systems.contains("xero") { vendors.append(XeroSandbox.demo(at: now)) }
    if systems.contains("quickbooks") { vendors.append(QuickBooksSandbox.demo(at: now)) }
    if systems.contains("hubspot") {
      vendors.append(HubSpotSandbox.demo(withSyncFields: true, created: now))
    }
    if systems.contains("pipedrive") {
      vendors.append(PipedriveSandbox.demo(withSyncFields: true, created: now))
    }
    if systems.contains("zoho") {
      vendors.append(ZohoSandbox.demo(withSyncFields: true, created: now))
    }
    if systems.contains("salesforce") {
      vendors.append(SalesforceSandbox.demo(withSyncFields: true, created: now))
    }
    if systems.contains("rest") { vendors.append(RestSandbox.demo(at: now)) }
    let time = time
    return SandboxWorld(
      vendors: vendors, clock: { SandboxTime(milliseconds: time.now()) })
  }
}
