/// Finds the seams of lines that several straces, or strace and the program, glued together on one stderr.
///
/// strace writes a call's entry (`read(3, `) and its exit (`"abc", 3) = 3`) apart; what others write in between, and what they left
/// without a newline, stands in the same line: `brk(NULL[pid  5164] 12:43:35.125227 set_robust_list(0x7fea, 24)    = 0x55cc`.
public enum StraceGlue {
  /// Where inside a line another line's prefix begins: `[pid 7] `, or a stamp of the log's kind.
  ///
  /// - Parameters:
  ///   - line: a line of the log.
  ///   - start: where to look from; more than 0.
  ///   - stamp: the kind of stamps that the log has.
  ///   - skipsStrings: whether text in quotes is not looked at; a program's own output need not have them in pairs.
  public static func seam(in line: UnsafeRawBufferPointer, from start: Int, stamp: StampKind, skipsStrings: Bool) -> Int? {
    var i = start
    while i < line.count {
      switch line[i] {
      case UInt8(ascii: "\"") where skipsStrings:
        i = ArgumentWalk.afterLiteral(line, i)
        continue
      case UInt8(ascii: "["):
        if isBracketedPid(line, i) { return i }
      case UInt8(ascii: "0")...UInt8(ascii: "9"):
        if stamp == .timeOfDay, isTimeOfDay(line, i) { return i }
        if stamp == .epoch, isEpoch(line, i) { return i }
      default: break
      }
      i += 1
    }
    return nil
  }

  /// Whether a call's text can be all that strace prints at its entry: no string, array or structure is open in it.
  public static func isEntry(_ arguments: UnsafeRawBufferPointer) -> Bool {
    var depth = 0
    var i = 0
    while i < arguments.count {
      switch arguments[i] {
      case UInt8(ascii: "\""):
        i = ArgumentWalk.afterLiteral(arguments, i)
        if arguments[i - 1] != UInt8(ascii: "\"") { return false }
        continue
      case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
      default: break
      }
      i += 1
    }
    return depth == 0
  }

  /// Whether a call begins inside the arguments of another, `wait4(-1, rt_sigprocmask(`: two writers whose lines bear no pid.
  public static func holdsCall(_ arguments: UnsafeRawBufferPointer) -> Bool {
    var i = 0
    var word = 0
    while i < arguments.count {
      if arguments[i] == UInt8(ascii: "\"") {
        i = ArgumentWalk.afterLiteral(arguments, i)
        word = i
        continue
      }
      if arguments[i] == UInt8(ascii: "("), i > word,
        SyscallCatalog.shared.id(of: String(decoding: arguments[word..<i], as: UTF8.self)) != nil
      {
        return true
      }
      if !isNameByte(arguments[i]) { word = i + 1 }
      i += 1
    }
    return false
  }

  private static func isBracketedPid(_ line: UnsafeRawBufferPointer, _ at: Int) -> Bool {
    guard line.count - at > 8, line[(at + 1)..<(at + 5)].elementsEqual("pid ".utf8) else { return false }
    var i = at + 5
    while i < line.count, line[i] == UInt8(ascii: " ") { i += 1 }
    let digits = i
    while i < line.count, isDigit(line[i]) { i += 1 }
    guard i > digits, i < line.count else { return false }
    return line[i] == UInt8(ascii: "<")
      || (line[i] == UInt8(ascii: "]") && i + 1 < line.count && line[i + 1] == UInt8(ascii: " "))
  }

  /// `12:43:35 ` or `12:43:35.125227 `.
  private static func isTimeOfDay(_ line: UnsafeRawBufferPointer, _ at: Int) -> Bool {
    guard line.count - at > 9 else { return false }
    for (offset, byte) in line[at..<(at + 8)].enumerated() {
      guard offset % 3 == 2 ? byte == UInt8(ascii: ":") : isDigit(byte) else { return false }
    }
    return isFractionAndBlank(line, at + 8)
  }

  /// `1795247280.271356 `: ten digits until the year 2286.
  private static func isEpoch(_ line: UnsafeRawBufferPointer, _ at: Int) -> Bool {
    guard line.count - at > 11, line[at..<(at + 10)].allSatisfy(isDigit), !isDigit(line[at + 10]) else { return false }
    return isFractionAndBlank(line, at + 10)
  }

  private static func isFractionAndBlank(_ line: UnsafeRawBufferPointer, _ at: Int) -> Bool {
    var i = at
    if line[i] == UInt8(ascii: ".") {
      i += 1
      while i < line.count, isDigit(line[i]) { i += 1 }
    }
    return i < line.count && line[i] == UInt8(ascii: " ")
  }
}
