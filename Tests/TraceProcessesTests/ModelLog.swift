import TraceCalls
import TraceInput
import TraceProcesses
import TraceSyntax
import TraceTestSupport

/// What a log does to descriptors, as plain values.
struct ModelLog {
  /// One incarnation.
  struct Life: Equatable, CustomStringConvertible {
    var process: String
    var fd: Int32
    var n: Int32
    var openedBy: String
    var openedLine: Int
    var closedBy: String
    var closedLine: Int
    var description: String {
      "\(process) \(fd)/\(n) \(openedBy)@\(openedLine)" + (closedBy.isEmpty ? "" : " \(closedBy)@\(closedLine)")
    }
  }

  /// One completed call on a descriptor.
  struct Use: Equatable, CustomStringConvertible {
    var line: Int
    var syscall: String
    var process: String
    /// `fd/n`, or `-`.
    var on: String
    var other: String
    var description: String { "\(line) \(syscall) \(process) \(on)" + (other == "-" ? "" : " \(other)") }
  }

  let model: ProcessModel
  private(set) var uses: [Use] = []
  private(set) var sightings: [RTMPSighting] = []
  private let names: SyscallNames
  /// Process of each tid at its last event.
  private(set) var processOf: [Int32: String] = [:]

  init(_ text: String, workers: Int = 1, chunkSize: Int = 1 << 20, _ options: ProcessOptions = ProcessOptions()) throws {
    let folder = try TemporaryFolder(log: text)
    var read = ReadOptions(workers: workers)
    read.chunkSize = chunkSize
    let reader = try CallReader(TraceFiles([folder.log]), options: read)
    var model = ProcessModel(reader, options: options)
    model.followsWatches = true
    var raw: [(CallEvent, String)] = []
    while let batch = reader.next() {
      model.annotate(batch)
      sightings += model.sightings
      for event in batch.events { raw.append((event, event.syscall == .unknown ? "" : reader.names.name(event.syscall))) }
    }
    func place(_ index: Int32) -> String {
      guard index >= 0 else { return "-" }
      let life = model.incarnations[Int(index)]
      return "\(life.descriptor)/\(life.n)"
    }
    for (event, name) in raw {
      let process = event.process >= 0 ? model.processLabel(event.process) : ""
      if event.process >= 0 { processOf[event.tid] = process }
      guard event.isCompleted else { continue }
      uses.append(
        Use(
          line: event.endLine, syscall: name, process: process, on: place(event.incarnation), other: place(event.otherIncarnation)
        ))
    }
    names = reader.names
    self.model = model
  }

  private func name(_ event: Incarnation.Event) -> String {
    switch event {
    case .none: ""
    case .pre: "pre"
    case .implicit: "implicit"
    case .badDescriptor: "EBADF"
    case .received: "received"
    case .exec: "exec"
    case .exit: "exit"
    case .syscall(let id): names.name(id)
    }
  }

  /// How lives began or ended, in words.
  func names(_ events: [Incarnation.Event]) -> [String] { events.map(name) }

  /// Incarnations in the order they were met, one process's or all.
  func lives(_ process: String? = nil) -> [Life] {
    model.incarnations.filter { !$0.isVoid }.map {
      Life(
        process: model.processLabel($0.table), fd: $0.descriptor, n: $0.n, openedBy: name($0.openedBy), openedLine: $0.openedLine,
        closedBy: name($0.closedBy), closedLine: $0.closedLine)
    }.filter { process == nil || $0.process == process }
  }

  /// The same in words: `7 3/0 open@1 close@3`.
  func words(_ process: String? = nil) -> [String] { lives(process).map(\.description) }

  /// The call at a line.
  func use(_ line: Int) -> Use? { uses.first { $0.line == line } }

  /// What the n-th life of a number refers to.
  func what(_ fd: Int32, _ n: Int32 = 0) -> OpenDescription? {
    model.incarnations.first { $0.descriptor == fd && $0.n == n }.map { model.descriptions[Int($0.description)] }
  }

  func description(_ fd: Int32, _ n: Int32 = 0) -> Int32? {
    model.incarnations.first { $0.descriptor == fd && $0.n == n }?.description
  }
}
