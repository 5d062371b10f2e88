internal import Foundation

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// A file for other programs to read: whoever opens it finds the old or the new content, whole.
package enum PublicFile {
  /// Replaces the file, mode 0644; why that failed, or nil.
  package static func replace(_ path: String, with text: String) -> String? {
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
    let name = URL(fileURLWithPath: path).lastPathComponent
    // Readers of such directories take only files of a certain ending.
    let part = "\(folder)/.\(name).\(getpid())"
    unlink(part)
    let descriptor = open(part, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { return String(cString: strerror(errno)) }
    fchmod(descriptor, 0o644)
    var failure = fill(descriptor, Array(text.utf8)[...])
    if close(descriptor) != 0 { failure = failure ?? errno }
    if failure == nil, rename(part, path) != 0 { failure = errno }
    guard let failure else { return nil }
    unlink(part)
    return String(cString: strerror(failure))
  }

  private static func fill(_ descriptor: Int32, _ bytes: ArraySlice<UInt8>) -> Int32? {
    var rest = bytes
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
      if count < 0 {
        if errno == EINTR { continue }
        return errno
      }
      rest = rest.dropFirst(count)
    }
    return nil
  }
}
