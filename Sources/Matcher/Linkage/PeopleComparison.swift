import Foundation

/// People, addresses, and what mailboxes and domains spell.
extension Comparator {
  func comparePeople(_ a: Prepared, _ b: Prepared) -> Int {
    if a.people.count == 0 || b.people.count == 0 { return PersonLevel.missing }
    var best = PersonLevel.different
    for i in a.people.range {
      for j in b.people.range {
        let level = compare(tables.people[i], tables.people[j])
        if Self.rank[level] < Self.rank[best] { best = level }
      }
    }
    return best
  }

  /// Which of two comparisons says more, by level.
  private static let rank: [Int] = [
    17, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 18, 16,
  ]

  private func compare(_ p: Person, _ q: Person) -> Int {
    let family = familyRelation(p, q)
    let given = givenRelation(p, q)
    if family == .same, given == .same { return same(p, q) }
    if family != .same, let level = swapped(p, q) { return level }
    switch (family, given) {
    case (.missing, _): return given == .same ? PersonLevel.givenOnly : PersonLevel.missing
    case (.same, .same): return same(p, q)
    case (.same, .nickname):
      return PersonLevel.nickname + (namesakes(p) < 0.5 ? 0 : 1)
    case (.same, .initial):
      return PersonLevel.initial + (isRare(p) ? 0 : 1)
    case (.same, .alike): return PersonLevel.givenAlike
    case (.same, .missing): return PersonLevel.familyNoGiven
    case (.same, .different):
      return isRare(p) ? PersonLevel.familyOnlyRare : PersonLevel.familyOnlyCommon
    case (.alike, .same), (.alike, .nickname): return PersonLevel.familyAlike
    case (.alike, .alike), (.alike, .initial): return PersonLevel.bothAlike
    case (.alike, _): return PersonLevel.different
    case (_, .same): return PersonLevel.givenOnly
    case (_, _): return PersonLevel.different
    }
  }

  /// Given and family name in each other's place.
  private func swapped(_ p: Person, _ q: Person) -> Int? {
    if p.first < 0 || p.last < 0 || q.first < 0 || q.last < 0 { return nil }
    if p.last == q.first {
      if p.first == q.last { return same(p, p) }
      if p.isInitialOnly, p.initial == letter(q.last) { return PersonLevel.initial + 1 }
      if isOneEdit(p.first, q.last) { return PersonLevel.givenAlike }
    } else if p.first == q.last {
      if q.isInitialOnly, q.initial == letter(p.last) { return PersonLevel.initial + 1 }
      if isOneEdit(p.last, q.first) { return PersonLevel.familyAlike }
    }
    return nil
  }

  private func letter(_ id: Int32) -> UInt8 {
    tables.strings.arena[tables.strings.range(id).lowerBound]
  }

  private enum Relation { case same, nickname, initial, alike, different, missing }

  private func familyRelation(_ p: Person, _ q: Person) -> Relation {
    if p.last < 0 || q.last < 0 { return .missing }
    if p.last == q.last || p.lastSkeleton == q.lastSkeleton { return .same }
    if p.lastWord == q.last || q.lastWord == p.last { return .alike }
    if isOneEdit(p.last, q.last), min(length(p.last), length(q.last)) >= 4 { return .alike }
    if isPrefix(p.last, q.last) { return .alike }
    return similarity(p.last, q.last) >= 0.93 ? .alike : .different
  }

  private func givenRelation(_ p: Person, _ q: Person) -> Relation {
    if p.first < 0 || q.first < 0 { return .missing }
    if p.first == q.first { return .same }
    if p.canonical == q.canonical { return .nickname }
    if p.isInitialOnly || q.isInitialOnly { return p.initial == q.initial ? .initial : .different }
    if isOneEdit(p.first, q.first), min(length(p.first), length(q.first)) >= 4 { return .alike }
    if isPrefix(p.first, q.first) { return .alike }
    return similarity(p.first, q.first) >= 0.92 ? .alike : .different
  }

  private func length(_ id: Int32) -> Int { tables.strings.range(id).count }

  private func isPrefix(_ x: Int32, _ y: Int32) -> Bool {
    let p = tables.strings.range(x)
    let q = tables.strings.range(y)
    let short = min(p.count, q.count)
    if short < 3 { return false }
    let arena = tables.strings.arena
    for index in 0..<short where arena[p.lowerBound + index] != arena[q.lowerBound + index] {
      return false
    }
    return true
  }

  /// Records of other people of this name to be expected by chance.
  private func namesakes(_ p: Person) -> Float {
    if p.canonical < 0 || p.lastSkeleton < 0 { return 1 }
    return Float(statistics.count) * statistics.given[Int(p.canonical)]
      * statistics.family[Int(p.lastSkeleton)]
  }

  private func isRare(_ p: Person) -> Bool {
    p.lastSkeleton >= 0
      && Float(statistics.count) * statistics.family[Int(p.lastSkeleton)] < 6
  }

  private func same(_ p: Person, _ q: Person) -> Int {
    let expected = namesakes(p)
    let bin =
      expected < 0.03 ? 0 : expected < 0.15 ? 1 : expected < 0.6 ? 2 : expected < 3 ? 3 : 4
    return PersonLevel.same + bin
  }

  // MARK: Addresses

  func compareAddresses(_ a: Prepared, _ b: Prepared) -> Int {
    if a.sites.count == 0 || b.sites.count == 0 { return 0 }
    var best = 0
    for i in a.sites.range {
      for j in b.sites.range {
        let level = compare(i, j, a, b)
        if Self.siteRank[level] < Self.siteRank[best] { best = level }
      }
    }
    return best
  }

  private static let siteRank: [Int] = [
    20, 0, 1, 2, 3, 4, 5, 7, 8, 9, 11, 13, 14, 12, 15, 16, 17, 6,
  ]

  private func compare(_ i: Int, _ j: Int, _ a: Prepared, _ b: Prepared) -> Int {
    let x = tables.sites[i]
    let y = tables.sites[j]
    let samePostcode = x.postcode >= 0 && x.postcode == y.postcode
    let sameCity = x.city >= 0 && y.city >= 0 && sharesPlace(x, y, a, b)
    let isNear = samePostcode || sameCity
    let isFar =
      x.city >= 0 && y.city >= 0 && !sameCity && !samePostcode
    let bin = Self.bin(extra(statistics.siteNames[i], a, b))
    if x.box >= 0, x.box == y.box, isNear { return bin == 0 ? 8 : 9 }
    if x.number >= 0, y.number >= 0, x.street >= 0, y.street >= 0 {
      let sameStreet = x.street == y.street
      let isTypeConflict = x.type >= 0 && y.type >= 0 && x.type != y.type
      if x.number == y.number {
        if sameStreet && !isTypeConflict {
          if !isNear { return 7 }
          if x.unit >= 0, y.unit >= 0, x.unit != y.unit { return 5 }
          return 1 + min(bin, 3)
        }
        if isNear, !isTypeConflict,
          isOneEdit(x.street, y.street)
            || similarity(x.street, y.street) >= 0.9
        {
          return 6
        }
      } else if sameStreet, !isTypeConflict, isNear {
        return isOneEdit(x.number, y.number) && length(x.number) > 1 ? 17 : 10
      }
      if isFar { return x.country != y.country && x.country > 0 && y.country > 0 ? 16 : 15 }
      return samePostcode ? 13 : sameCity ? 14 : 0
    }
    if isFar { return x.country != y.country && x.country > 0 && y.country > 0 ? 16 : 15 }
    return samePostcode ? 11 : sameCity ? 12 : 0
  }

  /// The city of one is the city or a suburb of the other.
  private func sharesPlace(_ x: Site, _ y: Site, _ a: Prepared, _ b: Prepared) -> Bool {
    if x.city == y.city { return true }
    return tables.places[b.places.range].contains(x.city)
      || tables.places[a.places.range].contains(y.city)
  }

  // MARK: Spelling

  /// Whether a mailbox or domain of one spells the other's name; 0 when mail or host agree anyway.
  func compareSpelling(_ a: Prepared, _ b: Prepared, _ found: Levels) -> Int {
    if (1...11).contains(found[.email]) || (1...5).contains(found[.host]) { return 0 }
    return max(spells(a, b), spells(b, a))
  }

  private func spells(_ a: Prepared, _ b: Prepared) -> Int {
    for j in b.aspects.range where tables.aspects[j].spelled >= 0 {
      let name = tables.aspects[j].spelled
      if a.core == b.core && tables.aspects[j].role == .main { continue }
      for i in a.mailboxes.range where tables.mailboxes[i].letters == name { return 1 }
      for i in a.hosts.range where tables.hosts[i].label == name { return 2 }
    }
    return 0
  }
}
