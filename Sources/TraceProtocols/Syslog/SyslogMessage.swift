/// A syslog message's head (RFC 5424, section 6; RFC 3164, section 4; the form that syslog(3) writes to /dev/log, without a host).
public struct SyslogMessage: Sendable, Equatable {
  public enum Format: Sendable { case rfc3164, rfc5424 }

  public let format: Format
  /// PRI is facility * 8 + severity.
  public let facility: Int
  public let severity: Int
  /// APP-NAME, or the TAG; nil where there is none, or it is not shown whole.
  public var application: String?

  /// `kern`, `user`, `mail` ... as syslog.conf(5) spells RFC 5424's table 1.
  public var facilityName: String { Self.facilities[facility] }
  /// `emerg` to `debug`.
  public var severityName: String { Self.severities[severity] }

  private static let facilities = [
    "kern", "user", "mail", "daemon", "auth", "syslog", "lpr", "news", "uucp", "cron", "authpriv", "ftp", "ntp", "security",
    "console",
    "solaris-cron", "local0", "local1", "local2", "local3", "local4", "local5", "local6", "local7",
  ]
  private static let severities = ["emerg", "alert", "crit", "err", "warning", "notice", "info", "debug"]
}
