import TraceSyntax

/// Where an argument is looked for: its place, from 0, or the name that strace printed (`strace -N`, clone).
public protocol ArgumentKey {
  func argument(in arguments: Arguments) -> CallArgument
}

extension Int: ArgumentKey {
  public func argument(in arguments: Arguments) -> CallArgument { arguments[self] }
}

extension String: ArgumentKey {
  public func argument(in arguments: Arguments) -> CallArgument { arguments.named(self) }
}

/// Arguments by place or name. Nothing is copied but what the answer is made of; `CallArgument` has the rest of the readers.
///
/// ```swift
/// for call in try log.calls() where call.syscall == "openat" && call.flags(2).contains(where: { $0.text == "O_TRUNC" }) {
///   print(call.string(1) ?? "?")
/// }
/// ```
extension Call {
  /// The argument; empty where there is none.
  public func argument(_ key: some ArgumentKey) -> CallArgument { key.argument(in: arguments) }
  public func number(_ key: some ArgumentKey) -> Int64? { argument(key).number }
  /// `AT_FDCWD` is -100.
  public func descriptor(_ key: some ArgumentKey) -> Int32? { argument(key).descriptor }
  /// The string, decoded; bytes that are no UTF-8 are replaced. `argument(1).string` has the bytes, and whether some are missing.
  public func string(_ key: some ArgumentKey) -> String? { argument(key).string?.description }
  public func flags(_ key: some ArgumentKey) -> ArgumentFlags { argument(key).flags }
  public func socketAddress(_ key: some ArgumentKey) -> SocketAddress? { argument(key).socketAddress }
  /// Nanoseconds of a `timespec`.
  public func timespec(_ key: some ArgumentKey) -> Int64? { argument(key).timespec }
  /// Nanoseconds of a `timeval`.
  public func timeval(_ key: some ArgumentKey) -> Int64? { argument(key).timeval }
  public func ioVectors(_ key: some ArgumentKey) -> [IOVector] { argument(key).ioVectors }
  public func messageHeader(_ key: some ArgumentKey) -> MessageHeader? { argument(key).messageHeader }
  public func descriptorSet(_ key: some ArgumentKey) -> [Int32]? { argument(key).descriptorSet }
  public func signalSet(_ key: some ArgumentKey) -> SignalSet? { argument(key).signalSet }
  public func futexOperation(_ key: some ArgumentKey = 1) -> FutexOperation? { argument(key).futexOperation }
}
