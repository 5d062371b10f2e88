internal import Domain

/// Problems that keep a deal from being invoiced as it is.
struct Held: Error {
  var holds: [Hold]
}

extension [Hold] {
  /// One hold per subject and code, its messages joined, in a fixed order.
  func merged() -> [Hold] {
    var out: [Hold] = []
    for hold in self {
      guard let same = out.firstIndex(where: { $0.subject == hold.subject && $0.code == hold.code })
      else {
        out.append(hold)
        continue
      }
      if !out[same].message.contains(hold.message) { out[same].message += " " + hold.message }
    }
    return out.sorted { ($0.subject, $0.code.rawValue) < ($1.subject, $1.code.rawValue) }
  }
}
