import Matcher
import Testing

/// Records that look alike and must not be linked unseen, each among a few hundred others.
@Suite struct HardNegativeTests {
  fileprivate static let town = MatchAddress(
    street: "12 Barrow Road", city: "Galway", postcode: "H91 1234")

  /// The verdict on two records set among strangers; nil when the pair is not even reported.
  private func verdict(
    _ left: MatchRecord, _ right: MatchRecord, with others: [MatchRecord] = []
  ) async -> PairVerdict? {
    let strangers = Population(left: 150, right: 120, seed: 4)
    let result = await Matcher.match(
      left: strangers.left + [left] + others.filter { $0.side == .left },
      right: strangers.right + [right] + others.filter { $0.side == .right },
      options: MatchOptions(homeCountry: "IE", reportThreshold: 0.001))
    return result.verdicts.first { $0.left == left.key && $0.right == right.key }
  }

  private func organization(
    _ key: String, _ side: MatchRecord.Side, _ name: String, email: String = "",
    phone: String = "", address: MatchAddress? = nil, tax: String = "", website: String = "",
    first: String = "", last: String = ""
  ) -> MatchRecord {
    MatchRecord(
      key: key, side: side, kind: side == .left ? .organization : .unknown, name: name,
      firstName: first, lastName: last, emails: email.isEmpty ? [] : [email],
      phones: phone.isEmpty ? [] : [phone], website: website,
      addresses: address.map { [$0] } ?? [], taxNumber: tax)
  }

  private func person(
    _ key: String, _ side: MatchRecord.Side, _ first: String, _ last: String, email: String = "",
    phone: String = "", address: MatchAddress? = nil, company: String = ""
  ) -> MatchRecord {
    MatchRecord(
      key: key, side: side, kind: side == .left ? .person : .unknown, name: "\(first) \(last)",
      firstName: first, lastName: last, company: company, emails: email.isEmpty ? [] : [email],
      phones: phone.isEmpty ? [] : [phone], addresses: address.map { [$0] } ?? [])
  }

  @Test func twoBranchesOfOneChain() async {
    let found = await verdict(
      organization(
        "l", .left, "Subway Galway", email: "galway@subway.ie", phone: "091 555 010",
        address: Self.town),
      organization(
        "r", .right, "Subway Sligo", email: "sligo@subway.ie", phone: "071 555 020",
        address: MatchAddress(street: "4 Quay Street", city: "Sligo", postcode: "F91 9999")))
    #expect((found?.score ?? 0) < 0.2, "\(String(describing: found))")
  }

  @Test func companiesWithOneBookkeepersMailbox() async {
    let others = (0..<8).map { number in
      organization(
        "b\(number)", number % 2 == 0 ? .left : .right, "Client\(number) Zorba\(number) Optics",
        email: "bills@ledgerly.ie", phone: "091 777 700")
    }
    let found = await verdict(
      organization("l", .left, "Fenwick Bakery", email: "bills@ledgerly.ie", phone: "091 777 700"),
      organization("r", .right, "Torquil Motors", email: "bills@ledgerly.ie", phone: "091 777 700"),
      with: others)
    #expect(found?.band != .auto)
    #expect((found?.score ?? 0) < 0.2, "\(String(describing: found))")
  }

  @Test func parentAndSubsidiary() async {
    let found = await verdict(
      organization(
        "l", .left, "Haskell Holdings Ltd", phone: "091 555 010", address: Self.town,
        tax: "IE1234567T"),
      organization(
        "r", .right, "Haskell Forestry Ltd", phone: "091 555 010", address: Self.town,
        tax: "IE7654321T"))
    #expect(found?.band != .auto, "\(String(describing: found))")
  }

  @Test func fatherAndSon() async {
    let found = await verdict(
      person(
        "l", .left, "Brendan", "Quillgan", email: "quillganfamily@eircom.net", phone: "091 555 010",
        address: Self.town),
      person(
        "r", .right, "Declan", "Quillgan", email: "quillganfamily@eircom.net", phone: "091 555 010",
        address: Self.town))
    #expect(found?.band != .auto, "\(String(describing: found))")
  }

  @Test func namesakesInOneCity() async {
    let found = await verdict(
      person(
        "l", .left, "Amelia", "Smith", email: "amelia.smith@eircom.net", phone: "087 555 0101",
        address: MatchAddress(street: "1 Mill Lane", city: "Galway", postcode: "H91 1111")),
      person(
        "r", .right, "Amelia", "Smith", email: "asmith88@gmail.com", phone: "086 222 3333",
        address: MatchAddress(street: "70 Hill Road", city: "Galway", postcode: "H91 7777")))
    #expect(found?.band != .auto, "\(String(describing: found))")
  }

  @Test func bodiesCorporateThatDifferInANumber() async {
    let found = await verdict(
      organization(
        "l", .left, "Body Corporate 566228", email: "bills@ledgerly.ie", phone: "091 777 700",
        address: Self.town),
      organization(
        "r", .right, "Body Corporate 566229", email: "bills@ledgerly.ie", phone: "091 777 700",
        address: Self.town))
    #expect((found?.score ?? 0) < 0.5, "\(String(describing: found))")
    #expect(found?.band != .auto)
  }

  @Test func propertyTrustsThatDifferInANumber() async {
    let found = await verdict(
      organization(
        "l", .left, "Maple Properties (No 2) Ltd", email: "cat@mapleproperties.ie",
        phone: "091 555 010", address: Self.town, first: "Cat", last: "Wilson"),
      organization(
        "r", .right, "Maple Properties (No 3) Limited", email: "cat@mapleproperties.ie",
        phone: "091 555 010", address: Self.town, first: "Cat", last: "Wilson"))
    #expect(found?.band != .auto, "\(String(describing: found))")
  }

  @Test func successorCompanyAtTheSameAddress() async {
    let found = await verdict(
      organization("l", .left, "Norivar Printing", phone: "091 555 010", address: Self.town),
      organization(
        "r", .right, "Zeltara Optics", phone: "091 888 020", address: Self.town,
        tax: "IE7654321T"))
    #expect(found?.band != .auto, "\(String(describing: found))")
  }

  @Test func onePersonsSeveralCompanies() async {
    let found = await verdict(
      organization(
        "l", .left, "Padmur Joinery Ltd", email: "nell.torvar@eircom.net", phone: "087 555 0101",
        address: Self.town, first: "Nell", last: "Torvar"),
      organization(
        "r", .right, "Galwick Lettings Ltd", email: "nell.torvar@eircom.net", phone: "087 555 0101",
        address: Self.town, first: "Nell", last: "Torvar"))
    #expect(found?.band != .auto, "\(String(describing: found))")
  }

  @Test func personAndTheCompanySheWorksFor() async {
    let found = await verdict(
      person(
        "l", .left, "Ida", "Rosmur", email: "ida@quilbar.ie", phone: "087 555 0101"),
      organization(
        "r", .right, "Quilbar Roofing Ltd", email: "accounts@quilbar.ie", phone: "091 444 555"))
    #expect(found?.band != .auto, "\(String(describing: found))")
  }

  @Test func differentTaxNumbersAreNeverLinkedUnseen() async {
    let found = await verdict(
      organization(
        "l", .left, "Lorwick Couriers Ltd", email: "info@lorwick.ie", phone: "091 555 010",
        address: Self.town, tax: "IE1234567T"),
      organization(
        "r", .right, "Lorwick Couriers Limited", email: "info@lorwick.ie", phone: "091 555 010",
        address: Self.town, tax: "IE8529637W"))
    #expect(found != nil)
    #expect(found?.band != .auto, "\(String(describing: found))")
  }

  @Test func twoRecordsThatFitAsWellAreAQuestion() async throws {
    let left = organization(
      "l", .left, "Sulnev Dental", email: "info@sulnev.ie", phone: "091 555 010")
    let first = organization("r1", .right, "Sulnev Dental (Cork)", email: "info@sulnev.ie")
    let second = organization("r2", .right, "Sulnev Dental (Ennis)", email: "info@sulnev.ie")
    let found = try #require(await verdict(left, first, with: [second]))
    #expect(found.band == .review, "\(found)")
  }

  @Test func theSameCustomerWrittenDifferentlyIsLinkedUnseen() async throws {
    let found = try #require(
      await verdict(
        organization(
          "l", .left, "Fenwick & Sons Bakery Ltd", email: "info@fenwickbakery.ie",
          phone: "+353 91 555 010", address: Self.town),
        organization(
          "r", .right, "FENWICK AND SONS BAKERY LIMITED", email: "accounts@fenwickbakery.ie",
          phone: "091-555 010",
          address: MatchAddress(street: "12 Barrow Rd", city: "Galway", postcode: "H911234"))))
    #expect(found.band == .auto, "\(found)")
    #expect(found.reasons.contains { $0.field == "phone" && $0.evidence.contains("+353") })
  }

  @Test func aSharedSwitchboardSaysSoInItsReason() async throws {
    let others = (0..<6).map { number in
      organization("o\(number)", .right, "Tenant\(number) Optics\(number)", phone: "091 555 010")
    }
    let found = try #require(
      await verdict(
        organization("l", .left, "Fenwick Bakery", phone: "091 555 010"),
        organization("r", .right, "Fenwick Bakery", phone: "091 555 010"), with: others))
    let reason = try #require(found.reasons.first { $0.field == "phone" })
    #expect(reason.evidence.contains("shared with 6 other names"), "\(reason)")
  }
}
