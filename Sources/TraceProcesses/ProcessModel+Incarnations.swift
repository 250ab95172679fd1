import TraceCalls
import TraceSyntax

// Lives of descriptors: making, ending and taking back.
extension ProcessModel {
  mutating func create(
    _ table: Int32, _ descriptor: Int32, _ origin: Incarnation.Event, _ event: UnsafeMutablePointer<CallEvent>, line: Int,
    time: Int64, description: Int32? = nil
  ) -> Int32 {
    let index = Int32(incarnations.count)
    var entry = tables[Int(table)][descriptor]
    let shared: Int32
    if let description {
      shared = description
    } else {
      shared = Int32(descriptions.count)
      descriptions.append(OpenDescription())
      marks.append(DescriptionMark())
    }
    incarnations.append(
      Incarnation(
        table: table, descriptor: descriptor, n: entry.next, description: shared, openedBy: origin, line: line,
        time: line < reader.clock.firstLine ? nil : time, tid: event.pointee.tid))
    descriptions[Int(shared)].descriptorCount += 1
    entry.next += 1
    entry.current = index
    entry.description = shared
    entry.isKnown = true
    tables[Int(table)][descriptor] = entry
    return index
  }

  /// What is at a number now; met for the first time it is `pre`. -1 when the log saw it closed and nothing opened since.
  mutating func meet(_ table: Int32, _ descriptor: Int32, _ event: UnsafeMutablePointer<CallEvent>, line: Int, time: Int64)
    -> Int32
  {
    let entry = tables[Int(table)][descriptor]
    if entry.current >= 0 { return entry.current }
    if entry.isKnown { return -1 }
    return create(table, descriptor, .pre, event, line: line, time: time)
  }

  /// The open description that a descriptor of a process refers to now; nil where none is known.
  public func description(_ process: Int32, _ descriptor: Int32) -> Int32? {
    guard process >= 0, Int(process) < tables.count, descriptor >= 0 else { return nil }
    let current = tables[Int(process)][descriptor].current
    return current >= 0 ? incarnations[Int(current)].description : nil
  }

  @discardableResult
  mutating func close(
    _ table: Int32, _ descriptor: Int32, _ how: Incarnation.Event, _ event: UnsafeMutablePointer<CallEvent>, at line: Int
  ) -> Int32 {
    var entry = tables[Int(table)][descriptor]
    let current = entry.current
    entry.current = -1
    entry.isKnown = true
    tables[Int(table)][descriptor] = entry
    guard current >= 0 else { return -1 }
    incarnations[Int(current)].closedBy = how
    incarnations[Int(current)].closedLine = line
    incarnations[Int(current)].closedTid = event.pointee.tid
    if line >= reader.clock.firstLine {
      incarnations[Int(current)].closedTime = line == event.pointee.startLine ? event.pointee.start : event.pointee.stamp
    }
    let description = Int(incarnations[Int(current)].description)
    descriptions[description].descriptorCount -= 1
    if descriptions[description].descriptorCount == 0 { closings.append(current) }
    return current
  }

  /// Puts a new descriptor into the table of the caller, at the line where its call returned.
  @discardableResult
  mutating func open(
    _ descriptor: Int64, _ origin: Incarnation.Event, _ event: UnsafeMutablePointer<CallEvent>, closesOnExec: Bool,
    description: Int32? = nil
  ) -> Int32 {
    guard descriptor >= 0, let number = Int32(exactly: descriptor) else { return -1 }
    let thread = Int(event.pointee.thread)
    if tables[Int(tasks[thread].table)][number].current >= 0 {
      splitIfContradicted(event, number, origin)
    }
    let table = tasks[thread].table
    if tables[Int(table)][number].current >= 0 { close(table, number, origin, event, at: event.pointee.endLine) }
    let index = create(
      table, number, origin, event, line: event.pointee.endLine, time: event.pointee.stamp, description: description)
    incarnations[Int(index)].closesOnExec = closesOnExec
    tasks[thread].hasUsedTable = true
    return index
  }

  /// The row for I/O on a number that is no descriptor.
  mutating func badDescriptor(_ event: UnsafeMutablePointer<CallEvent>) -> Int32 {
    let table = tasks[Int(event.pointee.thread)].table
    let number = event.pointee.descriptor
    if let index = tables[Int(table)].bad[number] { return index }
    let index = Int32(incarnations.count)
    incarnations.append(
      Incarnation(
        table: table, descriptor: number, n: -1, description: Int32(descriptions.count), openedBy: .badDescriptor, line: 0,
        time: nil, tid: event.pointee.tid))
    var nothing = OpenDescription()
    // It is never closed.
    nothing.descriptorCount = 1
    descriptions.append(nothing)
    marks.append(DescriptionMark())
    tables[Int(table)].bad[number] = index
    return index
  }

  /// Takes back an incarnation that only a failed call met.
  mutating func void(_ index: Int32) {
    let incarnation = incarnations[Int(index)]
    incarnations[Int(index)].isVoid = true
    if incarnation.closedBy == .none { descriptions[Int(incarnation.description)].descriptorCount -= 1 }
    tables[Int(incarnation.table)][incarnation.descriptor] = .init(current: -1, next: max(0, incarnation.n), isKnown: false)
  }

  mutating func reopen(_ index: Int32) {
    let incarnation = incarnations[Int(index)]
    tables[Int(incarnation.table)][incarnation.descriptor].current = index
    tables[Int(incarnation.table)][incarnation.descriptor].description = incarnation.description
    descriptions[Int(incarnation.description)].descriptorCount += 1
    incarnations[Int(index)].closedBy = .none
    incarnations[Int(index)].closedLine = 0
    incarnations[Int(index)].closedTime = nil
    incarnations[Int(index)].closedTid = 0
  }

  mutating func setClosesOnExec(_ index: Int32, _ value: Bool) { incarnations[Int(index)].closesOnExec = value }
  func closesOnExec(_ index: Int32) -> Bool { incarnations[Int(index)].closesOnExec }
}
