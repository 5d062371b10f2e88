/// The answers of a review that is not finished: one line each, the last one about a pair counts.
package enum ReviewDraft {
  package static let header = CSVRow.line(["decision", "left", "right"])

  /// The line for an answer; a nil verdict takes an earlier one back.
  package static func line(
    left: String, right: String, _ verdict: Decision.Verdict?
  ) -> String {
    CSVRow.line([verdict?.rawValue ?? "", left, right])
  }

  /// What was answered, by the pair's subjects in order. A torn last line is passed over.
  package static func read(file: String, bytes: [UInt8]) -> [[String]: Decision.Verdict] {
    guard
      let table = try? DelimitedFile(
        file: file, bytes: bytes, isKnown: { ["decision", "left", "right"].contains($0) }),
      table.header == ["decision", "left", "right"]
    else { return [:] }
    var answers: [[String]: Decision.Verdict] = [:]
    _ = table.forEachRow { row in
      answers[[FormulaGuard.restore(row[1]), FormulaGuard.restore(row[2])].sorted()] =
        Decision.Verdict(rawValue: row[0])
    }
    return answers
  }
}
