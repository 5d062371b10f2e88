import Synchronization
package import Transport

/// Simulated time: it stands still but for sleeping and for being moved.
package final class VirtualClock: Sendable {
  private let state: Mutex<(wall: Int64, elapsed: Duration, skew: Int64)>

  /// Starts at a moment in milliseconds since 1970.
  package init(startingAt wall: Int64) { state = Mutex((wall, .zero, 0)) }

  /// What the machine that runs us shows: the time of the world, and how far it is off.
  package var machine: Int64 { state.withLock { $0.wall + $0.skew } }

  /// Lets the machine's clock be off against everybody else's.
  package func skew(seconds: Int) { state.withLock { $0.skew = Int64(seconds) * 1000 } }

  /// Milliseconds since 1970.
  package var now: Int64 { state.withLock { $0.wall } }
  package var elapsed: Duration { state.withLock { $0.elapsed } }

  package func advance(_ span: Duration) {
    state.withLock {
      $0.wall += span.milliseconds
      $0.elapsed += span
    }
  }

  package func advance(minutes: Int) { advance(.seconds(minutes * 60)) }
  package func advance(days: Int) { advance(.seconds(days * 86_400)) }

  /// The wall clock alone jumps, as a machine's clock does when it is set.
  package func jump(seconds: Int64) { state.withLock { $0.wall += seconds * 1000 } }

  /// A source of this time; one that stands still for good once `isDead` says so.
  package func source(isDead: @escaping @Sendable () -> Bool = { false }) -> TimeSource {
    TimeSource(
      now: { self.machine }, monotonic: { self.elapsed },
      sleep: { span in
        if isDead() || Task.isCancelled { throw CancellationError() }
        self.advance(span)
      },
      alarm: { _ in
        // Never rings: the race it belongs to is decided by the answer.
        let (stream, _) = AsyncStream.makeStream(of: Never.self)
        for await _ in stream {}
        throw CancellationError()
      })
  }
}
