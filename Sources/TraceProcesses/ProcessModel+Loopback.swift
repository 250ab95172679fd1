import TraceCalls
import TraceSyntax

/// Where a connection that this log asked for may come out of an `accept` in it.
enum MeetingPlace: Hashable {
  /// A port on the loopback interface of a host.
  case port(UInt16, host: Int32)
  /// A local socket's path, or name with a leading `@`.
  case name(String, host: Int32)
}

/// Connections that a `connect` in this log asked for and no `accept` in it has taken yet.
///
/// The kernel hands them out in the order in which they were established (the accept queue of `man 2 listen`). Which is which is certain where
/// the connects did not overlap; where they did, none of them is named.
struct AwaitedConnections {
  struct Connection {
    /// Index of the connecting end's open description.
    var description: Int32
    var tid: Int32
    var startLine: Int
    /// That of the connect's return; unknown while it is in flight.
    var endLine = Int.max
    /// Another connect to the same place overlapped, and one of the two was accepted.
    var isUncertain = false
  }

  /// Oldest first. Invariant: never more than ``limit`` in all; beyond that all are forgotten, since nobody accepts them here.
  private var waiting: [MeetingPlace: [Connection]] = [:]
  private var count = 0
  private static let limit = 1024

  mutating func add(_ connection: Connection, _ place: MeetingPlace) {
    if count == Self.limit {
      waiting.removeAll()
      count = 0
    }
    waiting[place, default: []].append(connection)
    count += 1
  }

  /// The connect of a task returned.
  mutating func conclude(_ tid: Int32, _ startLine: Int, at line: Int, succeeded: Bool) {
    // Found first, changed then: what is walked is held, and a list that is held is copied when it changes.
    let found = waiting.lazy.compactMap { place, connections in
      connections.lastIndex { $0.tid == tid && $0.startLine == startLine }.map { (place, $0) }
    }.first
    guard let (place, index) = found else { return }
    if succeeded { waiting[place]?[index].endLine = line } else { remove(index, place) }
  }

  /// The one that has this address, for an `accept` that printed its peer.
  mutating func take(_ place: MeetingPlace, where isPeer: (Int32) -> Bool) -> Int32? {
    guard let index = waiting[place]?.firstIndex(where: { isPeer($0.description) }) else { return nil }
    defer { remove(index, place) }
    return waiting[place]?[index].description
  }

  /// The oldest, for an `accept` that did not; nil where it is not certain which that is.
  mutating func takeOldest(_ place: MeetingPlace) -> Int32? {
    guard let connections = waiting[place], let oldest = connections.first else { return nil }
    var end = oldest.endLine
    var isUncertain = oldest.isUncertain
    for index in connections.indices.dropFirst() where connections[index].startLine < end {
      waiting[place]?[index].isUncertain = true
      end = max(end, connections[index].endLine)
      isUncertain = true
    }
    remove(0, place)
    return isUncertain ? nil : oldest.description
  }

  private mutating func remove(_ index: Int, _ place: MeetingPlace) {
    waiting[place]?.remove(at: index)
    if waiting[place]?.isEmpty == true { waiting[place] = nil }
    count -= 1
  }

  var isEmpty: Bool { count == 0 }
}

// Both ends of a connection within one log: who connected to what was accepted.
extension ProcessModel {
  /// A `connect` at its first line: the accept may return before it does.
  mutating func expectAccept(_ event: UnsafeMutablePointer<CallEvent>) {
    let incarnation = tasks[Int(event.pointee.thread)].open.incarnation
    guard incarnation >= 0 else { return }
    let text = event.pointee.phase == .whole ? event.pointee.closing : event.pointee.opening
    guard let address = Arguments(text).firstCompound.socketAddress,
      let place = meetingPlace(address, TaskNumber.host(event.pointee.tid))
    else { return }
    let description = incarnations[Int(incarnation)].description
    guard descriptions[Int(description)].kind != .udp else { return }
    awaited.add(.init(description: description, tid: event.pointee.tid, startLine: event.pointee.startLine), place)
  }

  mutating func endConnect(_ event: UnsafeMutablePointer<CallEvent>) {
    guard !awaited.isEmpty else { return }
    // EINPROGRESS: over loopback the handshake is done when it returns.
    let isAsked = event.pointee.succeeded || event.pointee.errno == Errno(rawValue: 115)
    awaited.conclude(event.pointee.tid, event.pointee.startLine, at: event.pointee.endLine, succeeded: isAsked)
  }

  /// Ties what an `accept` returned to the end that connected, where the log holds it; each then knows the other's address, and, where no call
  /// said the peer, `process:fd` of it.
  mutating func findConnectingEnd(_ made: Int32, _ event: UnsafeMutablePointer<CallEvent>) {
    guard !awaited.isEmpty else { return }
    let index = incarnations[Int(made)].description
    let accepted = descriptions[Int(index)]
    let host = TaskNumber.host(event.pointee.tid)
    let listener = current(event).map { descriptions[Int(incarnations[Int($0)].description)] }
    let place: MeetingPlace? =
      if let port = OpenDescription.port(of: accepted.local) {
        .port(port, host: host)
      } else {
        (listener?.local ?? listener?.path).map { .name($0, host: host) }
      }
    guard let place else { return }
    let found =
      if let peer = accepted.peer {
        awaited.take(place) { descriptions[Int($0)].local == peer }
      } else {
        awaited.takeOldest(place)
      }
    guard let found, found != index else { return }
    descriptions[Int(index)].pairedWith = found
    descriptions[Int(found)].pairedWith = index
    guard accepted.peer == nil, let life = incarnations.last(where: { $0.description == found }) else { return }
    let connecting = descriptions[Int(found)]
    descriptions[Int(index)].isPeerInferred = true
    descriptions[Int(index)].peer =
      connecting.kind == .tcp && connecting.local != nil ? connecting.local : "\(processLabel(life.table)):\(life.descriptor)"
  }

  /// An end has learned its own address: that is what its other end was connected from.
  mutating func tellOtherEnd(_ incarnation: Int32) {
    let description = descriptions[Int(incarnations[Int(incarnation)].description)]
    guard description.pairedWith >= 0, descriptions[Int(description.pairedWith)].isPeerInferred, let local = description.local
    else { return }
    descriptions[Int(description.pairedWith)].peer = local
  }

  /// nil where the other end need not be on this machine.
  private func meetingPlace(_ address: SocketAddress, _ host: Int32) -> MeetingPlace? {
    switch address {
    case .inet(let name, let port): name.hasPrefix("127.") ? .port(port, host: host) : nil
    case .inet6(let name, let port, _): name == "::1" || name.hasPrefix("::ffff:127.") ? .port(port, host: host) : nil
    case .unixPath, .unixAbstract: address.name.map { .name($0, host: host) }
    default: nil
    }
  }
}
