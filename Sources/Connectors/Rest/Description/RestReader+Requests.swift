import Domain
import Transport

extension RestReader {
  static let requestKeys = [
    "method", "path", "query", "headers", "body", "graphql", "success", "errors",
  ]

  mutating func request(
    _ section: RestSection, _ names: RestNames, method standard: HTTPMethod = .get
  ) -> RestRequest {
    var request = RestRequest(path: .literal("/"), origin: section.origin)
    request.method = standard
    if section["graphql"] != nil { request.method = .post }
    if let word = choice(section, "method", HTTPMethod.allCases.map(\.rawValue)) {
      request.method = HTTPMethod(rawValue: word) ?? standard
    }
    if let path = template(section, "path", names) {
      request.path = path
      checkPath(path, section)
    } else if section["path"] == nil {
      report(
        section.origin, "\(section.place("path")) is required", "write the part behind the address")
    }
    request.query = pairs(section, "query", names)
    request.headers = pairs(section, "headers", names)
    if let node = section["body"] { request.body = body(node, section.place("body"), names) }
    if let node = section["graphql"] {
      request.body = graphQL(node, section.place("graphql"), names)
    }
    if request.body != nil, request.method == .get {
      report(
        section.origin, "\(section.path) sends a body with GET", "set method: POST")
    }
    request.rules = rules(section)
    return request
  }

  private mutating func checkPath(_ path: RestTemplate, _ section: RestSection) {
    guard let node = section["path"] else { return }
    let place = section.place("path")
    let literals = path.parts.compactMap { if case .literal(let text) = $0 { text } else { nil } }
    if path.text.first != "/" {
      report(node.origin, "\(place) must begin with /", "write /\(path.text)")
    }
    if literals.contains(where: { $0.contains { "?#\\ ".contains($0) } || $0.contains("..") }) {
      report(
        node.origin, "\(place) holds characters an address path does not have",
        "put what follows the ? under query")
    }
  }

  mutating func pairs(
    _ section: RestSection, _ key: String, _ names: RestNames
  ) -> [RestPair] {
    guard let node = section[key], let inner = mapping(node, section.place(key)) else { return [] }
    return inner.order.compactMap { name in
      guard let value = inner.members[name] else { return nil }
      guard case .scalar(let text, _) = value.content else {
        wrong(value, inner.place(name), "a text")
        return nil
      }
      return template(text, at: value.origin, inner.place(name), names).map {
        RestPair(name: name, value: $0)
      }
    }
  }

  /// The text of a query is never a template: values go into variables.
  private mutating func graphQL(
    _ node: DocumentNode, _ path: String, _ names: RestNames
  ) -> RestBody? {
    guard
      let section = section(node, path, known: ["query", "variables"], required: ["query"]),
      let text = text(section, "query"), let place = section["query"]
    else { return nil }
    if text.contains("{{") {
      report(
        place.origin, "\(section.place("query")) holds a placeholder",
        "declare a variable in the query and give it a value under variables")
    }
    var members = [RestBody.Member(key: .literal("query"), value: .fixed(.text(text)))]
    if let node = section["variables"], let body = body(node, section.place("variables"), names) {
      members.append(RestBody.Member(key: .literal("variables"), value: body))
    }
    return .object(members)
  }

  mutating func body(
    _ node: DocumentNode, _ path: String, _ names: RestNames
  ) -> RestBody? {
    switch node.content {
    case .scalar(let text, let isQuoted):
      if text.contains("{{") {
        return template(text, at: node.origin, path, names).map { .template($0) }
      }
      return .fixed(isQuoted ? .text(text) : RestValue(node).outgoing)
    case .list(let items):
      return .list(
        items.enumerated().compactMap { body($0.element, "\(path)[\($0.offset)]", names) })
    case .mapping(let members):
      if members.count == 1, members[0].key == "$json" {
        return body(members[0].value, path, names).map { .jsonText($0) }
      }
      guard let inner = mapping(node, path) else { return nil }
      return .object(
        inner.order.compactMap { name in
          guard let value = inner.members[name],
            let key = template(name, at: value.origin, inner.place(name), names)
          else { return nil }
          return body(value, inner.place(name), names).map { RestBody.Member(key: key, value: $0) }
        })
    }
  }

  // MARK: Answers

  mutating func rules(_ section: RestSection) -> RestAnswerRules {
    var rules = RestAnswerRules()
    if let node = section["success"] { rules.success = predicate(node, section.place("success")) }
    if let node = section["errors"] {
      guard case .list(let items) = node.content else {
        wrong(node, section.place("errors"), "a list")
        return rules
      }
      rules.errors = items.enumerated().compactMap {
        errorRule($0.element, "\(section.place("errors"))[\($0.offset)]")
      }
    }
    return rules
  }

  private mutating func errorRule(_ node: DocumentNode, _ path: String) -> RestErrorRule? {
    guard
      let section = section(
        node, path, known: ["status", "when", "class", "retry_after"], required: ["class"]),
      let word = choice(section, "class", RestErrorKind.allCases.map(\.rawValue)),
      let kind = RestErrorKind(rawValue: word)
    else { return nil }
    var rule = RestErrorRule(
      status: integer(section, "status", 200...599), when: nil, kind: kind, retryAfter: nil)
    if let node = section["when"] { rule.when = predicate(node, section.place("when")) }
    rule.retryAfter = self.path(section, "retry_after")
    if rule.status == nil, rule.when == nil {
      report(
        node.origin, "\(path) says neither status nor when", "add one: it would meet every answer")
    }
    return rule
  }

  mutating func predicate(_ node: DocumentNode, _ path: String) -> RestPredicate? {
    let tests = ["equals", "not", "exists", "contains"]
    guard let section = section(node, path, known: ["path"] + tests, required: ["path"]),
      let place = self.path(section, "path")
    else { return nil }
    let given = tests.filter { section.members[$0] != nil }
    guard given.count == 1, let test = given.first, let value = section.members[test] else {
      report(
        node.origin, "\(path) needs exactly one of \(NearestWord.list(tests))",
        "write for example { path: status, equals: Won }")
      return nil
    }
    let wanted: [RestValue] =
      if case .list(let items) = value.content { items.map(RestValue.init) } else {
        [RestValue(value)]
      }
    switch test {
    case "equals": return RestPredicate(path: place, test: .equals(wanted))
    case "not": return RestPredicate(path: place, test: .not(wanted))
    case "exists": return flag(section, test).map { RestPredicate(path: place, test: .exists($0)) }
    default: return text(section, test).map { RestPredicate(path: place, test: .contains($0)) }
    }
  }
}
