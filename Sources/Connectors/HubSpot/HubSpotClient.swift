package import Domain
import Foundation
package import Transport

/// One HubSpot account.
package struct HubSpotConnector: CRMSystem, ClientBacked {
  package let name: SystemName
  package let capabilities: CRMCapabilities
  let settings: ConnectionSettings
  let fields: CRMFields
  /// The client of this pass, which knows what is left of the budget.
  package let client: SystemClient
  let base: URL
  let appURL: String
  let edition: HubSpotEdition
  let memory = HubSpotMemory()
  let searches: HubSpotSearchPace

  /// Throws where the configuration cannot work; sends nothing.
  package init(
    settings: ConnectionSettings, environment: ConnectorEnvironment
  ) throws(ConnectorSetupError) {
    name = settings.name
    capabilities = Self.standardCapabilities
    self.settings = settings
    fields = CRMFields(settings, defaults: HubSpotFields.defaults)
    base = try Self.kind.address("api_url", of: settings)
    edition = try Self.edition(of: settings)
    var page = try Self.kind.address("app_url", of: settings).absoluteString
    while page.hasSuffix("/") { page.removeLast() }
    appURL = page
    searches = HubSpotSearchPace(time: environment.time)
    let isToken = settings.auth.flow.value == "token"
    client = SystemClient(
      system: settings.name.rawValue, baseURLs: [base], exchange: environment.exchange,
      time: environment.time, authorizer: try HubSpotSignIn(settings, in: environment).authorizer(),
      limits: ClientLimits(
        maxConcurrent: 4,
        windows: [
          RateWindow(
            name: "ten_seconds", limit: HubSpotLimit.perTenSeconds, length: .seconds(10))
        ],
        // OAuth apps have no daily limit.
        perDay: isToken ? HubSpotLimit.perDay : nil, dailyCap: settings.limits.dailyCalls,
        perCallDeadline: .seconds(settings.limits.callSeconds)),
      budgetStore: environment.budget, reader: .hubSpot, redactor: environment.redactor,
      logger: environment.logger, userAgent: environment.userAgent,
      passDeadline: environment.passDeadline, seed: environment.seed)
  }

  static func edition(
    of settings: ConnectionSettings
  ) throws(ConnectorSetupError) -> HubSpotEdition {
    guard let option = settings.options["api_version"] else { return .classic }
    guard let edition = HubSpotEdition(rawValue: option.value) else {
      let known = HubSpotEdition.allCases.map(\.rawValue).joined(separator: ", ")
      throw ConnectorSetupError(
        system: settings.name, origin: option.origin,
        message: "hubspot has no api_version \"\(option.value)\"",
        remedy: "set it to one of \(known), or leave it out")
    }
    return edition
  }
}

/// Calls.
extension HubSpotConnector {
  func url(
    _ area: HubSpotEdition.Area, _ tail: [String] = [], query: URLQuery = [:]
  ) throws(RemoteError) -> URL {
    let segments = edition.path(area) + tail
    var url = base
    for segment in segments { url = try url.endpoint(segment) }
    guard !query.items.isEmpty else { return url }
    guard let full = URL(string: url.absoluteString + "?" + query.percentEncoded) else {
      throw .notSent(reason: "the address could not be built")
    }
    return full
  }

  func get<Answer: Decodable>(
    _ type: Answer.Type, _ area: HubSpotEdition.Area, _ tail: [String] = [],
    query: URLQuery = [:], priority: CallPriority, label: String
  ) async throws(RemoteError) -> Answer {
    let address = try url(area, tail, query: query)
    return try await send(.read(address, priority: priority, label: label), type)
  }

  func post<Answer: Decodable>(
    _ type: Answer.Type, _ area: HubSpotEdition.Area, _ tail: [String], _ body: OutgoingJSON,
    purpose: CallPurpose, priority: CallPriority, label: String
  ) async throws(RemoteError) -> Answer {
    let address = try url(area, tail)
    return try await send(
      request(.post, address, body, purpose: purpose, priority: priority, label: label), type)
  }

  func request(
    _ method: HTTPMethod, _ address: URL, _ body: OutgoingJSON, purpose: CallPurpose,
    priority: CallPriority, label: String
  ) -> Call {
    Call(
      method, address, headers: ["Content-Type": "application/json"], body: body.data,
      purpose: purpose, priority: priority, label: label)
  }

  func send<Answer: Decodable>(
    _ call: Call, _ type: Answer.Type
  ) async throws(RemoteError) -> Answer {
    let response: HTTPResponse
    do { response = try await client.call(call) } catch {
      throw HubSpotProblem.understood(error, system: name)
    }
    do { return try JSONReading.decode(type, from: response.body) } catch {
      let reason = "\(call.label): \(JSONReading.reason(error))"
      guard call.purpose.isRead else { throw .outcomeUnknown(reason: reason) }
      throw .unreadable(reason: reason)
    }
  }
}

/// Keeps searches apart: their limit is one for the whole account, and their answers tell nothing
/// of what is left of it.
actor HubSpotSearchPace {
  private let time: TimeSource
  /// When the latest searches started, oldest first.
  private var recent: [Duration] = []

  init(time: TimeSource) { self.time = time }

  /// Returns when the next search may start.
  func turn() async throws(RemoteError) {
    let now = time.monotonic()
    recent.removeAll { now - $0 >= HubSpotLimit.searchWindow }
    let isFull = recent.count >= HubSpotLimit.searchesPerWindow
    let start =
      isFull
      ? recent[recent.count - HubSpotLimit.searchesPerWindow] + HubSpotLimit.searchWindow : now
    recent.append(max(start, now))
    guard start > now else { return }
    do { try await time.sleep(start - now) } catch {
      throw .notSent(reason: "cancelled while waiting for the search limit")
    }
  }
}
