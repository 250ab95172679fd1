import ArgumentParser
import Tracestat

struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "The payload of sockets as a packet capture for Wireshark and tshark.",
    discussion: """
      tracestat export strace.log --pcap all.pcapng    every socket
      tracestat export strace.log --pcap one.pcapng --process 7 --fd 14

      tracestat export strace.log --pcap web.pcapng --protocol http    in two passes: protocols are known at the end

      TCP headers are made up; what strace's -s cut is marked as captured in part, and each packet's comment names its line of the log.
      """)

  @OptionGroup var input: InputArguments
  @OptionGroup var filter: FilterArguments
  @Option(help: ArgumentHelp("Write a pcapng file.", valueName: "file"))
  var pcap: String

  mutating func validate() throws {
    if needsTwoPasses, input.logs.isEmpty || input.logs.contains("-") {
      throw ValidationError(
        "--protocol and --stream are known at the end of a log only, and standard input is read once: name a file, or use --fd and --process"
      )
    }
    if input.redaction.scope != nil { throw ValidationError("a packet capture is payload: it cannot be redacted") }
  }

  private var needsTwoPasses: Bool { !filter.protocols.isEmpty || filter.stream != nil }

  func run() throws {
    var options = Payloads.Options()
    options.filter = filter.filter
    if needsTwoPasses { options.descriptions = try Pass.run(input, WantedDescriptions(filter.filter)).results }
    let capture = try PacketCapture(OutputSink(path: pcap))
    let pass = try Pass.run(input, Payloads(options) { capture.add($0) })
    try capture.finish()
    for note in pass.results.notes { Pass.say("note: \(note)") }
    if capture.otherEnds > 0 {
      Pass.say(
        "note: both ends of \(capture.otherEnds) connections are in the log; one end of each is written (--process picks it)")
    }
    try Pass.conclude(pass.report, input, pass.redaction)
  }
}
