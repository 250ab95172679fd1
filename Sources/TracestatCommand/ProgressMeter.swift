import Glibc
import Tracestat

/// A line on standard error that is rewritten a few times a second. Asked once per chunk: a look at the clock, mostly.
final class ProgressMeter {
  private var text = ProgressText(start: ProgressMeter.now)
  private var next = ProgressMeter.now + 0.5
  private var wasShown = false

  func update(_ progress: PassProgress) {
    let time = Self.now
    guard time >= next else { return }
    next = time + 0.2
    wasShown = true
    Terminal.complain("\r\u{1b}[K\(text.line(at: time, read: progress.stored, of: progress.size))")
  }

  func clear() { if wasShown { Terminal.complain("\r\u{1b}[K") } }

  /// Seconds since some moment.
  private static var now: Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}
