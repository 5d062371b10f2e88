package import Domain
package import Sandbox

/// What people do in one kind of CRM, and what a judge sees there: everything a simulated world
/// must know of a CRM. A new one joins the simulation with an entry in `all`.
package struct CRMDesk: Sendable {
  /// Where a salesperson puts a deal.
  package enum Course: Sendable, CaseIterable { case won, lost, open }

  /// A deal as its CRM holds it.
  package struct DealView: Sendable, Hashable {
    package var isWon: Bool
    package var isArchived: Bool
    /// Our fields on the deal by their role.
    package var said: [ReportField: String]
    package var company: String
    package var lines: [Line]
  }

  /// A line in the figures its CRM shows.
  package struct Line: Sendable, Hashable {
    package var id: String
    package var quantity: String
    package var price: String
    package var discountPercentage: String
  }

  /// The name of the system and of the simulated vendor.
  package var system: SystemName
  package var vendor: @Sendable (SandboxTime) -> any SimulatedVendor
  package var settings: ConnectionSettings
  /// Where a fault hurts most: beginnings of paths.
  package var paths: [String]
  /// Whether a restored record comes back under its old stamp.
  package var restoresOldStamp: Bool
  /// Finds or makes a company; the id.
  package var company: @Sendable (Rig, _ name: String) throws -> String
  package var companyName: @Sendable (Rig, _ id: String) throws -> String?
  package var rename: @Sendable (Rig, _ company: String, _ name: String) throws -> Void
  /// Makes a deal of a company; the id.
  package var sell:
    @Sendable (Rig, _ name: String, _ company: String, Course, [Rig.Line]) throws
      -> String
  package var move: @Sendable (Rig, _ deal: String, Course) throws -> Void
  package var addLine: @Sendable (Rig, _ deal: String, Rig.Line) throws -> Void
  package var editLine: @Sendable (Rig, _ line: String, _ price: String) throws -> Void
  /// Writes into our status field and renames the deal.
  package var overwrite: @Sendable (Rig, _ deal: String, _ status: String) throws -> Void
  package var archive: @Sendable (Rig, _ deal: String) throws -> Void
  package var restore: @Sendable (Rig, _ deal: String) throws -> Void
  package var merge: @Sendable (Rig, _ loser: String, _ survivor: String) throws -> Void
  /// Every deal by its id, archived ones included; merged ones are left out.
  package var deals: @Sendable (Rig) throws -> [String: DealView]
  /// What the tasks of a deal say, in the order they were made.
  package var tasks: @Sendable (Rig, _ deal: String) throws -> [String]

  package static var all: [CRMDesk] { [hubSpot, pipedrive] }

  /// An installation with this CRM and the accounting system.
  package func rig(_ change: (inout RigSettings) -> Void = { _ in }) -> Rig {
    let start = SandboxTime(milliseconds: Rig.start - 86_400_000)
    return Rig(vendors: [XeroSandbox.demo(at: start), vendor(start)]) { settings in
      settings.crms = [self.settings]
      settings.policy.crms = [system: CRMPolicy()]
      change(&settings)
    }
  }
}

extension Rig.Line {
  /// The line as the control verbs of the CRMs take it.
  package var form: JSONValue { json }
}
