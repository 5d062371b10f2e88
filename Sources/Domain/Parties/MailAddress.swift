/// An email address that the machine's mail program can be given without further quoting.
package struct MailAddress: Hashable, Sendable, CustomStringConvertible {
  /// The display name; empty: none.
  package let name: String
  /// `local@domain`, ASCII.
  package let address: String

  /// Reads `local@domain` or `Name <local@domain>`; nil for anything that is not one plain
  /// address: a list, a line break, a quoted local part, letters beyond ASCII.
  package init?(_ text: String) {
    let trimmed = text.drop { $0 == " " }
    guard let open = trimmed.lastIndex(of: "<") else {
      self.init(name: "", address: Self.trimmed(trimmed))
      return
    }
    let rest = Self.trimmed(trimmed[trimmed.index(after: open)...])
    guard rest.hasSuffix(">") else { return nil }
    let name = Self.trimmed(trimmed[..<open])
    let isQuoted = name.count >= 2 && name.hasPrefix("\"") && name.hasSuffix("\"")
    self.init(
      name: isQuoted ? String(name.dropFirst().dropLast()) : name,
      address: String(rest.dropLast()))
  }

  /// Nil when `address` is not one plain address. The name may be any text.
  package init?(name: String, address: String) {
    guard Self.isPlain(address) else { return nil }
    self.name = name
    self.address = address
  }

  package var description: String { name.isEmpty ? address : "\(name) <\(address)>" }

  /// What stands after the @.
  package var domain: String {
    String(address[(address.lastIndex(of: "@") ?? address.startIndex)...].dropFirst())
  }

  private static func trimmed(_ text: Substring) -> String {
    String(text.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
  }

  /// RFC 5321 without quoted local parts and address literals, and never like an option.
  private static func isPlain(_ text: String) -> Bool {
    let parts = text.split(separator: "@", omittingEmptySubsequences: false)
    guard parts.count == 2, text.utf8.count <= 254, !text.hasPrefix("-"),
      (1...64).contains(parts[0].utf8.count), isDotted(parts[0], isAtom)
    else { return false }
    return isDotted(parts[1]) { isAlphanumeric($0) || $0 == 45 }
      && parts[1].split(separator: ".").allSatisfy { label in
        label.utf8.count <= 63 && !label.hasPrefix("-") && !label.hasSuffix("-")
      }
  }

  /// Characters of one kind, with single dots between them.
  private static func isDotted(_ text: Substring, _ isGood: (UInt8) -> Bool) -> Bool {
    let runs = text.split(separator: ".", omittingEmptySubsequences: false)
    return runs.allSatisfy { !$0.isEmpty && $0.utf8.allSatisfy(isGood) }
  }

  private static func isAtom(_ byte: UInt8) -> Bool {
    isAlphanumeric(byte) || "!#$%&'*+-/=?^_`{|}~".utf8.contains(byte)
  }

  private static func isAlphanumeric(_ byte: UInt8) -> Bool {
    (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
  }
}
