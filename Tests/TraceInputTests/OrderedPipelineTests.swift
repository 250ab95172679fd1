import Testing

@testable import TraceInput

@Suite("The pipeline")
struct OrderedPipelineTests {
  final class Slot: @unchecked Sendable {
    var number = 0
    var square = 0
    var worker = -1
  }

  static func pipeline(workers: Int, slots: Int, count: Int) -> OrderedPipeline<Slot> {
    var next = 0
    return OrderedPipeline(
      slots: (0..<slots).map { _ in Slot() }, jobs: workers,
      fill: { slot in
        guard next < count else { return false }
        slot.number = next
        next += 1
        return true
      },
      transform: { slot, worker in
        // Uneven work, so that workers overtake each other.
        var sum = 0
        for i in 0..<(slot.number % 7 * 300) { sum &+= i }
        slot.square = slot.number * slot.number + (sum == -1 ? 1 : 0)
        slot.worker = worker
      })
  }

  @Test("slots come out in the order they went in", arguments: 1...4, [1, 2, 7])
  func order(workers: Int, slots: Int) {
    let pipeline = Self.pipeline(workers: workers, slots: slots, count: 500)
    pipeline.start()
    var seen = 0
    while let slot = pipeline.next() {
      #expect(slot.number == seen && slot.square == seen * seen)
      #expect((0..<workers).contains(slot.worker))
      seen += 1
      pipeline.recycle(slot)
    }
    pipeline.stop()
    #expect(seen == 500)
  }

  @Test("threads may be started by and by") func later() {
    let pipeline = Self.pipeline(workers: 3, slots: 6, count: 300)
    for count in [1, 2, 1, 8] {
      pipeline.start(count)
      for _ in 0..<50 {
        guard let slot = pipeline.next() else { break }
        #expect(slot.square == slot.number * slot.number && slot.worker < max(2, min(count, 3)))
        pipeline.recycle(slot)
      }
    }
    var left = 0
    while let slot = pipeline.next() {
      left += 1
      pipeline.recycle(slot)
    }
    pipeline.stop()
    #expect(left == 100)
  }

  @Test("nothing to do", arguments: 1...4) func empty(workers: Int) {
    let pipeline = Self.pipeline(workers: workers, slots: 3, count: 0)
    pipeline.start()
    #expect(pipeline.next() == nil)
    pipeline.stop()
  }

  @Test("stopping early ends the workers", arguments: 1...4) func early(workers: Int) {
    let pipeline = Self.pipeline(workers: workers, slots: 4, count: .max)
    pipeline.start()
    for expected in 0..<10 {
      let slot = pipeline.next()
      #expect(slot?.number == expected)
      if let slot { pipeline.recycle(slot) }
    }
    pipeline.stop()
  }
}
