/// A message of Protocol Buffers as bytes: varints and length-delimited fields, all that pprof's profile.proto has
/// (<https://protobuf.dev/programming-guides/encoding/>).
struct ProtobufMessage {
  private(set) var bytes: [UInt8] = []

  mutating func add(_ field: Int, _ value: Int64) {
    // Zero is what a field not written reads as.
    guard value != 0 else { return }
    varint(UInt64(field) << 3)
    varint(UInt64(bitPattern: value))
  }

  mutating func add(_ field: Int, _ value: [UInt8]) {
    varint(UInt64(field) << 3 | 2)
    varint(UInt64(value.count))
    bytes += value
  }

  mutating func add(_ field: Int, _ build: (inout ProtobufMessage) -> Void) {
    var message = ProtobufMessage()
    build(&message)
    add(field, message.bytes)
  }

  /// A packed repeated field.
  mutating func add(_ field: Int, _ values: some Sequence<Int64>) {
    var packed = ProtobufMessage()
    for value in values { packed.varint(UInt64(bitPattern: value)) }
    add(field, packed.bytes)
  }

  private mutating func varint(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }
}
