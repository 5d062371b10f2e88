/// Keeps a spreadsheet from running a customer's data as a formula, and takes the guard off again.
package enum FormulaGuard {
  /// A cell that would be run, or that looks guarded already, gets one apostrophe in front.
  package static func protect(_ text: String) -> String {
    isDangerous(text) ? "'" + text : text
  }

  /// The text as it was before `protect`.
  package static func restore(_ text: String) -> String {
    text.hasPrefix("'") && isDangerous(String(text.dropFirst())) ? String(text.dropFirst()) : text
  }

  private static func isDangerous(_ text: String) -> Bool {
    for scalar in text.unicodeScalars where scalar != "'" && scalar != " " {
      switch scalar {
      case "=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠": return true
      case _: return false
      }
    }
    return false
  }
}

/// Writes rows the way every spreadsheet reads them.
package enum CSVRow {
  /// The cells as one line with its line end; formulas are disarmed.
  package static func line(_ cells: [String]) -> String {
    cells.map { quoted(FormulaGuard.protect($0)) }.joined(separator: ",") + "\n"
  }

  private static func quoted(_ text: String) -> String {
    let needs = text.utf8.contains { $0 == 0x2C || $0 == 0x22 || $0 < 0x20 || $0 == 0x3B }
    return needs ? "\"" + text.replacing("\"", with: "\"\"") + "\"" : text
  }
}
