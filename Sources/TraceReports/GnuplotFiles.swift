import Glibc

/// Pictures as a gnuplot script and its data.
public protocol GnuplotFiles {
  static var scriptName: String { get }
  static var dataName: String { get }
  func writeData(to sink: OutputSink) throws(OutputError)
  var script: String { get }
}

extension GnuplotFiles {
  /// Writes script and data into a directory, made where it is missing.
  public func write(toDirectory directory: String) throws(OutputError) {
    if mkdir(directory, 0o755) != 0, errno != EEXIST {
      throw .failed(path: directory, reason: String(cString: strerror(errno)))
    }
    let data = try OutputSink(path: "\(directory)/\(Self.dataName)")
    try writeData(to: data)
    try data.flush()
    let script = try OutputSink(path: "\(directory)/\(Self.scriptName)")
    try script.write(self.script)
    try script.flush()
  }
}

/// Text inside a gnuplot string in double quotes, or in a data file: only harmless characters, gnuplot would run what stands in backquotes.
enum GnuplotText {
  static func harmless(_ text: String) -> String {
    String(
      String.UnicodeScalarView(
        text.unicodeScalars.filter {
          $0.value >= 32 && $0 != "\"" && $0 != "\\" && $0 != "`" && $0.value != 127 && $0 != "@" && $0 != "%"
        }))
  }
}
