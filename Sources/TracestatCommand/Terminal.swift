import Glibc

/// What the command knows of the terminal it runs in.
enum Terminal {
  /// Whether standard output is one.
  static var isTerminal: Bool { isatty(STDOUT_FILENO) == 1 }
  static func isTerminal(standardInput: Bool) -> Bool { isatty(STDIN_FILENO) == 1 }
  static var showsProgress: Bool { isatty(STDERR_FILENO) == 1 }
  /// Whether block characters can be shown: the locale as setlocale would take it, C.UTF-8 being today's default without one.
  static var isUTF8: Bool {
    for name in ["LC_ALL", "LC_CTYPE", "LANG"] {
      guard let value = getenv(name).map({ String(cString: $0).lowercased() }), !value.isEmpty else { continue }
      return value.contains("utf-8") || value.contains("utf8")
    }
    return true
  }

  /// Writes to standard error.
  static func complain(_ text: String) {
    var text = text
    text.withUTF8 { _ = Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
  }

  static var width: Int {
    var size = winsize()
    if ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 { return Int(size.ws_col) }
    return getenv("COLUMNS").flatMap { Int(String(cString: $0)) } ?? 100
  }
}
