// Which streams fell silent, and for how long?   swift run FrozenStreams [LOG] [SECONDS]
import Tracestat

let arguments = CommandLine.arguments
let log = TraceLog(arguments.count > 1 ? arguments[1] : "Samples/nginx-rtmp.strace.xz")
let longest = arguments.count > 2 ? Int64(arguments[2]) ?? 3 : 3

// One pass, two analyses.
let (timeline, rtmp) = try log.analyze(FdTimeline(), Rtmp())
print("\(rtmp.rows.count) RTMP commands; streams: \(Set(rtmp.rows.compactMap(\.stream)).sorted().joined(separator: ", "))")

let clock = ClockText(timeline.clock)
var lastRead: [Int: Int64] = [:]
for row in timeline.rows where row.isRead && row.bytes > 0 {
  let series = timeline.series[row.seriesIndex]
  if series.protocolName == "rtmp", let last = lastRead[row.seriesIndex], row.interval - last > longest {
    let from = clock.time((last + 1) * timeline.interval, digits: 0) ?? "?"
    print(
      "\(series.label) (fd \(series.descriptor) of \(series.process)): nothing read for \(row.interval - last - 1) s from \(from)"
    )
  }
  lastRead[row.seriesIndex] = row.interval
}
