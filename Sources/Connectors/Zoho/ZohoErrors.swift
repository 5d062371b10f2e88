import Domain
import Foundation
import Transport

/// A record that cannot be used as it stands; names the field, not the customer.
struct ZohoUnreadable: Error, Hashable { var reason: String }

extension AnswerReader {
  /// Zoho's words for limits and refusals. No answer tells what is left of the day.
  static let zoho = AnswerReader(
    rateLimit: { response in
      // Too many at once or the credits of the day: the same words mean both.
      guard response.status == 429 else { return nil }
      return RateLimitSign(scope: "calls", retryAfter: ZohoLimit.pause)
    },
    refusal: { response in
      ZohoVerdict.read(response.body).map { ($0.code, $0.message) }
    },
    renewalHelps: { ZohoVerdict.read($0.body)?.code != "OAUTH_SCOPE_MISMATCH" })
}

/// What the vendor's refusals mean here.
enum ZohoProblem {
  /// A missing right is a matter of the sign-in, whatever the call was.
  static func understood(
    _ error: RemoteError, system: SystemName, isSelfClient: Bool
  ) -> RemoteError {
    switch error {
    case .signInNeeded(let reason) where reason.contains("refuses this sign-in"):
      return .signInNeeded(
        reason: "the sign-in of \(system) lacks a scope it needs: make it anew with the scopes of"
          + " Docs/crm-zoho.md")
    case .signInNeeded where isSelfClient:
      return ZohoSelfClientAuthorizer.reworded(error, system)
    case .refused(let refusal) where refusal.status == 403 && refusal.code == "NO_PERMISSION":
      let rights = ZohoVerdict.read(refusal.body)?.details["permissions"]?.list
        .compactMap(\.text).joined(separator: ", ")
      let which = rights.flatMap { $0.isEmpty ? nil : " (\($0))" } ?? ""
      return .signInNeeded(
        reason: "the user of \(system) may not do this in Zoho CRM\(which): allow it in the"
          + " user's profile, or sign in as another user")
    case .notSent, .outcomeUnknown, .refused, .rateLimited, .budgetExhausted, .unreadable,
      .signInNeeded, .deadlinePassed:
      return error
    }
  }

  static func isMissing(_ error: RemoteError) -> Bool {
    guard case .refused(let refusal) = error else { return false }
    return refusal.status == 404 || (refusal.status == 400 && refusal.code == "INVALID_DATA")
  }

  /// A definite no on one record, as a hold.
  static func refusal(_ verdict: ZohoVerdict, on module: ZohoModule) -> WriteRefusal {
    let field = verdict.field.map { " (\($0))" } ?? ""
    let message = (verdict.message.isEmpty ? "Zoho refused the record" : verdict.message) + field
    switch verdict.code {
    case "RECORD_IN_BLUEPRINT", "RECORD_LOCKED", "NOT_APPROVED":
      return closed(verdict, message)
    case "LIMIT_REACHED", "LIMIT_EXCEEDED":
      return WriteRefusal(
        code: .planLimit, message: message,
        remedy: "the edition's limit is reached: remove what is not needed, or raise the edition")
    case "DUPLICATE_DATA":
      let id = verdict.duplicate.map { " \($0)" } ?? ""
      return WriteRefusal(
        code: .nameTaken, message: message + ": the record\(id) has it already",
        remedy: "link the two if they are the same: xerosync link; else give one of them another"
          + " value in Zoho CRM")
    case "INVALID_DATA" where isID(verdict):
      return gone(module)
    case "INVALID_DATA", "PATTERN_NOT_MATCHED", "CANNOT_BE_UPDATED", "NOT_ALLOWED",
      "MAPPING_MISMATCH":
      return unfitting(verdict, module, message)
    case "MANDATORY_NOT_FOUND", "DEPENDENT_FIELD_MISSING", "EXPECTED_FIELD_MISSING":
      return WriteRefusal(
        code: .refused, message: message,
        remedy: "fill in what is missing in Zoho CRM, or make the field optional in its layout,"
          + " then: xerosync retry")
    default:
      return WriteRefusal(
        code: .refused, message: message,
        remedy: "mend the record in Zoho CRM as the message says, then: xerosync retry")
    }
  }

  /// A record that nobody can write to just now.
  private static func closed(_ verdict: ZohoVerdict, _ message: String) -> WriteRefusal {
    let remedy =
      switch verdict.code {
      case "RECORD_IN_BLUEPRINT":
        "a Blueprint leads the record: move it in Zoho CRM yourself, or leave its stage out of"
          + " stages, then: xerosync retry"
      case "RECORD_LOCKED": "unlock the record in Zoho CRM, then: xerosync retry"
      default: "the record waits for approval in Zoho CRM; when it has it: xerosync retry"
      }
    return WriteRefusal(code: .fieldRefused, message: message, remedy: remedy)
  }

  private static func unfitting(
    _ verdict: ZohoVerdict, _ module: ZohoModule, _ message: String
  ) -> WriteRefusal {
    if module == .tasks, verdict.field == "Owner" {
      return WriteRefusal(
        code: .ownerUnreachable, message: message,
        remedy: "give the deal an active owner in Zoho CRM")
    }
    return WriteRefusal(
      code: .fieldRefused, message: message,
      remedy: "check the type and the length of the field in Zoho CRM, or name another under"
        + " crms[].fields")
  }

  private static func isID(_ verdict: ZohoVerdict) -> Bool {
    verdict.field == "id" || verdict.message.lowercased().contains("id given")
  }

  static func gone(_ module: ZohoModule) -> WriteRefusal {
    guard module != .deals else {
      return WriteRefusal(
        code: .dealDeleted, message: "the deal is not in Zoho CRM any more",
        remedy: "restore it from the recycle bin, or void its invoice")
    }
    return WriteRefusal(
      code: .contactArchived, message: "the record was deleted in Zoho CRM",
      remedy: "restore it from the recycle bin, or unlink it: xerosync unlink")
  }

  static func missingField(_ name: String, in module: ZohoModule) -> WriteRefusal {
    WriteRefusal(
      code: .fieldRefused, message: "Zoho CRM has no field “\(name)” in \(module.rawValue)",
      remedy: "create it: xerosync doctor --fix, or name another under crms[].fields")
  }
}

/// What became of one row of a write.
enum ZohoRowOutcome: Sendable {
  case applied(details: WireValue)
  case refused(ZohoVerdict)
  case unknown(reason: String)
  case notSent(reason: String)

  init(_ error: RemoteError) {
    switch error {
    case .refused(let refusal):
      self = .refused(
        ZohoVerdict.read(refusal.body)
          ?? ZohoVerdict(code: refusal.code, message: refusal.message))
    case .outcomeUnknown(let reason): self = .unknown(reason: reason)
    case .notSent, .rateLimited, .budgetExhausted, .unreadable, .signInNeeded, .deadlinePassed:
      self = .notSent(reason: error.description)
    }
  }

  /// Judged by its own status, never by the status of the whole answer.
  init(_ verdict: ZohoVerdict?) {
    switch verdict?.status {
    case "success": self = .applied(details: verdict?.details ?? .null)
    case "error": self = verdict.map { .refused($0) } ?? .unknown(reason: "no verdict")
    default: self = .unknown(reason: "Zoho's answer does not say what became of the record")
    }
  }
}

extension WriteOutcome {
  /// Of a row that was not applied; nil for one that was.
  static func unapplied(_ row: ZohoRowOutcome, in module: ZohoModule) -> WriteOutcome? {
    switch row {
    case .applied: nil
    case .refused(let verdict): .refused(ZohoProblem.refusal(verdict, on: module))
    case .unknown(let reason): .unknown(reason: reason)
    case .notSent(let reason): .notSent(reason: reason)
    }
  }

  /// Of a write that could not be prepared: nothing was sent.
  static func unprepared(_ error: RemoteError) -> WriteOutcome {
    .notSent(reason: error.description)
  }
}
