import ConfigurationFile
import Connectors
import Domain
import Engine
import Foundation

/// What `connector check` found.
struct DescriptionCheck: Encodable {
  struct Problem: Encodable {
    var file: String
    var line: Int
    var column: Int
    var message: String
    var remedy: String

    init(_ origin: Origin, _ message: String, _ remedy: String) {
      (file, line, column) = (origin.file, origin.line, origin.column)
      self.message = message
      self.remedy = remedy
    }
  }

  var schema = 1
  var file: String
  /// The file of recorded answers; nil: there is none.
  var answers: String?
  var problems: [Problem] = []
  var calls = 0
  var records: [RestShown] = []

  static func run(_ file: String) async throws -> DescriptionCheck {
    var check = DescriptionCheck(file: file)
    do {
      let document = try DescriptionFile.read(data(file), path: file)
      let beside = answersPath(file)
      guard FileManager.default.fileExists(atPath: beside) else {
        _ = try RestDescription(document)
        return check
      }
      check.answers = beside
      let answers = try DescriptionFile.read(data(beside), path: beside)
      let report = try await RestRehearsal.run(document, answers: answers)
      check.problems = report.problems.map { Problem($0.origin, $0.message, $0.remedy) }
      check.calls = report.calls
      check.records = report.records
    } catch let errors as ConfigurationErrors {
      check.problems = errors.problems.map { Problem($0.origin, $0.message, $0.remedy) }
    } catch let errors as RestDescriptionErrors {
      check.problems = errors.problems.map { Problem($0.origin, $0.message, $0.remedy) }
    }
    return check
  }

  /// A description as a tree, for `connector try`.
  static func read(_ file: String) throws -> DocumentNode {
    do { return try DescriptionFile.read(data(file), path: file) } catch let errors
      as ConfigurationErrors
    {
      throw Failure(.configuration, errors.description)
    }
  }

  private static func data(_ file: String) throws -> Data {
    do { return try SystemAccess.readFile(file) } catch {
      throw Failure(.malformedInput, "\(file) cannot be read. Name a file this user may read.")
    }
  }

  /// `crm.answers.yaml` beside `crm.yaml`.
  static func answersPath(_ file: String) -> String {
    let url = URL(fileURLWithPath: file)
    let name = url.deletingPathExtension().lastPathComponent
    let directory = (file as NSString).deletingLastPathComponent
    return (directory as NSString).appendingPathComponent("\(name).answers.yaml")
  }

  func lines() -> [String] {
    var lines = problems.map { "\($0.file):\($0.line):\($0.column): \($0.message); \($0.remedy)" }
    guard problems.isEmpty else {
      let count = problems.count == 1 ? "1 problem" : "\(problems.count) problems"
      return lines + ["\(file): \(count)"]
    }
    guard let answers else {
      return ["\(file) is valid. No recorded answers beside it (\(Self.answersPath(file)))."]
    }
    lines += RecordText.lines(records)
    lines.append("\(file) is valid and agrees with \(answers) (\(calls) calls).")
    return lines
  }
}
