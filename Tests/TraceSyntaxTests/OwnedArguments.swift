import TraceSyntax

/// Argument text with memory of its own, as scripts have it: one byte too far is seen.
func owned(_ text: String) -> Arguments { owned(Array(text.utf8)) }

func owned(_ bytes: some Collection<UInt8>) -> Arguments {
  Arguments(Array(bytes).withUnsafeBytes { ArgumentStorage($0) }, 0..<bytes.count)
}

/// The only argument of the text.
func value(_ text: String) -> CallArgument { owned(text)[0] }
