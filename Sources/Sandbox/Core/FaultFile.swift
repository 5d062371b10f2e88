package import Foundation

/// Why a list of faults was not accepted: the entry (from 0; nil for the whole document), what
/// was wrong, and what is known.
package struct FaultFileError: Error, Sendable, Hashable, CustomStringConvertible {
  package var index: Int?
  package var message: String

  package var description: String {
    index.map { "fault \($0): \(message)" } ?? "faults: \(message)"
  }
}

extension Fault {
  /// Reads a list of faults: a JSON array, or an object whose `faults` is one.
  package static func list(from data: Data) throws(FaultFileError) -> [Fault] {
    let document: JSONValue
    do { document = try JSONValue.parse(data) } catch {
      throw FaultFileError(index: nil, message: error.description)
    }
    guard let entries = document.array ?? document["faults"]?.array else {
      throw FaultFileError(
        index: nil, message: "expected an array of faults, or an object with \"faults\"")
    }
    var faults: [Fault] = []
    for (index, entry) in entries.enumerated() {
      faults.append(try FaultReader(index: index, entry: entry).fault())
    }
    return faults
  }

  /// The fault's name in files, for example `drop_after`.
  package var name: String {
    switch kind {
    case .refuseConnection: "refuse_connection"
    case .dropBefore: "drop_before"
    case .dropAfter: "drop_after"
    case .status: "status"
    case .statusAfter: "status_after"
    case .truncate: "truncate"
    case .html: "html"
    case .delay: "delay"
    case .rateLimit: "rate_limit"
    case .expireToken: "expire_token"
    case .redirect: "redirect"
    case .badJSON: "bad_json"
    case .duplicate: "duplicate"
    }
  }
}

/// Reads one entry; every key it meets must be known for the entry's kind.
private struct FaultReader {
  let index: Int
  let entry: JSONValue

  private static let common = ["fault", "vendor", "method", "path", "skip", "times"]
  private static let ownKeys: [String: [String]] = [
    "refuse_connection": [], "drop_before": [], "drop_after": [],
    "status": ["status", "body", "html", "retry_after"],
    "status_after": ["status", "body", "html", "retry_after"],
    "truncate": ["bytes"], "html": ["status", "html", "applied"], "delay": ["seconds"],
    "rate_limit": ["retry_after", "retry_after_date", "problem"], "expire_token": [],
    "redirect": ["location", "status"], "bad_json": ["applied"], "duplicate": [],
  ]

  func fault() throws(FaultFileError) -> Fault {
    guard let object = entry.object else { throw wrong("expected an object") }
    let kinds = Self.ownKeys.keys.sorted().joined(separator: ", ")
    guard let name = object["fault"]?.string else {
      throw wrong("\"fault\" must be one of: \(kinds)")
    }
    guard let own = Self.ownKeys[name] else {
      throw wrong("unknown fault \"\(name)\"; known: \(kinds)")
    }
    for key in object.keys where !(Self.common + own).contains(key) {
      let known = (Self.common + own).joined(separator: ", ")
      throw wrong("unknown key \"\(key)\" for \(name); known: \(known)")
    }
    return Fault(
      try kind(name), vendor: try text("vendor"), method: try text("method"),
      path: try text("path"), skip: try number("skip") ?? 0, times: try times())
  }

  private func kind(_ name: String) throws(FaultFileError) -> Fault.Kind {
    switch name {
    case "refuse_connection": return .refuseConnection
    case "drop_before": return .dropBefore
    case "drop_after": return .dropAfter
    case "status": return .status(try answer())
    case "status_after": return .statusAfter(try answer())
    case "truncate": return .truncate(bytes: try number("bytes"))
    case "html": return try page()
    case "delay": return .delay(seconds: try required(try number("seconds"), "seconds"))
    case "rate_limit": return .rateLimit(try retryAfter(), problem: try text("problem"))
    case "expire_token": return .expireToken
    case "redirect":
      let location = try required(try text("location"), "location")
      return .redirect(location: location, status: try status() ?? 302)
    case "bad_json": return .badJSON(applied: try flag("applied") ?? true)
    case "duplicate": return .duplicate
    default: throw wrong("unknown fault \"\(name)\"")
    }
  }

  /// Once unless told otherwise; `null` means always.
  private func times() throws(FaultFileError) -> Int? {
    entry["times"] == nil ? 1 : try number("times")
  }

  private func page() throws(FaultFileError) -> Fault.Kind {
    .html(
      status: try status() ?? 200,
      page: try text("html") ?? Fault.page("Sign in to the network"),
      applied: try flag("applied") ?? false)
  }

  private func answer() throws(FaultFileError) -> Fault.Answer {
    let status = try required(try status(), "status")
    var headers: [SandboxResponse.Header] = []
    if let seconds = try number("retry_after") {
      headers.append(.init(name: "Retry-After", value: String(seconds)))
    }
    if let html = try text("html") {
      return Fault.Answer(status: status, body: html, headers: headers)
    }
    switch entry["body"] {
    case nil: return Fault.Answer(status: status, headers: headers)
    case .string(let body)?:
      return Fault.Answer(status: status, contentType: "text/plain", body: body, headers: headers)
    case let value?:
      let body = String(decoding: value.serialized(), as: UTF8.self)
      return Fault.Answer(
        status: status, contentType: "application/json; charset=utf-8", body: body,
        headers: headers)
    }
  }

  private func retryAfter() throws(FaultFileError) -> Fault.RetryAfter {
    if let seconds = try number("retry_after") { return .seconds(seconds) }
    if let seconds = try number("retry_after_date") { return .date(inSeconds: seconds) }
    return .absent
  }

  private func text(_ key: String) throws(FaultFileError) -> String? {
    guard let value = entry[key], !value.isNull else { return nil }
    guard let text = value.string else { throw wrong("\"\(key)\" must be text") }
    return text
  }

  private func number(_ key: String) throws(FaultFileError) -> Int? {
    guard let value = entry[key], !value.isNull else { return nil }
    guard let number = value.int, number >= 0 else {
      throw wrong("\"\(key)\" must be a whole number, 0 or more")
    }
    return number
  }

  private func status() throws(FaultFileError) -> Int? {
    guard let status = try number("status") else { return nil }
    guard (200...599).contains(status) else { throw wrong("\"status\" must be 200 to 599") }
    return status
  }

  private func flag(_ key: String) throws(FaultFileError) -> Bool? {
    guard let value = entry[key], !value.isNull else { return nil }
    guard let flag = value.bool else { throw wrong("\"\(key)\" must be true or false") }
    return flag
  }

  private func required<T>(_ value: T?, _ key: String) throws(FaultFileError) -> T {
    guard let value else { throw wrong("\"\(key)\" is missing") }
    return value
  }

  private func wrong(_ message: String) -> FaultFileError {
    FaultFileError(index: index, message: message)
  }
}
