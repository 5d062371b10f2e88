import ArgumentParser
import ConfigurationFile
import Connectors
import Domain
import Engine
import Reconciler
import Snapshot
import Transport

struct ExplainCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract: "Why this deal has (no) invoice: facts, rule, history, next step.",
    discussion: "Answers from the snapshot; no system is asked.")

  @OptionGroup var global: GlobalOptions
  @Argument(
    help: "The subject, for example hubspot:deal:123; or an invoice's number, or a deal's address.")
  var subject: String
  @Flag(help: "One JSON document on standard output.")
  var json = false

  func perform(_ workplace: Workplace) async throws -> Engine.ExitCode {
    let configuration = try workplace.configuration()
    let store = try workplace.snapshot(configuration)
    let subject = try find(subject, configuration, store)
    let accounting = try Connections(
      workplace: workplace, configuration: configuration, store: store
    ).systems().accounting
    let traits = Explainer.AccountingTraits(
      name: accounting.name, arithmetic: accounting.capabilities.arithmetic,
      referenceLengthMax: accounting.capabilities.referenceLengthMax,
      contactNameLengthMax: accounting.capabilities.contactNameLengthMax)
    let explainer = Explainer(
      store: store, policy: configuration.policy, accounting: traits, now: workplace.now)
    guard let answer = try explainer.explain(subject) else {
      throw Failure(
        .wrongUsage,
        "\(subject) is not known here. Check the id, or run `xerosync run` to read it.")
    }
    if json {
      try printJSON(Document(answer), workplace)
    } else {
      show(answer, workplace.terminal)
    }
    return .done
  }

  private func find(
    _ text: String, _ configuration: Configuration, _ store: SnapshotStore
  ) throws -> Subject {
    let found = try store.read {
      try SubjectSearch.find(
        text, crms: configuration.crms.map(\.name), accounting: configuration.accounting.name,
        in: $0)
    }
    if found.count > 1 {
      let all = found.map(\.description).joined(separator: ", ")
      throw Failure(.wrongUsage, "“\(text)” may be \(all): name one of them.")
    }
    guard let only = found.first else { return try parseSubject(text) }
    return only
  }

  private func show(_ answer: Explainer.Answer, _ terminal: Terminal) {
    if let stopped = answer.stopped?.stopped { terminal.out(Style.problem(stopped, terminal)) }
    terminal.out(Style.bold(answer.subject.description, terminal))
    for fact in answer.facts { terminal.out("  \(TextTable.plain(fact))") }
    if !answer.reasoning.isEmpty { terminal.out(Style.bold("Why", terminal)) }
    for line in Explanation(steps: answer.reasoning).lines {
      terminal.out("  \(TextTable.plain(line))")
    }
    if !answer.links.isEmpty { terminal.out(Style.bold("Links", terminal)) }
    for stored in answer.links {
      let other = stored.link.left == answer.subject ? stored.link.right : stored.link.left
      terminal.out("  \(other)  by \(stored.by), \(stored.since)")
    }
    if !answer.holds.isEmpty { terminal.out(Style.bold("Held", terminal)) }
    for stored in answer.holds {
      let other = stored.hold.subject == answer.subject ? "" : " (\(stored.hold.subject))"
      terminal.out(
        "  \(stored.hold.code.rawValue)\(other): \(TextTable.plain(stored.hold.message))")
      terminal.out("    → \(TextTable.plain(stored.hold.remedy))")
    }
    let lines = Self.history(answer)
    if !lines.isEmpty { terminal.out(Style.bold("History", terminal)) }
    for line in lines { terminal.out("  " + line) }
  }

  /// What was done and what people decided, in order of time.
  private static func history(_ answer: Explainer.Answer) -> [String] {
    let done = answer.history.map { entry in
      let time = entry.settledAt ?? entry.sentAt ?? entry.plannedAt
      return (
        time,
        "\(time)  \(entry.operation.action.rawValue) "
          + "\(TextTable.plain(entry.operation.summary))  \(entry.state.rawValue)"
          + (entry.answer.map { "  (\(TextTable.plain($0)))" } ?? "")
      )
    }
    let decided = answer.decisions.map { ($0.at, "\($0.at)  by hand: \($0.words)") }
    return (done + decided).enumerated()
      .sorted { ($0.element.0, $0.offset) < ($1.element.0, $1.offset) }.map(\.element.1)
  }

  private struct Document: Encodable {
    var schema = 1
    var explain: Body

    init(_ answer: Explainer.Answer) {
      explain = Body(
        subject: answer.subject, facts: answer.facts,
        reasoning: answer.reasoning.map {
          Step(topic: $0.topic, text: $0.text, at: $0.origin?.description)
        },
        links: answer.links.map { [$0.link.left, $0.link.right] },
        holds: answer.holds.map { ReportedHold($0.hold, since: $0.since) },
        decisions: answer.decisions.map { Decision(at: $0.at, decided: $0.words) },
        stopped: answer.stopped?.reason,
        history: answer.history.map {
          ReportedOperation(
            $0.operation, state: $0.state, externalID: $0.externalID,
            error: $0.state == .applied ? nil : $0.answer)
        })
    }

    struct Body: Encodable {
      var subject: Subject
      var facts: [String]
      var reasoning: [Step]
      var links: [[Subject]]
      var holds: [ReportedHold]
      var decisions: [Decision]
      var stopped: String?
      var history: [ReportedOperation]
    }

    struct Decision: Encodable {
      var at: Instant
      var decided: String
    }

    struct Step: Encodable {
      var topic: String
      var text: String
      var at: String?
    }
  }
}
