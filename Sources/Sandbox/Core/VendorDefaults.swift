import Foundation

/// What the sandbox's core may ask of a vendor beyond answering; a vendor refines these by
/// declaring a method of the same shape.
extension SimulatedVendor {
  /// What a judge wants to see of this vendor, as a JSON object; served at `/_sandbox/state`.
  package func stateSummary() -> JSONValue { [:] }

  /// Whether the request would change the vendor's data when it succeeds.
  package func isWrite(_ request: SandboxRequest) -> Bool {
    !["GET", "HEAD", "OPTIONS"].contains(request.method.uppercased())
  }

  /// Makes every access token invalid from now on, as the fault `expire_token` needs.
  package mutating func expireAccessTokens(at now: SandboxTime) {
    _ = control("expire_tokens", body: Data("{}".utf8), at: now)
  }
}
