import Testing
import TraceSyntax

@Suite("Socket addresses")
struct SocketAddressTests {
  static let any6 = SocketAddress.inet6(host: "::1", port: 443, scope: nil)

  @Test(
    "every spelling",
    arguments: [
      (#"{sa_family=AF_INET, sin_port=htons(80), sin_addr=inet_addr("1.2.3.4")}"#, .inet(host: "1.2.3.4", port: 80)),
      (#"{sa_family=0x2, sin_port="\x80\xc7", sin_addr="\x7f\x00\x00\x01"}"#, .inet(host: "127.0.0.1", port: 32967)),
      (
        #"{sa_family=0x2 /* AF_INET */, sin_port="\xb4\x33" /* htons(46131) */, sin_addr="\x7f\x00\x00\x01" /* inet_addr("127.0.0.1") */}"#,
        .inet(host: "127.0.0.1", port: 46131)
      ),
      (
        #"{sa_family=AF_INET6, sin6_port=htons(443), sin6_flowinfo=htonl(0), inet_pton(AF_INET6, "::1", &sin6_addr), sin6_scope_id=0}"#,
        any6
      ),
      (
        #"{sa_family=AF_INET6, sin6_port=htons(443), inet_pton(AF_INET6, "::1", &sin6_addr), sin6_flowinfo=0, sin6_scope_id=0}"#,
        any6
      ),
      (#"{sa_family=AF_INET6, sin6_port=htons(443), inet_pton(AF_INET6, "::1", &sin6_addr), sin6_flowinfo=0}"#, any6),
      (
        #"{sa_family=AF_INET6, sin6_port=htons(5), sin6_flowinfo=htonl(0), inet_pton(AF_INET6, "fe80::1", &sin6_addr), sin6_scope_id=if_nametoindex("lo")}"#,
        .inet6(host: "fe80::1", port: 5, scope: "lo")
      ),
      (
        #"{sa_family=0xa, sin6_port="\x00\x05", sin6_flowinfo="\x00\x00\x00\x00", sin6_addr="\xfe\x80\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01", sin6_scope_id=1}"#,
        .inet6(host: "fe80::1", port: 5, scope: "1")
      ),
      (
        #"{sa_family=0xa /* AF_INET6 */, sin6_port="\x00\x05" /* htons(5) */, sin6_addr="\xfe\x80\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01" /* inet_pton(AF_INET6, "fe80::1") */, sin6_scope_id=1 /* if_nametoindex("lo") */}"#,
        .inet6(host: "fe80::1", port: 5, scope: "lo")
      ),
      (#"{sa_family=AF_UNIX, sun_path="/run/x"}"#, .unixPath("/run/x")),
      (#"{sa_family=AF_LOCAL, sun_path="/tmp/g \"sock\"<1>\n"}"#, .unixPath("/tmp/g \"sock\"<1>\n")),
      (#"{sa_family=AF_UNIX, sun_path=@"abs<tract>\"q\""}"#, .unixAbstract("abs<tract>\"q\"")),
      (#"{sa_family=0x1, sun_path=@"abs\1x"}"#, .unixAbstract("abs\u{1}x")),
      (#"{sa_family=AF_FILE, path="/run/old"}"#, .unixPath("/run/old")),
      (#"{sa_family=AF_FILE, path=@"old"}"#, .unixAbstract("old")),
      ("{sa_family=AF_UNIX}", .unixUnnamed), ("{sa_family=AF_LOCAL, NULL}", .unixUnnamed), ("{sa_family=0x1}", .unixUnnamed),
      ("{sa_family=AF_NETLINK, nl_pid=12, nl_groups=00000400}", .netlink(pid: 12, groups: 0x400)),
      ("{sa_family=AF_NETLINK, pid=0, groups=00000000}", .netlink(pid: 0, groups: 0)),
      ("{sa_family=0x10, nl_pad=0x6100, nl_pid=0, nl_groups=00000000}", .netlink(pid: 0, groups: 0)),
      (#"{sa_family=0x4d /* AF_??? */, sa_data="\0"}"#, .other(family: "0x4d")),
      ("{sa_family=AF_VSOCK, svm_port=0x4d2}", .other(family: "AF_VSOCK")),
      ("{sa_family=AF_PACKET, proto=0x03, if1, pkttype=PACKET_HOST, addr(0)={0, }, 20", .other(family: "AF_PACKET")),
      ("NULL", nil), ("0x7ffc", nil), ("", nil), ("{}", nil), ("{sa_family=", nil),
      ("{sa_family=AF_INET, sin_port=htons(80)", nil),
      (#"{sa_family=AF_INET, sin_port=htons(99999), sin_addr=inet_addr("1.2.3.4")}"#, nil), (#""{sa_family=AF_UNIX}""#, nil),
    ] as [(String, SocketAddress?)])
  func spellings(text: String, expected: SocketAddress?) { #expect(value(text).socketAddress == expected) }

  @Test("names, as reports print them") func names() {
    #expect(SocketAddress.inet(host: "1.2.3.4", port: 80).name == "1.2.3.4:80" && Self.any6.name == "[::1]:443")
    #expect(SocketAddress.unixPath("/x").name == "/x" && SocketAddress.unixAbstract("x").name == "@x")
    #expect(SocketAddress.unixUnnamed.name == nil && SocketAddress.netlink(pid: 0, groups: 0).name == nil)
  }

  @Test(
    "families",
    arguments: [
      ("AF_INET", .inet), ("PF_LOCAL", .unix), ("AF_FILE", .unix), ("0xa /* AF_INET6 */", .inet6), ("16", .netlink),
      ("AF_PACKET", .other),
      ("NULL", nil), ("", nil),
    ] as [(String, AddressFamily?)])
  func family(text: String, expected: AddressFamily?) { #expect(value(text).addressFamily == expected) }
}
