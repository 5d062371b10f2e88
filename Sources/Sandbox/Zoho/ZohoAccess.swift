import Foundation

extension ZohoSandbox {
  /// A token the organisation accepts.
  struct Grant: Sendable, Hashable {
    var value = ""
    var scopes: Set<String> = []
    /// Milliseconds; nil: never expires.
    var expires: Int64?
    /// The refresh token it came from.
    var refresh = ""
    var client = ""

    /// `ZohoCRM.modules.ALL`, `ZohoCRM.modules.deals.READ`, …
    func require(_ parts: String..., writes: Bool = false) throws(Refusal) {
      let words = writes ? ["all", "create", "update", "write", "delete"] : ["all", "read"]
      var accepted: [String] = []
      for length in 1...parts.count {
        accepted += words.map {
          "zohocrm.\(parts.prefix(length).joined(separator: ".").lowercased()).\($0)"
        }
      }
      guard scopes.contains(where: { accepted.contains($0.lowercased()) }) else {
        throw Refusal(
          401, "OAUTH_SCOPE_MISMATCH", "invalid oauth scope to access this URL")
      }
    }
  }

  /// What OAuth has issued so far.
  struct Tokens: Sendable {
    var access: [String: Grant] = [:]
    /// Access tokens in the order they were issued.
    var order: [String] = []
    var refresh: [String: Grant] = [
      "sandbox-refresh-token": Grant(
        value: "sandbox-refresh-token", scopes: ZohoSandbox.allScopes)
    ]
    var codes: [String: Code] = [:]
    /// The only client known; nil accepts any id and secret.
    var app: App?
    /// Where clients are told to call; nil: the host they asked for the token.
    var apiDomain: String?
    /// When access tokens were issued, by refresh token.
    var mints: [String: [Int64]] = [:]
    var counter = 0

    struct Code: Sendable, Hashable {
      var client: String
      var redirect: String
      var scopes: Set<String>
      var expires: Int64
      var isOffline: Bool
    }

    struct App: Sendable, Hashable {
      var id: String
      var secret: String
    }
  }

  static let allScopes: Set<String> = [
    "ZohoCRM.modules.ALL", "ZohoCRM.settings.ALL", "ZohoCRM.settings.fields.ALL",
    "ZohoCRM.settings.modules.READ", "ZohoCRM.settings.related_lists.READ", "ZohoCRM.users.READ",
    "ZohoCRM.org.READ", "ZohoCRM.coql.READ",
  ]

  func authenticate(_ request: SandboxRequest, now: Int64) throws(Refusal) -> Grant {
    let words = (request.headers["authorization"] ?? "").split(separator: " ").map(String.init)
    guard words.count == 2, words[0] == "Zoho-oauthtoken", let grant = tokens.access[words[1]],
      grant.expires.map({ $0 > now }) ?? true
    else { throw .badToken }
    return grant
  }

  /// The limits of the edition; nil lifts one.
  struct Limits: Sendable, Hashable {
    /// Credits in any 24 hours.
    var daily: Int? = 50_000
    /// So many coming calls are refused as too many at once.
    var busy = 0
    /// Access tokens in ten minutes, and active ones, of one refresh token.
    var mints = 10
    var activeTokens = 15
    var refreshTokens = 20
    /// Rows of one query.
    var queryRows = 200
  }

  /// Credits spent in the last 24 hours, by the hour.
  struct Meter: Sendable {
    private var hours: [(hour: Int64, credits: Int)] = []

    var spent: Int { hours.reduce(0) { $0 + $1.credits } }

    mutating func forget(now: Int64) {
      let oldest = now / 3_600_000 - 24
      hours.removeAll { $0.hour <= oldest }
    }

    mutating func spend(_ credits: Int, now: Int64) {
      let hour = now / 3_600_000
      if hours.last?.hour == hour {
        hours[hours.count - 1].credits += credits
      } else {
        hours.append((hour, credits))
      }
    }

    mutating func set(_ credits: Int, now: Int64) { hours = [(now / 3_600_000, credits)] }
  }

  /// One credit a call, one for ten rows of a write.
  private func cost(_ call: Call) -> Int {
    guard ["POST", "PUT"].contains(call.method), call.parts.first != "coql",
      let rows = try? JSONValue.parse(call.request.body)["data"]?.array?.count
    else { return 1 }
    return max(1, (rows + 9) / 10)
  }

  /// Counts the call, or refuses it. No header tells what is left.
  mutating func admit(_ call: Call) throws(Refusal) {
    meter.forget(now: call.now)
    let isSpent = limits.daily.map { meter.spent >= $0 } ?? false
    if limits.busy > 0 {
      limits.busy -= 1
    } else if !isSpent {
      meter.spend(cost(call), now: call.now)
      return
    }
    throw Refusal(
      429, "TOO_MANY_REQUESTS",
      "You have exceeded the limit of concurrent or daily requests; please try again later")
  }
}
