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
  static func export(_ outcome: Deduper.Outcome, to path: String) throws {
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
      guard rename(part, path) == 0 else { throw CocoaError(.fileWriteUnknown) }
    } catch {
      try? FileManager.default.removeItem(atPath: part)
      throw Failure(
        .malformedInput,
        "The decision file cannot be written to \(path). Name a place this user may write, with "
          + "room on its disk.")
    }
  }
}
