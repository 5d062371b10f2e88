/// Sentences for the levels of one pair, with the values they are about.
struct Wording {
  let comparator: Comparator
  let i: Int
  let j: Int
  let left: MatchRecord
  let right: MatchRecord

  private var tables: Tables { comparator.tables }
  private var a: Prepared { tables.records[i] }
  private var b: Prepared { tables.records[j] }

  /// "used by no other customer", "used by 6 other customers": what makes agreement weigh.
  private func use(_ names: UInt16) -> String {
    let extra = comparator.extra(names, a, b)
    if extra <= 0 { return "used by no other customer" }
    return "shared with \(extra) other name\(extra == 1 ? "" : "s")"
  }

  func name(_ level: Int) -> String? {
    let isCommon = level % 4 >= 2
    guard let kind = NameLevel(rawValue: level / 4) else { return nil }
    switch kind {
    case .unknown: return nil
    case .same: return isCommon ? "same name, but a common one" : "same name, a rare one"
    case .written: return "same name, written differently"
    case .generic: return "same name but for a general word such as Group or Services"
    case .longer: return "one name is the other with a further word"
    case .muchLonger: return "one name is only a part of the other"
    case .swapped: return "names share words and differ in usual ones"
    case .mixed: return "names share words and differ in others"
    case .weak: return "names have little in common"
    case .none: return "names “\(left.name)” and “\(right.name)” have no word in common"
    case .acronym: return "one name is the initials of the other"
    }
  }

  func numbers(_ level: Int) -> String? {
    switch level {
    case 1, 4: "same number in the name"
    case 2: "a number in one name only"
    case 3: "different numbers in the names"
    case _: nil
    }
  }

  func place(_ level: Int) -> String? {
    switch level {
    case 1: "names mention the same place"
    case 2: "names mention different places: two branches"
    case 3: "one name mentions the place of the other's address"
    case 4: "one name mentions a place the other's address is not in"
    case 5: "one name mentions a place"
    case 6: "an addition to one name that the other lacks"
    case 7: "different additions to the names"
    case _: nil
    }
  }

  func form(_ level: Int) -> String? {
    switch level {
    case 1: "same legal form"
    case 2: "related legal forms"
    case 3: "different legal forms"
    case 4: "a trust on one side only"
    case _: nil
    }
  }

  func person(_ level: Int) -> String? {
    let isContact = !(a.isPersonal && b.isPersonal)
    let who = isContact ? "contact person" : "person"
    switch level {
    case 1, 2: return "same \(who), a rare name"
    case 3, 4: return "same \(who)"
    case 5: return "same \(who), but a common name"
    case 6, 7: return "same \(who), short form of the given name"
    case 8, 9: return "same family name and initial"
    case 10...12: return "\(who)'s name nearly the same"
    case 13, 14: return "same family name, different given name"
    case 15: return "same given name, different family name"
    case 16: return "different \(isContact ? "contact people" : "people")"
    case 17: return "same family name, no given name"
    case _: return nil
    }
  }

  func email(_ level: Int) -> String? {
    switch level {
    case 1...10:
      for x in a.mailboxes.range {
        for y in b.mailboxes.range where tables.mailboxes[x].full == tables.mailboxes[y].full {
          let address = tables.strings.string(tables.mailboxes[x].full)
          return "same e-mail \(address), \(use(comparator.statistics.mailboxNames[x]))"
        }
      }
      return "same e-mail"
    case 11: return "e-mail addresses differ by one letter"
    case 12: return "same mailbox name at another provider"
    case 13: return "mailboxes of one company, one of them a general one"
    case 14: return "different people's mailboxes at one company"
    case 15...17: return "different e-mail addresses"
    case _: return nil
    }
  }

  func host(_ level: Int) -> String? {
    switch level {
    case 1...5:
      for x in a.hosts.range {
        for y in b.hosts.range where tables.hosts[x].id == tables.hosts[y].id {
          let host = tables.strings.string(tables.hosts[x].id)
          return "same web or mail domain \(host), \(use(comparator.statistics.hostNames[x]))"
        }
      }
      return "same web or mail domain"
    case 6: return "different web or mail domains"
    case 7: return "nearly the same web or mail domain"
    case _: return nil
    }
  }

  func phone(_ level: Int) -> String? {
    switch level {
    case 1...5, 9:
      for x in a.lines.range {
        for y in b.lines.range where tables.lines[x].tail == tables.lines[y].tail {
          let line = tables.lines[x]
          let number = line.dialling > 0 ? "+\(line.dialling) \(line.digits)" : "\(line.digits)"
          let both = level == 9 ? "two phone numbers the same, among them" : "same phone"
          return "\(both) \(number), \(use(comparator.statistics.lineNames[x]))"
        }
      }
      return "same phone"
    case 6: return "phone numbers differ by one digit"
    case 7, 8: return "different phone numbers"
    case _: return nil
    }
  }

  func address(_ level: Int) -> String? {
    let street = left.addresses.first { !$0.street.isEmpty }?.street ?? ""
    switch level {
    case 1: return "same address \(street), used by no other customer"
    case 2...4: return "same address \(street), shared with other names"
    case 5: return "same building, different unit"
    case 6: return "nearly the same street address"
    case 7: return "same street and number, place not confirmed"
    case 8, 9: return "same PO box"
    case 10, 17: return "same street, different number"
    case 11: return "same postcode"
    case 12: return "same town"
    case 13: return "same postcode, different streets"
    case 14: return "same town, different streets"
    case 15: return "different towns"
    case 16: return "different countries"
    case _: return nil
    }
  }

  func tax(_ level: Int) -> String? {
    switch level {
    case 1: "same tax number, used by no other customer"
    case 2, 3: "same tax number, shared by a group"
    case 4: "tax numbers differ by one digit"
    case 5: "different tax numbers"
    case _: nil
    }
  }

  func spelled(_ level: Int) -> String? {
    switch level {
    case 1: "an e-mail address spells the other's name"
    case 2: "a web domain spells the other's name"
    case _: nil
    }
  }

  func accord(_ level: Int) -> String? {
    let facts = level % 4
    switch (level / 4 % 4, facts) {
    case (1, 0): return "nothing but the name agrees"
    case (1, _): return "name and \(facts) contact detail\(facts == 1 ? "" : "s") agree"
    case (2, 0): return "names only partly agree and nothing else does"
    case (2, _): return "names partly agree, \(facts) contact detail\(facts == 1 ? "" : "s") agree"
    case (3, 0): return "neither name nor contact details agree"
    case (3, _): return "\(facts) contact detail\(facts == 1 ? "" : "s") agree though names differ"
    case (_, 0): return nil
    case (_, _): return "\(facts) contact detail\(facts == 1 ? "" : "s") agree"
    }
  }
}
