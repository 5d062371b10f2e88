import Domain
import Foundation
import Transport

/// A body with placeholders: what is written in the description, value by value.
indirect enum RestBody: Hashable, Sendable {
  case fixed(OutgoingJSON)
  case template(RestTemplate)
  case object([Member])
  case list([RestBody])
  /// The inner value as JSON in a text: `{ $json: … }`.
  case jsonText(RestBody)

  struct Member: Hashable, Sendable {
    var key: RestTemplate
    var value: RestBody
  }

  var variables: [RestTemplate.Variable] {
    switch self {
    case .fixed: []
    case .template(let template): template.variables
    case .object(let members): members.flatMap { $0.key.variables + $0.value.variables }
    case .list(let items): items.flatMap(\.variables)
    case .jsonText(let body): body.variables
    }
  }
}

/// Where a text of a template ends up: decides what it may hold.
enum RestPlace: Sendable {
  case path, query, header, body
}

extension RestScope {
  /// The text of a template; nil where one of its placeholders is absent.
  ///
  /// Beside other text a value could change what the text means: it may hold harmless characters
  /// only, unless a filter says how it is to be written.
  func string(_ template: RestTemplate, for place: RestPlace) throws(RestUnfit) -> String? {
    var out = ""
    for (index, part) in template.parts.enumerated() {
      switch part {
      case .literal(let text): out += text
      case .variable(let variable):
        guard let value = try value(variable) else { return nil }
        guard let text = value.isEmpty ? "" : value.plain else {
          throw RestUnfit(reason: "{{\(variable.name)}} is \(value.kind), not one value")
        }
        let isAlone = place == .path ? Self.isSegment(template, index) : template.parts.count == 1
        try Self.check(text, variable, isAlone: isAlone, place)
        out += place == .path ? URLQuery.escape(text) : text
      }
    }
    return out
  }

  /// Whether the placeholder is a whole part of a path.
  private static func isSegment(_ template: RestTemplate, _ index: Int) -> Bool {
    func literal(_ index: Int) -> String? {
      guard template.parts.indices.contains(index), case .literal(let text) = template.parts[index]
      else { return nil }
      return text
    }
    let isOpen = literal(index - 1)?.hasSuffix("/") == true
    let isClosed = index + 1 == template.parts.count || literal(index + 1)?.hasPrefix("/") == true
    return isOpen && isClosed
  }

  private static func check(
    _ text: String, _ variable: RestTemplate.Variable, isAlone: Bool, _ place: RestPlace
  ) throws(RestUnfit) {
    let name = "{{\(variable.name)}}"
    if place == .path, ["", ".", ".."].contains(text) {
      throw RestUnfit(reason: "\(name) is empty or not usable in an address")
    }
    if place == .header, !text.utf8.allSatisfy({ (32...126).contains($0) }) {
      throw RestUnfit(reason: "\(name) holds characters that no header takes")
    }
    guard !isAlone else { return }
    switch variable.filters.last {
    case .quoted, .doubleQuoted, .plain: return
    case .fallback, .time, .number, .cents, .text, .upper, .lower, .lookup, nil: break
    }
    guard text.unicodeScalars.allSatisfy(isHarmless) else {
      throw RestUnfit(
        reason: "\(name) holds characters that would break out of the text around it;"
          + " add a filter such as quoted")
    }
  }

  private static func isHarmless(_ scalar: Unicode.Scalar) -> Bool {
    scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)
      || "-_.:@+ ".unicodeScalars.contains(scalar)
  }

  /// The body as it is sent; nil where nothing is left of it.
  ///
  /// An absent value takes its member with it; in a list it takes the whole element, or of plain
  /// values the whole list. What loses all its members goes too.
  func json(_ body: RestBody) throws(RestUnfit) -> OutgoingJSON? {
    switch body {
    case .fixed(let value): return value
    case .template(let template): return try json(template)
    case .jsonText(let inner):
      return try json(inner).map { .text(String(decoding: $0.data, as: UTF8.self)) }
    case .object(let members):
      let rendered = try rendered(members)
      return rendered.isEmpty && !members.isEmpty ? nil : .object(rendered)
    case .list(let items):
      var out: [OutgoingJSON] = []
      for item in items {
        if case .object(let members) = item {
          let rendered = try rendered(members)
          if rendered.count == members.count { out.append(.object(rendered)) }
        } else {
          // Plain values belong together, as the two ends of a span.
          guard let value = try json(item) else { return nil }
          out.append(value)
        }
      }
      return out.isEmpty && !items.isEmpty ? nil : .array(out)
    }
  }

  private func rendered(
    _ members: [RestBody.Member]
  ) throws(RestUnfit) -> [OutgoingJSON.Member] {
    var out: [OutgoingJSON.Member] = []
    for member in members {
      guard let key = plain(member.key), let value = try json(member.value) else { continue }
      out.append(OutgoingJSON.Member(key, value))
    }
    return out
  }

  /// A placeholder alone keeps its type; an empty text clears with null unless it is asked for as
  /// text.
  private func json(_ template: RestTemplate) throws(RestUnfit) -> OutgoingJSON? {
    guard let sole = template.sole else {
      return try string(template, for: .body).map { .text($0) }
    }
    guard let value = try value(sole) else { return nil }
    if value == .text(""), !sole.filters.contains(.text) { return .null }
    return value.outgoing
  }
}

/// A request as it is about to leave, without sign-in.
struct RestRendered: Hashable, Sendable {
  var method: HTTPMethod
  var url: URL
  var headers: [String: String]
  var body: Data?
}

extension RestRequest {
  /// The request with its placeholders filled in. `base` has no slash at its end.
  func rendered(
    base: URL, common: RestRequest.Common, _ scope: RestScope
  ) throws(RestUnfit) -> RestRendered {
    guard let path = try scope.string(path, for: .path) else {
      throw RestUnfit(reason: "the address needs a value that is missing: \(missing(scope))")
    }
    var items: URLQuery = [:]
    for pair in common.query + query {
      if let value = try scope.string(pair.value, for: .query) { items.add(pair.name, value) }
    }
    var fields: [String: String] = [:]
    for pair in common.headers + headers {
      if let value = try scope.string(pair.value, for: .header) { fields[pair.name] = value }
    }
    var data: Data?
    if let body {
      data = (try scope.json(body) ?? .object([])).data
      if fields["Content-Type"] == nil { fields["Content-Type"] = "application/json" }
    }
    var text = base.absoluteString
    while text.hasSuffix("/") { text.removeLast() }
    text += path
    if !items.items.isEmpty { text += (text.contains("?") ? "&" : "?") + items.percentEncoded }
    guard let url = URL(string: text) else {
      throw RestUnfit(reason: "the address could not be built")
    }
    return RestRendered(method: method, url: url, headers: fields, body: data)
  }

  private func missing(_ scope: RestScope) -> String {
    path.variables.map(\.name).filter { scope.values[$0] == nil }.joined(separator: ", ")
  }
}
