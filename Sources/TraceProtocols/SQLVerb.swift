/// The word that a statement of SQL begins with.
enum SQLVerb {
  enum Outcome {
    case verb(String)
    case no
    /// Blanks, a comment or the beginning of a verb, as far as the bytes go.
    case short
  }

  /// The longest verb with what may stand before it and a delimiter behind it.
  static let longest = 16

  private static let verbs: [StaticString] = [
    "SELECT", "INSERT", "UPDATE", "DELETE", "BEGIN", "COMMIT", "ROLLBACK", "START", "SET", "SHOW", "WITH", "CREATE", "ALTER",
    "DROP",
    "TRUNCATE", "EXPLAIN", "ANALYZE", "COPY", "LOCK", "UNLOCK", "GRANT", "REVOKE", "VACUUM", "DECLARE", "FETCH", "CLOSE",
    "PREPARE",
    "EXECUTE", "DEALLOCATE", "DISCARD", "LISTEN", "NOTIFY", "UNLISTEN", "SAVEPOINT", "RELEASE", "RESET", "CALL", "DO", "VALUES",
    "REPLACE", "USE", "KILL", "FLUSH", "OPTIMIZE", "REINDEX", "REFRESH", "MERGE", "DESCRIBE", "LOAD", "TABLE", "COMMENT", "END",
    "ABORT",
  ]

  /// The verb at `start`, behind blanks and an opening parenthesis; nothing but a delimiter may follow it.
  static func read(_ bytes: UnsafeRawBufferPointer, _ start: Int) -> Outcome {
    var position = start
    while position < bytes.count, position < start + 4, isBlank(bytes[position]) || bytes[position] == UInt8(ascii: "(") {
      position += 1
    }
    var end = position
    while end < bytes.count, end - position < longest, bytes[end].isLetter { end += 1 }
    for verb in verbs where verb.utf8CodeUnitCount >= end - position {
      guard bytes.match(verb, at: position, ignoringCase: true) != .no else { continue }
      if end == bytes.count { return .short }
      if verb.utf8CodeUnitCount == end - position, isDelimiter(bytes[end]) {
        return .verb(PayloadText.escaped(bytes, position..<end).uppercased())
      }
    }
    return .no
  }

  private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 9 || byte == 10 || byte == 13 }

  private static func isDelimiter(_ byte: UInt8) -> Bool {
    isBlank(byte) || byte == 0 || byte == UInt8(ascii: ";") || byte == UInt8(ascii: "(") || byte == UInt8(ascii: "@")
  }
}
