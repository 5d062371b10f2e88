/// Conditions a pair must meet to be linked unseen, however high its score.
enum Safety {
  /// Nothing that only a person can weigh: another number or branch in the name, another tax
  /// number, another given name, or agreement in the name alone.
  static func isClear(_ levels: Levels) -> Bool { objection(levels) == nil }

  /// Why a person should decide, for the list of reasons.
  static func doubt(_ levels: Levels) -> String {
    let why = objection(levels) ?? "another record of either side could be meant"
    return "not linked unseen: \(why)"
  }

  private static func objection(_ levels: Levels) -> String? {
    if levels[.numbers] == 2 || levels[.numbers] == 3 { return "numbers in the names differ" }
    // Even a place that fits may be the mark of a branch beside the head office.
    if levels[.place] > 1 { return "one name has an addition that may mean a branch" }
    if levels[.tax] == 5 { return "tax numbers differ" }
    if levels[.page] == 2 { return "the web pages are those of two branches" }
    if levels[.marks] > 0 { return "the name carries the mark of a namesake" }
    let person = levels[.person] % PersonLevel.count
    let isPersonConflict =
      person == PersonLevel.familyOnlyRare || person == PersonLevel.familyOnlyCommon
    if isPersonConflict, levels[.person] < PersonLevel.count * 2 { return "given names differ" }
    // Different names behind one desk are one person's several companies as often as not.
    if Comparator.NameKind(rawValue: levels[.accord] / 4 % 4) != .agree
      || levels[.name] / 4 == NameLevel.longer.rawValue
    {
      return "the names do not agree fully"
    }
    if hasContactFact(levels) || hasNameAndContact(levels) { return nil }
    return "nothing but the name agrees"
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
