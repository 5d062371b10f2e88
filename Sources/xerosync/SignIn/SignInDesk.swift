import ConfigurationFile
import Connectors
import Crypto
import Domain
import Engine
import Foundation
import Transport

/// Sign-ins by a person: the consent page, the redirect, the exchange, the token file.
struct SignInDesk {
  let workplace: Workplace
  let configuration: Configuration

  private static let standardRedirect = "http://localhost:8484/callback"

  private var tokens: TokenStore {
    workplace.tokens(configuration)
  }

  private var all: [ConnectionSettings] { [configuration.accounting] + configuration.crms }

  /// The settings of a system by its name.
  func settings(of name: String) throws -> ConnectionSettings {
    guard let settings = all.first(where: { $0.name.rawValue == name }) else {
      throw Failure(
        .wrongUsage,
        "“\(name)” is not in \(configuration.path); configured: "
          + all.map(\.name.rawValue).joined(separator: ", ") + ".")
    }
    return settings
  }

  func states() throws -> [SignInState] {
    try all.map { settings in
      let token = try stored(settings)
      let flow = settings.auth.flow.value
      return SignInState(
        system: settings.name, flow: flow,
        needsSignIn: flow == "authorization_code" && token?.refreshToken == nil,
        accessTokenExpires: token?.expiresAt.map(Instant.init(milliseconds:)),
        signInExpires: token?.refreshExpiresAt.map(Instant.init(milliseconds:)),
        scopes: token?.scopes ?? [], account: token?.pin)
    }
  }

  private func stored(_ settings: ConnectionSettings) throws -> StoredToken? {
    do { return try tokens.load(settings.name.rawValue) } catch {
      throw Failure(.signInNeeded, error.description)
    }
  }

  func login(_ settings: ConnectionSettings, usesBrowser: Bool) async throws {
    let environment = ConnectorEnvironment(
      exchange: LiveHTTP.exchange(userAgent: Connections.userAgent, maxConnectionsPerHost: 1),
      time: workplace.time, tokens: tokens, budget: .none(), logger: workplace.logger,
      redactor: workplace.redactor, passDeadline: workplace.time.monotonic() + .seconds(600),
      userAgent: Connections.userAgent, seed: 1)
    guard
      let signIn = try ConnectorRegistry.signIn(settings: settings, environment: environment)
    else {
      throw Failure(
        .wrongUsage,
        "\(settings.name) signs in by “\(settings.auth.flow.value)”, which needs no person.")
    }
    let redirect = settings.options["redirect_uri"]?.value ?? Self.standardRedirect
    let state = Self.random(32)
    let verifier = Self.random(64)
    let page = try signIn.authorizePage(redirect, state, Self.challenge(verifier))
    let visitor = RedirectVisitor(terminal: workplace.terminal, redirect: redirect, state: state)
    let code =
      usesBrowser
      ? try await visitor.listen(
        opening: page, browser: workplace.environment["BROWSER"] ?? "xdg-open")
      : try visitor.paste(page)
    try await keep(
      try await exchange(code, redirect, verifier, at: signIn.tokenEndpoint, settings), settings)
  }

  private func exchange(
    _ code: String, _ redirect: String, _ verifier: String, at endpoint: TokenEndpoint,
    _ settings: ConnectionSettings
  ) async throws -> StoredToken {
    do {
      return try await endpoint.request([
        "grant_type": "authorization_code", "code": code, "redirect_uri": redirect,
        "code_verifier": verifier,
      ])
    } catch {
      throw Failure(
        .signInNeeded,
        "\(settings.name) did not accept the sign-in (\(error)). Check client_id, client_secret "
          + "and that \(redirect) is registered with the app, then sign in again.")
    }
  }

  /// A new sign-in starts afresh: what was pinned or half renewed before is forgotten.
  private func keep(_ token: StoredToken, _ settings: ConnectionSettings) async throws {
    do {
      let lock = try await tokens.lock(settings.name.rawValue)
      defer { lock.release() }
      try tokens.save(settings.name.rawValue, token)
    } catch {
      throw Failure(.signInNeeded, "\(error)")
    }
  }

  func forget(_ settings: ConnectionSettings) async throws {
    do {
      let lock = try await tokens.lock(settings.name.rawValue)
      defer { lock.release() }
      try tokens.remove(settings.name.rawValue)
    } catch {
      throw Failure(.signInNeeded, "\(error)")
    }
  }

  /// Tokens obtained elsewhere.
  func take(_ input: Data, for settings: ConnectionSettings) async throws {
    struct Tokens: Decodable {
      var refresh_token: String?
      var access_token: String?
      var expires_at: Instant?
    }
    guard let given = try? JSONDecoder().decode(Tokens.self, from: input),
      given.refresh_token != nil || given.access_token != nil
    else {
      throw Failure(
        .malformedInput,
        #"Standard input must be {"refresh_token": "…"}, with access_token and expires_at "#
          + "(like 2026-11-22T08:00:00Z) where they are there.")
    }
    try await keep(
      StoredToken(
        accessToken: given.access_token.map(Secret.init),
        expiresAt: given.expires_at?.milliseconds,
        refreshToken: given.refresh_token.map(Secret.init)),
      settings)
  }

  private static func random(_ length: Int) -> String {
    let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
    var generator = SystemRandomNumberGenerator()
    return String((0..<length).map { _ in letters[Int.random(in: 0..<64, using: &generator)] })
  }

  /// S256 of RFC 7636: the hash of the verifier, base64url without padding.
  private static func challenge(_ verifier: String) -> String {
    Data(SHA256.hash(data: Data(verifier.utf8))).base64EncodedString()
      .replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
  }
}
