import Testing

@testable import TraceSyntax

@Suite("Structures and arrays")
struct StructureTests {
  @Test("fields and elements") func fields() {
    let stat = value(#"{st_mode=S_IFREG|0644, st_size=46739, st_name="a, b}", st_t={tv_sec=1}, ...}"#)
    #expect(stat.fields.map { $0.name ?? "-" } == ["st_mode", "st_size", "st_name", "st_t"])
    #expect(
      stat["st_size"].number == 46739 && stat["st_name"].string?.description == "a, b}" && stat["st_t"]["tv_sec"].number == 1)
    #expect(stat["nothing"].isEmpty && stat[7].isEmpty && stat.isAbbreviated && !stat["st_t"].isAbbreviated)
    #expect(value(#"["a", "b c", ...]"#).elements.compactMap(\.string?.description) == ["a", "b c"])
    #expect(value(#"["a", ...]"#).isAbbreviated && value("[...]").isAbbreviated && !value("[]").isAbbreviated)
    #expect(value("{0x561f, [USR2], SA_RESTORER, 0x7f80}").fields.map(\.text) == ["0x561f", "[USR2]", "SA_RESTORER", "0x7f80"])
    #expect(Array(value("3").elements).isEmpty && Array(value("").fields).isEmpty && Array(value("[").elements).isEmpty)
    #expect(value("{addr(0)={0, }, 20").fields.map(\.text) == ["{0, }", "20"])
  }

  @Test(
    "times",
    arguments: [
      ("{tv_sec=1, tv_nsec=500000000}", 1_500_000_000), ("{1, 5}", 1_000_000_005), ("{tv_sec=0, tv_usec=9}", 9000),
      ("{0, 2000000}", 2_000_000),
      ("{tv_sec=-1, tv_nsec=0}", -1_000_000_000), ("{tv_sec=2147483648000000, tv_nsec=3629416704}", .max),
      ("{-9223372036854775808, 0}", .min),
      ("NULL", nil), ("{tv_sec=1}", nil), ("{UTIME_NOW, UTIME_OMIT}", nil), ("{tv_sec=0, tv_nsec=UTIME_NOW}", nil),
      ("{1, 2, 3}", nil), ("{", nil),
      ("{tv_sec=1 /* 1970-01-01T00:00:01+0000 */, tv_nsec=5}", 1_000_000_005), ("0x7ffc", nil),
    ] as [(String, Int64?)])
  func timespec(text: String, expected: Int64?) { #expect(value(text).timespec == expected) }

  @Test("times in microseconds, and timers") func timers() {
    #expect(value("{0, 997}").timeval == 997_000 && value("{tv_sec=0, tv_usec=997}").timeval == 997_000)
    #expect(value("{0, 9223372036854775807}").timeval == .max)
    #expect(
      value("{it_interval={tv_sec=0, tv_usec=0}, it_value={tv_sec=0, tv_usec=10000}}").itimerval
        == TimerSetting(interval: 0, value: 10_000_000))
    #expect(value("{it_interval={0, 8000}, it_value={0, 9000}}").itimerval == TimerSetting(interval: 8_000_000, value: 9_000_000))
    #expect(value("{{0, 8000}, {1, 0}}").itimerspec == TimerSetting(interval: 8000, value: 1_000_000_000))
    #expect(value("NULL").itimerspec == nil)
  }

  @Test(
    "vectors",
    arguments: [
      #"[{iov_base="abc", iov_len=3}, {iov_base="", iov_len=50}, {iov_base="de"..., iov_len=18446744073709551615}]"#,
      #"[{"abc", 3}, {"", 50}, {"de"..., 18446744073709551615}]"#,
    ])
  func vectors(text: String) {
    let vectors = value(text).ioVectors
    #expect(vectors.map { $0.base.string?.description } == ["abc", "", "de"] && vectors.map(\.length) == [3, 50, .max])
    #expect(value("0x1").ioVectors.isEmpty)
  }

  @Test(
    "messages and the descriptors that they bring",
    arguments: [
      #"{msg_name=NULL, msg_namelen=0, msg_iov=[{iov_base="F", iov_len=1}], msg_iovlen=1, msg_control=[{cmsg_len=28, cmsg_level=SOL_SOCKET, cmsg_type=SCM_CREDENTIALS, cmsg_data={pid=4768, uid=0, gid=0}}, {cmsg_len=20, cmsg_level=SOL_SOCKET, cmsg_type=SCM_RIGHTS, cmsg_data=[4</etc/a, b>, 7<pipe:[1]>]}], msg_controllen=56, msg_flags=MSG_CTRUNC}"#,
      #"{msg_name(0)=NULL, msg_iov(1)=[{"F", 1}], msg_controllen=64, {cmsg_len=28, cmsg_level=SOL_SOCKET, cmsg_type=SCM_RIGHTS, {4, 7}}, msg_flags=MSG_CTRUNC}"#,
      #"{msg_name(0)=NULL, msg_iov(1)=[{"F", 1}], msg_controllen=64, [{cmsg_len=28, cmsg_level=SOL_SOCKET, cmsg_type=SCM_RIGHTS, [4, 7]}], msg_flags=MSG_CTRUNC}"#,
      #"{msg_name=NULL, msg_iov=[{iov_base="F", iov_len=1}], msg_control={cmsg_len=28, cmsg_level=0x1, cmsg_type=0x1, [4, 7]}, msg_flags=0x8 /* MSG_CTRUNC */}"#,
      #"{msg_name=0x7ffe, msg_namelen=110 => 0, msg_iov=[{iov_base="F", iov_len=1}], msg_control=[{cmsg_len=24, cmsg_level=0x1 /* SOL_SOCKET */, cmsg_type=0x1 /* SCM_RIGHTS */, cmsg_data=[4, 7]}], msg_flags=0x8}"#,
    ])
  func messages(text: String) throws {
    let header = try #require(value(text).messageHeader)
    #expect(header.name == nil && header.vectors.map { $0.base.string?.description } == ["F"])
    #expect(header.rights.map(\.descriptor) == [4, 7])
    #expect(header.flags.contains("MSG_CTRUNC", 8))
  }

  @Test("credentials and cut lists bring none") func noRights() {
    let credentials = "{msg_control=[{cmsg_len=20, cmsg_level=SOL_SOCKET, cmsg_type=SCM_CREDENTIALS, cmsg_data=[4]}]}"
    #expect(
      value(credentials).messageHeader?.rights.isEmpty == true && value(credentials).messageHeader?.controlMessages.count == 1)
    let other = "{msg_control=[{cmsg_len=20, cmsg_level=SOL_IP, cmsg_type=0x1, cmsg_data=[4]}]}"
    #expect(value(other).messageHeader?.rights.isEmpty == true)
    #expect(
      value("{msg_control=[{cmsg_len=20, cmsg_level=SOL_SOCKET, cmsg_type=SCM_RIGHTS}]}").messageHeader?.rights.isEmpty == true)
    #expect(value("0x7ffc").messageHeader == nil)
  }

  @Test(
    "several messages at once",
    arguments: [
      #"[{msg_hdr={msg_name={sa_family=AF_INET, sin_port=htons(5), sin_addr=inet_addr("1.2.3.4")}, msg_iov=[{iov_base="one", iov_len=16}]}, msg_len=3}, {msg_hdr={msg_name=NULL, msg_iov=[]}, msg_len=5}]"#,
      #"{{{msg_name(16)={sa_family=AF_INET, sin_port=htons(5), sin_addr=inet_addr("1.2.3.4")}, msg_iov(1)=[{"one", 16}]}, 3}, {{msg_name(0)=NULL, msg_iov(0)=[]}, 5}}"#,
    ])
  func batches(text: String) {
    let messages = value(text).messages
    #expect(messages.map(\.length) == [3, 5])
    #expect(messages.first?.header.name?.name == "1.2.3.4:5")
    #expect(messages.first?.header.vectors.first?.base.string?.description == "one")
  }

  @Test("sets, poll, epoll") func readiness() {
    for text in ["[3 6]", "[3, 6]", "[3<pipe:[1]> 6</a b>]", "[3<pipe:[1]>, 6</a, b>]"] {
      #expect(value(text).descriptorSet == [3, 6])
    }
    #expect(value("[]").descriptorSet == [] && value("NULL").descriptorSet == nil && value("0x7f").descriptorSet == nil)
    let polled = value("[{fd=3<pipe:[1]>, events=POLLIN|POLLPRI}, {fd=-1}, {fd=4, events=0x1, revents=POLLHUP}]").pollDescriptors
    #expect(
      polled.map(\.descriptor) == [3, -1, 4] && polled[0].events.contains("POLLPRI") && polled[2].readyEvents.text == "POLLHUP")
    let layouts = [
      "[{events=EPOLLIN, data=0x7}]", "[{events=EPOLLIN, data={u32=7, u64=7}}]", "[{EPOLLIN, {u32=7, u64=7}}]",
      "{{EPOLLIN, {u32=7, u64=7}}}",
    ]
    for text in layouts {
      let events = value(text).epollEvents
      #expect(events.map(\.data) == [7] && events.first?.events.text == "EPOLLIN", "\(text)")
    }
    #expect(value("{events=0x4 /* EPOLLOUT */, data={u32=3, u64=3}}").epollEvent?.data == 3 && value("NULL").epollEvent == nil)
  }

  @Test("signal sets") func signals() {
    #expect(value("[INT CHLD]").signalSet == SignalSet(isComplement: false, listed: ["INT", "CHLD"]))
    #expect(
      value("~[RTMIN RT_1]").signalSet?.contains("SIGINT") == true && value("~[RTMIN RT_1]").signalSet?.contains("RT_1") == false)
    #expect(
      value("[2 /* INT */ 15 /* TERM */]").signalSet?.listed == ["INT", "TERM"]
        && value("[2 15]").signalSet?.listed == ["2", "15"])
    #expect(
      value("[]").signalSet?.listed == [] && value("~[]").signalSet?.contains("KILL") == true && value("NULL").signalSet == nil)
  }

  @Test(
    "ends of children",
    arguments: [
      ("[{WIFEXITED(s) && WEXITSTATUS(s) == 5}]", .exited(5)),
      ("[{WIFSIGNALED(s) && WTERMSIG(s) == SIGKILL}]", .signaled("SIGKILL", dumpedCore: false)),
      ("[{WIFSIGNALED(s) && WTERMSIG(s) == SIGSEGV && WCOREDUMP(s)}]", .signaled("SIGSEGV", dumpedCore: true)),
      ("[{WIFSTOPPED(s) && WSTOPSIG(s) == SIGSTOP}]", .stopped("SIGSTOP")), ("[{WIFCONTINUED(s)}]", .continued),
      ("[{WIFSIGNALED(s) && WTERMSIG(s) == 9 /* SIGKILL */}]", .signaled("SIGKILL", dumpedCore: false)),
      ("0x7ffc", nil), ("NULL", nil), ("[{WIFEXITED(s) && WEXITSTATUS(s) ==", nil), ("[{WIFEXITED(s)", nil),
    ] as [(String, WaitStatus?)])
  func waitStatus(text: String, expected: WaitStatus?) { #expect(value(text).waitStatus == expected) }

  @Test(
    "futex operations",
    arguments: [
      ("FUTEX_WAIT", .wait, false, false), ("FUTEX_WAIT_PRIVATE", .wait, true, false),
      ("0x80 /* FUTEX_WAIT_PRIVATE */", .wait, true, false),
      ("0x80", .wait, true, false), ("0", .wait, false, false), ("0x189", .waitBitset, true, true),
      ("FUTEX_WAKE_OP_PRIVATE", .wakeOp, true, false),
      ("FUTEX_WAIT_BITSET_PRIVATE|FUTEX_CLOCK_REALTIME", .waitBitset, true, true),
      ("FUTEX_WAIT_BITSET|FUTEX_CLOCK_REALTIME", .waitBitset, false, true),
      ("FUTEX_CMP_REQUEUE_PI_PRIVATE", .compareRequeuePI, true, false), ("0x8d /* FUTEX_??? */", .lockPI2, true, false),
      ("FUTEX_UNLOCK_PI", .unlockPI, false, false), ("0x8c", .compareRequeuePI, true, false),
      ("FUTEX_WAKE|FUTEX_PRIVATE_FLAG", .wake, true, false),
    ] as [(String, FutexOperation.Command, Bool, Bool)])
  func futex(text: String, command: FutexOperation.Command, isPrivate: Bool, usesRealtimeClock: Bool) {
    #expect(
      value(text).futexOperation == FutexOperation(command: command, isPrivate: isPrivate, usesRealtimeClock: usesRealtimeClock))
  }

  @Test(
    "no futex operations", arguments: ["0x63 /* FUTEX_??? */", "FUTEX_", "FUTEX__PRIVATE", "FUTEX_PRIVATE", "NULL", "", "0x200"])
  func noFutex(text: String) { #expect(value(text).futexOperation == nil) }

  @Test("addresses of futex_waitv") func waiters() {
    for flags in ["FUTEX2_SIZE_U32|FUTEX2_PRIVATE", "FUTEX_32|FUTEX_PRIVATE_FLAG", "0x82"] {
      let waiters = value("[{val=0, uaddr=0x5594b6585078, flags=\(flags)}, {val=0x5, uaddr=0x8, flags=FUTEX2_SIZE_U32}]")
        .futexWaiters
      #expect(waiters.map(\.address) == [0x5594_b658_5078, 8] && waiters.map(\.expected) == [0, 5])
      #expect(waiters.map(\.isPrivate) == [true, false])
    }
  }

  @Test("texts behind the result") func auxiliary() {
    func behind(_ text: String) -> Arguments { Arguments.auxiliary(ofResult: owned(text)) }
    #expect(behind(") = 1 ([{fd=3, revents=POLLIN}]) <0.000031>")[0].pollDescriptors.first?.readyEvents.text == "POLLIN")
    let selected = behind(")   = 2 (in [3 4], out [6], left {tv_sec=1, tv_usec=9})")
    #expect(selected.labelled("in").descriptorSet == [3, 4] && selected.labelled("left").timeval == 1_000_009_000)
    #expect(selected.labelled("except").isEmpty)
    #expect(behind(") = 0x8002 (flags O_RDWR|O_LARGEFILE)").labelled("flags").contains("O_RDWR"))
    #expect(behind(") = 0 (Timeout)")[0].text == "Timeout")
    for text in [
      ") = -1 EAGAIN (Resource temporarily unavailable)", ") = -1 (errno 38)", ") = 3</a (b)>", ")", "", ") = ", ") = 1 (cut",
    ] {
      #expect(behind(text).isEmpty, "\(text)")
    }
  }
}
