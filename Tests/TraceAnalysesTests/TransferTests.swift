import Testing
import TraceAnalyses
import TraceCalls
import TraceInput
import TraceProcesses
import TraceTestSupport

@Suite("Transfers that are no events") struct TransferTests {
  /// A completed read or write, however it was handed out.
  private struct Move: Equatable {
    let life: String
    let isWrite: Bool
    let isError: Bool
    let bytes: Int64
    let end: Int64
    let duration: Int64
  }

  private static func moves(_ paths: [String], apart: Bool, chunkSize: Int) throws -> (moves: [Move], transfers: Int) {
    var options = ReadOptions(workers: 1)
    options.chunkSize = chunkSize
    let context = TraceContext(
      reader: try CallReader(TraceFiles(paths), options: options), processes: ProcessOptions())
    if apart { context.prepare(for: FdTimeline()) }
    var moves: [Move] = []
    var transfers = 0
    func life(_ index: Int32) -> String {
      let life = context.model.incarnations[Int(index)]
      return "\(life.table) \(life.descriptor)/\(life.n)"
    }
    while let batch = context.next() {
      var waiting = batch.transfers[...]
      func take(upTo count: Int) {
        while waiting.startIndex < count, let transfer = waiting.popFirst() {
          moves.append(
            Move(
              life: life(transfer.incarnation), isWrite: transfer.isWrite, isError: transfer.isError, bytes: transfer.bytes,
              end: transfer.end, duration: transfer.duration))
        }
      }
      for event in batch.events {
        take(upTo: Int(event.transfersBefore))
        let role = context.model.role(of: event.syscall)
        guard event.incarnation >= 0, event.isCompleted, role == .read || role == .write else { continue }
        moves.append(
          Move(
            life: life(event.incarnation), isWrite: role.isWrite, isError: event.errno != .none,
            bytes: event.succeeded && !event.flags.contains(.hugeResult) ? max(0, event.result) : 0, end: event.end,
            duration: event.duration))
      }
      take(upTo: batch.transfers.count)
      transfers += batch.transfers.count
    }
    return (moves, transfers)
  }

  @Test("they are the same in the same order as events are", arguments: Capture.all + Capture.perfTrace)
  func sameAsEvents(capture: Capture) throws {
    let events = try Self.moves(capture.paths, apart: false, chunkSize: 1 << 20)
    #expect(events.transfers == 0)
    for chunkSize in [1 << 20, 4096] {
      let apart = try Self.moves(capture.paths, apart: true, chunkSize: chunkSize)
      #expect(apart.moves == events.moves)
    }
  }

  @Test("most reads and writes of a log of whole lines are such") func most() throws {
    let apart = try Self.moves([Fixture.sample("nginx-rtmp")], apart: true, chunkSize: 1 << 20)
    #expect(apart.transfers * 10 > apart.moves.count * 9)
  }
}
