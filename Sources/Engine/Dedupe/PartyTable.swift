package import Matcher

/// Customers read from a table with a header, as the matcher takes them.
package struct PartyTable: Sendable {
  package var records: [MatchRecord]
  /// What a person should know about how the file was read.
  package var notes: [String]

  package init(records: [MatchRecord], notes: [String]) {
    self.records = records
    self.notes = notes
  }

  /// Reads a whole file, or refuses it whole.
  ///
  /// - Parameter side: `left` or `right`; subjects are `<side>:party:<id>`.
  package static func read(
    file: String, bytes: [UInt8], side: MatchRecord.Side
  ) throws(MalformedInput) -> PartyTable {
    let table = try DelimitedFile(
      file: file, bytes: bytes, isKnown: { PartyHeadings.meaning($0) != nil })
    let columns = try PartyColumns(table)
    var found: [MatchRecord] = []
    var rowOf: [String: Int] = [:]
    var problems: [MalformedInput.Problem] = []
    let prefix = side == .left ? "left:party:" : "right:party:"
    problems += table.forEachRow { row in
      let id = row[columns.id]
      guard !id.isEmpty else {
        problems.append(.init(row: row.number, "it has no id (column “\(columns.idHeading)”)"))
        return
      }
      if let first = rowOf.updateValue(row.number, forKey: id) {
        problems.append(.init(row: row.number, "its id “\(id)” is in row \(first) already"))
        rowOf[id] = first
        return
      }
      do throws(MalformedInput.Problem) {
        found.append(try columns.record(row, key: prefix + id, side: side))
      } catch {
        problems.append(error)
      }
    }
    guard problems.isEmpty else {
      throw MalformedInput(
        file: file, problems: problems.sorted { ($0.row ?? 0) < ($1.row ?? 0) })
    }
    var notes: [String] = []
    if table.encoding != .utf8 { notes.append("\(file) was read as \(table.encoding.rawValue).") }
    if columns.isNameTheID {
      notes.append("\(file) has no id column: names stand for ids.")
    }
    return PartyTable(records: found, notes: notes)
  }
}

extension MalformedInput.Problem: Error {}

/// Which column of one table holds what.
struct PartyColumns {
  typealias Part = PartyHeadings.AddressPart

  let id: Int
  let idHeading: String
  let isNameTheID: Bool
  private var kind: Int?
  private var names: [Int] = []
  private var nameKind = MatchRecord.Kind.unknown
  private var companies: [Int] = []
  private var first: [Int] = []
  private var last: [Int] = []
  private var emails: [Int] = []
  private var phones: [Int] = []
  private var lines: [[Int?]] = []
  private var websites: [Int] = []
  private var taxes: [Int] = []
  private var accounts: [Int] = []
  private var status: Int?
  private var places: [[Part: [Int]]] = []

  init(_ table: DelimitedFile) throws(MalformedInput) {
    let meanings = table.header.map(PartyHeadings.meaning)
    var ids: [(rank: Int, column: Int)] = []
    var organizations: [Int] = []
    var numbers: [String: [Int?]] = [:]
    var addresses: [Int: [Part: [Int]]] = [:]
    var ownNames: [(kind: MatchRecord.Kind, column: Int)] = []
    for (column, meaning) in meanings.enumerated() {
      switch meaning {
      case .id(let rank): ids.append((rank, column))
      case .kind: kind = kind ?? column
      case .name(let kind): ownNames.append((kind, column))
      case .organization: organizations.append(column)
      case .company: companies.append(column)
      case .firstName: first.append(column)
      case .lastName: last.append(column)
      case .email: emails.append(column)
      case .phone: phones.append(column)
      case .phonePart(let line, let part):
        numbers[line, default: [nil, nil, nil]][part] = column
      case .website: websites.append(column)
      case .taxNumber: taxes.append(column)
      case .accountNumber: accounts.append(column)
      case .status: status = column
      case .address(let place, let part):
        addresses[place, default: [:]][part, default: []] += [column]
      case nil: continue
      }
    }
    // An export of people names their organisation too.
    if ownNames.contains(where: { $0.kind == .person }), ownNames.count > 1 {
      companies += ownNames.filter { $0.kind == .organization }.map(\.column)
      ownNames.removeAll { $0.kind == .organization }
    }
    if ownNames.isEmpty, first.isEmpty, last.isEmpty {
      names = organizations
      nameKind = organizations.isEmpty ? .unknown : .organization
    } else {
      names = ownNames.map(\.column)
      nameKind = ownNames.isEmpty ? .person : ownNames[0].kind
      companies += organizations
    }
    lines = numbers.sorted { $0.key < $1.key }.map(\.value)
    places = addresses.sorted { $0.key < $1.key }.map(\.value)
    let isNamed = !(names + first + last + companies).isEmpty
    guard isNamed, !ids.isEmpty || !names.isEmpty else {
      throw Self.noHeader(table, missing: isNamed ? "an id" : "a name")
    }
    let best = ids.map(\.rank).min()
    let chosen = ids.filter { $0.rank == best }.map(\.column)
    if chosen.count > 1 {
      throw MalformedInput(
        table.file, row: table.firstRow,
        "several columns could be the id: "
          + chosen.map { "“\(table.header[$0])”" }.joined(separator: ", ") + "; name one “id”")
    }
    isNameTheID = chosen.isEmpty
    id = chosen.first ?? names[0]
    idHeading = table.header[id]
  }

  private static func noHeader(_ table: DelimitedFile, missing: String) -> MalformedInput {
    let found = table.header.prefix(6).map { "“\($0)”" }.joined(separator: ", ")
    return MalformedInput(
      table.file, row: table.firstRow,
      "this row does not name the columns: there is no heading for \(missing). Needed are id and "
        + "name, and as many of email, phone, street, city, postcode, country as there are; "
        + "found: \(found)\(table.header.count > 6 ? ", …" : "")")
  }

  func record(
    _ row: DelimitedFile.Row, key: String, side: MatchRecord.Side
  ) throws(MalformedInput.Problem) -> MatchRecord {
    var record = MatchRecord(key: key, side: side, name: one(names, row))
    record.firstName = one(first, row)
    record.lastName = one(last, row)
    record.company = one(companies, row)
    record.kind = try kind(of: row)
    if record.name.isEmpty {
      let full = [record.firstName, record.lastName].filter { !$0.isEmpty }
      record.name = full.isEmpty ? record.company : full.joined(separator: " ")
    }
    record.emails = all(emails, row)
    record.phones = lines.compactMap { number($0, row) } + all(phones, row)
    record.website = one(websites, row)
    record.addresses = places.compactMap { address($0, row) }
    record.taxNumber = one(taxes, row)
    record.accountNumber = one(accounts, row)
    record.isArchived = row[status].lowercased() == "archived"
    return record
  }

  private func kind(of row: DelimitedFile.Row) throws(MalformedInput.Problem) -> MatchRecord.Kind {
    guard let kind else { return nameKind }
    let word = row[kind]
    switch word.lowercased() {
    case "organization", "organisation", "company": return .organization
    case "person", "contact", "individual": return .person
    case "", "unknown": return .unknown
    case _:
      throw .init(
        row: row.number, "its kind “\(word)” is none of organization, company, person")
    }
  }

  /// The first that is filled in.
  private func one(_ columns: [Int], _ row: DelimitedFile.Row) -> String {
    for column in columns {
      let text = row[column]
      if !text.isEmpty { return text }
    }
    return ""
  }

  private func all(_ columns: [Int], _ row: DelimitedFile.Row) -> [String] {
    columns.map { row[$0] }.filter { !$0.isEmpty }
  }

  /// A country code without its plus is written with it: the area code follows, not the trunk.
  private func number(_ columns: [Int?], _ row: DelimitedFile.Row) -> String? {
    let (country, area, number) = (row[columns[0]], row[columns[1]], row[columns[2]])
    let local = [area, number].filter { !$0.isEmpty }.joined(separator: " ")
    if local.isEmpty { return nil }
    if country.isEmpty { return local }
    return (country.hasPrefix("+") ? "" : "+") + country + " " + local
  }

  private func address(_ parts: [Part: [Int]], _ row: DelimitedFile.Row) -> MatchAddress? {
    func text(_ part: Part) -> String { one(parts[part] ?? [], row) }
    var address = MatchAddress(
      street: text(.street), street2: all(parts[.street2] ?? [], row).joined(separator: ", "),
      city: text(.city), region: text(.region), postcode: text(.postcode), country: text(.country))
    let road = text(.road)
    if !road.isEmpty {
      address.street = [text(.unit), text(.house), road].filter { !$0.isEmpty }
        .joined(separator: " ")
    }
    return address == MatchAddress() ? nil : address
  }
}
