import ArgumentParser
import Tracestat

/// Runs analyses with progress on a terminal, then tells what there is to tell about the input.
enum Pass {
  static func run<each A: Analysis>(
    _ input: InputArguments, _ analyses: repeat each A
  ) throws -> (results: (repeat (each A).Result), report: PassReport, redaction: Redaction, log: TraceLog) {
    let log = try input.open()
    let meter = ProgressMeter()
    if !input.quiet && Terminal.showsProgress { log.progress = { meter.update($0) } }
    let results: (repeat (each A).Result)
    do {
      results = try log.analyze(repeat each analyses)
    } catch {
      meter.clear()
      throw error
    }
    meter.clear()
    guard let report = log.report else { preconditionFailure("a pass leaves a report") }
    return (results, report, try input.redaction.redaction(of: log), log)
  }

  /// Damage and assumptions, the ledger's verdict, and the exit status. After the report, so that nothing is lost above it.
  static func conclude(_ report: PassReport, _ input: InputArguments, _ redaction: Redaction) throws {
    say(report.damages)
    for note in report.notes { say("note: \(note)") }
    if !input.quiet { say(report.ledgerReport.verdict(redaction: redaction)) }
    if report.isPartial || (input.strict && report.ledger.notUnderstood > 0) { throw ExitCode(1) }
  }

  static func say(_ damages: [InputDamage]) {
    for damage in damages { say(damage.severity == .partial ? "partial: \(damage)" : "note: \(damage)") }
  }

  static func say(_ text: String) { Terminal.complain("tracestat: \(text.terminalSafe)\n") }
}
