/// gzip, concatenated members included (RFC 1952).
///
/// ISA-L inflates, where it is installed and the file can be read twice. It is quick but terse: what it refuses, and a member
/// that ends too soon, is inflated again by zlib, which goes on behind what was given out and has the last word. So the log and
/// the damage are the same with and without ISA-L; except that ISA-L reads on for a while with a damaged block's incomplete codes.
final class GzipDecoder: StreamDecoder {
  private(set) var inflater: any Inflater
  private var inMember = false
  private var members = 0
  /// Where the member begins in the file, and what it gave so far.
  private var memberStart: Int64 = 0
  private var memberBytes: Int64 = 0
  /// Bytes that zlib inflates again.
  private var repeated: Int64 = 0
  /// Longer than nearly all headers, whose names of files and comments have no limit.
  private static let usualHeader = 8 << 10
  private lazy var scratch = [UInt8](repeating: 0, count: 64 << 10)

  /// - Parameter canRewind: whether the input can be read twice.
  init(canRewind: Bool) {
    #if canImport(CISAL)
      inflater = canRewind ? ISALInflater() : ZlibInflater()
    #else
      inflater = ZlibInflater()
    #endif
  }

  func decode(
    _ input: CompressedBuffer, into buffer: UnsafeMutableRawBufferPointer
  ) throws -> (count: Int, outcome: DecodeOutcome) {
    var count = 0
    while count < buffer.count {
      let more = try input.refill()
      if !inMember {
        guard more else { return (count, .end) }
        // Zero padding between or after members is legal (tapes, block devices).
        if members > 0, input.pointer.pointee == 0 {
          input.consume(1)
          continue
        }
        guard members == 0 || input.pointer.pointee == 0x1f else {
          return (count, .trailingJunk("data after the last gzip member ignored"))
        }
        // ISA-L 2.30 forgets what it knows of a header that comes in pieces, and reads whatever lies on the stack instead.
        try input.gather(Self.usualHeader)
        begin(at: input.offset)
        members += 1
      }
      let before = input.offset
      let (made, outcome) = step(input, into: UnsafeMutableRawBufferPointer(rebasing: buffer[count...]))
      if case .refused = outcome, startOver(input) { continue }
      if repeated > 0 {
        repeated -= Int64(made)
      } else {
        count += made
        memberBytes += Int64(made)
      }
      switch outcome {
      case .endOfMember: inMember = false
      case .more where made > 0 || input.offset > before: break
      case .more:
        // Only now all is given that was held back while the buffer was full.
        if !startOver(input) { return (count, .damaged("gzip stream is truncated")) }
      case .refused(let reason): return (count, .damaged("gzip stream is corrupt (\(reason))"))
      }
    }
    return (count, .more)
  }

  private func begin(at offset: Int64) {
    inflater.begin()
    inMember = true
    memberStart = offset
    memberBytes = 0
    repeated = 0
  }

  /// Inflates into the buffer, or into none over bytes that were given out before.
  private func step(
    _ input: CompressedBuffer, into buffer: UnsafeMutableRawBufferPointer
  ) -> (count: Int, outcome: InflateOutcome) {
    guard repeated == 0 else {
      let wanted = Int(min(repeated, Int64(scratch.count)))
      return scratch.withUnsafeMutableBytes {
        inflater.inflate(input, into: UnsafeMutableRawBufferPointer(rebasing: $0[..<wanted]))
      }
    }
    return inflater.inflate(input, into: buffer)
  }

  /// From here on zlib inflates, beginning with this member once more; false where it did already.
  private func startOver(_ input: CompressedBuffer) -> Bool {
    guard !(inflater is ZlibInflater), input.rewind(to: memberStart) else { return false }
    let given = memberBytes
    inflater = ZlibInflater()
    begin(at: memberStart)
    repeated = given
    return true
  }
}
