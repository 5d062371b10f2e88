/// String comparison for single words; both take bytes and allocate nothing for words up to 64.
enum Similarity {
  /// Jaro–Winkler similarity in 0…1; words longer than 64 bytes are compared by their first 64.
  static func jaroWinkler(
    _ a: UnsafeBufferPointer<UInt8>, _ b: UnsafeBufferPointer<UInt8>
  ) -> Float {
    let n = min(a.count, 64)
    let m = min(b.count, 64)
    if n == 0 || m == 0 { return 0 }
    let reach = max(max(n, m) / 2 - 1, 0)
    var takenA: UInt64 = 0
    var takenB: UInt64 = 0
    var matches = 0
    for i in 0..<n {
      let low = max(0, i - reach)
      let high = min(m - 1, i + reach)
      if low > high { continue }
      for j in low...high where takenB & (1 << UInt64(j)) == 0 && a[i] == b[j] {
        takenA |= 1 << UInt64(i)
        takenB |= 1 << UInt64(j)
        matches += 1
        break
      }
    }
    if matches == 0 { return 0 }
    var transposed = 0
    while takenA != 0 {
      let i = takenA.trailingZeroBitCount
      let j = takenB.trailingZeroBitCount
      if a[i] != b[j] { transposed += 1 }
      takenA &= takenA - 1
      takenB &= takenB - 1
    }
    let count = Float(matches)
    let jaro =
      (count / Float(n) + count / Float(m) + (count - Float(transposed) / 2) / count) / 3
    var prefix = 0
    while prefix < min(4, min(n, m)), a[prefix] == b[prefix] { prefix += 1 }
    return jaro + Float(prefix) * 0.1 * (1 - jaro)
  }

  /// Whether one edit (insertion, deletion, change, or swap of neighbours) turns `a` into `b`.
  static func isOneEdit(
    _ a: UnsafeBufferPointer<UInt8>, _ b: UnsafeBufferPointer<UInt8>
  ) -> Bool {
    let n = a.count
    let m = b.count
    if abs(n - m) > 1 { return false }
    var head = 0
    while head < min(n, m), a[head] == b[head] { head += 1 }
    var tail = 0
    while tail < min(n, m) - head, a[n - 1 - tail] == b[m - 1 - tail] { tail += 1 }
    let restA = n - head - tail
    let restB = m - head - tail
    if restA <= 1 && restB <= 1 { return true }
    return restA == 2 && restB == 2 && a[head] == b[head + 1] && a[head + 1] == b[head]
  }
}
