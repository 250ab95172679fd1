import Testing
import TraceSyntax

@Suite("Socket addresses")
struct SocketAddressTests {
  @Test(
    "texts",
    arguments: [
      (#"3, {sa_family=AF_INET, sin_port=htons(80), sin_addr=inet_addr("1.2.3.4")}, 16"#, "1.2.3.4:80"),
      (
        #"3, {sa_family=AF_INET6, sin6_port=htons(443), sin6_flowinfo=htonl(0), inet_pton(AF_INET6, "::1", &sin6_addr), sin6_scope_id=0}, 28"#,
        "[::1]:443"
      ),
      (
        #"3, {sa_family=AF_INET6, sin6_port=htons(443), inet_pton(AF_INET6, "fe80::1", &sin6_addr), sin6_flowinfo=0}, 28"#,
        "[fe80::1]:443"
      ),
      (#"3, {sa_family=AF_UNIX, sun_path="/run/x"}, 110"#, "/run/x"),
      (#"3, {sa_family=AF_UNIX, sun_path=@"abstract"}, 110"#, "@abstract"),
      (#"3, {sa_family=AF_FILE, path="/run/old"}, 110"#, "/run/old"),
      (#"3, {sa_family=AF_FILE, path=@"old"}, 110"#, "@old"),
      ("3, {sa_family=AF_UNIX}, 2", nil), ("3, NULL, NULL", nil),
      ("3, {sa_family=AF_NETLINK, nl_pid=0, nl_groups=00000000}, 12", nil),
      ("", nil),
    ] as [(String, String?)])
  func text(arguments: String, expected: String?) {
    #expect(Array(arguments.utf8).withUnsafeBytes { SocketAddress.text(in: $0) } == expected)
  }

  @Test(
    "families",
    arguments: [
      ("AF_INET, SOCK_STREAM, 0", "INET"), ("3, {sa_family=AF_UNIX, sun_path=\"/x\"}", "UNIX"), ("2, 1, 0", nil),
    ] as [(String, String?)])
  func family(arguments: String, expected: String?) {
    #expect(Array(arguments.utf8).withUnsafeBytes { SocketAddress.family(in: $0) } == expected)
  }
}
