internal import Domain
internal import Foundation

extension Checker {
  /// A secret as text, `{ file: PATH }` or `{ command: [argv] }`. Its value is in no message.
  mutating func secret(_ tree: Tree, isAddress: Bool, _ path: String) -> SecretText? {
    let value: String?
    switch tree.content {
    case .scalar:
      guard !tree.isNull, tree.flag == nil else {
        wrongSecret(tree, path, found: tree.found)
        return nil
      }
      value = resolved(tree, path)
    case .list:
      wrongSecret(tree, path, found: "a list")
      return nil
    case .mapping(let entries):
      value = source(entries, tree, path)
    }
    guard let value else { return nil }
    guard !value.isEmpty else {
      report(
        tree.origin, path, "is empty",
        "write the secret as \"${NAME}\", { file: PATH } or "
          + "{ command: [PROGRAM, ARGUMENT] }")
      return nil
    }
    if isAddress, Self.addressFault(value) != nil {
      report(
        tree.origin, path, "is not an address that begins with https://",
        "copy the address again; http:// is only for loopback hosts")
      return nil
    }
    return SecretText(value)
  }

  private mutating func wrongSecret(_ tree: Tree, _ path: String, found: String) {
    report(
      tree.origin, path, "must be a secret, found \(found)",
      "write \"${NAME}\", { file: PATH } or { command: [PROGRAM, ARGUMENT] }")
  }

  private mutating func source(
    _ entries: [Tree.Entry], _ tree: Tree, _ path: String
  ) -> String? {
    guard entries.count == 1, let entry = entries.first,
      ["file", "command"].contains(entry.key)
    else {
      let keys = entries.map { Tree.short($0.key) }.joined(separator: ", ")
      wrongSecret(tree, path, found: "a mapping of \(keys.isEmpty ? "nothing" : keys)")
      return nil
    }
    let place = Self.join(path, entry.key)
    return entry.key == "file"
      ? fromFile(entry.value, place) : fromCommand(entry.value, place)
  }

  private mutating func fromFile(_ tree: Tree, _ path: String) -> String? {
    guard let item = check(tree, .path(example: "./secrets/token"), path), let file = item.text
    else { return nil }
    let data: Data
    do {
      data = try access.readFile(file)
    } catch {
      report(
        tree.origin, path, "names \(file), which \(Access.reason(error))",
        "write the secret into that file, or correct the path")
      return nil
    }
    guard let text = String(data: data, encoding: .utf8) else {
      report(tree.origin, path, "names \(file), which is not UTF-8 text", "save it as text")
      return nil
    }
    return Self.withoutLineEnd(text)
  }

  private mutating func fromCommand(_ tree: Tree, _ path: String) -> String? {
    let shape = Shape.list(.text(example: "secret-tool"), atLeastOne: true)
    guard let item = check(tree, shape, path), case .list(let written) = tree.content,
      let words = item.list?.compactMap(\.text), words.count == written.count,
      let program = words.first
    else { return nil }
    do {
      let output = try access.runCommand(words)
      return output.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        .first.map(String.init) ?? ""
    } catch {
      report(
        tree.origin, path, "names \(program), which \(Access.reason(error))",
        "run it by hand, and check that it prints the secret on its first line")
      return nil
    }
  }

  private static func withoutLineEnd(_ text: String) -> String {
    var text = text
    while text.last?.isNewline == true { text.removeLast() }
    return text
  }

  // MARK: Addresses

  mutating func address(_ text: String, _ tree: Tree, _ path: String) -> Bool {
    guard let fault = Self.addressFault(text) else { return true }
    switch fault {
    case .malformed:
      // Addresses of hooks often carry a secret in their path: they are not repeated.
      report(
        tree.origin, path, "must be an address that begins with https://",
        "write for example \(Example.value(.address))")
    case .insecure:
      report(
        tree.origin, path, "must begin with https://",
        "write https://; http:// is only for loopback hosts such as localhost")
    case .credentials:
      report(
        tree.origin, path, "must not hold a user name or password",
        "put them into the keys of auth")
    }
    return false
  }

  enum AddressFault { case malformed, insecure, credentials }

  static func addressFault(_ text: String) -> AddressFault? {
    guard let parts = URLComponents(string: text), let scheme = parts.scheme?.lowercased(),
      let host = parts.host, !host.isEmpty, !text.contains(where: \.isWhitespace)
    else { return .malformed }
    guard parts.user == nil, parts.password == nil else { return .credentials }
    switch scheme {
    case "https": return nil
    case "http": return isLoopback(host) ? nil : .insecure
    default: return .malformed
    }
  }

  static func isLoopback(_ host: String) -> Bool {
    let host = host.lowercased()
    if host == "localhost" || host.hasSuffix(".localhost") || host == "[::1]" || host == "::1" {
      return true
    }
    let numbers = host.split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
    return numbers.count == 4 && !numbers.contains(nil) && numbers[0] == 127
  }
}
