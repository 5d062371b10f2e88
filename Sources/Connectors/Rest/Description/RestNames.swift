import Domain

/// The placeholders that mean something in one place of a description.
struct RestNames: Sendable {
  var known: [String]
  /// Whether secrets may stand here: they never do in what is sent of a record.
  var takesSecrets = false
  var takesToken = false

  func with(_ more: [String]) -> RestNames {
    var names = self
    names.known += more
    return names
  }

  /// Known everywhere: what the writer of the file declared.
  static let plain = RestNames(known: [])
  static let signIn = RestNames(known: [], takesSecrets: true)
  static let connection = RestNames(known: [], takesSecrets: true, takesToken: true)
  static let paging = ["page", "offset", "cursor", "size"]
  static let list = RestNames(known: ["since", "until"] + paging)
  static let read = RestNames(known: ["id"])
  static let lines = RestNames(known: ["deal.id"] + paging)
  static let url = RestNames(known: ["deal.id"])
  static let report = RestNames(
    known: ["deal.id", "report.stage.id", "report.stage.name"]
      + ReportField.allCases.map { "report.\($0.rawValue)" })
  static let task = RestNames(known: ["key"] + RestTaskWords.names)
  static let draft = RestNames(known: ["key"] + RestPartyWords.names("draft") + ["draft.company"])
  static let patch = RestNames(known: ["id"] + RestPartyWords.names("patch"))

  /// Keys of `{{field.…}}`.
  static let fields =
    ReportField.allCases.map(\.rawValue) + ["payment_terms", "accounting_id", "tax_number"]

  /// What is wrong with a placeholder here; nil where nothing is.
  func problem(
    with name: String, _ reader: RestReader
  ) -> (message: String, remedy: String)? {
    if known.contains(name) { return nil }
    let parts = name.split(separator: ".", maxSplits: 1).map(String.init)
    if parts.count == 2 {
      switch parts[0] {
      case "value" where reader.values[parts[1]] != nil: return nil
      case "value":
        return ("{{\(name)}} is not declared", "add `\(parts[1])` under values")
      case "field" where Self.fields.contains(parts[1]): return nil
      case "field":
        return ("{{\(name)}} is no field of ours", Self.advice(parts[1], Self.fields))
      case "secret" where takesSecrets: return nil
      case "secret":
        return (
          "{{\(name)}} may not stand here", "secrets go under auth or connection.headers only"
        )
      case "token" where takesToken && reader.tokenParts.contains(parts[1]): return nil
      case "token":
        return (
          "{{\(name)}} is not kept from the sign-in",
          "add \(parts[1]) to auth.keep, and use it under connection only"
        )
      default: break
      }
    }
    let all = known + ["value.…", "field.…"]
    return ("{{\(name)}} means nothing here", Self.advice(name, all))
  }

  private static func advice(_ word: String, _ known: [String]) -> String {
    if let near = NearestWord.word(to: word, among: known) { return "did you mean {{\(near)}}?" }
    return "known here: \(known.joined(separator: ", "))"
  }
}
