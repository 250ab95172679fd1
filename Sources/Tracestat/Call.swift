import TraceCalls
import TraceProcesses
import TraceSyntax

/// One stitched call as a value of its own, for scripts. The analyses do not use it: it owns copies.
public struct Call: Sendable {
  /// `read`, `futex` ...
  public let syscall: String
  public let tid: Int32
  /// Label of the process, as reports print it.
  public let process: String
  /// Line numbers from 1, of the first and the last line.
  public let line: Int
  public let endLine: Int
  /// Nanoseconds of the log's clock; nil without stamps.
  public let start: Int64?
  public let end: Int64?
  /// Nanoseconds; nil without -T.
  public let duration: Int64?
  public let result: Int64
  /// `EAGAIN`, or nil.
  public let errno: String?
  /// The descriptor in the first argument, and which incarnation of it.
  public let fd: Int32?
  public let n: Int32?
  /// What is between the parentheses, both halves of a stitched call; as text, `"\(call.arguments)"`.
  public let arguments: Arguments
  /// What strace prints in parentheses behind a result that is no error: `([{fd=3, revents=POLLIN}])`.
  public let auxiliary: Arguments

  /// The text between the parentheses, byte for byte.
  public var argumentBytes: [UInt8] { arguments.bytes }
}

/// The completed calls of a log, in the order of their ends, read as they are asked for.
public struct CallSequence: Sequence, IteratorProtocol {
  private let context: TraceContext
  private let names: SyscallNames
  private var batch: CallBatch?
  private var index = 0
  private let joiner = ArgumentJoiner()

  init(_ log: TraceLog) throws {
    context = try log.open()
    names = context.reader.names
  }

  public mutating func next() -> Call? {
    while true {
      if let batch {
        while index < batch.count {
          let event = batch.base[index]
          index += 1
          if event.isCompleted { return call(event) }
        }
      }
      guard let more = context.next() else { return nil }
      batch = more
      index = 0
    }
  }

  private mutating func call(_ event: CallEvent) -> Call {
    let hasClock = context.reader.clock.kind != .none
    let incarnation = event.incarnation >= 0 ? context.model.incarnations[Int(event.incarnation)] : nil
    let text = joiner.arguments(of: event).unsafeBytes
    let storage = ArgumentStorage(text, event.resultText)
    let result = Arguments(storage, text.count..<(text.count + event.resultText.count))
    return Call(
      syscall: names.name(event.syscall), tid: TaskNumber.tid(event.tid),
      process: event.process >= 0 ? context.model.processLabel(event.process) : "",
      line: event.startLine, endLine: event.endLine, start: hasClock ? event.start : nil, end: hasClock ? event.end : nil,
      duration: event.duration >= 0 ? event.duration : nil, result: event.result,
      errno: event.errno == .none ? nil : event.errno.name,
      fd: event.descriptor == LineEvent.noDescriptor ? nil : event.descriptor, n: incarnation?.n,
      arguments: Arguments(storage, 0..<text.count), auxiliary: Arguments.auxiliary(ofResult: result))
  }
}

extension TraceLog {
  /// Every completed call, lazily: `for call in try log.calls() where call.syscall == "connect" { ... }`.
  public func calls() throws -> CallSequence { try CallSequence(self) }
}
