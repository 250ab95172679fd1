import Testing

@testable import TraceProcesses

@Suite("Both ends of a connection in one log")
struct LoopbackTests {
  /// A listener on port 80 and on a path; `accept` tells no address.
  static let listeners = """
    7     socket(AF_INET, SOCK_STREAM, IPPROTO_IP) = 3
    7     bind(3, {sa_family=AF_INET, sin_port=htons(80), sin_addr=inet_addr("0.0.0.0")}, 16) = 0
    7     listen(3, 5) = 0
    7     socket(AF_UNIX, SOCK_STREAM, 0) = 4
    7     bind(4, {sa_family=AF_UNIX, sun_path="/run/x"}, 110) = 0
    7     listen(4, 5) = 0

    """
  static func connect(_ tid: Int, _ fd: Int, _ outcome: String = "= 0") -> String {
    "\(tid)     connect(\(fd), {sa_family=AF_INET, sin_port=htons(80), sin_addr=inet_addr(\"127.0.0.1\")}, 16) \(outcome)\n"
  }

  static func name(_ tid: Int, _ fd: Int, _ port: Int) -> String {
    "\(tid)     getsockname(\(fd), {sa_family=AF_INET, sin_port=htons(\(port)), sin_addr=inet_addr(\"127.0.0.1\")}, [16]) = 0\n"
  }

  @Test("accept(fd, NULL, NULL) gives the end that connected, by its address or its descriptor", arguments: [0, 1, 2])
  func accepted(when: Int) throws {
    // getsockname of the client: never, before the accept, after it.
    let log = try ModelLog(
      Self.listeners + "9     socket(AF_INET, SOCK_STREAM, IPPROTO_IP) = 5\n" + Self.connect(9, 5)
        + (when == 1 ? Self.name(9, 5, 4711) : "") + "7     accept(3, NULL, NULL) = 6\n"
        + (when == 2 ? Self.name(9, 5, 4711) : ""), Self.apart)
    #expect(log.what(6)?.peer == (when == 0 ? "9:5" : "127.0.0.1:4711"))
    #expect(log.what(6)?.pairedWith == log.description(5) && log.what(5)?.pairedWith == log.description(6))
    #expect(log.what(5)?.peer == "127.0.0.1:80")
  }

  @Test("what a call says of the peer wins") func said() throws {
    let log = try ModelLog(
      Self.listeners + "9     socket(AF_INET, SOCK_STREAM, IPPROTO_IP) = 5\n" + Self.connect(9, 5)
        + "7     accept(3, NULL, NULL) = 6\n"
        + "7     getpeername(6, {sa_family=AF_INET, sin_port=htons(4712), sin_addr=inet_addr(\"10.0.0.9\")}, [16]) = 0\n"
        + Self.name(9, 5, 4711), Self.apart)
    #expect(log.what(6)?.peer == "10.0.0.9:4712")
  }

  @Test("a local socket") func unix() throws {
    let log = try ModelLog(
      Self.listeners + """
        9     socket(AF_UNIX, SOCK_STREAM, 0) = 5
        9     connect(5, {sa_family=AF_UNIX, sun_path="/run/x"}, 110) = 0
        7     accept(4, {sa_family=AF_UNIX}, [110 => 2]) = 6

        """, Self.apart)
    #expect(log.what(6)?.peer == "9:5" && log.what(6)?.pairedWith == log.description(5))
    #expect(log.what(5)?.peer == "/run/x")
  }

  @Test("connects one after the other are accepted in that order") func order() throws {
    let log = try ModelLog(
      Self.listeners + "8     socket(AF_INET, SOCK_STREAM, IPPROTO_IP) = 5\n9     socket(AF_INET, SOCK_STREAM, IPPROTO_IP) = 5\n"
        + Self.connect(8, 5) + Self.connect(9, 5, "= -1 EINPROGRESS (Operation now in progress)")
        + "7     accept(3, NULL, NULL) = 6\n7     accept4(3, NULL, NULL, SOCK_CLOEXEC) = 7\n", Self.apart)
    #expect(log.what(6)?.peer == "8:5" && log.what(7)?.peer == "9:5")
  }

  @Test("an accept may return before the connect that it answers") func inFlight() throws {
    let log = try ModelLog(
      Self.listeners + "9     socket(AF_INET, SOCK_STREAM, IPPROTO_IP) = 5\n7     accept(3,  <unfinished ...>\n"
        + Self.connect(9, 5, "<unfinished ...>").replacing(") <unf", with: " <unf")
        + "7     <... accept resumed>NULL, NULL) = 6\n9     <... connect resumed>) = 0\n", Self.apart)
    #expect(log.what(6)?.peer == "9:5")
  }

  @Test("connects that overlap could be either") func overlapping() throws {
    let log = try ModelLog(
      Self.listeners + "8     socket(AF_INET, SOCK_STREAM, IPPROTO_IP) = 5\n9     socket(AF_INET, SOCK_STREAM, IPPROTO_IP) = 5\n"
        + Self.connect(8, 5, "<unfinished ...>").replacing(") <unf", with: " <unf") + Self.connect(9, 5)
        + "8     <... connect resumed>) = 0\n7     accept(3, NULL, NULL) = 6\n7     accept(3, NULL, NULL) = 7\n", Self.apart)
    #expect(log.what(6)?.peer == nil && log.what(7)?.peer == nil)
  }

  @Test("another machine, a refused connect and another port are none of it") func others() throws {
    let log = try ModelLog(
      Self.listeners + """
        9     socket(AF_INET, SOCK_STREAM, IPPROTO_IP) = 5
        9     connect(5, {sa_family=AF_INET, sin_port=htons(80), sin_addr=inet_addr("10.0.0.1")}, 16) = 0
        9     socket(AF_INET, SOCK_STREAM, IPPROTO_IP) = 6
        9     connect(6, {sa_family=AF_INET, sin_port=htons(81), sin_addr=inet_addr("127.0.0.1")}, 16) = 0
        9     socket(AF_INET, SOCK_STREAM, IPPROTO_IP) = 7
        9     connect(7, {sa_family=AF_INET, sin_port=htons(80), sin_addr=inet_addr("127.0.0.1")}, 16) = -1 ECONNREFUSED (Connection refused)
        7     accept(3, NULL, NULL) = 8

        """, Self.apart)
    #expect(log.what(8)?.peer == nil && log.what(8)?.pairedWith == -1)
  }

  private static var apart: ProcessOptions {
    var options = ProcessOptions()
    options.grouping = .each
    return options
  }
}

@Suite("shutdown")
struct ShutdownTests {
  @Test(
    "which directions, in the spelling of any strace",
    arguments: [
      ("SHUT_RD", "read"), ("SHUT_WR", "write"), ("SHUT_RDWR", "both"), ("0 /* receive */", "read"), ("1 /* send */", "write"),
      ("2 /* send and receive */", "both"), ("0x1 /* SHUT_WR */", "write"), ("2", "both"), ("7", ""),
    ])
  func directions(how: String, name: String) throws {
    let log = try ModelLog("7     socket(AF_INET, SOCK_STREAM, 0) = 3\n7     dup(3) = 4\n7     shutdown(4, \(how)) = 0\n")
    // Of the socket, whichever descriptor it was asked of.
    #expect(log.what(3)?.shutDown.name == name)
    #expect(log.use(3)?.on == "4/0")
  }

  @Test("one that failed ends nothing, and two add up") func several() throws {
    let log = try ModelLog(
      """
      7     socket(AF_INET, SOCK_STREAM, 0) = 3
      7     shutdown(3, SHUT_RDWR) = -1 ENOTCONN (Transport endpoint is not connected)
      7     socket(AF_INET, SOCK_STREAM, 0) = 4
      7     shutdown(4, SHUT_RD) = 0
      7     shutdown(4, SHUT_WR) = 0

      """)
    #expect(log.what(3)?.shutDown == [] && log.what(4)?.shutDown == [.read, .write])
  }
}
