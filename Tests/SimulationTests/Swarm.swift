import Domain
import Sandbox
import TestSupport

/// What may go wrong in one run. Each seed switches on a part of it, because everything at once
/// hides mistakes; rates are in percent of passes.
struct Swarm: CustomStringConvertible {
  var desk: CRMDesk
  var wire: [Wire]
  var wireRate: Int
  var crashRate: Int
  /// Of the crashes: how many take the last commits with them.
  var powerLossRate: Int
  var diskRate: Int
  var amnesiaRate: Int
  var backupRate: Int
  /// Seconds by which the CRM's search is late at most.
  var searchLag: Int
  /// Seconds by which the machine's clock is off, and how often it jumps.
  var clockRate: Int
  /// The accounting system is signed in to with a token that is used up by renewing it.
  var renewsToken: Bool
  var dryRate: Int
  var edits: Int
  var longPauses: Bool

  enum Wire: String, CaseIterable {
    case refuse, dropBefore, dropAfter, serverError, appliedGateway, rateLimit, storm, html
    case appliedHTML, truncated, badJSON, duplicate, expiredToken, late, silent, redirect
  }

  init(_ chance: inout Chance) {
    desk = chance.one(of: CRMDesk.all) ?? .hubSpot
    wire = Wire.allCases.filter { _ in chance.happens(40) }
    wireRate = chance.happens(85) ? chance.number(30...95) : 0
    crashRate = chance.happens(60) ? chance.number(5...50) : 0
    powerLossRate = chance.happens(30) ? chance.number(10...60) : 0
    diskRate = chance.happens(30) ? chance.number(5...30) : 0
    amnesiaRate = chance.happens(25) ? chance.number(2...12) : 0
    backupRate = chance.happens(25) ? chance.number(2...12) : 0
    searchLag = chance.happens(40) ? chance.number(1...120) : 0
    clockRate = chance.happens(20) ? chance.number(5...40) : 0
    renewsToken = chance.happens(40)
    dryRate = 8
    edits = chance.number(1...4)
    longPauses = chance.happens(50)
  }

  /// Nothing goes wrong at all.
  static func calm(_ desk: CRMDesk) -> Swarm {
    var chance = Chance(seed: 0)
    var swarm = Swarm(&chance)
    swarm.desk = desk
    (swarm.wire, swarm.wireRate, swarm.crashRate, swarm.powerLossRate) = ([], 0, 0, 0)
    (swarm.diskRate, swarm.amnesiaRate, swarm.backupRate, swarm.searchLag) = (0, 0, 0, 0)
    (swarm.clockRate, swarm.renewsToken, swarm.edits, swarm.longPauses) = (0, false, 3, false)
    return swarm
  }

  var description: String {
    "\(desk.system), wire \(wireRate) % of \(wire.map(\.rawValue)), crash \(crashRate) % "
      + "(power \(powerLossRate) %), disk \(diskRate) %, amnesia \(amnesiaRate) %, "
      + "backup \(backupRate) %, lag \(searchLag) s, clock \(clockRate) %, "
      + "renews token \(renewsToken), edits \(edits), long pauses \(longPauses)"
  }

  /// The faults of one pass.
  func faults(_ chance: inout Chance) -> [Fault] {
    guard !wire.isEmpty, chance.happens(wireRate) else { return [] }
    return (0..<chance.number(1...4)).compactMap { _ in
      guard let kind = chance.one(of: wire) else { return nil }
      let vendor = chance.one(of: ["xero", desk.system.rawValue, nil]) ?? nil
      let times: Int? = chance.happens(15) ? nil : chance.number(1...4)
      let path = chance.happens(30) ? chance.one(of: Self.paths + desk.paths) : nil
      return Fault(
        kind.fault(&chance), vendor: path == nil ? vendor : nil, path: path,
        skip: chance.number(0...(path == nil ? 14 : 1)), times: times)
    }
  }

  /// Where a fault hurts most, at the accounting system.
  private static let paths = [
    "/api.xro/2.0/Invoices", "/api.xro/2.0/Contacts", "/connect/token",
  ]
}

extension Swarm.Wire {
  func fault(_ chance: inout Chance) -> Fault.Kind {
    switch self {
    case .refuse: .refuseConnection
    case .dropBefore: .dropBefore
    case .dropAfter: .dropAfter
    case .serverError: .status(.init(status: chance.one(of: [500, 502, 503, 504]) ?? 500))
    case .appliedGateway: .statusAfter(.init(status: 502))
    case .rateLimit: .rateLimit(.seconds(chance.number(1...90)), problem: "minute")
    case .storm: .rateLimit(.seconds(chance.number(200...4000)), problem: "day")
    case .html: .html(status: 200, page: "<html>sign in</html>", applied: false)
    case .appliedHTML: .html(status: 200, page: "<html>sign in</html>", applied: true)
    case .truncated: .truncate(bytes: chance.number(0...400))
    case .badJSON: .badJSON(applied: chance.happens(50))
    case .duplicate: .duplicate
    case .expiredToken: .expireToken
    case .late: .delay(seconds: chance.number(1...20))
    case .silent: .delay(seconds: 300)
    case .redirect: .redirect(location: "https://elsewhere.example/", status: 302)
    }
  }
}
