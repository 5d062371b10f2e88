internal import Domain
internal import Foundation
internal import Transport

/// Which company this sign-in writes to: named by the sign-in, kept beside the token, and never
/// changed in silence.
actor QuickBooksCompany {
  private let system: SystemName
  private let wanted: Sourced<String>?
  private let tokens: TokenStore
  private let client: SystemClient
  private let base: URL
  private var known: String?
  private var search: Task<Result<String, RemoteError>, Never>?

  init(
    system: SystemName, wanted: Sourced<String>?, tokens: TokenStore, client: SystemClient,
    base: URL
  ) {
    self.system = system
    self.wanted = wanted
    self.tokens = tokens
    self.client = client
    self.base = base
  }

  /// The company's id (QuickBooks calls it realm); its name is checked once and then remembered.
  func id() async throws(RemoteError) -> String {
    if let known { return known }
    let task = search ?? Task { await self.find() }
    search = task
    let result = await task.value
    search = nil
    let found = try result.get()
    known = found
    return found
  }

  /// An address below the company.
  func address(_ path: [String], _ query: URLQuery = [:]) async throws(RemoteError) -> URL {
    try address(path, query, of: try await id())
  }

  private func address(
    _ path: [String], _ query: URLQuery, of company: String
  ) throws(RemoteError) -> URL {
    var url = try base.endpoint("v3", "company", company)
    for segment in path.dropLast() { url = try url.endpoint(segment) }
    var versioned = query
    // Older versions are no longer honoured; saying so keeps the meaning of an answer fixed.
    versioned.add("minorversion", "75")
    return try url.endpoint(path.last ?? "", query: versioned)
  }

  /// The body of a good answer. A fault may come with HTTP 200: it is a refusal all the same.
  func call(_ call: Call) async throws(RemoteError) -> Data {
    let response: HTTPResponse
    do { response = try await client.call(call) } catch { throw explained(error) }
    if let fault = QuickBooksFault(response.body), let first = fault.errors.first {
      let refusal = Refusal(
        status: response.status, code: first.code, message: fault.words, body: response.body)
      throw explained(fault.isThrottle ? .rateLimited(.throttled) : .refused(refusal))
    }
    return response.body
  }

  private func find() async -> Result<String, RemoteError> {
    do { return .success(try await pinned()) } catch { return .failure(error) }
  }

  private func pinned() async throws(RemoteError) -> String {
    let stored = try load()
    let asked = (wanted?.value).flatMap { Self.isID($0) ? $0 : nil }
    guard let company = stored?.pin ?? asked else {
      throw .signInNeeded(
        reason: "\(place)the sign-in of \(system) names no company: sign in with xerosync auth"
          + " login \(system), or set accounting.organisation to the company's id")
    }
    if let asked, asked != company {
      throw .signInNeeded(
        reason: "\(place)the configuration asks for company \(asked), but \(system) is signed in"
          + " to \(company): put the company back, or sign in anew: xerosync auth login \(system)")
    }
    if stored?.pin != nil, let name = stored?.details[Self.nameKey], fits(name, company) {
      return company
    }
    let name = try await companyName(of: company)
    guard fits(name, company) else {
      throw .signInNeeded(
        reason: "\(place)the configuration asks for \(wanted?.value ?? ""), but \(system) is"
          + " signed in to \(name) (\(company)): put the organisation back, or sign in anew and"
          + " choose it: xerosync auth login \(system)")
    }
    try await store(company, name)
    return company
  }

  private static let nameKey = "company_name"

  static func isID(_ text: String) -> Bool {
    text.count >= 5 && text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")) ~= $0 }
  }

  private func fits(_ name: String, _ company: String) -> Bool {
    guard let wanted = wanted?.value else { return true }
    return wanted == company || Self.key(wanted) == Self.key(name)
  }

  private static func key(_ name: String) -> String {
    OutgoingText.line(name, limit: 500).lowercased()
  }

  private func companyName(of company: String) async throws(RemoteError) -> String {
    let url = try address(["companyinfo", company], [:], of: company)
    let body = try await call(.read(url, priority: .money, label: "company.get"))
    do {
      return try JSONReading.decode(QuickBooksAnswer<QuickBooksCompanyInfo>.self, from: body)
        .record.name
    } catch {
      throw .unreadable(reason: "the company: \(JSONReading.reason(error))")
    }
  }

  private func load() throws(RemoteError) -> StoredToken? {
    do { return try tokens.load(system.rawValue) } catch {
      throw .signInNeeded(reason: error.description)
    }
  }

  private func store(_ company: String, _ name: String) async throws(RemoteError) {
    try await tokens.withLock(system.rawValue) { () async throws(RemoteError) in
      var token = try self.load() ?? StoredToken()
      token.pin = company
      token.details[Self.nameKey] = name
      do throws(TokenStoreError) {
        try self.tokens.save(self.system.rawValue, token)
      } catch {
        throw .notSent(reason: error.description)
      }
    }
  }

  /// Why QuickBooks forbids every call of a company, in words a person can act on.
  private func explained(_ error: RemoteError) -> RemoteError {
    guard case .refused(let refusal) = error else { return error }
    if refusal.code == "6190" {
      return .signInNeeded(
        reason: "the QuickBooks subscription of \(known ?? "the company") has ended or is"
          + " suspended (\(refusal)): renew it in QuickBooks")
    }
    guard refusal.status == 403 else { return error }
    return .signInNeeded(
      reason: "QuickBooks forbids access to company \(known ?? "") (\(refusal)): the person who"
        + " signed in lost the right to it, or it was disconnected. Sign in again: xerosync auth"
        + " login \(system)")
  }

  private var place: String { (wanted?.origin).map { "\($0): " } ?? "" }
}

extension RateLimit {
  /// QuickBooks names no time; it asks for a minute.
  static let throttled = RateLimit(retryAfter: .seconds(60), scope: "minute")
}
