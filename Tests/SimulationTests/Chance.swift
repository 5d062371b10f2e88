/// Everything that is left to chance, from one seed (SplitMix64).
struct Chance {
  private var state: UInt64

  init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1 }

  /// A stream of its own for one part of one pass: what is left out elsewhere moves nothing here.
  init(seed: UInt64, pass: Int, part: Int) {
    self.init(seed: seed)
    state ^= (UInt64(bitPattern: Int64(pass)) &+ 1) &* 0xD6E8_FEB8_6659_FD93
    state ^= (UInt64(bitPattern: Int64(part)) &+ 1) &* 0xA076_1D64_78BD_642F
    _ = next()
  }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  /// A whole number of the range, each as likely.
  mutating func number(_ range: ClosedRange<Int>) -> Int {
    range.lowerBound + Int(next() % UInt64(range.count))
  }

  /// True so many times in a hundred.
  mutating func happens(_ percent: Int) -> Bool { number(0...99) < percent }

  /// One of them; nil when there is none.
  mutating func one<Element>(of elements: [Element]) -> Element? {
    elements.isEmpty ? nil : elements[number(0...(elements.count - 1))]
  }
}
