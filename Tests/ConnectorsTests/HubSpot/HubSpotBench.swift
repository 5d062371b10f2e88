import Connectors
import Domain
import Foundation
import Sandbox
import Transport

/// A connector and a simulated account in one process, on one clock.
struct HubSpotBench: Sendable {
  let clock = HubSpotClock()
  let world: SandboxWorld
  let connector: HubSpotConnector

  init(
    syncFields: Bool = true, tokens: TokenStore = .inMemory(),
    _ change: (inout ConnectionSettings) -> Void = { _ in }
  ) throws {
    let clock = clock
    let world = SandboxWorld(
      vendors: [HubSpotSandbox.demo(withSyncFields: syncFields)],
      clock: { SandboxTime(milliseconds: clock.now) })
    self.world = world
    connector = try HubSpotConnector(
      settings: HubSpotFixture.settings(change),
      environment: HubSpotFixture.environment(Self.exchange(world), clock, tokens))
  }

  private static func exchange(_ world: SandboxWorld) -> HTTPExchange {
    HTTPExchange { request, _ throws(HTTPFailure) in
      let parts = URLComponents(url: request.url, resolvingAgainstBaseURL: false)
      let answer = world.respond(
        to: SandboxRequest(
          method: request.method.rawValue, path: parts?.path ?? "",
          query: (parts?.queryItems ?? []).map { .init(name: $0.name, value: $0.value ?? "") },
          headers: Dictionary(
            request.headers.map { ($0.key.lowercased(), $0.value) }
          ) { $1 },
          body: request.body ?? Data()))
      guard answer.delivery != .dropped else { throw .interrupted("reset") }
      return HTTPResponse(
        status: answer.status,
        headers: HTTPHeaders(answer.headers.map { (name: $0.name, value: $0.value) }),
        body: answer.body)
    }
  }

  /// A person at the screens of the account; the answer's texts by key.
  @discardableResult
  func person(_ verb: String, _ json: String) throws -> [String: String] {
    let answer = world.respond(
      to: SandboxRequest(
        method: "POST", path: "/_sandbox/hubspot/\(verb)", body: Data(json.utf8)))
    let object = try JSONSerialization.jsonObject(with: answer.body) as? [String: Any] ?? [:]
    guard answer.status == 200 else { throw Refused(words: "\(object)") }
    var texts: [String: String] = [:]
    for (key, value) in object {
      texts[key] = value as? String ?? (value as? [String])?.joined(separator: ",")
    }
    return texts
  }

  struct Refused: Error { var words: String }

  enum Table {
    case deals, companies, contacts

    fileprivate var kind: HubSpotSandbox.Kind {
      switch self {
      case .deals: .deals
      case .companies: .companies
      case .contacts: .contacts
      }
    }
  }

  /// Ids of a kind by a property's value, oldest first.
  func ids(_ table: Table, _ property: String, _ value: String) -> [String] {
    let kind = table.kind
    return world.withVendor(HubSpotSandbox.self) { vendor in
      vendor.records(kind).filter { $0[property] == value }.map(\.id)
    } ?? []
  }

  /// Ids of all live records of a kind.
  func all(_ table: Table) -> Set<String> {
    let kind = table.kind
    return Set(world.withVendor(HubSpotSandbox.self) { $0.records(kind).map(\.id) } ?? [])
  }

  func value(_ table: Table, _ id: String, _ property: String) -> String? {
    let kind = table.kind
    return world.withVendor(HubSpotSandbox.self) { vendor in
      vendor.record(kind, id)?[property]
    }.flatMap { $0 }
  }

  func clearLog() { world.clearLog() }

  /// How many requests were answered with this status.
  func answers(_ status: Int) -> Int { world.log.filter { $0.status == status }.count }

  func tasks(ofDeal id: String) -> [[String: String]] {
    world.withVendor(HubSpotSandbox.self) { vendor in
      vendor.tasks(ofDeal: id).map(\.properties)
    } ?? []
  }

  /// Requests of the connector since the last clearing.
  var calls: [String] {
    world.log.filter { !$0.path.hasPrefix("/_sandbox") }.map { "\($0.method) \($0.path)" }
  }

  func lose(path: String) {
    world.setFaults([Fault(.dropAfter, vendor: "hubspot", path: path)])
  }

  /// Reads a feed to its end, as a pass does.
  func poll(_ feed: CRMFeed, from start: FeedCursor = .start) async throws -> (
    pages: [CRMPage], cursor: FeedCursor
  ) {
    var pages: [CRMPage] = []
    var cursor = start
    repeat {
      let page = try await connector.page(feed, from: cursor)
      pages.append(page)
      cursor = page.next
    } while pages.last?.hasMore == true && pages.count < 500
    return (pages, cursor)
  }
}
