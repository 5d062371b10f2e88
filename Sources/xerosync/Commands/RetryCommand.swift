import ArgumentParser
import ConfigurationFile
import Domain
import Engine
import Snapshot

struct RetryCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "retry",
    abstract: "Look again at a held subject in the next pass, or accept what it is held for.",
    discussion: """
      The lists it depends on (accounts, taxes, currencies, owners) and the deal itself are read \
      anew. Where the only thing a deal is held for is a question, such as an invoice somebody \
      made by hand, retry answers it, and says what follows; with several, --accept names the \
      one that is answered. --all answers none.
      """)

  @OptionGroup var global: GlobalOptions
  @Argument(help: "The subject, for example hubspot:deal:123.")
  var subject: String?
  @Flag(help: "Every held subject; what needs a decision is left as it is.")
  var all = false
  @Option(
    help: ArgumentHelp(
      "What is accepted, for example possible_duplicate; may be repeated.", valueName: "code"))
  var accept: [String] = []

  func perform(_ workplace: Workplace) async throws -> Engine.ExitCode {
    guard (subject == nil) == all, accept.isEmpty || !all else {
      throw Failure(.wrongUsage, "Name one subject, or use --all without --accept.")
    }
    let codes = try accept.map { text in
      guard let code = HoldCode(rawValue: text) else {
        let known = HoldCode.allCases.filter { $0.acceptance != nil }.map(\.rawValue).sorted()
        throw Failure(
          .wrongUsage,
          "--accept does not know “\(text)”; it knows \(known.joined(separator: ", ")).")
      }
      return code
    }
    let configuration = try workplace.configuration()
    let store = try workplace.snapshot(configuration)
    let clerk = Clerk(store: store, now: workplace.now)
    guard let subject else {
      show(all: try clerk.retryAll(), workplace.terminal)
      return .done
    }
    let result = try clerk.retry(
      try parseSubject(subject), accepting: codes.isEmpty ? .whatIsMeant : .codes(Set(codes)))
    switch result {
    case .success(let retried): show(retried, workplace.terminal)
    case .failure(let error): throw Failure(.wrongUsage, error.description)
    }
    return .done
  }

  private func show(_ retried: Clerk.Retried, _ terminal: Terminal) {
    for code in retried.accepted {
      terminal.out("\(retried.subject): \(code.acceptance ?? "") (\(code.rawValue) accepted).")
    }
    if retried.accepted.isEmpty {
      terminal.out("\(retried.subject) is looked at again in the next pass.")
    }
    for code in retried.undecided {
      terminal.out("  Nothing was decided about \(code.rawValue): \(Self.choice(retried, code))")
    }
    if retried.subject.kind.isParty {
      terminal.out(
        "  A conflict between systems is not decided by this: `xerosync holds` has the command.")
    }
  }

  private func show(all: [Clerk.Retried], _ terminal: Terminal) {
    if all.isEmpty { terminal.out("Nothing is held.") }
    for retried in all where retried.isLookedAtAgain {
      terminal.out("\(retried.subject) is looked at again in the next pass.")
    }
    let open = all.flatMap { retried in retried.undecided.map { (retried, $0) } }
    guard !open.isEmpty else { return }
    terminal.out("Left as they are, because each needs a decision (`xerosync holds` says which):")
    for (retried, code) in open {
      terminal.out("  \(code.rawValue)  \(retried.subject)  \(Self.choice(retried, code))")
    }
  }

  private static func choice(_ retried: Clerk.Retried, _ code: HoldCode) -> String {
    "with \(Remedy.accept(code, retried.subject)), \(code.acceptance ?? "")"
  }
}

struct IgnoreCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "ignore", abstract: "Never invoice this deal; lift its holds.",
    discussion: "`xerosync retry SUBJECT` takes it back.")

  @OptionGroup var global: GlobalOptions
  @Argument(help: "The deal, for example hubspot:deal:123.")
  var subject: String

  func perform(_ workplace: Workplace) async throws -> Engine.ExitCode {
    let configuration = try workplace.configuration()
    let store = try workplace.snapshot(configuration)
    let subject = try parseSubject(subject)
    guard try Clerk(store: store, now: workplace.now).ignore(subject) else {
      throw Failure(.wrongUsage, "\(subject) is not known here, or is no deal.")
    }
    workplace.terminal.out("\(subject) is ignored. `xerosync retry \(subject)` takes it back.")
    return .done
  }
}
