/// An error of a call by its Linux number; 0 is none.
public struct Errno: Hashable, Comparable, Sendable, BitwiseCopyable {
  public let rawValue: UInt16
  @inline(__always)
  public init(rawValue: UInt16) { self.rawValue = rawValue }
  public static let none = Errno(rawValue: 0)
  public static let badDescriptor = Errno(rawValue: 9)
  public static let again = Errno(rawValue: 11)
  /// An `E...` name that this table does not know.
  public static let unnamed = Errno(rawValue: .max)
  public static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }

  /// `EAGAIN`, or `errno 4000` for a number without a name.
  public var name: String {
    if self == .unnamed { return "unknown errno" }
    return Self.names[rawValue] ?? "errno \(rawValue)"
  }

  static let names = Dictionary(uniqueKeysWithValues: known.map { ($0.number, $0.name.description) })
  static let table = NameTable(known.map { (Array($0.name.description.utf8), $0.number) })
}
