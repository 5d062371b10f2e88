import Foundation

/// The requests under `/_sandbox/…`: what a test or a demonstration does to the world itself.
extension SandboxWorld.State {
  mutating func control(_ request: SandboxRequest, base: SandboxTime) -> SandboxResponse {
    let parts = request.path.split(separator: "/").dropFirst().map(String.init)
    switch (request.method.uppercased(), parts.first, parts.count) {
    case ("GET", "state", 1): return .json(summary(at: now(base)))
    case ("GET", "log", 1): return .json(["log": .array(log.entries.map(\.json))])
    case ("DELETE", "log", 1):
      log.clear()
      return .json([:])
    case ("GET", "clock", 1): return .json(clock(at: now(base)))
    case ("POST", "clock", 1): return setClock(request.body, base: base)
    case ("GET", "faults", 1): return .json(faultList)
    case ("POST", "faults", 1): return setFaults(request.body)
    case ("DELETE", "faults", 1):
      faults = FaultPlan()
      return .json(faultList)
    case (_, let name?, 2): return person(at: name, verb: parts[1], request, now: now(base))
    case (_, _, _): return unknown(request)
    }
  }

  private mutating func person(
    at name: String, verb: String, _ request: SandboxRequest, now: SandboxTime
  ) -> SandboxResponse {
    guard let index = vendors.firstIndex(where: { type(of: $0).name == name }) else {
      return unknown(request)
    }
    guard request.method.uppercased() == "POST" else {
      return .controlError("control verbs are sent with POST and a JSON body")
    }
    let body = request.body.isEmpty ? Data("{}".utf8) : request.body
    return vendors[index].control(verb, body: body, at: now)
  }

  private func summary(at now: SandboxTime) -> JSONValue {
    var states: JSONValue.Object = [:]
    for vendor in vendors { states[type(of: vendor).name] = vendor.stateSummary() }
    return [
      "now": .string(now.iso(fraction: true)), "requests": .integer(log.total),
      "writes": .integer(log.writes), "vendors": .object(states),
    ]
  }

  private func clock(at now: SandboxTime) -> JSONValue {
    ["now": .string(now.iso(fraction: true)), "tick_milliseconds": .integer(tick)]
  }

  private mutating func setClock(_ body: Data, base: SandboxTime) -> SandboxResponse {
    let expected = """
      expected one of {"now": "2026-01-31T10:20:30Z"}, {"advance_seconds": n}, \
      {"tick_milliseconds": n}
      """
    guard let object = (try? JSONValue.parse(body))?.object, !object.isEmpty else {
      return .controlError(expected)
    }
    for (key, value) in object {
      switch (key, value.string.flatMap { SandboxTime(iso: $0) }, value.int) {
      case ("now", let time?, _): offset = time.milliseconds - base.milliseconds
      case ("advance_seconds", _, let seconds?) where abs(seconds) < 10_000_000_000:
        offset += Int64(seconds) * 1000
      case ("tick_milliseconds", _, let milliseconds?):
        tick = Int64(milliseconds)
      case (_, _, _): return .controlError(expected)
      }
    }
    return .json(clock(at: now(base)))
  }

  private mutating func setFaults(_ body: Data) -> SandboxResponse {
    do {
      faults = FaultPlan(try Fault.list(from: body))
      return .json(faultList)
    } catch {
      return .controlError(error.description)
    }
  }

  private var faultList: JSONValue {
    let list = faults.entries.map { entry -> JSONValue in
      var object: JSONValue.Object = ["fault": .string(entry.fault.name)]
      if let vendor = entry.fault.vendor { object["vendor"] = .string(vendor) }
      if let method = entry.fault.method { object["method"] = .string(method) }
      if let path = entry.fault.path { object["path"] = .string(path) }
      object["skip"] = .integer(entry.fault.skip)
      object["times"] = entry.fault.times.map { .integer($0) } ?? .null
      object["seen"] = .integer(entry.seen)
      object["fired"] = .integer(entry.fired)
      return .object(object)
    }
    return ["faults": .array(list)]
  }

  private func unknown(_ request: SandboxRequest) -> SandboxResponse {
    let names = vendors.map { "POST /_sandbox/\(type(of: $0).name)/<verb>" }
    let known =
      [
        "GET /_sandbox/state", "GET|DELETE /_sandbox/log", "GET|POST /_sandbox/clock",
        "GET|POST|DELETE /_sandbox/faults",
      ] + names
    return .json(
      [
        "error": .string("\(request.method) \(request.path) is no control request"),
        "known": .array(known.map { .string($0) }),
      ], status: 404)
  }
}
