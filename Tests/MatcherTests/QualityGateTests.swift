import Foundation
import Matcher
import Testing

/// Figures on the labelled development data beside the project; skipped where it is absent.
@Suite struct QualityGateTests {
  private static let folder: URL = {
    var root = URL(filePath: #filePath)
    for _ in 0..<4 { root.deleteLastPathComponent() }
    return root.appending(path: "shared/matching-dev")
  }()

  private static var isPresent: Bool {
    FileManager.default.fileExists(atPath: folder.appending(path: "truth.csv").path)
  }

  @Test(.enabled(if: QualityGateTests.isPresent, "no ../shared/matching-dev beside the project"))
  func reachesTheFiguresOnTheDevelopmentData() async throws {
    let crm = try Self.rows("crm.csv").map(Self.customer)
    let books = try Self.rows("xero.csv").map(Self.contact)
    var entity: [String: String] = [:]
    for row in try Self.rows("truth.csv") { entity[row["id"] ?? ""] = row["entity"] }
    let result = await Matcher.match(
      left: crm, right: books, options: MatchOptions(homeCountry: "NZ", reportThreshold: 0.001))
    var lefts: [String: Int] = [:]
    for record in crm { lefts[entity[record.key] ?? "", default: 0] += 1 }
    let links = books.reduce(0) { $0 + lefts[entity[$1.key] ?? "?", default: 0] }
    let quality = Quality(result, links: links) { entity[$0.left] == entity[$0.right] }
    #expect(quality.bestF1 >= 0.955, "\(quality)")
    #expect(quality.autoRecall >= 0.60, "\(quality)")
    #expect(Double(quality.autoWrong) <= Double(quality.autoCount) / 1000, "\(quality)")
    #expect(quality.reachable >= 0.985, "\(quality)")
  }

  // MARK: Reading

  private static func rows(_ file: String) throws -> [[String: String]] {
    let bytes = Array(try Data(contentsOf: folder.appending(path: file)))
    var rows: [[String]] = [[]]
    var cell: [UInt8] = []
    var isQuoted = false
    func close() { rows[rows.count - 1].append(String(decoding: cell, as: UTF8.self)) }
    for byte in bytes {
      switch byte {
      case UInt8(ascii: "\""): isQuoted.toggle()
      case UInt8(ascii: ",") where !isQuoted:
        close()
        cell.removeAll()
      case UInt8(ascii: "\n") where !isQuoted:
        close()
        cell.removeAll()
        rows.append([])
      case UInt8(ascii: "\r") where !isQuoted: break
      default: cell.append(byte)
      }
    }
    let header = rows.removeFirst()
    return rows.filter { $0.count == header.count }.map {
      Dictionary(uniqueKeysWithValues: zip(header, $0))
    }
  }

  private static func customer(_ row: [String: String]) -> MatchRecord {
    func cell(_ name: String) -> String { row[name] ?? "" }
    return MatchRecord(
      key: cell("id"), side: .left, kind: cell("kind") == "person" ? .person : .organization,
      name: cell("name"), firstName: cell("first_name"), lastName: cell("last_name"),
      company: cell("company"), emails: [cell("email")], phones: [cell("phone"), cell("mobile")],
      website: cell("website"),
      addresses: [
        MatchAddress(
          street: cell("street"), street2: cell("street2"), city: cell("city"),
          region: cell("region"), postcode: cell("postcode"), country: cell("country"))
      ], taxNumber: cell("tax_number"))
  }

  private static func contact(_ row: [String: String]) -> MatchRecord {
    func cell(_ name: String) -> String { row[name] ?? "" }
    func phone(_ kind: String) -> String {
      let country = cell("Phone_\(kind)_CountryCode")
      let number = "\(cell("Phone_\(kind)_AreaCode")) \(cell("Phone_\(kind)_Number"))"
      if country.isEmpty { return number }
      return "\(country.hasPrefix("+") ? "" : "+")\(country) \(number)"
    }
    return MatchRecord(
      key: cell("ContactID"), side: .right, name: cell("Name"), firstName: cell("FirstName"),
      lastName: cell("LastName"), emails: [cell("EmailAddress")],
      phones: [phone("Default"), phone("Mobile")], website: cell("Website"),
      addresses: [
        MatchAddress(
          street: cell("Street_AddressLine1"), street2: cell("Street_AddressLine2"),
          city: cell("Street_City"), region: cell("Street_Region"),
          postcode: cell("Street_PostalCode"), country: cell("Street_Country")),
        MatchAddress(
          street: cell("POBox_AddressLine1"), city: cell("POBox_City"),
          postcode: cell("POBox_PostalCode")),
      ], taxNumber: cell("TaxNumber"), accountNumber: cell("AccountNumber"),
      isArchived: cell("ContactStatus") == "ARCHIVED")
  }
}
