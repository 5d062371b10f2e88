/// A run of entries in one of the shared pools.
struct Run: Sendable {
  var start: Int32 = 0
  var count: Int32 = 0
  @inline(__always) var range: Range<Int> { Int(start)..<Int(start + count) }
}

/// One name a customer goes by. Numbers stand for strings in the interner; -1 is "none".
struct Aspect: Sendable {
  enum Role: UInt8, Sendable {
    /// The record's own name, another name written in it, the person's company.
    case main, alias, company
    /// Something in brackets; a place, a note or another name.
    case qualifier
  }
  var role: Role
  var tokens = Run()
  /// Sorted words: equal for names that differ in order, punctuation and legal form only.
  var core: Int32 = -1
  /// Skeleton of all words in one, so that "Blue Bird" meets "Bluebird".
  var glued: Int32 = -1
  /// Skeleton of the letters as written, cut to 20: what a mailbox or domain may spell.
  var spelled: Int32 = -1
  /// Numbers in the name, sorted; two different ones are two customers.
  var numbers: Int32 = -1
  /// First letters of the words, for acronyms; -1 below three words.
  var initials: Int32 = -1
  var forms: WordLists.LegalForms = []
  /// Which words are part of a place name, and that place.
  var placeMask: UInt16 = 0
  var place: Int32 = -1
}

/// A person named in a record.
struct Person: Sendable {
  var first: Int32 = -1
  /// Given name with nicknames brought to one form.
  var canonical: Int32 = -1
  var last: Int32 = -1
  var lastSkeleton: Int32 = -1
  /// The last word of a double surname; equals `last` for single ones.
  var lastWord: Int32 = -1
  var initial: UInt8 = 0
  var isInitialOnly = false
  /// Read out of the record's name; stands only if the given name is known to be one.
  var isGuess = false
}

struct Mailbox: Sendable {
  var full: Int32
  var local: Int32
  var host: Int32
  /// Skeleton of its letters, cut to 20.
  var letters: Int32
  var isRole: Bool
  var isFree: Bool
}

/// A web or mail host that is not free for all.
struct Host: Sendable {
  var id: Int32
  var label: Int32
  var page: Int32
  var isFromMail: Bool
}

struct Line: Sendable {
  var tail: Int32
  var digits: UInt64
  var dialling: Int32
}

struct Site: Sendable {
  var number: Int32 = -1
  var unit: Int32 = -1
  var street: Int32 = -1
  var type: Int32 = -1
  var box: Int32 = -1
  var postcode: Int32 = -1
  var city: Int32 = -1
  /// Number and street (or box) together, for counting who shares the address.
  var key: Int32 = -1
  var country: UInt16 = 0
}

/// One record as integers.
struct Prepared: Sendable {
  var aspects = Run()
  var people = Run()
  var mailboxes = Run()
  var hosts = Run()
  var lines = Run()
  var sites = Run()
  /// Skeletons of city, suburbs and region.
  var places = Run()
  var tax: Int32 = -1
  var account: Int32 = -1
  var side: MatchRecord.Side = .left
  var kind: MatchRecord.Kind = .unknown
  /// The name is a person's own.
  var isPersonal = false
  /// "(2)" behind the name: the system knew a namesake.
  var hasNamesakeMark = false
  /// Key of the main name, for counting how many different names share something.
  var core: Int32 = -1
}

/// All records as structs of integers, with the strings they stand for.
struct Tables: Sendable {
  var strings = Interner()
  var records: ContiguousArray<Prepared> = []
  var aspects: ContiguousArray<Aspect> = []
  var tokens: ContiguousArray<Int32> = []
  var people: ContiguousArray<Person> = []
  var mailboxes: ContiguousArray<Mailbox> = []
  var hosts: ContiguousArray<Host> = []
  var lines: ContiguousArray<Line> = []
  var sites: ContiguousArray<Site> = []
  var places: ContiguousArray<Int32> = []
  /// First words of place names, so that names are searched for places only behind them.
  var placeStarts: Set<Int32> = []

  /// Takes in another table, its numbers changed to this one's.
  mutating func append(_ other: Tables) {
    let map = strings.absorb(other.strings)
    @inline(__always) func to(_ id: Int32) -> Int32 { id < 0 ? -1 : map[Int(id)] }
    let start = (
      aspects: Int32(aspects.count), tokens: Int32(tokens.count), people: Int32(people.count),
      mailboxes: Int32(mailboxes.count), hosts: Int32(hosts.count), lines: Int32(lines.count),
      sites: Int32(sites.count), places: Int32(places.count)
    )
    for var record in other.records {
      record.aspects.start += start.aspects
      record.people.start += start.people
      record.mailboxes.start += start.mailboxes
      record.hosts.start += start.hosts
      record.lines.start += start.lines
      record.sites.start += start.sites
      record.places.start += start.places
      record.tax = to(record.tax)
      record.account = to(record.account)
      record.core = to(record.core)
      records.append(record)
    }
    for var aspect in other.aspects {
      aspect.tokens.start += start.tokens
      aspect.core = to(aspect.core)
      aspect.glued = to(aspect.glued)
      aspect.spelled = to(aspect.spelled)
      aspect.numbers = to(aspect.numbers)
      aspect.initials = to(aspect.initials)
      aspect.place = to(aspect.place)
      aspects.append(aspect)
    }
    tokens.append(contentsOf: other.tokens.lazy.map(to))
    places.append(contentsOf: other.places.lazy.map(to))
    lines.append(contentsOf: other.lines)
    for id in other.placeStarts { placeStarts.insert(map[Int(id)]) }
    for var person in other.people {
      person.first = to(person.first)
      person.canonical = to(person.canonical)
      person.last = to(person.last)
      person.lastSkeleton = to(person.lastSkeleton)
      person.lastWord = to(person.lastWord)
      people.append(person)
    }
    for var box in other.mailboxes {
      box.full = to(box.full)
      box.local = to(box.local)
      box.host = to(box.host)
      box.letters = to(box.letters)
      mailboxes.append(box)
    }
    for var host in other.hosts {
      host.id = to(host.id)
      host.label = to(host.label)
      host.page = to(host.page)
      hosts.append(host)
    }
    for var site in other.sites {
      site.number = to(site.number)
      site.unit = to(site.unit)
      site.street = to(site.street)
      site.type = to(site.type)
      site.box = to(site.box)
      site.postcode = to(site.postcode)
      site.city = to(site.city)
      site.key = to(site.key)
      sites.append(site)
    }
  }
}
