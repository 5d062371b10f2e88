internal import Domain
internal import Foundation

/// The bytes of a file as text, checked before the YAML parser sees them.
struct SourceText {
  var scalars: [Unicode.Scalar]
  let file: String

  /// Larger files are refused: nobody writes them, and deep nesting stays within the stack.
  static let maximumBytes = 256 * 1024
  private static let maximumDepth = 64

  init(_ data: Data, file: String) throws(ConfigurationErrors) {
    self.file = file
    scalars = []
    guard data.count <= Self.maximumBytes else {
      throw problem(
        line: 1, column: 1, "the file is larger than \(Self.maximumBytes / 1024) KB",
        remedy: "check that this is the configuration file")
    }
    scalars = try decode(data)
    try refuseControlCharacters()
    try refuseDeepNesting()
    guard scalars.contains(where: { !$0.properties.isWhitespace }) else {
      throw problem(
        line: 1, column: 1, "the file is empty",
        remedy: "write a starting configuration with `xerosync init --force`")
    }
  }

  private func problem(
    line: Int, column: Int, _ message: String, remedy: String
  ) -> ConfigurationErrors {
    ConfigurationErrors(
      ConfigurationProblem(
        origin: Origin(file: file, line: line, column: column), path: "", message: message,
        remedy: remedy))
  }

  private func decode(_ data: Data) throws(ConfigurationErrors) -> [Unicode.Scalar] {
    var bytes = data.makeIterator()
    var parser = Unicode.UTF8.ForwardParser()
    var out: [Unicode.Scalar] = []
    out.reserveCapacity(data.count)
    while true {
      switch parser.parseScalar(from: &bytes) {
      case .valid(let encoded):
        out.append(Unicode.UTF8.decode(encoded))
      case .emptyInput:
        return out.first == "\u{FEFF}" ? Array(out.dropFirst()) : out
      case .error:
        let place = Self.position(of: out.count, in: out)
        throw problem(
          line: place.line, column: place.column, "the file is not UTF-8 text",
          remedy: "save it in the encoding UTF-8")
      }
    }
  }

  private func refuseControlCharacters() throws(ConfigurationErrors) {
    for (offset, scalar) in scalars.enumerated() {
      let value = scalar.value
      let isBreak = value == 9 || value == 10 || value == 13 || value == 0x85
      let isControl = value < 0x20 || (0x7F...0x9F).contains(value)
      let isForbidden = value == 0xFFFE || value == 0xFFFF || value == 0xFEFF
      guard (isControl && !isBreak) || isForbidden else { continue }
      let place = Self.position(of: offset, in: scalars)
      throw problem(
        line: place.line, column: place.column,
        "the file holds the control character U+" + Self.hexadecimal(value),
        remedy: "delete it")
    }
  }

  private static func hexadecimal(_ value: UInt32) -> String {
    let digits = String(value, radix: 16, uppercase: true)
    return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
  }

  /// The parser recurses; a file that opens brackets without end must not exhaust the stack.
  private func refuseDeepNesting() throws(ConfigurationErrors) {
    var brackets = 0
    var dashes = 0
    for (offset, scalar) in scalars.enumerated() {
      switch scalar {
      case "[", "{": brackets += 1
      case "]", "}": brackets = max(0, brackets - 1)
      case "-", "?", ":":
        let next = offset + 1 < scalars.count ? scalars[offset + 1] : " "
        dashes = next == " " || next == "\t" ? dashes + 1 : 0
      case " ", "\t": break
      default: dashes = 0
      }
      if scalar == "\n" || scalar == "\r" { dashes = 0 }
      guard brackets > Self.maximumDepth || dashes > Self.maximumDepth else { continue }
      let place = Self.position(of: offset, in: scalars)
      throw problem(
        line: place.line, column: place.column, "the file is nested too deeply",
        remedy: "close the brackets that were opened before")
    }
  }

  /// Line and column, from 1, of a scalar; the end of the text for larger offsets.
  static func position(
    of offset: Int, in scalars: [Unicode.Scalar]
  ) -> (line: Int, column: Int) {
    var line = 1
    var column = 1
    for index in 0..<min(offset, scalars.count) {
      let isReturn = scalars[index] == "\r"
      let endsLine =
        scalars[index] == "\n"
        || (isReturn && !(index + 1 < scalars.count && scalars[index + 1] == "\n"))
      if endsLine {
        line += 1
        column = 1
      } else if !isReturn {
        column += 1
      }
    }
    return (line, column)
  }

  /// The offset of a line and column; nil outside the text.
  func offset(line: Int, column: Int) -> Int? {
    var current = 1
    var index = 0
    while current < line {
      guard index < scalars.count else { return nil }
      let isReturn = scalars[index] == "\r"
      if scalars[index] == "\n"
        || (isReturn && !(index + 1 < scalars.count && scalars[index + 1] == "\n"))
      {
        current += 1
      }
      index += 1
    }
    let offset = index + column - 1
    return offset <= scalars.count ? offset : nil
  }

  var text: String {
    var text = String.UnicodeScalarView()
    text.append(contentsOf: scalars)
    return String(text)
  }
}
