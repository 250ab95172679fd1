import Testing
import TraceAnalyses
import TraceTestSupport

@testable import TraceRules

/// Rules that are understood, and what is said of those that are not.
@Suite("The language of rules")
struct RuleParserTests {
  private func parse(_ text: String) throws -> RuleSet { try RuleSet("rules:\n  - rule: |\n      \(text)\n", path: "r.yaml") }

  @Test(
    "rules of every form",
    arguments: [
      "p99(write where protocol == rtmp) < 50ms", "errors(connect) == 0", "stalls(longer than 3s) == 0",
      "open fds growth < 10/min",
      "not_understood < 0.1%", "p99(write) < 1.2 * baseline", "calls(futex) < baseline + 10%", "calls < 1_000_000",
      "errors(connect, accept4) / calls(connect, accept4) < 1%",
      "max(epoll* where not (errno == EINTR or fd in (3, 4))) <= 1.5 s",
      "p(99.5, write) < 1ms", "p(99.9) < 1min", "bytes(write where peer ~ 10.0.0.*:80) < 64MiB", "throughput(write) > 1MB/s",
      "count(openat where path ~ /var/log/* and path !~ *.gz) == 0", "http requests(where status == 5xx) == 0",
      "http_p99(where path ~ \"/api/*\") < 250ms", "dns failures(where outcome in (SERVFAIL, timeout)) == 0",
      "freezes(longer than 5s where cause == \"source silent\") == 0", "saturation(where role == \"io worker\") < 90%",
      "calls(\"my_call\") == 0", "(errors + 1) * 2 < 100", "time(fsync) / duration < 5%", "rate(connect) < 100/s", "leaks < 3",
      "P99(write) < 0.05s", "time(read) / calls(read) < 1ms", "median(read) != 0",
    ])
  func understood(text: String) throws {
    let rule = try #require(try parse(text).rules.first)
    #expect(rule.comparison.text == text.split(separator: " ").joined(separator: " "))
  }

  @Test("budgets are in base units")
  func units() throws {
    func budget(_ text: String) throws -> Double? {
      guard case .literal(let value) = try parse(text).rules[0].comparison.right else { return nil }
      return value
    }
    #expect(try budget("max < 50ms") == 50e6)
    #expect(try budget("max < 2min") == 120e9)
    #expect(try budget("max < 50 us") == 50e3)
    #expect(try budget("bytes < 64KiB") == 65536)
    #expect(try budget("open fds growth < 30/min") == 0.5)
    #expect(try budget("throughput > 1MB/s") == 1e6)
    #expect(try budget("not_understood < 0.5%") == 0.005)
  }

  @Test("precedence: products before sums, and a percentage is of what stands before it")
  func arithmetic() throws {
    func value(_ text: String, baseline: Double = 0) throws -> Double? {
      try parse("calls < \(text)").rules[0].comparison.right.value({ _ in 0 }, baseline: baseline)
    }
    #expect(try value("1 + 2 * 3") == 7)
    #expect(try value("(1 + 2) * 3") == 9)
    #expect(try value("10 - 4 - 3") == 3)
    #expect(try value("200 + 10%") == 220)
    #expect(try value("200 - 10%") == 180)
    #expect(try value("baseline + 10%", baseline: 50) == 55)
    #expect(try value("-5 + 3") == -2)
    #expect(try value("1.5 * baseline", baseline: 4) == 6)
    #expect(try value("1 / (2 - 2)") == nil)
    // Rates are per second, times in nanoseconds.
    #expect(try value("10/s * 2min") == 1200)
    func right(_ text: String) throws -> Double? {
      try parse(text).rules[0].comparison.right.value({ _ in 0 }, baseline: 0)
    }
    #expect(try right("max < 10 * 6ms / 2") == 30e6)
    #expect(try right("rate < (calls + 30) / 2min") == 0.25)
    #expect(try right("max < (calls + 30) / 10/s") == 3e9)
    #expect(try right("throughput < 3MB / 2s") == 1.5e6)
    #expect(try right("bytes < 1MB/s * 500ms") == 5e5)
  }

  @Test("measures that are the same are measured once")
  func shared() throws {
    let set = try RuleSet("rules: [p99(write) < 1s, 'p99( write )  > 1us', p50(write) < p99(write)]", path: "r.yaml")
    #expect(set.measures.map(\.text) == ["p99(write)", "p99( write )", "p50(write)"])
    #expect(set.rules[1].comparison.leftText == "p99( write )")
  }

  /// A wrong rule, where in it the error is (from 1), and what is said.
  static let wrongRules: [(rule: String, column: Int, message: String)] = [
    ("p98(write) < 5ms", 1, "unknown measure 'p98': see tracestat check --list-measures; did you mean 'p90'?"),
    ("stals == 0", 1, "unknown measure 'stals': see tracestat check --list-measures; did you mean 'stalls'?"),
    (
      "open fds grwth < 1/s", 1,
      "unknown measure 'open fds grwth': see tracestat check --list-measures; did you mean 'open_fds_growth'?"
    ),
    ("write < 5ms", 1, "'write' is a system call: expected a measure of it, such as calls(write) or p99(write)"),
    ("p99(wirte) < 5ms", 5, "unknown system call 'wirte' (put it in quotes if there is one); did you mean 'write'?"),
    ("p99(zz*) < 5ms", 5, "no known system call is like 'zz*' (put it in quotes if one is)"),
    (
      "p99(write) < 50", 14, "'p99(write)' is a time, '50' is a number: expected a time, such as 50ms"
    ),
    ("errors(read) < 5ms", 16, "'errors(read)' is a count, '5ms' is a time: expected a count, such as 5"),
    ("errors(read) < 5%", 16, "'errors(read)' is a count, '5%' is a share: expected a count, such as 5"),
    ("not_understood < 1/s", 18, "'not_understood' is a share, '1/s' is a count per time: expected a share, such as 0.1%"),
    (
      "open fds growth < 10", 19,
      "'open fds growth' is a count per time, '10' is a number: expected a count per time, such as 10/min"
    ),
    (
      "p99(write) < 50msec", 16,
      "unknown unit 'msec': expected ns, us, ms, s, min or h, B, kB, KiB, MB, MiB, GB, GiB, or %"
    ),
    (
      "max < 5m", 8,
      "unknown unit 'm': expected ns, us, ms, s, min or h, B, kB, KiB, MB, MiB, GB, GiB, or %; a minute is 'min', a millisecond 'ms'"
    ),
    (
      "p99(write where protcol == rtmp) < 5ms", 17,
      "calls have no 'protcol': expected one of syscall, errno, fd, direction, duration, bytes, path, peer, local, protocol, stream, kind, role, peer_role, process, tid, thread; did you mean 'protocol'?"
    ),
    (
      "p99(write where protocol == rtpm) < 5ms", 29,
      "no protocol is called 'rtpm': expected one of tls, http2, http, ssh, flv, fastcgi, postgresql, mysql, redis, dns, syslog, memcached, statsd, rtmp; did you mean 'rtmp'?"
    ),
    ("calls(where errno == EAGAN) == 0", 22, "no errno is called 'EAGAN'; did you mean 'EAGAIN'?"),
    ("calls(where protocol > rtmp) == 0", 22, "'protocol' is a text: '>' does not compare it; expected == != ~ !~ or in"),
    ("calls(where fd ~ 3) == 0", 16, "'fd' is a number: '~' does not compare it; expected == != < <= > >= or in"),
    ("calls(where duration > 10) == 0", 24, "'10' has no unit: expected a time, such as 3s or 50ms"),
    ("calls(where duration > 10MB) == 0", 26, "unknown unit 'MB': expected ns, us, ms, s, min or h; did you mean 'ms'?"),
    ("calls(where fd == 3s) == 0", 19, "'fd' is a number: '3s' is a time"),
    (
      "stalls(where errno == EIO) == 0", 14,
      "stalls have no 'errno': expected one of kind, duration, process, tid, fd, peer, stream"
    ),
    ("stalls(write) == 0", 8, "expected 'longer than', 'where', ')', found 'write'"),
    ("stalls(longer then 3s) == 0", 15, "expected 'than' after 'longer', found 'then'"),
    ("stalls(longer than 3) == 0", 20, "'3' has no unit: expected a time, such as 3s or 50ms"),
    ("calls(longer than 3s) == 0", 7, "'calls' takes no 'longer than'; write 'where duration > 3s'"),
    ("not_understood(where fd == 3) < 1%", 16, "'not_understood' is of the whole log: it takes no condition"),
    ("http requests(where status == 6000) == 0", 31, "expected a status, such as 503 or 5xx, found '6000'"),
    ("p(99.99, write) < 5ms", 3, "expected a percentage up to 100 with one decimal at most, such as 99.5, found '99.99'"),
    ("p < 5ms", 2, "expected '(': p takes the percentage, such as p(99.5, write)"),
    ("p99(write < 5ms", 11, "expected ',', 'where' or ')', found '<'"),
    ("p99(write)", 11, "expected a comparison (< <= > >= == !=) and a budget, found the end of the rule"),
    ("p99(write) < ", 13, "expected a measure, a number or 'baseline', found the end of the rule"),
    ("p99(write) = 5ms", 12, "unexpected '=': '==' compares"),
    ("calls(where fd == 3 && tid == 4) == 0", 21, "unexpected '&': write 'and'"),
    ("5ms < p99(write)", 1, "the left side measures nothing: expected a measure"),
    ("baseline < calls", 1, "'baseline' is what the left side was before: it belongs to the right side"),
    ("calls < 5 < 6", 11, "expected the end of the rule, found '<': a rule is one comparison"),
    ("calls + max < 5", 9, "cannot add a time to a count: expected a count, such as 5"),
    ("max * max < 5", 7, "cannot multiply a time by a time"),
    ("calls(where path == \"x) == 0", 21, "a quote without its end"),
    ("calls < 1.2.3", 9, "'1.2.3' is no number"),
  ]

  @Test("what is said of a wrong rule", arguments: wrongRules.indices)
  func wrong(index: Int) throws {
    let (rule, column, message) = Self.wrongRules[index]
    let error = #expect(throws: RuleFileError.self) { try self.parse(rule) }
    // The rule stands in line 3 behind six blanks.
    #expect(error?.lines == ["r.yaml:3:\(column + 6): \(message)"])
  }

  @Test("nothing is nested or long without bounds")
  func bounds() throws {
    let deep = String(repeating: "(", count: 100_000)
    #expect(throws: RuleFileError.self) { try self.parse("calls < " + deep) }
    let nested = String(repeating: "(", count: 500) + "1" + String(repeating: ")", count: 500)
    let error = #expect(throws: RuleFileError.self) { try self.parse("calls < " + nested) }
    #expect(error?.problems.first?.message == "more than 64 parentheses in each other")
    let nots = String(repeating: "not ", count: 500)
    #expect(throws: RuleFileError.self) { try self.parse("calls(where \(nots) fd == 3) == 0") }
    let tests = Array(repeating: "fd == 3", count: 33).joined(separator: " or ")
    let many = #expect(throws: RuleFileError.self) { try self.parse("calls(where \(tests)) == 0") }
    #expect(many?.problems.first?.message == "more than 32 comparisons in one condition")
  }

  @Test("damaged files and rules are errors or rules, never a crash", arguments: 0..<8)
  func damaged(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let whole = Array(
      """
      rules:
        - p99(write where protocol == rtmp and not (fd in (3, 4) or peer ~ "10.*")) < 1.2 * baseline + 10%
        - name: 'x'
          rule: stalls(longer than 3s where kind == consumer_slow) / 2 <= open fds growth * 1min
          only: [a, "b/*"]
      """.unicodeScalars)
    let pieces = Array("()<>=!~+-*/,.\"'%: \n\t\u{0}\u{e9}{}[]&*#|>59e".unicodeScalars)
    for _ in 0..<300 {
      var text = whole
      for _ in 0..<Int.random(in: 1...6, using: &random) {
        let place = Int.random(in: 0..<text.count, using: &random)
        switch Int.random(in: 0..<4, using: &random) {
        case 0: text.remove(at: place)
        case 1: text.insert(pieces.randomElement(using: &random) ?? " ", at: place)
        case 2: text[place] = pieces.randomElement(using: &random) ?? " "
        default: text.insert(contentsOf: text[place..<min(text.count, place + 20)], at: place)
        }
      }
      var file = String.UnicodeScalarView()
      file.append(contentsOf: text)
      do {
        let set = try RuleSet(String(file), path: "r")
        #expect(!set.rules.isEmpty)
      } catch {
        #expect(!error.problems.isEmpty && error.problems.allSatisfy { $0.place.line >= 1 && $0.place.column >= 1 })
      }
    }
  }

  @Test("every measure can be named, and is documented")
  func measures() throws {
    #expect(Set(Measure.namesAndAliases).count == Measure.namesAndAliases.count, "no name stands for two")
    for measure in Measure.all {
      #expect(!measure.meaning.isEmpty && !measure.command.isEmpty)
      for name in [measure.name] + measure.aliases {
        let arguments = measure.name == "p" ? "(50)" : ""
        let set = try parse("\(name)\(arguments) >= 0")
        #expect(set.measures.first?.measure.name == measure.name)
      }
      for fact in measure.facts {
        _ = try parse(
          "\(measure.name)(\(measure.name == "p" ? "50, " : "")where not (\(fact.rawValue) in (\(example(fact, measure))))) >= 0")
      }
    }
  }

  private func example(_ fact: RowTest.Fact, _ measure: Measure) -> String {
    switch FactKind(fact, measure.population) {
    case .text: "x"
    case .words(let words): "\"\(words[0])\""
    case .syscall: "read"
    case .number: "3"
    case .time: "3ms"
    case .bytes: "3kB"
    case .share: "3%"
    case .status: "5xx"
    }
  }
}
