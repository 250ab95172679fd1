/// A source whose first bytes may be looked at before it is read, standard input's too.
public final class PeekedSource: NotingSource {
  private let source: any ByteSource
  /// The first bytes, at most 64 KiB; fewer where the log is shorter, or damaged there.
  public let head: [UInt8]
  private var given = 0
  /// What ended the head early: told once its bytes were read.
  private var damage: (any Error)?

  public init(_ source: any ByteSource) {
    self.source = source
    var buffer = [UInt8](repeating: 0, count: 64 << 10)
    var count = 0
    do {
      while count < buffer.count {
        let got = try buffer.withUnsafeMutableBytes {
          try source.read(into: UnsafeMutableRawBufferPointer(rebasing: $0[count...]))
        }
        if got == 0 { break }
        count += got
      }
    } catch {
      damage = error
    }
    head = Array(buffer[..<count])
  }

  public var path: String { source.path }
  public var storedOffset: Int64 { source.storedOffset }
  public var decodesAhead: Bool { source.decodesAhead }
  public var notes: [InputDamage] { (source as? any NotingSource)?.notes ?? [] }

  public func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    if given < head.count {
      let part = head[given...].prefix(buffer.count)
      buffer.copyBytes(from: part)
      given += part.count
      return part.count
    }
    if let damage {
      self.damage = nil
      throw damage
    }
    return try source.read(into: buffer)
  }
}
