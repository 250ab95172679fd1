import Testing
import TraceTestSupport

@testable import TraceAnalyses

@Suite("What the tracer itself costs")
struct ObserverEffectTests {
  /// 30 calls each of two that cost nothing and of one that does.
  private static let text = (0..<30).map { number in
    """
    7     00:00:10.\(100 + number)000 getpid() = 7 <0.000012>
    7     00:00:10.\(100 + number)100 read(3, "x", 1) = 1 <0.000014>
    7     00:00:10.\(100 + number)200 write(4, "x", 1) = 1 <0.000100>

    """
  }.joined()

  private static func floorNotes(_ notes: [String]) -> [String] { notes.filter { $0.contains("tracer itself") } }

  @Test("summary and threads name the calls whose medians are at the floor, and none else") func both() throws {
    let summary = Self.floorNotes(try analyse(text: Self.text, Summary()).notes)
    #expect(
      summary == [
        "the tracer itself: no kind of call has a median below 12 us (getpid); at that floor, so that their own cost cannot be told: getpid, read"
      ])
    let threads = try analyse(text: Self.text, threads())
    #expect(threads.observer.onFloor == ["getpid", "read"] && threads.observer.floor == 12_000 && threads.observer.gap == 86_000)
    #expect(Self.floorNotes(threads.notes).first?.hasSuffix("be told: getpid, read") == true)
  }

  @Test("a summary of a part of the calls: the floor is that of all, the names are its own") func filtered() throws {
    var options = Summary.Options()
    options.filter.descriptors = [4]
    #expect(Self.floorNotes(try analyse(text: Self.text, Summary(options)).notes).isEmpty)
    options.filter.descriptors = [3]
    options.key = .fd
    let notes = Self.floorNotes(try analyse(text: Self.text, Summary(options)).notes)
    #expect(notes.count == 1 && notes[0].contains("12 us (getpid)") && notes[0].hasSuffix("be told: read"))
  }

  @Test("nothing where it cannot be known or is not asked: no durations, few calls, sizes, intervals") func silent() throws {
    let bare = Self.text.replacing(#/ <[0-9.]+>/#, with: "")
    #expect(Self.floorNotes(try analyse(text: bare, Summary()).notes).isEmpty)
    let few = Self.text.split(separator: "\n").prefix(30).joined(separator: "\n") + "\n"
    #expect(Self.floorNotes(try analyse(text: few, Summary()).notes).isEmpty)
    var options = Summary.Options()
    options.keepsSizes = true
    #expect(Self.floorNotes(try analyse(text: Self.text, Summary(options)).notes).isEmpty)
    options = Summary.Options()
    options.interval = 1_000_000_000
    #expect(Self.floorNotes(try analyse(text: Self.text, Summary(options)).notes).isEmpty)
  }
}
