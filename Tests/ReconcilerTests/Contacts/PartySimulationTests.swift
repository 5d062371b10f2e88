import Domain
import Reconciler
import Testing

/// Random edits on two to four replicas, with writes that are lost, answered late, or reformatted
/// by the vendor. When the faults stop, a few passes bring agreement, and no edit was lost that
/// was not reported.
struct PartySimulation {
  struct Edit {
    var subject: Subject
    var field: PartyField
    var value: String
  }

  var random: Seeded
  var records: [PartyRecord]
  var memory = PartyMemory()
  var clock = instant("2026-11-01T00:00:00Z")
  var policy: ContactPolicy
  /// What no pass has carried on, superseded or reported yet.
  var pending: [Edit] = []
  /// Values some conflict or hold told a person about.
  var reported: Set<String> = []
  var trace: [String] = []
  var counter = 0

  static let fields: [PartyField] = [.name, .email, .phone, .mobile, .taxNumber, .postalAddress]

  init(seed: UInt64) {
    random = Seeded(seed: seed)
    let subjects = [
      PartyBench.contact, PartyBench.company, PartyBench.other, subject("hubspot:company:2"),
    ]
    let count = random.int(2...4)
    policy = PartyBench.policy(random.pick([.newest, .accounting, .crm]))
    records = subjects.prefix(count).map { PartyBench.record($0, [.phone: .text("09 111 1111")]) }
  }

  var live: [Int] { records.indices.filter { records[$0].status == .active } }

  mutating func value(_ field: PartyField) -> PartyValue {
    counter += 1
    switch field {
    case .email: return .text("person\(counter)@x.nz")
    case .phone, .mobile: return .text("09 2\(100000 + counter)")
    case .postalAddress, .streetAddress:
      return .address(PostalAddress(lines: ["\(counter) High St"], city: "Auckland"))
    case .name, .firstName, .lastName, .directPhone, .fax, .taxNumber, .website, .mark:
      return .text("Value \(counter)")
    }
  }

  mutating func edit() {
    guard let index = live.randomElement(using: &random) else { return }
    let field = random.pick(Self.fields)
    // Now and then somebody clears a field.
    let isCleared = field != .name && random.int(0...6) == 0
    let new = isCleared ? field.nothing : value(field)
    records[index].set(field, new)
    records[index].modifiedAt = clock
    let edited = records[index].subject
    pending.removeAll { $0.subject == edited && $0.field == field }
    if !new.isEmpty { pending.append(Edit(subject: edited, field: field, value: new.text)) }
    trace.append("edit \(edited) \(field) “\(new.text)”")
  }

  mutating func archive() {
    guard live.count > 1, let index = live.randomElement(using: &random) else { return }
    records[index].status = .archived
    trace.append("archive \(records[index].subject)")
  }

  mutating func restore() {
    for index in records.indices where records[index].status == .archived {
      records[index].status = .active
      trace.append("restore \(records[index].subject)")
    }
  }

  /// Two records of one CRM become one that carries the first one's values.
  mutating func merge() {
    let twin = subject("hubspot:company:2")
    guard let index = records.firstIndex(where: { $0.subject == twin }),
      let kept = records.firstIndex(where: { $0.subject == PartyBench.company })
    else { return }
    for field in Self.fields { reported.insert(records[index].value(field).text) }
    pending.removeAll { $0.subject == twin }
    memory.rename(twin, to: records[kept].subject)
    records.remove(at: index)
    trace.append("merge \(twin)")
  }

  /// One pass; `isFaulty` lets writes and answers get lost. Returns how many writes were sent.
  mutating func pass(isFaulty: Bool) -> Int {
    let facts = PartyBench.facts(records, memory)
    let result = PartyMerge(
      policy: policy,
      context: PartyContext(
        now: clock, accounting: "xero", crms: PartyBench.crms,
        traits: ["hubspot": PartyBench.everything, "pipedrive": PartyBench.everything],
        homeCountry: "NZ")
    ).merge(facts)
    memory = result.memory
    for conflict in result.conflicts {
      reported.formUnion(conflict.values.values)
      trace.append("conflict \(conflict.field) \(conflict.resolution)")
    }
    for hold in result.holds {
      reported.insert(hold.message)
      trace.append("hold \(hold.code.rawValue) \(hold.message)")
    }
    if !result.holds.isEmpty { memory.use = "xero" }
    var sent = 0
    for change in result.changes {
      let fate = isFaulty ? random.int(0...3) : 3
      sent += 1
      trace.append("write \(change.record.subject) \(change.field) “\(change.value.text)” \(fate)")
      guard fate > 0,
        let index = records.firstIndex(where: { $0.subject == change.record.subject })
      else { continue }
      records[index].set(change.field, reformatted(change))
      // Fate 1: applied, but the answer is lost.
      if fate > 1 { memory.heard(records[index], [change.field]) }
    }
    clock = clock.advanced(seconds: 300)
    return sent
  }

  /// The accounting system writes numbers in its own way.
  func reformatted(_ change: PartyMerge.Change) -> PartyValue {
    guard change.record.subject.system == "xero", case .text(let text) = change.value,
      change.field.phoneKind != nil, text.hasPrefix("09 ")
    else { return change.value }
    return .text("+64 9 " + text.dropFirst(3))
  }

  /// Edits neither held everywhere, nor written over later, nor reported.
  func lost() -> [Edit] {
    pending.filter { edit in
      // What an archived record holds is not lost: it is looked at when it comes back.
      let isHeld = records.indices.contains { index in
        let text = records[index].value(edit.field).text
        return text == edit.value || text == "+64 9 " + edit.value.dropFirst(3)
      }
      return !isHeld && !reported.contains { $0.contains(edit.value) }
    }
  }

  var isAgreed: Bool {
    let normal = live.map { index in
      Self.fields.map { field in
        let text = records[index].value(field).text
        return text.hasPrefix("+64 9 ") ? "09 " + text.dropFirst(6) : text
      }
    }
    return Set(normal).count <= 1
  }
}

@Suite struct PartySimulationTests {
  @Test("edits, archives, merges and lost answers", arguments: UInt64(1)...200)
  func convergence(_ seed: UInt64) {
    var simulation = PartySimulation(seed: seed)
    _ = simulation.pass(isFaulty: false)
    for _ in 0..<12 {
      for _ in 0..<simulation.random.int(0...3) { simulation.edit() }
      switch simulation.random.int(0...12) {
      case 0: simulation.archive()
      case 1: simulation.restore()
      case 2: simulation.merge()
      default: break
      }
      // A later edit of the same field elsewhere takes over, once it was seen and carried on.
      let before = simulation.pending
      _ = simulation.pass(isFaulty: true)
      let lost = simulation.lost()
      #expect(
        lost.isEmpty, "seed \(seed): lost \(lost) of \(before)\n\(log(simulation))")
      simulation.pending = simulation.pending.filter { edit in
        !isCarried(edit, simulation)
      }
      // Quiet weeks between, so that work by hand is no flipping.
      simulation.clock = simulation.clock.advanced(seconds: 8 * 86_400)
    }
    simulation.restore()
    for _ in 0..<3 { _ = simulation.pass(isFaulty: false) }
    #expect(simulation.isAgreed, "seed \(seed): no agreement\n\(log(simulation))")
    for _ in 0..<2 {
      #expect(
        simulation.pass(isFaulty: false) == 0,
        "seed \(seed): still writing\n\(log(simulation))")
    }
  }

  /// Agreed on: what comes after is a new edit that replaces it.
  private func isCarried(_ edit: PartySimulation.Edit, _ simulation: PartySimulation) -> Bool {
    simulation.memory.fields[edit.field]?.value.text == edit.value
      || simulation.reported.contains { $0.contains(edit.value) }
  }

  private func log(_ simulation: PartySimulation) -> String {
    simulation.trace.suffix(40).joined(separator: "\n")
  }
}
