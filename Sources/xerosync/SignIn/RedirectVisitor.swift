import Engine
import Foundation
import HTTPTypes
import Hummingbird
import Logging
import Synchronization

/// Waits for the browser to come back from the consent page, and takes the code it brings.
struct RedirectVisitor {
  let terminal: Terminal
  /// The registered address, for example `http://localhost:8484/callback`.
  let redirect: String
  /// Proves that the visitor comes from the page we sent him to.
  let state: String
  /// The parameter that names the account the person chose; nil where there is none.
  var accountParameter: String?

  /// What the browser brings back.
  struct Visit: Sendable {
    var code: String
    var account: String?
  }

  /// A person pastes the address the browser ended at.
  func paste(_ page: URL) throws -> Visit {
    terminal.out("Open this address, sign in, and paste the address you end at:")
    terminal.out("  \(page.absoluteString)")
    guard let line = readLine(), let components = URLComponents(string: line),
      let visit = try visit(components.queryItems ?? [])
    else {
      throw Failure(.signInNeeded, "That is no address with a code. Start again.")
    }
    return visit
  }

  /// Listens on the redirect address while the browser is away.
  func listen(opening page: URL, browser: String) async throws -> Visit {
    guard let address = URLComponents(string: redirect), let port = address.port,
      ["localhost", "127.0.0.1"].contains(address.host ?? "")
    else {
      throw Failure(
        .configuration,
        "auth.redirect_uri \(redirect) is no address on this machine with a port, like "
          + "http://localhost:8484/callback. Use --no-browser for another.")
    }
    let (visits, visit) = AsyncStream.makeStream(of: Result<Visit, Failure>.self)
    let responder = CallbackResponder { (request: Request, _: BasicRequestContext) in
      guard request.uri.path == address.path else { return Response(status: .notFound) }
      let items = request.uri.queryParameters.map {
        URLQueryItem(name: String($0.key), value: String($0.value))
      }
      do throws(Failure) {
        guard let found = try self.visit(items) else {
          return Self.page("Nothing to do here.")
        }
        visit.yield(.success(found))
        return Self.page("Signed in. You can close this page and go back to the terminal.")
      } catch {
        visit.yield(.failure(error))
        return Self.page("The sign-in failed; the terminal says why.")
      }
    }
    return try await withThrowingTaskGroup(of: Visit?.self) { group in
      group.addTask {
        try await Self.serve(responder, port: port) { open(page, browser) }
        return nil
      }
      group.addTask {
        for await outcome in visits { return try outcome.get() }
        return nil
      }
      defer { group.cancelAll() }
      while let found = try await group.next() {
        if let found { return found }
      }
      throw Failure(.signInNeeded, "The browser never came back. Start again.")
    }
  }

  private static func serve(
    _ responder: CallbackResponder<BasicRequestContext>, port: Int,
    whenReady: @escaping @Sendable () -> Void
  ) async throws {
    do {
      try await Application(
        responder: responder,
        configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: port)),
        onServerRunning: { _ in whenReady() },
        logger: Logger(label: "sign-in") { _ in SwiftLogNoOpLogHandler() }
      ).run()
    } catch is CancellationError {
      return
    } catch {
      throw Failure(
        .signInNeeded,
        "Port \(port) is taken, so the browser could not come back. Free it, or use --no-browser.")
    }
  }

  private func open(_ page: URL, _ browser: String) {
    terminal.err("Opening the browser; if none opens, go to:\n  \(page.absoluteString)")
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [browser, page.absoluteString]
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try? process.run()
  }

  /// The code of a redirect; nil when there is none. A foreign state or a refusal is an error.
  private func visit(_ items: [URLQueryItem]) throws(Failure) -> Visit? {
    func value(_ name: String) -> String? { items.first { $0.name == name }?.value }
    if let error = value("error") {
      throw Failure(.signInNeeded, "The consent was refused (\(error)). Start again.")
    }
    guard let code = value("code") else { return nil }
    guard value("state") == state else {
      throw Failure(
        .signInNeeded, "The redirect does not belong to this sign-in. Start again.")
    }
    return Visit(code: code, account: accountParameter.flatMap(value))
  }

  private static func page(_ text: String) -> Response {
    Response(
      status: .ok, headers: [.contentType: "text/plain; charset=utf-8"],
      body: ResponseBody(byteBuffer: ByteBuffer(string: text + "\n")))
  }
}
