import ConfigurationFile
import Connectors
import Domain
import Engine
import Foundation
import Snapshot
import Transport

/// Puts together what `doctor` looks at.
struct Surgery {
  let workplace: Workplace

  /// Every check, as far as one can be made.
  func checks(fixing: Bool) async -> [Check] {
    let configuration: Configuration
    do { configuration = try workplace.configuration() } catch let failure as Failure {
      return [
        .error(.configuration, failure.message, remedy: "xerosync config check shows the place")
      ]
    } catch {
      return [.error(.configuration, "\(error)", remedy: "xerosync config check")]
    }
    let names = [configuration.accounting.name] + configuration.crms.map(\.name)
    var checks: [Check] = [
      .ok(
        .configuration,
        "\(configuration.path) can be read: \(names.map(\.rawValue).joined(separator: ", "))")
    ]
    let tokens = workplace.tokens(configuration)
    let (files, snapshot) = FileCheckup(
      statePath: configuration.statePath, tokensPath: configuration.tokensPath,
      textfile: configuration.metrics.textfile,
      sendmail: configuration.notify.email?.sendmail
    ).run(tokens: tokens, systems: names)
    checks += files
    do {
      let systems = try Connections(
        workplace: workplace, configuration: configuration, budgets: { _ in .none() }
      ).systems()
      let memory = memory(configuration, tokens, systems, snapshot)
      checks += await Checkup(
        systems: systems, policy: configuration.policy, memory: memory, now: workplace.now
      ).run(fixing: fixing)
    } catch let failure as Failure {
      checks.append(
        .error(.configuration, failure.message, remedy: "correct it there, then run doctor again"))
    } catch {
      checks.append(.error(.configuration, "\(error)", remedy: "please report this message"))
    }
    return checks.map { scrubbed($0) }
  }

  private func scrubbed(_ check: Check) -> Check {
    var check = check
    check.message = workplace.redactor.scrub(check.message)
    return check
  }

  private func memory(
    _ configuration: Configuration, _ tokens: TokenStore, _ systems: ConnectedSystems,
    _ snapshot: SnapshotInspection?
  ) -> CheckupMemory {
    var memory = CheckupMemory()
    memory.signInEnds = systems.signInEnds()
    for settings in [configuration.accounting] + configuration.crms {
      let isFirst = settings.name == configuration.accounting.name
      let key = isFirst ? "organisation" : "account:\(settings.name)"
      memory.accounts[settings.name] = snapshot?.accounts[key]
      guard let granted = (try? tokens.load(settings.name.rawValue))?.scopes, !granted.isEmpty
      else { continue }
      memory.missingScopes[settings.name] = ConnectorRegistry.neededScopes(of: settings)
        .filter { !granted.contains($0) }
    }
    memory.measuredCalls = CallRecord.average(snapshot?.reports ?? [])
    return memory
  }
}
