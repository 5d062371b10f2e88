package import Foundation

/// A query or form body whose names and values are escaped strictly: everything but letters,
/// digits and `-._~`, so that `+`, `&`, `=`, `,` and spaces arrive as they were.
package struct URLQuery: Sendable, Hashable, ExpressibleByDictionaryLiteral {
  package struct Item: Sendable, Hashable {
    package let name: String
    package let value: String
  }

  package private(set) var items: [Item] = []

  package init() {}

  package init(dictionaryLiteral elements: (String, String)...) {
    for (name, value) in elements { add(name, value) }
  }

  /// Adds one pair; the order is kept and names may repeat.
  package mutating func add(_ name: String, _ value: String) {
    items.append(Item(name: name, value: value))
  }

  /// `a=1&b=x%20y`; empty for no items.
  package var percentEncoded: String {
    items.map { "\(Self.escape($0.name))=\(Self.escape($0.value))" }.joined(separator: "&")
  }

  /// The body of an `application/x-www-form-urlencoded` request.
  package var formBody: Data { Data(percentEncoded.utf8) }

  /// One name, value or path segment, with nothing left that has a meaning in an address.
  package static func escape(_ text: String) -> String {
    var escaped = ""
    escaped.reserveCapacity(text.utf8.count)
    for byte in text.utf8 {
      if isUnreserved(byte) {
        escaped.unicodeScalars.append(Unicode.Scalar(byte))
      } else {
        let digits = String(byte, radix: 16, uppercase: true)
        escaped += digits.count == 1 ? "%0\(digits)" : "%\(digits)"
      }
    }
    return escaped
  }

  private static func isUnreserved(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
      UInt8(ascii: "_"), UInt8(ascii: "~"):
      true
    default: false
    }
  }
}

extension URL {
  /// This base with path segments and a query added, each escaped; a base with a path keeps it.
  /// Empty, `.` and `..` segments are refused: they would change which resource is meant.
  package func endpoint(
    _ segments: String..., query: URLQuery = [:]
  ) throws(RemoteError) -> URL {
    var text = absoluteString
    while text.hasSuffix("/") { text.removeLast() }
    for segment in segments {
      guard !segment.isEmpty, segment != ".", segment != ".." else {
        throw .notSent(reason: "an id in the address is empty or not usable")
      }
      text += "/" + URLQuery.escape(segment)
    }
    if !query.items.isEmpty { text += "?" + query.percentEncoded }
    guard let url = URL(string: text) else {
      throw .notSent(reason: "the address could not be built")
    }
    return url
  }
}
