import TraceAnalyses
import TraceCalls
import TraceSyntax

/// Says in words what a wait was and who is to blame.
struct FutexSentence {
  let result: FutexResult
  let names: ThreadNames
  let redaction: Redaction

  /// `1691 worker-3 waited 265ms for lock 1; woken by 1852 worker-14, which ...`
  func text(_ wait: FutexResult.Wait) -> String {
    var text = "\(names.label(wait.tid)) waited \(Duration.text(wait.duration)) \(object(wait))"
    guard let waker = wait.waker else {
      switch wait.outcome {
      case .timeout: return text + " until its time was up"
      case .interrupted: return text + " until a signal came"
      case .error: return text + " and got an error"
      default: return text + "; who woke it is not in the log"
      }
    }
    text += "; woken by \(names.label(waker))"
    for (depth, step) in wait.blame.enumerated() {
      // The first and the last tell the story.
      if depth > 0, depth < wait.blame.count - 1 { continue }
      if depth == 0 {
        text += ", which"
      } else {
        let between = wait.blame.count - 2
        text +=
          between > 0
          ? " and so on over \(between) more, the last for \(names.label(step.tid)), which"
          : " for \(names.label(step.tid)), which"
      }
      text += " " + deeds(step, isLast: depth == wait.blame.count - 1)
    }
    return text
  }

  private func object(_ wait: FutexResult.Wait) -> String {
    let row = result.rows[wait.row]
    if let lock = row.lock, result.locks[lock].longestWaits.contains(where: { $0.endLine == wait.endLine }) {
      return "for lock \(lock + 1)"
    }
    return "at \(FutexResult.hexadecimal(row.address))"
  }

  private func deeds(_ step: FutexResult.Blame, isLast: Bool) -> String {
    let shown = step.parts.enumerated().filter { $0.offset == 0 || (isLast && $0.element.time >= step.duration / 5) }.map(
      \.element)
    guard let first = shown.first, first.time >= step.duration / 5 else {
      return step.duration > 0 ? "was in no call for \(Duration.text(step.outsideCalls)) of it" : "had just come"
    }
    return shown.map(deed).joined(separator: " and ")
  }

  private func deed(_ part: FutexResult.Part) -> String {
    let time = Duration.text(part.time)
    if let address = part.address {
      if part.isSleep { return "slept \(time) of it (\(part.syscall), line \(part.firstLine))" }
      return "itself waited \(time) of it at \(FutexResult.hexadecimal(address)) (line \(part.firstLine))"
    }
    var text = "spent \(time) of it in \(part.calls > 1 ? "\(part.calls) calls of " : "")\(part.syscall)"
    if let descriptor = part.descriptor { text += "(\(descriptor))" }
    if let target = part.target {
      text += " \(part.protocolName.isEmpty && target.hasPrefix("/") ? "on" : "to") "
      text += redaction.redact(target, as: target.hasPrefix("/") ? .path : .address)
    }
    var about = [part.protocolName, part.peerRole ?? ""].filter { !$0.isEmpty }
    if let stream = part.stream { about.append(redaction.redact(stream, as: .stream)) }
    if !about.isEmpty { text += " (\(about.joined(separator: " ")))" }
    return text + " (line \(part.firstLine))"
  }
}
