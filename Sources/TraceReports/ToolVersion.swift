/// Which tracestat this is.
public enum ToolVersion {
  public static let text = "0.1.0"
}
