import TraceSyntax

/// Which way a call moves the bytes of a plain buffer, if it does.
enum TransferKind: UInt8, BitwiseCopyable { case none, read, write }

// Plain transfers, of which most logs are made, are counted here and never become events: what an event needs and they do not costs twice what
// they do.
extension CallStitcher {
  /// Stitches lines of a chunk into the batch begun until one of them makes an event, which the follower must see before the next line.
  ///
  /// - Parameters:
  ///   - base: the chunk's line events.
  ///   - lines: of the chunk, from 0.
  /// - Returns: the first line not stitched, and the events made.
  mutating func stitch<Follower: DescriptorFollower>(
    _ base: UnsafeMutablePointer<LineEvent>, _ lines: Range<Int>, for follower: inout Follower
  ) -> (next: Int, made: UnsafeMutableBufferPointer<CallEvent>) {
    let before = batch.count
    let end = base + lines.upperBound
    var event = base + lines.lowerBound
    var number = lineBase &+ lines.lowerBound &+ 1
    while event < end {
      if mayBeTransfer(event), transfer(event, number, &follower) {
        event += 1
        number &+= 1
        continue
      }
      let others = stitchOthers(event, upTo: end, number)
      event += others
      number &+= others
      if batch.count > before { break }
    }
    let next = event - base
    noteFirstStamp(base, lines.lowerBound..<next)
    return (next, batch.placeEvents(from: before))
  }

  /// Stitches one line whatever it is, and those after it that are no transfers, until one makes an event; how many there were.
  @inline(never)
  private mutating func stitchOthers(
    _ first: UnsafeMutablePointer<LineEvent>, upTo end: UnsafeMutablePointer<LineEvent>, _ number: Int
  ) -> Int {
    let before = batch.count
    var (event, number) = (first, number)
    repeat {
      line(event, number)
      event += 1
      number &+= 1
    } while event < end && batch.count == before && !mayBeTransfer(event)
    return event - first
  }

  @inline(__always)
  private func mayBeTransfer(_ event: UnsafeMutablePointer<LineEvent>) -> Bool {
    event.pointee.kind == .whole && takesTransfers && transferKinds[Int(event.pointee.syscall.rawValue)] != .none
  }

  /// Counts a plain transfer; false where the line is anything else.
  @inline(__always)
  private mutating func transfer<Follower: DescriptorFollower>(
    _ event: UnsafeMutablePointer<LineEvent>, _ number: Int, _ follower: inout Follower
  ) -> Bool {
    guard event.pointee.flags.isDisjoint(with: Transfer.tellingFlags), event.pointee.tid != 0 else { return false }
    let thread = threads[event.pointee.tid]
    guard thread >= 0, !tasks[Int(thread)].isOpen else { return false }
    let incarnation = follower.route(event, thread: thread)
    guard incarnation >= 0 else { return false }
    let (isError, duration) = (event.pointee.errno != .none, event.pointee.duration)
    batch.nextTransfer().initialize(
      to: Transfer(
        incarnation: incarnation, isWrite: transferKinds[Int(event.pointee.syscall.rawValue)] == .write, isError: isError,
        bytes: isError ? 0 : max(0, event.pointee.result),
        stamp: timeOf(event), duration: duration))
    count(event.pointee.syscall, failed: isError, duration: duration)
    ledger.add(.wholeCall, number)
    return true
  }
}
