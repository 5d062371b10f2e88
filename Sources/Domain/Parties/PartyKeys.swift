internal import Foundation

/// Normal forms under which parties are found again: equal keys mean "perhaps the same", never
/// more.
package enum PartyKeys {
  /// Names without letter case, accents, punctuation, and doubled spaces; `&` reads `and`, and
  /// the commonest long legal forms read like their short ones.
  package static func name(_ text: String) -> String {
    let folded = text.precomposedStringWithCompatibilityMapping
      .folding(options: [.caseInsensitive, .diacriticInsensitive], locale: nil)
      .replacingOccurrences(of: "&", with: " and ")
    var words: [String] = []
    var word = ""
    for scalar in folded.unicodeScalars {
      if scalar.properties.isAlphabetic || scalar.properties.numericType != nil {
        word.unicodeScalars.append(scalar)
      } else if scalar != "'" && scalar != "’" && scalar != ".", !word.isEmpty {
        words.append(word)
        word = ""
      }
    }
    if !word.isEmpty { words.append(word) }
    return words.map { longForms[$0] ?? $0 }.joined(separator: " ")
  }

  /// A trimmed address in lower case; empty when it is none.
  package static func email(_ text: String) -> String {
    let trimmed = text.trimmingCharacters(in: .whitespacesAndNewlines).lowercased()
    return trimmed.contains("@") && !trimmed.contains(" ") ? trimmed : ""
  }

  private static let longForms = [
    "limited": "ltd", "incorporated": "inc", "corporation": "corp", "company": "co",
    "proprietary": "pty",
  ]
}
