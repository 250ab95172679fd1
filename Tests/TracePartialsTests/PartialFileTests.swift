import Testing
import TraceTestSupport

@testable import TracePartials
@testable import Tracestat

@Suite("Partials: the file")
struct PartialFileTests {
  /// One of each form of state.
  static func small(_ form: Form) throws -> Partial {
    let log = TraceLog(Fixture.path("Fixtures/strace/attach-yy.log"))
    switch form {
    case .rows: return try log.partial(Connections())
    case .table: return try log.partial(Futex())
    case .summary: return try log.partial(Partials.summary(.connection, sizes: true, buckets: true, interval: nil))
    case .intervals: return try log.partial(Partials.summary(nil, sizes: false, buckets: false, interval: 100_000_000))
    case .timeline: return try log.partial(FdTimeline())
    case .threads: return try log.partial(Partials.threadTimeline)
    case .growth: return try log.partial(FdGrowth())
    case .ledger:
      _ = try log.analyze(Summary())
      return try log.partial(PartialStatement("ledger"), .ledger)
    case .stacks:
      let stacks = StackLog(Fixture.path("Fixtures/perf-script/events.txt"))
      return stacks.partial(try stacks.fold(), FoldOptions())
    }
  }

  enum Form: CaseIterable { case rows, table, summary, intervals, timeline, threads, growth, ledger, stacks }

  @Test("what is read back is what was written, to the byte", arguments: Form.allCases)
  func roundTrip(form: Form) throws {
    let partial = try Self.small(form)
    let bytes = try partial.bytes()
    let again = try Partial(bytes: bytes, name: "x")
    #expect(try again.bytes() == bytes)
    #expect(try Partials.outputs(again) == Partials.outputs(partial))
    #expect(again.notes == partial.notes && again.verdict == partial.verdict)
  }

  @Test("a file cut at any byte, or with any byte changed, is refused in words", arguments: Form.allCases)
  func damage(form: Form) throws {
    let bytes = try Self.small(form).bytes()
    for end in bytes.indices {
      let error = #expect(throws: PartialError.self) { try Partial(bytes: Array(bytes[..<end]), name: "p") }
      #expect(error?.description.hasPrefix("p: ends at byte \(end)") == true, "cut at \(end)")
    }
    for place in bytes.indices {
      for mask: UInt8 in [0x01, 0x80, 0xff] {
        var changed = bytes
        changed[place] ^= mask
        #expect(throws: PartialError.self, "byte \(place)") { try Partial(bytes: changed, name: "p") }
      }
    }
    #expect(throws: PartialError.self) { try Partial(bytes: bytes + [0], name: "p") }
  }

  @Test("a message changed behind a good checksum is refused, or read and printed without harm", arguments: Form.allCases)
  func hostileMessage(form: Form) throws {
    let partial = try Self.small(form)
    let message = try partial.message()
    var random = SeededRandom(seed: 7)
    var refused = 0
    var tried = 0
    // Every byte where there are few, else so many of them.
    let step = max(1, message.count / 150)
    for place in stride(from: 0, to: message.count, by: step) {
      for change in 0..<4 {
        var changed = message
        switch change {
        case 0: changed[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        case 1: changed[place] = 0xff
        case 2: changed.remove(at: place)
        default: changed.removeSubrange(place...)
        }
        tried += 1
        if let error = Self.use(changed, with: partial) {
          #expect(error.description.contains("p"))
          refused += 1
        }
      }
    }
    #expect(refused > tried / 4)
  }

  /// Reads a message, prints it alone and merged with another; why it is refused.
  private static func use(_ message: [UInt8], with other: Partial) -> PartialError? {
    do throws(PartialError) {
      let read = try Partial(bytes: PartialFile.packed(message), name: "p")
      _ = try? Partials.outputs(read)
      _ = try? read.pictures()?.script
      var both = other
      try both.merge(read)
      _ = try? Partials.outputs(both)
      return nil
    } catch {
      return error
    }
  }

  @Test("what is no partial, or one of later times, is told")
  func foreign() throws {
    let bytes = try Self.small(.ledger).bytes()
    func refusal(_ change: (inout [UInt8]) -> Void) -> String {
      var changed = bytes
      change(&changed)
      do {
        _ = try Partial(bytes: changed, name: "p")
        return "nothing"
      } catch {
        return error.description
      }
    }
    #expect(refusal { $0[8] = 2 }.contains("version 2 of the format (byte 8), and this tracestat reads up to 1: take a newer"))
    #expect(refusal { $0 = Array("1234 read(3, ...".utf8) }.contains("is no partial"))
    #expect(refusal { $0 = [] }.contains("ends at byte 0"))
    #expect(refusal { $0[20...27] = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f] }.contains("checksum (byte 28)"))
    #expect(refusal { $0.append(7) }.contains("goes on after its end, from byte \(bytes.count)"))
    #expect(throws: PartialError.self) { try Partial(reading: Fixture.path("Fixtures/strace/attach.log")) }
    #expect(throws: PartialError.self) { try Partial(reading: "/no/such.partial") }
  }

  @Test("a message said to be huge is refused before anything is made for it")
  func bomb() throws {
    var file = try PartialFile.packed([UInt8](repeating: 0, count: 100_000))
    #expect(file.count < 1000)
    for (place, byte) in [UInt8](arrayLiteral: 0, 0, 0, 0, 1, 0, 0, 0).enumerated() { file[20 + place] = byte }
    let error = #expect(throws: PartialFault.self) { try PartialFile.unpacked(Partials.signed(file)) }
    #expect(error?.reason.contains("(byte 20), more than there can be") == true)
    // Rows that take no room in the message.
    var message = ProtoPartial()
    message.analysis = "fds"
    message.logs = [ProtoLog()]
    message.reports.reports = [
      .with {
        $0.records = .with {
          $0.rows = 1 << 40
          $0.columns = [
            .with {
              $0.name = "a"
              $0.tags = .init([0])
            }
          ]
        }
      }
    ]
    let packed = try PartialFile.packed(message.serializedBytes())
    #expect(throws: PartialError.self) { try Partial(bytes: packed, name: "p") }
  }

  @Test("a file is replaced in one step, and a failure leaves the old one")
  func replacing() throws {
    let folder = try TemporaryFolder(["old.partial": "old"])
    let path = "\(folder.path)/old.partial"
    let partial = try Self.small(.ledger)
    try partial.write(to: path)
    #expect(try Partial(reading: path).bytes() == partial.bytes())
    #expect(throws: (any Error).self) { try partial.write(to: "\(folder.path)/none/new.partial") }
  }
}
