import Testing
import TraceSyntax

@Suite("Names as they are from run to run")
struct NamePatternTests {
  @Test(
    "what changes by itself becomes a star",
    arguments: [
      ("/proc/4711/stat", "/proc/*/stat"), ("/tmp/tmp.k3Xa9P", "/tmp/tmp.*"), ("uploads/upload.Qa7fZ1", "uploads/upload.*"),
      ("/tmp/hsperfdata_root/4711", "/tmp/hsperfdata_root/*"), ("/srv/hls/cam-17.m3u8", "/srv/hls/cam-*.m3u8"),
      ("/srv/hls/cam-17.m3u8.bak", "/srv/hls/cam-*.m3u8.bak"), ("/var/log/app.20261121", "/var/log/app.*"),
      ("/run/user/1000/7d9f0c1a-11ee-4b6f-9f6a-0242ac120002.sock", "/run/user/*/*-*ee-*b*f-*f*a-*.sock"),
      ("/dev/shm/sem.deadbeef01", "/dev/shm/sem.*"), ("", ""), ("0", "*"),
    ])
  func volatile(path: String, pattern: String) { #expect(NamePattern.ofPath(path) == pattern) }

  @Test(
    "what is a name stays",
    arguments: [
      "/usr/lib/x86_64-linux-gnu/libssl.so.3", "/lib64/ld-linux-x86-64.so.2", "/etc/nginx/mime.types", "/opt/app-1.2/bin/run",
      "README", "/srv/www/LibraryOfThings", "/var/lib/dpkg/status", "prices.conf", "/proc/self/status", "/tmp/ü/é",
    ])
  func stable(path: String) { #expect(NamePattern.ofPath(path) == path) }
}
