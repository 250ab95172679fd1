import Testing
import TraceTestSupport
import Tracestat

@Suite("Arguments of a call, as scripts read them")
struct CallArgumentsTests {
  private static func calls(_ text: String) throws -> [Call] {
    let folder = try TemporaryFolder(log: text)
    return Array(try TraceLog(folder.log).calls())
  }

  @Test("typed, after the log is gone; both halves of a stitched call") func readers() throws {
    let calls = try Self.calls(
      """
      7     openat(AT_FDCWD, "/etc/hosts", O_RDONLY|O_CLOEXEC) = 3 <0.000010>
      7     connect(4, {sa_family=AF_INET, sin_port=htons(80), sin_addr=inet_addr("1.2.3.4")}, 16) = 0
      7     futex(0x55e0, FUTEX_WAIT_PRIVATE, 2, {tv_sec=1, tv_nsec=5} <unfinished ...>
      8     read(3, "abc"..., 4096) = 4096
      7     <... futex resumed>) = -1 ETIMEDOUT (Connection timed out)
      8     recvfrom(4,  <unfinished ...>
      7     clone(child_stack=NULL, flags=CLONE_VM|CLONE_FILES, child_tidptr=0x7f) = 9
      8     <... recvfrom resumed>"x", 64, 0, NULL, NULL) = 1
      7     poll([{fd=3, events=POLLIN}], 1, -1) = 1 ([{fd=3, revents=POLLHUP}]) <0.000008>
      7     poll([{fd=3, events=POLLIN}], 1, -1 <unfinished ...>
      8     writev(1, [{iov_base="a", iov_len=1}, {iov_base="b", iov_len=1}], 2) = 2
      7     <... poll resumed>) = 1 ([{fd=3, revents=POLLIN}])

      """)
    try #require(calls.count == 9)
    #expect(calls[0].descriptor(0) == -100 && calls[0].string(1) == "/etc/hosts")
    #expect(calls[0].flags(2).map(\.text) == ["O_RDONLY", "O_CLOEXEC"] && calls[0].argument(2).contains("O_CLOEXEC"))
    #expect(calls[0].argument(7).isEmpty && calls[0].string(7) == nil && "\(calls[0].arguments)".hasPrefix("AT_FDCWD, "))
    #expect(calls[1].socketAddress(1) == .inet(host: "1.2.3.4", port: 80) && calls[1].number(2) == 16)
    #expect(calls[2].argument(1).string?.isTruncated == true)
    #expect(calls[3].futexOperation()?.command == .wait && calls[3].futexOperation(1)?.isPrivate == true)
    #expect(calls[3].timespec(3) == 1_000_000_005 && calls[3].auxiliary.isEmpty)
    #expect(calls[4].argument("flags").contains("CLONE_FILES") && calls[4].argument("parent_tid").isEmpty)
    #expect(calls[5].string(1) == "x" && calls[5].number(0) == 4)
    #expect(calls[6].auxiliary[0].pollDescriptors.first?.readyEvents.text == "POLLHUP")
    #expect(calls[7].ioVectors(1).map(\.length) == [1, 1])
    #expect(calls[8].auxiliary[0].pollDescriptors.first?.readyEvents.text == "POLLIN")
    #expect(calls[8].argumentBytes == Array("[{fd=3, events=POLLIN}], 1, -1".utf8))
  }

  @Test("what a line put together from pieces says behind its result") func pieces() throws {
    let calls = try Self.calls(
      """
      poll([{fd=3, events=POLLIN}], 1, -1strace: Process 8 attached
      ) = 1 ([{fd=3, revents=POLLIN}])
      close(3) = 0

      """)
    #expect(calls.first?.syscall == "poll" && calls.first?.auxiliary[0].pollDescriptors.count == 1)
    #expect(calls.last?.auxiliary.isEmpty == true)
  }

  @Test("of every call of the captures", arguments: Capture.all) func captures(capture: Capture) throws {
    let folder = try TemporaryFolder(log: String(decoding: try capture.bytes(), as: UTF8.self))
    for call in try TraceLog(folder.log).calls() {
      if call.syscall == "poll", call.result > 0, call.errno == nil {
        #expect(call.auxiliary[0].pollDescriptors.count == Int(call.result), "line \(call.line)")
      }
      if call.syscall == "futex", call.arguments.count > 1 { #expect(call.futexOperation() != nil, "line \(call.line)") }
      if call.syscall == "openat", call.arguments.count > 2 { #expect(call.string(1) != nil, "line \(call.line)") }
    }
  }
}
