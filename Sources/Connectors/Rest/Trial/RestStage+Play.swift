import Domain
import Transport

extension RestStage {
  /// Plays everything a pass would do; what fails is a problem of the description or the recording.
  mutating func play(_ connector: RestConnector, at origin: Domain.Origin) async {
    var deals: [Deal] = []
    var parties: [PartyRecord] = []
    do {
      _ = try await connector.catalogue()
      for feed in connector.capabilities.feeds {
        let pages = try await poll(connector, feed)
        deals += pages.flatMap(\.deals)
        parties += pages.flatMap(\.parties)
        for rejected in pages.flatMap(\.rejected) {
          fault(
            origin, "\(rejected.subject.kind.rawValue) \(rejected.subject.id): \(rejected.reason)",
            "correct the field in the description, or the recorded answer")
        }
      }
      deals = try await complete(deals, connector, at: origin)
      let known = Set(parties.map(\.subject))
      let needed = deals.flatMap { deal in
        deal.companyIDs.map { connector.subject(.company, $0.rawValue) }
          + deal.personIDs.map { connector.subject(.person, $0.rawValue) }
      }.filter { connector.description.parties($0.kind) != nil }
      for answer in try await connector.parties(needed.uniqued) {
        guard case .found(let party) = answer, !known.contains(party.subject) else { continue }
        parties.append(party)
      }
    } catch {
      fault(origin, "\(error)", "correct the description, or the recorded answer")
    }
    report.records = deals.map(RestShown.init) + parties.uniqued.map(RestShown.init)
    await act(connector, deals, parties, at: origin)
    report.calls = await connector.callCount()
  }

  /// A listing from its start, and once more for what changed since.
  private func poll(
    _ connector: RestConnector, _ feed: CRMFeed
  ) async throws(RemoteError) -> [CRMPage] {
    var pages: [CRMPage] = []
    var cursor = FeedCursor.start
    for _ in 0..<2 {
      repeat {
        let page = try await connector.page(feed, from: cursor)
        pages.append(page)
        cursor = page.next
      } while pages.last?.hasMore == true
    }
    return pages
  }

  private mutating func complete(
    _ listed: [Deal], _ connector: RestConnector, at origin: Domain.Origin
  ) async throws(RemoteError) -> [Deal] {
    var deals: [Deal] = []
    for answer in try await connector.deals(listed.map(\.id).uniqued) {
      switch answer {
      case .found(let deal), .merged(_, let deal): deals.append(deal)
      case .gone(let id), .archived(let id):
        fault(origin, "deals.read finds no deal \(id)", "correct deals.read, or record its answer")
      case .rejected(let id, let reason):
        fault(origin, "deal \(id): \(reason)", "correct the field in the description")
      }
    }
    return deals
  }

  // MARK: Actions

  private mutating func act(
    _ connector: RestConnector, _ deals: [Deal], _ parties: [PartyRecord],
    at origin: Domain.Origin
  ) async {
    let actions = connector.description.actions
    let deal = deals.first?.id ?? ID("1")
    if actions[.report] != nil {
      let report = RestSamples.report(
        deal.rawValue, Set(connector.description.deals.reported.keys))
      judge(await connector.report([report]), .report, actions)
    }
    if actions[.createTask] != nil {
      let owner = deals.first?.ownerID?.rawValue
      let subject = connector.subject(.deal, deal.rawValue)
      if let currency = Currency("NZD"),
        let alert = RestSamples.alert(subject, owner: owner, currency: currency)
      {
        judge(await connector.createTasks([(RestSamples.key, alert)]), .createTask, actions)
      }
    }
    for (kind, create, update) in [
      (RecordKind.company, RestActionName.createCompany, RestActionName.updateCompany),
      (.person, .createPerson, .updatePerson),
    ] {
      if actions[create] != nil {
        judge(
          await connector.createParties([(RestSamples.key, RestSamples.draft(kind))]), create,
          actions)
      }
      guard actions[update] != nil else { continue }
      let known = parties.first { $0.subject.kind == kind }?.subject
      let patch = RestSamples.patch(known ?? connector.subject(kind, "1"))
      judge(await connector.updateParties([patch]), update, actions)
    }
  }

  private mutating func judge<Value>(
    _ outcomes: [WriteOutcome<Value>], _ name: RestActionName,
    _ actions: [RestActionName: RestAction]
  ) {
    guard let origin = actions[name]?.request.origin else { return }
    for outcome in outcomes {
      switch outcome {
      case .applied: break
      case .refused(let refusal):
        fault(origin, "actions.\(name.rawValue): \(refusal.message)", refusal.remedy)
      case .unknown(let reason), .notSent(let reason):
        fault(
          origin, "actions.\(name.rawValue): \(reason)", "correct the action, or record its answer")
      }
    }
  }
}

extension RestStage {
  /// Requests without an answer and answers without a request.
  mutating func close(at origin: Domain.Origin) {
    for stranger in recording.strangers {
      fault(origin, "no recorded answer for \(stranger)", "record one under exchanges")
    }
    for exchange in recording.unused {
      fault(
        exchange.origin, "nothing asked for \(exchange.method) \(exchange.path)",
        "correct the description, or take the exchange away")
    }
  }

  /// What was understood against what was expected; only the keys that are written are compared.
  mutating func compare(_ node: DocumentNode?, _ reader: inout RestReader) {
    let kinds = ["deals": "deal", "companies": "company", "people": "person"]
    guard let node,
      let section = reader.section(node, "expect", known: kinds.keys.sorted())
    else { return }
    for key in section.order {
      guard let list = section[key], case .list(let items) = list.content, let kind = kinds[key]
      else { continue }
      let own = report.records.filter { $0.kind == kind }
      if own.count != items.count {
        fault(
          list.origin, "expected \(items.count) \(key), understood \(own.count)",
          "correct the description, or what is expected")
      }
      for item in items { compare(item, key, own) }
    }
  }

  private mutating func compare(_ node: DocumentNode, _ key: String, _ own: [RestShown]) {
    guard case .mapping(let members) = node.content,
      let id = members.first(where: { $0.key == "id" }).flatMap({ RestValue($0.value).plain })
    else {
      fault(node.origin, "expect.\(key) needs the id of each record", "add id")
      return
    }
    guard let record = own.first(where: { $0.id == id }) else {
      fault(node.origin, "expect.\(key): no record \(id) was understood", "correct the description")
      return
    }
    for member in members where member.key != "id" && member.key != "lines" {
      let wanted = Self.text(member.value)
      let found = record.fields[member.key] ?? ""
      if wanted != found {
        fault(
          member.value.origin,
          "\(member.key) of \(id) was expected as “\(wanted)”, understood as “\(found)”",
          "correct the field in the description, or what is expected")
      }
    }
    guard case .list(let lines)? = members.first(where: { $0.key == "lines" })?.value.content else {
      return
    }
    compare(lines, record, node.origin)
  }

  private mutating func compare(
    _ lines: [DocumentNode], _ record: RestShown, _ origin: Domain.Origin
  ) {
    guard lines.count == record.lines.count else {
      fault(
        origin, "\(record.id): expected \(lines.count) lines, understood \(record.lines.count)",
        "correct deals.lines, or what is expected")
      return
    }
    for (node, line) in zip(lines, record.lines) {
      guard case .mapping(let members) = node.content else { continue }
      for member in members where Self.text(member.value) != line[member.key] ?? "" {
        fault(
          member.value.origin,
          "\(member.key) of a line was expected as “\(Self.text(member.value))”, understood as"
            + " “\(line[member.key] ?? "")”", "correct deals.lines, or what is expected")
      }
    }
  }

  /// The text as it was typed: what is compared has no type.
  private static func text(_ node: DocumentNode) -> String {
    if case .scalar(let text, _) = node.content { text } else { "" }
  }
}
