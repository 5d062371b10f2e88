extension HubSpotSandbox {
  /// `/pipelines/{type}/…`; only deals have pipelines here.
  func pipelineRoutes(_ call: Call, _ rest: [String]) throws(Refusal) -> SandboxResponse {
    guard call.method == "GET" else { throw .wrongMethod }
    guard let first = rest.first else { throw .noRoute }
    let kind = try kind(first)
    try requireSchema(.read, kind, call)
    let all = kind == .deals ? pipelines : []
    if rest.count == 1 {
      return .json(["results": .array(all.enumerated().map { $1.json(order: $0) })])
    }
    guard let order = all.firstIndex(where: { $0.id == rest[1] }) else {
      throw .noObject(rest[1])
    }
    let pipeline = all[order]
    let stages = pipeline.stages.enumerated().map { $1.json(order: $0) }
    switch rest.count {
    case 2: return .json(pipeline.json(order: order))
    case 3 where rest[2] == "stages": return .json(["results": .array(stages)])
    case 4 where rest[2] == "stages":
      guard let place = pipeline.stages.firstIndex(where: { $0.id == rest[3] }) else {
        throw .noObject(rest[3])
      }
      return .json(stages[place])
    default: throw .noRoute
    }
  }

  /// `/owners` and `/owners/{id}`.
  func ownerRoutes(_ call: Call, _ rest: [String]) throws(Refusal) -> SandboxResponse {
    guard call.method == "GET" else { throw .wrongMethod }
    try require(anyOf: ["crm.objects.owners.read"], call)
    let archived = call.flag("archived")
    let shown = owners.filter { $0.isArchived == archived }
    if let id = rest.first {
      guard rest.count == 1 else { throw .noRoute }
      let byUser = call.request.queryValue("idProperty") == "userId"
      guard let owner = shown.first(where: { byUser ? String($0.userID) == id : $0.id == id })
      else { throw .noObject(id) }
      return .json(owner.json)
    }
    let limit = try call.limit(standard: 100, most: 500)
    let email = call.request.queryValue("email")?.lowercased()
    let wanted = shown.filter { email == nil || $0.email.lowercased() == email }
      .sorted { (Int($0.id) ?? 0) < (Int($1.id) ?? 0) }
    let after = call.request.queryValue("after").flatMap { Int($0) } ?? 0
    let rest = wanted.filter { (Int($0.id) ?? 0) >= after }
    var object: JSONValue.Object = ["results": .array(rest.prefix(limit).map(\.json))]
    if rest.count > limit { object["paging"] = ["next": call.nextLink(after: rest[limit].id)] }
    return .json(.object(object))
  }

  /// `/account-info/{version}/…`; any valid token may read it.
  mutating func accountInfo(_ call: Call, _ rest: [String]) throws(Refusal) -> SandboxResponse {
    guard let version = rest.first.flatMap(Version.init(path:)), version != .v4 else {
      throw .noRoute
    }
    guard call.method == "GET" else { throw .wrongMethod }
    switch rest.dropFirst().joined(separator: "/") {
    case "details": return .json(account.details(at: call.now))
    case "api-usage/daily/private-apps":
      let resets = account.nextMidnight(after: call.now)
      let used = meter.usedToday(resets: resets)
      return .json([
        "results": [
          [
            "name": "private-apps-api-calls-daily", "usageLimit": .integer(limits.daily ?? 0),
            "currentUsage": .integer(used), "collectedAt": .string(Stamp.text(call.now)),
            "fetchStatus": "SUCCESS", "resetsAt": .string(Stamp.text(resets)),
          ]
        ]
      ])
    default: throw .noRoute
    }
  }

  /// `/tax-rates/{version}/tax-rates/…`
  func taxRateRoutes(_ call: Call, _ rest: [String]) throws(Refusal) -> SandboxResponse {
    guard rest.count >= 2, rest[1] == "tax-rates",
      ["v1", "2026-03", "2026-09"].contains(rest[0])
    else { throw .noRoute }
    guard call.method == "GET" else { throw .wrongMethod }
    try require(anyOf: ["tax_rates.read", "e-commerce"], call)
    if rest.count == 3 {
      guard let rate = taxRates.first(where: { $0.id == rest[2] }) else {
        throw .noObject(rest[2])
      }
      return .json(rate.json)
    }
    guard rest.count == 2 else { throw .noRoute }
    let active = call.request.queryValue("active").map { $0.lowercased() == "true" }
    let limit = try call.limit(standard: 100, most: 100)
    let after = max(0, call.request.queryValue("after").flatMap { Int($0) } ?? 0)
    let wanted = taxRates.filter { active == nil || $0.isActive == active }
    let page = wanted.dropFirst(after).prefix(limit)
    var object: JSONValue.Object = ["results": .array(page.map(\.json))]
    if after + page.count < wanted.count {
      object["paging"] = ["next": call.nextLink(after: String(after + page.count))]
    }
    return .json(.object(object))
  }

  /// `/settings/v3/currencies/…` and `/settings/currencies/2026-09/…`
  func currencyRoutes(_ call: Call, _ rest: [String]) throws(Refusal) -> SandboxResponse {
    guard rest.count >= 3,
      rest.prefix(2) == ["v3", "currencies"] || rest.prefix(2) == ["currencies", "2026-09"]
    else { throw .noRoute }
    guard call.method == "GET" else { throw .wrongMethod }
    try require(anyOf: ["settings.currencies.read"], call)
    let made: JSONValue = "2025-01-06T21:00:00.000Z"
    switch rest.dropFirst(2).joined(separator: "/") {
    case "company-currency":
      return .json(["id": .string(account.companyCurrency), "createdAt": made])
    case "exchange-rates", "exchange-rates/current":
      let list = account.rates.enumerated().map { index, rate -> JSONValue in
        [
          "id": .string(String(index + 1)), "fromCurrencyCode": .string(rate.code),
          "toCurrencyCode": .string(account.companyCurrency),
          "conversionRate": .number(rate.rate), "createdAt": made, "updatedAt": made,
          "effectiveAt": made, "visibleInUI": true,
        ]
      }
      return .json(["results": .array(list)])
    default: throw .noRoute
    }
  }
}
