import Foundation
package import Sandbox
package import Transport

/// The sandbox as a network: each request is answered in process, and what the sandbox says about
/// its delivery becomes the failure that the live client would report.
package struct SandboxExchange: Sendable {
  let world: SandboxWorld
  let clock: VirtualClock

  package init(world: SandboxWorld, clock: VirtualClock) {
    self.world = world
    self.clock = clock
  }

  package var exchange: HTTPExchange {
    HTTPExchange { request, idle throws(HTTPFailure) in
      try deliver(world.respond(to: Self.sandbox(request)), idle: idle)
    }
  }

  /// What arrives of an answer.
  package func deliver(
    _ answer: SandboxResponse, idle: Duration
  ) throws(HTTPFailure) -> HTTPResponse {
    switch answer.delivery {
    case .whole: break
    case .dropped: throw .interrupted("the connection was lost (-1005)")
    case .truncated: throw .interrupted("the connection was lost (-1)")
    case .delayed(let seconds):
      let late = Duration.seconds(seconds)
      clock.advance(min(late, idle))
      if late > idle { throw .interrupted("the server was silent for too long (-1001)") }
    }
    return HTTPResponse(
      status: answer.status,
      headers: HTTPHeaders(answer.headers.map { (name: $0.name, value: $0.value) }),
      body: answer.body)
  }

  /// A request as the sandbox takes it.
  package static func sandbox(_ request: HTTPRequest) -> SandboxRequest {
    let parts = URLComponents(url: request.url, resolvingAgainstBaseURL: false)
    // A plus sign in a query is a plus sign: form encoding is for bodies.
    let query = (parts?.queryItems ?? []).map {
      SandboxRequest.QueryItem(name: $0.name, value: $0.value ?? "")
    }
    return SandboxRequest(
      method: request.method.rawValue, path: parts?.path ?? "", query: query,
      headers: Dictionary(
        request.headers.map { ($0.key.lowercased(), $0.value) }, uniquingKeysWith: { $1 }),
      body: request.body ?? Data())
  }
}
