import Foundation
import Matcher

/// A small fixed generator, so that every run and machine draws the same.
struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

/// Made-up customers on two sides with the truth, in another flavour than the development data.
struct Population {
  var left: [MatchRecord] = []
  var right: [MatchRecord] = []
  /// Entity of every key.
  var entity: [String: Int] = [:]
  private var random: SplitMix

  private struct Customer {
    var isPerson: Bool
    var name: String
    var given: String
    var family: String
    var email: String
    var phone: String
    var mobile: String
    var address: MatchAddress
    var tax: String
  }

  private static let given = [
    "Amelia", "Henry", "Oscar", "Freya", "Maya", "Leo", "Ida", "Felix", "Nina", "Hugo", "Alice",
    "Theo", "Clara", "Victor", "Elena", "Bruno", "Stella", "Martin", "Petra", "Jonas",
  ]
  private static let trades = [
    "Plumbing", "Bakery", "Legal", "Physio", "Motors", "Design", "Roofing", "Joinery", "Cafe",
    "Couriers", "Florist", "Dental", "Printing", "Optics",
  ]
  private static let towns = ["Galway", "Cork", "Sligo", "Kilkenny", "Ennis", "Tralee"]
  private static let syllables = [
    "bar", "con", "dal", "fen", "gil", "hask", "kin", "lor", "mur", "nev", "or", "pad", "quil",
    "ros", "sul", "tor", "var", "wick", "yar", "zel", "ma", "no", "ri", "ta",
  ]

  /// `dirt` 0…1 is how often a value is mistyped, missing or changed on one side.
  init(left leftCount: Int, right rightCount: Int, seed: UInt64, dirt: Double = 0.4) {
    random = SplitMix(state: seed)
    var number = 0
    while left.count < leftCount || right.count < rightCount {
      let customer = drawCustomer()
      let share = chance()
      if share < 0.75, left.count < leftCount { add(customer, number, .left, dirt) }
      if share > 0.25, right.count < rightCount { add(customer, number, .right, dirt) }
      if chance() < 0.05, left.count < leftCount { add(customer, number, .left, dirt) }
      number += 1
    }
  }

  private mutating func chance() -> Double { Double.random(in: 0..<1, using: &random) }
  private mutating func digits(_ count: Int) -> String {
    (0..<count).map { _ in String(Int.random(in: 0...9, using: &random)) }.joined()
  }
  private mutating func pick(_ list: [String]) -> String {
    list[Int.random(in: 0..<list.count, using: &random)]
  }
  private mutating func word() -> String {
    let count = Int.random(in: 2...3, using: &random)
    return (0..<count).map { _ in pick(Self.syllables) }.joined().capitalized
  }

  private mutating func drawCustomer() -> Customer {
    let isPerson = chance() < 0.35
    let given = pick(Self.given)
    let family = word()
    let brand = word()
    let name = isPerson ? "\(given) \(family)" : "\(brand) \(pick(Self.trades))"
    let email =
      isPerson
      ? "\(given).\(family)\(digits(2))@eircom.net".lowercased()
      : "\(chance() < 0.5 ? "accounts" : given)@\(brand).ie".lowercased()
    return Customer(
      isPerson: isPerson, name: name, given: given, family: family, email: email,
      phone: "091 \(digits(6))", mobile: "087 \(digits(7))",
      address: MatchAddress(
        street: "\(Int.random(in: 1...90, using: &random)) \(word()) Road", city: pick(Self.towns),
        postcode: "H\(digits(2)) \(digits(4))"), tax: "IE\(digits(7))F")
  }

  private mutating func add(
    _ customer: Customer, _ number: Int, _ side: MatchRecord.Side, _ dirt: Double
  ) {
    let count = side == .left ? left.count : right.count
    let key = "\(side == .left ? "crm" : "books"):\(10_000 + count)"
    entity[key] = number
    var record = MatchRecord(key: key, side: side, name: customer.name)
    if side == .left { record.kind = customer.isPerson ? .person : .organization }
    if !customer.isPerson, chance() < 0.5 { record.name += side == .left ? " Ltd" : " Limited" }
    if chance() < dirt * 0.2 { record.name = mistype(record.name) }
    if chance() < 0.7 {
      record.firstName = customer.given
      record.lastName = customer.family
    }
    if chance() > dirt * 0.6 { record.email(customer.email) }
    if chance() > dirt * 0.6 { record.phones.append(customer.phone) }
    if chance() > 0.6 { record.phones.append(customer.mobile.replacingPrefix("0", "+353 ")) }
    if chance() > dirt * 0.7 { record.addresses = [customer.address] }
    if chance() > 0.6 { record.taxNumber = customer.tax }
    if side == .left { left.append(record) } else { right.append(record) }
  }

  private mutating func mistype(_ text: String) -> String {
    var letters = Array(text)
    let at = Int.random(in: 1..<(letters.count - 1), using: &random)
    letters.swapAt(at, at - 1)
    return String(letters)
  }

  /// Links between the sides that are true.
  var trueLinks: Int {
    var lefts: [Int: Int] = [:]
    for record in left { lefts[entity[record.key] ?? -1, default: 0] += 1 }
    return right.reduce(0) { $0 + lefts[entity[$1.key] ?? -2, default: 0] }
  }

  func isTrue(_ verdict: (left: String, right: String)) -> Bool {
    entity[verdict.left] == entity[verdict.right]
  }
}

extension MatchRecord {
  fileprivate mutating func email(_ address: String) { emails.append(address) }
}

extension String {
  fileprivate func replacingPrefix(_ prefix: String, _ with: String) -> String {
    hasPrefix(prefix) ? with + dropFirst(prefix.count) : self
  }
}

/// Measures of a result against the truth, over pairs across the sides.
struct Quality {
  var autoCount = 0
  var autoWrong = 0
  var autoRecall = 0.0
  var bestF1 = 0.0
  var reachable = 0.0

  init(_ result: MatchResult, links: Int, isTrue: ((left: String, right: String)) -> Bool) {
    var found = 0
    var seen = 0
    var autoRight = 0
    for pair in result.pairs where !pair.isSameSide {
      let right = isTrue(result.keys(pair))
      seen += 1
      if right { found += 1 }
      if pair.band == .auto {
        autoCount += 1
        if right { autoRight += 1 } else { autoWrong += 1 }
      }
      let precision = Double(found) / Double(seen)
      let recall = Double(found) / Double(max(links, 1))
      if found > 0 { bestF1 = max(bestF1, 2 * precision * recall / (precision + recall)) }
    }
    autoRecall = Double(autoRight) / Double(max(links, 1))
    reachable = Double(found) / Double(max(links, 1))
  }
}
