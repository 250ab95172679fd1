import ArgumentParser
import Tracestat

struct ShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "The lines behind a finding, by number, from compressed and merged logs too.",
    discussion: "With --redact they still read as the same calls; lines that are none of strace's are replaced as a whole.")

  @OptionGroup var input: InputArguments
  @Option(help: ArgumentHelp("Number of the line, as reports name it.", valueName: "n"))
  var line: Int
  @Option(help: ArgumentHelp("Lines to show before and after it.", valueName: "k"))
  var context = 0

  mutating func validate() throws {
    if line < 1 { throw ValidationError("--line counts from 1") }
    if !(0...100_000).contains(context) { throw ValidationError("--context is a number from 0 to 100000") }
  }

  func run() throws {
    let log = try input.open()
    let last = line.addingReportingOverflow(context)
    let found = try log.lines(max(1, line - context)...(last.overflow ? .max : last.partialValue))
    guard found.contains(where: { $0.number == line }) else {
      throw UsageError(description: "the log ends before line \(line)")
    }
    let sink = OutputSink()
    let redactor = LineRedactor(try input.redaction.redaction(of: log))
    for (number, bytes) in found {
      let text = String(decoding: redactor.redact(bytes), as: UTF8.self)
      let mark = context > 0 ? "\(number)\(number == line ? ">" : ":") " : ""
      try sink.write(mark + (Terminal.isTerminal ? text.terminalSafe : text) + "\n")
    }
    try sink.flush()
  }
}
