/// Conditions a pair must meet to be linked unseen, however high its score.
enum Safety {
  /// Nothing that only a person can weigh: another number or branch in the name, another tax
  /// number, another given name, or agreement in the name alone.
  static func isClear(_ levels: Levels) -> Bool {
    switch levels[.numbers] {
    case 2, 3: return false
    case _: break
    }
    switch levels[.place] {
    case 2, 4, 6, 7: return false
    case _: break
    }
    if levels[.tax] == 5 || levels[.page] == 2 || levels[.marks] > 0 { return false }
    let person = levels[.person] % PersonLevel.count
    let isPersonConflict =
      person == PersonLevel.familyOnlyRare || person == PersonLevel.familyOnlyCommon
    if isPersonConflict, levels[.person] < PersonLevel.count * 2 { return false }
    // Different names behind one desk are one person's several companies as often as not.
    if Comparator.NameKind(rawValue: levels[.accord] / 4 % 4) != .agree { return false }
    return hasContactFact(levels) || hasNameAndContact(levels)
  }

  /// A rare company name together with a contact person who is rare as well.
  private static func hasNameAndContact(_ levels: Levels) -> Bool {
    let isRareName = levels[.name] / 4 == NameLevel.same.rawValue && levels[.name] % 4 < 2
    let person = levels[.person] - PersonLevel.count * 2
    return isRareName && (PersonLevel.same...PersonLevel.same + 1).contains(person)
  }

  /// Something beside names agrees.
  static func hasContactFact(_ levels: Levels) -> Bool {
    (1...11).contains(levels[.email]) || (1...5).contains(levels[.host])
      || (1...6).contains(levels[.phone]) || levels[.phone] == 9
      || (1...9).contains(levels[.address]) || (1...4).contains(levels[.tax])
      || levels[.spelled] > 0 || levels[.account] == 1
  }

  /// Evidence that two records of one side must not end up in one cluster.
  static func isConflict(_ levels: Levels) -> Bool {
    levels[.numbers] == 3 || levels[.place] == 2 || levels[.page] == 2
      || (levels[.tax] == 5 && levels[.numbers] == 2)
  }
}
