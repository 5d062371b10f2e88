import ConfigurationFile
import Domain
import Engine
import Foundation
import Logging
import Snapshot

/// One pass for each configuration of a directory. Whatever befalls one organisation, the others
/// get their pass.
struct FleetRunner {
  let workplace: Workplace
  let directory: String
  let shard: Shard?
  let jobs: Int
  let options: PassOptions
  let allowLarge: Bool
  let interruption: Interruption

  /// How one organisation's pass ended.
  struct End: Sendable {
    var file: String
    var code: Engine.ExitCode
    var report: PassReport?
    /// Why there is no report.
    var message: String?
    var zone: Zone?
  }

  /// The files of this shard, in order of their names.
  ///
  /// - Throws: `Failure` for a directory that cannot be read or holds no configuration.
  func files() throws -> [String] {
    let names: [String]
    do { names = try FileManager.default.contentsOfDirectory(atPath: directory) } catch {
      throw Failure(
        .configuration, "\(directory) cannot be read. Check the name, and that this user may.")
    }
    let all = names.filter {
      !$0.hasPrefix(".") && ($0.hasSuffix(".yaml") || $0.hasSuffix(".yml"))
    }.sorted()
    guard !all.isEmpty else {
      throw Failure(.configuration, "\(directory) holds no file that ends in .yaml or .yml.")
    }
    return all.filter { shard?.takes($0) ?? true }
  }

  /// Runs the passes, at most `jobs` at once; each end is shown as it comes, and all are returned
  /// in the order of the files.
  func run(_ files: [String], show: (End) -> Void) async -> [End] {
    let claims = Claims()
    return await withTaskGroup(of: End.self) { group in
      var ends: [End] = []
      var waiting = files[...]
      func start() {
        guard let file = waiting.popFirst() else { return }
        group.addTask { await pass(file, claims) }
      }
      for _ in 0..<max(1, jobs) { start() }
      while let end = await group.next() {
        show(end)
        ends.append(end)
        start()
      }
      return ends.sorted { $0.file < $1.file }
    }
  }

  private func pass(_ file: String, _ claims: Claims) async -> End {
    var end = End(file: file, code: .done)
    if interruption.wasRequested {
      end.code = .terminated
      end.message = "not started: the program was asked to end"
      return end
    }
    do {
      let place = workplace.marked(file)
      let path = URL(fileURLWithPath: directory).appendingPathComponent(file).path
      let configuration = try place.configuration(at: path)
      end.zone = configuration.policy.zone
      if let other = await claims.claim(configuration.statePath, for: file) {
        throw Failure(
          .configuration,
          "\(file) and \(other) have the same `state` \(configuration.statePath); give each its own."
        )
      }
      let runner = PassRunner(
        workplace: place, configuration: configuration, interruption: interruption)
      let report = try await runner.run(options, allowLarge: allowLarge)
      end.report = report
      end.code = report.exitCode
    } catch {
      let failure = Failure.of(error, workplace)
      end.code = failure.code
      end.message = failure.message
    }
    return end
  }
}

/// Which configuration uses which snapshot.
private actor Claims {
  private var owners: [String: String] = [:]

  /// The other file that has it already; nil: it is free.
  func claim(_ state: String, for file: String) -> String? {
    if let owner = owners[state] { return owner }
    owners[state] = file
    return nil
  }
}
