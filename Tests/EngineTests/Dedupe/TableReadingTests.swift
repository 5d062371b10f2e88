import Engine
import Foundation
import Matcher
import Testing

/// Files as people have them: understood where they can be, otherwise refused whole.
@Suite struct TableReadingTests {
  struct Good: Sendable, CustomTestStringConvertible {
    var name: String
    var bytes: [UInt8]
    var notes: [String] = []
    var testDescription: String { name }

    init(_ name: String, _ text: String, notes: [String] = []) {
      self.init(name, bytes: Array(text.utf8), notes: notes)
    }

    init(_ name: String, bytes: [UInt8], notes: [String] = []) {
      self.name = name
      self.bytes = bytes
      self.notes = notes
    }
  }

  private static let plain = "id,name,email\n1,\"Müller, Söhne\",a@b.nz\n2,Zoë \"Z\" Ltd,\n"

  private static func sixteen(_ text: String, little: Bool, mark: Bool) -> [UInt8] {
    let units = (mark ? [0xFEFF] : []) + Array(text.utf16)
    return units.flatMap { unit in
      let pair = [UInt8(unit & 0xFF), UInt8(unit >> 8)]
      return little ? pair : pair.reversed()
    }
  }

  static let good: [Good] = [
    Good("plain", plain),
    Good("semicolons", "id;name;email\r\n1;Müller, Söhne;a@b.nz\r\n2;Zoë \"Z\" Ltd;\r\n"),
    Good("tabs", "ID\tName\tE-mail\n1\tMüller, Söhne\ta@b.nz\n2\t\"Zoë \"\"Z\"\" Ltd\"\t"),
    Good("separator told", "sep=;\nid;name;email\n1;Müller, Söhne;a@b.nz\n2;Zoë \"Z\" Ltd;\n"),
    Good("byte-order mark", "\u{FEFF}" + plain),
    Good("old line ends", plain.replacingOccurrences(of: "\n", with: "\r")),
    Good(
      "other columns and order",
      "Notes,EMAIL,Name,Colour,Id\nx,a@b.nz,\"Müller, Söhne\",,1\n,,\"Zoë \"\"Z\"\" Ltd\",red,2\n"),
    Good("blank rows", "id,name,email\n\n1,\"Müller, Söhne\",a@b.nz\n,,\n2,Zoë \"Z\" Ltd,\n\n"),
    Good(
      "blanks around", "id , name,email\n 1 ,\"Müller, Söhne\" ,a@b.nz\n2, Zoë \"Z\" Ltd\u{A0},\n"),
    Good(
      "UTF-16 little", bytes: sixteen(plain, little: true, mark: true),
      notes: ["x.csv was read as UTF-16 (little endian)."]),
    Good(
      "UTF-16 big", bytes: sixteen(plain, little: false, mark: true),
      notes: ["x.csv was read as UTF-16 (big endian)."]),
    Good(
      "UTF-16 unmarked", bytes: sixteen(plain, little: true, mark: false),
      notes: ["x.csv was read as UTF-16 (little endian)."]),
    Good(
      "Windows-1252", bytes: plain.unicodeScalars.map { UInt8($0.value) },
      notes: ["x.csv was read as Windows-1252."]),
  ]

  @Test(arguments: good) func understands(_ file: Good) throws {
    let table = try PartyTable.read(file: "x.csv", bytes: file.bytes, side: .left)
    #expect(table.records.map(\.key) == ["left:party:1", "left:party:2"])
    #expect(table.records.map(\.name) == ["Müller, Söhne", "Zoë \"Z\" Ltd"])
    #expect(table.records.map(\.emails) == [["a@b.nz"], []])
    #expect(table.notes == file.notes)
  }

  @Test func aHeaderAloneIsAnEmptySide() throws {
    let table = try PartyTable.read(file: "x.csv", bytes: Array("id,name\n".utf8), side: .right)
    #expect(table.records.isEmpty)
  }

  struct Bad: Sendable, CustomTestStringConvertible {
    var name: String
    var bytes: [UInt8]
    var problems: [String]
    var testDescription: String { name }

    init(_ name: String, _ text: String, _ problems: String...) {
      self.name = name
      bytes = Array(text.utf8)
      self.problems = problems
    }

    init(_ name: String, bytes: [UInt8], _ problems: String...) {
      self.name = name
      self.bytes = bytes
      self.problems = problems
    }
  }

  static let bad: [Bad] = [
    Bad("empty", "", "row 1: the file is empty; a header row is needed"),
    Bad("blank", "\n\n", "row 1: there is no header: the first row is blank"),
    Bad(
      "no header", "C1,person,Jing Huang\nC2,person,Ana\n",
      "row 1: this row does not name the columns: there is no heading for a name. Needed are id "
        + "and name, and as many of email, phone, street, city, postcode, country as there are; "
        + "found: “C1”, “person”, “Jing Huang”"),
    Bad(
      "ragged", "id,name\n1,A\n2\n3,B,C\n4,D\n", "row 3: it has 1 cell, the header has 2",
      "row 4: it has 3 cells, the header has 2"),
    Bad(
      "duplicate ids", "id,name\n7,A\n8,B\n7,C\n7,D\n", "row 4: its id “7” is in row 2 already",
      "row 5: its id “7” is in row 2 already"),
    Bad("no id", "id,name\n,A\n2,B\n", "row 2: it has no id (column “id”)"),
    Bad("open quote", "id,name\n1,\"A\n2,B\n", "row 2: a quote is opened here and never closed"),
    Bad(
      "text after a quote", "id,name\n1,\"A\" B\n2,C\n",
      "row 2: text follows a closing quote; a quote inside a cell is doubled"),
    Bad(
      "unknown kind", "id,kind,name\n1,dog,A\n2,person,B\n",
      "row 2: its kind “dog” is none of organization, company, person"),
    Bad(
      "two ids", "id,ID,name\n1,2,A\n",
      "row 1: several columns could be the id: “id”, “ID”; name one “id”"),
    Bad(
      "workbook", bytes: [0x50, 0x4B, 3, 4, 0, 0],
      "it is a workbook (or another zip file), not text; save it as “CSV UTF-8”"),
    Bad(
      "binary", bytes: [0x89, 0x50, 0x4E, 0x47, 0, 1, 2, 3],
      "it is not text; save it as “CSV UTF-8”"),
    Bad(
      "half a UTF-16 file", bytes: [0xFF, 0xFE, 0x69, 0, 0x64],
      "it is not text; save it as “CSV UTF-8”"),
  ]

  @Test(arguments: bad) func refusesWhole(_ file: Bad) throws {
    let error = #expect(throws: MalformedInput.self) {
      try PartyTable.read(file: "x.csv", bytes: file.bytes, side: .left)
    }
    let told = error?.description.split(separator: "\n").dropFirst().map { $0.dropFirst(2) }
    #expect(told?.map(String.init) == file.problems)
    #expect(error?.description.hasPrefix("x.csv cannot be used") == true)
  }

  struct Export: Sendable, CustomTestStringConvertible {
    var name: String
    var text: String
    var expected: MatchRecord
    var testDescription: String { name }
  }

  static let exports: [Export] = [
    Export(
      name: "accounting, flat",
      text: "ContactID,Name,FirstName,EmailAddress,Phone_Default_CountryCode,"
        + "Phone_Default_AreaCode,Phone_Default_Number,Street_AddressLine1,POBox_City,"
        + "ContactStatus\nX1,Acme,Jo,a@b.nz,64,9,123 4567,1 Queen St,Otaki,ARCHIVED\n",
      expected: MatchRecord(
        key: "left:party:X1", side: .left, name: "Acme", firstName: "Jo", emails: ["a@b.nz"],
        phones: ["+64 9 123 4567"],
        addresses: [MatchAddress(street: "1 Queen St"), MatchAddress(city: "Otaki")],
        isArchived: true)),
    Export(
      name: "accounting, contact export",
      text: "*ContactName,EmailAddress,POAddressLine1,POCity,SAAddressLine1,PhoneNumber\n"
        + "Acme,a@b.nz,PO Box 1,Otaki,1 Queen St,09 123\n",
      expected: MatchRecord(
        key: "left:party:Acme", side: .left, name: "Acme", emails: ["a@b.nz"],
        phones: ["09 123"],
        addresses: [
          MatchAddress(street: "1 Queen St"), MatchAddress(street: "PO Box 1", city: "Otaki"),
        ])),
    Export(
      name: "companies with a record id",
      text: "Record ID,Company name,Phone Number,Street Address,City,State/Region,Postal Code,"
        + "Country/Region,Company Domain Name\n5,Acme,09 123,1 Queen St,Otaki,Wgtn,5512,NZ,acme.nz\n",
      expected: MatchRecord(
        key: "left:party:5", side: .left, kind: .organization, name: "Acme", phones: ["09 123"],
        website: "acme.nz",
        addresses: [
          MatchAddress(
            street: "1 Queen St", city: "Otaki", region: "Wgtn", postcode: "5512", country: "NZ")
        ])),
    Export(
      name: "people with an account",
      text: "Contact ID,First Name,Last Name,Account Name,Email,Mobile,Mailing Street,"
        + "Mailing City,Mailing Zip/Postal Code,Account ID\n3,Jo,Ray,Acme,j@b.nz,021,1 Q,Otaki,5512,9\n",
      expected: MatchRecord(
        key: "left:party:3", side: .left, kind: .person, name: "Jo Ray", firstName: "Jo",
        lastName: "Ray", company: "Acme", emails: ["j@b.nz"], phones: ["021"],
        addresses: [MatchAddress(street: "1 Q", city: "Otaki", postcode: "5512")])),
    Export(
      name: "people of organisations",
      text: "Person - ID,Person - Name,Person - Organization,Person - Email - Work,"
        + "Person - Phone - Mobile,Organization - Name\n4,Jo Ray,Acme,j@b.nz,021,Acme\n",
      expected: MatchRecord(
        key: "left:party:4", side: .left, kind: .person, name: "Jo Ray", company: "Acme",
        emails: ["j@b.nz"], phones: ["021"])),
    Export(
      name: "accounts with billing address",
      text: "Record Id,Account Name,Phone,Website,Billing Street,Billing City,Billing Code\n"
        + "zcrm_1,Acme,09,acme.nz,1 Q,Otaki,5512\n",
      expected: MatchRecord(
        key: "left:party:zcrm_1", side: .left, kind: .organization, name: "Acme",
        phones: ["09"], website: "acme.nz",
        addresses: [MatchAddress(street: "1 Q", city: "Otaki", postcode: "5512")])),
  ]

  @Test(arguments: exports) func knowsTheHeadingsOf(_ export: Export) throws {
    let table = try PartyTable.read(file: "x.csv", bytes: Array(export.text.utf8), side: .left)
    #expect(table.records == [export.expected])
  }
}
