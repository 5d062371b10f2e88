internal import Connectors
internal import Domain
internal import Snapshot
internal import Transport

extension Pass {
  /// Links to records that a whole reading did not meet, and that are not there when asked for
  /// by id.
  func brokenLinks(_ store: SnapshotStore) async throws(EngineError) -> [BrokenPromise] {
    let links = try snapshot { try store.read { try $0.allLinks().map(\.link) } }
    let unseen = try snapshot {
      try store.read { reader in
        try Set(links.flatMap { [$0.left, $0.right] }).filter { subject in
          // A whole reading forgets what the listings showed before it begins.
          let shown = try reader.headDigest(of: subject) ?? ""
          return subject.kind != .template && shown.isEmpty
        }
      }
    }
    guard !unseen.isEmpty else { return [] }
    let found: Set<Subject>
    do { found = try await present(unseen) } catch {
      throw EngineError(error, of: environment.systems.accounting.name)
    }
    let missing = unseen.subtracting(found)
    return links.filter { missing.contains($0.left) || missing.contains($0.right) }.map { link in
      let gone = [link.left, link.right].filter(missing.contains)
      let names = gone.map(\.description).joined(separator: " and ")
      return BrokenPromise(
        subject: link.left, code: .linkBroken,
        message: "\(names) is not there any more; `xerosync unlink \(link.left) \(link.right)`")
    }
  }

  /// Which of the subjects their systems still have.
  private func present(_ subjects: Set<Subject>) async throws(RemoteError) -> Set<Subject> {
    let accounting = environment.systems.accounting
    var found: Set<Subject> = []
    func ids(_ kind: RecordKind, of system: SystemName) -> [String] {
      subjects.filter { $0.kind == kind && $0.system == system }.map(\.id).sorted()
    }
    let invoices = ids(.invoice, of: accounting.name)
    if !invoices.isEmpty {
      found.formUnion(
        try await accounting.invoices(invoices.map { ID($0) }).map {
          Subject(system: accounting.name, kind: .invoice, id: $0.id.rawValue)
        })
    }
    let contacts = ids(.contact, of: accounting.name)
    if !contacts.isEmpty {
      found.formUnion(try await accounting.contacts(contacts.map { ID($0) }).map(\.subject))
    }
    for crm in environment.systems.crms {
      for chunk in ids(.deal, of: crm.name).chunked(crm.capabilities.dealsPerRead) {
        for answer in try await crm.deals(chunk.map { ID($0) }) {
          if let subject = answer.kept(in: crm.name) { found.insert(subject) }
        }
      }
      let parties = subjects.filter {
        $0.system == crm.name && ($0.kind == .company || $0.kind == .person)
      }
      guard !parties.isEmpty else { continue }
      for answer in try await crm.parties(parties.sorted()) {
        switch answer {
        case .found(let record): found.insert(record.subject)
        case .merged(let old, _): found.insert(old)
        case .gone: continue
        }
      }
    }
    return found
  }
}

extension CRMDealAnswer {
  /// The deal asked for, where the CRM still knows it, be it in its recycle bin.
  fileprivate func kept(in crm: SystemName) -> Subject? {
    let id: ID<Deal>
    switch self {
    case .found(let deal): id = deal.id
    case .merged(let old, _): id = old
    case .archived(let known), .rejected(let known, _): id = known
    case .gone: return nil
    }
    return Subject(system: crm, kind: .deal, id: id.rawValue)
  }
}
