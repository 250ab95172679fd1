// All measures. `tracestat check --list-measures` and the table of Rules.md are made from here.
extension Measure {
  /// In the order of the documentation.
  public static let all: [Measure] =
    ofCalls + ofConnections + ofProtocols + ofThreads + [
      Measure("lines", .log, .lines, .count, "lines of the log", "ledger"),
      Measure("not_understood", .log, .notUnderstood, .share, "the part of the lines that was not understood", "ledger"),
      Measure(
        "unpaired", .log, .unpaired, .share,
        "the part of the calls whose beginning the log does not hold, or that another line contradicts",
        "ledger"),
      Measure("lost_events", .log, .lostEvents, .count, "events that perf says it lost", "ledger"),
      Measure("damages", ["damage"], .log, .damages, .count, "places where the input could not be read on", "ledger"),
      Measure("signals", .log, .signals, .count, "lines of signals and stops", "ledger"),
      Measure("exits", .log, .exits, .count, "ends of tasks", "ledger"),
      Measure("duration", ["log_duration"], .log, .duration, .time, "from the log's first stamp to its last", "fd-timeline"),
    ]

  private static let ofCalls = [
    Measure("calls", ["count"], .calls, .count, .count, "completed calls", "summary"),
    Measure("errors", .calls, .errors, .count, "calls that failed", "summary"),
    Measure("error_share", ["error_rate"], .calls, .errorShare, .share, "the part of the calls that failed", "summary"),
    Measure("rate", .calls, .rate, .rate, "calls per time, over the log's duration", "summary"),
    Measure("bytes", .calls, .sum, .bytes, "bytes that reads and writes moved", "summary --sizes"),
    Measure("throughput", .calls, .throughput, .throughput, "bytes per time, over the log's duration", "summary --sizes"),
    Measure("time", ["sum", "total"], .calls, .sum, .time, "the sum of the calls' durations", "summary"),
    Measure("mean", ["avg"], .calls, .mean, .time, "the mean duration", "summary"),
    Measure("min", .calls, .least, .time, "the shortest duration", "summary"),
    Measure("p50", ["median"], .calls, .percentile(500), .time, "the median duration", "summary"),
    Measure("p90", .calls, .percentile(900), .time, "the duration that nine of ten calls do not exceed", "summary"),
    Measure("p99", .calls, .percentile(990), .time, "that 99 % do not exceed", "summary"),
    Measure("p999", .calls, .percentile(999), .time, "that 99.9 % do not exceed", "summary"),
    Measure("p", .calls, .percentile(nil), .time, "that N % do not exceed; N has one decimal at most", "summary"),
    Measure("max", .calls, .most, .time, "the longest duration", "summary"),
    Measure("in_flight", .calls, .inFlight, .count, "calls that had not returned at the log's end", "summary"),
    Measure("share", ["time_share"], .calls, .timeShare, .share, "their part of the time of all calls", "summary"),
    Measure("call_share", .calls, .callShare, .share, "their part of all calls", "summary"),
  ]

  private static let ofConnections = [
    Measure("connections", .connections, .count, .count, "sockets, pipes and what else is no file", "connections"),
    Measure(
      "longest_silence", .connections, .most, .time, "the longest time in which a connection moved no bytes", "connections"),
    Measure(
      "stalls", .stalls, .count, .count, "silences out of the rhythm, writes held up, processes that stood still", "stalls"),
    Measure("longest_stall", .stalls, .most, .time, "the longest of them; 0 without one", "stalls"),
    Measure("stalled", ["stall_time"], .stalls, .sum, .time, "the sum of their lengths", "stalls"),
    Measure(
      "open_fds", ["max_open_fds"], .descriptors, .most, .count, "the most descriptors that one process had open", "fds --growth"),
    Measure(
      "open_fds_growth", ["fd_growth"], .descriptors, .growth, .rate,
      "descriptors per time that the process gained whose number grew fastest, from the end of its first ten seconds on",
      "fds --growth"),
    Measure("leaks", ["fd_leaks"], .leaks, .count, .count, "descriptors opened and never closed", "fds --leaks"),
  ]

  private static let ofProtocols = [
    Measure("http_requests", ["http"], .http, .count, .count, "requests of HTTP/1.x", "http"),
    Measure("http_rate", .http, .rate, .rate, "requests per time, over the log's duration", "http"),
    Measure("http_errors", .http, .errors, .count, "requests that were answered with a status of 5xx", "http"),
    Measure(
      "http_error_share", ["http_error_rate"], .http, .errorShare, .share, "their part of the requests that were answered", "http"
    ),
    Measure("http_mean", .http, .mean, .time, "the mean time to the response's first byte", "http"),
    Measure("http_p50", .http, .percentile(500), .time, "the median of it", "http"),
    Measure("http_p90", .http, .percentile(900), .time, "what nine of ten requests do not exceed", "http"),
    Measure("http_p99", .http, .percentile(990), .time, "what 99 % do not exceed", "http"),
    Measure("http_max", .http, .most, .time, "the longest time", "http"),
    Measure("dns_queries", ["dns"], .dns, .count, .count, "questions asked of DNS", "dns"),
    Measure(
      "dns_failures", ["dns_errors"], .dns, .errors, .count,
      "questions with another outcome than NOERROR, such as NXDOMAIN or timeout", "dns"),
    Measure("dns_p50", .dns, .percentile(500), .time, "the median time to the answer", "dns"),
    Measure("dns_p99", .dns, .percentile(990), .time, "what 99 % do not exceed", "dns"),
    Measure("dns_max", .dns, .most, .time, "the longest time to an answer", "dns"),
    Measure("rtmp_sessions", ["rtmp"], .rtmpSessions, .count, .count, "RTMP connections", "rtmp --sessions"),
    Measure(
      "rtmp_freezes", ["freezes"], .rtmpFreezes, .count, .count, "RTMP sources and sinks that fell silent", "rtmp --freezes"),
    Measure("longest_freeze", .rtmpFreezes, .most, .time, "the longest of these silences; 0 without one", "rtmp --freezes"),
  ]

  private static let ofThreads = [
    Measure("futex_waits", .futexes, .count, .count, "waits at futexes, whatever they are for", "futex"),
    Measure("futex_time", .futexes, .sum, .time, "the sum of their lengths", "futex"),
    Measure("lock_waits", .locks, .count, .count, "waits for locks: contention, not idleness", "futex"),
    Measure("lock_time", .locks, .sum, .time, "the sum of their lengths", "futex"),
    Measure("longest_lock_wait", .locks, .most, .time, "the longest of them; 0 without one", "futex"),
    Measure("deadlocks", .deadlocks, .count, .count, "deadlocks suspected at the log's end", "futex"),
    Measure("threads", .threads, .count, .count, "threads that the log shows", "threads"),
    Measure(
      "saturation", .threads, .most, .share,
      "of the thread that asks for readiness and had least idle time left, the part of its time without any", "threads"),
  ]

  /// By name or alias, blanks as underscores; case counts not.
  static func named(_ name: String) -> Measure? { byName[name.lowercased()] }

  static let names: [String] = all.map(\.name)
  private static let byName: [String: Measure] = {
    var found: [String: Measure] = [:]
    for measure in all {
      for name in [measure.name] + measure.aliases { found[name] = measure }
    }
    return found
  }()
  static let namesAndAliases: [String] = all.flatMap { [$0.name] + $0.aliases }
}
