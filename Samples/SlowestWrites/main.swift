// The ten slowest writes and where they went, from the calls themselves.   swift run SlowestWrites [LOG]
import Tracestat

let log = TraceLog(CommandLine.arguments.count > 1 ? CommandLine.arguments[1] : "Samples/jvm-relay.strace.xz")
var slowest: [Call] = []
for call in try log.calls() where ["write", "writev", "send", "sendto", "sendmsg"].contains(call.syscall) {
  guard let duration = call.duration, duration > (slowest.last?.duration ?? -1) || slowest.count < 10 else { continue }
  slowest.append(call)
  slowest.sort { ($0.duration ?? 0, $1.line) > ($1.duration ?? 0, $0.line) }
  if slowest.count > 10 { slowest.removeLast() }
}
for call in slowest {
  print(
    "\(Duration.text(call.duration ?? 0))  \(call.syscall)(\(call.fd ?? -1)) = \(call.result) by \(call.tid), lines \(call.line)-\(call.endLine)"
  )
}
