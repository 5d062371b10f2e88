internal import Connectors
package import Domain
internal import Reconciler
internal import Transport

/// Looks at the systems of a configuration: sign-in, names, fields, limits, clock. It writes to
/// none of them unless it is asked to make the missing fields.
package struct Checkup: Sendable {
  let systems: ConnectedSystems
  let policy: Policy
  let memory: CheckupMemory
  let now: Instant

  package init(
    systems: ConnectedSystems, policy: Policy, memory: CheckupMemory, now: Instant
  ) {
    self.systems = systems
    self.policy = policy
    self.memory = memory
    self.now = now
  }

  /// Every check, in the order of the systems.
  ///
  /// - Parameter fixing: makes the fields that are missing in the CRMs.
  package func run(fixing: Bool) async -> [Check] {
    var checks: [Check] = []
    let ledger = await ledger(&checks)
    var catalogues: [SystemName: CRMCatalogue] = [:]
    for crm in systems.crms {
      catalogues[crm.name] = await catalogue(of: crm, &checks)
    }
    if let ledger {
      checks += names(ledger, catalogues)
      checks += currencies(ledger, catalogues)
      checks += lockDate(ledger)
    }
    for crm in systems.crms where catalogues[crm.name] != nil {
      await checks.append(fields(of: crm, fixing: fixing))
    }
    await checks.append(limits(of: systems.accounting))
    for crm in systems.crms { await checks.append(limits(of: crm)) }
    await checks.append(contentsOf: clocks())
    return checks
  }

  // MARK: Sign-in and permissions

  private func ledger(_ checks: inout [Check]) async -> Ledger? {
    let accounting = systems.accounting
    let ledger: Ledger
    do { ledger = try await accounting.ledger() } catch {
      checks.append(Self.failed(accounting.name, error))
      return nil
    }
    checks.append(signedIn(accounting.name))
    checks.append(await permissions(of: accounting))
    let organisation = ledger.organisation
    let facts = "\(organisation.name), \(organisation.baseCurrency), \(organisation.zone.name)"
    if let known = memory.accounts[accounting.name], known != organisation.id {
      checks.append(otherAccount(accounting.name, known, organisation.id, code: .organisation))
    } else {
      checks.append(
        .ok(
          .organisation, organisation.isDemo ? facts + " (a demo organisation)" : facts,
          of: accounting.name))
    }
    return ledger
  }

  private func catalogue(
    of crm: any CRMSystem, _ checks: inout [Check]
  ) async -> CRMCatalogue? {
    let catalogue: CRMCatalogue
    do { catalogue = try await crm.catalogue() } catch {
      checks.append(Self.failed(crm.name, error))
      return nil
    }
    await crm.adopt(catalogue)
    checks.append(signedIn(crm.name))
    checks.append(await permissions(of: crm))
    if let known = memory.accounts[crm.name], known != catalogue.account {
      checks.append(otherAccount(crm.name, known, catalogue.account, code: .organisation))
    } else {
      checks.append(.ok(.organisation, "account \(catalogue.account)", of: crm.name))
    }
    return catalogue
  }

  private func signedIn(_ system: SystemName) -> Check {
    guard let end = memory.signInEnds[system] else {
      return .ok(.signIn, "it answers and takes the sign-in", of: system)
    }
    let days = end.seconds(since: now) / 86_400
    let message = "it answers; the sign-in ends \(end) unless it is used before"
    guard days < 7 else { return .ok(.signIn, message, of: system) }
    return .warning(
      .signIn, message, remedy: "run a pass before, or xerosync auth login \(system)", of: system)
  }

  static func failed(_ system: SystemName, _ error: RemoteError) -> Check {
    switch error {
    case .signInNeeded(let reason):
      .error(
        .signIn, reason,
        remedy: "xerosync auth login \(system), or correct its `auth` in the configuration",
        of: system)
    case .refused:
      .error(
        .scopes, error.description,
        remedy: "give the sign-in the permissions that the page of \(system) in Docs lists",
        of: system)
    case .notSent, .outcomeUnknown, .rateLimited, .budgetExhausted, .unreadable, .deadlinePassed:
      .error(
        .signIn, "it cannot be reached: \(error.description)",
        remedy: "check the network, the addresses in the configuration and the status page of "
          + "\(system); then run doctor again", of: system)
    }
  }

  private func otherAccount(
    _ system: SystemName, _ known: String, _ found: String, code: Check.Code
  ) -> Check {
    .error(
      code, "the sign-in reaches \(found), but the snapshot belongs to \(known)",
      remedy: "sign in to the right one: xerosync auth login \(system); or use another `state`",
      of: system)
  }

  /// Asks each listing for what changed from now on: whoever may not read it is told so.
  private func permissions(of accounting: any AccountingSystem) async -> Check {
    for feed in accounting.capabilities.feeds {
      do { _ = try await accounting.page(feed, from: FeedCursor(highWater: now)) } catch {
        return denied(feed.rawValue, accounting.name, error)
      }
    }
    if accounting.capabilities.supportsTemplates {
      do { _ = try await accounting.templates() } catch {
        return denied("repeating invoices", accounting.name, error)
      }
    }
    return mayRead(accounting.capabilities.feeds.map(\.rawValue), accounting.name)
  }

  private func permissions(of crm: any CRMSystem) async -> Check {
    for feed in crm.capabilities.feeds {
      do { _ = try await crm.page(feed, from: FeedCursor(highWater: now)) } catch {
        return denied(feed.rawValue, crm.name, error)
      }
    }
    return mayRead(crm.capabilities.feeds.map(\.rawValue), crm.name)
  }

  private func mayRead(_ feeds: [String], _ system: SystemName) -> Check {
    let reads = "reads \(feeds.joined(separator: ", "))"
    guard let missing = memory.missingScopes[system], !missing.isEmpty else {
      return .ok(.scopes, reads, of: system)
    }
    return .error(
      .scopes, "the sign-in was not given \(missing.joined(separator: ", "))",
      remedy: "xerosync auth login \(system), and agree to everything it asks for", of: system)
  }

  private func denied(_ what: String, _ system: SystemName, _ error: RemoteError) -> Check {
    var check = Self.failed(system, error)
    check.code = .scopes
    check.message = "\(what) cannot be read: \(check.message)"
    return check
  }
}

/// What is known beside the answers of the systems.
package struct CheckupMemory: Sendable {
  /// The account each system was signed in to at its first pass.
  package var accounts: [SystemName: String] = [:]
  package var signInEnds: [SystemName: Instant] = [:]
  /// Needed permissions that the stored sign-in does not list.
  package var missingScopes: [SystemName: [String]] = [:]
  /// Calls of recent passes in thousandths of a call, by system.
  package var measuredCalls: [SystemName: Int] = [:]

  package init() {}
}
