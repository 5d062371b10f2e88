import Foundation

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Where text goes and how it may look: colour and progress only where a person looks on.
struct Terminal: Sendable {
  let isOutputTerminal: Bool
  let isErrorTerminal: Bool
  let usesColor: Bool
  let isQuiet: Bool

  init(_ options: GlobalOptions, environment: [String: String]) {
    isOutputTerminal = isatty(STDOUT_FILENO) == 1
    isErrorTerminal = isatty(STDERR_FILENO) == 1
    let isRefused = options.noColor || !(environment["NO_COLOR"] ?? "").isEmpty
    usesColor = isOutputTerminal && !isRefused && environment["TERM"] != "dumb"
    isQuiet = options.quiet
  }

  /// Writes one line to standard output; a closed pipe is nobody's loss.
  func out(_ line: String) { Self.write(line + "\n", to: STDOUT_FILENO) }

  /// Writes one line to standard error.
  func err(_ line: String) { Self.write(line + "\n", to: STDERR_FILENO) }

  /// Rewrites the progress line on a terminal; an empty text clears it.
  func progress(_ text: String) {
    guard isErrorTerminal, !isQuiet else { return }
    Self.write("\r\u{1B}[2K" + text, to: STDERR_FILENO)
  }

  static func write(_ text: String, to descriptor: Int32) {
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let written = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if written < 0, errno == EINTR { continue }
      guard written > 0 else { return }
      bytes = bytes.dropFirst(written)
    }
  }
}

/// The few colours used, each for one meaning.
enum Style: String {
  case create = "32"
  case update = "36"
  case void = "35"
  case problem = "31"
  case held = "33"
  case dim = "2"
  case bold = "1"

  func callAsFunction(_ text: String, _ terminal: Terminal) -> String {
    terminal.usesColor ? "\u{1B}[\(rawValue)m\(text)\u{1B}[0m" : text
  }
}

/// Columns of text; widths follow the content.
struct TextTable {
  enum Alignment { case left, right }

  var alignments: [Alignment]
  var rows: [[String]] = []

  /// The rows as lines, each led by `indent`; the last column is never padded.
  func lines(indent: String = "") -> [String] {
    let widths = alignments.indices.map { column in
      rows.map { column < $0.count ? Self.width($0[column]) : 0 }.max() ?? 0
    }
    return rows.map { row in
      var line = indent
      for (column, text) in row.enumerated() {
        let padding = String(repeating: " ", count: max(0, widths[column] - Self.width(text)))
        switch alignments[column] {
        case .left: line += column == row.count - 1 ? text : text + padding
        case .right: line += padding + text
        }
        if column < row.count - 1 { line += "  " }
      }
      return line
    }
  }

  /// Columns a text takes on a terminal, colour codes not counted.
  static func width(_ text: String) -> Int {
    var count = 0
    var isEscape = false
    for scalar in text.unicodeScalars {
      if scalar == "\u{1B}" {
        isEscape = true
      } else if isEscape {
        isEscape = scalar != "m"
      } else if !scalar.properties.isGraphemeExtend {
        count +=
          (0x1100...0x115F).contains(scalar.value)
            || (0x2E80...0xFFDC).contains(scalar.value)
            || (0x1F300...0x1FAFF).contains(scalar.value) ? 2 : 1
      }
    }
    return count
  }

  /// Text for one line: what could move a cursor or hide text becomes visible.
  static func plain(_ text: String) -> String {
    String(
      String.UnicodeScalarView(
        text.unicodeScalars.map { scalar in
          switch scalar.value {
          case 0..<32, 127..<160, 0x200E, 0x200F, 0x202A...0x202E, 0x2066...0x2069: "\u{FFFD}"
          default: scalar
          }
        }))
  }
}
