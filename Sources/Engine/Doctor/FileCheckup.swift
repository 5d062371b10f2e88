package import Domain
internal import Foundation
package import Snapshot
package import Transport

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// Looks at the files of a configuration on this machine; none is changed.
package struct FileCheckup: Sendable {
  let statePath: String
  let tokensPath: String
  /// A Prometheus text file; nil: none.
  let textfile: String?
  /// The mail program; nil: no mail is configured.
  let sendmail: String?

  package init(statePath: String, tokensPath: String, textfile: String?, sendmail: String?) {
    self.statePath = statePath
    self.tokensPath = tokensPath
    self.textfile = textfile
    self.sendmail = sendmail
  }

  /// The checks, and what the snapshot told beside them; nil where it could not be read.
  package func run(
    tokens: TokenStore, systems: [SystemName]
  ) -> (checks: [Check], snapshot: SnapshotInspection?) {
    var checks = [directory()]
    let (snapshot, inspection) = snapshot()
    checks.append(snapshot)
    checks.append(self.tokens(tokens, systems))
    if let textfile { checks.append(metrics(textfile)) }
    if let sendmail { checks.append(mail(sendmail)) }
    return (checks, inspection)
  }

  // MARK: Directory

  private func directory() -> Check {
    let path = Self.folder(of: statePath)
    guard FileManager.default.fileExists(atPath: path) else {
      return .ok(.state, "\(path) is not there yet; the first pass makes it, for this user only")
    }
    guard access(path, R_OK | W_OK | X_OK) == 0 else {
      return .error(
        .state, "\(path) cannot be written by this user",
        remedy: "chown or chmod it, or set `state` to another place")
    }
    if let kind = Self.networkFileSystem(path) {
      return .error(
        .state, "\(path) is on \(kind), where file locks are not safe",
        remedy: "set `state` to a directory on a local disk")
    }
    guard let mode = Self.mode(path), mode & 0o077 != 0 else {
      return .ok(.state, "\(path) is this user's own")
    }
    return .warning(
      .state, "\(path) has mode \(Self.octal(mode)): others of this machine may enter it",
      remedy: "chmod 700 \(path)")
  }

  private static func folder(of path: String) -> String {
    URL(fileURLWithPath: path).deletingLastPathComponent().path
  }

  private static func mode(_ path: String) -> UInt32? {
    var info = stat()
    guard stat(path, &info) == 0 else { return nil }
    return UInt32(info.st_mode) & 0o7777
  }

  private static func octal(_ mode: UInt32) -> String { "0" + String(mode, radix: 8) }

  /// The name of a network file system; nil for a local disk, or where it cannot be told.
  private static func networkFileSystem(_ path: String) -> String? {
    guard let data = FileManager.default.contents(atPath: "/proc/self/mounts") else { return nil }
    let real = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
    return MountTable(String(decoding: data, as: UTF8.self)).networkFileSystem(holding: real)
  }

  // MARK: Snapshot

  private func snapshot() -> (Check, SnapshotInspection?) {
    guard FileManager.default.fileExists(atPath: statePath) else {
      return (.ok(.snapshot, "there is none yet; the first pass makes it"), nil)
    }
    let rebuild = "move it aside and restore a backup, or run xerosync rebuild"
    do {
      let inspection = try SnapshotInspection.of(statePath)
      guard inspection.flaws.isEmpty else {
        let flaws = inspection.flaws.prefix(2).joined(separator: "; ")
        return (
          .error(.snapshot, "\(statePath) is damaged: \(flaws)", remedy: rebuild), inspection
        )
      }
      if let mode = Self.mode(statePath), mode & 0o077 != 0 {
        return (
          .warning(
            .snapshot, "\(statePath) has mode \(Self.octal(mode))",
            remedy: "chmod 600 \(statePath)"), inspection
        )
      }
      let size = "\((inspection.bytes + 1023) / 1024) KiB"
      let next = inspection.isOlder ? "; the next pass brings it up to this version" : ""
      return (.ok(.snapshot, "sound, \(size)\(next)"), inspection)
    } catch {
      let isDamaged = if case .corrupt = error { true } else { false }
      return (
        .error(
          .snapshot, error.description,
          remedy: isDamaged ? rebuild : "see the message; nothing was changed"), nil
      )
    }
  }

  // MARK: Tokens, metrics, mail

  private func tokens(_ store: TokenStore, _ systems: [SystemName]) -> Check {
    do {
      for system in systems { _ = try store.load(system.rawValue) }
    } catch {
      let remedy =
        switch error {
        case .looseMode: "chmod 600 \(tokensPath)"
        case .sealed, .wrongKey: "set `tokens_key` to the key the file was written with"
        case .malformed: "restore it, or remove it and sign in again: xerosync auth login"
        case .unreadable, .unwritable, .locked: "give this user the right to read and write it"
        }
      return .error(.tokens, error.description, remedy: remedy)
    }
    guard FileManager.default.fileExists(atPath: tokensPath) else {
      return .ok(.tokens, "none stored yet at \(tokensPath)")
    }
    guard access(tokensPath, W_OK) == 0, access(Self.folder(of: tokensPath), W_OK) == 0 else {
      return .error(
        .tokens, "\(tokensPath) cannot be written: a renewed token would be lost",
        remedy: "give this user the right to write the file and its directory")
    }
    return .ok(.tokens, "\(tokensPath) is this user's own")
  }

  private func metrics(_ path: String) -> Check {
    let folder = Self.folder(of: path)
    guard access(folder, W_OK | X_OK) == 0 else {
      return .error(
        .metrics, "\(folder) is missing, or this user cannot write there",
        remedy: "make it and give it to this user, or set metrics.textfile to another place")
    }
    return .ok(.metrics, "written to \(path) after each pass")
  }

  private func mail(_ program: String) -> Check {
    guard access(program, X_OK) == 0 else {
      return .error(
        .mail, "the mail program \(program) is missing or cannot be run",
        remedy: "install one, or set notify.email.sendmail to where it is")
    }
    return .ok(.mail, "sent through \(program)")
  }
}
