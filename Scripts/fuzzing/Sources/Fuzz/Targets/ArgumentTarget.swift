import Tracestat

/// Readers of a call's argument text: what they give as a slice lies inside the text.
enum ArgumentTarget {
  private typealias Text = UnsafeRawBufferPointer

  nonisolated(unsafe) private static let place = PaddedText(capacity: 1 << 12, padding: 0)

  /// A reader of an argument a line; slices that it gives are checked.
  nonisolated(unsafe) private static let readers: [(CallArgument) -> [Text]] = [
    { [text($0)] },
    { $0.elements.prefix(50).map(text) },
    { $0.fields.prefix(50).map(text) },
    { $0.flags.prefix(50).map(text) },
    { [text($0["sin_port"]), text($0["fd"])] },
    { [$0.decoration, $0.comment].compactMap(\.self).map(text) },
    { [text($0.before), text($0.after)] },
    { ignore($0.number, $0.unsigned, $0.descriptor, $0.isNull) },
    { ignore($0.contains("O_CLOEXEC", 0x80000), $0.contains("O_RDONLY")) },
    { ignore($0.socketAddress?.name, $0.timespec, $0.timeval) },
    { ignore(Array($0.ioVectors.prefix(50)).count, $0.messageHeader?.rights, $0.messages.prefix(50).count) },
    { ignore($0.descriptorSet, $0.pollDescriptors, $0.epollEvent, $0.epollEvents) },
    { ignore($0.signalSet, $0.futexOperation, $0.futexWaiters, $0.waitStatus) },
    literal,
  ]

  static func run(_ input: UnsafeRawBufferPointer) {
    guard input.count <= 1 << 12 else { return }
    place.set(input)
    let text = place.buffer
    let arguments = Arguments(text)
    _ = (arguments.sharesFiles, arguments.firstCompound.socketAddress, arguments.mayContain("SCM_RIGHTS"), arguments.description)
    for form: FutexCall.Form in [.classic, .wait, .wake, .requeue, .waitv] { _ = FutexCall(text, form) }
    for argument in [CallArgument(text)] + arguments.prefix(20) + [arguments.named("flags"), arguments[text.count % 7]] {
      for reader in readers {
        for slice in reader(argument) where !slice.isEmpty {
          demand(
            slice.baseAddress! >= text.baseAddress! && slice.baseAddress! + slice.count <= text.baseAddress! + text.count,
            "a slice of the text")
        }
      }
    }
  }

  /// A literal is no longer decoded than quoted.
  private static func literal(_ argument: CallArgument) -> [Text] {
    guard let string = argument.string else { return [] }
    var bytes: [UInt8] = []
    string.bytes(into: &bytes)
    demand(bytes.count <= text(argument).count && bytes.count == string.byteCount, "a literal is no longer than its spelling")
    return []
  }

  private static func text(_ argument: CallArgument) -> Text { argument.withUnsafeBytes { $0 } }

  private static func ignore(_ values: Any?...) -> [Text] { [] }
}
