internal import Domain
internal import Yams

/// A line and column, from 1.
private struct Spot {
  var line: Int
  var column: Int

  init(_ line: Int, _ column: Int) {
    self.line = line
    self.column = column
  }

  init(_ mark: Mark) { self.init(mark.line, mark.column) }
}

/// Turns text into a tree; the only place that knows the YAML library.
struct YAMLReader {
  private var source: SourceText
  /// Stand-ins for the first character of repeated keys, by the character they replaced.
  private var replaced: [Unicode.Scalar: Unicode.Scalar] = [:]
  private var budget = 50_000

  init(_ source: SourceText) { self.source = source }

  mutating func tree() throws(ConfigurationErrors) -> Tree {
    for _ in 0..<50 {
      switch parsed() {
      case .success(let node?): return try tree(of: node, nearby: nil)
      case .success(nil):
        return Tree(content: .scalar("", isQuoted: false), origin: inside(Spot(1, 1)))
      case .failure(.duplicatedKeysInMapping(let names, let context)):
        guard let name = names.first, let start = wordOffset(Spot(context.mark)),
          setAsideRepetition(of: name, after: start)
        else {
          throw error(
            Spot(context.mark), "the key \(Tree.short(names.first ?? "")) appears more than once",
            remedy: "keep one of them")
        }
      case .failure(let failure): throw translated(failure)
      }
    }
    throw error(
      Spot(1, 1), "too many keys appear more than once",
      remedy: "keep one of each")
  }

  private func parsed() -> Result<Node?, YamlError> {
    do {
      let parser = try Parser(yaml: source.text, encoding: .utf8)
      return .success(try parser.singleRoot())
    } catch let failure as YamlError {
      return .failure(failure)
    } catch {
      return .failure(.no)
    }
  }

  private func offset(_ mark: Spot) -> Int? {
    source.offset(line: mark.line, column: mark.column)
  }
}

// MARK: - Repeated keys

extension YAMLReader {
  /// The library stops at the first repeated key and names only its first place. To report every
  /// repetition where it stands, and all other problems too, the repeated key's first character is
  /// replaced by one nobody uses and the text is read again.
  private mutating func setAsideRepetition(of name: String, after start: Int) -> Bool {
    let word = Array(name.unicodeScalars)
    guard !word.isEmpty else { return false }
    var tried: [(offset: Int, original: Unicode.Scalar)] = []
    for place in places(of: word, after: start) {
      guard tried.count < 100, let standIn = unusedScalar() else { break }
      tried.append((place, source.scalars[place]))
      replaced[standIn] = source.scalars[place]
      source.scalars[place] = standIn
      guard !isRepeated(name, at: start) else { continue }
      for candidate in tried.dropLast() { restoreUnlessRepeated(candidate, name, start) }
      return true
    }
    for candidate in tried { source.scalars[candidate.offset] = candidate.original }
    return false
  }

  private mutating func restoreUnlessRepeated(
    _ candidate: (offset: Int, original: Unicode.Scalar), _ name: String, _ start: Int
  ) {
    let standIn = source.scalars[candidate.offset]
    source.scalars[candidate.offset] = candidate.original
    if isRepeated(name, at: start) { source.scalars[candidate.offset] = standIn }
  }

  private func isRepeated(_ name: String, at start: Int) -> Bool {
    guard case .failure(.duplicatedKeysInMapping(let names, let context)) = parsed() else {
      return false
    }
    return names.contains(name) && wordOffset(Spot(context.mark)) == start
  }

  /// Where the word stands like a key: after a break, and before a colon.
  private func places(of word: [Unicode.Scalar], after start: Int) -> [Int] {
    let scalars = source.scalars
    guard scalars.count >= word.count else { return [] }
    return (start + 1..<max(start + 1, scalars.count - word.count + 1)).filter { index in
      guard scalars[index] == word[0], scalars[index..<index + word.count].elementsEqual(word),
        " \t\r\n\"'{,-?[".unicodeScalars.contains(scalars[index - 1])
      else { return false }
      var next = index + word.count
      while next < scalars.count, " \t\"'".unicodeScalars.contains(scalars[next]) { next += 1 }
      return next < scalars.count && scalars[next] == ":"
    }
  }

  /// Where the key's own text begins: behind its quotation mark, if it has one.
  private func wordOffset(_ mark: Spot) -> Int? {
    guard let start = offset(mark) else { return nil }
    let quotes: [Unicode.Scalar] = ["\"", "'"]
    let isQuoted = start < source.scalars.count && quotes.contains(source.scalars[start])
    return isQuoted ? start + 1 : start
  }

  private func unusedScalar() -> Unicode.Scalar? {
    for value in UInt32(0xE000)...0xF8FF {
      guard let scalar = Unicode.Scalar(value) else { return nil }
      if replaced[scalar] == nil, !source.scalars.contains(scalar) { return scalar }
    }
    return nil
  }
}

// MARK: - Nodes

extension YAMLReader {
  private mutating func tree(
    of node: Node, nearby: Origin?
  ) throws(ConfigurationErrors) -> Tree {
    let origin = place(node.mark) ?? nearby ?? Origin(file: source.file, line: 1, column: 1)
    budget -= 1
    guard budget > 0 else {
      throw ConfigurationErrors(
        ConfigurationProblem(
          origin: origin, path: "", message: "the aliases of the file expand to too many values",
          remedy: "use fewer aliases"))
    }
    switch node {
    case .scalar(let scalar):
      return Tree(
        content: .scalar(restored(scalar.string).text, isQuoted: scalar.style != .plain),
        origin: origin)
    case .sequence(let sequence):
      var items: [Tree] = []
      for item in sequence { items.append(try tree(of: item, nearby: origin)) }
      return Tree(content: .list(items), origin: origin)
    case .mapping(let mapping):
      return Tree(content: .mapping(try entries(of: mapping, origin)), origin: origin)
    case .alias(let alias):
      throw error(
        alias.mark.map(Spot.init) ?? Spot(origin.line, origin.column),
        "the alias stands for nothing", remedy: "define the anchor above it")
    }
  }

  private mutating func entries(
    of mapping: Node.Mapping, _ origin: Origin
  ) throws(ConfigurationErrors) -> [Tree.Entry] {
    var entries: [Tree.Entry] = []
    var merged: [Tree] = []
    var seen: Set<String> = []
    for (keyNode, valueNode) in mapping {
      let keyOrigin = place(keyNode.mark) ?? origin
      guard case .scalar(let scalar) = keyNode else {
        throw ConfigurationErrors(
          ConfigurationProblem(
            origin: keyOrigin, path: "", message: "a key is not a word",
            remedy: "write `key: value`; put text with { } or [ ] in quotes"))
      }
      let value = try tree(of: valueNode, nearby: keyOrigin)
      let (key, wasSetAside) = restored(scalar.string)
      if key == "<<", scalar.style == .plain {
        merged += try mergeable(value)
        continue
      }
      let isDuplicate = !seen.insert(key).inserted || wasSetAside
      entries.append(
        Tree.Entry(key: key, origin: keyOrigin, value: value, isDuplicate: isDuplicate))
    }
    for case .mapping(let inherited) in merged.map(\.content) {
      entries += inherited.filter { !$0.isDuplicate && seen.insert($0.key).inserted }
    }
    return entries
  }

  /// The mappings that `<<` takes over.
  private func mergeable(_ value: Tree) throws(ConfigurationErrors) -> [Tree] {
    let candidates: [Tree] =
      if case .list(let items) = value.content { items } else { [value] }
    for candidate in candidates {
      if case .mapping = candidate.content { continue }
      throw ConfigurationErrors(
        ConfigurationProblem(
          origin: candidate.origin, path: "",
          message: "<< takes over a mapping, found "
            + candidate.found, remedy: "write `<<: *anchor`"))
    }
    return candidates
  }

  private func restored(_ text: String) -> (text: String, wasSetAside: Bool) {
    guard !replaced.isEmpty else { return (text, false) }
    let first = text.unicodeScalars.first.flatMap { replaced[$0] }
    var out = String.UnicodeScalarView()
    for scalar in text.unicodeScalars { out.append(replaced[scalar] ?? scalar) }
    return (String(out), first != nil)
  }

  private func place(_ mark: Mark?) -> Origin? {
    guard let mark, mark.line > 0 else { return nil }
    return Origin(file: source.file, line: mark.line, column: max(1, mark.column))
  }
}

// MARK: - Syntax errors

extension YAMLReader {
  private func error(_ mark: Spot, _ message: String, remedy: String) -> ConfigurationErrors {
    ConfigurationErrors(
      ConfigurationProblem(
        origin: inside(mark), path: "", message: message, remedy: remedy))
  }

  /// The mark, moved to the end of the text where the library points behind it.
  private func inside(_ mark: Spot) -> Origin {
    let end = SourceText.position(of: source.scalars.count, in: source.scalars)
    let line = min(max(1, mark.line), end.line)
    return Origin(
      file: source.file, line: line,
      column: line == mark.line ? max(1, mark.column) : line == end.line ? end.column : 1)
  }

  private func translated(_ failure: YamlError) -> ConfigurationErrors {
    switch failure {
    case .scanner(let context, let problem, let mark, _),
      .parser(let context, let problem, let mark, _),
      .composer(let context, let problem, let mark, _):
      syntaxError(problem, context, Spot(mark))
    case .reader(let problem, let offset, _, _):
      syntaxError(problem, nil, mark(of: offset ?? 0))
    case .no, .memory, .writer, .emitter, .representer, .dataCouldNotBeDecoded,
      .duplicatedKeysInMapping:
      syntaxError("the text cannot be read", nil, Spot(1, 1))
    }
  }

  private func mark(of offset: Int) -> Spot {
    let place = SourceText.position(of: offset, in: source.scalars)
    return Spot(place.line, place.column)
  }

  private func syntaxError(
    _ problem: String, _ context: YamlError.Context?, _ mark: Spot
  ) -> ConfigurationErrors {
    if let index = offset(mark), index < source.scalars.count, source.scalars[index] == "\t" {
      return error(
        mark, "YAML syntax: a tab where only spaces may stand", remedy: "indent with spaces")
    }
    if problem.contains("another document") {
      return error(
        mark, "YAML syntax: a second document begins here",
        remedy: "keep one document; delete the line ---")
    }
    let started = context.map { context in
      context.mark.line == mark.line
        ? " (\(context.text))" : " (\(context.text) that begins in line \(context.mark.line))"
    }
    return error(
      mark, "YAML syntax: \(problem)\(started ?? "")", remedy: Self.hint(problem, context?.text))
  }

  private static func hint(_ problem: String, _ context: String?) -> String {
    if context?.contains("flow") == true {
      return "close the bracket, and inside brackets put values such as \"${NAME}\" in quotes"
    }
    if problem.contains("mapping values are not allowed") {
      return "put values that contain \": \" in quotes, and check the indentation"
    }
    if problem.contains("undefined alias") {
      return "define the anchor above it, or put text that begins with * in quotes"
    }
    if context?.contains("quoted") == true { return "close the quotation mark" }
    if problem.contains("cannot start any token") {
      return "put text that begins with this character in quotes"
    }
    return "check the indentation and the quotes around this place"
  }
}
