import Engine
import Foundation
import Matcher

/// The review as questions and answers, one key and the return key each.
struct TerminalReview {
  let terminal: Terminal
  let log: DraftLog

  func run(_ start: ReviewSession) throws -> Reviewer.End {
    var session = start
    var current = session.indices(ReviewSession.Filter()).first
    terminal.out(
      "l link, d different, s skip, u undo, f finish and carry out, q leave (answers are kept).")
    while let index = current {
      show(index, session)
      Terminal.write("link, different, skip, undo, finish, quit? [l d s u f q] ", to: 1)
      guard let line = readLine() else { return .left }
      switch line.trimmingCharacters(in: .whitespaces).lowercased() {
      case "l", "link": try answer(.link, index, &session)
      case "d", "different": try answer(.different, index, &session)
      case "s", "skip": try answer(.skip, index, &session)
      case "u", "undo":
        guard let back = session.undo() else {
          terminal.out("Nothing to undo.")
          continue
        }
        try keep(back, session)
        current = back
        continue
      case "f", "finish": return .finished(session.decisions)
      case "q", "quit": return .left
      case _: continue
      }
      let open = session.indices(ReviewSession.Filter())
      current = open.first { $0 > index } ?? open.first
    }
    terminal.out("All pairs are answered.")
    return .finished(session.decisions)
  }

  private func answer(
    _ answer: ReviewSession.Answer, _ index: Int, _ session: inout ReviewSession
  ) throws {
    _ = session.answer(answer, at: index)
    try keep(index, session)
  }

  private func keep(_ index: Int, _ session: ReviewSession) throws {
    let entry = session.list.entries[index]
    try log.keep(entry.left, entry.right, session.verdict(at: index))
  }

  private func show(_ index: Int, _ session: ReviewSession) {
    let entry = session.list.entries[index]
    terminal.out("")
    terminal.out(
      "\(session.answered + 1) of \(session.list.entries.count)  probability "
        + "\(DedupeList.text(of: entry.score).prefix(8))"
        + (entry.isInside ? "  twice in one system?" : ""))
    var table = TextTable(alignments: [.left, .left, .left])
    table.rows.append(["", TextTable.plain(entry.left), TextTable.plain(entry.right)])
    let comparison = PairComparison(session.record(entry.left), session.record(entry.right))
    for row in comparison.rows {
      table.rows.append([row.field, text(row.left), text(row.right)])
    }
    table.lines(indent: "  ").forEach(terminal.out)
    for reason in session.list.reasons(of: entry) {
      let weight = DedupeList.text(ofWeight: reason.weight)
      terminal.out("  \(weight)  \(TextTable.plain(reason.evidence))")
    }
  }

  private func text(_ words: [PairComparison.Word]) -> String {
    if words.isEmpty { return Style.dim("—", terminal) }
    return words.map { word in
      let plain = TextTable.plain(word.text)
      return word.differs ? Style.held(plain, terminal) : plain
    }.joined(separator: " ")
  }
}
