import Foundation
import Synchronization

/// A reader of mail that shares nothing with the writer: as a recipient's program reads it.
struct ParsedMail {
  var headers: [(name: String, value: String)] = []
  var body = ""

  struct Malformed: Error { var line: String }

  init(_ text: String) throws {
    guard let gap = text.range(of: "\n\n") else { throw Malformed(line: "no body") }
    let head = text[..<gap.lowerBound].replacingOccurrences(of: "\n ", with: " ")
    for line in head.components(separatedBy: "\n") {
      guard let colon = line.range(of: ": ") else { throw Malformed(line: line) }
      headers.append((String(line[..<colon.lowerBound]), String(line[colon.upperBound...])))
    }
    let raw = String(text[gap.upperBound...])
    switch value("Content-Transfer-Encoding") {
    case "base64":
      guard let data = Data(base64Encoded: raw.replacingOccurrences(of: "\n", with: "")) else {
        throw Malformed(line: "base64")
      }
      body = String(decoding: data, as: UTF8.self)
    case "quoted-printable":
      let joined = raw.replacingOccurrences(of: "=\n", with: "")
      body = String(Self.unquoted(joined).dropLast())
    default: throw Malformed(line: "encoding")
    }
  }

  func value(_ name: String) -> String? { headers.first { $0.name == name }?.value }

  private static func unquoted(_ text: String) -> String {
    var bytes: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let byte = rest.popFirst() {
      guard byte == 0x3D else {
        bytes.append(byte)
        continue
      }
      let digits = String(decoding: rest.prefix(2), as: UTF8.self)
      rest = rest.dropFirst(2)
      bytes.append(UInt8(digits, radix: 16) ?? 0x3F)
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// A header with its encoded words read.
  func decoded(_ name: String) -> String? {
    value(name).map { text in
      var out = ""
      var lastWasEncoded = false
      for word in text.components(separatedBy: " ") {
        if word.hasPrefix("=?UTF-8?B?"), word.hasSuffix("?="),
          let data = Data(base64Encoded: String(word.dropFirst(10).dropLast(2))),
          let plain = String(data: data, encoding: .utf8)
        {
          // Space between encoded words is not part of the text.
          out += (lastWasEncoded || out.isEmpty ? "" : " ") + plain
          lastWasEncoded = true
        } else {
          out += (out.isEmpty ? "" : " ") + word
          lastWasEncoded = false
        }
      }
      return out
    }
  }

  /// The name before the address of `name: Display Name <a@b.c>`.
  func displayName(_ name: String) -> String? {
    guard let text = decoded(name), let open = text.range(of: " <", options: .backwards) else {
      return nil
    }
    let shown = String(text[..<open.lowerBound])
    guard shown.hasPrefix("\"") else { return shown }
    var plain = ""
    var isEscaped = false
    for character in shown.dropFirst().dropLast() {
      if character == "\\", !isEscaped {
        isEscaped = true
      } else {
        plain.append(character)
        isEscaped = false
      }
    }
    return plain
  }
}

final class Counter: Sendable {
  private let count = Mutex(0)
  var value: Int { count.withLock { $0 } }
  func increment() { count.withLock { $0 += 1 } }
}
