extension Arguments {
  /// Whether what `poll` and `select` print behind their result names a descriptor: `([{fd=3, revents=POLLIN}])`, `(in [3 4], left {...})`.
  public static func names(_ descriptor: Int32, inReadinessOf result: UnsafeRawBufferPointer) -> Bool {
    let auxiliary = Arguments.auxiliary(ofResult: Arguments(result))
    for argument in auxiliary {
      for entry in argument.pollDescriptors where entry.descriptor == descriptor { return true }
      if argument.descriptorSetAfterWord?.contains(descriptor) == true { return true }
    }
    return false
  }

  /// Whether `epoll_wait` came back with an event that holds this datum. Of a stitched call the second half is enough.
  public static func epollData(_ data: UInt64, in text: UnsafeRawBufferPointer) -> Bool {
    Arguments(text).firstCompound.epollEvents.contains { $0.data == data }
  }

  /// Bytes that a write was asked to move: the third argument of write, send and sendto, the sum of the buffers of writev and sendmsg. nil where
  /// that is not printed.
  public var sizeOfWrite: Int64? {
    let data = self[1]
    if data.isStructure { return Self.size(of: data["msg_iov"]) }
    if data.isArray { return Self.size(of: data) }
    return number(2)
  }

  private static func size(of vectors: CallArgument) -> Int64? {
    var sum: Int64 = 0
    for vector in vectors.elements {
      guard let length = vector.field("iov_len", at: 1).unsigned, let bytes = Int64(exactly: length) else { return nil }
      let (more, isOver) = sum.addingReportingOverflow(bytes)
      if isOver { return nil }
      sum = more
    }
    return sum
  }
}

extension CallArgument {
  /// `in [3 4]`, `out [5]`: a set with the word before it.
  fileprivate var descriptorSetAfterWord: [Int32]? {
    read { text in
      guard let open = text.firstIndex(of: UInt8(ascii: "[")), open > 0, open < 16 else { return nil }
      return part(open..<text.count).descriptorSet
    }
  }
}
