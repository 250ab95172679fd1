import TraceSyntax

/// What a descriptor refers to.
public enum DescriptorKind: String, Sendable, CaseIterable {
  case unknown = ""
  case file, directory, device, pipe, socket, tcp, udp, unix, netlink
  case epoll, eventfd, timerfd, signalfd, inotify, memfd, pidfd, other
  case ioUring = "io_uring"
}

/// The connection or file behind one or more descriptors (dup, fork and SCM_RIGHTS share it): an open file description of
/// `man 2 open`.
public struct OpenDescription: Sendable {
  public var kind = DescriptorKind.unknown
  public var local: String?
  public var peer: String?
  public var path: String?
  /// The descriptors that refer to it now: in all tables, as far as the log tells.
  public internal(set) var descriptorCount: Int32 = 0
  /// Whether it was connected, accepted, made in a pair, or listens.
  public internal(set) var origin = DescriptionOrigin.unknown
  /// Index of the description at the other end of a pipe or local connection, or -1 where the log does not tell.
  public internal(set) var pairedWith: Int32 = -1
  /// The directions that this end shut down.
  public internal(set) var shutDown: ShutdownDirections = []
  /// Whether ``peer`` is the connecting end that the log holds, and no call said so.
  var isPeerInferred = false
  /// Boxed: most descriptions have none, and there is one for every connection that ever was.
  private var rtmpSession: RTMPSession.Box?
  /// RTMP where recognised, with the line it rests on.
  public var rtmp: RTMPSession? {
    get { rtmpSession?.session }
    set { rtmpSession = newValue.map(RTMPSession.Box.init) }
  }
  /// Another protocol where recognised, with the line it rests on.
  public internal(set) var application: ApplicationSession?
  /// The `-s` that would have shown enough of the first payloads to tell their protocol; 0 where none was cut.
  var sufficientForProtocol: UInt16 = 0

  /// The protocol's name in reports, or empty. RTMP's commands are proof whatever came before.
  public var protocolName: String { rtmp == nil ? application?.name.rawValue ?? "" : "rtmp" }
  /// The line that the protocol's name rests on; nil without a protocol.
  public var evidenceLine: Int? { rtmp?.evidenceLine ?? application?.evidenceLine }
  /// The `-s` that would have shown what is missing of the first payloads; nil where nothing is, or none would do.
  public var sufficientStringLimit: Int? {
    if rtmp != nil { return nil }
    return application.map(\.sufficient) ?? (sufficientForProtocol > 0 ? Int(sufficientForProtocol) : nil)
  }
  /// The RTMP stream name, where the string showed it.
  public var stream: String? { rtmp?.stream }

  /// Whether both cannot be one description: another kind of thing, or another peer. Paths may change under a descriptor (rename),
  /// and sockets gain addresses.
  func contradicts(_ other: OpenDescription) -> Bool {
    if let peer, let theirs = other.peer, peer != theirs { return true }
    let vague: Set<DescriptorKind> = [.unknown, .socket, .other]
    if vague.contains(kind) || vague.contains(other.kind) { return false }
    let files: Set<DescriptorKind> = [.file, .directory, .device]
    return kind != other.kind && !(files.contains(kind) && files.contains(other.kind))
  }

  /// Takes over what perf found in /proc, where nothing better is known: a name of a file for what a call opened without showing its path, and a
  /// kind and a name for what was never seen opened. Never evidence against anything; false where nothing was taken.
  mutating func takeLateName(_ text: UnsafeRawBufferPointer) -> Bool {
    var found = OpenDescription()
    found.decorate(text)
    switch kind {
    case .unknown: kind = found.kind
    case .file where found.kind == .file: break
    default: return false
    }
    if path == nil { path = found.path }
    return true
  }

  /// Takes over what a `-y`/`-yy` decoration says; it wins over inference.
  mutating func decorate(_ text: UnsafeRawBufferPointer) {
    let name = String(decoding: text.prefix(4096), as: UTF8.self)
    if name.hasPrefix("/") {
      if let nested = name.lastIndex(of: "<"), name.hasSuffix(">") {
        path = String(name[..<nested])
        kind = name[nested...].hasPrefix("<char") || name[nested...].hasPrefix("<block") ? .device : .file
      } else {
        path = name
        if kind == .unknown || kind == .other { kind = name.hasPrefix("/memfd:") ? .memfd : .file }
      }
      return
    }
    guard let bracket = name.range(ofFirst: ":[") else {
      if name == "anon_inode:inotify" { kind = .inotify }
      // A pidfd since strace 5.11.
      if name.hasPrefix("pid:") { kind = .pidfd }
      return
    }
    let label = String(name[..<bracket.lowerBound])
    var content = String(name[bracket.upperBound...])
    if content.hasSuffix("]") { content.removeLast() }
    switch label {
    case "pipe": kind = .pipe
    case "socket": if kind == .unknown { kind = .socket }
    case "anon_inode":
      kind =
        switch content {
        case "eventpoll": .epoll
        case "eventfd": .eventfd
        case "timerfd": .timerfd
        case "signalfd": .signalfd
        case "inotify": .inotify
        case "pidfd": .pidfd
        case "io_uring": .ioUring
        default: .other
        }
    case let family where family.hasPrefix("TCP"): endpoints(content, .tcp)
    case let family where family.hasPrefix("UDP"): endpoints(content, .udp)
    case let family where family.hasPrefix("UNIX"): unix(content)
    case "NETLINK":
      kind = .netlink
      peer = content
    default: if kind == .unknown { kind = .socket }
    }
  }

  /// `127.0.0.1:80->127.0.0.1:51194`, `127.0.0.1:80` (listening or unconnected), `1104240` (an inode: not bound).
  private mutating func endpoints(_ text: String, _ kind: DescriptorKind) {
    self.kind = kind
    guard text.contains(":") else { return }
    if let arrow = text.range(ofFirst: "->") {
      local = String(text[..<arrow.lowerBound])
      peer = String(text[arrow.upperBound...])
      isPeerInferred = false
    } else {
      local = text
    }
  }

  /// `1104297->1104299,"/tmp/s"`: inodes, and the path of whichever side has one.
  private mutating func unix(_ text: String) {
    kind = .unix
    if let quote = text.firstIndex(of: "\""), text.hasSuffix("\""), quote != text.index(before: text.endIndex) {
      let name = text[text.index(after: quote)..<text.index(before: text.endIndex)]
      let isAbstract = quote > text.startIndex && text[text.index(before: quote)] == "@"
      path = (isAbstract ? "@" : "") + name
    }
  }
}

extension String {
  fileprivate func range(ofFirst needle: String) -> Range<String.Index>? {
    var i = startIndex
    while i < endIndex {
      if self[i...].hasPrefix(needle) { return i..<index(i, offsetBy: needle.count) }
      i = index(after: i)
    }
    return nil
  }
}
