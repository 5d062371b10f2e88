package import Domain
import Foundation
package import Transport

extension PipedriveConnector {
  package func parties(
    _ subjects: [Subject]
  ) async throws(RemoteError) -> [CRMPartyAnswer] {
    var answers: [CRMPartyAnswer] = []
    for kind in [RecordKind.company, .person] {
      let ids = subjects.filter { $0.kind == kind }.map(\.id).uniqued
      guard !ids.isEmpty else { continue }
      let object = PipedriveObject(kind)
      let reader = try await partyReader(object)
      let found = try await records(object, ids, priority: .contacts)
      if let (id, reason) = found.unreadable.first {
        throw .unreadable(reason: "\(object.rawValue) \(id): \(reason)")
      }
      for id in ids {
        var record = found.records[id]
        if record == nil { record = try await single(object, id, priority: .contacts) }
        guard let record else {
          answers.append(.gone(subject(kind, id)))
          continue
        }
        let party = reader.party(record)
        guard record.isDeleted, let heir = try await heir(of: party, object, reader) else {
          answers.append(.found(party))
          continue
        }
        answers.append(.merged(subject(kind, id), into: heir))
      }
    }
    return answers
      + subjects.filter { $0.kind != .company && $0.kind != .person }
      .map { .gone($0) }
  }

  /// Who took over the mark of a deleted record: a merge hands it on to a survivor that has none.
  private func heir(
    of party: PartyRecord, _ object: PipedriveObject, _ reader: PipedrivePartyReader
  ) async throws(RemoteError) -> PartyRecord? {
    guard !party.mark.isEmpty else { return nil }
    let heirs = try await searched(object, party.mark).filter { record in
      !record.isDeleted && reader.party(record).mark == party.mark
    }
    return heirs.count == 1 ? heirs.first.map(reader.party) : nil
  }

  package func updateParties(_ patches: [PartyPatch]) async -> [WriteOutcome<PartyRecord>] {
    var outcomes: [WriteOutcome<PartyRecord>] = []
    for patch in patches { outcomes.append(await update(patch)) }
    return outcomes
  }

  /// Lists of addresses and numbers are replaced whole by a write: the record is read first, so
  /// that the others stay.
  private func update(_ patch: PartyPatch) async -> WriteOutcome<PartyRecord> {
    guard patch.subject.kind == .company || patch.subject.kind == .person else {
      return .notSent(reason: "this is no company or person")
    }
    let object = PipedriveObject(patch.subject.kind)
    let names: [String: String]
    let reader: PipedrivePartyReader
    let body: [OutgoingJSON.Member]
    do {
      reader = try await partyReader(object)
      names = reader.list.names
      guard let current = try await single(object, patch.subject.id, priority: .contacts),
        !current.isDeleted
      else { return .refused(Self.goneRefusal(object)) }
      let writer = PipedrivePartyWriter(fields: fields, list: reader.list)
      switch writer.body(patch, current: current) {
      case .success(let members): body = members
      case .failure(let missing):
        return .refused(PipedriveProblem.missingField(missing.name, on: object))
      }
      // Nothing Pipedrive has a field for: the record as it is, is the answer.
      guard !body.isEmpty else { return .applied(reader.party(current)) }
    } catch {
      return .failing(error, on: object)
    }
    do {
      let record = try await write(
        .patch, [object.rawValue, patch.subject.id], .object(body), priority: .contacts,
        label: "\(object.rawValue).update")
      return .applied(reader.party(record))
    } catch {
      return .failing(error, on: object, names: names)
    }
  }

  private static func goneRefusal(_ object: PipedriveObject) -> WriteRefusal {
    WriteRefusal(
      code: .contactArchived, message: "the record was deleted in Pipedrive",
      remedy: "restore it in Pipedrive, or unlink it: xerosync unlink")
  }
}

/// A custom field the company does not have.
struct PipedriveMissing: Error, Hashable { var name: String }

/// Turns drafts and patches into the vendor's fields.
struct PipedrivePartyWriter: Sendable {
  var fields: CRMFields
  var list: PipedriveFieldList

  private typealias Member = OutgoingJSON.Member

  func body(_ draft: PartyDraft) -> Result<[OutgoingJSON.Member], PipedriveMissing> {
    var members = [Member("name", .text(line(name(draft))))]
    if draft.kind == .person {
      var emails = PipedrivePoints(nil)
      emails.set(PartyKeys.email(draft.email), label: "work") { _ in false }
      if !emails.points.isEmpty { members.append(Member("emails", emails.json)) }
      var phones = PipedrivePoints(nil)
      for (kind, label) in [(PhoneKind.main, "work"), (.mobile, "mobile"), (.fax, "fax")] {
        if let number = draft.phones[kind], !number.isEmpty {
          phones.set(line(number), label: label) { _ in false }
        }
      }
      if !phones.points.isEmpty { members.append(Member("phones", phones.json)) }
      if case .existing(let company) = draft.employer, let id = Int(company.rawValue) {
        members.append(Member("org_id", .integer(id)))
      }
    } else {
      if !draft.website.isEmpty { members.append(Member("website", .text(line(draft.website)))) }
      let address = draft.addresses[.postal] ?? draft.addresses[.street]
      if let json = address.flatMap(PipedriveAddress.json) {
        members.append(Member("address", json))
      }
    }
    var custom: [Member] = []
    // Without its mark a record could be made twice: it is not made at all.
    guard let mark = list[fields.accountingID] else {
      return .failure(PipedriveMissing(name: fields.accountingID))
    }
    if !draft.mark.isEmpty { custom.append(Member(mark.key, .text(draft.mark))) }
    if !draft.taxNumber.isEmpty, let field = fields.taxNumber.flatMap({ list[$0] }) {
      custom.append(Member(field.key, .text(line(draft.taxNumber))))
    }
    if !custom.isEmpty { members.append(Member("custom_fields", .object(custom))) }
    return .success(members)
  }

  private func name(_ draft: PartyDraft) -> String {
    guard draft.kind == .person else { return draft.name }
    let name = [draft.firstName, draft.lastName].filter { !$0.isEmpty }.joined(separator: " ")
    return name.isEmpty ? draft.name : name
  }

  private func line(_ text: String) -> String { OutgoingText.line(text, limit: 255) }

  /// Only what Pipedrive has a field for.
  func body(
    _ patch: PartyPatch, current: PipedriveRecord
  ) -> Result<[OutgoingJSON.Member], PipedriveMissing> {
    let isPerson = patch.subject.kind == .person
    var members: [Member] = []
    if let name = isPerson ? personName(patch, current) : patch.texts[.name] {
      members.append(Member("name", .text(line(name))))
    }
    if isPerson {
      members += points(patch, current)
    } else {
      if let website = patch.texts[.website] {
        members.append(Member("website", website.isEmpty ? .null : .text(line(website))))
      }
      if let address = patch.addresses[.postal] {
        members.append(Member("address", PipedriveAddress.json(address) ?? .null))
      }
    }
    var custom: [Member] = []
    if let mark = patch.texts[.mark] {
      guard let field = list[fields.accountingID] else {
        return .failure(PipedriveMissing(name: fields.accountingID))
      }
      custom.append(Member(field.key, mark.isEmpty ? .null : .text(mark)))
    }
    if let number = patch.texts[.taxNumber], let field = fields.taxNumber.flatMap({ list[$0] }) {
      custom.append(Member(field.key, number.isEmpty ? .null : .text(line(number))))
    }
    if !custom.isEmpty { members.append(Member("custom_fields", .object(custom))) }
    return .success(members)
  }

  /// A person has one name here: the part that does not change is kept.
  private func personName(_ patch: PartyPatch, _ current: PipedriveRecord) -> String? {
    if patch.texts[.firstName] == nil, patch.texts[.lastName] == nil { return nil }
    let first = patch.texts[.firstName] ?? current.text("first_name") ?? ""
    let last = patch.texts[.lastName] ?? current.text("last_name") ?? ""
    let name = [first, last].filter { !$0.isEmpty }.joined(separator: " ")
    return name.isEmpty ? nil : name
  }

  private func points(_ patch: PartyPatch, _ current: PipedriveRecord) -> [Member] {
    var members: [Member] = []
    if let email = patch.texts[.email] {
      var emails = PipedrivePoints(current["emails"])
      emails.set(PartyKeys.email(email), label: "work") { _ in true }
      members.append(Member("emails", emails.json))
    }
    let kinds: [(PartyField, PhoneKind, String)] = [
      (.phone, .main, "work"), (.mobile, .mobile, "mobile"), (.fax, .fax, "fax"),
    ]
    guard kinds.contains(where: { patch.texts[$0.0] != nil }) else { return members }
    var phones = PipedrivePoints(current["phones"])
    for (field, kind, label) in kinds {
      guard let number = patch.texts[field] else { continue }
      phones.set(line(number), label: label) { PipedrivePoints.phoneKind($0.label) == kind }
    }
    members.append(Member("phones", phones.json))
    return members
  }
}
