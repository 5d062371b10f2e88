/// Turns records into integers. One preparer works on one stretch of records; the stretches are
/// joined in order afterwards.
struct Preparer {
  var tables = Tables()
  let home: Countries.Country?
  /// Countries found by the way they were written; the same few come again and again.
  private var countries: [String: Countries.Country?] = [:]

  init(home: Countries.Country?, expecting count: Int) {
    self.home = home
    tables.strings = Interner(expecting: count * 8)
    tables.records.reserveCapacity(count)
    tables.aspects.reserveCapacity(count * 3)
    tables.tokens.reserveCapacity(count * 5)
  }

  mutating func add(_ record: MatchRecord) {
    var out = Prepared()
    out.side = record.side
    out.kind = record.kind
    let country = addAddresses(record, to: &out)
    addNames(record, to: &out)
    addMail(record, to: &out)
    addPhones(record, country: country, to: &out)
    if !record.taxNumber.isEmpty {
      out.tax = tables.strings.intern(TaxNumbers.normalise(record.taxNumber))
    }
    if !record.accountNumber.isEmpty {
      out.account = tables.strings.intern(Fold.bytes(record.accountNumber).filter(Tokens.isWord))
    }
    tables.records.append(out)
  }

  // MARK: Names

  private mutating func addNames(_ record: MatchRecord, to out: inout Prepared) {
    var parsed = ParsedName.parse(record.name)
    if let main = parsed.parts.firstIndex(where: { $0.role == .main }) {
      parsed.parts[main].words += parsed.pendingNumbers
      parsed.parts[main].numbers += parsed.pendingNumbers
      parsed.parts[main].forms.formUnion(parsed.pendingForms)
    }
    out.hasNamesakeMark = parsed.hasNamesakeMark
    out.aspects.start = Int32(tables.aspects.count)
    let main = parsed.parts.first { $0.role == .main }
    // The main name comes first, whatever stood before it in brackets.
    if let main { addAspect(main) }
    for part in parsed.parts where part.role != .main { addAspect(part) }
    if !record.company.isEmpty {
      for part in ParsedName.parse(record.company).parts.prefix(2) {
        var part = part
        part.role = .company
        addAspect(part)
      }
    }
    out.aspects.count = Int32(tables.aspects.count) - out.aspects.start
    if main != nil { out.core = tables.aspects[Int(out.aspects.start)].core }
    addPeople(record, parsed, main: main, to: &out)
  }

  private mutating func addAspect(_ part: ParsedName.Part) {
    var aspect = Aspect(role: part.role)
    aspect.forms = part.forms
    aspect.tokens.start = Int32(tables.tokens.count)
    for word in part.words { tables.tokens.append(tables.strings.intern(word)) }
    aspect.tokens.count = Int32(part.words.count)
    let sorted = part.words.sorted { $0.lexicographicallyPrecedes($1) }
    aspect.core = tables.strings.intern(Array(sorted.joined(separator: [0x20])))
    aspect.glued = tables.strings.intern(Tokens.skeleton(part.words.joined()))
    let raw = part.raw.joined().filter { !Tokens.isDigit($0) }
    aspect.spelled = spelling(Array(raw))
    if !part.numbers.isEmpty {
      let numbers = part.numbers.sorted { $0.lexicographicallyPrecedes($1) }
      aspect.numbers = tables.strings.intern(Array(numbers.joined(separator: [0x20])))
    }
    if part.words.count >= 3 {
      aspect.initials = tables.strings.intern(part.words.compactMap(\.first))
    }
    tables.aspects.append(aspect)
  }

  /// Long spellings are cut, as mailboxes and domains made from long names are.
  private mutating func spelling(_ letters: [UInt8]) -> Int32 {
    letters.count < 4 ? -1 : tables.strings.intern(Tokens.skeleton(letters).prefix(20))
  }

  private mutating func addPeople(
    _ record: MatchRecord, _ parsed: ParsedName, main: ParsedName.Part?, to out: inout Prepared
  ) {
    out.people.start = Int32(tables.people.count)
    var first = nameWords(record.firstName)
    var last = nameWords(record.lastName)
    let words = (main?.words ?? []).filter { !WordLists.titles.contains($0) }
    if first.isEmpty != last.isEmpty, first.count + last.count >= 2 {
      // The whole name in one field.
      let all = first + last
      first = Array(all.dropLast())
      last = all.suffix(1)
    }
    let named = first + last
    let isOwnName = main?.forms.isEmpty != false && isOwn(words, first: first, last: last)
    if !named.isEmpty { tables.people.append(person(first: first, last: last)) }
    let mayBePerson =
      record.kind == .person || (record.kind == .unknown && main?.forms.isEmpty == true)
    if named.isEmpty, mayBePerson, (2...4).contains(words.count),
      main?.numbers.isEmpty == true,
      !words.contains(where: { WordLists.commonWords[$0] != nil })
        || record.kind == .person
    {
      let given = parsed.isInverted ? Array(words.dropFirst()) : Array(words.dropLast())
      let family = parsed.isInverted ? words.prefix(1) : words.suffix(1)
      var guess = person(first: given, last: Array(family))
      guess.isGuess = record.kind != .person && !parsed.hasTitle
      tables.people.append(guess)
      // Confirmed against the given names of the whole data set later.
      out.isPersonal = !guess.isGuess
    } else {
      out.isPersonal = record.kind == .person || isOwnName
    }
    out.people.count = Int32(tables.people.count) - out.people.start
  }

  /// Whether a record's name is its contact's own; one word may be a short form or a slip.
  private func isOwn(_ words: [[UInt8]], first: [[UInt8]], last: [[UInt8]]) -> Bool {
    if words.count < 2 || words.count > 5 { return false }
    let open = words.filter { !first.contains($0) && !last.contains($0) }
    if open.isEmpty { return words.contains { last.contains($0) } }
    guard open.count == 1, words.contains(where: { last.contains($0) || first.contains($0) }),
      WordLists.commonWords[open[0]] == nil
    else { return false }
    return (first + last).contains { $0.first == open[0].first }
  }

  private func nameWords(_ text: String) -> [[UInt8]] {
    if text.isEmpty { return [] }
    return Tokens.split(Fold.bytes(text)).filter { !WordLists.titles.contains($0) }
  }

  private mutating func person(first: [[UInt8]], last: [[UInt8]]) -> Person {
    var person = Person()
    let given = Array(first.joined())
    person.first = tables.strings.intern(given)
    person.canonical = tables.strings.intern(
      WordLists.nicknames[given] ?? first.first.flatMap { WordLists.nicknames[$0] } ?? given)
    person.initial = given.first ?? 0
    person.isInitialOnly = given.count == 1
    let family = Array(last.joined())
    person.last = tables.strings.intern(family)
    person.lastSkeleton = tables.strings.intern(Tokens.skeleton(family))
    person.lastWord = tables.strings.intern(last.last ?? [])
    return person
  }

  // MARK: Mail and web

  private mutating func addMail(_ record: MatchRecord, to out: inout Prepared) {
    out.mailboxes.start = Int32(tables.mailboxes.count)
    out.hosts.start = Int32(tables.hosts.count)
    let emails = record.emails.flatMap(Email.parse)
    for email in emails {
      let registered = Website.registered(email.domain)
      tables.mailboxes.append(
        Mailbox(
          full: tables.strings.intern(email.full), local: tables.strings.intern(email.local),
          host: tables.strings.intern(registered), letters: spelling(email.letters),
          isRole: email.isRole, isFree: email.isFree))
      if !email.isFree { addHost(registered, page: [], isFromMail: true, since: out.hosts.start) }
    }
    if !record.website.isEmpty, let site = Website.parse(record.website) {
      addHost(
        Website.registered(site.host), page: site.page, isFromMail: false, since: out.hosts.start)
    }
    out.mailboxes.count = Int32(tables.mailboxes.count) - out.mailboxes.start
    out.hosts.count = Int32(tables.hosts.count) - out.hosts.start
  }

  private mutating func addHost(
    _ host: [UInt8], page: [UInt8], isFromMail: Bool, since start: Int32
  ) {
    let id = tables.strings.intern(host)
    let pageID = tables.strings.intern(Tokens.skeleton(page))
    for index in Int(start)..<tables.hosts.count where tables.hosts[index].id == id {
      if pageID >= 0 { tables.hosts[index].page = pageID }
      return
    }
    let label = spelling(Website.label(host).filter { !Tokens.isDigit($0) })
    tables.hosts.append(Host(id: id, label: label, page: pageID, isFromMail: isFromMail))
  }

  private mutating func addPhones(
    _ record: MatchRecord, country: Countries.Country?, to out: inout Prepared
  ) {
    out.lines.start = Int32(tables.lines.count)
    for text in record.phones where !text.isEmpty {
      guard let phone = Phone.parse(text, country: country ?? home) else { continue }
      let line = Line(
        tail: phone.tail, digits: phone.digits, dialling: Int32(phone.dialling))
      let known = tables.lines[Int(out.lines.start)...].contains { $0.digits == line.digits }
      if !known { tables.lines.append(line) }
    }
    out.lines.count = Int32(tables.lines.count) - out.lines.start
  }

  // MARK: Addresses

  private mutating func addAddresses(
    _ record: MatchRecord, to out: inout Prepared
  ) -> Countries.Country? {
    out.sites.start = Int32(tables.sites.count)
    out.places.start = Int32(tables.places.count)
    var found: Countries.Country?
    for address in record.addresses where !address.isEmpty {
      let country = country(address.country)
      found = found ?? country
      addSite(address, country: country, since: out.places.start)
    }
    out.sites.count = Int32(tables.sites.count) - out.sites.start
    out.places.count = Int32(tables.places.count) - out.places.start
    return found
  }

  private mutating func country(_ text: String) -> Countries.Country? {
    if text.isEmpty { return nil }
    if let known = countries[text] { return known }
    let found = Countries.find(text)
    countries[text] = found
    return found
  }

  private mutating func addSite(
    _ address: MatchAddress, country: Countries.Country?, since start: Int32
  ) {
    var site = Site()
    site.country = country?.code ?? 0
    let street = Street.parse([address.street, address.street2])
    site.number = tables.strings.intern(street.number)
    site.unit = tables.strings.intern(street.unit)
    site.street = tables.strings.intern(street.name)
    site.type = tables.strings.intern(street.type)
    site.box = tables.strings.intern(street.box)
    if site.box >= 0 {
      site.key = tables.strings.intern(Array("box ".utf8) + street.box)
    } else if site.number >= 0, site.street >= 0 {
      site.key = tables.strings.intern(street.number + [0x20] + street.name)
    }
    let postcode = Fold.bytes(address.postcode).filter(Tokens.isWord)
    site.postcode = tables.strings.intern(postcode.drop { $0 == 0x30 })
    site.city = place(address.city)
    addPlace(site.city, since: start)
    for name in street.places { addPlace(tables.strings.intern(name), since: start) }
    addPlace(place(address.region), since: start)
    tables.sites.append(site)
  }

  private mutating func place(_ text: String) -> Int32 {
    if text.isEmpty { return -1 }
    let words = Tokens.split(Fold.bytes(text))
    if let first = words.first { tables.placeStarts.insert(tables.strings.intern(first)) }
    return tables.strings.intern(Tokens.skeleton(words.joined()))
  }

  private mutating func addPlace(_ id: Int32, since start: Int32) {
    if id >= 0, !tables.places[Int(start)...].contains(id) { tables.places.append(id) }
  }
}
