import Domain
import Transport

/// An HTTP API as its description file tells it; every part is checked when the file is read.
package struct RestDescription: Sendable {
  /// The system's name as people write it.
  package var title: String
  var values: [String: String] = [:]
  var tables: [String: [String: String]] = [:]
  /// Names of our fields in this system, by key of `crms[].fields`.
  var fieldNames: [String: String] = [:]
  var connection = RestConnection()
  var signIn = RestSignInKind.none
  var limits = RestLimits()
  var account: RestAccount?
  var owners: RestSimpleList?
  var pipelines = RestPipelines.none
  var deals: RestDeals
  var companies: RestParties?
  var people: RestParties?
  var actions: [RestActionName: RestAction] = [:]
  /// The secrets its templates name, with where the first of each is named.
  var secrets: [String: Domain.Origin] = [:]
  var origin: Domain.Origin

  func parties(_ kind: RecordKind) -> RestParties? { kind == .person ? people : companies }
}

/// What all requests share.
struct RestConnection: Sendable {
  var url: Sourced<RestTemplate> = Sourced(.literal(""))
  var common = RestRequest.Common()
  var zone = Zone.utc
  var currency: Currency?
  var answers = RestAnswerRules()
  var lagSeconds = 120
  var settleSeconds = 120
}

/// How the system says what went wrong.
struct RestAnswerRules: Sendable {
  /// What an answer must fulfil to be a success, beside its status.
  var success: RestPredicate?
  var errors: [RestErrorRule] = []
  var messages: [RestPath] = []
  var code: RestPath?

  /// These rules first, then those of the whole connection.
  func before(_ other: RestAnswerRules) -> RestAnswerRules {
    var merged = other
    merged.errors = errors + other.errors
    merged.success = success ?? other.success
    if !messages.isEmpty { merged.messages = messages }
    merged.code = code ?? other.code
    return merged
  }
}

struct RestErrorRule: Sendable {
  /// Nil: any status.
  var status: Int?
  var when: RestPredicate?
  var kind: RestErrorKind
  /// Where the seconds to wait stand, in the body.
  var retryAfter: RestPath?
}

enum RestErrorKind: String, Hashable, Sendable, CaseIterable {
  /// The system has trouble; reads are repeated, writes looked up.
  case retry
  case rateLimited = "rate_limited"
  /// The limit of a day or longer: nothing more is sent in this pass.
  case dayLimit = "day_limit"
  case signIn = "sign_in"
  case notFound = "not_found"
  /// A definite no for this record.
  case refused
  /// No error at all.
  case ignore
}

/// How requests are signed in.
enum RestSignInKind: Sendable {
  case none
  /// Secret headers: API keys, bearer tokens.
  case headers([String: RestTemplate])
  case query([String: RestTemplate])
  case basic(user: RestTemplate, password: RestTemplate)
  case oauth(RestOAuth)
  case clientCredentials(RestOAuth)
}

struct RestOAuth: Sendable {
  var tokenURL: Sourced<RestTemplate>
  var authorizeURL: Sourced<RestTemplate>?
  var authentication = ClientAuthentication.form
  var scopes = ""
  /// Further fields of the token request or of the consent page.
  var extra: [String: RestTemplate] = [:]
  var header = TokenHeader.bearer
  /// Texts of the token answer that addresses may name: `{{token.instance_url}}`.
  var keeps: [String] = []
}

/// What the system allows.
struct RestLimits: Sendable {
  var requests: Int?
  var seconds = 60
  var perDay: Int?
  var concurrent = 1
  var remainingHeader: String?
  var dayRemainingHeader: String?
  var reset: (header: String, kind: ResetKind)?
  /// Most pages of one listing in one pass.
  var pages = 2000

  enum ResetKind: String, Hashable, Sendable, CaseIterable {
    case seconds
    case epochSeconds = "epoch_s"
    case epochMilliseconds = "epoch_ms"
  }
}

/// Which account it is: pinned, so that a swapped token is refused.
struct RestAccount: Sendable {
  var request: RestRequest
  var id: RestPath
  var currency: RestPath?
  var zone: RestPath?
}

/// A list of little records with plain fields.
struct RestSimpleList: Sendable {
  var list: RestList
  var fields: [String: RestField]
  var active: RestPredicate?
}

enum RestPipelines: Sendable {
  case none
  case fixed([CRMCatalogue.Pipeline])
  case listed(RestSimpleList, stages: RestStages)
}

struct RestStages: Sendable {
  /// Inside the pipeline's own record, or a list of their own that names its pipeline.
  enum Source: Sendable {
    case inside(RestPath)
    case list(RestList)
  }

  var source: Source
  var fields: [String: RestField]
  var won: RestPredicate?
  var lost: RestPredicate?
}

struct RestDeals: Sendable {
  var list: RestList
  var read: RestRead
  /// The deal's page: the mark its invoice carries.
  var url: RestTemplate
  var fields: [String: RestField]
  var reported: [ReportField: RestField] = [:]
  var extra: [String: RestField] = [:]
  var won: RestPredicate?
  var lost: RestPredicate?
  var deleted: RestPredicate?
  var lines: RestLines?
}

struct RestLines: Sendable {
  enum Source: Sendable {
    case inside(RestPath)
    case list(RestList)
  }

  var source: Source
  var fields: [String: RestField]
  var extra: [String: RestField] = [:]
}

struct RestParties: Sendable {
  var list: RestList?
  var read: RestRead
  var fields: [String: RestField]
  var deleted: RestPredicate?
}
