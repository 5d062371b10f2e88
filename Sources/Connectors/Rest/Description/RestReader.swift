package import Domain

/// Everything wrong with a description, in the order of the file.
package struct RestDescriptionErrors: Error, Hashable, Sendable, CustomStringConvertible {
  package let problems: [DocumentProblem]

  package var description: String { problems.map(\.description).joined(separator: "\n") }
}

/// A mapping of the file whose keys are all known.
struct RestSection {
  var members: [String: DocumentNode]
  /// The keys in the order of the file.
  var order: [String]
  var origin: Domain.Origin
  var path: String

  subscript(key: String) -> DocumentNode? {
    members[key].flatMap { $0.isNull ? nil : $0 }
  }

  func place(_ key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }
}

/// Turns the tree of a file into a description and collects everything that is wrong with it.
struct RestReader {
  var problems: [DocumentProblem] = []
  /// The secrets its templates name.
  var secrets: [String: Domain.Origin] = [:]
  /// What `{{value.…}}` may name.
  var values: [String: String] = [:]
  var tables: [String: [String: String]] = [:]
  /// What `{{token.…}}` may name.
  var tokenParts: [String] = []

  mutating func report(_ origin: Domain.Origin, _ message: String, _ remedy: String) {
    problems.append(DocumentProblem(origin: origin, message: message, remedy: remedy))
  }

  // MARK: Mappings

  /// The mapping at `node`; unknown, repeated and missing keys are reported.
  mutating func section(
    _ node: DocumentNode, _ path: String, known: [String], required: [String] = []
  ) -> RestSection? {
    guard let section = mapping(node, path) else { return nil }
    guard case .mapping(let members) = node.content else { return section }
    for member in members where !known.contains(member.key) {
      let near = NearestWord.word(to: member.key, among: known)
      report(
        member.origin, "\(section.place(member.key)) is not a known key",
        near.map { "did you mean “\($0)”?" } ?? "known keys here: \(known.joined(separator: ", "))")
    }
    for key in required where section[key] == nil {
      report(node.origin, "\(section.place(key)) is required", "add it; Docs/crm-rest.md shows how")
    }
    return section
  }

  /// A mapping with keys of the writer's own choice.
  mutating func mapping(_ node: DocumentNode, _ path: String) -> RestSection? {
    if node.isNull { return RestSection(members: [:], order: [], origin: node.origin, path: path) }
    guard case .mapping(let members) = node.content else {
      report(
        node.origin,
        "\(path.isEmpty ? "the file" : path) must be a mapping of keys, found \(node.found)",
        "write `key: value` lines below it")
      return nil
    }
    var section = RestSection(members: [:], order: [], origin: node.origin, path: path)
    for member in members {
      guard section.members[member.key] == nil else {
        report(
          member.origin, "\(section.place(member.key)) appears more than once", "keep one of them")
        continue
      }
      section.members[member.key] = member.value
      section.order.append(member.key)
    }
    return section
  }

  // MARK: Plain values

  mutating func text(_ section: RestSection, _ key: String) -> String? {
    guard let node = section[key] else { return nil }
    guard case .scalar(let text, _) = node.content else {
      wrong(node, section.place(key), "a text")
      return nil
    }
    return text
  }

  mutating func integer(
    _ section: RestSection, _ key: String, _ range: ClosedRange<Int>
  ) -> Int? {
    guard let node = section[key] else { return nil }
    guard case .scalar(let text, _) = node.content, let number = Int(text), range.contains(number)
    else {
      wrong(
        node, section.place(key), "a whole number from \(range.lowerBound) to \(range.upperBound)")
      return nil
    }
    return number
  }

  mutating func flag(_ section: RestSection, _ key: String) -> Bool? {
    guard let node = section[key] else { return nil }
    guard let flag = node.flag else {
      wrong(node, section.place(key), "true or false")
      return nil
    }
    return flag
  }

  mutating func choice(_ section: RestSection, _ key: String, _ words: [String]) -> String? {
    guard let node = section[key] else { return nil }
    guard case .scalar(let text, _) = node.content, words.contains(text) else {
      var remedy: String?
      if case .scalar(let text, _) = node.content {
        remedy = NearestWord.word(to: text, among: words).map { "did you mean “\($0)”?" }
      }
      report(
        node.origin,
        "\(section.place(key)) must be one of \(NearestWord.list(words)), found \(node.found)",
        remedy ?? "write one of them")
      return nil
    }
    return text
  }

  mutating func wrong(_ node: DocumentNode, _ place: String, _ expected: String) {
    report(
      node.origin, "\(place) must be \(expected), found \(node.found)", "write \(expected)")
  }

  /// One text or a list of texts, each with its place.
  mutating func texts(_ node: DocumentNode, _ place: String) -> [(
    text: String, origin: Domain.Origin
  )] {
    let nodes: [DocumentNode] =
      if case .list(let items) = node.content { items } else { [node] }
    var texts: [(text: String, origin: Domain.Origin)] = []
    for item in nodes {
      guard case .scalar(let text, _) = item.content, !item.isNull || text.isEmpty else {
        wrong(item, place, "a text or a list of texts")
        continue
      }
      texts.append((text, item.origin))
    }
    return texts
  }

  // MARK: Templates and paths

  mutating func template(
    _ section: RestSection, _ key: String, _ names: RestNames
  ) -> RestTemplate? {
    guard let text = text(section, key), let node = section[key] else { return nil }
    return template(text, at: node.origin, section.place(key), names)
  }

  mutating func template(
    _ text: String, at origin: Domain.Origin, _ place: String, _ names: RestNames
  ) -> RestTemplate? {
    let template: RestTemplate
    do { template = try RestTemplate(parsing: text) } catch {
      report(origin, "\(place): \(error.reason)", "write placeholders as \"{{name}}\", in quotes")
      return nil
    }
    check(template.variables, at: origin, place, names)
    return template
  }

  mutating func check(
    _ variables: [RestTemplate.Variable], at origin: Domain.Origin, _ place: String,
    _ names: RestNames
  ) {
    for variable in variables {
      if let problem = names.problem(with: variable.name, self) {
        report(origin, "\(place): \(problem.message)", problem.remedy)
      } else if variable.name.hasPrefix("secret.") {
        let name = String(variable.name.dropFirst(7))
        secrets[name] = secrets[name] ?? origin
      }
      for case .lookup(let table) in variable.filters where tables[table] == nil {
        report(
          origin, "\(place): there is no table “\(table)”",
          tables.isEmpty
            ? "add it under tables"
            : "known tables: \(tables.keys.sorted().joined(separator: ", "))")
      }
    }
  }

  mutating func path(_ section: RestSection, _ key: String) -> RestPath? {
    paths(section, key)?.first
  }

  /// One path or several, of which the first that holds something counts.
  mutating func paths(_ section: RestSection, _ key: String) -> [RestPath]? {
    guard let node = section.members[key] else { return nil }
    return paths(node, section.place(key))
  }

  mutating func paths(_ node: DocumentNode, _ place: String) -> [RestPath]? {
    var paths: [RestPath] = []
    for (text, origin) in texts(node, place) {
      do {
        let path = try RestPath(parsing: text)
        check(path.variables, at: origin, place, .plain)
        paths.append(path)
      } catch {
        report(
          origin, "\(place): “\(text)” is no path: \(error.reason)",
          "write for example data.items[*] or fields[id=7].value")
      }
    }
    return paths.isEmpty ? nil : paths
  }
}
