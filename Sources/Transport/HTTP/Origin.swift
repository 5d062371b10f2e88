package import Foundation

/// Scheme, host and port of an address: what a credential is bound to.
package struct Origin: Sendable, Hashable, CustomStringConvertible {
  package let scheme: String
  package let host: String
  package let port: Int

  /// nil where the address is not absolute http(s), carries a user or password, or is plain http
  /// to anything but this machine.
  package init?(_ url: URL) {
    guard
      let scheme = url.scheme?.lowercased(), let host = url.host?.lowercased(), !host.isEmpty,
      url.user == nil, url.password == nil
    else { return nil }
    let usual: Int
    switch scheme {
    case "https": usual = 443
    case "http" where Self.isLoopback(host): usual = 80
    default: return nil
    }
    self.scheme = scheme
    self.host = host
    self.port = url.port ?? usual
  }

  package var description: String { "\(scheme)://\(host):\(port)" }

  static func isLoopback(_ host: String) -> Bool {
    let bare = host.trimmingCharacters(in: CharacterSet(charactersIn: "[]"))
    if bare == "localhost" || bare == "::1" { return true }
    let parts = bare.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
  }
}
