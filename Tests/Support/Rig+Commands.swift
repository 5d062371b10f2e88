import Domain
import Engine
import Foundation
import Snapshot

/// What a person types between two passes, as a remedy prints it.
extension Rig {
  /// The commands a text holds in backquotes, in its order.
  package static func commands(in text: String) -> [String] {
    text.split(separator: "`", omittingEmptySubsequences: false).enumerated()
      .compactMap { index, part in
        index % 2 == 1 && part.hasPrefix("xerosync ") ? String(part) : nil
      }
  }

  /// Carries a command out as the executable would.
  ///
  /// - Throws: what the command would have been refused with.
  package func type(_ command: String) throws {
    var words = command.split(separator: " ").map(String.init)[...]
    guard words.popFirst() == "xerosync", let verb = words.popFirst() else {
      throw Refused(description: "no command: \(command)")
    }
    var values: [String: [String]] = [:]
    var subjects: [Subject] = []
    while let word = words.popFirst() {
      if word.hasPrefix("--") {
        values[word, default: []].append(words.popFirst() ?? "")
      } else {
        guard let subject = Subject(word) else {
          throw Refused(description: "\(word) is no subject: \(command)")
        }
        subjects.append(subject)
      }
    }
    try carryOut(verb, subjects, values)
  }

  private func carryOut(
    _ verb: String, _ subjects: [Subject], _ values: [String: [String]]
  ) throws {
    let store = try store()
    defer { try? store.close() }
    let clerk = Clerk(store: store, now: Instant(milliseconds: clock.now))
    switch (verb, subjects.count) {
    case ("link", 2): _ = try clerk.link(subjects[0], subjects[1])
    case ("unlink", 2):
      guard try clerk.unlink(subjects[0], subjects[1]) else {
        throw Refused(description: "\(subjects) are not linked")
      }
    case ("retry", 1):
      let codes = try (values["--accept"] ?? []).map { text in
        guard let code = HoldCode(rawValue: text) else {
          throw Refused(description: "no code \(text)")
        }
        return code
      }
      let result = try clerk.retry(
        subjects[0], accepting: codes.isEmpty ? .whatIsMeant : .codes(Set(codes)))
      _ = try result.get()
    case ("ignore", 1):
      guard try clerk.ignore(subjects[0]) else {
        throw Refused(description: "\(subjects[0]) cannot be ignored")
      }
    case ("resolve", 1):
      let system = SystemName(values["--use"]?.first ?? "")
      guard case .noted = try clerk.resolve(subjects[0], use: system, accounting: "xero") else {
        throw Refused(description: "\(subjects[0]) has no conflict \(system) could win")
      }
    case _: throw Refused(description: "no such command: \(verb) \(subjects)")
    }
  }
}
