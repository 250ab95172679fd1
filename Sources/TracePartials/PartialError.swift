/// Why a partial cannot be read or merged; the command ends with status 2.
public struct PartialError: Error, CustomStringConvertible, Sendable {
  /// What is wrong, where, and what to do, in words.
  public let description: String

  init(_ description: String) { self.description = description }
}

/// What is wrong with the contents of a partial; ``PartialError`` names the file, too.
struct PartialFault: Error {
  let reason: String

  init(_ reason: String) { self.reason = reason }
}

/// Throws where a promise of the format is broken.
/// - Parameter fault: what is wrong then.
func require(_ isKept: Bool, _ fault: @autoclosure () -> String) throws(PartialFault) {
  if !isKept { throw PartialFault(fault()) }
}
