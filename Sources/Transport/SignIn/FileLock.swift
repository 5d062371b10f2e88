import Foundation

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A failed file operation, in the operating system's words.
struct FileFailure: Error {
  let reason: String
}

func systemText(_ code: Int32) -> String { String(cString: strerror(code)) }

/// An advisory lock (`flock`) on a file of its own. The kernel frees it when the process dies; the
/// file is removed with the lock, so that none is left lying about.
struct FileLock: Sendable {
  private let descriptor: Int32
  private let path: String

  /// nil: somebody else holds it.
  static func attempt(at path: String) throws(FileFailure) -> FileLock? {
    try acquire(path, LOCK_EX | LOCK_NB)
  }

  /// Blocks; only for moments.
  static func wait(at path: String) throws(FileFailure) -> FileLock {
    while true {
      if let lock = try acquire(path, LOCK_EX) { return lock }
    }
  }

  private static func acquire(_ path: String, _ kind: Int32) throws(FileFailure) -> FileLock? {
    while true {
      let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
      guard descriptor >= 0 else { throw FileFailure(reason: systemText(errno)) }
      if flock(descriptor, kind) != 0 {
        let code = errno
        close(descriptor)
        if code == EINTR { continue }
        if code == EWOULDBLOCK { return nil }
        throw FileFailure(reason: systemText(code))
      }
      // The previous holder may have removed the file between our open and our lock: then this
      // lock is on a file nobody else can find.
      var held = stat()
      var named = stat()
      if fstat(descriptor, &held) == 0, stat(path, &named) == 0, held.st_ino == named.st_ino,
        held.st_dev == named.st_dev
      {
        return FileLock(descriptor: descriptor, path: path)
      }
      close(descriptor)
    }
  }

  func release() {
    unlink(path)
    close(descriptor)
  }
}

/// Replacing a file so that a crash leaves the old or the new content, never a mixture.
enum DurableFile {
  /// The new file has mode 0600. Returns once content and name are on disk.
  static func replace(_ path: String, with data: Data) throws(FileFailure) {
    let temporary = path + ".new"
    unlink(temporary)
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw FileFailure(reason: systemText(errno)) }
    do {
      try fill(descriptor, with: data)
    } catch {
      close(descriptor)
      unlink(temporary)
      throw error
    }
    guard close(descriptor) == 0, rename(temporary, path) == 0 else {
      let code = errno
      unlink(temporary)
      throw FileFailure(reason: systemText(code))
    }
    try syncDirectory(of: path)
  }

  private static func fill(_ descriptor: Int32, with data: Data) throws(FileFailure) {
    var rest = Array(data)[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
      if count < 0 {
        if errno == EINTR { continue }
        throw FileFailure(reason: systemText(errno))
      }
      rest = rest.dropFirst(count)
    }
    guard fsync(descriptor) == 0 else { throw FileFailure(reason: systemText(errno)) }
  }

  private static func syncDirectory(of path: String) throws(FileFailure) {
    let folder = (path as NSString).deletingLastPathComponent
    let descriptor = open(folder.isEmpty ? "." : folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw FileFailure(reason: systemText(errno)) }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw FileFailure(reason: systemText(errno)) }
  }
}
