import Engine
import Synchronization

/// The progress line of a long reading, on a terminal only.
final class ProgressMeter: Sendable {
  private let terminal: Terminal
  private let shown = Mutex(false)

  init(terminal: Terminal) { self.terminal = terminal }

  func show(_ progress: PassProgress) {
    guard let total = progress.total, total > 0, progress.done < total || shown.withLock({ $0 })
    else { return }
    let width = 24
    let filled = min(width, progress.done * width / total)
    let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: width - filled)
    shown.withLock { $0 = true }
    terminal.progress(
      "\(progress.system) \(progress.what) \(bar) \(progress.done) of \(total)")
  }

  func clear() {
    if shown.withLock({ $0 }) { terminal.progress("") }
  }
}
