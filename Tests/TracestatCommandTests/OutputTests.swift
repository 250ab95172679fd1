import Foundation
import Testing
import TraceTestSupport

@Suite("Outputs")
struct OutputTests {
  /// The contract of DESIGN's section 5; more columns may follow.
  static let columns = [
    "fd-timeline": "time,elapsed,process,fd,n,direction,calls,errors,bytes,time_ns,max_ns,p50_ns,p99_ns,peer,protocol,stream",
    "fds":
      "process,fd,n,kind,opened_by,opened_line,opened_time,closed_by,closed_line,closed_time,local,peer,protocol,stream,read_calls,read_errors,read_bytes,read_time_ns,write_calls,write_errors,write_bytes,write_time_ns,path,moved_in_bytes,moved_out_bytes,opened_tid,closed_tid",
    "rtmp": "time,line,tid,process,fd,n,direction,command,transaction,app,stream,complete",
    "summary": "syscall,calls,errors,time_ns,min_ns,mean_ns,p50_ns,p90_ns,p99_ns,p999_ns,max_ns,in_flight",
    "ledger": "kind,reason,lines,first_line",
    "connections":
      "process,connection,fds,kind,role,protocol,local,peer,stream,opened_time,closed_time,closed_by,read_calls,read_bytes,read_time_ns,read_p99_ns,write_calls,write_bytes,write_time_ns,write_p99_ns,errors,longest_silence_ns,evidence_line",
    "http": "time,line,tid,process,fd,n,role,method,host,path,status,latency_ns,request_bytes,response_bytes",
    "futex":
      "process,address,waits,wait_time_ns,max_wait_ns,woken,eagain,timeouts,interrupted,wakes,threads_woken,waiters,top_waiter,top_waker,in_flight,in_flight_ns",
    "threads":
      "process,tid,name,role,network_read_ns,network_write_ns,file_ns,sync_ns,idle_ns,lock_ns,sleep_ns,connect_ns,other_ns,untraced_ns",
    "stalls":
      "kind,start,elapsed,duration_ns,process,tid,fd,n,stream,peer,cause_tid,cause_syscall,cause_fd,evidence_line",
    "dns": "time,line,tid,server,id,name,type,attempts,latency_ns,outcome,searched",
  ]
  /// The same of a report's other views.
  static let viewColumns = [
    "fds --leaks":
      "process,opened_by,kind,peer,path,open,until_exit,opened,tasks,first_line,first_time,first_tid,first_fd,last_line,last_time,last_tid,last_fd",
    "fds --growth": "time,elapsed,process,opened,closed,open,peak,files,sockets,pipes,others",
    "rtmp --sessions":
      "process,fd,n,peer,role,app,stream,opened_time,handshake_time,connect_time,create_stream_time,start_time,stop_time,closed_time,ended_by,read_bytes,write_bytes,opened_line,handshake_line,connect_line,create_stream_line,start_line,stop_line,ended_line,evidence_line,starts,connection",
    "rtmp --fan-out":
      "process,fd,n,peer,role,app,stream,to_process,to_fd,to_n,to_peer,to_role,basis,confidence,writes,bytes,line,to_line",
    "rtmp --freezes":
      "process,fd,n,peer,role,app,stream,start_time,end_time,length_ns,rhythm_ns,line_before,line_after,cause,cause_process,cause_fd,cause_n,cause_line",
  ]

  @Test("columns of views are the contract's, in every format", arguments: Tool.views) func views(view: [String]) throws {
    let contract = try #require(Self.viewColumns[view.joined(separator: " ")])
    for path in [Fixture.sample("nginx-rtmp"), Tool.fixture("everything"), Tool.fixture("plain")] {
      let text = try Tool.run(view + ["--format", "csv", path]).text
      let csv = CSV.rows(text)
      #expect(csv[0].joined(separator: ",") == contract)
      let objects = try #require(
        try JSONSerialization.jsonObject(with: Data(try Tool.run(view + ["--format", "json", path]).output)) as? [[String: Any]])
      #expect(objects.count == csv.count - 1)
      for (row, object) in zip(csv.dropFirst(), objects) {
        #expect(object.count == row.count)
        for (name, cell) in zip(csv[0], row) { #expect(Self.text(object[name]) == cell, "\(name)") }
      }
      // A head, and a line for each row.
      #expect(try Tool.run(view + ["--format", "table", path]).lines.count == csv.count)
    }
    #expect(try Tool.run(view + ["-o", "/dev/full", Tool.fixture("everything")]).errors.contains("/dev/full: No space left"))
  }

  @Test("columns are the contract's", arguments: Tool.reports) func header(report: String) throws {
    let contract = try #require(Self.columns[report])
    let csv = try Tool.run(report, "--format", "csv", Tool.fixture("everything")).lines[0]
    #expect(csv == contract || csv.hasPrefix(contract + ","))
    let tsv = try Tool.run(report, "--format", "tsv", Tool.fixture("everything")).lines[0]
    #expect(tsv == csv.replacingOccurrences(of: ",", with: "\t"))
    // Not a terminal: CSV is the default.
    #expect(try Tool.run(report, Tool.fixture("everything")).lines[0] == csv)
  }

  @Test("growth as gnuplot's script and data, and as a picture") func growth() throws {
    let folder = try TemporaryFolder([:])
    let tids = Fixture.path("../Samples/nginx-rtmp.truth/tids.tsv")
    let command = ["fds", "--growth", "--interval", "20s", "--tids", tids, Fixture.sample("nginx-rtmp")]
    let files = try Tool.run(command + ["--format", "gnuplot", "-o", "\(folder.path)/plots"])
    #expect(files.status == 0 && files.output.isEmpty)
    let data = try String(contentsOfFile: "\(folder.path)/plots/fd-growth.dat", encoding: .utf8)
    // The one that had most comes first; steps at the ends of intervals.
    #expect(data.contains("of the picture\n\"14899\"\n1795254500.0 10\n1795254520.0 11\n"))
    #expect(data.contains("\"14900\"\n1795254520.0 0\n1795254540.0 0\n1795254560.0 0\n"))
    let script = try String(contentsOfFile: "\(folder.path)/plots/fd-growth.gp", encoding: .utf8)
    #expect(script.contains("blocks = 3\n"))
    let drawn = try Tool.run(command + ["--plot", "\(folder.path)/open.svg"])
    guard FileManager.default.isExecutableFile(atPath: "/usr/bin/gnuplot") else {
      #expect(drawn.status == 2 && drawn.errors.contains("gnuplot is not installed"))
      return
    }
    #expect(drawn.status == 0 && drawn.output.isEmpty)
    #expect(try String(contentsOfFile: "\(folder.path)/open.svg", encoding: .utf8).contains("14899"))
  }

  @Test("JSON and NDJSON hold the same cells under the same names", arguments: Tool.reports, ["everything", "f", "summary-only"])
  func json(report: String, name: String) throws {
    let csv = CSV.rows(try Tool.run(report, "--format", "csv", Tool.fixture(name)).text)
    let objects = try #require(
      try JSONSerialization.jsonObject(with: Data(try Tool.run(report, "--format", "json", Tool.fixture(name)).output))
        as? [[String: Any]])
    let lines = try Tool.run(report, "--format", "ndjson", Tool.fixture(name)).lines
    let more = try lines.map { try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any]) }
    #expect(objects.count == csv.count - 1 && more.count == objects.count)
    for (row, pair) in zip(csv.dropFirst(), zip(objects, more)) {
      #expect(pair.0.count == csv[0].count)
      for (name, cell) in zip(csv[0], row) {
        #expect(Self.text(pair.0[name]) == cell, "\(name)")
        #expect(Self.text(pair.1[name]) == cell, "\(name)")
      }
    }
  }

  static func text(_ value: Any?) -> String {
    switch value {
    case nil, is NSNull: ""
    case let text as String: text
    case let number as NSNumber:
      number.objCType.pointee == CChar(UInt8(ascii: "c")) ? (number.boolValue ? "true" : "false") : "\(number)"
    default: "?"
    }
  }

  @Test("a file instead of standard output") func file() throws {
    let folder = try TemporaryFolder([:])
    let outcome = try Tool.run("fds", "-o", "\(folder.path)/out.csv", Tool.fixture("everything"))
    #expect(outcome.status == 0 && outcome.output.isEmpty)
    let written = try String(contentsOfFile: "\(folder.path)/out.csv", encoding: .utf8)
    #expect(written == (try Tool.run("fds", Tool.fixture("everything")).text))
    let refused = try Tool.run("fds", "-o", "\(folder.path)/no/such/folder.csv", Tool.fixture("everything"))
    #expect(refused.status == 2 && refused.errors.contains("No such file or directory"))
  }

  @Test("a reader that goes away is no error", arguments: Tool.reports) func head(report: String) throws {
    let outcome = try Tool.shell("{ \"$0\" \(report) -q \"$1\"; echo \"status $?\" >&2; } | head -c 1", Sample.long)
    #expect(outcome.output.count == 1)
    #expect(outcome.errors == "status 0\n")
  }

  @Test("a full disk is named", arguments: Tool.reports) func full(report: String) throws {
    let outcome = try Tool.shell("\"$0\" \(report) \"$1\" > /dev/full", Tool.fixture("everything"))
    #expect(outcome.status != 0)
    #expect(outcome.errors.contains("No space left on device"))
    let file = try Tool.run(report, "-o", "/dev/full", Tool.fixture("everything"))
    #expect(file.status != 0 && file.errors.contains("/dev/full: No space left on device"))
  }

  /// A log whose reports are longer than a pipe holds.
  enum Sample {
    static let folder = try? TemporaryFolder(
      log: (0..<6000).map {
        "7     \(10 + $0 / 3600):\(10 + $0 / 60 % 50):\(10 + $0 % 50) openat(AT_FDCWD, \"/tmp/file-\($0)\", O_RDONLY) = \($0 + 3) <0.000010>\n7     \(10 + $0 / 3600):\(10 + $0 / 60 % 50):\(10 + $0 % 50) read(\($0 + 3), \"x\", 1) = 1 <0.000010>\n"
      }.joined())
    static var long: String { folder?.log ?? "" }
  }

  @Test("control characters of a log never reach a table raw") func escapes() throws {
    let folder = try TemporaryFolder(
      log: "7     12:00:00 open(\"/tmp/\\33[31mred\\7\\n\", O_RDONLY) = 3\n7     12:00:00 write(3, \"x\", 1) = 1 <0.1>\n")
    for report in ["fds", "fd-timeline"] {
      let bytes = try Tool.run(report, "--format", "table", folder.log).output
      #expect(!bytes.isEmpty)
      #expect(bytes.allSatisfy { $0 == 10 || $0 >= 32 && $0 != 127 })
    }
    // CSV cells are never altered: quoted where they hold a line end.
    let cell = CSV.rows(try Tool.run("fds", folder.log).text)[1]
    #expect(cell.contains("/tmp/\u{1b}[31mred\u{7}\n"))
  }

  @Test("names of files in messages are safe too") func messages() throws {
    let outcome = try Tool.run("fds", "/no/\u{1b}[31m")
    #expect(outcome.status == 2 && !outcome.errors.contains("\u{1b}"))
  }

  @Test("standard input, packed or not", arguments: ["plain.log", "one.gz", "one.xz", "one.zst"]) func input(name: String) throws
  {
    let outcome = try Tool.run("summary", "-", input: Tool.packed(name))
    #expect(outcome.status == 0)
    #expect(outcome.output == (try Tool.run("summary", Tool.packed("plain.log")).output))
    #expect(try Tool.run(["summary"], input: Tool.packed(name)).output == outcome.output)
  }

  @Test("CRLF changes nothing") func crlf() throws {
    for report in Tool.reports {
      #expect(try Tool.run(report, Tool.packed("crlf.log")).output == (try Tool.run(report, Tool.packed("plain.log")).output))
    }
  }
}

/// RFC 4180.
enum CSV {
  static func rows(_ text: String) -> [[String]] {
    var rows: [[String]] = [[]]
    var cell: [UInt8] = []
    var isQuoted = false
    var wasQuote = false
    func end(_ cell: inout [UInt8]) {
      rows[rows.count - 1].append(String(decoding: cell, as: UTF8.self))
      cell = []
    }
    for byte in text.utf8 {
      if byte == UInt8(ascii: "\"") {
        if !isQuoted, wasQuote { cell.append(byte) }
        wasQuote = isQuoted
        isQuoted.toggle()
        continue
      }
      wasQuote = false
      if isQuoted {
        cell.append(byte)
      } else if byte == UInt8(ascii: ",") {
        end(&cell)
      } else if byte == 10 {
        end(&cell)
        rows.append([])
      } else {
        cell.append(byte)
      }
    }
    rows.removeLast()
    return rows
  }
}
