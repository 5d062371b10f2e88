import Domain
import Engine
import Matcher

/// The JSON of `dedupe`, written pair by pair so that very long lists fit.
struct DedupeDocument {
  let list: DedupeList
  /// What was carried out; nil: nothing was asked for.
  var applied: DecisionDesk.Applied?
  var merges: [(left: String, right: String)] = []

  func write(to sink: (String) -> Void) {
    var piece = #"{"schema":1,"#
    if let applied {
      piece += #""run":"# + (applied.run.map(String.init) ?? "null") + ","
      piece += #""applied":{"linked":"# + "\(applied.links.count)"
      piece += #","different":\#(applied.different),"merge":\#(applied.merges.count)"#
      piece += #","unchanged":\#(applied.unchanged)},"#
    }
    piece += #""pairs":["#
    for (place, entry) in list.entries.enumerated() {
      if place > 0 { piece += "," }
      piece += pair(entry)
      if piece.utf8.count > 1 << 16 {
        sink(piece)
        piece = ""
      }
    }
    piece += #"],"merge":["#
    piece += merges.map { "{\"left\":\(Self.text($0.left)),\"right\":\(Self.text($0.right))}" }
      .joined(separator: ",")
    let counts = list.counts
    piece += #"],"counts":{"left":\#(counts.left),"right":\#(counts.right)"#
    piece += #","compared":\#(counts.compared),"pairs":\#(list.entries.count)"#
    piece += #","auto":\#(counts.auto),"review":\#(counts.review),"none":\#(counts.none)"#
    piece += #","duplicates":\#(counts.duplicates)}}"# + "\n"
    sink(piece)
  }

  private func pair(_ entry: DedupeList.Entry) -> String {
    var text = "{\"left\":\(Self.text(entry.left)),\"right\":\(Self.text(entry.right)),"
    text += "\"score\":\(DedupeList.text(of: entry.score)),"
    text += "\"band\":\"\(entry.band.rawValue)\","
    if let decision = entry.decision { text += "\"decision\":\"\(decision.rawValue)\"," }
    text += "\"reasons\":["
    text += list.reasons(of: entry).map { reason in
      let tenths = Int((reason.weight * 10).rounded())
      let weight = "\(tenths < 0 ? "-" : "")\(abs(tenths) / 10).\(abs(tenths) % 10)"
      return "{\"field\":\(Self.text(reason.field)),\"evidence\":\(Self.text(reason.evidence)),"
        + "\"weight\":\(weight)}"
    }.joined(separator: ",")
    return text + "]}"
  }

  private static func text(_ text: String) -> String {
    var out = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": out += "\\\""
      case "\\": out += "\\\\"
      case "\n": out += "\\n"
      case "\r": out += "\\r"
      case "\t": out += "\\t"
      case _ where scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value):
        let hex = String(scalar.value, radix: 16)
        out += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
      case _: out.unicodeScalars.append(scalar)
      }
    }
    return out + "\""
  }
}
