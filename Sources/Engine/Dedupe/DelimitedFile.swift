/// A table in text: a header and rows of cells, separated by commas, semicolons or tabs, with
/// quotes as spreadsheets write them. Cells are cut out of the bytes only when they are asked for.
package struct DelimitedFile: Sendable {
  /// The file as it was named.
  package let file: String
  /// The cells of the header, trimmed.
  package let header: [String]
  package let encoding: TextEncoding
  let separator: UInt8
  private let bytes: [UInt8]
  private let headerEnd: Int
  private let headerRow: Int

  /// Where one cell lies.
  struct Cell {
    var start: Int
    var end: Int
    /// Quotes inside are doubled.
    var isEscaped: Bool
  }

  static let separators: [UInt8] = [0x2C, 0x3B, 0x09]

  /// Reads the header. Of the separators the one wins with which most headings are known.
  ///
  /// - Throws: `MalformedInput` when the bytes are no text or there is no header.
  package init(
    file: String, bytes raw: [UInt8], isKnown: (String) -> Bool
  ) throws(MalformedInput) {
    self.file = file
    guard !raw.isEmpty else {
      throw MalformedInput(file, row: 1, "the file is empty; a header row is needed")
    }
    guard let (text, encoding) = TextEncoding.decode(raw) else {
      let isBook = raw.starts(with: [0x50, 0x4B, 0x03, 0x04])
      throw MalformedInput(
        file,
        isBook
          ? "it is a workbook (or another zip file), not text; save it as “CSV UTF-8”"
          : "it is not text; save it as “CSV UTF-8”")
    }
    self.encoding = encoding
    bytes = text
    var (start, row) = (0, 1)
    // The line by which a spreadsheet is told the separator.
    var told: UInt8?
    if text.starts(with: Array("sep=".utf8)), text.count > 5, text[5] < 0x20 {
      told = text[4]
      start = text[5] == 0x0D && text.count > 6 && text[6] == 0x0A ? 7 : 6
      row = 2
    }
    var best: (known: Int, cells: [String], separator: UInt8, end: Int)?
    for separator in told.map({ [$0] }) ?? Self.separators {
      var position = start
      let (cells, _) = Self.record(in: text, at: &position, separator: separator)
      let names = cells.map { Self.text(of: $0, in: text) }
      let known = names.count(where: isKnown)
      if let best, (best.known, best.cells.count) >= (known, names.count) { continue }
      best = (known, names, separator, position)
    }
    guard let best, best.cells.contains(where: { !$0.isEmpty }) else {
      throw MalformedInput(file, row: row, "there is no header: the first row is blank")
    }
    header = best.cells
    separator = best.separator
    headerEnd = best.end
    headerRow = row
  }

  /// The header's number.
  package var firstRow: Int { headerRow }

  /// Calls `body` with every row that has a cell filled in, and returns what is wrong with rows
  /// as such: they are not handed to `body`.
  func forEachRow(_ body: (Row) -> Void) -> [MalformedInput.Problem] {
    var problems: [MalformedInput.Problem] = []
    var position = headerEnd
    var number = headerRow
    while position < bytes.count {
      number += 1
      let (cells, fault) = Self.record(in: bytes, at: &position, separator: separator)
      if let fault {
        problems.append(.init(row: number, fault))
        continue
      }
      if cells.allSatisfy({ $0.start == $0.end }) { continue }
      guard cells.count == header.count else {
        problems.append(
          .init(
            row: number,
            "it has \(cells.count) cell\(cells.count == 1 ? "" : "s"), the header has "
              + "\(header.count)"))
        continue
      }
      body(Row(number: number, cells: cells, bytes: bytes))
    }
    return problems
  }

  /// One row; its cells become text when they are asked for.
  struct Row {
    let number: Int
    fileprivate let cells: [Cell]
    fileprivate let bytes: [UInt8]

    /// The cell's text without blanks around it; empty for a nil column.
    subscript(column: Int?) -> String {
      column.map { DelimitedFile.text(of: cells[$0], in: bytes) } ?? ""
    }
  }

  // MARK: scanning

  private static let quote: UInt8 = 0x22

  /// Takes one record off the bytes; `fault` says what is wrong with its quotes.
  private static func record(
    in bytes: [UInt8], at position: inout Int, separator: UInt8
  ) -> (cells: [Cell], fault: String?) {
    var cells: [Cell] = []
    var fault: String?
    bytes.withUnsafeBufferPointer { buffer in
      var index = position
      let end = buffer.count
      while true {
        var cell: Cell
        if index < end, buffer[index] == quote {
          cell = quoted(buffer, &index, &fault)
          let close = index
          while index < end, !isEnd(buffer[index], separator) { index += 1 }
          if buffer[close..<index].contains(where: { $0 != 0x20 }) {
            fault = fault ?? "text follows a closing quote; a quote inside a cell is doubled"
          }
        } else {
          cell = Cell(start: index, end: index, isEscaped: false)
          while index < end, !isEnd(buffer[index], separator) { index += 1 }
          cell.end = index
        }
        cells.append(cell)
        guard index < end else { break }
        let byte = buffer[index]
        index += 1
        if byte == separator { continue }
        if byte == 0x0D, index < end, buffer[index] == 0x0A { index += 1 }
        break
      }
      position = index
    }
    return (cells, fault)
  }

  private static func isEnd(_ byte: UInt8, _ separator: UInt8) -> Bool {
    byte == separator || byte == 0x0A || byte == 0x0D
  }

  private static func quoted(
    _ buffer: UnsafeBufferPointer<UInt8>, _ index: inout Int, _ fault: inout String?
  ) -> Cell {
    index += 1
    var cell = Cell(start: index, end: index, isEscaped: false)
    while index < buffer.count {
      if buffer[index] == quote {
        if index + 1 < buffer.count, buffer[index + 1] == quote {
          cell.isEscaped = true
          index += 2
          continue
        }
        cell.end = index
        index += 1
        return cell
      }
      index += 1
    }
    cell.end = index
    fault = "a quote is opened here and never closed"
    return cell
  }

  private static func text(of cell: Cell, in bytes: [UInt8]) -> String {
    bytes.withUnsafeBufferPointer { buffer in
      var (start, end) = (cell.start, cell.end)
      while start < end, isBlank(buffer, start, end) { start += buffer[start] == 0xC2 ? 2 : 1 }
      while start < end {
        if buffer[end - 1] <= 0x20 {
          end -= 1
        } else if end - start >= 2, buffer[end - 1] == 0xA0, buffer[end - 2] == 0xC2 {
          end -= 2
        } else {
          break
        }
      }
      let part = UnsafeBufferPointer(rebasing: buffer[start..<max(start, end)])
      guard cell.isEscaped else { return String(decoding: part, as: UTF8.self) }
      var plain: [UInt8] = []
      var skipsNext = false
      for byte in part {
        if byte == quote, skipsNext {
          skipsNext = false
          continue
        }
        skipsNext = byte == quote
        plain.append(byte)
      }
      return String(decoding: plain, as: UTF8.self)
    }
  }

  /// A blank or control byte, or a no-break space.
  private static func isBlank(
    _ buffer: UnsafeBufferPointer<UInt8>, _ index: Int, _ end: Int
  ) -> Bool {
    if buffer[index] <= 0x20 { return true }
    return buffer[index] == 0xC2 && index + 1 < end && buffer[index + 1] == 0xA0
  }
}
