#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// All the time this module knows. Nothing else in it reads a clock or sleeps.
package struct TimeSource: Sendable {
  /// Wall clock, milliseconds since 1970 UTC. May jump.
  package var now: @Sendable () -> Int64
  /// Time since an arbitrary start. Never goes back; counts while the machine is suspended.
  package var monotonic: @Sendable () -> Duration
  /// Waits. A simulation may instead move its clock forward and return at once.
  package var sleep: @Sendable (Duration) async throws -> Void
  /// The alarm that a call races against. It must not move a simulated clock by itself: a
  /// simulation whose answers take no time passes one that only ends when cancelled.
  package var alarm: @Sendable (Duration) async throws -> Void

  package init(
    now: @escaping @Sendable () -> Int64,
    monotonic: @escaping @Sendable () -> Duration,
    sleep: @escaping @Sendable (Duration) async throws -> Void,
    alarm: (@Sendable (Duration) async throws -> Void)? = nil
  ) {
    self.now = now
    self.monotonic = monotonic
    self.sleep = sleep
    self.alarm = alarm ?? sleep
  }

  /// The machine's own clocks.
  package static func live() -> TimeSource {
    let clock = ContinuousClock()
    let start = clock.now
    return TimeSource(
      now: {
        var stamp = timespec()
        clock_gettime(CLOCK_REALTIME, &stamp)
        return Int64(stamp.tv_sec) * 1000 + Int64(stamp.tv_nsec) / 1_000_000
      },
      monotonic: { clock.now - start },
      sleep: { try await Task.sleep(for: $0, clock: clock) })
  }
}

extension Duration {
  /// Whole milliseconds, rounded down; saturates instead of trapping.
  package var milliseconds: Int64 {
    let (seconds, attoseconds) = components
    let (product, overflow) = seconds.multipliedReportingOverflow(by: 1000)
    if overflow { return seconds < 0 ? .min : .max }
    return product + attoseconds / 1_000_000_000_000_000
  }

  /// Seconds with a fraction, for interfaces that want a floating-point interval.
  var inSeconds: Double {
    Double(components.seconds) + Double(components.attoseconds) / 1e18
  }
}
