internal import Domain
internal import Foundation
internal import Transport

/// Which organisation this sign-in writes to: chosen once, kept beside the token, and never
/// changed in silence.
actor XeroSession {
  /// What every call needs to know of the organisation.
  struct Tenant: Hashable, Sendable {
    /// Empty for a sign-in bound to one organisation that lists none.
    var id: String
    var name: String
    /// Names the organisation in links; empty where it has none.
    var shortCode: String
  }

  private let system: SystemName
  private let wanted: Sourced<String>?
  private let tokens: TokenStore
  private let client: SystemClient
  private let base: URL
  private let api: URL
  private var tenant: Tenant?
  private var search: Task<Result<Tenant, RemoteError>, Never>?

  init(
    system: SystemName, wanted: Sourced<String>?, tokens: TokenStore, client: SystemClient,
    base: URL, api: URL
  ) {
    self.system = system
    self.wanted = wanted
    self.tokens = tokens
    self.client = client
    self.base = base
    self.api = api
  }

  /// The pinned organisation; found and pinned by the first call ever made.
  func current() async throws(RemoteError) -> Tenant {
    if let tenant { return tenant }
    let task = search ?? Task { await self.find() }
    search = task
    let result = await task.value
    search = nil
    let found = try result.get()
    tenant = found
    return found
  }

  private func find() async -> Result<Tenant, RemoteError> {
    do { return .success(try await pinned()) } catch { return .failure(error) }
  }

  private func pinned() async throws(RemoteError) -> Tenant {
    let stored = try load()
    if let stored, let id = stored.pin, let code = stored.details["short_code"] {
      let name = stored.details["tenant_name"] ?? ""
      if matches(id: id, name: name) { return Tenant(id: id, name: name, shortCode: code) }
    }
    let chosen = try await choose()
    if let pin = stored?.pin, pin != chosen.id {
      throw .signInNeeded(
        reason: "\(place)the configuration asks for \(chosen.name), but \(system) is bound to"
          + " \(stored?.details["tenant_name"] ?? pin): put the organisation back, or start anew"
          + " with another state file after xerosync auth logout \(system)")
    }
    let complete = Tenant(
      id: chosen.id, name: chosen.name, shortCode: try await shortCode(of: chosen))
    try await store(complete)
    return complete
  }

  /// Whether the configured organisation, where there is one, is this one.
  private func matches(id: String, name: String) -> Bool {
    guard let wanted = wanted?.value else { return true }
    return wanted.lowercased() == id.lowercased() || Self.key(wanted) == Self.key(name)
  }

  private static func key(_ name: String) -> String {
    OutgoingText.line(name, limit: 500).lowercased()
  }

  private func choose() async throws(RemoteError) -> Tenant {
    let reachable = try await tenants()
    let fitting = reachable.filter { matches(id: $0.id, name: $0.name) }
    if let only = fitting.first, fitting.count == 1 {
      return Tenant(id: only.id, name: only.name, shortCode: "")
    }
    let names = reachable.map { "\($0.name) (\($0.id))" }.joined(separator: ", ")
    if reachable.isEmpty {
      // A custom connection belongs to one organisation and need not list it.
      if wanted == nil { return Tenant(id: "", name: "", shortCode: "") }
      throw .signInNeeded(
        reason: "\(place)the sign-in of \(system) reaches no organisation; sign in again:"
          + " xerosync auth login \(system)")
    }
    if fitting.isEmpty {
      throw .signInNeeded(
        reason: "\(place)the sign-in of \(system) does not reach \(wanted?.value ?? "");"
          + " it reaches: \(names)")
    }
    throw .signInNeeded(
      reason: "\(place)the sign-in of \(system) reaches several organisations: \(names); set"
        + " accounting.organisation to one of them (its id, where names are equal)")
  }

  /// The organisations of this sign-in; practices and other things are left out.
  private func tenants() async throws(RemoteError) -> [XeroTenant] {
    let url = try base.endpoint("connections")
    let response = try await client.call(
      .read(url, priority: .money, label: "connections.list"))
    do {
      return try JSONReading.decode(EachRecord<XeroTenant>.self, from: response.body).readable
        .filter { $0.type.isEmpty || $0.type.uppercased() == "ORGANISATION" }
    } catch {
      throw .unreadable(reason: "the list of organisations: \(JSONReading.reason(error))")
    }
  }

  private func shortCode(of tenant: Tenant) async throws(RemoteError) -> String {
    let headers = tenant.id.isEmpty ? [:] : ["Xero-Tenant-Id": tenant.id]
    let response = try await client.call(
      .read(
        try api.endpoint("Organisation"), headers: headers, priority: .money,
        label: "organisation.get"))
    do {
      return try JSONReading.decode(XeroAnswer<XeroOrganisation>.self, from: response.body)
        .readable.first?.shortCode ?? ""
    } catch {
      throw .unreadable(reason: "the organisation: \(JSONReading.reason(error))")
    }
  }

  private func load() throws(RemoteError) -> StoredToken? {
    do { return try tokens.load(system.rawValue) } catch {
      throw .signInNeeded(reason: error.description)
    }
  }

  private func store(_ tenant: Tenant) async throws(RemoteError) {
    try await tokens.withLock(system.rawValue) { () async throws(RemoteError) in
      var token = try self.load() ?? StoredToken()
      token.pin = tenant.id
      token.details["tenant_name"] = tenant.name
      token.details["short_code"] = tenant.shortCode
      do throws(TokenStoreError) {
        try self.tokens.save(self.system.rawValue, token)
      } catch {
        throw .notSent(reason: error.description)
      }
    }
  }

  /// Why Xero forbids a call: the organisation was disconnected, or a permission is missing.
  func explained(_ error: RemoteError) async -> RemoteError {
    guard case .refused(let refusal) = error, refusal.status == 403 else { return error }
    let name = tenant.map { $0.name.isEmpty ? $0.id : $0.name } ?? "the organisation"
    guard let reachable = try? await tenants() else {
      return .signInNeeded(reason: "Xero forbids access to \(name) (\(refusal))")
    }
    if let tenant, !tenant.id.isEmpty, !reachable.contains(where: { $0.id == tenant.id }) {
      let others = reachable.map { "\($0.name) (\($0.id))" }.joined(separator: ", ")
      return .signInNeeded(
        reason: "the sign-in of \(system) no longer reaches \(name) (\(tenant.id))"
          + (others.isEmpty ? "" : " but \(others)")
          + "; nothing is written elsewhere. Connect it again: xerosync auth login \(system)")
    }
    return .signInNeeded(
      reason: "Xero forbids this call for \(name) (\(refusal)): the sign-in lacks one of the scopes"
        + " \(XeroSignIn.scopes.joined(separator: " ")), or the person who signed in may not do"
        + " this, or the subscription has ended. Sign in again: xerosync auth login \(system)")
  }

  private var place: String { (wanted?.origin).map { "\($0): " } ?? "" }
}
