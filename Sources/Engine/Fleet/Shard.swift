internal import Domain

/// A share of many configurations: shard `index` of `count`, counted from 0.
package struct Shard: Hashable, Sendable, CustomStringConvertible {
  package let index: Int
  package let count: Int

  /// Reads `I/N`; nil unless 0 ≤ I < N.
  package init?(_ text: String) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    let isPlain = parts.allSatisfy { !$0.isEmpty && $0.allSatisfy(\.isWholeNumber) }
    guard parts.count == 2, isPlain, let index = Int(parts[0]), let count = Int(parts[1]),
      count > 0, index < count
    else { return nil }
    self.index = index
    self.count = count
  }

  package var description: String { "\(index)/\(count)" }

  /// Whether a file falls to this shard. Only its name counts, not its directory: the same on
  /// every machine.
  package func takes(_ fileName: String) -> Bool {
    let digits = StableHash.hex([fileName]).prefix(15)
    return (UInt64(digits, radix: 16) ?? 0) % UInt64(count) == UInt64(index)
  }
}
