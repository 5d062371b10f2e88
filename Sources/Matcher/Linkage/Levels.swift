/// The fields evidence comes from. Each compares on an ordered list of levels; every level carries
/// a weight (see `Weights`).
enum Field: Int, CaseIterable, Sendable {
  case name, numbers, place, form, person, email, host, phone, address, tax, spelled, marks, page
  case account, accord

  /// How many levels the field has.
  var levels: Int {
    switch self {
    case .name: NameLevel.count
    case .numbers: 5
    case .place: 8
    case .form: 5
    case .person: PersonLevel.count * 3
    case .email: 18
    case .host: 9
    case .phone: 11
    case .address: 18
    case .tax: 6
    case .spelled: 5
    case .marks: 3
    case .page: 3
    case .account: 3
    case .accord: 48
    }
  }

  /// Where the field's weights start in one flat table.
  static let offsets: [Int] = {
    var offsets: [Int] = []
    var sum = 0
    for field in allCases {
      offsets.append(sum)
      sum += field.levels
    }
    return offsets + [sum]
  }()
}

/// What was found for each field, one byte each. Level 0 is "nothing to compare".
typealias Levels = SIMD16<UInt8>

extension Levels {
  subscript(field: Field) -> Int {
    @inline(__always) get { Int(self[field.rawValue]) }
    @inline(__always) set { self[field.rawValue] = UInt8(truncatingIfNeeded: newValue) }
  }
}

/// How two names compare, before rarity.
enum NameLevel: Int, Sendable, CaseIterable {
  case unknown, same, written, generic, longer, muchLonger, swapped, mixed, weak, none, acronym
  static let count = allCases.count * 4
}

/// How two people compare, before the context (both persons, mixed, both organisations).
enum PersonLevel {
  static let missing = 0
  /// 1…5: same person, by how many namesakes are to be expected.
  static let same = 1
  static let nickname = 6
  static let initial = 8
  static let familyAlike = 10
  static let givenAlike = 11
  static let bothAlike = 12
  static let familyOnlyRare = 13
  static let familyOnlyCommon = 14
  static let givenOnly = 15
  static let different = 16
  static let familyNoGiven = 17
  static let count = 18
}
