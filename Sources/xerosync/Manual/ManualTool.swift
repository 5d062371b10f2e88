import Foundation

/// The commands as the argument parser describes itself.
struct ManualTool: Decodable {
  var command: Entry

  /// A command with its options.
  struct Entry: Decodable {
    var commandName: String
    var abstract: String?
    var discussion: String?
    var shouldDisplay: Bool?
    var subcommands: [Entry]?
    var arguments: [Argument]?

    var shownSubcommands: [Entry] {
      (subcommands ?? []).filter { $0.shouldDisplay != false && $0.commandName != "help" }
    }

    var shownArguments: [Argument] { (arguments ?? []).filter(\.shouldDisplay) }
  }

  /// An option, a flag or an argument.
  struct Argument: Decodable {
    var kind: String
    var shouldDisplay: Bool
    var isOptional: Bool
    var isRepeating: Bool
    var names: [Name]?
    var valueName: String?
    var defaultValue: String?
    var abstract: String?
  }

  struct Name: Decodable {
    var kind: String
    var name: String

    var written: String { (kind == "long" ? "--" : "-") + name }
  }

  /// nil where the description has another shape.
  init?(dump: String) {
    guard let tool = try? JSONDecoder().decode(ManualTool.self, from: Data(dump.utf8)) else {
      return nil
    }
    self = tool
  }
}
