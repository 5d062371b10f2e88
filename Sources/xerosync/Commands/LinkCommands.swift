import ArgumentParser
import Domain
import Engine
import Snapshot

struct LinkCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "link", abstract: "Say by hand that two records are the same thing.",
    discussion: """
      A CRM company or person with an accounting contact, or a deal with the invoice that bills \
      it, in either order:

        xerosync link hubspot:company:42 xero:contact:9f0c…
        xerosync link hubspot:deal:123 xero:invoice:51ab…
      """)

  @OptionGroup var global: GlobalOptions
  @Argument(help: "A subject.") var first: String
  @Argument(help: "The subject that is the same.") var second: String

  func perform(_ workplace: Workplace) async throws -> Engine.ExitCode {
    let configuration = try workplace.configuration()
    let store = try workplace.snapshot(configuration)
    let clerk = Clerk(store: store, now: workplace.now)
    do {
      let linked = try clerk.link(try parseSubject(first), try parseSubject(second))
      workplace.terminal.out("Linked \(linked.link.left) and \(linked.link.right).")
      for other in linked.replaced {
        workplace.terminal.out(
          "\(other) is no longer linked to \(linked.link.left)"
            + (other.kind == .invoice ? ": void it if it bills nothing." : "."))
      }
    } catch let error as Clerk.LinkError {
      throw Failure(.wrongUsage, error.description)
    }
    return .done
  }
}

struct UnlinkCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "unlink", abstract: "Remove a link.")

  @OptionGroup var global: GlobalOptions
  @Argument(help: "A subject.") var first: String
  @Argument(help: "The subject it is linked to.") var second: String

  func perform(_ workplace: Workplace) async throws -> Engine.ExitCode {
    let configuration = try workplace.configuration()
    let store = try workplace.snapshot(configuration)
    let (left, right) = (try parseSubject(first), try parseSubject(second))
    guard try Clerk(store: store, now: workplace.now).unlink(left, right) else {
      throw Failure(.wrongUsage, "\(left) and \(right) are not linked. `xerosync links` lists all.")
    }
    workplace.terminal.out("\(left) and \(right) are no longer linked.")
    return .done
  }
}

struct LinksCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "links", abstract: "List every link.")

  @OptionGroup var global: GlobalOptions
  @Flag(help: "One JSON document on standard output.")
  var json = false

  func perform(_ workplace: Workplace) async throws -> Engine.ExitCode {
    let configuration = try workplace.configuration()
    let store = try workplace.snapshot(configuration)
    let links = try store.read { try $0.allLinks() }
    if json {
      let entries = links.map {
        Entry(left: $0.link.left, right: $0.link.right, by: $0.by, since: $0.since)
      }
      try printJSON(Document(links: entries), workplace)
      return .done
    }
    var table = TextTable(alignments: [.left, .left, .left, .left])
    for stored in links {
      table.rows.append([
        stored.link.left.description, stored.link.right.description, "by \(stored.by)",
        stored.since.description,
      ])
    }
    if links.isEmpty { workplace.terminal.out("No links yet.") }
    table.lines().forEach(workplace.terminal.out)
    return .done
  }

  private struct Document: Encodable {
    var schema = 1
    var links: [Entry]
  }

  private struct Entry: Encodable {
    var left: Subject
    var right: Subject
    var by: String
    var since: Instant
  }
}
