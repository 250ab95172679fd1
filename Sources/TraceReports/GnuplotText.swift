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
