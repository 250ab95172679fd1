import Synchronization

/// What a decoder says after a step.
enum DecodeOutcome {
  case more
  case end
  /// The last member is whole and something that is none follows.
  case trailingJunk(String)
  /// The stream cannot be read on; the place in the file is told where it is not the next byte of the input.
  case damaged(String, at: Int64? = nil)
}

/// One compression format. A step fills the buffer as far as it can.
protocol StreamDecoder: AnyObject {
  /// Whether threads of its own have something to decode yet.
  var decodesAhead: Bool { get }
  func decode(
    _ input: CompressedBuffer, into buffer: UnsafeMutableRawBufferPointer
  ) throws -> (count: Int, outcome: DecodeOutcome)
}

extension StreamDecoder {
  var decodesAhead: Bool { false }
}

/// A decoder over a file as a source: delivers all that was decoded before it reports damage.
final class DecodedSource: NotingSource {
  private let input: CompressedBuffer
  private let decoder: any StreamDecoder
  private var logOffset: Int64 = 0
  private var finished = false
  private var pending: InputDamage?
  private(set) var notes: [InputDamage] = []

  var path: String { input.file.path }
  var storedOffset: Int64 { input.file.storedOffset }
  private let isAhead: Atomic<Bool>
  var decodesAhead: Bool { isAhead.load(ordering: .relaxed) }

  /// - Parameter decodesAhead: whether the decoder will, as far as can be told before it has begun.
  init(_ file: FileSource, _ decoder: any StreamDecoder, decodesAhead: Bool = false) {
    isAhead = Atomic(decodesAhead)
    input = CompressedBuffer(file)
    self.decoder = decoder
  }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    while true {
      if let pending {
        self.pending = nil
        throw pending
      }
      if finished { return 0 }
      let (count, outcome) = try decoder.decode(input, into: buffer)
      if decodesAhead, !decoder.decodesAhead { isAhead.store(false, ordering: .relaxed) }
      logOffset += Int64(count)
      switch outcome {
      case .more: break
      case .end: finished = true
      case .trailingJunk(let reason):
        finished = true
        notes.append(report(reason, .ignored))
      case .damaged(let reason, let offset):
        finished = true
        pending = report(reason, .partial, at: offset)
      }
      if count > 0 { return count }
    }
  }

  private func report(_ reason: String, _ severity: InputDamage.Severity, at offset: Int64? = nil) -> InputDamage {
    InputDamage(path: path, reason: reason, storedOffset: offset ?? input.offset, logOffset: logOffset, severity: severity)
  }
}
