/// Memory for decoded blocks in pieces that are used again and again: so much of it as lies between the decoders and the reader,
/// however large the blocks are.
struct MemoryPieces {
  typealias Piece = UnsafeMutableRawPointer
  /// Bytes of a piece: a few steps of decoding.
  static let size = 512 << 10
  private var all: [Piece] = []
  private var spare: [Piece] = []

  /// The piece used last, which is the nearest to the core.
  mutating func take() -> Piece {
    if let piece = spare.popLast() { return piece }
    // Of common pages: huge ones are rare where other programs come and go, and to make one takes longer than the faults it saves.
    let piece = UnsafeMutableRawPointer.allocate(byteCount: Self.size, alignment: 64)
    all.append(piece)
    return piece
  }

  mutating func free(_ piece: Piece) { spare.append(piece) }

  /// Gives all of it back to the system; nothing of it is used afterwards.
  mutating func deallocate() {
    for piece in all { piece.deallocate() }
    all = []
    spare = []
  }
}
