import TraceAnalyses
import TraceCalls
import TraceProcesses
import TraceSyntax

extension SummaryState {
  func encode(into message: inout ProtoPartial) {
    message.summary = .with {
      $0.things = state.things.map(\.message)
      $0.counts = state.cells.map(\.message)
      $0.intervals = state.pieces.map(\.interval)
      $0.intervalCells = state.pieces.map { UInt32($0.cell) }
      $0.intervalCalls = state.pieces.map { UInt64($0.calls) }
      $0.intervalErrors = state.pieces.map { UInt64($0.errors) }
      guard state.options.interval != nil else { return }
      $0.clock = ProtoStampKind(rawValue: Int(state.clock.kind.rawValue)) ?? .none
      $0.origin = state.origin
    }
  }

  init(_ message: ProtoSummary, _ stated: [PartialOption], _ logs: [PartialLog]) throws(PartialFault) {
    let options = try Summary.Options(stated)
    var things: [Summary.State.Thing] = []
    for thing in message.things { things.append(try .init(thing, logs.count)) }
    for (thing, next) in zip(things, things.dropFirst()) {
      try require((thing.metLog, thing.metPlace) < (next.metLog, next.metPlace), "things that are not in the order met")
    }
    var cells: [Summary.State.Counts] = []
    var names: Set<String> = []
    for counts in message.counts {
      cells.append(try .init(counts, things.count))
      names.insert(counts.syscall)
    }
    try require(names.count < 1 << 16, "more names of calls than there can be")
    let count = message.intervals.count
    try require(
      message.intervalCells.count == count && message.intervalCalls.count == count && message.intervalErrors.count == count,
      "intervals with parts missing")
    try require(count == 0 || options.interval != nil, "intervals that no option asked for")
    let length = options.interval ?? 1_000_000_000
    var pieces: [Summary.State.Piece] = []
    for index in 0..<count {
      let (calls, errors, cell) = (message.intervalCalls[index], message.intervalErrors[index], message.intervalCells[index])
      try require(Limits.isInterval(message.intervals[index], of: length), "an interval at no time")
      try require(cell < cells.count && Limits.isCount(calls) && Limits.isCount(errors), "an interval of no calls")
      pieces.append(.init(interval: message.intervals[index], cell: Int(cell), calls: Int(calls), errors: Int(errors)))
    }
    try require(Limits.isInterval(message.origin, of: length), "a first interval at no time")
    self.init(
      Summary.State(
        options, things: things, cells: cells, pieces: pieces,
        clock: TraceClock(kind: try StampKind(message.clock), isFine: false, first: nil, last: 0), origin: message.origin))
  }
}

extension Summary.State.Thing {
  fileprivate var message: ProtoThing {
    .with {
      $0.log = log.map { UInt32($0) + 1 } ?? 0
      $0.metLog = UInt32(metLog)
      $0.metPlace = UInt32(metPlace)
      if let process = subject.process { $0.process = process }
      if let tid = subject.tid { $0.tid = tid }
      if let descriptor = subject.descriptor { $0.fd = descriptor }
      if let n = subject.n { $0.n = n }
      if let connection = subject.connection { $0.connection = UInt64(connection) }
      if let path = subject.path { $0.path = path }
      if let errno = subject.errno { $0.errno = errno }
      if let description = subject.description { $0.description_p = description.message }
      $0.isRest = subject.isRest
    }
  }

  fileprivate init(_ message: ProtoThing, _ logs: Int) throws(PartialFault) {
    try require(message.log <= logs && message.metLog < logs, "a thing of a log that it does not cover")
    try require(Limits.isCount(message.connection), "a connection of no number")
    self.init(
      log: message.log == 0 ? nil : Int(message.log) - 1,
      subject: Summary.Subject(
        process: message.hasProcess ? message.process : nil, tid: message.hasTid ? message.tid : nil,
        descriptor: message.hasFd ? message.fd : nil, n: message.hasN ? message.n : nil,
        connection: message.hasConnection ? Int(message.connection) : nil,
        description: message.hasDescription_p ? try Summary.Description(message.description_p) : nil,
        path: message.hasPath ? message.path : nil, errno: message.hasErrno ? message.errno : nil, isRest: message.isRest),
      metLog: Int(message.metLog), metPlace: Int(message.metPlace))
  }
}

extension Summary.Description {
  var message: ProtoDescription {
    .with {
      $0.kind = kind.rawValue
      if let local { $0.local = local }
      if let peer { $0.peer = peer }
      if let path { $0.path = path }
      $0.protocol = protocolName
      if let stream { $0.stream = stream }
    }
  }

  init(_ message: ProtoDescription) throws(PartialFault) {
    guard let kind = DescriptorKind(rawValue: message.kind) else { throw PartialFault("a descriptor of no kind that is known") }
    self.init(
      kind: kind, local: message.hasLocal ? message.local : nil, peer: message.hasPeer ? message.peer : nil,
      path: message.hasPath ? message.path : nil, protocolName: message.protocol, stream: message.hasStream ? message.stream : nil
    )
  }
}

extension Summary.State.Counts {
  fileprivate var message: ProtoCounts {
    .with {
      $0.thing = UInt32(thing)
      $0.syscall = syscall
      $0.calls = UInt64(calls)
      $0.errors = UInt64(errors)
      $0.inFlight = UInt64(inFlight)
      if timed > 0 {
        $0.timed = UInt64(timed)
        $0.time = UInt64(time)
        $0.shortest = UInt64(shortest)
        $0.longest = UInt64(longest)
        $0.durations = ProtoHistogram(durations)
      }
      $0.microseconds = microseconds?.counts.map(UInt64.init) ?? []
      if let sizes { $0.sizes = sizes.message }
    }
  }

  fileprivate init(_ message: ProtoCounts, _ things: Int) throws(PartialFault) {
    try require(message.thing < things, "counts of nothing")
    try require(
      [message.calls, message.errors, message.inFlight, message.timed].allSatisfy(Limits.isCount),
      "more calls than there can be")
    self.init(thing: Int(message.thing), syscall: message.syscall)
    (calls, errors, inFlight) = (Int(message.calls), Int(message.errors), Int(message.inFlight))
    timed = Int(message.timed)
    if timed > 0 {
      guard let time = Int64(exactly: message.time), let shortest = Int64(exactly: message.shortest),
        let longest = Int64(exactly: message.longest)
      else { throw PartialFault("a time beyond all times") }
      (self.time, self.shortest, self.longest) = (time, shortest, longest)
    }
    durations = try message.durations.numbered()
    if !message.microseconds.isEmpty {
      try require(message.microseconds.allSatisfy(Limits.isCount), "more calls than there can be")
      guard let buckets = PowerBuckets(counts: message.microseconds.map { Int($0) }) else {
        throw PartialFault("too many buckets")
      }
      microseconds = buckets
    }
    if message.hasSizes { sizes = try .init(message.sizes) }
  }

  /// The same calls under another name.
  func named(_ name: String) -> Self {
    var counts = Self(thing: thing, syscall: name)
    (counts.calls, counts.errors, counts.inFlight, counts.timed) = (calls, errors, inFlight, timed)
    (counts.time, counts.shortest, counts.longest) = (time, shortest, longest)
    (counts.durations, counts.microseconds, counts.sizes) = (durations, microseconds, sizes)
    return counts
  }
}

extension ProtoHistogram {
  fileprivate init(_ buckets: [Summary.State.LogBucket]) {
    self.init()
    self.buckets = buckets.map { UInt32($0.number) }
    counts = buckets.map(\.count)
  }

  fileprivate func numbered() throws(PartialFault) -> [Summary.State.LogBucket] {
    try require(buckets.count == counts.count, "a histogram with parts missing")
    var found: [Summary.State.LogBucket] = []
    found.reserveCapacity(buckets.count)
    for (number, count) in zip(buckets, counts) {
      guard let bucket = Summary.State.LogBucket(number: UInt64(number), count: count),
        found.last.map({ $0.number < bucket.number }) ?? true
      else { throw PartialFault("a histogram whose buckets do not ascend") }
      found.append(bucket)
    }
    return found
  }
}

extension Summary.State.Sizes {
  fileprivate var message: ProtoSizes {
    .with {
      $0.transfers = UInt64(transfers)
      $0.bytes = UInt64(bytes)
      if transfers > 0 { $0.smallest = UInt64(smallest) }
      $0.largest = UInt64(largest)
      $0.empty = UInt64(empty)
      $0.ofOneByte = UInt64(ofOneByte)
      $0.sizes = ProtoHistogram(buckets)
      let sorted = calls.sorted { $0.key < $1.key }
      $0.topSizes = sorted.map { UInt64($0.key) }
      $0.topCalls = sorted.map { UInt64($0.value) }
      $0.missed = UInt64(missed)
    }
  }

  fileprivate init(_ message: ProtoSizes) throws(PartialFault) {
    self.init()
    try require(
      [message.transfers, message.empty, message.ofOneByte, message.missed].allSatisfy(Limits.isCount)
        && message.topCalls.allSatisfy(Limits.isCount), "more transfers than there can be")
    try require(message.topSizes.count == message.topCalls.count, "sizes with parts missing")
    let sums = [message.bytes, message.smallest, message.largest] + message.topSizes
    try require(sums.allSatisfy { $0 <= UInt64(Int64.max) }, "a size beyond all sizes")
    (transfers, empty, ofOneByte, missed) = (
      Int(message.transfers), Int(message.empty), Int(message.ofOneByte), Int(message.missed)
    )
    (bytes, largest) = (Int64(message.bytes), Int64(message.largest))
    if transfers > 0 { smallest = Int64(message.smallest) }
    buckets = try message.sizes.numbered()
    for (size, count) in zip(message.topSizes, message.topCalls) { calls[Int64(size)] = Int(count) }
    try require(calls.count == message.topSizes.count, "a size twice")
  }
}
