import Foundation

/// Compares two records field by field. All strings are integers here; letters are looked at only
/// for words that differ.
final class Comparator: Sendable {
  let tables: Tables
  let statistics: Statistics
  let logCount: Float

  init(tables: Tables, statistics: Statistics) {
    self.tables = tables
    self.statistics = statistics
    logCount = log2f(Float(max(statistics.count, 50)))
  }

  func compare(_ i: Int, _ j: Int) -> Levels {
    let a = tables.records[i]
    let b = tables.records[j]
    var out = Levels()
    let context = (a.isPersonal ? 0 : 1) + (b.isPersonal ? 0 : 1)
    let name = compareNames(a, b, context: context)
    out[.name] = name.level
    out[.numbers] = compareNumbers(a, b)
    out[.place] = comparePlaces(a, b)
    out[.form] = compareForms(a, b)
    let person = comparePeople(a, b)
    out[.person] = context * PersonLevel.count + person
    out[.email] = compareMail(a, b)
    out[.host] = compareHosts(a, b, sameMail: (1...10).contains(out[.email]))
    out[.phone] = comparePhones(a, b)
    out[.address] = compareAddresses(a, b)
    out[.tax] = compareTax(i, j, a, b)
    out[.spelled] = compareSpelling(a, b, out)
    out[.marks] = (a.hasNamesakeMark ? 1 : 0) + (b.hasNamesakeMark ? 1 : 0)
    out[.page] = comparePages(a, b)
    out[.account] = compareAccounts(a, b)
    out[.accord] = accord(out, name: name.kind, person: person, context: context)
    return out
  }

  @inline(__always) static func bin(_ extra: Int) -> Int {
    extra <= 0 ? 0 : extra == 1 ? 1 : extra <= 3 ? 2 : extra <= 8 ? 3 : 4
  }

  /// How many names beyond the pair's own share a value used by `names` of them.
  @inline(__always) func extra(_ names: UInt16, _ a: Prepared, _ b: Prepared) -> Int {
    Int(names) - (a.core == b.core ? 1 : 2)
  }

  // MARK: Mail, web, phone

  func compareMail(_ a: Prepared, _ b: Prepared) -> Int {
    if a.mailboxes.count == 0 || b.mailboxes.count == 0 { return 0 }
    var best = 99
    for i in a.mailboxes.range {
      let x = tables.mailboxes[i]
      for j in b.mailboxes.range {
        let y = tables.mailboxes[j]
        let level: Int
        if x.full == y.full {
          let bin = Self.bin(extra(statistics.mailboxNames[i], a, b))
          level = (x.isRole ? 6 : 1) + bin
        } else {
          level = mailDifference(x, y)
        }
        best = min(best, level)
      }
    }
    return best
  }

  private func mailDifference(_ x: Mailbox, _ y: Mailbox) -> Int {
    if x.host == y.host {
      if !x.isRole, !y.isRole, isOneEdit(x.local, y.local) { return 11 }
      if x.isFree { return 15 }
      return x.isRole || y.isRole ? 13 : 14
    }
    if x.local == y.local, !x.isRole {
      if isOneEdit(x.host, y.host) { return 11 }
      if x.isFree || y.isFree, tables.strings.range(x.local).count >= 6 { return 12 }
    }
    if x.isFree && y.isFree { return 15 }
    return x.isFree || y.isFree ? 16 : 17
  }

  func compareHosts(_ a: Prepared, _ b: Prepared, sameMail: Bool) -> Int {
    if a.hosts.count == 0 || b.hosts.count == 0 { return 0 }
    var level = 6
    for i in a.hosts.range {
      for j in b.hosts.range {
        let x = tables.hosts[i]
        let y = tables.hosts[j]
        if x.id == y.id {
          if sameMail { return 8 }
          return 1 + Self.bin(extra(statistics.hostNames[i], a, b) / 2)
        }
        if x.label >= 0, x.label == y.label || isOneEdit(x.id, y.id) { level = 7 }
      }
    }
    return level
  }

  func comparePages(_ a: Prepared, _ b: Prepared) -> Int {
    for i in a.hosts.range where tables.hosts[i].page >= 0 {
      for j in b.hosts.range where tables.hosts[j].page >= 0 {
        if tables.hosts[i].id == tables.hosts[j].id {
          return tables.hosts[i].page == tables.hosts[j].page ? 1 : 2
        }
      }
    }
    return 0
  }

  func comparePhones(_ a: Prepared, _ b: Prepared) -> Int {
    if a.lines.count == 0 || b.lines.count == 0 { return 0 }
    var same = 0
    var names = UInt16.max
    var isNear = false
    for i in a.lines.range {
      for j in b.lines.range {
        let x = tables.lines[i]
        let y = tables.lines[j]
        if x.tail == y.tail {
          same += 1
          names = min(names, statistics.lineNames[i])
        } else if isNearNumber(x.digits, y.digits) {
          isNear = true
        }
      }
    }
    if same == 0 {
      if isNear { return 6 }
      return a.lines.count + b.lines.count > 2 ? 8 : 7
    }
    let bin = Self.bin(extra(names, a, b))
    return same > 1 && bin == 0 ? 9 : 1 + bin
  }

  /// One digit wrong, lost or swapped with its neighbour.
  private func isNearNumber(_ x: UInt64, _ y: UInt64) -> Bool {
    let long = max(x, y)
    let short = min(x, y)
    if short < 1_000_000 { return false }
    if long / 10 == short || long % 1_000_000 == short % 1_000_000 { return true }
    var unit: UInt64 = 1
    var differing = 0
    var p = long
    var q = short
    if long >= short * 5 {
      // A digit was lost somewhere: the rest lines up on both sides of the gap.
      while unit <= short {
        if long % unit == short % unit, long / (unit * 10) == short / unit { return true }
        unit *= 10
      }
      return false
    }
    var sum: Int64 = 0
    while p > 0 || q > 0 {
      if p % 10 != q % 10 {
        differing += 1
        sum += Int64(p % 10) - Int64(q % 10)
        if differing > 2 { return false }
      }
      p /= 10
      q /= 10
    }
    return differing == 1 || (differing == 2 && sum == 0)
  }

  // MARK: Tax and account numbers

  func compareTax(_ i: Int, _ j: Int, _ a: Prepared, _ b: Prepared) -> Int {
    if a.tax < 0 || b.tax < 0 { return 0 }
    if a.tax == b.tax {
      let bin = Self.bin(extra(statistics.taxNames[i], a, b))
      return bin == 0 ? 1 : bin <= 2 ? 2 : 3
    }
    return isOneEdit(a.tax, b.tax) ? 4 : 5
  }

  func compareAccounts(_ a: Prepared, _ b: Prepared) -> Int {
    if a.account < 0 || b.account < 0 { return 0 }
    return a.account == b.account ? 1 : 2
  }

  // MARK: Letters

  func isOneEdit(_ x: Int32, _ y: Int32) -> Bool {
    if x < 0 || y < 0 { return false }
    let diff = statistics.letters[Int(x)] ^ statistics.letters[Int(y)]
    if diff.nonzeroBitCount > 2 { return false }
    return tables.strings.arena.withUnsafeBufferPointer { arena in
      Similarity.isOneEdit(
        UnsafeBufferPointer(rebasing: arena[tables.strings.range(x)]),
        UnsafeBufferPointer(rebasing: arena[tables.strings.range(y)]))
    }
  }

  func similarity(_ x: Int32, _ y: Int32) -> Float {
    if x < 0 || y < 0 { return 0 }
    let p = statistics.letters[Int(x)]
    let q = statistics.letters[Int(y)]
    if (p & q).nonzeroBitCount * 2 < max(p.nonzeroBitCount, q.nonzeroBitCount) { return 0 }
    return tables.strings.arena.withUnsafeBufferPointer { arena in
      Similarity.jaroWinkler(
        UnsafeBufferPointer(rebasing: arena[tables.strings.range(x)]),
        UnsafeBufferPointer(rebasing: arena[tables.strings.range(y)]))
    }
  }

  /// How many independent contact facts agree, crossed with how the names compare: the level that
  /// keeps a shared mailbox, domain and phone from counting as three strangers' votes.
  private func accord(_ out: Levels, name: NameKind, person: Int, context: Int) -> Int {
    var facts = 0
    if (1...10).contains(out[.email]) || (1...5).contains(out[.host]) { facts += 1 }
    if (1...5).contains(out[.phone]) || out[.phone] == 9 { facts += 1 }
    if (1...4).contains(out[.address]) || (8...9).contains(out[.address]) { facts += 1 }
    if (1...3).contains(out[.tax]) { facts += 1 }
    var kind = name
    if context == 0, name == .unknown || name == .different {
      switch person {
      case 1...12: kind = .agree
      case PersonLevel.missing, PersonLevel.familyNoGiven: kind = .unknown
      default: kind = .different
      }
    }
    return (context * 4 + kind.rawValue) * 4 + min(facts, 3)
  }

  enum NameKind: Int { case unknown, agree, partly, different }
}
