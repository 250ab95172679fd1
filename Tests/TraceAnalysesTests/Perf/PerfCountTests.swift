import Testing
import TraceTestSupport
import Tracestat

@Suite("perf summary and count")
struct PerfCountTests {
  private func count(_ path: String, _ keys: [PerfKey], interval: Int64? = nil, filter: PerfFilter = PerfFilter()) throws
    -> PerfCount.Result
  {
    var options = PerfCount.Options()
    options.keys = keys
    options.interval = interval
    return try PerfLog(path).run(PerfCount(options), filter: filter).0
  }

  @Test("samples of a comm are perf report's") func report() throws {
    var truth: [String: Int64] = [:]
    for line in try Fixture.text("Fixtures/perf-script/chains.report").split(separator: "\n") {
      let cells = line.split(separator: "\t")
      truth[String(cells[0]), default: 0] += try #require(Int64(cells[1]))
    }
    let rows = try count(Fixture.path("Fixtures/perf-script/chains.txt"), [.comm]).rows
    #expect(!truth.isEmpty)
    #expect(Dictionary(uniqueKeysWithValues: rows.map { ($0.values[0], $0.samples) }) == truth)
    #expect(abs(rows.reduce(0) { $0 + $1.share } - 1) < 1e-9)
  }

  @Test("a field of a tracepoint is counted as sed, sort and uniq would") func field() throws {
    let path = Fixture.path("Fixtures/perf-sched/threads.txt")
    var truth: [String: Int64] = [:]
    for line in try Fixture.text("Fixtures/perf-sched/threads.txt").split(separator: "\n") {
      guard let at = line.firstRange(of: "prev_state="), line.contains("sched_switch:") else { continue }
      truth[String(line[at.upperBound...].prefix { $0 != " " }), default: 0] += 1
    }
    var filter = PerfFilter()
    filter.events = ["sched:sched_switch"]
    let result = try count(path, [.field("prev_state")], filter: filter)
    #expect(truth.count > 1)
    #expect(Dictionary(uniqueKeysWithValues: result.rows.map { ($0.values[0], $0.samples) }) == truth)
    #expect(result.withoutField == 0)
    // Those of other events have no such field.
    #expect(try count(path, [.field("prev_state")]).withoutField > 0)
  }

  @Test("intervals sum to the whole") func intervals() throws {
    let path = Fixture.path("Fixtures/perf-sched/threads.txt")
    let whole = try count(path, [.cpu, .tid])
    let parts = try count(path, [.cpu, .tid], interval: 10_000_000)
    func sums(_ rows: [PerfCount.Row]) -> [[String]: Int64] {
      Dictionary(rows.map { ([$0.event] + $0.values, $0.samples) }, uniquingKeysWith: +)
    }
    #expect(parts.rows.count > whole.rows.count)
    #expect(sums(parts.rows) == sums(whole.rows))
    #expect(parts.rows.allSatisfy { $0.start! % 10_000_000 == 0 && $0.start! >= parts.origin })
  }

  @Test("filters by event, thread, name and time") func filters() throws {
    let path = Fixture.path("Fixtures/perf-sched/threads.txt")
    let all = try count(path, [.tid]).rows
    let busiest = try #require(all.max { $0.samples < $1.samples })
    var filter = PerfFilter()
    filter.tids = [try #require(Int64(busiest.values[0]))]
    #expect(try count(path, [.tid], filter: filter).rows.allSatisfy { $0.values == busiest.values })
    filter = PerfFilter()
    filter.from = .elapsed(50_000_000)
    let late = try count(path, [], filter: filter).rows.reduce(0) { $0 + $1.samples }
    filter.from = nil
    filter.to = .elapsed(50_000_000)
    let early = try count(path, [], filter: filter).rows.reduce(0) { $0 + $1.samples }
    #expect(early > 0 && late > 0 && early + late == all.reduce(0) { $0 + $1.samples })
  }
}
