import Engine
import Foundation
import Matcher

/// Reads and writes the files a person hands over.
enum InputFiles {
  static func bytes(_ path: String) throws -> [UInt8] {
    var isDirectory: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory),
      !isDirectory.boolValue, let data = FileManager.default.contents(atPath: path)
    else {
      throw Failure(
        .malformedInput, "\(path) cannot be read. Check its name, and that this user may read it.")
    }
    return [UInt8](data)
  }

  static func table(_ path: String, _ side: MatchRecord.Side) throws -> PartyTable {
    do {
      return try PartyTable.read(file: path, bytes: bytes(path), side: side)
    } catch let error as MalformedInput {
      throw Failure(.malformedInput, error.description)
    }
  }

  static func decisions(
    _ path: String, check: (Decision) throws -> String?
  ) throws -> [Decision] {
    do {
      return try DecisionFile.read(file: path, bytes: bytes(path), check: check)
    } catch let error as MalformedInput {
      throw Failure(.malformedInput, error.description)
    }
  }

  /// Writes beside the target and moves into place, so that a full disk leaves no half file.
  /// What a person decided in a file of that name is kept under another.
  static func export(
    _ outcome: Deduper.Outcome, to path: String, _ terminal: Terminal
  ) throws {
    let wanted = Set(outcome.list.entries.flatMap { [$0.left, $0.right] })
    var records: [String: MatchRecord] = [:]
    for record in outcome.records where wanted.contains(record.key) {
      records[record.key] = record
    }
    let part = path + ".part"
    do {
      guard
        FileManager.default.createFile(
          atPath: part, contents: nil, attributes: [.posixPermissions: 0o600]),
        let handle = FileHandle(forWritingAtPath: part)
      else { throw CocoaError(.fileWriteUnknown) }
      try DecisionFile.write(outcome.list, record: { records[$0] }) {
        try handle.write(contentsOf: Data($0.utf8))
      }
      try handle.close()
      if let kept = keep(path, before: part) {
        terminal.err("\(path) held other decisions; they are kept in \(kept).")
      }
      guard rename(part, path) == 0 else { throw CocoaError(.fileWriteUnknown) }
    } catch {
      try? FileManager.default.removeItem(atPath: part)
      throw Failure(
        .malformedInput,
        "The decision file cannot be written to \(path). Name a place this user may write, with "
          + "room on its disk.")
    }
  }

  /// Moves a file aside that is no list without decisions; nil where nothing would be lost.
  private static func keep(_ path: String, before part: String) -> String? {
    let files = FileManager.default
    guard let old = files.contents(atPath: path), !old.isEmpty,
      old != files.contents(atPath: part)
    else { return nil }
    let decisions = try? DecisionFile.read(file: path, bytes: [UInt8](old), check: { _ in nil })
    guard decisions?.isEmpty != true else { return nil }
    let free = (1...).lazy.map { "\(path).\($0)~" }.first { !files.fileExists(atPath: $0) }
    guard let free, rename(path, free) == 0 else { return nil }
    return free
  }
}
