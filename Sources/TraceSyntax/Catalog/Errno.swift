/// An error of a call by its Linux number; 0 is none.
public struct Errno: Hashable, Comparable, Sendable, BitwiseCopyable {
  public let rawValue: UInt16
  @inlinable
  public init(rawValue: UInt16) { self.rawValue = rawValue }
  @inlinable public static var none: Self { Self(rawValue: 0) }
  @inlinable public static var badDescriptor: Self { Self(rawValue: 9) }
  @inlinable public static var again: Self { Self(rawValue: 11) }
  /// An `E...` name that this table does not know.
  @inlinable public static var unnamed: Self { Self(rawValue: .max) }
  public static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }

  /// `EAGAIN`, or `errno 4000` for a number without a name.
  public var name: String {
    if self == .unnamed { return "unknown errno" }
    return Self.names[rawValue] ?? "errno \(rawValue)"
  }

  /// Every name that is known, by number.
  public static var allNames: [String] { known.map { $0.name.description } }

  static let names = Dictionary(uniqueKeysWithValues: known.map { ($0.number, $0.name.description) })
  static let table = NameTable(known.map { (Array($0.name.description.utf8), $0.number) })
}
