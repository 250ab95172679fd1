/// One buffer of a vector: `{iov_base="abc", iov_len=3}`, `{"abc", 3}` (before 4.13).
public struct IOVector: Sendable {
  /// A literal, a pointer, or what strace made of the bytes (netlink messages).
  public let base: CallArgument
  /// Its size, which may exceed what was read into it.
  public let length: UInt64

  init?(_ argument: CallArgument) {
    guard let length = argument.field("iov_len", at: 1).unsigned else { return nil }
    base = argument.field("iov_base", at: 0)
    self.length = length
  }
}

/// A control message: `{cmsg_len=20, cmsg_level=SOL_SOCKET, cmsg_type=SCM_RIGHTS, cmsg_data=[4]}`; before 4.15 the data has no name,
/// and in still older logs its brackets are braces.
public struct ControlMessage: Sendable {
  private let fields: CallArgument

  init?(_ argument: CallArgument) {
    guard !argument["cmsg_len"].isEmpty else { return nil }
    fields = argument
  }

  public var level: CallArgument { fields["cmsg_level"] }
  public var type: CallArgument { fields["cmsg_type"] }
  public var data: CallArgument {
    for field in fields.fields where field.nameCount == 0 || field.isNamed("cmsg_data") { return field }
    return fields.empty
  }

  /// Whether descriptors are passed.
  public var isRights: Bool { type.isConstant("SCM_RIGHTS", 1) && (level.isEmpty || level.isConstant("SOL_SOCKET", 1)) }
  /// The descriptors of SCM_RIGHTS, with their decorations; nothing for other types.
  public var descriptors: [CallArgument] { isRights ? data.elements.filter { $0.descriptor != nil } : [] }
}

/// The `msghdr` of `sendmsg` and `recvmsg`: `{msg_name=..., msg_iov=[...], msg_control=[...], msg_flags=0}`, or
/// `{msg_name(0)=NULL, msg_iov(1)=[...], ...}` (up to 4.12).
public struct MessageHeader: Sendable {
  private let fields: CallArgument

  init?(_ argument: CallArgument) {
    guard argument.isStructure else { return nil }
    fields = argument
  }

  /// The other side's address where the message carries one.
  public var name: SocketAddress? { fields["msg_name"].socketAddress }
  public var vectors: [IOVector] { fields["msg_iov"].ioVectors }
  public var flags: CallArgument { fields["msg_flags"] }

  public var controlMessages: [ControlMessage] {
    var messages: [ControlMessage] = []
    // A list, or, in older logs, one after the other among the fields.
    for field in fields.fields where field.nameCount == 0 || field.isNamed("msg_control") {
      if let alone = ControlMessage(field) {
        messages.append(alone)
      } else {
        messages += field.elements.compactMap(ControlMessage.init)
      }
    }
    return messages
  }

  /// The descriptors passed with the message, with their decorations.
  public var rights: [CallArgument] { controlMessages.flatMap(\.descriptors) }
}

/// One message of `sendmmsg` and `recvmmsg`: `{msg_hdr={...}, msg_len=3}`, `{{...}, 3}` (up to 4.12).
public struct BatchedMessage: Sendable {
  public let header: MessageHeader
  /// Bytes moved; nil where they are not printed.
  public let length: UInt64?

  init?(_ argument: CallArgument) {
    guard let header = MessageHeader(argument.field("msg_hdr", at: 0)) else { return nil }
    self.header = header
    length = argument.field("msg_len", at: 1).unsigned
  }
}

extension CallArgument {
  /// The buffers of `readv`, `writev` and their kin, and of a message.
  public var ioVectors: [IOVector] { elements.compactMap(IOVector.init) }
  /// The message of `sendmsg`, `recvmsg`; nil where it is not printed.
  public var messageHeader: MessageHeader? { MessageHeader(self) }
  /// The messages of `sendmmsg`, `recvmmsg`.
  public var messages: [BatchedMessage] { elements.compactMap(BatchedMessage.init) }
}
