import Foundation
import Glibc
import Synchronization

/// A bare TCP server on this machine: it does to a connection exactly what a test says.
final class LoopbackServer: Sendable {
  /// One accepted connection.
  struct Connection: Sendable {
    let descriptor: Int32
    /// Told of each request head as it arrives, whether or not its body follows.
    let noteHead: @Sendable (String) -> Void

    /// Head and body of the next request; nil when the client has hung up.
    func request() -> String? {
      var bytes: [UInt8] = []
      var byte: UInt8 = 0
      while !bytes.suffix(4).elementsEqual([13, 10, 13, 10]) {
        guard recv(descriptor, &byte, 1, 0) == 1 else { return nil }
        bytes.append(byte)
      }
      let head = String(decoding: bytes, as: UTF8.self)
      noteHead(head)
      let length =
        head.lowercased().split(separator: "\r\n")
        .first { $0.hasPrefix("content-length:") }
        .flatMap { Int($0.dropFirst(15).trimmingCharacters(in: .whitespaces)) } ?? 0
      var body: [UInt8] = []
      while body.count < length, recv(descriptor, &byte, 1, 0) == 1 { body.append(byte) }
      return head + String(decoding: body, as: UTF8.self)
    }

    /// False when the client has hung up.
    @discardableResult func write(_ text: String) -> Bool { write(Array(text.utf8)) }

    @discardableResult func write(_ bytes: [UInt8]) -> Bool {
      send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count
    }

    func answer(_ status: String = "200 OK", _ headers: [String] = [], _ body: String = "{}") {
      let lines = ["HTTP/1.1 \(status)", "Content-Length: \(body.utf8.count)"] + headers
      write(lines.joined(separator: "\r\n") + "\r\n\r\n" + body)
    }

    /// Ends the connection with a reset instead of an orderly end.
    func reset() {
      var hard = linger(l_onoff: 1, l_linger: 0)
      setsockopt(
        descriptor, SOL_SOCKET, SO_LINGER, &hard, socklen_t(MemoryLayout<linger>.size))
    }
  }

  struct NoSocket: Error {}

  let port: UInt16
  private let listener: Int32
  private let seen = Mutex<[String]>([])
  private let accepted = Mutex(0)
  private let begun = Mutex<[String]>([])

  var requests: [String] { seen.withLock { $0 } }
  /// Heads of all requests, finished or not.
  var heads: [String] { begun.withLock { $0 } }
  var connections: Int { accepted.withLock { $0 } }
  var base: String { "http://127.0.0.1:\(port)" }

  /// `serve` handles one connection on a thread of its own; it is closed when that returns.
  init(_ serve: @escaping @Sendable (LoopbackServer, Connection) -> Void) throws {
    (listener, port) = try Self.listen()
    let listener = listener
    Thread.detachNewThread { [weak self] in
      while true {
        let descriptor = accept(listener, nil, nil)
        // Closed by nobody else: its number could already belong to another test's socket.
        guard descriptor >= 0 else {
          close(listener)
          return
        }
        guard let server = self else {
          close(descriptor)
          continue
        }
        server.accepted.withLock { $0 += 1 }
        Thread.detachNewThread {
          let connection = Connection(descriptor: descriptor) { head in
            server.begun.withLock { $0.append(head) }
          }
          serve(server, connection)
          close(descriptor)
        }
      }
    }
  }

  deinit { shutdown(listener, Int32(SHUT_RDWR)) }

  /// A server that answers each request with the same function.
  static func answering(
    _ answer: @escaping @Sendable (Connection, String) -> Bool
  ) throws -> LoopbackServer {
    try LoopbackServer { server, connection in
      while let request = connection.request() {
        server.seen.withLock { $0.append(request) }
        guard answer(connection, request) else { return }
      }
    }
  }

  /// A port nobody listens on.
  static func deadPort() throws -> UInt16 {
    let (descriptor, port) = try listen()
    close(descriptor)
    return port
  }

  private static func listen() throws -> (Int32, UInt16) {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isBound = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, size) == 0 && Glibc.listen(descriptor, 16) == 0
          && getsockname(descriptor, $0, &size) == 0
      }
    }
    guard descriptor >= 0, isBound else { throw NoSocket() }
    return (descriptor, UInt16(bigEndian: address.sin_port))
  }
}
