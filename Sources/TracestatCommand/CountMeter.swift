/// How many of many logs are done, in a line on standard error that is rewritten.
struct CountMeter {
  private let count: Int
  private let isShown: Bool

  init(of count: Int, isShown: Bool) {
    self.count = count
    self.isShown = isShown && count > 1
    update(0)
  }

  func update(_ done: Int) { if isShown { Terminal.complain("\r\u{1b}[K\(done) of \(count) logs") } }
  func clear() { if isShown { Terminal.complain("\r\u{1b}[K") } }
}
