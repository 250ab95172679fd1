/// What decides whether a transfer over an open description tells anything new of it. Every transfer asks, so it is kept apart from the rest of
/// the description, near the core.
struct DescriptionMark {
  /// Fingerprint of the decoration read last, 0 where none was: the text is read again only when it changed.
  var decoration: UInt32 = 0
  /// Transfers still to be looked at for a protocol; 0 once it is known.
  var sniffsLeft: UInt8 = 32
}
