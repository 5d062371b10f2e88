import Domain
import Foundation

/// The encodings of RFC 2045 and RFC 2047: everything that leaves is printable ASCII in lines of
/// at most 76 characters.
enum MailEncoding {
  static let lineLimit = 76

  // MARK: Headers

  /// `Name: value`, folded. Words beyond ASCII become encoded words; no value can begin a header
  /// of its own, for it holds no line break but those of folding.
  static func header(_ name: String, _ value: String) -> String {
    let text = AlertText.line(value, 998)
    let isPlain = text.utf8.allSatisfy { (0x20...0x7E).contains($0) } && !text.contains("=?")
    return isPlain
      ? folded(name, text.split(separator: " ").map(String.init))
      : folded(name, encodedWords(text, first: lineLimit - name.utf8.count - 2))
  }

  /// Words with a space or, where the line would grow too long, a folded line break before each.
  static func folded(_ name: String, _ words: [String]) -> String {
    var lines = ["\(name):"]
    for word in words {
      let length = lines[lines.count - 1].utf8.count + 1 + word.utf8.count
      // A line break right after the name would be an empty first line, which some readers drop.
      if length > lineLimit, lines[lines.count - 1] != "\(name):" {
        lines.append(" \(word)")
      } else {
        lines[lines.count - 1] += " \(word)"
      }
    }
    return lines.joined(separator: "\n")
  }

  /// Encoded words of at most 75 characters that never cut a character in two. The first is at
  /// most `first` long, for the header's name stands before it.
  static func encodedWords(_ text: String, first: Int) -> [String] {
    let frame = "=?UTF-8?B??=".utf8.count
    func capacity(_ length: Int) -> Int { max(4, (length - frame) / 4 * 3) }
    var words: [String] = []
    var bytes: [UInt8] = []
    func flush() {
      guard !bytes.isEmpty else { return }
      words.append("=?UTF-8?B?\(Data(bytes).base64EncodedString())?=")
      bytes = []
    }
    for scalar in text.unicodeScalars {
      let next = Array(String(scalar).utf8)
      let room = capacity(words.isEmpty ? min(first, 75) : 75)
      if bytes.count + next.count > room { flush() }
      bytes += next
    }
    flush()
    return words
  }

  /// `"A. Name" <local@domain>` as words of an address header.
  static func mailbox(_ address: MailAddress) -> [String] {
    let name = AlertText.line(address.name, 120)
    guard !name.isEmpty else { return [address.address] }
    let isPlain = name.utf8.allSatisfy { (0x20...0x7E).contains($0) } && !name.contains("=?")
    guard isPlain else { return encodedWords(name, first: 60) + ["<\(address.address)>"] }
    let isPhrase = name.utf8.allSatisfy { isPhraseByte($0) }
    let phrase =
      isPhrase
      ? name
      : "\""
        + name.replacingOccurrences(of: "\\", with: "\\\\")
        .replacingOccurrences(of: "\"", with: "\\\"") + "\""
    return phrase.split(separator: " ").map(String.init) + ["<\(address.address)>"]
  }

  private static func isPhraseByte(_ byte: UInt8) -> Bool {
    (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
      || "!#$%&'*+-/=?^_`{|}~ ".utf8.contains(byte)
  }

  // MARK: Bodies

  /// The encoding that keeps mostly Latin text readable, or the one that keeps other text short.
  static func encoded(body: String) -> (name: String, lines: [String]) {
    let bytes = Array(body.utf8)
    let others = bytes.count { $0 > 0x7E }
    return others * 6 > bytes.count
      ? ("base64", base64(bytes)) : ("quoted-printable", quotedPrintable(body))
  }

  static func base64(_ bytes: [UInt8]) -> [String] {
    let text = Array(Data(bytes).base64EncodedString().utf8)
    return stride(from: 0, to: text.count, by: lineLimit).map {
      String(decoding: text[$0..<min($0 + lineLimit, text.count)], as: UTF8.self)
    }
  }

  /// Lines of quoted-printable. A line that begins with `From ` or is a single dot is encoded
  /// too: some mail programs on the way change these.
  static func quotedPrintable(_ text: String) -> [String] {
    text.split(separator: "\n", omittingEmptySubsequences: false).flatMap { line in
      soft(tokens(Array(line.utf8)))
    }
  }

  private static func tokens(_ bytes: [UInt8]) -> [String] {
    let isRisky = bytes == [46] || bytes.starts(with: Array("From ".utf8))
    return bytes.enumerated().map { index, byte in
      let isBlank = byte == 0x20 || byte == 0x09
      let isPlain =
        (0x21...0x7E).contains(byte) && byte != 0x3D || isBlank && index < bytes.count - 1
      return isPlain && !(isRisky && index == 0)
        ? String(UnicodeScalar(byte)) : "=" + hexadecimal(byte)
    }
  }

  /// Soft line breaks so that no line is longer than 76 characters with its `=`.
  private static func soft(_ tokens: [String]) -> [String] {
    var lines: [String] = []
    var line = ""
    for (index, token) in tokens.enumerated() {
      let limit = index == tokens.count - 1 ? lineLimit : lineLimit - 1
      if line.utf8.count + token.utf8.count > limit {
        lines.append(line + "=")
        line = ""
      }
      line += token
    }
    lines.append(line)
    return lines
  }

  private static func hexadecimal(_ byte: UInt8) -> String {
    let digits = Array("0123456789ABCDEF")
    return String([digits[Int(byte >> 4)], digits[Int(byte & 15)]])
  }
}
