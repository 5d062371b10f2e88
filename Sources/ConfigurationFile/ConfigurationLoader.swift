internal import Domain
package import Foundation

/// Reads `xerosync.yaml` into typed values, or says everything that is wrong with it.
package struct ConfigurationLoader {
  private let access: Access
  private let workingDirectory: String
  private let vocabulary: ConnectorVocabulary

  /// `readFile` throws `FileAccessFailure` and `runCommand` `CommandFailure` for a clear message;
  /// other errors are reported without their text. Relative paths count from `workingDirectory`.
  package init(
    environment: [String: String],
    readFile: @escaping (String) throws -> Data,
    runCommand: @escaping ([String]) throws -> String,
    workingDirectory: String = FileManager.default.currentDirectoryPath,
    vocabulary: ConnectorVocabulary = .documented
  ) {
    access = Access(environment: environment, readFile: readFile, runCommand: runCommand)
    self.workingDirectory = workingDirectory
    self.vocabulary = vocabulary
  }

  /// A loader of the machine's own files and programs.
  package static func system(environment: [String: String]) -> ConfigurationLoader {
    ConfigurationLoader(
      environment: environment, readFile: { try SystemAccess.readFile($0) },
      runCommand: { try SystemAccess.runCommand($0, environment: environment) })
  }

  /// All problems of the file in one go, in the order of the file.
  package func load(path: String) throws(ConfigurationErrors) -> Configuration {
    let data: Data
    do {
      data = try access.readFile(path)
    } catch {
      throw ConfigurationErrors(
        ConfigurationProblem(
          origin: Origin(file: path, line: 1, column: 1), path: "",
          message: "the configuration file \(Access.reason(error))",
          remedy: "name a readable file with --config, or write one with `xerosync init`"))
    }
    return try load(data, path: path)
  }

  /// The same for contents at hand; the path is only for messages and relative paths.
  package func load(
    _ data: Data, path: String
  ) throws(ConfigurationErrors) -> Configuration {
    var reader = YAMLReader(try SourceText(data, file: path))
    let tree = try reader.tree()
    let directory = Paths.directory(of: Paths.absolute(path, from: workingDirectory))
    var checker = Checker(access: access, directory: directory)
    let keys = KeyTable(vocabulary: vocabulary).top
    let root = checker.section(
      Self.withoutFreeKeys(tree), keys, nil, "",
      at: Origin(file: path, line: 1, column: 1))
    guard let root else {
      throw Self.errors(checker.problems, path)
    }
    var builder = Builder(root: root, vocabulary: vocabulary)
    builder.writtenNotify = Self.writtenNotify(tree)
    builder.hasSoundSystems = !checker.problems.contains { $0.path.hasPrefix("crms") }
    var configuration = builder.configuration(path: path, directory: directory)
    builder.problems += attachDescriptions(to: &configuration)
    guard checker.problems.isEmpty, builder.problems.isEmpty, let configuration else {
      throw Self.errors(checker.problems + builder.problems, path)
    }
    return configuration
  }

  /// Reads the files that describe systems; what they mean is their connector's matter.
  private func attachDescriptions(to configuration: inout Configuration?) -> [ConfigurationProblem]
  {
    var problems: [ConfigurationProblem] = []
    for index in configuration?.crms.indices ?? 0..<0 {
      guard let crm = configuration?.crms[index], let named = crm.options["description"],
        let origin = named.origin
      else { continue }
      let place = "crms[\(index)].description"
      do {
        let data = try access.readFile(named.value)
        configuration?.crms[index].description = try DescriptionFile.read(data, path: named.value)
      } catch let errors as ConfigurationErrors {
        problems += errors.problems
      } catch {
        problems.append(
          ConfigurationProblem(
            origin: origin, path: place,
            message: "\(place) names \(named.value), which \(Access.reason(error))",
            remedy: "write that file (Docs/crm-rest.md), or correct the path"))
      }
    }
    return problems
  }

  private static func errors(
    _ problems: [ConfigurationProblem], _ path: String
  ) -> ConfigurationErrors {
    ConfigurationErrors(unordered: problems)
      ?? ConfigurationErrors(
        ConfigurationProblem(
          origin: Origin(file: path, line: 1, column: 1), path: "",
          message: "the file is not complete", remedy: "compare it with `xerosync init`"))
  }

  /// Top-level `x-…` keys hold anchors and mean nothing themselves.
  private static func withoutFreeKeys(_ tree: Tree) -> Tree {
    guard case .mapping(let entries) = tree.content else { return tree }
    var tree = tree
    tree.content = .mapping(entries.filter { !$0.key.hasPrefix(KeyTable.freePrefix) })
    return tree
  }

  private static func writtenNotify(_ tree: Tree) -> Set<String> {
    guard case .mapping(let entries) = tree.content,
      case .mapping(let channels)? = entries.first(where: { $0.key == "notify" })?.value.content
    else { return [] }
    return Set(channels.filter { !$0.value.isNull }.map(\.key))
  }
}

// MARK: - Discovery

extension ConfigurationLoader {
  /// The outcome of looking for the configuration file.
  package struct Discovery: Hashable, Sendable {
    /// Nil when no place holds a file.
    package var path: String?
    /// The places in the order they were looked at, up to the one that was found.
    package var lookedAt: [Place]

    /// What to tell a person when `path` is nil.
    package var explanation: String {
      let places = lookedAt.map { "  \($0.path) (\($0.reason))" }
      return
        (["no configuration file found; looked at"] + places
        + ["write one with `xerosync init`, or name one with --config"])
        .joined(separator: "\n")
    }
  }

  /// One place where the file may be.
  package struct Place: Hashable, Sendable {
    package var path: String
    /// Why it was looked at: `--config`, `$XEROSYNC_CONFIG`, …
    package var reason: String
  }

  /// Looks in the documented order. A file named by `--config` or `$XEROSYNC_CONFIG` is the only
  /// place then: a name that leads nowhere must not silently mean another file.
  package static func locate(
    explicit: String?, environment: [String: String], exists: (String) -> Bool
  ) -> Discovery {
    var places: [Place] = []
    if let explicit {
      places = [Place(path: explicit, reason: "--config")]
    } else if let named = environment["XEROSYNC_CONFIG"], !named.isEmpty {
      places = [Place(path: named, reason: "$XEROSYNC_CONFIG")]
    } else {
      places = standardPlaces(environment)
    }
    guard let index = places.firstIndex(where: { exists($0.path) }) else {
      return Discovery(path: nil, lookedAt: places)
    }
    return Discovery(path: places[index].path, lookedAt: Array(places[...index]))
  }

  private static func standardPlaces(_ environment: [String: String]) -> [Place] {
    var places = [Place(path: "./xerosync.yaml", reason: "working directory")]
    if let home = environment["XDG_CONFIG_HOME"], home.hasPrefix("/") {
      places.append(Place(path: home + "/xerosync/xerosync.yaml", reason: "$XDG_CONFIG_HOME"))
    } else if let home = environment["HOME"], home.hasPrefix("/") {
      places.append(
        Place(path: home + "/.config/xerosync/xerosync.yaml", reason: "home directory"))
    }
    places.append(Place(path: "/etc/xerosync/xerosync.yaml", reason: "system"))
    return places
  }
}
