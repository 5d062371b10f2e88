#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// The lock that keeps two passes of one snapshot apart: `flock` on a file of its own, held for
/// the life of the process. The kernel frees it when the process dies, however it dies.
package final class PassLock: Sendable {
  private let descriptor: Int32

  package enum Failure: Error, Hashable, Sendable {
    /// Another process holds it.
    case held
    case unusable(path: String, reason: String)
  }

  /// Takes the lock beside a snapshot, or fails at once.
  ///
  /// - Parameter creating: false leaves no trace: where there is no lock file, nobody holds it
  ///   and nil is the answer.
  package static func take(snapshot path: String, creating: Bool) throws(Failure) -> PassLock? {
    let lockPath = path + ".lock"
    let flags = creating ? O_RDWR | O_CREAT | O_CLOEXEC : O_RDONLY | O_CLOEXEC
    let descriptor = open(lockPath, flags, 0o600)
    guard descriptor >= 0 else {
      if !creating, errno == ENOENT { return nil }
      throw .unusable(path: lockPath, reason: String(cString: strerror(errno)))
    }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      let isHeld = errno == EWOULDBLOCK
      let reason = String(cString: strerror(errno))
      close(descriptor)
      throw isHeld ? .held : .unusable(path: lockPath, reason: reason)
    }
    return PassLock(descriptor: descriptor)
  }

  private init(descriptor: Int32) { self.descriptor = descriptor }

  deinit { close(descriptor) }
}
