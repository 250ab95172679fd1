import Testing
import TraceTestSupport

@testable import TraceAnalyses

@Suite("Filters")
struct FilterTests {
  static let text = """
    7     00:00:10.000000 read(3, "x", 1) = 1 <0.000001>
    7     00:00:11.000000 write(4, "x", 1) = 1 <0.000001>
    7     00:00:11.500000 fork() = 8 <0.000001>
    8     00:00:12.000000 read(3, "x", 1) = 1 <0.000001>
    8     00:00:13.000000 write(3, "\\3\\0\\0\\0\\0\\0\\31\\24\\0\\0\\0\\0\\2\\0\\7publish\\0@\\24\\0\\0\\0\\0\\0\\0\\5\\2\\0\\3cam\\2\\0\\4live", 44) = 44 <0.000001>

    """

  static func filter(_ change: (inout CallFilter) -> Void) -> CallFilter {
    var filter = CallFilter()
    change(&filter)
    return filter
  }
  static func keys(_ change: (inout CallFilter) -> Void) throws -> [String] {
    try analyse(text: text, timeline(.spread, filter(change))).sums.keys.map(\.description).sorted()
  }

  @Test("none") func none() throws {
    #expect(try Self.keys { _ in } == ["7 3/0 read", "7 4/0 write", "8 3/0 read", "8 3/0 write"])
  }
  @Test("--fd") func descriptor() throws { #expect(try Self.keys { $0.descriptors = [4] } == ["7 4/0 write"]) }
  @Test("--tid") func tid() throws { #expect(try Self.keys { $0.tids = [8] } == ["8 3/0 read", "8 3/0 write"]) }
  @Test("--process") func process() throws { #expect(try Self.keys { $0.processes = ["7"] } == ["7 3/0 read", "7 4/0 write"]) }
  @Test("--protocol and --stream: of the connection, not of the call") func connection() throws {
    // Fork shares the open description, so the parent's row is of the same connection.
    let expected = ["7 3/0 read", "8 3/0 read", "8 3/0 write"]
    #expect(try Self.keys { $0.protocols = ["rtmp"] } == expected)
    #expect(try Self.keys { $0.stream = "cam" } == expected)
    #expect(try Self.keys { $0.stream = "cat" } == [])
  }
  @Test("--from and --to, by whole intervals") func times() throws {
    #expect(try Self.keys { $0.from = TimePoint("00:00:11") } == ["7 4/0 write", "8 3/0 read", "8 3/0 write"])
    #expect(try Self.keys { $0.to = TimePoint("00:00:11") } == ["7 3/0 read"])
    #expect(
      try Self.keys {
        $0.from = TimePoint("@1")
        $0.to = TimePoint("@2")
      } == ["7 4/0 write"])
    #expect(try Self.keys { $0.from = TimePoint("@9") } == [])
  }
  @Test("together") func together() throws {
    #expect(
      try Self.keys {
        $0.tids = [8]
        $0.descriptors = [3]
        $0.to = TimePoint("00:00:13")
      } == ["8 3/0 read"])
  }

  @Test("fds") func fds() throws {
    func rows(_ change: (inout CallFilter) -> Void) throws -> [String] {
      var options = Fds.Options()
      options.filter = Self.filter(change)
      return try analyse(text: Self.text, Fds(options)).rows.map { "\($0.process) \($0.incarnation.descriptor)" }
    }
    #expect(try rows { _ in } == ["7 3", "7 4", "8 3", "8 4"])
    #expect(try rows { $0.descriptors = [3] } == ["7 3", "8 3"])
    #expect(
      try rows {
        $0.processes = ["8"]
        $0.protocols = ["rtmp"]
      } == ["8 3"])
  }

  @Test("rtmp and summary") func others() throws {
    func found(_ change: (inout CallFilter) -> Void) throws -> Int {
      var options = Rtmp.Options()
      options.filter = Self.filter(change)
      return try analyse(text: Self.text, Rtmp(options)).rows.count
    }
    #expect(try found { _ in } == 1)
    #expect(try found { $0.tids = [7] } == 0)
    #expect(
      try found {
        $0.stream = "cam"
        $0.from = TimePoint("00:00:13")
      } == 1)
    #expect(try found { $0.to = TimePoint("00:00:13") } == 0)
    func calls(_ change: (inout CallFilter) -> Void) throws -> Int {
      var options = Summary.Options()
      options.filter = Self.filter(change)
      return try analyse(text: Self.text, Summary(options)).calls
    }
    #expect(try calls { _ in } == 5)
    #expect(try calls { $0.tids = [8] } == 2)
    #expect(try calls { $0.descriptors = [3] } == 3)
    #expect(try calls { $0.processes = ["7"] } == 3)
    #expect(
      try calls {
        $0.from = TimePoint("00:00:11")
        $0.to = TimePoint("00:00:12")
      } == 2)
  }
}
