import Testing
import TraceSyntax
import TraceTestSupport

@Suite("What a futex call asks for")
struct FutexCallTests {
  private static func read(_ text: String, _ form: FutexCall.Form = .classic) -> FutexCall? {
    Array(text.utf8).withUnsafeBytes { FutexCall($0, form) }
  }

  private static func call(
    _ address: UInt64, _ command: FutexOperation.Command?, isPrivate: Bool = true, value: UInt64 = 0, isTimed: Bool = false,
    other: UInt64 = 0
  ) -> FutexCall {
    var call = FutexCall(address: address)
    call.command = command
    call.isPrivate = isPrivate
    call.value = value
    call.isTimed = isTimed
    call.otherAddress = other
    return call
  }

  @Test("operations of strace's usual spelling") func usual() {
    #expect(Self.read("0x7f01, FUTEX_WAIT_PRIVATE, 2, NULL") == Self.call(0x7f01, .wait, value: 2))
    #expect(
      Self.read("0x7f01, FUTEX_WAIT, 4294967295, {tv_sec=1, tv_nsec=0}")
        == Self.call(0x7f01, .wait, isPrivate: false, value: 4_294_967_295, isTimed: true))
    #expect(
      Self.read("0x7f01, FUTEX_WAIT_BITSET_PRIVATE|FUTEX_CLOCK_REALTIME, 0, NULL, FUTEX_BITSET_MATCH_ANY")
        == Self.call(0x7f01, .waitBitset))
    #expect(
      Self.read("0x7f01, FUTEX_WAIT_BITSET_PRIVATE, 0, {tv_sec=1188, tv_nsec=29845223}, FUTEX_BITSET_MATCH_ANY")
        == Self.call(0x7f01, .waitBitset, isTimed: true))
    // The structure could not be read.
    #expect(Self.read("0x7f01, FUTEX_WAIT_PRIVATE, 0, 0x7ffe10") == Self.call(0x7f01, .wait, isTimed: true))
    #expect(Self.read("0x7f01, FUTEX_WAKE_PRIVATE, 2147483647") == Self.call(0x7f01, .wake, value: 2_147_483_647))
    #expect(Self.read("0x7f01, FUTEX_WAKE_BITSET, 1, 0x2") == Self.call(0x7f01, .wakeBitset, isPrivate: false, value: 1))
  }

  @Test("rarer operations") func rare() {
    #expect(
      Self.read("0x7f01, FUTEX_CMP_REQUEUE_PRIVATE, 1, 2147483647, 0x7f02, 8")
        == Self.call(0x7f01, .compareRequeue, value: 1, other: 0x7f02))
    #expect(
      Self.read("0x7f01, FUTEX_REQUEUE, 1, 5, 0x7f02") == Self.call(0x7f01, .requeue, isPrivate: false, value: 1, other: 0x7f02))
    #expect(
      Self.read("0x7f01, FUTEX_WAKE_OP_PRIVATE, 1, 1, 0x7f02, FUTEX_OP_SET<<28|0<<12|FUTEX_OP_CMP_GT<<24|0x1")
        == Self.call(0x7f01, .wakeOp, value: 1, other: 0x7f02))
    #expect(Self.read("0x7f01, FUTEX_LOCK_PI_PRIVATE, NULL")?.command == .lockPI)
    #expect(Self.read("0x7f01, FUTEX_LOCK_PI2_PRIVATE, {tv_sec=1, tv_nsec=2}")?.command == .lockPI2)
    #expect(Self.read("0x7f01, FUTEX_UNLOCK_PI_PRIVATE") == Self.call(0x7f01, .unlockPI))
    #expect(
      Self.read("0x7f01, FUTEX_WAIT_REQUEUE_PI_PRIVATE, 0, NULL, 0x7f02") == Self.call(0x7f01, .waitRequeuePI, other: 0x7f02))
  }

  @Test("raw and verbose numbers say the same") func raw() {
    #expect(Self.read("0x7f01, 0x80, 0x2, NULL") == Self.call(0x7f01, .wait, value: 2))
    #expect(Self.read("0x7f01, 0x80, 0x2, 0") == Self.call(0x7f01, .wait, value: 2))
    #expect(Self.read("0x7f01, 0x80 /* FUTEX_WAIT_PRIVATE */, 2, NULL") == Self.call(0x7f01, .wait, value: 2))
    #expect(Self.read("0x7f01, 0x189, 0, 0x7ffe4f5d1000, 0, 0xffffffff")?.isTimed == true)
    #expect(Self.read("0x7f01, 129, 1") == Self.call(0x7f01, .wake, value: 1))
  }

  @Test("the newer calls") func newer() {
    #expect(
      Self.read("0x7f01, 2, 0xffffffff, FUTEX2_SIZE_U32|FUTEX2_PRIVATE, NULL, CLOCK_MONOTONIC", .wait)
        == Self.call(0x7f01, .waitBitset, value: 2))
    #expect(
      Self.read("0x7f01, 0xffffffff, 1, FUTEX2_SIZE_U32", .wake) == Self.call(0x7f01, .wakeBitset, isPrivate: false, value: 1))
    #expect(
      Self.read("[{val=1, uaddr=0x7f01, flags=FUTEX2_SIZE_U32}, {val=0, uaddr=0x7f02, flags=FUTEX2_SIZE_U32}], 0, 1, 7", .requeue)
        == Self.call(0x7f01, .compareRequeue, isPrivate: false, value: 1, other: 0x7f02))
    #expect(
      Self.read("[{val=0, uaddr=0x7f01, flags=0x82}], 1, 0, {tv_sec=1, tv_nsec=2}, CLOCK_MONOTONIC", .waitv)?.isTimed == true)
    #expect(
      ["futex", "futex_time64", "futex_wait", "futex_wake", "futex_requeue", "futex_waitv", "read"].map { FutexCall.Form($0) }
        == [.classic, .classic, .wait, .wake, .requeue, .waitv, nil])
  }

  @Test("cut anywhere, it says what is left, and reads nothing beyond") func cut() {
    let text = "0x7f693c0d400c, FUTEX_WAIT_BITSET_PRIVATE|FUTEX_CLOCK_REALTIME, 0, NULL, FUTEX_BITSET_MATCH_ANY"
    #expect(
      Self.read("") == nil && Self.read("0x") == nil && Self.read("[]", .requeue) == nil && Self.read("7f01, FUTEX_WAIT") == nil)
    for end in 3...text.utf8.count {
      let call = Self.read(String(text.prefix(end)))
      #expect(call != nil)
      if end >= 14 { #expect(call?.address == 0x7f69_3c0d_400c) }
      if end >= text.count - 30 { #expect(call?.command == .waitBitset && call?.isTimed == false) }
    }
    #expect(Self.read("0x7f01") == Self.call(0x7f01, nil, isPrivate: false))
    #expect(Self.read("NULL, FUTEX_WAIT, 2, NULL") == Self.call(0, .wait, isPrivate: false, value: 2))
    #expect(Self.read("0x7f01, 0x63 /* FUTEX_??? */, 0")?.command == nil)
  }

  @Test("every futex of the fixtures reads as its arguments do", arguments: ["everything", "f", "attach", "f-ns"])
  func fixtures(name: String) throws {
    var count = 0
    for line in String(decoding: try Capture.named(name).bytes(), as: UTF8.self).split(separator: "\n") {
      guard let start = line.firstRange(of: "futex(") else { continue }
      let text = line[start.upperBound...].replacing(" <unfinished ...>", with: "").replacing(/\) += .*/, with: "")
      let bytes = Array(text.utf8)
      bytes.withUnsafeBytes { bytes in
        let (call, arguments) = (FutexCall(bytes), Arguments(bytes))
        #expect(call?.address == arguments[0].unsigned)
        #expect(
          call?.command == arguments[1].futexOperation?.command && call?.isPrivate == arguments[1].futexOperation?.isPrivate)
        if call?.command == .wait || call?.command == .waitBitset {
          #expect(call?.isTimed == arguments[3].isStructure, "\(text)")
        }
        if !arguments[2].isEmpty { #expect(call?.value == arguments[2].unsigned ?? 0, "\(text)") }
        count += 1
      }
    }
    #expect(count > 0)
  }
}
