/// perf's arguments in strace's spelling, put together from a list of strings.
enum PerfTraceReferenceArguments {
  /// Names of arguments of the calls in the fixtures. `?` marks those that are not written when they are left out.
  private static let names: [String: String] = [
    "read": "fd buf count", "pread64": "fd buf count pos", "readv": "fd vec vlen", "preadv": "fd vec vlen pos_l pos_h",
    "write": "fd buf count", "pwrite64": "fd buf count pos", "writev": "fd vec vlen",
    "recvfrom": "fd ubuf size flags addr addr_len",
    "pwritev": "fd vec vlen pos_l pos_h", "preadv2": "fd vec vlen pos_l pos_h flags", "pwritev2": "fd vec vlen pos_l pos_h flags",
    "sendto": "fd buff len flags addr addr_len", "recvmsg": "fd msg flags", "sendmsg": "fd msg flags",
    "recvmmsg": "fd mmsg vlen flags timeout", "sendmmsg": "fd mmsg vlen flags", "openat": "dfd filename flags mode",
    "open": "filename flags mode", "close": "fd", "dup": "fildes", "dup2": "oldfd newfd", "dup3": "oldfd newfd flags",
    "pipe2": "fildes flags", "fcntl": "fd cmd arg", "ioctl": "fd cmd arg", "socket": "family type protocol",
    "socketpair": "family type protocol usockvec", "bind": "fd umyaddr addrlen", "listen": "fd backlog",
    "connect": "fd uservaddr addrlen", "accept": "fd upeer_sockaddr upeer_addrlen",
    "accept4": "fd upeer_sockaddr upeer_addrlen flags", "getsockname": "fd usockaddr usockaddr_len", "shutdown": "fd how",
    "getpeername": "fd usockaddr usockaddr_len", "setsockopt": "fd level optname optval optlen",
    "getsockopt": "fd level optname optval optlen", "clone": "clone_flags newsp parent_tidptr child_tidptr tls",
    "clone3": "uargs size", "execve": "filename argv envp", "exit": "error_code", "exit_group": "error_code",
    "futex": "uaddr op val ?utime ?uaddr2 ?val3", "epoll_wait": "epfd events maxevents timeout",
    "epoll_create1": "flags", "epoll_ctl": "epfd op fd event", "eventfd2": "count flags", "timerfd_create": "clockid flags",
    "sendfile": "out_fd in_fd offset count", "sendfile64": "out_fd in_fd offset count",
    "splice": "fd_in off_in fd_out off_out len flags", "tee": "fdin fdout len flags",
    "copy_file_range": "fd_in off_in fd_out off_out len flags", "close_range": "fd max_fd flags", "lseek": "fd offset whence",
    "ftruncate": "fd length", "fstat": "fd statbuf", "unshare": "unshare_flags", "memfd_create": "uname flags", "fsync": "fd",
    "vmsplice": "fd uiov nr_segs flags",
  ]

  static func spelled(_ call: String, _ text: String) -> String {
    guard let order = names[call]?.split(separator: " ").map(String.init) else { return text }
    var places: [String] = []
    for (name, value) in split(text) {
      let known = name.flatMap { name in order[min(places.count, order.count)...].firstIndex { $0.drop(mark) == name } }
      while let known, places.count < known {
        places.append(order[places.count].hasPrefix("?") ? "" : zero(call, order[places.count]))
      }
      let argument = places.count < order.count ? order[places.count].drop(mark) : ""
      places.append(respelled(value, call, argument, places))
    }
    while places.count < order.count { places.append(order[places.count].hasPrefix("?") ? "" : zero(call, order[places.count])) }
    return places.filter { !$0.isEmpty }.joined(separator: ", ")
  }

  /// Decimal escapes of up to three digits -> octal ones, as short as the next character allows.
  private static func octal(_ text: String) -> String {
    text.replacing(#/\\(\d{1,3})(?=(\d?))/#) { match in
      let digits = String(Int(match.1)!, radix: 8)
      return "\\" + (match.2.isEmpty ? digits : String(repeating: "0", count: 3 - digits.count) + digits)
    }
  }

  private static func mark(_ c: Character) -> Bool { c == "?" }

  private static func zero(_ call: String, _ name: String) -> String {
    switch (call, name) {
    case ("clone", "clone_flags"): "flags=0"
    case ("futex", "op"): "FUTEX_WAIT"
    case (_, "family"): "AF_UNSPEC"
    default: "0"
    }
  }

  /// `name: value` pairs; a comma in `<...>`, `"..."` or `{...}` is no separator.
  private static func split(_ text: String) -> [(name: String?, value: String)] {
    var pieces: [String] = []
    var depth = 0
    var quoted = false
    var piece = ""
    var rest = text[...]
    while let c = rest.first {
      if depth == 0, !quoted, rest.prefixMatch(of: #/, [A-Za-z0-9_]+: /#) != nil {
        pieces.append(piece)
        piece = ""
        rest = rest.dropFirst(2)
        continue
      }
      if c == "\"" { quoted.toggle() }
      if c == "<" || c == "{" || c == "[" { depth += 1 }
      if c == ">" || c == "}" || c == "]" { depth -= 1 }
      piece.append(c)
      rest = rest.dropFirst()
    }
    if !piece.isEmpty { pieces.append(piece) }
    return pieces.map { piece in
      guard let name = piece.prefixMatch(of: #/([A-Za-z0-9_]+): /#) else { return (nil, piece) }
      return (String(name.1), String(piece[name.range.upperBound...]))
    }
  }

  private static func respelled(_ value: String, _ call: String, _ name: String, _ before: [String]) -> String {
    func flags(_ prefix: String) -> String {
      value.split(separator: "|", omittingEmptySubsequences: false)
        .map { $0.first?.isUppercase == true && !$0.hasPrefix(prefix) ? prefix + $0 : String($0) }.joined(separator: "|")
    }
    if value.hasPrefix("\"") { return octal(value) }
    if let address = value.wholeMatch(of: #/{ \.family: INET, port: (\d+), addr: ([0-9.]+) }/#) {
      return "{sa_family=AF_INET, sin_port=htons(\(address.1)), sin_addr=inet_addr(\"\(address.2)\")}"
    }
    if let address = value.wholeMatch(of: #/{ \.family: LOCAL, path: (.+) }/#) {
      return "{sa_family=AF_UNIX, sun_path=\"\(address.1)\"}"
    }
    if value.hasPrefix("/") { return "\"\(value)\"" }
    switch (call, name) {
    case (_, "dfd"): return value == "CWD" ? "AT_FDCWD" : value
    case (_, "family"): return "AF_" + (value == "LOCAL" ? "UNIX" : value)
    case ("socket", "type"), ("socketpair", "type"), ("accept4", "flags"):
      guard let number = Int(value) else { return flags("SOCK_") }
      return number & 0x80000 != 0 ? "SOCK_CLOEXEC" + (number == 0x80000 ? "" : "|\(number)") : value
    case (_, "protocol"): return flags("IPPROTO_")
    case ("openat", "flags"), ("open", "flags"), ("pipe2", "flags"), ("dup3", "flags"):
      guard let number = Int(value) else { return flags("O_") }
      return number & 0x80000 != 0 ? "O_CLOEXEC" + (number == 0x80000 ? "" : "|\(number)") : value
    case ("recvfrom", "flags"), ("sendto", "flags"), ("recvmsg", "flags"), ("sendmsg", "flags"), ("recvmmsg", "flags"),
      ("sendmmsg", "flags"):
      return flags("MSG_")
    case ("fcntl", "cmd"): return flags("F_")
    case ("fcntl", "arg"): return before.last == "F_SETFD" ? "FD_CLOEXEC" : value
    case ("clone", "clone_flags"): return "flags=" + flags("CLONE_")
    case ("unshare", _): return flags("CLONE_")
    case ("futex", "op"):
      return flags("FUTEX_").replacing("|FUTEX_PRIVATE_FLAG", with: "_PRIVATE").replacing("|FUTEX_PRIV", with: "_PRIVATE")
    case ("futex", "val3"): return flags("FUTEX_BITSET_")
    case ("epoll_ctl", "op"): return flags("EPOLL_CTL_")
    case ("epoll_create1", "flags"): return value == "524288" ? "EPOLL_CLOEXEC" : flags("EPOLL_")
    case ("eventfd2", "flags"): return flags("EFD_")
    default: return value
    }
  }
}

extension String {
  fileprivate func drop(_ isDropped: (Character) -> Bool) -> String { String(drop(while: isDropped)) }
}
