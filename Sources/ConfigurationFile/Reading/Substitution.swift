/// Replaces `${NAME}` by environment variables; `$${` stands for `${` itself.
enum Substitution {
  enum Failure: Error, Equatable {
    case missing(String)
    case empty(String)
    case badName(String)
    case notClosed
  }

  /// The text with its variables replaced.
  static func apply(
    _ text: String, environment: [String: String]
  ) throws(Failure) -> String {
    guard text.contains("${") else { return text }
    var out = String.UnicodeScalarView()
    var rest = text.unicodeScalars[...]
    while let scalar = rest.popFirst() {
      guard scalar == "$" else {
        out.append(scalar)
        continue
      }
      if rest.starts(with: "${".unicodeScalars) {
        out.append(contentsOf: "${".unicodeScalars)
        rest = rest.dropFirst(2)
      } else if rest.first == "{" {
        guard let close = rest.firstIndex(of: "}") else { throw .notClosed }
        let name = String(String.UnicodeScalarView(rest[..<close].dropFirst()))
        out.append(contentsOf: try value(of: name, in: environment).unicodeScalars)
        rest = rest[rest.index(after: close)...]
      } else {
        out.append(scalar)
      }
    }
    return String(out)
  }

  private static func value(
    of name: String, in environment: [String: String]
  ) throws(Failure) -> String {
    let isName =
      !name.isEmpty && name.first?.isNumber == false
      && name.unicodeScalars.allSatisfy { scalar in
        scalar.isASCII
          && (scalar.properties.isAlphabetic || scalar == "_"
            || ("0"..."9").contains(scalar))
      }
    guard isName else { throw .badName(name) }
    guard let value = environment[name] else { throw .missing(name) }
    guard !value.isEmpty else { throw .empty(name) }
    return value
  }
}

extension Substitution.Failure {
  var message: String {
    switch self {
    case .missing(let name): "the environment variable \(name) is not set"
    case .empty(let name): "the environment variable \(name) is empty"
    case .badName(let name): "\"\(Tree.short(name))\" is no name of an environment variable"
    case .notClosed: "${ is not closed"
    }
  }

  var remedy: String {
    switch self {
    case .missing(let name), .empty(let name): "set \(name), or write $${ for a literal ${"
    case .badName: "write a name such as ${XERO_CLIENT_ID}, or $${ for a literal ${"
    case .notClosed: "write ${NAME}, or $${ for a literal ${"
    }
  }
}
