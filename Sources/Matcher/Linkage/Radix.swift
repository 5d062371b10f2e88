/// Sorting of plain numbers by counting; stable and without comparisons.
enum Radix {
  /// Sorts by the lowest `bits` bits; higher ones must be zero.
  static func sort(_ values: inout [UInt64], bits: Int) {
    if values.count < 512 {
      values.sort()
      return
    }
    let width = 11
    let buckets = 1 << width
    var other = [UInt64](repeating: 0, count: values.count)
    var counts = [Int](repeating: 0, count: buckets)
    var shift = 0
    while shift < bits {
      for index in 0..<buckets { counts[index] = 0 }
      values.withUnsafeBufferPointer { source in
        counts.withUnsafeMutableBufferPointer { counts in
          for value in source {
            counts[Int(truncatingIfNeeded: value >> UInt64(shift)) & (buckets - 1)] += 1
          }
          var sum = 0
          for index in 0..<buckets {
            let count = counts[index]
            counts[index] = sum
            sum += count
          }
          other.withUnsafeMutableBufferPointer { target in
            for value in source {
              let bucket = Int(truncatingIfNeeded: value >> UInt64(shift)) & (buckets - 1)
              target[counts[bucket]] = value
              counts[bucket] += 1
            }
          }
        }
      }
      swap(&values, &other)
      shift += width
    }
  }

  /// Drops repetitions from a sorted array.
  static func unique(_ values: inout [UInt64]) {
    var end = 0
    var last: UInt64?
    for value in values where value != last {
      values[end] = value
      end += 1
      last = value
    }
    values.removeLast(values.count - end)
  }
}
