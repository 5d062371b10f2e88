import Domain
import Foundation
import Transport

/// A record that cannot be used as it stands; names the field, not the customer.
struct SalesforceUnreadable: Error, Hashable { var reason: String }

extension AnswerReader {
  /// Salesforce's words for limits and refusals.
  static let salesforce = AnswerReader(
    limits: { headers in SalesforceProblem.usage(headers["Sforce-Limit-Info"]) },
    rateLimit: { SalesforceProblem.limit($0) },
    refusal: { response in
      guard let failure = SalesforceFailure.read(response.body) else { return nil }
      return (failure.code, failure.words)
    },
    renewalHelps: { response in
      let words = String(decoding: response.body.prefix(4096), as: UTF8.self)
      return !SalesforceProblem.finalWords.contains { words.contains($0) }
    },
    correlationHeaders: ["x-sfdc-request-id"])
}

/// What the vendor's refusals mean here.
enum SalesforceProblem {
  /// Answers to a token that a new token would not change.
  static let finalWords = [
    "not attached to Agent", "not valid for use with the REST API",
  ]

  /// `api-usage=891/15000`, perhaps followed by the app's own share.
  static func usage(_ header: String?) -> LimitReading? {
    guard let part = header?.firstMatch(of: /\bapi-usage=(\d+)\/(\d+)/),
      let used = Int(part.output.1), let most = Int(part.output.2)
    else { return nil }
    return LimitReading(dayRemaining: max(0, most - used), dayLimit: most)
  }

  static func limit(_ response: HTTPResponse) -> RateLimitSign? {
    switch response.status {
    // Under load the vendor answers with these two, often without a body.
    case 406, 420: return RateLimitSign(scope: "load", retryAfter: .seconds(5))
    case 403, 503:
      guard let failure = SalesforceFailure.read(response.body),
        failure.code == "REQUEST_LIMIT_EXCEEDED"
      else { return nil }
      return failure.message.contains("Concurrent")
        ? RateLimitSign(scope: "concurrent", retryAfter: .seconds(10))
        : RateLimitSign(scope: "day", endsPass: true)
    default: return nil
    }
  }

  /// What a call met that only a person can mend: rights, hidden fields, a closed API.
  static func understood(_ error: RemoteError, system: SystemName) -> RemoteError {
    guard case .refused(let refusal) = error else { return error }
    let failure = failure(refusal)
    let remedy: String
    switch failure.code {
    case "INVALID_FIELD", "INVALID_TYPE", "INSUFFICIENT_ACCESS", "INSUFFICIENT_ACCESS_OR_READONLY":
      guard refusal.status == 403 || failure.code.hasPrefix("INVALID") else { return error }
      remedy =
        "give the user of this sign-in the right to it in a permission set (object, and"
        + " field-level security)"
    case "API_DISABLED_FOR_ORG", "API_CURRENTLY_DISABLED":
      remedy = "give the user of this sign-in the permission API Enabled"
    case "TXN_SECURITY_METERING_ERROR":
      remedy = "except the user of this sign-in from the transaction security policy"
    default: return error
    }
    return .signInNeeded(
      reason: "Salesforce does not show \(system) what it needs: \(failure.words); \(remedy)")
  }

  static func failure(_ refusal: Refusal) -> SalesforceFailure {
    SalesforceFailure.read(refusal.body)
      ?? SalesforceFailure(code: refusal.code, message: refusal.message)
  }

  static func has(_ code: String, _ error: RemoteError) -> Bool {
    guard case .refused(let refusal) = error else { return false }
    return failure(refusal).code == code
  }

  private static let valueCodes: Set<String> = [
    "STRING_TOO_LONG", "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", "FIELD_INTEGRITY_EXCEPTION",
    "INVALID_EMAIL_ADDRESS", "NUMBER_OUTSIDE_VALID_RANGE", "INVALID_TYPE_ON_FIELD_IN_RECORD",
    "JSON_PARSER_ERROR", "REQUIRED_FIELD_MISSING",
  ]

  private static let rightCodes: Set<String> = [
    "INSUFFICIENT_ACCESS", "INSUFFICIENT_ACCESS_OR_READONLY",
    "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY", "CANNOT_UPDATE_CONVERTED_LEAD",
  ]

  /// A definite no on one record, as a hold.
  static func refusal(
    _ failure: SalesforceFailure, on object: SalesforceObject
  ) -> WriteRefusal {
    let named = failure.fields.isEmpty ? "" : " (\(failure.fields.joined(separator: ", ")))"
    let (code, remedy) = meaning(failure, on: object)
    let words = failure.words.isEmpty ? "Salesforce refused the record" : failure.words
    return WriteRefusal(
      code: code, message: "\(words)\(named) [\(failure.code)]", remedy: remedy)
  }

  private static let ownerGone = (
    HoldCode.ownerUnreachable, "give the deal an active owner in Salesforce"
  )

  private static func meaning(
    _ failure: SalesforceFailure, on object: SalesforceObject
  ) -> (HoldCode, String) {
    switch failure.code {
    case "ENTITY_IS_DELETED", "NOT_FOUND":
      return object == .account || object == .contact
        ? (.contactArchived, "restore the record in Salesforce, or unlink it: xerosync unlink")
        : (.dealDeleted, "restore the deal in Salesforce, or void its invoice")
    case "INVALID_CROSS_REFERENCE_KEY" where object == .opportunity:
      return (.dealDeleted, "restore the deal in Salesforce, or void its invoice")
    case "INVALID_CROSS_REFERENCE_KEY" where object == .task: return ownerGone
    case "INACTIVE_OWNER_OR_USER", "OP_WITH_INVALID_USER_TYPE_EXCEPTION": return ownerGone
    case "INVALID_FIELD", "INVALID_FIELD_FOR_INSERT_UPDATE":
      return (
        .fieldRefused,
        "let the user of this sign-in edit the field (field-level security), create it with"
          + " xerosync doctor --fix, or name another under crms[].fields"
      )
    case "DUPLICATES_DETECTED", "DUPLICATE_VALUE":
      let which = failure.duplicates.first.map { " (\($0))" } ?? ""
      return (
        .customerUnsure,
        "if the record Salesforce found\(which) is the same customer, link the two: xerosync link"
      )
    case "STORAGE_LIMIT_EXCEEDED", "LIMIT_EXCEEDED":
      return (.planLimit, "the organisation's limit is reached: make room, or raise the edition")
    case "ENTITY_IS_LOCKED":
      return (.refused, "an approval locks the record: finish it")
    case let code where valueCodes.contains(code):
      return (
        .fieldRefused,
        "mend the value or the field in Salesforce as the message says"
      )
    case let code where rightCodes.contains(code):
      return (.refused, "let the user of this sign-in edit such records")
    default:
      return (
        .refused,
        "a rule or an automation of your organisation refuses it: mend the record in Salesforce"
          + " as the message says"
      )
    }
  }

  static func missingField(_ name: String, on object: SalesforceObject) -> WriteRefusal {
    WriteRefusal(
      code: .fieldRefused,
      message:
        "Salesforce shows no field \(name) of \(object.rawValue) to the user of this sign-in",
      remedy: "create it: xerosync doctor --fix, make it visible (field-level security), or name"
        + " another under crms[].fields")
  }
}

extension WriteOutcome {
  /// The outcome of a write whose call failed.
  static func failing(_ error: RemoteError, on object: SalesforceObject) -> WriteOutcome {
    switch error {
    case .refused(let refusal):
      .refused(SalesforceProblem.refusal(SalesforceProblem.failure(refusal), on: object))
    case .outcomeUnknown(let reason): .unknown(reason: reason)
    case .notSent, .rateLimited, .budgetExhausted, .unreadable, .signInNeeded, .deadlinePassed:
      .notSent(reason: error.description)
    }
  }
}
