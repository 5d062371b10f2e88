import Domain
import Reconciler

/// Parties for tests: one contact in the accounting system, a company or person in some CRMs.
enum PartyBench {
  static let contact = subject("xero:contact:c1")
  static let company = subject("hubspot:company:1")
  static let other = subject("pipedrive:company:7")
  static let crms: [SystemName] = ["hubspot", "pipedrive"]

  static func context(_ now: String = "2026-11-22T08:00:00Z") -> PartyContext {
    PartyContext(
      now: instant(now), accounting: "xero", crms: crms,
      traits: ["pipedrive": everything, "hubspot": everything], homeCountry: "NZ")
  }

  /// A CRM whose companies hold every attribute.
  static var everything: PartyTraits {
    let fields = Set(PartyField.allCases).subtracting([.mark])
    return PartyTraits(writable: [.company: fields, .person: fields])
  }

  static func traits(_ subject: Subject) -> PartyTraits {
    subject.system == "xero" ? .accounting : everything
  }

  static func record(
    _ subject: Subject, _ values: [PartyField: PartyValue],
    at stamp: String = "2026-11-20T00:00:00Z"
  ) -> PartyRecord {
    var record = PartyRecord(subject: subject, name: "Ridgeway University")
    for (field, value) in values { record.set(field, value) }
    record.modifiedAt = instant(stamp)
    return record
  }

  static func replica(_ record: PartyRecord) -> PartyFacts.Replica {
    PartyFacts.Replica(record: record, traits: traits(record.subject))
  }

  static func facts(_ records: [PartyRecord], _ memory: PartyMemory = PartyMemory()) -> PartyFacts {
    PartyFacts(subject: contact, replicas: records.map(replica), memory: memory)
  }

  /// A policy that shares everything.
  static func policy(_ conflict: ContactPolicy.Conflict = .newest) -> ContactPolicy {
    var policy = ContactPolicy()
    policy.fields = Set(ContactPolicy.Field.allCases)
    policy.defaultConflict = conflict
    return policy
  }

  static func merge(
    _ facts: PartyFacts, _ policy: ContactPolicy = PartyBench.policy(),
    now: String = "2026-11-22T08:00:00Z"
  ) -> PartyMerge.Result {
    PartyMerge(policy: policy, context: context(now)).merge(facts)
  }

  /// What is remembered when all records agreed as they are.
  static func agreed(_ records: [PartyRecord]) -> PartyMemory {
    PartyMerge(policy: policy(), context: context()).accept(facts(records))
  }
}

extension PartyRecord {
  mutating func set(_ field: PartyField, _ value: PartyValue) {
    switch value {
    case .address(let place): if let kind = field.addressKind { addresses[kind] = place }
    case .text(let text):
      if let kind = field.phoneKind {
        phones[kind] = text.isEmpty ? nil : text
        return
      }
      switch field {
      case .name: name = text
      case .firstName: firstName = text
      case .lastName: lastName = text
      case .email: emails = text.isEmpty ? [] : [text]
      case .taxNumber: taxNumber = text
      case .website: website = text
      case .mark: mark = text
      case .phone, .mobile, .directPhone, .fax, .postalAddress, .streetAddress: break
      }
    }
  }

  mutating func apply(_ patch: PartyPatch) {
    for field in patch.fields { if let value = patch.value(field) { set(field, value) } }
  }
}
