import ArgumentParser
import Glibc
import Tracestat

/// Runs analyses with progress on a terminal, then tells what there is to tell about the input.
enum Pass {
  static func run<each A: Analysis>(
    _ input: InputArguments, _ analyses: repeat each A
  ) throws -> (results: (repeat (each A).Result), report: PassReport, redaction: Redaction) {
    let log = try input.open()
    let meter = ProgressMeter(isShown: !input.quiet && Terminal.showsProgress)
    log.progress = { meter.update($0) }
    let results: (repeat (each A).Result)
    do {
      results = try log.analyze(repeat each analyses)
    } catch {
      meter.clear()
      throw error
    }
    meter.clear()
    guard let report = log.report else { preconditionFailure("a pass leaves a report") }
    return (results, report, try input.redaction.redaction(of: log))
  }

  /// Damage and assumptions, the ledger's verdict, and the exit status. After the report, so that nothing is lost above it.
  static func conclude(_ report: PassReport, _ input: InputArguments, _ redaction: Redaction) throws {
    for damage in report.damages {
      say(damage.severity == .partial ? "partial: \(damage)" : "note: \(damage)")
    }
    for note in report.notes { say("note: \(note)") }
    if !input.quiet { say(report.ledgerReport.verdict(redaction: redaction)) }
    if report.isPartial || (input.strict && report.ledger.notUnderstood > 0) { throw ExitCode(1) }
  }

  static func say(_ text: String) { Terminal.complain("tracestat: \(text.terminalSafe)\n") }
}

/// A line on standard error that is rewritten a few times a second.
final class ProgressMeter {
  private let isShown: Bool
  private let started = ProgressMeter.now
  private var next: Double
  private var wasShown = false

  init(isShown: Bool) {
    self.isShown = isShown
    next = ProgressMeter.now + 0.5
  }

  func update(_ progress: PassProgress) {
    guard isShown else { return }
    let time = Self.now
    guard time >= next else { return }
    next = time + 0.2
    wasShown = true
    let rate = Bytes.text(Int64(Double(progress.bytes) / max(0.001, time - started))) + "/s"
    let share = progress.size.map { $0 > 0 ? " \(progress.stored * 100 / $0) %" : "" } ?? ""
    Terminal.complain("\r\u{1b}[K\(Bytes.text(progress.bytes)) read\(share), \(rate)")
  }

  func clear() { if wasShown { Terminal.complain("\r\u{1b}[K") } }

  private static var now: Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}
