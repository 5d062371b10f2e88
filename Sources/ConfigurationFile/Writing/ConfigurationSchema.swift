/// The JSON Schema of `xerosync.yaml`, for editors.
package enum ConfigurationSchema {
  /// JSON Schema 2020-12, made of the key table that reading follows.
  package static func json(vocabulary: ConnectorVocabulary = .documented) -> String {
    let writer = SchemaWriter(table: KeyTable(vocabulary: vocabulary))
    return writer.document.rendered() + "\n"
  }
}

/// Turns shapes into schemas.
private struct SchemaWriter {
  typealias Members = [(String, OrderedJSON)]

  let table: KeyTable

  var document: OrderedJSON {
    var members: Members = [
      ("$schema", .text("https://json-schema.org/draft/2020-12/schema")),
      ("title", .text("xerosync.yaml")),
      ("description", .text("The configuration of xerosync.")),
    ]
    members += section(table.top, nil)
    members.append(
      ("patternProperties", .object([("^" + KeyTable.freePrefix, .object([]))])))
    let shared = table.shared.map { name, shape in (name, schema(plain(shape))) }
    members.append(
      ("$defs", .object([("secret", Self.secret), ("variable", Self.variable)] + shared)))
    return .object(members)
  }

  private static let variable: OrderedJSON = .object([
    ("description", .text("Text that takes an environment variable.")),
    ("type", .text("string")), ("pattern", .text(#"\$\{[A-Za-z_][A-Za-z0-9_]*\}"#)),
  ])

  private static let secret: OrderedJSON = .object([
    ("description", .text("Text such as \"${NAME}\", a file's text, or a program's first line.")),
    (
      "anyOf",
      .list([
        .object([("type", types("string", "number"))]),
        source("file", .object([("type", .text("string"))])),
        source(
          "command",
          .object([
            ("type", .text("array")), ("minItems", .number(1)),
            ("items", .object([("type", types("string", "number"))])),
          ])),
      ])
    ),
  ])

  private static func source(_ key: String, _ value: OrderedJSON) -> OrderedJSON {
    .object([
      ("type", .text("object")), ("properties", .object([(key, value)])),
      ("required", .list([.text(key)])), ("additionalProperties", .flag(false)),
    ])
  }

  private static func types(_ names: String...) -> OrderedJSON { .list(names.map { .text($0) }) }

  // MARK: Sections

  private func section(_ keys: [KeyRule], _ others: Shape.Others?) -> Members {
    let named = keys.filter { $0.name != "*" }
    var members: Members = [
      ("type", .text("object")),
      ("properties", .object(named.map { ($0.name, property($0)) })),
    ]
    let required = named.filter(\.isRequired).map(\.name)
    if !required.isEmpty { members.append(("required", .list(required.map { .text($0) }))) }
    if let others {
      let patterns = others.prefixes.map { prefix in
        ("^" + prefix.replacing(".", with: "\\.") + ".", schema(alternatives(others.shape)))
      }
      members.append(("patternProperties", .object(patterns)))
    }
    let rest = keys.first { $0.name == "*" }
    members.append(("additionalProperties", rest.map(property) ?? .flag(false)))
    return members
  }

  private func property(_ key: KeyRule) -> OrderedJSON {
    let standard = key.standard.map { " Default: \($0)." } ?? ""
    let null: [Members] = key.isRequired ? [] : [[("type", .text("null"))]]
    return schema(
      alternatives(key.shape) + null,
      about: [("description", .text(key.about + standard))])
  }

  private func schema(_ alternatives: [Members], about: Members = []) -> OrderedJSON {
    if alternatives.count == 1 { return .object(about + alternatives[0]) }
    return .object(about + [("anyOf", .list(alternatives.map { .object($0) }))])
  }

  // MARK: Values

  private func alternatives(_ shape: Shape) -> [Members] {
    if let shared = table.shared.first(where: { $0.shape == shape }) {
      return [[("$ref", .text("#/$defs/\(shared.name)"))]]
    }
    return plain(shape)
  }

  /// The forms a value may take, any of them.
  private func plain(_ shape: Shape) -> [Members] {
    switch shape {
    case .text, .path: [[("type", Self.types("string", "number"))]]
    case .template, .address, .zone: [[("type", .text("string"))]]
    case .systemName: Self.orVariable(Self.text(#"^[a-z0-9][a-z0-9_-]*$"#))
    case .date: Self.orVariable(Self.text(#"^\d{4}-\d{2}-\d{2}$"#))
    case .moment:
      Self.orVariable(Self.text(#"^[Ww][Oo][Nn]( *\+ *\d+ +[Dd][Aa][Yy][Ss]?)? *$"#))
    case .flag: Self.orVariable([("type", .text("boolean"))])
    case .integer(let range, _):
      Self.orVariable([
        ("type", .text("integer")), ("minimum", .number(range.lowerBound)),
        ("maximum", .number(range.upperBound)),
      ])
    case .decimal(_, let positive):
      [
        [
          ("type", .text("number")), (positive ? "exclusiveMinimum" : "minimum", .number(0)),
        ], [("type", .text("string"))],
      ]
    case .choice(let words): Self.orVariable([("enum", .list(words.map { .text($0) }))])
    case .secret: [[("$ref", .text("#/$defs/secret"))]]
    case .patterns: Self.patterns
    case .list(let element, let atLeastOne):
      [
        [("type", .text("array"))] + (atLeastOne ? [("minItems", .number(1))] : [])
          + [("items", schema(alternatives(element)))]
      ]
    case .section(let keys, let others): [section(keys, others)]
    case .map(let shape, _):
      [[("type", .text("object")), ("additionalProperties", schema(alternatives(shape)))]]
    case .either(let shapes): shapes.flatMap(alternatives)
    case .variant(let key, let variants): [variant(on: key, variants)]
    }
  }

  private static func text(_ pattern: String) -> Members {
    [("type", .text("string")), ("pattern", .text(pattern))]
  }

  /// A value that is no free text may also come from a variable.
  private static func orVariable(_ members: Members) -> [Members] {
    [members, [("$ref", .text("#/$defs/variable"))]]
  }

  private static var patterns: [Members] {
    let one: Members = [("type", types("string", "number", "boolean"))]
    return [
      one, [("type", .text("array")), ("minItems", .number(1)), ("items", .object(one))],
    ]
  }

  /// One closed section for each value of the deciding key.
  private func variant(on key: String, _ variants: [Shape.Variant]) -> Members {
    let branches = variants.map { variant -> OrderedJSON in
      let condition: OrderedJSON = .object([
        ("properties", .object([(key, .object([("const", .text(variant.name))]))])),
        ("required", .list([.text(key)])),
      ])
      return .object([("if", condition), ("then", .object(section(variant.keys, nil)))])
    }
    let choice = schema(Self.orVariable([("enum", .list(variants.map { .text($0.name) }))]))
    return [
      ("type", .text("object")), ("properties", .object([(key, choice)])),
      ("required", .list([.text(key)])), ("allOf", .list(branches)),
    ]
  }
}
