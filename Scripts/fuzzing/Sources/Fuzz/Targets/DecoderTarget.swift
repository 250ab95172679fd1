@testable import TraceInput

/// The decoders with little memory: they end on any bytes, and give the same log and the same damage whatever buffer is filled.
enum DecoderTarget {
  nonisolated(unsafe) private static let file = MemoryFile()
  /// Enough to see that a bomb can be read on and on, little enough to be quick.
  private static let mostOutput = 1 << 20

  private static let options = {
    var options = InputOptions()
    options.memoryLimit = 16 << 20
    return options
  }()

  /// ISA-L, where it is installed, gives what zlib gives and ends as it does. Only codes that are incomplete, which zlib refuses
  /// at the head of a block, it reads on with for a while.
  static func gzip(_ input: UnsafeRawBufferPointer) {
    run(input) { DecodedSource($0, GzipDecoder(canRewind: true)) }
    file.write(input)
    guard let isal = reading(canRewind: true), let zlib = reading(canRewind: false) else { return }
    let isSame = isal.bytes == zlib.bytes || zlib.end.joined().contains(" set)") && isal.bytes.starts(with: zlib.bytes)
    demand(isSame && isal.end == zlib.end, "ISA-L as zlib: \(isal.bytes.count) \(isal.end), \(zlib.bytes.count) \(zlib.end)")
  }
  private static func reading(canRewind: Bool) -> Reading? {
    (try? FileSource(path: file.path)).map { Reading(DecodedSource($0, GzipDecoder(canRewind: canRewind)), 1 << 16) }
  }

  static func xz(_ input: UnsafeRawBufferPointer) {
    run(input) { DecodedSource($0, try XZDecoder(.xz, path: $0.path, canRewind: true, options: options)) }
    file.write(input)
    guard let one = xzReading(threads: 1), let several = xzReading(threads: 2) else { return }
    demand(one == several, "two threads as one: \(one.bytes.count) \(one.end), \(several.bytes.count) \(several.end)")
    guard let pipe = xzReading(threads: 2, canRewind: false) else { return }
    demand(pipe.end == one.end, "the same end from a pipe: \(one.end), \(pipe.end)")
    demand(pipe.bytes.starts(with: one.bytes) || one.bytes.starts(with: pipe.bytes), "the same log from a pipe")
  }
  private static func xzReading(threads: Int, canRewind: Bool = true) -> Reading? {
    var options = options
    options.decoderThreads = threads
    return (try? FileSource(path: file.path)).flatMap {
      try? Reading(DecodedSource($0, XZDecoder(.xz, path: $0.path, canRewind: canRewind, options: options)), 1 << 16)
    }
  }
  static func lzma(_ input: UnsafeRawBufferPointer) {
    run(input) { DecodedSource($0, try XZDecoder(.alone, path: $0.path, canRewind: true, options: options)) }
  }
  static func zstd(_ input: UnsafeRawBufferPointer) {
    run(input) { DecodedSource($0, try ZstdDecoder(path: $0.path, options: options)) }
  }

  /// The decoder that the first bytes ask for.
  static func sniffed(_ input: UnsafeRawBufferPointer) {
    let codec = try? Codec(magic: Array(input.prefix(Codec.magicLength)), path: "")
    run(input) { _ in try openSource(file.path, options).source }
    file.write(input)
    demand((codec == nil) == ((try? openSource(file.path, options)) == nil), "a codec by the first bytes alone")
    if case .plain? = codec {
      let source = try? openSource(file.path, options).source
      demand(source.map { Reading($0, 4096).bytes } == Array(input), "plain bytes come as they are")
    }
  }

  private static func run(_ input: UnsafeRawBufferPointer, _ open: (FileSource) throws -> any ByteSource) {
    file.write(input)
    func read(_ size: Int) -> Reading? {
      guard let source = try? open(FileSource(path: file.path)) else { return nil }
      return Reading(source, size)
    }
    guard let whole = read(1 << 16) else { return }
    guard whole.bytes.count < 1 << 14, let pieces = read(97) else { return }
    // Where they meet corruption, liblzma and libzstd give more or less of what they made of it, by the size of the buffer; so
    // does ISA-L with incomplete codes.
    let isCorrupt = [whole, pieces].allSatisfy {
      let end = $0.end.joined()
      return end.contains("stream is corrupt") && (!end.hasPrefix("gzip") || end.contains(" set)"))
    }
    let isSame =
      whole == pieces || isCorrupt && (pieces.bytes.starts(with: whole.bytes) || whole.bytes.starts(with: pieces.bytes))
    demand(isSame, "the same log in small pieces: \(whole.bytes.count) \(whole.end), \(pieces.bytes.count) \(pieces.end)")
  }

  /// What a source gave, and how it ended.
  private struct Reading: Equatable {
    var bytes: [UInt8] = []
    var end: [String] = []

    init(_ source: any ByteSource, _ size: Int) {
      var buffer = [UInt8](repeating: 0, count: size)
      do {
        while bytes.count < mostOutput {
          let count = try buffer.withUnsafeMutableBytes { try source.read(into: $0) }
          demand(count >= 0 && count <= size, "no more than the buffer holds")
          if count == 0 { break }
          bytes += buffer[..<count]
        }
        // The end stays the end.
        if bytes.count < mostOutput {
          demand(try buffer.withUnsafeMutableBytes { try source.read(into: $0) } == 0, "the end stays")
        }
      } catch let damage as InputDamage {
        demand(damage.logOffset == bytes.count, "damage is told behind all that was read: \(damage)")
        demand(damage.storedOffset >= 0, "a place in the file: \(damage)")
        end = [damage.reason]
      } catch {
        fatalError("no other error while reading: \(error)")
      }
      end += ((source as? any NotingSource)?.notes ?? []).map(\.reason)
    }
  }
}
