import Glibc
import HeapModule

/// Several files as one log, their lines merged by stamp, ties in argument order.
///
/// The files of a `strace -ff` set get the pid of their file's suffix in front of each line, just as `strace -f -o` would have
/// written it. Logs side by side (several hosts) get `@N `, N the number of the log, except for the first.
final class MergedSource: NotingSource {
  enum Labels {
    case pids([Int32])
    /// - continues: a log that begins when another has ended is that one's next piece (both were rotated).
    case hosts(continues: Bool)
  }

  let path: String
  private var heap = Heap<MergedFile>()
  private var members: [MergedFile] = []
  private let labels: Labels
  /// Numbers of logs that have ended, the latest last.
  private var endedHosts: [Int] = []
  /// Bytes of merged lines that did not fit into the caller's buffer: [sent, count) is still to go.
  private var pending: [UInt8] = []
  private var sent = 0

  var storedOffset: Int64 { members.reduce(0) { $0 + $1.file.storedOffset } }
  var notes: [InputDamage] { members.flatMap(\.reader.damages) }

  init(_ paths: [String], _ labels: Labels, _ options: InputOptions, _ format: TraceFiles.Format) throws {
    path = paths.first ?? ""
    self.labels = labels
    var anchor: Int64?
    for (order, path) in paths.enumerated() {
      let member = try MergedFile(path, order: order, options, format)
      members.append(member)
      member.near = anchor
      guard member.advance() else { continue }
      if case .pids(let pids) = labels, format.pid(member.chunkText) != pids[order] {
        member.prefix = Array("\(pids[order]) ".utf8)
      }
      if anchor == nil, member.stamp != .min { anchor = member.stamp }
      heap.insert(member)
    }
  }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    if sent == pending.count { merge(atLeast: min(buffer.count, 1 << 20)) }
    let count = min(buffer.count, pending.count - sent)
    pending.withUnsafeBytes {
      buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[sent..<(sent + count)]))
    }
    sent += count
    return count
  }

  private func merge(atLeast wanted: Int) {
    pending.removeAll(keepingCapacity: true)
    sent = 0
    while pending.count < wanted, let member = heap.popMin() {
      if !member.isBegun, case .hosts(let continues) = labels {
        if continues, finishesFirst(before: member) { continue }
        member.host = continues ? endedHosts.popLast() ?? member.order : member.order
        member.prefix = member.host > 0 ? Array("@\(member.host) ".utf8) : []
      }
      member.isBegun = true
      if member.line.isOfTask { pending += member.prefix }
      pending += member.text
      if pending.last != UInt8(ascii: "\n") { pending.append(UInt8(ascii: "\n")) }
      if member.advance() { heap.insert(member) } else { endedHosts.append(member.host) }
    }
  }

  /// A piece of a rotated log may begin a little before the last lines of the piece before: those go first then.
  private func finishesFirst(before next: MergedFile) -> Bool {
    var isChanged = false
    for member in heap.unordered where member.isBegun && !member.isFinishing && member.isNearlyRead {
      member.isFinishing = true
      isChanged = true
    }
    guard isChanged else { return false }
    heap = Heap(heap.unordered + [next])
    return true
  }
}
