import Tracestat

/// Readers of a call's argument text: what they give as a slice lies inside the text.
enum ArgumentTarget {
  private typealias Text = UnsafeRawBufferPointer

  nonisolated(unsafe) private static let place = PaddedText(capacity: 1 << 12, padding: 0)

  /// A reader a line; slices that it gives are checked.
  nonisolated(unsafe) private static let readers: [(Text) -> [Text]] = [
    { text in [Arguments(text)[0], Arguments(text)[1], Arguments(text)[text.count % 7]] },
    { text in [Arguments(text).decoration(0), Arguments(text).decoration(1)].compactMap(\.self) },
    { text in [Arguments.decoration(text)].compactMap(\.self) },
    { text in ignore(Arguments.number(text), Arguments(text).number(1)) },
    { text in ignore(Arguments(text).mentions("SCM_RIGHTS"), Arguments(text).mentions("")) },
    { text in
      [Arguments(text).firstMention("iov_len="), Arguments.find("fd=", in: text)].compactMap(\.self).map { slice(text, $0) }
    },
    { text in ignore(SocketAddress.text(in: text), SocketAddress.family(in: text)) },
    literals,
  ]

  static func run(_ input: UnsafeRawBufferPointer) {
    guard input.count <= 1 << 12 else { return }
    place.set(input)
    let text = place.buffer
    for reader in readers {
      for slice in reader(text) where !slice.isEmpty {
        demand(
          slice.baseAddress! >= text.baseAddress! && slice.baseAddress! + slice.count <= text.baseAddress! + text.count,
          "a slice of the text")
      }
    }
  }

  private static func slice(_ text: Text, _ start: Int) -> Text {
    demand(start >= 0 && start <= text.count, "a place in the text")
    return Text(rebasing: text[start...])
  }

  /// All literals, one after the other: each step goes on, and none is longer decoded than quoted.
  private static func literals(_ text: Text) -> [Text] {
    var bytes: [UInt8] = []
    var position = 0
    while let literal = StraceString.next(in: text, from: position, into: &bytes) {
      demand(literal.end > position && literal.end <= text.count, "literals end in the text, one behind the other")
      demand(bytes.count < literal.end - position, "a literal is no longer than its spelling")
      position = literal.end
    }
    return []
  }

  private static func ignore(_ values: Any?...) -> [Text] { [] }
}
