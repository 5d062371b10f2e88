package import Matcher

/// The file a bookkeeper decides in: written for a spreadsheet, read back from one.
package enum DecisionFile {
  /// The headings, in the order they are written.
  package static let header = [
    "decision", "band", "score", "reason", "left", "left_name", "left_email", "left_phone",
    "left_address", "right", "right_name", "right_email", "right_phone", "right_address",
  ]

  /// Writes the whole file in pieces.
  ///
  /// - Parameter record: the record of a subject; nil when it is not known.
  package static func write(
    _ list: DedupeList, record: (String) -> MatchRecord?, to sink: (String) throws -> Void
  ) rethrows {
    var piece = CSVRow.line(header)
    for entry in list.entries {
      piece += CSVRow.line(cells(entry, list, record))
      if piece.utf8.count > 1 << 16 {
        try sink(piece)
        piece = ""
      }
    }
    try sink(piece)
  }

  private static func cells(
    _ entry: DedupeList.Entry, _ list: DedupeList, _ record: (String) -> MatchRecord?
  ) -> [String] {
    let reason = list.reasons(of: entry)
      .map { "\($0.evidence) (\(DedupeList.text(ofWeight: $0.weight)))" }.joined(separator: "; ")
    return [
      entry.decision?.rawValue ?? "", entry.band.rawValue, DedupeList.text(of: entry.score), reason,
    ] + side(entry.left, record) + side(entry.right, record)
  }

  private static func side(
    _ subject: String, _ record: (String) -> MatchRecord?
  ) -> [String] {
    let known = record(subject)
    return [
      subject, known?.name ?? "", known?.emails.joined(separator: ", ") ?? "",
      known?.phones.joined(separator: ", ") ?? "",
      known?.addresses.first { !$0.line.isEmpty }?.line ?? "",
    ]
  }

  /// The decisions of a file; rows without one are left out.
  ///
  /// - Parameter check: says what is wrong with a decided row, beyond its form; nil: nothing.
  /// - Throws: `MalformedInput` naming every bad row.
  package static func read(
    file: String, bytes: [UInt8], check: (Decision) throws -> String?
  ) throws -> [Decision] {
    let table = try DelimitedFile(
      file: file, bytes: bytes, isKnown: { header.contains(name($0)) })
    let columns = try DecisionColumns(table)
    var decisions: [Decision] = []
    var problems: [MalformedInput.Problem] = []
    problems += table.forEachRow { row in
      do throws(MalformedInput.Problem) {
        if let decision = try columns.decision(row) { decisions.append(decision) }
      } catch {
        problems.append(error)
      }
    }
    problems += contradictions(decisions)
    for decision in decisions {
      if let message = try check(decision) {
        problems.append(.init(row: decision.row, message))
      }
    }
    guard problems.isEmpty else {
      throw MalformedInput(
        file: file,
        problems: problems.sorted { ($0.row ?? 0, $0.message) < ($1.row ?? 0, $1.message) })
    }
    return unique(decisions)
  }

  fileprivate static func name(_ heading: String) -> String {
    String(heading.lowercased().map { $0 == " " || $0 == "-" ? "_" : $0 })
  }

  private static func key(_ decision: Decision) -> [String] {
    [decision.left, decision.right].sorted()
  }

  /// Two rows may say the same of a pair, but not two things.
  private static func contradictions(_ decisions: [Decision]) -> [MalformedInput.Problem] {
    var first: [[String]: Decision] = [:]
    var problems: [MalformedInput.Problem] = []
    for decision in decisions {
      guard let earlier = first[key(decision)] else {
        first[key(decision)] = decision
        continue
      }
      if earlier.verdict != decision.verdict {
        problems.append(
          .init(
            row: decision.row,
            "it says “\(decision.verdict.rawValue)” of the pair that row \(earlier.row ?? 0) says "
              + "“\(earlier.verdict.rawValue)” of"))
      }
    }
    return problems
  }

  private static func unique(_ decisions: [Decision]) -> [Decision] {
    var seen: Set<[String]> = []
    return decisions.filter { seen.insert(key($0)).inserted }
  }
}

/// Where the three columns that count are; all others are for the reader.
private struct DecisionColumns {
  let decision: Int
  let left: Int
  let right: Int

  init(_ table: DelimitedFile) throws(MalformedInput) {
    var place: [String: Int] = [:]
    var problems: [String] = []
    for (column, heading) in table.header.enumerated() {
      let name = DecisionFile.name(FormulaGuard.restore(heading))
      guard ["decision", "left", "right"].contains(name) else { continue }
      if place.updateValue(column, forKey: name) != nil {
        problems.append("two columns are headed “\(name)”")
      }
    }
    for name in ["decision", "left", "right"] where place[name] == nil {
      problems.append("there is no column “\(name)”")
    }
    guard problems.isEmpty, let decision = place["decision"], let left = place["left"],
      let right = place["right"]
    else {
      throw MalformedInput(
        file: table.file,
        problems: problems.map { .init(row: table.firstRow, $0) })
    }
    (self.decision, self.left, self.right) = (decision, left, right)
  }

  func decision(
    _ row: DelimitedFile.Row
  ) throws(MalformedInput.Problem) -> Decision? {
    let word = FormulaGuard.restore(row[decision])
    let pair = [("left", row[left]), ("right", row[right])]
      .map { ($0.0, FormulaGuard.restore($0.1)) }
    for (column, subject) in pair {
      if subject.isEmpty { throw .init(row: row.number, "its “\(column)” is empty") }
      guard subject.split(separator: ":", maxSplits: 2).count == 3 else {
        throw .init(
          row: row.number,
          "“\(subject)” in “\(column)” is no subject like hubspot:company:42; undo what the "
            + "spreadsheet did to it")
      }
    }
    if word.isEmpty { return nil }
    guard let verdict = Decision.Verdict(rawValue: word.lowercased()) else {
      throw .init(
        row: row.number, "its decision “\(word)” is none of link, different, merge, or nothing")
    }
    guard pair[0].1 != pair[1].1 else {
      throw .init(row: row.number, "its left and right are the same record \(pair[0].1)")
    }
    return Decision(left: pair[0].1, right: pair[1].1, verdict: verdict, row: row.number)
  }
}

extension MatchAddress {
  /// As a person reads it, in one line.
  package var line: String {
    [street, street2, city, region, postcode, country].filter { !$0.isEmpty }
      .joined(separator: ", ")
  }
}
