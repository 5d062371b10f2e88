extension HubSpotSandbox {
  /// `/objects/{type}/{id}/associations/…`
  mutating func objectLinks(_ call: Call, _ rest: [String]) throws(Refusal) -> SandboxResponse {
    let from = try kind(rest[0])
    switch (call.method, rest.count, rest[3]) {
    case ("PUT", 6, "default"):
      let to = try kind(rest[4])
      try require(.write, from, call)
      let type = try plainType(from, to)
      let (id, other) = try pair(from, rest[1], to, rest[5])
      links.add(from: from, id, to: to, other, types: [type])
      return batchReply(
        defaultJSON(type, id, other), errors: [], .v4, status: 200, now: call.now)
    case ("GET", 4, let name):
      let to = try kind(name)
      try require(.read, from, call)
      try require(.read, to, call)
      let limit = try call.limit(
        standard: min(500, limits.associationPage), most: max(500, limits.associationPage))
      guard let record = resolve(rest[1], from) else { throw .noObject(rest[1]) }
      let (ends, next) = try page(
        liveEnds(record.id, from, to), after: call.request.queryValue("after"), limit: limit)
      var object: JSONValue.Object = [
        "results": .array(ends.map { endJSON($0, from, to) })
      ]
      if let next { object["paging"] = ["next": call.nextLink(after: next)] }
      return .json(.object(object))
    case ("PUT", 5, let name):
      let to = try kind(name)
      try require(.write, from, call)
      guard let specs = (try? JSONValue.parse(call.request.body))?.array else { throw .badJSON }
      let types = try linkTypes(specs, from: from, to: to)
      let (id, other) = try pair(from, rest[1], to, rest[4])
      links.add(from: from, id, to: to, other, types: types)
      return .json(labelsJSON(from, id, to, other), status: 201)
    case ("DELETE", 5, let name):
      let to = try kind(name)
      try require(.write, from, call)
      if let id = resolve(rest[1], from)?.id, let other = resolve(rest[4], to)?.id {
        links.remove(from: from, id, to: to, other)
      }
      return SandboxResponse(status: 204)
    case (_, 4...6, _): throw .wrongMethod
    case (_, _, _): throw .noRoute
    }
  }
}
