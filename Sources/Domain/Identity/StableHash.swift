internal import Crypto
internal import Foundation

/// Hashes that are the same on every machine, in every run: operation ids, digests, shards.
package enum StableHash {
  /// The SHA-256 of the parts in lower-case hexadecimal. Each part is prefixed by its length, so
  /// that `["a", "bc"]` and `["ab", "c"]` differ.
  package static func hex(_ parts: [String]) -> String {
    var hasher = SHA256()
    for part in parts {
      hasher.update(data: Data("\(part.utf8.count):".utf8))
      hasher.update(data: Data(part.utf8))
    }
    return hexadecimal(hasher.finalize())
  }

  /// The SHA-256 of some bytes in lower-case hexadecimal.
  package static func hex(bytes: [UInt8]) -> String {
    hexadecimal(SHA256.hash(data: bytes))
  }

  private static func hexadecimal(_ digest: some Sequence<UInt8>) -> String {
    let digits = Array("0123456789abcdef".utf8)
    var out: [UInt8] = []
    out.reserveCapacity(64)
    for byte in digest {
      out.append(digits[Int(byte >> 4)])
      out.append(digits[Int(byte & 15)])
    }
    return String(decoding: out, as: UTF8.self)
  }
}
