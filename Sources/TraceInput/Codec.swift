/// A compression format, told by the first bytes and never by the name.
public enum Codec: Sendable {
  case plain, gzip, xz, lzma, zstd

  /// How many bytes ``init(magic:)`` wants to see.
  static let magicLength = 13

  /// - Throws: ``InputError`` for a format that is recognised but not read here.
  init(magic m: [UInt8], path: String) throws {
    func starts(_ bytes: [UInt8]) -> Bool { m.starts(with: bytes) }
    if starts([0x1f, 0x8b]) {
      self = .gzip
    } else if starts([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]) {
      self = .xz
    } else if starts([0x28, 0xb5, 0x2f, 0xfd])
      || (m.count >= 4 && m[0] & 0xf0 == 0x50 && m[1...3].elementsEqual([0x2a, 0x4d, 0x18]))
    {
      self = .zstd
    } else if starts([0x5d, 0x00, 0x00]), m.count >= 13,
      m[5...12].allSatisfy({ $0 == 0xff }) || m[10...12].allSatisfy({ $0 == 0 })
    {
      self = .lzma
    } else if starts(Array("BZh".utf8)), m.count >= 10, m[4...9].elementsEqual([0x31, 0x41, 0x59, 0x26, 0x53, 0x59]) {
      throw InputError(path: path, reason: "is bzip2, which is not read directly: bzcat '\(path)' | tracestat ... -")
    } else if starts([0x50, 0x4b, 0x03, 0x04]) {
      throw InputError(path: path, reason: "is a zip archive: unzip -p '\(path)' | tracestat ... -")
    } else if starts([0x04, 0x22, 0x4d, 0x18]) {
      throw InputError(path: path, reason: "is lz4, which is not read directly: lz4cat '\(path)' | tracestat ... -")
    } else {
      self = .plain
    }
  }
}

/// How an input is opened.
public struct InputOptions: Sendable {
  /// Most memory a decoder may take for its window and threads, in bytes; what needs more is not read.
  public var memoryLimit: UInt64 = 4 << 30
  /// Most memory that several decoder threads may take, in bytes; for blocks that need more there are fewer threads, down to one.
  public var threadMemory: UInt64 = 256 << 20
  /// Decoder threads where the format allows.
  public var decoderThreads = 1
  /// The longest line kept whole; the rest of a longer one is skipped and counted.
  public var longestLine = 16 << 20
  /// Without ISA-L even where it is installed: tests compare both.
  var isZlibOnly = false
  public init() {}
}

/// Opens a path (`-`: standard input) with the decoder its first bytes ask for.
func openSource(_ path: String, _ options: InputOptions) throws -> (source: any ByteSource, file: FileSource) {
  let file = try FileSource(path: path)
  switch try Codec(magic: file.peek(Codec.magicLength), path: path) {
  case .plain: return (file, file)
  case .gzip: return (DecodedSource(file, GzipDecoder(canRewind: file.canRewind && !options.isZlibOnly)), file)
  case .xz:
    let decoder = try XZDecoder(.xz, path: path, canRewind: file.canRewind, options: options)
    return (DecodedSource(file, decoder, decodesAhead: try XZLayout.isOfManyBlocks(file, options)), file)
  case .lzma: return (DecodedSource(file, try XZDecoder(.alone, path: path, canRewind: file.canRewind, options: options)), file)
  case .zstd: return (DecodedSource(file, try ZstdDecoder(path: path, options: options)), file)
  }
}
