package import Domain

/// One thing wrong with a configuration file.
package struct ConfigurationProblem: Hashable, Sendable, CustomStringConvertible {
  /// Where: the key for what is unknown or missing, the value for what is wrong.
  package var origin: Origin
  /// The key as a path (`invoices.due.days`, `crms[0].auth.flow`); empty for the file as a whole.
  package var path: String
  /// What is wrong; names the path, never a secret.
  package var message: String
  /// What to write instead.
  package var remedy: String

  package init(origin: Origin, path: String, message: String, remedy: String) {
    self.origin = origin
    self.path = path
    self.message = message
    self.remedy = remedy
  }

  /// The line shown to people.
  package var description: String { "\(origin): \(message); \(remedy)" }
}

/// Everything wrong with a configuration file, in the order of the file.
package struct ConfigurationErrors: Error, Hashable, Sendable, CustomStringConvertible {
  /// Never empty.
  package let problems: [ConfigurationProblem]

  package init(_ first: ConfigurationProblem) { problems = [first] }

  /// Nil when there is no problem.
  init?(unordered problems: [ConfigurationProblem]) {
    guard !problems.isEmpty else { return nil }
    var seen: Set<ConfigurationProblem> = []
    // At one place the order in which they were found stays: that of the key table.
    self.problems = problems.filter { seen.insert($0).inserted }.enumerated().sorted {
      ($0.element.origin.line, $0.element.origin.column, $0.offset)
        < ($1.element.origin.line, $1.element.origin.column, $1.offset)
    }.map(\.element)
  }

  /// One line for each problem.
  package var description: String { problems.map(\.description).joined(separator: "\n") }
}
