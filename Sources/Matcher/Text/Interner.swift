/// Gives equal byte strings one number, so that comparing them later is comparing integers.
struct Interner: Sendable {
  private(set) var arena: ContiguousArray<UInt8> = []
  /// Start of every string in `arena`, with the end of the last one behind it.
  private(set) var offsets: ContiguousArray<UInt32> = [0]
  private var slots: ContiguousArray<Int32>
  private var mask: Int

  init(expecting count: Int = 1024) {
    var size = 1024
    while size < count * 2 { size *= 2 }
    slots = ContiguousArray(repeating: -1, count: size)
    mask = size - 1
  }

  var count: Int { offsets.count - 1 }

  @inline(__always) func range(_ id: Int32) -> Range<Int> {
    Int(offsets[Int(id)])..<Int(offsets[Int(id) + 1])
  }

  func bytes(_ id: Int32) -> ArraySlice<UInt8> { ArraySlice(arena[range(id)]) }

  func string(_ id: Int32) -> String {
    id < 0 ? "" : String(decoding: arena[range(id)], as: UTF8.self)
  }

  /// FNV-1a with a final mix; the same on every machine and run.
  @inline(__always) static func hash(_ bytes: UnsafeBufferPointer<UInt8>) -> UInt64 {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    hash ^= hash >> 32
    return hash &* 0x9E37_79B9_7F4A_7C15
  }

  /// The number of `bytes`, new if not seen before; -1 for nothing at all.
  mutating func intern(_ bytes: some Collection<UInt8>) -> Int32 {
    let done = bytes.withContiguousStorageIfAvailable { intern(pointer: $0) }
    if let done { return done }
    return Array(bytes).withUnsafeBufferPointer { intern(pointer: $0) }
  }

  mutating func intern(_ string: String) -> Int32 {
    var string = string
    return string.withUTF8 { intern(pointer: $0) }
  }

  mutating func intern(pointer bytes: UnsafeBufferPointer<UInt8>) -> Int32 {
    if bytes.isEmpty { return -1 }
    var slot = Int(truncatingIfNeeded: Self.hash(bytes) >> 20) & mask
    while slots[slot] >= 0 {
      if isEqual(slots[slot], bytes) { return slots[slot] }
      slot = (slot + 1) & mask
    }
    let id = Int32(count)
    slots[slot] = id
    arena.append(contentsOf: bytes)
    offsets.append(UInt32(arena.count))
    if count * 3 > slots.count * 2 { grow() }
    return id
  }

  /// The number of a string already known, or -1.
  func find(_ bytes: some Collection<UInt8>) -> Int32 {
    Array(bytes).withUnsafeBufferPointer { bytes in
      var slot = Int(truncatingIfNeeded: Self.hash(bytes) >> 20) & mask
      while slots[slot] >= 0 {
        if isEqual(slots[slot], bytes) { return slots[slot] }
        slot = (slot + 1) & mask
      }
      return -1
    }
  }

  @inline(__always)
  private func isEqual(_ id: Int32, _ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    let start = Int(offsets[Int(id)])
    guard Int(offsets[Int(id) + 1]) - start == bytes.count else { return false }
    for index in 0..<bytes.count where arena[start + index] != bytes[index] { return false }
    return true
  }

  private mutating func grow() {
    let size = slots.count * 2
    mask = size - 1
    slots = ContiguousArray(repeating: -1, count: size)
    for id in 0..<Int32(count) {
      let hash = arena.withUnsafeBufferPointer {
        Self.hash(UnsafeBufferPointer(rebasing: $0[range(id)]))
      }
      var slot = Int(truncatingIfNeeded: hash >> 20) & mask
      while slots[slot] >= 0 { slot = (slot + 1) & mask }
      slots[slot] = id
    }
  }

  /// Takes in every string of `other`; the answer maps its numbers to those of this one.
  mutating func absorb(_ other: Interner) -> ContiguousArray<Int32> {
    var map = ContiguousArray<Int32>()
    map.reserveCapacity(other.count)
    other.arena.withUnsafeBufferPointer { arena in
      for id in 0..<Int32(other.count) {
        map.append(intern(pointer: UnsafeBufferPointer(rebasing: arena[other.range(id)])))
      }
    }
    return map
  }

  /// Drops the look-up table; numbers stay readable.
  mutating func freeze() {
    slots = [-1]
    mask = 0
  }
}
