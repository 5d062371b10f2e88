/// Why an input file is refused, whole: every bad row is named.
package struct MalformedInput: Error, Hashable, Sendable, CustomStringConvertible {
  /// One thing that is wrong.
  package struct Problem: Hashable, Sendable {
    /// The row as a spreadsheet counts it: the header is row 1. Nil: the file as a whole.
    package var row: Int?
    package var message: String

    package init(row: Int?, _ message: String) {
      self.row = row
      self.message = message
    }
  }

  /// The file as it was named on the command line.
  package var file: String
  /// Never empty; by row.
  package var problems: [Problem]

  package init(file: String, problems: [Problem]) {
    self.file = file
    self.problems = problems
  }

  init(_ file: String, row: Int? = nil, _ message: String) {
    self.init(file: file, problems: [Problem(row: row, message)])
  }

  package var description: String {
    let count = Set(problems.compactMap(\.row)).count
    let head =
      count == 0
      ? "\(file) cannot be used; nothing was written:"
      : "\(file) cannot be used, because of \(count) bad row\(count == 1 ? "" : "s") (the header "
        + "is row 1); nothing was written:"
    let lines = problems.map { problem in
      problem.row.map { "  row \($0): \(problem.message)" } ?? "  \(problem.message)"
    }
    return ([head] + lines).joined(separator: "\n")
  }
}
