extension HubSpotSandbox {
  /// Keys (modified, id) in order, cut into chunks so that inserting and removing stay cheap and
  /// a range can be counted without walking it.
  struct SortedIndex: Sendable {
    struct Key: Sendable, Hashable, Comparable {
      var modified: Int64
      var id: Int

      static func < (left: Self, right: Self) -> Bool {
        left.modified != right.modified
          ? left.modified < right.modified : left.id < right.id
      }
    }

    private var chunks: [[Key]] = []
    private(set) var count = 0
    private static let largest = 1024

    mutating func insert(_ key: Key) {
      guard let last = chunks.indices.last else {
        chunks = [[key]]
        count = 1
        return
      }
      let chunk = min(chunkIndex(of: key), last)
      let place = Self.lowerBound(chunks[chunk], key)
      if place < chunks[chunk].count, chunks[chunk][place] == key { return }
      chunks[chunk].insert(key, at: place)
      count += 1
      if chunks[chunk].count > Self.largest { split(chunk, appending: chunk == last) }
    }

    mutating func remove(_ key: Key) {
      let chunk = chunkIndex(of: key)
      guard chunk < chunks.count else { return }
      let place = Self.lowerBound(chunks[chunk], key)
      guard place < chunks[chunk].count, chunks[chunk][place] == key else { return }
      chunks[chunk].remove(at: place)
      count -= 1
      if chunks[chunk].isEmpty { chunks.remove(at: chunk) }
    }

    /// How many keys are smaller than `key`.
    func rank(_ key: Key) -> Int {
      let chunk = chunkIndex(of: key)
      var total = 0
      for index in 0..<chunk { total += chunks[index].count }
      return chunk < chunks.count ? total + Self.lowerBound(chunks[chunk], key) : total
    }

    /// The keys at positions `range` of the whole order.
    func slice(_ range: Range<Int>) -> [Key] {
      var found: [Key] = []
      found.reserveCapacity(range.count)
      var start = 0
      for chunk in chunks {
        let end = start + chunk.count
        if start >= range.upperBound { break }
        if end > range.lowerBound {
          let from = max(range.lowerBound, start) - start
          found.append(contentsOf: chunk[from..<min(range.upperBound, end) - start])
        }
        start = end
      }
      return found
    }

    /// The first chunk whose last key is not smaller than `key`; `chunks.count` when none is.
    private func chunkIndex(of key: Key) -> Int {
      var low = 0
      var high = chunks.count
      while low < high {
        let middle = (low + high) / 2
        if let last = chunks[middle].last, last < key { low = middle + 1 } else { high = middle }
      }
      return low
    }

    private static func lowerBound(_ keys: [Key], _ key: Key) -> Int {
      var low = 0
      var high = keys.count
      while low < high {
        let middle = (low + high) / 2
        if keys[middle] < key { low = middle + 1 } else { high = middle }
      }
      return low
    }

    /// Appending in time order is the rule, so a full last chunk is left full.
    private mutating func split(_ chunk: Int, appending: Bool) {
      let cut = appending ? Self.largest : chunks[chunk].count / 2
      let tail = Array(chunks[chunk][cut...])
      chunks[chunk].removeSubrange(cut...)
      chunks.insert(tail, at: chunk + 1)
    }
  }
}
