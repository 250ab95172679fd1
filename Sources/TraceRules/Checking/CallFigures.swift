import TraceAnalyses
import TraceSyntax

/// Figures of calls, from their tallies.
struct CallFigures {
  let log: CheckedLog
  /// The tally of all calls, where one of the measures is a part of them.
  let all: CallTally?

  func figure(_ call: MeasureCall, _ tally: CallTally) -> Measured {
    if log.isTableOnly { return Measured(unknown: CheckedLog.noCalls) }
    if tally.isIncomplete {
      return Measured(unknown: "the log has too many different descriptors, processes or threads for this condition")
    }
    let figure = call.measure.figure
    switch figure {
    case .count: return Measured(Double(tally.calls), tally.first.map(evidence))
    case .errors: return Measured(Double(tally.errors), tally.firstErrors.map(evidence))
    case .inFlight: return Measured(Double(tally.inFlight), tally.firstInFlight.map(evidence))
    case .errorShare: return part(Double(tally.errors), of: Double(tally.calls), tally.firstErrors)
    case .callShare: return part(Double(tally.calls), of: Double(all?.calls ?? 0), tally.first)
    case .rate: return perTime(Double(tally.calls), tally.first)
    case .throughput: return perTime(Double(tally.bytes), tally.worst)
    case .sum where call.measure.quantity == .bytes: return Measured(Double(tally.bytes), tally.first.map(evidence))
    default: break
    }
    // The rest is of durations.
    if let all, all.calls > 0, all.timed == 0 { return Measured(unknown: CheckedLog.noDurations) }
    if tally.calls > 0, tally.timed == 0 { return Measured(unknown: CheckedLog.noDurations) }
    let worst = tally.worst.map(evidence)
    switch figure {
    case .sum: return Measured(Double(tally.time), worst)
    case .timeShare: return part(Double(tally.time), of: Double(all?.time ?? 0), tally.worst)
    default: break
    }
    guard tally.timed > 0, let shortest = tally.shortest, let longest = tally.longest else {
      return Measured(unknown: "no call is meant by '\(call.text)'")
    }
    switch figure {
    case .mean: return Measured(Double(tally.time / Int64(tally.timed)), worst)
    case .least: return Measured(Double(shortest))
    case .percentile(let thousandths):
      let value = tally.percentile(thousandths: thousandths ?? call.thousandths ?? 990) ?? longest
      return Measured(Double(value), worst)
    default: return Measured(Double(longest), worst)
    }
  }

  private func part(_ part: Double, of whole: Double, _ witnesses: [CallWitness]) -> Measured {
    whole > 0
      ? Measured(part / whole, witnesses.map(evidence)) : Measured(unknown: "there are no calls that it could be a part of")
  }

  private func perTime(_ sum: Double, _ witnesses: [CallWitness]) -> Measured {
    guard let duration = log.duration else { return Measured(unknown: CheckedLog.noStamps) }
    guard duration > 0 else { return Measured(unknown: CheckedLog.noTime) }
    return Measured(sum / (Double(duration) / 1e9), witnesses.map(evidence))
  }

  private func evidence(_ witness: CallWitness) -> RuleEvidence {
    RuleEvidence(
      line: witness.line, syscall: log.names.name(witness.syscall), fd: witness.descriptor, tid: witness.tid,
      duration: witness.duration, errno: witness.errno == .none ? nil : witness.errno.name)
  }
}
