package import Domain
package import Foundation

/// A JSON number taken from its digits, quoted or not; never through a binary fraction.
package struct ExactNumber: Decodable, Hashable, Sendable {
  package let value: ExactDecimal

  package init(_ value: ExactDecimal) { self.value = value }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    // Decimal is read from the digits and written back as plain digits.
    let text: String
    if let number = try? container.decode(Decimal.self) {
      text = number.description
    } else {
      text = try container.decode(String.self).trimmingCharacters(in: .whitespaces)
    }
    do { value = try ExactDecimal(parsing: text) } catch {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "expected a decimal number")
    }
  }
}

/// A text, or a number or truth value where a text was expected, written as one.
package struct LenientText: Decodable, Hashable, Sendable {
  package let value: String

  package init(_ value: String) { self.value = value }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let text = try? container.decode(String.self) {
      value = text
    } else if let flag = try? container.decode(Bool.self) {
      value = flag ? "true" : "false"
    } else {
      value = try container.decode(Decimal.self).description
    }
  }
}

/// `true`, `"true"`, `"True"`, and their opposites.
package struct LenientFlag: Decodable, Hashable, Sendable {
  package let value: Bool

  package init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let flag = try? container.decode(Bool.self) {
      value = flag
      return
    }
    switch try container.decode(String.self).lowercased() {
    case "true": value = true
    case "false": value = false
    default:
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "expected true or false")
    }
  }
}

/// A record whose id can be read even when the rest of it cannot.
package protocol WireRecord: Decodable, Sendable {
  /// The JSON key of its id.
  static var idKey: String { get }
}

/// A list read element by element: one that cannot be understood leaves the others alone.
package struct EachRecord<Record: WireRecord>: Decodable, Sendable {
  package var slots: [Slot]

  package enum Slot: Sendable {
    case read(Record)
    /// `id` is nil where not even that could be read.
    case unreadable(id: String?, reason: String)
  }

  package init(from decoder: any Decoder) throws {
    var container = try decoder.unkeyedContainer()
    slots = []
    slots.reserveCapacity(container.count ?? 0)
    while !container.isAtEnd { slots.append(try container.decode(Attempt.self).slot) }
  }

  /// Never throws: a failure is a value.
  private struct Attempt: Decodable {
    let slot: Slot

    init(from decoder: any Decoder) throws {
      do { slot = .read(try Record(from: decoder)) } catch {
        let fields = try? decoder.container(keyedBy: AnyKey.self)
        let id = try? fields?.decode(LenientText.self, forKey: AnyKey(Record.idKey)).value
        slot = .unreadable(id: id, reason: JSONReading.reason(error))
      }
    }
  }

  package var readable: [Record] {
    slots.compactMap {
      switch $0 {
      case .read(let record): record
      case .unreadable: nil
      }
    }
  }
}

/// Any JSON key.
package struct AnyKey: CodingKey, Hashable {
  package let stringValue: String
  package var intValue: Int? { nil }

  package init(_ name: String) { stringValue = name }
  package init(stringValue: String) { self.stringValue = stringValue }
  package init?(intValue: Int) { nil }
}

/// Reads JSON answers leniently in what does not matter and strictly in what does.
package enum JSONReading {
  /// Decodes one document. Bytes that are no UTF-8 and halves of surrogate pairs are read as
  /// U+FFFD, so that one broken character does not hide a page of records.
  package static func decode<Value: Decodable>(
    _ type: Value.Type, from data: Data
  ) throws -> Value {
    do { return try JSONDecoder().decode(type, from: data) } catch {
      let mended = mended(data)
      guard mended != data else { throw error }
      return try JSONDecoder().decode(type, from: mended)
    }
  }

  /// Which field and what was expected; never the value itself.
  package static func reason(_ error: any Error) -> String {
    guard let error = error as? DecodingError else { return "it could not be read" }
    switch error {
    case .typeMismatch(_, let context):
      return "\(path(context.codingPath)) has another type than expected"
    case .valueNotFound(_, let context): return "\(path(context.codingPath)) is null"
    case .keyNotFound(let key, let context):
      return "\(path(context.codingPath + [key])) is missing"
    case .dataCorrupted(let context):
      return "\(path(context.codingPath)) cannot be read"
    @unknown default: return "it could not be read"
    }
  }

  private static func path(_ keys: [any CodingKey]) -> String {
    let words = keys.compactMap { $0.intValue == nil ? $0.stringValue : nil }
    return words.isEmpty ? "it" : words.joined(separator: ".")
  }

  private static func mended(_ data: Data) -> Data {
    let text = Array(String(decoding: data, as: UTF8.self).utf8)
    var out: [UInt8] = []
    out.reserveCapacity(text.count)
    var at = 0
    while at < text.count {
      guard text[at] == UInt8(ascii: "\\"), at + 1 < text.count else {
        out.append(text[at])
        at += 1
        continue
      }
      guard let unit = escapedUnit(text, at) else {
        out += text[at...(at + 1)]
        at += 2
        continue
      }
      let isPair =
        (0xD800...0xDBFF).contains(unit)
        && escapedUnit(text, at + 6).map { (0xDC00...0xDFFF).contains($0) } == true
      if isPair {
        out += text[at..<(at + 12)]
        at += 12
      } else {
        let isHalf = (0xD800...0xDFFF).contains(unit)
        out += isHalf ? Array("\\ufffd".utf8) : Array(text[at..<(at + 6)])
        at += 6
      }
    }
    return Data(out)
  }

  /// The value of a `\uXXXX` escape that begins at `at`.
  private static func escapedUnit(_ text: [UInt8], _ at: Int) -> UInt16? {
    guard at + 6 <= text.count, text[at] == UInt8(ascii: "\\"),
      text[at + 1] == UInt8(ascii: "u")
    else { return nil }
    return UInt16(String(decoding: text[(at + 2)..<(at + 6)], as: UTF8.self), radix: 16)
  }
}
