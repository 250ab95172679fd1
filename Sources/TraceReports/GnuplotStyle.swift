import TraceCalls

/// What all pictures look like, as lines of a gnuplot script.
enum GnuplotStyle {
  /// Lines over time: grid, legend at the right, clock times where the log has them.
  static func axes(_ clock: TraceClock) -> String {
    """
    set encoding utf8
    set grid ytics lc rgb "#dddddd"
    set border 3
    set tics nomirror
    set key outside right top Left reverse noenhanced font ",10" spacing 1.1
    \(time(clock))
    set xtics rotate by -30
    """
  }

  /// The x axis, in the log's own clock or in seconds.
  static func time(_ clock: TraceClock) -> String {
    clock.kind == .timeOfDay || clock.kind == .epoch ? "set format x \"%H:%M:%S\" timedate" : "set xlabel \"seconds\""
  }

  /// Twelve colours that can be told apart, `colour[1]` to `colour[12]`.
  static let palette = """
    array colour[12] = ["#1f77b4", "#d62728", "#2ca02c", "#ff7f0e", "#9467bd", "#17becf", "#8c564b", "#e377c2", \\
      "#7f7f7f", "#bcbd22", "#003f5c", "#ffa600"]
    """

  /// PNG or SVG, as the variable `type` tells; the height may be an expression.
  static func terminal(height: String) -> String {
    """
    if (type eq "png") { set terminal pngcairo size 1200,\(height) background "white" } else { set terminal svg size 1200,\(height) dynamic background "white" }
    """
  }

  /// What the user may set before the script, by `gnuplot -e`.
  static func variables(_ pictures: some GnuplotPictures) -> String {
    """
    if (!exists("type")) type = "svg"
    if (!exists("data")) data = "\(pictures.dataName)"
    """
  }
}
