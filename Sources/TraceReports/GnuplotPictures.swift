import Glibc

/// Pictures as a gnuplot script, which runs as it is, and its data beside it.
public protocol GnuplotPictures {
  var scriptName: String { get }
  var dataName: String { get }
  /// Takes `type`, `data` and `overview` (the file for all of it) as gnuplot variables.
  var script: String { get }
  func writeData(to sink: OutputSink) throws(OutputError)
}

extension GnuplotPictures {
  /// Writes script and data into a directory, made where it is missing.
  public func write(toDirectory directory: String) throws(OutputError) {
    if mkdir(directory, 0o755) != 0, errno != EEXIST {
      throw .failed(path: directory, reason: String(cString: strerror(errno)))
    }
    let data = try OutputSink(path: "\(directory)/\(dataName)")
    try writeData(to: data)
    try data.flush()
    let script = try OutputSink(path: "\(directory)/\(scriptName)")
    try script.write(self.script)
    try script.flush()
  }
}
