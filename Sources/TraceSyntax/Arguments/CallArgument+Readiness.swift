/// An entry of `poll`: `{fd=3, events=POLLIN, revents=POLLHUP}`.
public struct PollDescriptor: Sendable {
  public let descriptor: Int32
  public let events: CallArgument
  /// Empty in the call's argument: strace prints what is ready behind the result.
  public let readyEvents: CallArgument

  init?(_ argument: CallArgument) {
    guard let descriptor = argument["fd"].descriptor else { return nil }
    self.descriptor = descriptor
    events = argument["events"]
    readyEvents = argument["revents"]
  }
}

/// An epoll event: `{events=EPOLLIN, data=0x7}` (6.13), `{events=EPOLLIN, data={u32=7, u64=7}}` (5.11),
/// `{EPOLLIN, {u32=7, u64=7}}` before.
public struct EpollEvent: Sendable {
  public let events: CallArgument
  /// What the program put there: often a descriptor, often a pointer.
  public let data: UInt64

  init?(_ argument: CallArgument) {
    guard argument.isStructure else { return nil }
    let field = argument.field("data", at: 1)
    guard let data = field.unsigned ?? field["u64"].unsigned else { return nil }
    events = argument.field("events", at: 0)
    self.data = data
  }
}

extension CallArgument {
  /// The descriptors of a set of `select`: `[3 6]`, `[3, 6]`, decorated or not. nil where it is not printed: `NULL`, a pointer.
  public var descriptorSet: [Int32]? {
    unsafeBytes.first == UInt8(ascii: "[") ? words.compactMap(\.descriptor) : nil
  }

  /// The entries of `poll` and `ppoll`.
  public var pollDescriptors: [PollDescriptor] { elements.compactMap(PollDescriptor.init) }

  /// The event of `epoll_ctl`.
  public var epollEvent: EpollEvent? { EpollEvent(self) }
  /// The events of `epoll_wait`, printed in brackets, or in braces before 4.12.
  public var epollEvents: [EpollEvent] { elements.compactMap(EpollEvent.init) }
}
