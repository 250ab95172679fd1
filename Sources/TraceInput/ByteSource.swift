/// A stream of bytes: a file, or a decoder over one. Used by one thread at a time.
public protocol ByteSource: AnyObject {
  /// The name to use in messages.
  var path: String { get }
  /// How many bytes of the stored file were consumed, for progress and damage reports.
  var storedOffset: Int64 { get }
  /// Whether threads of its own decode ahead of the reader, which the bytes then take longer to make than to read. Once all is decoded it is
  /// false. Any thread may ask.
  var decodesAhead: Bool { get }
  /// Fills a part of the buffer and tells how much; 0 at the end.
  ///
  /// - Throws: ``InputDamage`` once everything before the damage was delivered.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int
}

extension ByteSource {
  public var decodesAhead: Bool { false }
}

/// What a source met that is not an error: trailing junk after the last member, for instance.
public protocol NotingSource: ByteSource {
  var notes: [InputDamage] { get }
}
