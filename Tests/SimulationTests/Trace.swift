/// What happened in a run: a fingerprint that another run of the same seed must repeat, and the
/// words for it where somebody reads them.
struct Trace {
  private(set) var fingerprint: UInt64 = 0xCBF2_9CE4_8422_2325
  private(set) var lines: [String] = []
  let isKept: Bool

  init(isKept: Bool) { self.isKept = isKept }

  /// The words are made only where they are kept.
  mutating func note(_ line: @autoclosure () -> String) {
    guard isKept else { return }
    let text = line()
    lines.append(text)
  }

  mutating func count(_ text: String) {
    for byte in text.utf8 { mix(UInt64(byte)) }
  }

  mutating func count(_ number: Int) { mix(UInt64(bitPattern: Int64(number))) }

  private mutating func mix(_ value: UInt64) {
    fingerprint = (fingerprint ^ value) &* 0x0000_0100_0000_01B3
  }
}
