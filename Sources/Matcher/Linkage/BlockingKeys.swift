/// The keys of each blocking rule.
extension Blocking {
  func forEachKey(_ rule: Rule, _ index: Int, _ body: (UInt64) -> Void) {
    let record = tables.records[index]
    switch rule {
    case .email:
      for box in tables.mailboxes[record.mailboxes.range] { body(key(rule, box.full)) }
    case .local:
      for box in tables.mailboxes[record.mailboxes.range]
      where !box.isRole && tables.strings.range(box.local).count >= 5 {
        body(key(rule, box.local))
      }
    case .host:
      for host in tables.hosts[record.hosts.range] {
        body(key(rule, host.id))
        if host.label >= 0 { body(key(rule, host.label, 1)) }
      }
    case .phone:
      for line in tables.lines[record.lines.range] { body(key(rule, line.tail)) }
    case .tax: if record.tax >= 0 { body(key(rule, record.tax)) }
    case .core, .glued, .gluedStart: nameKeys(rule, record, body)
    case .rareWord:
      for word in rareWords(record, most: 3) { body(key(rule, word)) }
    case .wordPair:
      let words = rareWords(record, most: 4)
      for i in words.indices {
        for j in words.indices.dropFirst(i + 1) {
          body(key(rule, min(words[i], words[j]), max(words[i], words[j])))
        }
      }
    case .person, .familyInitial, .givenFamilyStart:
      for person in tables.people[record.people.range] { personKeys(rule, person, body) }
    case .familyPlace, .givenPlace, .siteFamily: personPlaceKeys(rule, record, body)
    case .prefixPlace: prefixKeys(rule, record, body)
    case .street: streetKeys(rule, record, body)
    case .box:
      for site in tables.sites[record.sites.range] where site.box >= 0 {
        body(key(rule, site.box, site.city))
        if site.postcode >= 0 { body(key(rule, site.box, site.postcode)) }
      }
    case .spelled: spelledKeys(rule, record, body)
    }
  }

  private func streetKeys(_ rule: Rule, _ record: Prepared, _ body: (UInt64) -> Void) {
    for site in tables.sites[record.sites.range] where site.key >= 0 && site.box < 0 {
      body(key(rule, site.key, site.postcode >= 0 ? site.postcode : site.city))
      if site.postcode >= 0, site.city >= 0 { body(key(rule, site.key, site.city)) }
    }
  }

  /// What a mailbox or domain spells, a name may be.
  private func spelledKeys(_ rule: Rule, _ record: Prepared, _ body: (UInt64) -> Void) {
    for box in tables.mailboxes[record.mailboxes.range] where !box.isRole && box.letters >= 0 {
      body(key(rule, box.letters))
    }
    for host in tables.hosts[record.hosts.range] where host.label >= 0 {
      body(key(rule, host.label))
    }
    for aspect in tables.aspects[record.aspects.range] where aspect.spelled >= 0 {
      body(key(rule, aspect.spelled))
    }
  }

  private func nameKeys(_ rule: Rule, _ record: Prepared, _ body: (UInt64) -> Void) {
    for aspect in tables.aspects[record.aspects.range]
    where aspect.place < 0 || aspect.role != .qualifier {
      if rule == .core, aspect.core >= 0 {
        body(key(rule, aspect.core))
      } else if rule == .glued, aspect.glued >= 0 {
        body(key(rule, aspect.glued))
      } else if rule == .gluedStart, aspect.glued >= 0, let start = start(aspect.glued, 6) {
        body(key(rule, start))
      }
    }
  }

  private func personKeys(_ rule: Rule, _ person: Person, _ body: (UInt64) -> Void) {
    if person.lastSkeleton < 0 { return }
    if rule == .person, person.canonical >= 0 {
      // Either order, so that swapped names meet.
      let low = min(person.canonical, person.lastSkeleton)
      body(key(rule, low, max(person.canonical, person.lastSkeleton)))
      if person.last != person.lastSkeleton {
        body(key(rule, min(person.canonical, person.last), max(person.canonical, person.last)))
      }
    } else if rule == .familyInitial {
      body(key(rule, person.lastSkeleton, Int32(person.initial)))
      if person.lastWord != person.last { body(key(rule, person.lastWord, Int32(person.initial))) }
    } else if rule == .givenFamilyStart, person.canonical >= 0,
      let start = start(person.lastSkeleton, 3)
    {
      body(key(rule, person.canonical, start))
    }
  }

  private func personPlaceKeys(_ rule: Rule, _ record: Prepared, _ body: (UInt64) -> Void) {
    for person in tables.people[record.people.range] {
      for site in tables.sites[record.sites.range] {
        let place = site.postcode >= 0 ? site.postcode : site.city
        if place < 0 { continue }
        if rule == .familyPlace, person.lastSkeleton >= 0 {
          body(key(rule, person.lastSkeleton, place))
        } else if rule == .givenPlace, person.canonical >= 0 {
          body(key(rule, person.canonical, place))
        } else if rule == .siteFamily, site.street >= 0, person.lastSkeleton >= 0 {
          body(key(rule, person.lastSkeleton, site.street))
        }
      }
    }
  }

  private func prefixKeys(_ rule: Rule, _ record: Prepared, _ body: (UInt64) -> Void) {
    for aspect in tables.aspects[record.aspects.range] {
      guard aspect.role != .qualifier, let start = start(aspect.glued, 4) else { continue }
      for site in tables.sites[record.sites.range] {
        if site.postcode >= 0 { body(key(rule, start, site.postcode)) }
        if site.city >= 0 { body(key(rule, start, site.city)) }
      }
    }
  }
}
