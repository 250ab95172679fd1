import Glibc

/// Memory for decoded blocks in pieces that are used again and again: so much of it as lies between the decoders and the reader,
/// however large the blocks are.
struct MemoryPieces {
  typealias Piece = UnsafeMutableRawPointer
  /// Bytes of a piece: a huge page, so that touching it anew is one fault.
  static let size = 2 << 20
  private var all: [Piece] = []
  private var spare: [Piece] = []

  /// The piece used last, which is the nearest to the core.
  mutating func take() -> Piece {
    if let piece = spare.popLast() { return piece }
    let piece = UnsafeMutableRawPointer.allocate(byteCount: Self.size, alignment: Self.size)
    madvise(piece, Self.size, MADV_HUGEPAGE)
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
