internal import Domain

/// Compares a tree with the key table and collects everything that is wrong.
struct Checker {
  let access: Access
  /// The absolute directory of the file, for relative paths.
  let directory: String
  var problems: [ConfigurationProblem] = []

  init(access: Access, directory: String) {
    self.access = access
    self.directory = directory
  }

  mutating func report(_ origin: Origin, _ path: String, _ message: String, _ remedy: String) {
    let subject = path.isEmpty ? message : "\(path) \(message)"
    problems.append(
      ConfigurationProblem(origin: origin, path: path, message: subject, remedy: remedy))
  }

  /// The value as the shape wants it; nil when it was wrong, which is then reported.
  mutating func check(_ tree: Tree, _ shape: Shape, _ path: String) -> Item? {
    switch shape {
    case .section(let keys, let others):
      return section(tree, keys, others, path).map { item(.section($0), tree, path) }
    case .variant(let key, let variants):
      return variant(tree, on: key, variants, path).map { item(.section($0), tree, path) }
    case .map(let shape, let example):
      return map(tree, shape, example, path).map { item(.section($0), tree, path) }
    case .list(let element, let atLeastOne):
      return list(tree, element, atLeastOne, path).map { item(.list($0), tree, path) }
    case .patterns:
      return patterns(tree, path).map { item(.list($0), tree, path) }
    case .either(let shapes):
      return either(tree, shapes, path)
    case .secret(let isAddress):
      return secret(tree, isAddress: isAddress, path).map { item(.secret($0), tree, path) }
    case .text, .template, .systemName, .address, .path, .date, .zone, .flag, .integer, .decimal,
      .moment, .choice:
      return scalar(tree, shape, path).map { item($0, tree, path) }
    }
  }

  private func item(_ value: Item.Value, _ tree: Tree, _ path: String) -> Item {
    Item(value: value, origin: tree.origin, path: path)
  }

  /// Says what was found and what is expected, with an example.
  mutating func wrong(_ tree: Tree, _ path: String, expected: String, example: String) {
    report(
      tree.origin, path, "must be \(expected), found \(tree.found)", "write for example \(example)")
  }
}

// MARK: - Mappings

extension Checker {
  mutating func section(
    _ tree: Tree, _ keys: [KeyRule], _ others: Shape.Others?, _ path: String,
    at keyOrigin: Origin? = nil
  ) -> Section? {
    guard let entries = entries(tree, path, example: Example.section(keys, path)) else {
      return nil
    }
    var section = Section(origin: tree.origin, path: path)
    section.isEmpty = entries.isEmpty
    for entry in entries {
      let place = Self.join(path, entry.key)
      guard !entry.isDuplicate else {
        report(entry.origin, place, "appears more than once", "keep one of them")
        continue
      }
      guard let (shape, isRequired) = shape(of: entry.key, keys, others) else {
        reportUnknown(entry, keys, others, path)
        continue
      }
      if entry.value.isNull {
        if isRequired { reportRequired(place, shape, at: entry.origin) }
        continue
      }
      guard let checked = check(entry.value, shape, place) else { continue }
      section.items[entry.key] = checked
      section.order.append(entry.key)
    }
    let written = Set(entries.map(\.key))
    for key in keys where key.isRequired && !written.contains(key.name) {
      reportRequired(Self.join(path, key.name), key.shape, at: keyOrigin ?? tree.origin)
    }
    return section
  }

  /// The entries of a mapping; nothing written counts as an empty one.
  private mutating func entries(
    _ tree: Tree, _ path: String, example: String
  ) -> [Tree.Entry]? {
    if tree.isNull { return [] }
    guard case .mapping(let entries) = tree.content else {
      report(
        tree.origin, path.isEmpty ? "" : path,
        (path.isEmpty ? "the file " : "") + "must be a mapping of keys, found \(tree.found)",
        "write for example \(example)")
      return nil
    }
    return entries
  }

  private func shape(
    of key: String, _ keys: [KeyRule], _ others: Shape.Others?
  ) -> (Shape, Bool)? {
    if let rule = keys.first(where: { $0.name == key && key != "*" }) {
      return (rule.shape, rule.isRequired)
    }
    if let rule = keys.first(where: { $0.name == "*" }) { return (rule.shape, false) }
    guard let others else { return nil }
    let matches = others.prefixes.contains { key.hasPrefix($0) && key.count > $0.count }
    return matches ? (others.shape, false) : nil
  }

  private mutating func reportUnknown(
    _ entry: Tree.Entry, _ keys: [KeyRule], _ others: Shape.Others?, _ path: String
  ) {
    let known = keys.map(\.name) + (others?.prefixes.map { $0 + "<field>" } ?? [])
    let remedy =
      if let near = Nearest.word(to: entry.key, among: keys.map(\.name)) {
        "did you mean \"\(near)\"?"
      } else {
        "known keys here: \(known.joined(separator: ", "))"
      }
    report(
      entry.origin, Self.join(path, Tree.short(entry.key)), "is not a known key", remedy)
  }

  private mutating func reportRequired(_ path: String, _ shape: Shape, at origin: Origin) {
    let name = path.split(separator: ".").last.map(String.init) ?? path
    report(origin, path, "is required", "write for example `\(name): \(Example.value(shape))`")
  }

  mutating func variant(
    _ tree: Tree, on key: String, _ variants: [Shape.Variant], _ path: String
  ) -> Section? {
    let choices = variants.map(\.name)
    guard let entries = entries(tree, path, example: "{ \(key): \(choices.first ?? "") }") else {
      return nil
    }
    let deciding = entries.first { $0.key == key && !$0.isDuplicate }
    let place = Self.join(path, key)
    if let deciding, !deciding.value.isNull {
      if let word = check(deciding.value, .choice(choices), place)?.text,
        let variant = variants.first(where: { $0.name == word })
      {
        return section(tree, variant.keys, nil, path)
      }
    } else {
      reportRequired(place, .choice(choices), at: deciding?.origin ?? tree.origin)
    }
    reportKeysOfNoVariant(entries, variants, path)
    return nil
  }

  /// Without the deciding word, only keys that no variant knows are surely wrong.
  private mutating func reportKeysOfNoVariant(
    _ entries: [Tree.Entry], _ variants: [Shape.Variant], _ path: String
  ) {
    let all = variants.flatMap(\.keys)
    for entry in entries {
      if entry.isDuplicate {
        report(
          entry.origin, Self.join(path, entry.key), "appears more than once", "keep one of them")
      } else if shape(of: entry.key, all, nil) == nil {
        reportUnknown(entry, all, nil, path)
      }
    }
  }

  mutating func map(
    _ tree: Tree, _ shape: Shape, _ example: String, _ path: String
  ) -> Section? {
    guard
      let entries = entries(tree, path, example: "{ \(example): \(Example.value(shape)) }")
    else { return nil }
    var section = Section(origin: tree.origin, path: path)
    section.isEmpty = entries.isEmpty
    for entry in entries {
      let place = Self.join(path, Tree.short(entry.key))
      if entry.isDuplicate {
        report(entry.origin, place, "appears more than once", "keep one of them")
      } else if let checked = check(entry.value, shape, place) {
        section.items[entry.key] = Item(value: checked.value, origin: entry.origin, path: place)
        section.order.append(entry.key)
      }
    }
    return section
  }

  static func join(_ path: String, _ key: String) -> String {
    path.isEmpty ? key : "\(path).\(key)"
  }
}

// MARK: - Lists

extension Checker {
  mutating func list(
    _ tree: Tree, _ element: Shape, _ atLeastOne: Bool, _ path: String
  ) -> [Item]? {
    guard case .list(let elements) = tree.content else {
      wrong(tree, path, expected: "a list", example: "[\(Example.value(element))]")
      return nil
    }
    if atLeastOne, elements.isEmpty {
      report(
        tree.origin, path, "must not be an empty list",
        "write for example [\(Example.value(element))]")
      return nil
    }
    return elements.enumerated().compactMap { index, item in
      check(item, element, "\(path)[\(index)]")
    }
  }

  /// Texts to match; numbers and truth values count as what was typed.
  mutating func patterns(_ tree: Tree, _ path: String) -> [Item]? {
    let elements: [Tree] =
      if case .list(let items) = tree.content { items } else { [tree] }
    guard !elements.isEmpty else {
      report(tree.origin, path, "must not be an empty list", "write for example [AU, NZ]")
      return nil
    }
    return elements.enumerated().compactMap { index, element in
      let place = elements.count == 1 ? path : "\(path)[\(index)]"
      guard case .scalar = element.content, !element.isNull else {
        wrong(element, place, expected: "a text or a list of texts", example: "[AU, \"N*\"]")
        return nil
      }
      return resolved(element, place).map {
        Item(value: .text($0), origin: element.origin, path: place)
      }
    }
  }

  /// The first shape that is written as the value is.
  mutating func either(_ tree: Tree, _ shapes: [Shape], _ path: String) -> Item? {
    let fitting = shapes.first { Self.isWritten(tree, as: $0) }
    if let fitting, !isOtherWord(tree, than: fitting) { return check(tree, fitting, path) }
    let forms = shapes.map(Example.value)
    report(
      tree.origin, path, "cannot be \(tree.found)", "write for example \(Nearest.list(forms))")
    return nil
  }

  /// Whether a word stands where one single word could; the other forms are then worth showing.
  private func isOtherWord(_ tree: Tree, than shape: Shape) -> Bool {
    guard case .choice(let words) = shape, words.count == 1,
      case .scalar(let text, _) = tree.content, !text.contains("${")
    else { return false }
    return !words.contains(text)
  }

  private static func isWritten(_ tree: Tree, as shape: Shape) -> Bool {
    switch (tree.content, shape) {
    case (.list, .list), (.list, .patterns): true
    case (.mapping, .section), (.mapping, .map), (.mapping, .variant): true
    case (.scalar, .list), (.scalar, .section), (.scalar, .map), (.scalar, .variant),
      (.list, _), (.mapping, _):
      false
    case (.scalar, _): !tree.isNull
    }
  }
}
