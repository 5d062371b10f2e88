import Engine
import Foundation
import HTTPTypes
import Hummingbird
import Logging
import NIOCore

/// Serves the review page on loopback until the person is done.
struct BrowserReview {
  let workplace: Workplace
  let log: DraftLog

  /// An answer is a few dozen bytes.
  private static let largestBody = 16 * 1024

  func run(_ session: ReviewSession) async throws -> Reviewer.End {
    let interruption = Interruption.listen()
    let done = AsyncStream.makeStream(of: Bool.self)
    let opened = AsyncStream.makeStream(of: Int.self)
    let holder = DeskHolder()
    let (key, token) = (Self.secret(), Self.secret())
    let log = log
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        try await application(holder) { port in
          opened.continuation.yield(port)
          opened.continuation.finish()
        }.run()
      }
      group.addTask {
        for await port in opened.stream {
          let door = ReviewDoor(port: port, key: key, token: token)
          await holder.set(
            ReviewDesk(
              session: session, door: door, keep: { try log.keep($0, $1, $2) },
              finish: { done.continuation.yield(true) }))
          invite(door.address)
        }
        while !interruption.wasRequested, !Task.isCancelled {
          try await Task.sleep(for: .milliseconds(200))
        }
        done.continuation.yield(false)
      }
      defer { group.cancelAll() }
      for await isFinished in done.stream {
        // The last answer leaves before the server does.
        if isFinished { try await Task.sleep(for: .milliseconds(300)) }
        await holder.end(isFinished)
        break
      }
    }
    return await holder.result
  }

  /// 256 random bits.
  private static func secret() -> String {
    var generator = SystemRandomNumberGenerator()
    return (0..<4).map { _ in
      let digits = String(generator.next(), radix: 16)
      return String(repeating: "0", count: 16 - digits.count) + digits
    }.joined()
  }

  private func invite(_ address: String) {
    workplace.terminal.err("Open this page; it works once, and only on this machine:")
    workplace.terminal.err("  \(address)")
    workplace.terminal.err("Ctrl-C leaves; your answers are kept.")
    let program = workplace.environment["BROWSER"].flatMap { $0.isEmpty ? nil : $0 } ?? "xdg-open"
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [program, address]
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    // Without a browser the printed address is enough.
    try? process.run()
  }

  private func application(
    _ holder: DeskHolder, onReady: @escaping @Sendable (Int) -> Void
  ) -> some ApplicationProtocol {
    Application(
      responder: CallbackResponder { (request: Request, _: BasicRequestContext) in
        guard let desk = await holder.desk else { return Response(status: .serviceUnavailable) }
        guard let body = try? await request.body.collect(upTo: Self.largestBody) else {
          return Response(status: .contentTooLarge)
        }
        return Self.response(
          await desk.answer(Self.asked(request, [UInt8](body.readableBytesView))))
      },
      configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: 0)),
      onServerRunning: { channel in onReady(channel.localAddress?.port ?? 0) },
      logger: Logger(label: "review") { _ in SwiftLogNoOpLogHandler() })
  }

  private static func asked(_ request: Request, _ body: [UInt8]) -> ReviewRequest {
    var headers: [String: String] = [:]
    for field in request.headers {
      let name = field.name.canonicalName
      headers[name] = headers[name].map { $0 + "; " + field.value } ?? field.value
    }
    if let host = request.head.authority { headers["host"] = host }
    // A form writes a blank as a plus.
    let target = URLComponents(
      string: (request.head.path ?? "/").replacingOccurrences(of: "+", with: "%20"))
    let query = Dictionary(
      (target?.queryItems ?? []).map { ($0.name, $0.value ?? "") },
      uniquingKeysWith: { first, _ in first })
    return ReviewRequest(
      method: request.method.rawValue, path: target?.path ?? "", query: query, headers: headers,
      body: body)
  }

  private static func response(_ answer: ReviewResponse) -> Response {
    var headers = HTTPFields()
    for (name, value) in answer.headers {
      if let name = HTTPField.Name(name) { headers[name] = value }
    }
    return Response(
      status: HTTPResponse.Status(code: answer.status), headers: headers,
      body: ResponseBody(byteBuffer: ByteBuffer(bytes: answer.body)))
  }
}

/// The desk exists only once the port is known.
private actor DeskHolder {
  private(set) var desk: ReviewDesk?
  private(set) var result = Reviewer.End.left

  func set(_ desk: ReviewDesk) { self.desk = desk }

  func end(_ isFinished: Bool) async {
    guard isFinished, let desk else { return }
    result = .finished(await desk.session.decisions)
  }
}
