import Foundation
import Synchronization
import Testing
import Transport

/// The death of a process: everything it tries afterwards fails and changes nothing.
struct Killed: Error {}

/// Counts the effects of a process and kills it before or after the n-th.
final class Fate: Sendable {
  private let left: Mutex<(steps: Int, isDead: Bool)>
  private let dieAfterEffect: Bool

  init(dieAt step: Int = .max, afterEffect: Bool = false) {
    left = Mutex((step, false))
    dieAfterEffect = afterEffect
  }

  var isDead: Bool { left.withLock { $0.isDead } }

  /// Runs one effect unless the process is dead; throws where it dies here.
  func run<Value>(_ effect: () throws -> Value) throws -> Value {
    let diesNow = try left.withLock { left in
      if left.isDead { throw Killed() }
      left.steps -= 1
      left.isDead = left.steps < 0
      return left.isDead
    }
    if diesNow {
      if dieAfterEffect { _ = try effect() }
      throw Killed()
    }
    return try effect()
  }
}

/// An OAuth server with rotation and grace: the last refresh token and the one before it work.
final class TokenServer: Sendable {
  struct State {
    var number = 1
    var valid: [String] = ["refresh-number-1"]
    var access: Set<String> = []
    var forms: [String] = []
    var authorizations: [String?] = []
    /// Played before the server's own answers; the effect takes place for `.fail`.
    var faults: [Step] = []
    var rotates = true
    var lifetime = 1800
  }
  let state = Mutex(State())

  var forms: [String] { state.withLock { $0.forms } }
  func accepts(_ headers: [String: String]) -> Bool {
    state.withLock { $0.access.contains(headers["Authorization"] ?? "") }
  }
  func fault(_ steps: Step...) { state.withLock { $0.faults += steps } }
  func revoke() { state.withLock { $0.valid = [] } }

  func exchange(_ fate: Fate = Fate()) -> HTTPExchange {
    HTTPExchange { (request, _) async throws(HTTPFailure) in
      do {
        let outcome = try fate.run { self.answer(request) }
        return try outcome.get()
      } catch let failure as HTTPFailure { throw failure } catch {
        throw .interrupted("killed")
      }
    }
  }

  private func answer(_ request: HTTPRequest) -> Result<HTTPResponse, HTTPFailure> {
    state.withLock { state in
      let form = String(decoding: request.body ?? Data(), as: UTF8.self)
      state.forms.append(form)
      state.authorizations.append(request.headers["Authorization"])
      let fault = state.faults.isEmpty ? nil : state.faults.removeFirst()
      if case .answer(let response) = fault { return .success(response) }
      if case .fail(.notSent(let reason)) = fault { return .failure(.notSent(reason)) }
      let issued = Self.issue(form, &state)
      if case .fail(let failure) = fault { return .failure(failure) }
      return .success(issued)
    }
  }

  private static func issue(_ form: String, _ state: inout State) -> HTTPResponse {
    var reply: [String: String] = [:]
    if form.contains("grant_type=refresh_token") {
      let presented = state.valid.first { form.contains("refresh_token=\($0)") }
      guard let presented else {
        return HTTPResponse(status: 400, body: Data(#"{"error":"invalid_grant"}"#.utf8))
      }
      state.number += 1
      if state.rotates {
        let fresh = "refresh-number-\(state.number)"
        state.valid = [presented, fresh]
        reply["refresh_token"] = fresh
      }
    } else {
      state.number += 1
    }
    let access = "access-number-\(state.number)"
    state.access.insert("Bearer \(access)")
    reply["access_token"] = access
    let fields = reply.map { "\"\($0.key)\":\"\($0.value)\"" }.sorted().joined(separator: ",")
    let rest = #""scope":"a b","api_domain":"https://eu.example""#
    let text = "{\(fields),\"expires_in\":\(state.lifetime),\(rest)}"
    return HTTPResponse(status: 200, body: Data(text.utf8))
  }
}

/// A store in memory that outlives processes, writes down what is saved, and can fail.
final class Disk: Sendable {
  private let content: Mutex<[String: StoredToken]>
  private let history = Mutex<[StoredToken]>([])
  private let failing = Mutex<Set<Int>>([])
  private let saves = Mutex(0)
  private let memory = TokenStore.inMemory()

  init(_ token: StoredToken?) { content = Mutex(token.map { ["ledger": $0] } ?? [:]) }

  var token: StoredToken? { content.withLock { $0["ledger"] } }
  var saved: [StoredToken] { history.withLock { $0 } }
  /// The n-th save from the first, counted from 1, fails.
  func failSave(_ numbers: Int...) { failing.withLock { $0.formUnion(numbers) } }

  func store(_ fate: Fate = Fate()) -> TokenStore {
    TokenStore(
      load: { (system) throws(TokenStoreError) in self.content.withLock { $0[system] } },
      save: { (system, token) throws(TokenStoreError) in
        do {
          try fate.run {
            let number = self.saves.withLock { saves in
              saves += 1
              return saves
            }
            if self.failing.withLock({ $0.contains(number) }) { throw Killed() }
            self.content.withLock { $0[system] = token }
            self.history.withLock { $0.append(token) }
          }
        } catch { throw .unwritable(path: "tokens.json", reason: "no space left on device") }
      },
      remove: { (system) throws(TokenStoreError) in self.content.withLock { $0[system] = nil } },
      lock: { (system) async throws(TokenStoreError) in try await self.memory.lock(system) })
  }
}

/// One process with its authorizer.
struct Process {
  let authorizer: RefreshTokenAuthorizer

  init(_ server: TokenServer, _ disk: Disk, _ time: VirtualTime, fate: Fate = Fate()) throws {
    authorizer = RefreshTokenAuthorizer(
      system: "ledger", endpoint: try endpoint(server.exchange(fate), time),
      store: disk.store(fate))
  }
}

func endpoint(
  _ exchange: HTTPExchange, _ time: VirtualTime, _ style: ClientAuthentication = .form,
  redactor: Redactor = Redactor()
) throws -> TokenEndpoint {
  TokenEndpoint(
    url: try address("https://id.example.test/token"), clientID: "app id",
    clientSecret: Secret("s3cret+value"), authentication: style, exchange: exchange,
    time: time.source, redactor: redactor, userAgent: "unit/1", keeping: ["api_domain"])
}
