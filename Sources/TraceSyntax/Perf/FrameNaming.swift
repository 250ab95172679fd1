/// What a frame of a stack is.
public enum FrameKind: UInt8, Sendable {
  /// The root of a stack: comm, with pid and tid where asked for.
  case process
  case user
  case kernel
  /// Made at run time: in a perf map or an image that `perf inject --jit` wrote.
  case jit
  /// Inlined into the frame below it.
  case inlined
  /// A system call of a log of calls.
  case call
  /// What it was on.
  case connection
}

/// How frames are named, after the options of stackcollapse-perf.pl.
public struct FrameNaming: Sendable, Equatable {
  /// comm-pid as the root of a stack.
  public var pid = false
  /// comm-pid/tid.
  public var tid = false
  /// Marks frames of the kernel with `_[k]`.
  public var kernel = false
  /// Marks frames of JIT compilers with `_[j]`.
  public var jit = false
  /// Marks frames that perf found inlined by debugging information (`(inlined)`) with `_[i]`. Those inlined by a JIT always are.
  public var inline = false
  /// Frames without a symbol bear their address: `[libc.so.6 <7f12>]`.
  public var addresses = false
  /// Adds the source line that `perf script -F +srcline` printed below a frame, and those of `strace -kk` and of thread dumps.
  public var sourceLines = false
  /// Of thread dumps: the thread's name as a frame above the process; with ``tid`` its number too.
  public var threads = false
  public init() {}

  typealias Text = UnsafeBufferPointer<UInt8>

  /// The names of a frame, outermost first: several where a JIT inlined (`a->b`). None for frames such as `(java)`, which name a process.
  func names(of frame: PerfScriptFrame, isJava: Bool) -> [(name: [UInt8], kind: FrameKind)] {
    let module = moduleName(frame.module)
    if frame.symbol.isEmpty || frame.symbol.elementsEqual("[unknown]".utf8) {
      return [(unknown(frame, module), kind(module))]
    }
    let symbol = SymbolName(frame.symbol)
    if symbol.isProcessName { return [] }
    let kind = kind(module)
    var names: [(name: [UInt8], kind: FrameKind)] = []
    for part in symbol.inlinedParts {
      var name = part.elementsEqual("[unknown]".utf8) ? unknown(frame, module) : SymbolName(part).tidied
      if isJava, name.first == UInt8(ascii: "L"), name.contains(UInt8(ascii: "/")) { name.removeFirst() }
      if names.isEmpty {
        mark(&name, kind)
        names.append((name, kind))
      } else {
        append("_[i]", to: &name)
        names.append((name, .inlined))
      }
    }
    return names
  }

  /// `[libc.so.6]`, of a frame that has no symbol; `[unknown]` where it has no module either.
  private func unknown(_ frame: PerfScriptFrame, _ module: Text) -> [UInt8] {
    var name = [UInt8(ascii: "[")]
    if module.isEmpty || module.elementsEqual("[unknown]".utf8) {
      name += Array("unknown".utf8)
    } else {
      let file = module.lastIndex(of: UInt8(ascii: "/")).map { module[($0 + 1)...] } ?? module[...]
      name += file.filter { !SymbolName.isQuote($0) }.map { $0 == UInt8(ascii: ";") ? UInt8(ascii: ":") : $0 }
    }
    if addresses { name += Array(" <".utf8) + frame.address + [UInt8(ascii: ">")] }
    name.append(UInt8(ascii: "]"))
    mark(&name, kind(module))
    return name
  }

  private func mark(_ name: inout [UInt8], _ kind: FrameKind) {
    switch kind {
    case .kernel where kernel: name += Array("_[k]".utf8)
    case .jit where jit: append("_[j]", to: &name)
    case .inlined where inline: append("_[i]", to: &name)
    default: break
    }
  }

  private func append(_ mark: String, to name: inout [UInt8]) {
    let mark = Array(mark.utf8)
    if !name.contains(mark) { name += mark }
  }

  /// Without the offset of `-F +dsoff`.
  private func moduleName(_ module: Text) -> Text {
    guard let base = module.baseAddress else { return module }
    return Text(start: base, count: PerfScriptFrame.withoutOffset(base, base + module.count) - base)
  }

  /// `([kernel.kallsyms])`, `([nf_conntrack])`, a vmlinux or a module's file are the kernel's. `[vdso]` and its like are mapped into programs.
  private func kind(_ module: Text) -> FrameKind {
    if module.elementsEqual("inlined".utf8) { return .inlined }
    let file = module.lastIndex(of: UInt8(ascii: "/")).map { module[($0 + 1)...] } ?? module[...]
    if file.first == UInt8(ascii: "["), file.startIndex == 0 {
      let isUser = Self.userAreas.contains { module.starts(with: $0.utf8) }
      return isUser ? .user : .kernel
    }
    if file.starts(with: "vmlinux".utf8) || module.starts(with: "/lib/modules/".utf8) && Array(file).contains(Array(".ko".utf8)) {
      return .kernel
    }
    let isMap = file.starts(with: "perf-".utf8) && file.ends(with: ".map")
    let isImage = file.starts(with: "jitted-".utf8) && file.ends(with: ".so")
    return isMap || isImage ? .jit : .user
  }

  private static let userAreas = ["[unknown]", "[vdso", "[vsyscall]", "[heap]", "[stack", "[anon", "[uprobes]"]
}

extension Collection<UInt8> where Self: BidirectionalCollection {
  fileprivate func ends(with text: String) -> Bool { suffix(text.utf8.count).elementsEqual(text.utf8) }
}
