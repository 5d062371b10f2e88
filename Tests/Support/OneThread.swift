import Foundation
import Synchronization

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Runs asynchronous code on one thread of its own, job after job in the order they were made, so
/// that the same code always interleaves in the same way. What the code starts stays on the
/// thread, unstructured tasks and actors included; it must wait for nothing outside of it.
package enum OneThread {
  /// Runs the body to its end; inside another such run it simply goes on.
  package static func run<Value: Sendable>(
    _ body: @escaping @Sendable () async throws -> Value
  ) async throws -> Value {
    if JobLoop.current != nil { return try await body() }
    _ = hook
    _ = plainErrors
    return try await withCheckedThrowingContinuation { continuation in
      let thread = Thread { continuation.resume(with: JobLoop().finish(body)) }
      thread.stackSize = 4 << 20
      thread.start()
    }
  }

  /// The code never came to its end: it waits for something that nobody will do.
  package struct Stalled: Error {}

  private typealias Original = @convention(thin) (UnownedJob) -> Void
  private typealias Hook = @convention(thin) (UnownedJob, Original) -> Void

  /// A test library looks at the stack of every error that is thrown. Worlds in which everything
  /// fails throw very many, all of them expected; that costs a tenth of the time.
  private static let plainErrors: Bool = {
    for name in ["_swift_willThrow", "_swift_willThrowTypedImpl"] {
      dlsym(dlopen(nil, RTLD_LAZY), name)?
        .assumingMemoryBound(to: UnsafeRawPointer?.self).pointee = nil
    }
    return true
  }()

  /// Jobs made on a thread of ours stay there; all others take their usual way.
  private static let hook: Bool = {
    let symbol = dlsym(dlopen(nil, RTLD_LAZY), "swift_task_enqueueGlobal_hook")
    guard let place = symbol?.assumingMemoryBound(to: Hook?.self) else { return false }
    place.pointee = { job, original in
      if let loop = JobLoop.current { loop.add(job) } else { original(job) }
    }
    return true
  }()
}

/// The jobs of one thread.
private final class JobLoop: TaskExecutor, Sendable {
  private let jobs = Mutex<[UnownedJob]>([])
  private let arrived = DispatchSemaphore(value: 0)

  private static let key: pthread_key_t = {
    var key = pthread_key_t()
    pthread_key_create(&key, nil)
    return key
  }()

  static var current: JobLoop? {
    pthread_getspecific(key).map { Unmanaged<JobLoop>.fromOpaque($0).takeUnretainedValue() }
  }

  func enqueue(_ job: consuming ExecutorJob) { add(UnownedJob(job)) }

  func add(_ job: UnownedJob) {
    jobs.withLock { $0.append(job) }
    arrived.signal()
  }

  func finish<Value: Sendable>(
    _ body: @escaping @Sendable () async throws -> Value
  ) -> Result<Value, any Error> {
    pthread_setspecific(Self.key, Unmanaged.passUnretained(self).toOpaque())
    defer { pthread_setspecific(Self.key, nil) }
    let outcome = Outcome<Value>()
    Task(executorPreference: self) {
      do { outcome.set(.success(try await body())) } catch { outcome.set(.failure(error)) }
    }
    while outcome.value == nil {
      guard arrived.wait(timeout: .now() + 20) == .success else {
        return .failure(OneThread.Stalled())
      }
      next?.runSynchronously(on: asUnownedTaskExecutor())
    }
    while let job = next { job.runSynchronously(on: asUnownedTaskExecutor()) }
    return outcome.value ?? .failure(OneThread.Stalled())
  }

  private var next: UnownedJob? {
    jobs.withLock { $0.isEmpty ? nil : $0.removeFirst() }
  }
}

private final class Outcome<Value: Sendable>: Sendable {
  private let held = Mutex<Result<Value, any Error>?>(nil)
  var value: Result<Value, any Error>? { held.withLock { $0 } }
  func set(_ value: Result<Value, any Error>) { held.withLock { $0 = value } }
}
