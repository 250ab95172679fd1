import TraceCalls
import TraceSyntax

// Which two open descriptions are the ends of one pipe or connection.
extension ProcessModel {
  /// `pipe`, `pipe2` and `socketpair`.
  mutating func openPair(_ event: UnsafeMutablePointer<CallEvent>, _ origin: Incarnation.Event, _ arguments: Arguments) {
    let name = reader.names.name(event.pointee.syscall)
    let isSocket = name == "socketpair"
    let closesOnExec = CloseOnExec.isAsked(by: name, arguments)
    // `[3<pipe:[12]>, 4<pipe:[12]>]`; with -s 0 it is `[...]`, in perf an address, and the numbers are lost.
    let pair = arguments.firstCompound
    let ends = [pair[0], pair[1]]
    guard let first = ends[0].number, let second = ends[1].number else {
      if hiddenPairs.count == 0 { hiddenPairs.firstLine = event.pointee.endLine }
      hiddenPairs.count += 1
      return
    }
    var made: [Int32] = []
    for (end, number) in zip(ends, [first, second]) {
      let index = open(number, origin, event, closesOnExec: closesOnExec)
      guard index >= 0 else { return }
      describe(index) {
        $0.kind = isSocket ? .unix : .pipe
        $0.origin = .paired
      }
      if let decoration = end.decoration?.unsafeBytes { decorate(index, decoration, Decoration.mark(decoration)) }
      made.append(index)
    }
    guard made[0] != made[1] else { return }
    let process = processLabel(tasks[Int(event.pointee.thread)].table)
    for (end, other) in [(0, 1), (1, 0)] {
      let there = incarnations[Int(made[other])]
      describe(made[end]) {
        $0.pairedWith = there.description
        $0.peer = "\(process):\(there.descriptor)"
      }
    }
  }

  /// Takes over what a decoration says about a descriptor, and finds the other end of a local socket by the inodes in it.
  mutating func decorate(_ index: Int32, _ text: UnsafeRawBufferPointer, _ fingerprint: UInt32) {
    let description = incarnations[Int(index)].description
    descriptions[Int(description)].decorate(text)
    marks[Int(description)].decoration = fingerprint
    guard descriptions[Int(description)].pairedWith < 0, let inodes = Decoration.localSocketInodes(text) else { return }
    localSockets[inodes.own] = description
    guard let peer = inodes.peer, let other = localSockets[peer], other != description else { return }
    descriptions[Int(description)].pairedWith = other
    if descriptions[Int(other)].pairedWith < 0 { descriptions[Int(other)].pairedWith = description }
  }

  /// The same for the descriptor that a call returned.
  mutating func decorateResult(_ index: Int32, _ event: UnsafeMutablePointer<CallEvent>) {
    guard index >= 0, let found = Arguments.decoration(ofResult: event.pointee.resultText) else { return }
    decorate(index, found.text, found.fingerprint)
  }

  mutating func describe(_ index: Int32, _ change: (inout OpenDescription) -> Void) {
    change(&descriptions[Int(incarnations[Int(index)].description)])
  }
}
