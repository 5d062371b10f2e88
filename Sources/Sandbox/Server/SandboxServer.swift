import Foundation
import HTTPTypes
import Hummingbird
import Logging
import NIOCore

/// Serves a world on loopback (127.0.0.1, and ::1 where the machine has it).
package struct SandboxServer: Sendable {
  private let world: SandboxWorld
  private let port: Int
  private let delay: @Sendable (_ seconds: Int) async throws -> Void
  /// Above the vendors' own limits, so that those limits are the ones that answer.
  private static let largestBody = 64 * 1024 * 1024

  /// `port` 0 takes any free port. `delay` waits out the answers that a fault makes late.
  package init(
    world: SandboxWorld, port: Int,
    delay: @escaping @Sendable (_ seconds: Int) async throws -> Void = {
      try await ContinuousClock().sleep(for: .seconds($0))
    }
  ) {
    self.world = world
    self.port = port
    self.delay = delay
  }

  /// Serves until the task is cancelled. `onReady` gets the port once requests are answered.
  package func run(onReady: @escaping @Sendable (Int) async -> Void) async throws {
    let bound = AsyncStream.makeStream(of: Int.self)
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        try await application(on: .hostname("127.0.0.1", port: port)) { channel in
          bound.continuation.yield(channel.localAddress?.port ?? port)
          bound.continuation.finish()
        }.run()
      }
      group.addTask {
        for await actual in bound.stream {
          await onReady(actual)
          // Best effort: a machine without IPv6 is served on 127.0.0.1 alone.
          try? await application(on: .hostname("::1", port: actual)) { _ in }.run()
        }
      }
      defer { group.cancelAll() }
      try await group.next()
    }
  }

  private func application(
    on address: BindAddress, onServerRunning: @escaping @Sendable (any Channel) async -> Void
  ) -> some ApplicationProtocol {
    Application(
      responder: CallbackResponder { (request: Request, context: SandboxContext) in
        try await answer(request, on: context.channel)
      },
      configuration: ApplicationConfiguration(address: address),
      onServerRunning: onServerRunning,
      logger: Logger(label: "sandbox") { _ in SwiftLogNoOpLogHandler() })
  }

  private func answer(_ request: Request, on channel: any Channel) async throws -> Response {
    guard let simulated = try await Self.simulated(request) else {
      return Response(status: .contentTooLarge)
    }
    let answer = world.respond(to: simulated)
    switch answer.delivery {
    case .whole: return Self.response(answer)
    case .delayed(let seconds):
      try await delay(seconds)
      return Self.response(answer)
    case .dropped:
      try? await channel.close()
      return Response(status: .serviceUnavailable)
    case .truncated(let bytes): return Self.truncated(answer, to: bytes)
    }
  }

  /// The request as the world sees it; nil when the body is too large to be taken in.
  private static func simulated(_ request: Request) async throws -> SandboxRequest? {
    guard let body = try? await request.body.collect(upTo: largestBody) else { return nil }
    var headers: [String: String] = [:]
    for field in request.headers {
      let name = field.name.canonicalName
      headers[name] = headers[name].map { $0 + ", " + field.value } ?? field.value
    }
    if let host = request.head.authority { headers["host"] = host }
    let parts = (request.head.path ?? "/").split(
      separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    return SandboxRequest(
      method: request.method.rawValue,
      path: parts[0].removingPercentEncoding ?? String(parts[0]),
      query: parts.count == 2 ? queryItems(parts[1]) : [], headers: headers,
      body: Data(body.readableBytesView))
  }

  private static func queryItems(_ text: Substring) -> [SandboxRequest.QueryItem] {
    text.split(separator: "&").map { pair in
      let halves = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let decoded = halves.map {
        let spaced = $0.replacingOccurrences(of: "+", with: " ")
        return spaced.removingPercentEncoding ?? spaced
      }
      return .init(name: decoded[0], value: decoded.count == 2 ? decoded[1] : "")
    }
  }

  private static func head(
    _ answer: SandboxResponse
  ) -> (status: HTTPResponse.Status, headers: HTTPFields) {
    var headers = HTTPFields()
    for header in answer.headers {
      guard let name = HTTPField.Name(header.name) else { continue }
      headers.append(HTTPField(name: name, value: header.value))
    }
    return (HTTPResponse.Status(code: answer.status), headers)
  }

  private static func response(_ answer: SandboxResponse) -> Response {
    let (status, headers) = head(answer)
    let body = answer.body.isEmpty ? ResponseBody() : ResponseBody(byteBuffer: bytes(answer.body))
    return Response(status: status, headers: headers, body: body)
  }

  /// Announces the whole body, sends its beginning, and ends the connection.
  private static func truncated(_ answer: SandboxResponse, to count: Int) -> Response {
    let (status, headers) = head(answer)
    let beginning = bytes(answer.body.prefix(count))
    let announced = max(answer.body.count, count + 1)
    let body = ResponseBody(contentLength: announced) { writer in
      try await writer.write(beginning)
      throw CutOff()
    }
    return Response(status: status, headers: headers, body: body)
  }

  private static func bytes(_ data: Data) -> ByteBuffer { ByteBuffer(bytes: data) }
}

/// Ends a connection in the middle of an answer.
private struct CutOff: Error {}

/// A request context that keeps the connection, so that a fault can close it.
private struct SandboxContext: RequestContext {
  var coreContext: CoreRequestContextStorage
  let channel: any Channel

  init(source: ApplicationRequestContextSource) {
    coreContext = CoreRequestContextStorage(source: source)
    channel = source.channel
  }
}
