import Foundation

extension SandboxResponse {
  /// A JSON answer.
  package static func json(
    _ value: JSONValue, status: Int = 200, headers: [Header] = []
  ) -> SandboxResponse {
    let type = Header(name: "Content-Type", value: "application/json; charset=utf-8")
    return SandboxResponse(status: status, headers: [type] + headers, body: value.serialized())
  }

  /// A page as a proxy or a broken service would send it.
  package static func html(_ page: String, status: Int) -> SandboxResponse {
    let type = Header(name: "Content-Type", value: "text/html; charset=utf-8")
    return SandboxResponse(status: status, headers: [type], body: Data(page.utf8))
  }

  /// A 400 of the sandbox's own control door, saying what was expected.
  package static func controlError(_ message: String) -> SandboxResponse {
    .json(["error": .string(message)], status: 400)
  }

  /// The body as JSON; nil when it is none.
  package var jsonBody: JSONValue? { try? JSONValue.parse(body) }

  /// The first header of that name, compared without regard to letter case.
  package func header(_ name: String) -> String? {
    headers.first { $0.name.lowercased() == name.lowercased() }?.value
  }
}

extension SandboxRequest {
  /// The body's fields when it is `application/x-www-form-urlencoded`; later ones win.
  package var formFields: [String: String] {
    var fields: [String: String] = [:]
    for pair in String(decoding: body, as: UTF8.self).split(separator: "&") {
      let halves = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let decoded = halves.map {
        let spaced = $0.replacingOccurrences(of: "+", with: " ")
        return spaced.removingPercentEncoding ?? spaced
      }
      if let name = decoded.first { fields[name] = decoded.count == 2 ? decoded[1] : "" }
    }
    return fields
  }
}
