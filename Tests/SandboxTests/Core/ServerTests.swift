import Foundation
import Sandbox
import Testing

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

@Suite struct ServerTests {
  /// Runs the server for the length of `body`, which gets its address.
  private func serving(
    _ world: SandboxWorld, _ body: @escaping @Sendable (String) async throws -> Void
  ) async throws {
    let ready = AsyncStream.makeStream(of: Int.self)
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        try await SandboxServer(world: world, port: 0, delay: { _ in }).run { port in
          ready.continuation.yield(port)
        }
      }
      group.addTask {
        for await port in ready.stream {
          try await body("http://127.0.0.1:\(port)")
          return
        }
      }
      // Either the body ends, or the server fails to start.
      try await group.next()
      group.cancelAll()
      while let _ = try? await group.next() {}
    }
  }

  private static func world() -> SandboxWorld {
    SandboxWorld(
      vendors: [XeroSandbox.demo()], startingAt: SandboxTime(milliseconds: 1_767_225_600_000))
  }

  private static func request(
    _ method: String, _ address: String, token: String? = nil, tenant: String? = nil
  ) throws -> URLRequest {
    var request = URLRequest(url: try #require(URL(string: address)))
    request.httpMethod = method
    if let token { request.setValue("Bearer \(token)", forHTTPHeaderField: "Authorization") }
    if let tenant { request.setValue(tenant, forHTTPHeaderField: "Xero-Tenant-Id") }
    return request
  }

  @Test func servesTheVendorOverTheWire() async throws {
    let world = Self.world()
    try await serving(world) { address in
      let session = URLSession(configuration: .ephemeral)
      var form = try Self.request("POST", address + "/connect/token")
      form.httpBody = Data(
        "grant_type=client_credentials&client_id=sandbox-client&client_secret=sandbox-secret".utf8)
      let (tokens, _) = try await session.data(for: form)
      let token = try #require(try JSONValue.parse(tokens)["access_token"]?.string)
      let path = "/api.xro/2.0/Accounts?where=Code%3D%3D%22200%22"
      let (data, response) = try await session.data(
        for: Self.request("GET", address + path, token: token))
      #expect((response as? HTTPURLResponse)?.statusCode == 200)
      #expect(try JSONValue.parse(data)["Accounts"]?[0]?["Name"] == "Sales")
    }
    #expect(world.log.map(\.status) == [200, 200])
  }

  @Test(arguments: [
    Fault(.dropAfter), Fault(.dropBefore), Fault(.refuseConnection), Fault(.truncate(bytes: 3)),
    Fault(.truncate(bytes: nil)),
  ])
  func brokenAnswersAreBrokenOnTheWire(fault: Fault) async throws {
    let world = Self.world()
    world.setFaults([fault])
    try await serving(world) { address in
      let session = URLSession(configuration: .ephemeral)
      let path = address + "/.well-known/openid-configuration"
      var broken = try Self.request("GET", path)
      broken.timeoutInterval = 20
      let asked = broken
      let error = await #expect(throws: URLError.self) { try await session.data(for: asked) }
      // The connection must end, not merely fall silent.
      #expect(error?.code != .timedOut)
      let (_, response) = try await session.data(for: Self.request("GET", path))
      #expect((response as? HTTPURLResponse)?.statusCode == 200)
    }
    #expect(world.log.count == 2)
  }
}
